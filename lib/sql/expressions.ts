import type { Expr } from '../core/expr/expr.js';
import { DEPTH_MAX, type Cursor } from './cursor.js';
import * as errors from './errors.js';
import { call, expr, not } from './nodes.js';
import { atPredicate, predicate } from './predicates.js';
import { atQuery, query } from './query.js';
import { dataType } from './types.js';
import { primary } from './primary.js';
import { name } from './names.js';

/** Expressions by binding power (Pratt). The tables are the grammar; the numbers are Spark's order of alternatives. */

export const POWER = {
  any: 0,
  or: 1,
  and: 2,
  not: 3,
  predicate: 4,
  /** Spark's valueExpression: from comparisons on inwards. Comparisons chain to the left. */
  value: 5,
  bitOr: 6,
  bitXor: 7,
  bitAnd: 8,
  shift: 9,
  additive: 10,
  multiplicative: 11,
  unary: 12,
} as const;

interface Infix {
  readonly power: number;
  readonly name: string;
  /** `a AND b AND c` is one call of three arguments. */
  readonly flat?: true;
}

const infix = (power: number, fn: string): Infix => ({ power, name: fn });
const flat = (power: number, fn: string): Infix => ({ power, name: fn, flat: true });

const INFIX: ReadonlyMap<string, Infix> = new Map([
  ['OR', flat(POWER.or, 'or')],
  ['AND', flat(POWER.and, 'and')],
  ['=', infix(POWER.value, '=')],
  ['==', infix(POWER.value, '=')],
  ['<>', infix(POWER.value, '<>')],
  ['!=', infix(POWER.value, '<>')],
  ['<', infix(POWER.value, '<')],
  ['<=', infix(POWER.value, '<=')],
  ['!>', infix(POWER.value, '<=')],
  ['>', infix(POWER.value, '>')],
  ['>=', infix(POWER.value, '>=')],
  ['!<', infix(POWER.value, '>=')],
  ['<=>', infix(POWER.value, '<=>')],
  ['|', infix(POWER.bitOr, '|')],
  ['^', infix(POWER.bitXor, '^')],
  ['&', infix(POWER.bitAnd, '&')],
  ['<<', infix(POWER.shift, 'shiftleft')],
  ['>>', infix(POWER.shift, 'shiftright')],
  ['>>>', infix(POWER.shift, 'shiftrightunsigned')],
  ['+', infix(POWER.additive, 'add')],
  ['-', infix(POWER.additive, 'subtract')],
  ['||', flat(POWER.additive, 'concat')],
  ['*', infix(POWER.multiplicative, 'multiply')],
  ['/', infix(POWER.multiplicative, 'divide')],
  ['%', infix(POWER.multiplicative, 'mod')],
  ['MOD', infix(POWER.multiplicative, 'mod')],
  ['DIV', infix(POWER.multiplicative, 'div')],
]);

const UNARY: ReadonlyMap<string, string> = new Map([
  ['-', 'negative'],
  ['+', 'positive'],
  ['~', '~'],
]);

/** An expression whose operators bind at least as tightly as `least`. */
export function expression(c: Cursor, least: number = POWER.any): Expr {
  return c.nested(() => operators(c, least));
}

/** What stands where neither AND nor a predicate may end it: bounds, patterns, arguments of special forms. */
export function valueExpression(c: Cursor): Expr {
  return expression(c, POWER.value);
}

function operators(c: Cursor, least: number): Expr {
  const { start } = c.token;
  let [left, most] = operand(c, least);
  for (;;) {
    if (least <= POWER.predicate && most >= POWER.predicate && atPredicate(c)) {
      left = predicate(c, left, start);
      most = POWER.not;
      continue;
    }
    const operator = infixAt(c);
    if (operator === undefined || operator.power < least || operator.power > most) return left;
    left = operator.flat === true ? flatChain(c, left, operator, start) : binary(c, left, operator, start);
    if (operator.power <= POWER.not) most = operator.power;
  }
}

