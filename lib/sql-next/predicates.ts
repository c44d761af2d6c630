import type { Expr } from '../core/expr/expr.js';
import type { Cursor } from './cursor.js';
import { errorAt, unsupported } from './errors.js';
import { expression, infix } from './expressions.js';
import { call, not, subquery } from './nodes.js';
import { POWER } from './operators.js';
import { atQueryInParentheses, queryInParentheses } from './subquery.js';

/** IS, IN, BETWEEN and the LIKE family: after an operand, each perhaps with NOT before it. */

const WORDS = ['IN', 'BETWEEN', 'LIKE', 'ILIKE', 'RLIKE', 'REGEXP'];
const LIKE: Readonly<Record<string, string>> = { LIKE: 'like', ILIKE: 'ilike', RLIKE: 'rlike', REGEXP: 'rlike' };
const TRUTH: Readonly<Record<string, string>> = { TRUE: 'istrue', FALSE: 'isfalse', UNKNOWN: 'isunknown' };

export function atPredicate(c: Cursor): boolean {
  const negated = c.atAny('NOT', '!');
  return negated ? WORDS.includes(c.peek().upper) : c.atAny('IS', ...WORDS);
}

export function predicate(c: Cursor, left: Expr): Expr {
  const start = left.at?.start ?? c.token.start;
  if (c.accept('IS')) return is(c, left, start);
  const negated = c.accept('NOT') || c.accept('!');
  const word = c.next().upper;
  const made =
    word === 'IN' ? isIn(c, left, start) : word === 'BETWEEN' ? between(c, left, start) : like(c, left, start, word, negated);
  return negated && !made.negated ? not(made.expr, c.span(start)) : made.expr;
}

interface Made {
  readonly expr: Expr;
  /** NOT is in it already. */
  readonly negated?: boolean;
}

function is(c: Cursor, left: Expr, start: number): Expr {
  const negated = c.accept('NOT') || c.accept('!');
  const wrap = (name: string): Expr => {
    const at = c.span(start);
    const made = call(name, [left], at);
    return negated ? not(made, at) : made;
  };
  if (c.accept('NULL')) return call(negated ? 'isnotnull' : 'isnull', [left], c.span(start));
  if (c.accept('DISTINCT')) {
    c.expect('FROM');
    const right = infix(c, POWER.comparison);
    const same = call('<=>', [left, right], c.span(start));
    return negated ? same : not(same, c.span(start));
  }
  const truth = TRUTH[c.token.upper];
  if (truth === undefined) throw c.error('NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM');
  c.next();
  return wrap(truth);
}

function between(c: Cursor, left: Expr, start: number): Made {
  if (c.accept('SYMMETRIC')) throw unsupported(c.sql, c.span(start), 'BETWEEN SYMMETRIC');
  const low = infix(c, POWER.comparison);
  c.expect('AND', 'AND and the upper bound of BETWEEN');
  const high = infix(c, POWER.comparison);
  return { expr: call('between', [left, low, high], c.span(start)) };
}

function isIn(c: Cursor, left: Expr, start: number): Made {
  if (atQueryInParentheses(c)) {
    const plan = queryInParentheses(c);
    const row = left.kind === 'call' && left.name === 'struct' && c.sql[left.at?.start ?? 0] === '(';
    return { expr: subquery('in', plan, row ? left.args : [left], c.span(start)) };
  }
  if (!c.at('(')) throw c.error("'(' and the values of IN");
  const open = c.token;
  const values = c.parenthesized(() => expression(c));
  if (values.length === 0) throw c.error('a value: IN () is never true', open);
  return { expr: call('in', [left, ...values], c.span(start)) };
}

function like(c: Cursor, left: Expr, start: number, word: string, negated: boolean): Made {
  const name = LIKE[word]!;
  if (name !== 'rlike' && c.atAny('ANY', 'SOME', 'ALL') && c.peek().upper === '(')
    return quantified(c, left, start, name, negated);
  const pattern = infix(c, POWER.comparison);
  if (name === 'rlike' || !c.accept('ESCAPE')) return { expr: call(name, [left, pattern], c.span(start)) };
  const escape = infix(c, POWER.comparison);
  if (escape.kind !== 'literal' || typeof escape.value !== 'string' || escape.value.length !== 1) {
    throw errorAt(c.sql, escape.at ?? c.span(start), 'INVALID_ESCAPE_CHAR', 'ESCAPE takes a string of exactly one character.');
  }
  return { expr: call(name, [left, pattern, escape], c.span(start)) };
}

/** `LIKE ANY (…)` is true where one pattern fits, `LIKE ALL (…)` where all do. */
function quantified(c: Cursor, left: Expr, start: number, name: string, negated: boolean): Made {
  const all = c.next().upper === 'ALL';
  const patterns = c.parenthesized(() => expression(c));
  const at = c.span(start);
  if (patterns.length === 0) {
    throw errorAt(c.sql, at, 'INVALID_SQL_SYNTAX.EMPTY_QUANTIFIED_PATTERN', 'LIKE ANY and LIKE ALL take one pattern or more.');
  }
  const tests = patterns.map((p) => (negated ? not(call(name, [left, p], at), at) : call(name, [left, p], at)));
  return { expr: tests.length === 1 ? tests[0]! : call(all ? 'and' : 'or', tests, at), negated };
}
