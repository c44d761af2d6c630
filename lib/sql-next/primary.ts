import type { CaseExpr, Expr } from '../core/expr/expr.js';
import { callOrColumn } from './calls.js';
import type { Cursor } from './cursor.js';
import { unsupported } from './errors.js';
import { expression } from './expressions.js';
import { atInterval, interval } from './interval.js';
import { NOT_OPERAND } from './keywords.js';
import { binaryLiteral, numberLiteral, strings } from './literals.js';
import { name } from './names.js';
import { booleanLiteral, call, caseWhen, cast, column, named, nullLiteral, subquery } from './nodes.js';
import { atQueryInParentheses, queryInParentheses } from './subquery.js';
import { typedLiteral } from './typed-literal.js';
import { dataType } from './types.js';

/** Operands: literals, names, calls, parentheses; with what may follow them directly (`.name`, `[i]`, `::type`). */
export function primary(c: Cursor): Expr {
  return postfix(c, operand(c));
}

export function postfix(c: Cursor, from: Expr): Expr {
  let expr = from;
  const start = from.at?.start ?? c.token.start;
  for (;;) {
    if (c.at('.') && c.peek().upper !== '*') {
      c.next();
      const field = name(c, 'a field name');
      expr = Object.freeze({ kind: 'field', input: expr, name: field, at: c.span(start) });
    } else if (c.accept('[')) {
      const index = expression(c);
      c.expect(']');
      expr = call('element_at_index', [expr, index], c.span(start));
    } else if (c.accept('::')) {
      const to = dataType(c);
      expr = cast(expr, to, 'ansi', c.span(start));
    } else if (c.at('COLLATE')) {
      throw unsupported(c.sql, { start: c.token.start, end: c.token.end }, 'COLLATE');
    } else return expr;
  }
}

function operand(c: Cursor): Expr {
  const { token } = c;
  switch (token.kind) {
    case 'number':
      c.next();
      return numberLiteral(c, token.text, false, c.span(token.start));
    case 'string':
      return strings(c);
    case 'hex':
      c.next();
      return binaryLiteral(c, token.text, c.span(token.start));
    case 'quoted':
      return callOrColumn(c);
    case 'op':
      return symbol(c);
    case 'word':
      return word(c);
    default:
      throw c.error('an expression');
  }
}

function symbol(c: Cursor): Expr {
  const { start } = c.token;
  if (c.at('(')) return parentheses(c);
  if (c.accept('?')) return Object.freeze({ kind: 'parameter', name: c.nextParameter(), at: c.span(start) });
  if (c.atAny(':', '$') && ['word', 'number'].includes(c.peek().kind)) {
    const positional = c.next().upper === '$' && /^[1-9]\d*$/.test(c.token.text);
    const { text } = c.next();
    return Object.freeze({ kind: 'parameter', name: positional ? Number(text) - 1 : text, at: c.span(start) });
  }
  if (c.accept('[')) {
    const items = c.at(']') ? [] : c.list(() => expression(c), ']');
    c.expect(']', "',' or ']'");
    return call('array', items, c.span(start));
  }
  throw c.error('an expression');
}

/** A subquery, a row `(a, b)`, or an expression. */
function parentheses(c: Cursor): Expr {
  const { start } = c.token;
  if (atQueryInParentheses(c)) {
    const plan = queryInParentheses(c);
    return subquery('scalar', plan, [], c.span(start));
  }
  c.expect('(');
  const first = rowField(c);
  if (first.kind !== 'alias' && c.accept(')')) return first;
  const items = [first];
  while (c.accept(',')) items.push(rowField(c));
  c.expect(')', "',' or ')'");
  return call('struct', items, c.span(start));
}

function rowField(c: Cursor): Expr {
  const { start } = c.token;
  const expr = expression(c);
  return c.accept('AS') ? named(expr, name(c, 'a field name'), c.span(start)) : expr;
}

function word(c: Cursor): Expr {
  const { token } = c;
  const next = c.peek();
  if (next.upper !== '.' && next.upper !== '(') {
    const constant = constantWord(c, token.upper);
    if (constant !== undefined) return constant;
    if (NOT_OPERAND.has(token.upper) || (next.upper === 'BY' && (token.upper === 'GROUP' || token.upper === 'ORDER'))) {
      throw c.error('an expression');
    }
  }
  const typed = typedLiteral(c);
  if (typed !== undefined) return typed;
  if (atInterval(c)) return interval(c);
  if (token.upper === 'CASE' && next.upper !== '.') return caseExpression(c);
  if (token.upper === 'EXISTS' && next.upper === '(') {
    c.next();
    if (atQueryInParentheses(c)) {
      const plan = queryInParentheses(c);
      return subquery('exists', plan, [], c.span(token.start));
    }
    c.reset(c.mark - 1);
  }
  return callOrColumn(c);
}

const WITHOUT_PARENTHESES = new Set(['CURRENT_DATE', 'CURRENT_TIMESTAMP', 'CURRENT_TIME', 'CURRENT_USER', 'LOCALTIMESTAMP']);

function constantWord(c: Cursor, upper: string): Expr | undefined {
  const { start, end } = c.token;
  const at = Object.freeze({ start, end });
  const made =
    upper === 'NULL'
      ? nullLiteral(at)
      : upper === 'TRUE' || upper === 'FALSE'
        ? booleanLiteral(upper === 'TRUE', at)
        : WITHOUT_PARENTHESES.has(upper)
          ? call(upper.toLowerCase(), [], at)
          : undefined;
  if (made !== undefined) c.next();
  return made;
}

/** CASE WHEN …, or CASE x WHEN v …, which compares with '='. */
function caseExpression(c: Cursor): Expr {
  const { token } = c;
  const next = c.peek();
  if (next.kind === 'end' || [',', ')', 'FROM', '='].includes(next.upper)) {
    c.next();
    return column([token.text], c.span(token.start));
  }
  c.next();
  const subject = c.at('WHEN') ? undefined : expression(c);
  const branches: CaseExpr['branches'][number][] = [];
  while (c.accept('WHEN')) {
    const test = expression(c);
    const when = subject === undefined ? test : call('=', [subject, test], test.at ?? c.span(token.start));
    c.expect('THEN');
    branches.push({ when, then: expression(c) });
  }
  if (branches.length === 0) throw c.error('WHEN');
  const otherwise = c.accept('ELSE') ? expression(c) : undefined;
  c.expect('END', otherwise === undefined ? 'WHEN, ELSE or END' : 'END');
  return caseWhen(branches, otherwise, c.span(token.start));
}
