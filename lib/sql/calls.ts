import type { CallExpr, Expr, SortItem } from '../core/expr/expr.js';
import type { Cursor } from './cursor.js';
import * as errors from './errors.js';
import { expression, valueExpression } from './expressions.js';
import { DATETIME_UNITS } from './keywords.js';
import { commaList, name } from './names.js';
import { call, expr, list, present, text } from './nodes.js';
import { atQuery, query } from './query.js';
import { rowItem } from './primary.js';
import { dataType } from './types.js';
import { sortItems, windowSpec } from './window.js';

/** Calls of functions, and the forms that only look like calls. */

interface Arguments {
  readonly args: readonly Expr[];
  readonly argNames?: readonly string[];
}

/** Arguments between commas, by position or `name => value`. */
export function argumentList(c: Cursor, end: () => boolean): Arguments {
  const args: Expr[] = [];
  const argNames: string[] = [];
  const one = (): void => {
    const named = (c.token.kind === 'word' || c.token.kind === 'quoted') && c.ahead(1).key === '=>';
    argNames.push(named ? name(c) : '');
    if (named) c.expect('=>');
    // A query as the whole argument: array(SELECT …), exists(SELECT …).
    args.push(atQuery(c) && !c.at('(') ? bareSubquery(c) : expression(c));
  };
  if (!end()) commaList(c, one);
  return { args: list(args), ...(argNames.some((n) => n !== '') ? { argNames: list(argNames) } : {}) };
}

function bareSubquery(c: Cursor): Expr {
  const { start } = c.token;
  const plan = query(c);
  return expr({ kind: 'subquery', role: 'scalar', plan, operands: Object.freeze([]), at: c.span(start) });
}

/** IGNORE NULLS or RESPECT NULLS. */
function nullsOption(c: Cursor): boolean | undefined {
  if (c.take('IGNORE', 'NULLS')) return true;
  return c.take('RESPECT', 'NULLS') ? false : undefined;
}

function orderByInside(c: Cursor): readonly SortItem[] | undefined {
  return c.take('ORDER', 'BY') ? sortItems(c) : undefined;
}

/** `(arguments)` with all that may come after them. The name was read before. */
export function functionCall(c: Cursor, fn: string, start: number): Expr {
  const inside = c.parenthesized(() => {
    const distinct = setQuantifier(c);
    const { args, argNames } = argumentList(c, () => c.at(')'));
    return { args, argNames, distinct, orderBy: orderByInside(c), nulls: nullsOption(c) };
  });
  const orderBy = withinGroup(c) ?? inside.orderBy;
  const filter = c.take('FILTER', '(') ? filterCondition(c) : undefined;
  const ignoreNulls = nullsOption(c) ?? inside.nulls;
  const node = call(
    fn,
    inside.args,
    c.span(start),
    present({ distinct: inside.distinct ? true : undefined, filter, orderBy, ignoreNulls, argNames: inside.argNames }),
  );
  return over(c, withUnit(c, node), start);
}

/** DISTINCT or ALL before the arguments, unless it is the name of one. */
function setQuantifier(c: Cursor): boolean {
  const next = c.ahead(1).key;
  if (next === ')' || next === ',' || next === '.') return false;
  if (c.take('DISTINCT')) return true;
  c.take('ALL');
  return false;
}

function withinGroup(c: Cursor): readonly SortItem[] | undefined {
  if (!c.take('WITHIN', 'GROUP')) return undefined;
  return c.parenthesized(() => {
    c.expect('ORDER');
    c.expect('BY');
    return sortItems(c);
  });
}

function filterCondition(c: Cursor): Expr {
  c.expect('WHERE');
  const condition = expression(c);
  c.expect(')');
  return condition;
}

function over(c: Cursor, node: CallExpr, start: number): Expr {
  if (!c.at('OVER') || (c.ahead(1).key !== '(' && c.ahead(1).kind !== 'word' && c.ahead(1).kind !== 'quoted')) return node;
  c.next();
  return expr({ kind: 'window', call: node, over: windowSpec(c), at: c.span(start) });
}

/** Functions whose first of three arguments is a unit without quotes. */
const UNIT_FUNCTIONS: ReadonlyMap<string, string> = new Map([
  ['timestampadd', 'timestampadd'],
  ['dateadd', 'timestampadd'],
  ['date_add', 'timestampadd'],
  ['timestampdiff', 'timestampdiff'],
  ['datediff', 'timestampdiff'],
  ['date_diff', 'timestampdiff'],
  ['timediff', 'timestampdiff'],
]);

