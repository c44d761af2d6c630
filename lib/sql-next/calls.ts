import type { CallExpr, Expr, SortItem } from '../core/expr/expr.js';
import type { Cursor } from './cursor.js';
import { expression } from './expressions.js';
import { name, path } from './names.js';
import { call, column, freeze, named, type CallOptions } from './nodes.js';
import { atUnitCall, SPECIAL, unitCall } from './special-calls.js';
import { atStar, star } from './star.js';
import { orderItem, windowSpec } from './window.js';

/** A name path, or a function call with what may follow its arguments. */
export function callOrColumn(c: Cursor): Expr {
  const { token } = c;
  if (c.peek().upper === '(' && token.kind === 'word') {
    const special = SPECIAL.get(token.upper);
    const made = special?.(c);
    if (made !== undefined) return made;
  }
  const parts = path(c);
  if (!c.at('(')) return column(parts, c.span(token.start));
  return suffixes(c, functionCall(c, parts.join('.').toLowerCase(), token.start));
}

interface Arguments {
  readonly args: Expr[];
  readonly names: string[];
  orderBy?: readonly SortItem[];
  ignoreNulls?: boolean;
}

function functionCall(c: Cursor, functionName: string, start: number): CallExpr {
  if (atUnitCall(c, functionName)) return unitCall(c, functionName, start);
  c.expect('(');
  const distinct = quantifier(c);
  const list: Arguments = { args: [], names: [] };
  if (!c.accept(')')) {
    do argument(c, list, functionName);
    while (c.accept(',') && !c.at(')'));
    if (c.accept('ORDER', 'BY')) list.orderBy = freeze(c.list(() => orderItem(c)));
    nullTreatment(c, list);
    c.expect(')', "',' or ')'");
  }
  const options: CallOptions = {
    ...(distinct ? { distinct } : {}),
    ...(list.orderBy === undefined ? {} : { orderBy: list.orderBy }),
    ...(list.ignoreNulls === undefined ? {} : { ignoreNulls: list.ignoreNulls }),
    ...(list.names.some((n) => n !== '') ? { argNames: freeze(list.names) } : {}),
  };
  return call(functionName, list.args, c.span(start), options);
}

/** DISTINCT or ALL before the first argument. */
function quantifier(c: Cursor): boolean {
  const after = c.peek();
  if (!c.atAny('DISTINCT', 'ALL') || [',', ')', '.'].includes(after.upper)) return false;
  return c.next().upper === 'DISTINCT';
}

function argument(c: Cursor, list: Arguments, functionName: string): void {
  if (atStar(c) || c.at('(', '*', ')')) {
    const wrapped = c.accept('(');
    list.args.push(star(c));
    list.names.push('');
    if (wrapped) c.expect(')');
    return;
  }
  const label = c.peek().upper === '=>' ? name(c, "an argument's name") : '';
  if (label !== '') c.expect('=>');
  const { start } = c.token;
  let expr = lambdaOr(c);
  if (functionName === 'struct' && c.accept('AS')) expr = named(expr, name(c, 'a field name'), c.span(start));
  list.args.push(expr);
  list.names.push(label);
}

/** `x -> …`, `(x, y) -> …`, or an expression. */
function lambdaOr(c: Cursor): Expr {
  const { start } = c.token;
  const parameters = lambdaParameters(c);
  if (parameters === undefined) return expression(c);
  const body = expression(c);
  return Object.freeze({ kind: 'lambda', parameters: freeze(parameters), body, at: c.span(start) });
}

function lambdaParameters(c: Cursor): string[] | undefined {
  if (c.peek().upper === '->') {
    const one = name(c, "a lambda's parameter");
    c.expect('->');
    return [one];
  }
  if (!c.at('(')) return undefined;
  let i = 1;
  while (c.peek(i).kind === 'word' || c.peek(i).kind === 'quoted' || c.peek(i).upper === ',') i++;
  if (c.peek(i).upper !== ')' || c.peek(i + 1).upper !== '->') return undefined;
  const parameters = c.parenthesized(() => name(c, "a lambda's parameter"));
  c.expect('->');
  return parameters;
}

/** IGNORE NULLS or RESPECT NULLS. */
function nullTreatment(c: Cursor, into: { ignoreNulls?: boolean }): void {
  if (c.accept('IGNORE', 'NULLS')) into.ignoreNulls = true;
  else if (c.accept('RESPECT', 'NULLS')) into.ignoreNulls = false;
}

/** WITHIN GROUP, FILTER, IGNORE NULLS and OVER. */
function suffixes(c: Cursor, made: CallExpr): Expr {
  const start = made.at?.start ?? c.token.start;
  const more: { orderBy?: readonly SortItem[]; filter?: Expr; ignoreNulls?: boolean } = {};
  if (c.at('WITHIN', 'GROUP') && c.accept('WITHIN', 'GROUP')) {
    c.expect('(');
    if (!c.accept('ORDER', 'BY')) throw c.error('ORDER BY');
    more.orderBy = freeze(c.list(() => orderItem(c)));
    c.expect(')', "',' or ')'");
  }
  if (c.at('FILTER', '(')) {
    c.accept('FILTER', '(');
    c.expect('WHERE');
    more.filter = expression(c);
    c.expect(')');
  }
  nullTreatment(c, more);
  const whole: CallExpr = Object.keys(more).length === 0 ? made : Object.freeze({ ...made, ...more, at: c.span(start) });
  if (!c.at('OVER') || !(c.peek().upper === '(' || c.peek().kind === 'word' || c.peek().kind === 'quoted')) return whole;
  c.next();
  const over = windowSpec(c);
  return Object.freeze({ kind: 'window', call: whole, over, at: c.span(start) });
}