function infixAt(c: Cursor): Infix | undefined {
  if (!c.atOne(INFIX)) return undefined;
  // `a mod` may be an alias: the operator has an operand.
  if (c.token.key === 'MOD' && !startsOperand(c)) return undefined;
  return INFIX.get(c.token.key);
}

function startsOperand(c: Cursor): boolean {
  const { kind, key } = c.ahead(1);
  return (
    kind === 'number' ||
    kind === 'string' ||
    kind === 'quoted' ||
    key === '(' ||
    key === '-' ||
    key === '?' ||
    (kind === 'word' && key !== 'FROM')
  );
}

function binary(c: Cursor, left: Expr, operator: Infix, start: number): Expr {
  c.next();
  const right = expression(c, operator.power + 1);
  return call(operator.name, [left, right], c.span(start));
}

function flatChain(c: Cursor, first: Expr, operator: Infix, start: number): Expr {
  const args = [first];
  while (infixAt(c) === operator) {
    c.next();
    args.push(expression(c, operator.power + 1));
  }
  return call(operator.name, args, c.span(start));
}

/** A value with what stands before and after it, and the power of the loosest operator that may take it as its left side without brackets. */
function operand(c: Cursor, least: number): [value: Expr, most: number] {
  const { key, start } = c.token;
  if ((key === 'NOT' || key === '!') && least <= POWER.predicate && !namedLike(c)) {
    c.next();
    const input = expression(c, POWER.not);
    return [not(input, c.span(start)), POWER.not];
  }
  if (key === 'EXISTS' && least <= POWER.predicate && c.ahead(1).key === '(' && atQuery(c, 2)) {
    c.next();
    const plan = c.parenthesized(() => query(c));
    return [expr({ kind: 'subquery', role: 'exists', plan, operands: Object.freeze([]), at: c.span(start) }), POWER.not];
  }
  return [unary(c), POWER.unary];
}

/** `not` and the like as a column's name: `SELECT not, a FROM t`. */
function namedLike(c: Cursor): boolean {
  const next = c.ahead(1).key;
  return next === ',' || next === ')' || next === 'FROM' || next === '.';
}

function unary(c: Cursor): Expr {
  const { key, start } = c.token;
  const operator = UNARY.get(key);
  if (operator === undefined || (key === '-' && c.ahead(1).kind === 'number')) return postfix(c, primary(c), start);
  c.next();
  const input = c.nested(() => unary(c));
  return call(operator, [input], c.span(start));
}

type PostfixRule = (c: Cursor, input: Expr, start: number) => Expr;

const POSTFIX: ReadonlyMap<string, PostfixRule> = new Map<string, PostfixRule>([
  ['.', fieldAccess],
  ['[', subscript],
  ['::', castTo],
  ['COLLATE', collate],
]);

function postfix(c: Cursor, input: Expr, start: number): Expr {
  let value = input;
  for (let count = 0; c.atOne(POSTFIX); count++) {
    if (count === DEPTH_MAX) throw errors.tooLong('operators', DEPTH_MAX, c.here());
    if (c.at('COLLATE') && c.ahead(1).kind !== 'word' && c.ahead(1).kind !== 'quoted') break;
    value = POSTFIX.get(c.token.key)!(c, value, start);
  }
  return value;
}

function fieldAccess(c: Cursor, input: Expr, start: number): Expr {
  c.next();
  const field = name(c, 'the name of a field');
  return expr({ kind: 'field', input, name: field, at: c.span(start) });
}

function subscript(c: Cursor, input: Expr, start: number): Expr {
  const open = c.next();
  const index = valueExpression(c);
  c.close(open, ']');
  return call('element_at_index', [input, index], c.span(start));
}

function castTo(c: Cursor, input: Expr, start: number): Expr {
  c.next();
  const to = dataType(c);
  return expr({ kind: 'cast', input, to, mode: 'ansi', at: c.span(start) });
}

function collate(c: Cursor, _input: Expr, start: number): Expr {
  c.next();
  name(c, 'the name of a collation');
  throw errors.notSupported('COLLATE', c.since(start));
}