function withUnit(c: Cursor, node: CallExpr): CallExpr {
  const fn = UNIT_FUNCTIONS.get(node.name);
  const [unit, ...rest] = node.args;
  if (fn === undefined || unit?.at === undefined || rest.length !== 2) return node;
  if (unit.kind === 'literal' && typeof unit.value === 'string') {
    throw errors.datetimeUnit(node.name, unit.value, c.place(unit.at.start, unit.at.end));
  }
  const word = unit.kind === 'column' && unit.path.length === 1 ? unit.path[0]!.toUpperCase() : '';
  return DATETIME_UNITS.has(word) ? call(fn, [text(word, unit.at), ...rest], node.at!) : node;
}

type SpecialRule = (c: Cursor, start: number) => Expr;

/** By the word before the bracket. Each falls back on an ordinary call where its own words are missing. */
export const SPECIAL_CALLS: ReadonlyMap<string, SpecialRule> = new Map<string, SpecialRule>([
  ['CAST', (c, start) => cast(c, start, 'ansi')],
  ['TRY_CAST', (c, start) => cast(c, start, 'try')],
  ['EXTRACT', extract],
  ['SUBSTRING', substring],
  ['SUBSTR', substring],
  ['TRIM', trim],
  ['POSITION', position],
  ['OVERLAY', overlay],
  ['STRUCT', struct],
]);

function cast(c: Cursor, start: number, mode: 'ansi' | 'try'): Expr {
  c.next();
  const [input, to] = c.parenthesized(() => {
    const value = expression(c);
    c.expect('AS');
    return [value, dataType(c)] as const;
  });
  return expr({ kind: 'cast', input, to, mode, at: c.span(start) });
}

function extract(c: Cursor, start: number): Expr {
  c.next();
  const args = c.parenthesized(() => {
    const { kind, start: from } = c.token;
    const field = kind === 'string' ? c.next().text : name(c, 'a field, like YEAR');
    const fieldText = text(field, c.span(from));
    c.expect('FROM');
    return [fieldText, valueExpression(c)];
  });
  return call('extract', args, c.span(start));
}

/** A call whose arguments may stand between words instead of commas. */
function withWords(c: Cursor, start: number, fn: string, separators: readonly string[], required: number): Expr {
  c.next();
  const inside = c.parenthesized(() => {
    if (c.at(')')) return { args: [] as readonly Expr[] };
    const named = c.ahead(1).key === '=>' ? argumentList(c, () => false) : undefined;
    if (named !== undefined) return named;
    const args = [separators[0] === 'IN' ? valueExpression(c) : expression(c)];
    for (const [i, separator] of separators.entries()) {
      if (!c.take(separator) && !c.take(',')) {
        if (i < required && args.length > 1) c.fail(separator);
        break;
      }
      args.push(expression(c));
    }
    return { args: list(args) };
  });
  const more = 'argNames' in inside ? { argNames: inside.argNames } : {};
  return over(c, call(fn, inside.args, c.span(start), present(more)), start);
}

function substring(c: Cursor, start: number): Expr {
  return withWords(c, start, c.token.key === 'SUBSTR' ? 'substr' : 'substring', ['FROM', 'FOR'], 1);
}

function position(c: Cursor, start: number): Expr {
  return withWords(c, start, 'position', ['IN', ','], 1);
}

function overlay(c: Cursor, start: number): Expr {
  return withWords(c, start, 'overlay', ['PLACING', 'FROM', 'FOR'], 2);
}

/** The side's function; a character to trim stands where Spark's function has it. */
const TRIM_SIDES: ReadonlyMap<string, (character: Expr | undefined, from: Expr) => readonly [string, readonly Expr[]]> = new Map([
  ['BOTH', (character, from) => (character === undefined ? ['trim', [from]] : ['btrim', [from, character]])],
  ['LEADING', (character, from) => ['ltrim', character === undefined ? [from] : [character, from]]],
  ['TRAILING', (character, from) => ['rtrim', character === undefined ? [from] : [character, from]]],
] as const);

function trim(c: Cursor, start: number): Expr {
  const side = TRIM_SIDES.get(c.ahead(2).key);
  const next = c.ahead(3);
  const sided = side !== undefined && next.key !== ')' && next.key !== ',' && next.key !== '.';
  c.next();
  const made = c.parenthesized((): readonly [string, readonly Expr[]] => {
    if (sided) c.next();
    if (sided && c.take('FROM')) return side(undefined, expression(c));
    const first = expression(c);
    if (c.take('FROM')) return (sided ? side : TRIM_SIDES.get('BOTH')!)(first, expression(c));
    if (sided) c.fail('FROM');
    return ['trim', c.take(',') ? [first, ...commaList(c, () => expression(c))] : [first]];
  });
  return call(made[0], made[1], c.span(start));
}

/** struct(a AS x, b): fields may have names. */
function struct(c: Cursor, start: number): Expr {
  c.next();
  const args = c.parenthesized(() => (c.at(')') ? [] : commaList(c, () => rowItem(c))));
  return call('struct', args, c.span(start));
}
