import type { Expr } from '../core/expr/expr.js';
import type { Cursor } from './cursor.js';
import * as errors from './errors.js';
import { expression, valueExpression } from './expressions.js';
import { commaList } from './names.js';
import { call, expr, isRow, list, not, text } from './nodes.js';
import { atQuery, atQueryContinuation, continueQuery, query } from './query.js';

/** [NOT] BETWEEN, IN, LIKE, ILIKE, RLIKE and IS …: what may stand once after a value. */

/** `negated`: NOT was before it; rules put it where Spark has it. */
type PredicateRule = (c: Cursor, left: Expr, start: number, negated: boolean) => Expr;

/** By the word they begin with. */
const PREDICATES: ReadonlyMap<string, PredicateRule> = new Map<string, PredicateRule>([
  ['BETWEEN', between],
  ['IN', inList],
  ['LIKE', (c, left, start, negated) => like(c, 'like', left, start, negated)],
  ['ILIKE', (c, left, start, negated) => like(c, 'ilike', left, start, negated)],
  ['RLIKE', regularExpression],
  ['REGEXP', regularExpression],
  ['IS', is],
]);

/** Whether a predicate comes next. */
export function atPredicate(c: Cursor): boolean {
  if (c.at('NOT') || c.at('!')) {
    const { key } = c.ahead(1);
    return key !== 'IS' && PREDICATES.has(key);
  }
  if (!c.atOne(PREDICATES)) return false;
  return c.token.key !== 'IN' || c.ahead(1).key === '(';
}

/** The predicate over the value before it. */
export function predicate(c: Cursor, left: Expr, start: number): Expr {
  const negated = c.take('NOT') || c.take('!');
  const rule = PREDICATES.get(c.next().key)!;
  return rule(c, left, start, negated);
}

function maybeNot(c: Cursor, input: Expr, negated: boolean, start: number): Expr {
  return negated ? not(input, c.span(start)) : input;
}

function between(c: Cursor, left: Expr, start: number, negated: boolean): Expr {
  const low = valueExpression(c);
  c.expect('AND');
  const high = valueExpression(c);
  return maybeNot(c, call('between', [left, low, high], c.span(start)), negated, start);
}

function inList(c: Cursor, left: Expr, start: number, negated: boolean): Expr {
  const body = c.parenthesized(() => {
    if (atQuery(c) && c.token.key !== '(') return { plan: query(c) };
    const first = expression(c);
    // IN ((SELECT …) UNION (SELECT …)): the brackets held a query after all.
    if (first.kind === 'subquery' && first.role === 'scalar' && atQueryContinuation(c))
      return { plan: continueQuery(c, first.plan) };
    const rest = c.take(',') && !c.at(')') ? commaList(c, () => expression(c)) : [];
    return { values: [first, ...rest] };
  });
  const at = c.span(start);
  if (body.plan === undefined) return maybeNot(c, call('in', [left, ...body.values], at), negated, start);
  const operands = list(isRow(left, c.sql) ? left.args : [left]);
  return maybeNot(c, expr({ kind: 'subquery', role: 'in', plan: body.plan, operands, at }), negated, start);
}

function like(c: Cursor, fn: string, left: Expr, start: number, negated: boolean): Expr {
  const many = c.token.key;
  if ((many === 'ANY' || many === 'SOME' || many === 'ALL') && c.ahead(1).key === '(') {
    c.next();
    return likeMany(c, fn, left, start, negated, many === 'ALL');
  }
  const pattern = valueExpression(c);
  const escape = c.take('ESCAPE') ? [escapeCharacter(c)] : [];
  return maybeNot(c, call(fn, [left, pattern, ...escape], c.span(start)), negated, start);
}

function escapeCharacter(c: Cursor): Expr {
  if (c.token.kind !== 'string') c.fail('a string of one character');
  const { text: value, start } = c.next();
  if (Array.from(value).length !== 1) throw errors.escapeCharacter(value, c.since(start));
  return text(value, c.span(start));
}

/** LIKE ALL is a conjunction, LIKE ANY a disjunction, of the negated ones after NOT. */
function likeMany(c: Cursor, fn: string, left: Expr, start: number, negated: boolean, all: boolean): Expr {
  const patterns = c.parenthesized(() => (c.at(')') ? [] : commaList(c, () => expression(c))));
  const at = c.span(start);
  if (patterns.length === 0) throw errors.emptyPatterns(c.since(start));
  const each = patterns.map((pattern) => {
    const one = call(fn, [left, pattern], at);
    return negated ? not(one, at) : one;
  });
  return each.length === 1 ? each[0]! : call(all ? 'and' : 'or', each, at);
}

function regularExpression(c: Cursor, left: Expr, start: number, negated: boolean): Expr {
  const pattern = valueExpression(c);
  return maybeNot(c, call('rlike', [left, pattern], c.span(start)), negated, start);
}

const TESTS: ReadonlyMap<string, string> = new Map([
  ['TRUE', 'istrue'],
  ['FALSE', 'isfalse'],
  ['UNKNOWN', 'isunknown'],
]);

function is(c: Cursor, left: Expr, start: number): Expr {
  const negated = c.take('NOT') || c.take('!');
  if (c.take('NULL')) return call(negated ? 'isnotnull' : 'isnull', [left], c.span(start));
  if (c.take('DISTINCT')) {
    c.expect('FROM');
    const right = valueExpression(c);
    return maybeNot(c, call('<=>', [left, right], c.span(start)), !negated, start);
  }
  if (!c.atOne(TESTS)) c.fail('NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM');
  const test = TESTS.get(c.next().key)!;
  return maybeNot(c, call(test, [left], c.span(start)), negated, start);
}
