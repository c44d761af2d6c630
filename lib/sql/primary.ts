import type { Expr } from '../core/expr/expr.js';
import { BOOLEAN, NULL } from '../core/types/data-type.js';
import { SPECIAL_CALLS, functionCall } from './calls.js';
import type { Cursor } from './cursor.js';
import { datetimeLiteral } from './datetime-literals.js';
import * as errors from './errors.js';
import { expression } from './expressions.js';
import { atInterval, intervalLiteral } from './intervals.js';
import { FOLLOWS_NAME, NO_COLUMN } from './keywords.js';
import { binaryLiteral, numberLiteral } from './literals.js';
import { atColumn, commaList, name, names, optionalAlias } from './names.js';
import { call, expr, list, literal, present, text } from './nodes.js';
import { atQuery, atQueryContinuation, continueQuery, query } from './query.js';

/** What an expression is made of: literals, names, calls, brackets. */

type PrimaryRule = (c: Cursor, start: number) => Expr;

const BY_SYMBOL: ReadonlyMap<string, PrimaryRule> = new Map<string, PrimaryRule>([
  ['(', bracket],
  ['[', arrayLiteral],
  ['*', star],
  ['-', number],
  ['?', positionalParameter],
  [':', namedParameter],
  ['$', namedParameter],
]);

const BY_WORD: ReadonlyMap<string, PrimaryRule> = new Map<string, PrimaryRule>([
  ['CASE', caseWhen],
  ['NULL', (c, start) => constant(c, start, null)],
  ['TRUE', (c, start) => constant(c, start, true)],
  ['FALSE', (c, start) => constant(c, start, false)],
  ['CURRENT_DATE', functionWithoutBrackets],
  ['CURRENT_TIME', functionWithoutBrackets],
  ['CURRENT_TIMESTAMP', functionWithoutBrackets],
  ['CURRENT_USER', functionWithoutBrackets],
]);

/** One value, without operators around it. */
export function primary(c: Cursor): Expr {
  const { kind, key, start } = c.token;
  switch (kind) {
    case 'number':
      return number(c, start);
    case 'string':
      return stringLiteral(c, start);
    case 'symbol': {
      const rule = BY_SYMBOL.get(key);
      return rule === undefined ? c.fail('an expression') : rule(c, start);
    }
    case 'quoted':
      return reference(c, start);
    case 'word':
      return word(c, start);
    case 'end':
      return c.fail('an expression');
  }
}

function word(c: Cursor, start: number): Expr {
  const { key } = c.token;
  const next = c.ahead(1);
  const rule = BY_WORD.get(key);
  if (
    rule !== undefined &&
    next.key !== '.' &&
    next.key !== '(' &&
    !(key === 'CASE' && (FOLLOWS_NAME.has(next.key) || next.key === 'FROM'))
  )
    return rule(c, start);
  if (rule === caseWhen && next.key === '(') return caseWhen(c, start);
  if (atInterval(c)) return intervalLiteral(c);
  if (next.kind === 'string' && !NO_COLUMN.has(key)) return typedLiteral(c, start);
  if (next.key === '->') return lambda(c, start);
  if (next.key === '(') {
    const special = SPECIAL_CALLS.get(key);
    if (special !== undefined) return special(c, start);
    return atColumn(c) || CALLABLE.has(key) ? reference(c, start) : c.fail('an expression');
  }
  return atColumn(c) ? reference(c, start) : c.fail('an expression');
}

/** Words of the grammar that are functions too. */
const CALLABLE: ReadonlySet<string> = new Set(['BETWEEN', 'LEFT', 'RIGHT']);

function constant(c: Cursor, start: number, value: boolean | null): Expr {
  c.next();
  return literal(value, value === null ? NULL : BOOLEAN, c.span(start));
}

function functionWithoutBrackets(c: Cursor, start: number): Expr {
  const { text: fn } = c.next();
  return call(fn.toLowerCase(), [], c.span(start));
}

function number(c: Cursor, start: number): Expr {
  const negative = c.take('-');
  if (c.token.kind !== 'number') c.fail('a number');
  const { text: written } = c.next();
  return numberLiteral(written, negative, c.sql, c.span(start));
}

/** Strings side by side are one. */
function stringLiteral(c: Cursor, start: number): Expr {
  const parts: string[] = [];
  while (c.token.kind === 'string') parts.push(c.next().text);
  return text(parts.join(''), c.span(start));
}

function typedLiteral(c: Cursor, start: number): Expr {
  const type = c.next();
  const { text: written } = c.next();
  const at = c.span(start);
  if (type.key === 'X') return binaryLiteral(written, c.sql, at);
  const made = datetimeLiteral(type.key, written, c.sql, at);
  if (made === undefined) throw errors.unsupportedTypedLiteral(type.text, c.place(type.start, type.end));
  return made;
}

function positionalParameter(c: Cursor, start: number): Expr {
  c.next();
  return expr({ kind: 'parameter', name: c.nextParameter(), at: c.span(start) });
}

function namedParameter(c: Cursor, start: number): Expr {
  const { key } = c.next();
  if (key === '$' && c.token.kind === 'number' && /^[1-9]\d{0,5}$/.test(c.token.text)) {
    const index = Number(c.next().text) - 1;
    return expr({ kind: 'parameter', name: index, at: c.span(start) });
  }
  const parameter = name(c, 'the name of a parameter');
  return expr({ kind: 'parameter', name: parameter, at: c.span(start) });
}

function lambda(c: Cursor, start: number): Expr {
  const parameters = list(c.at('(') ? names(c) : [name(c)]);
  c.expect('->');
  const body = expression(c);
  return expr({ kind: 'lambda', parameters, body, at: c.span(start) });
}

/** Whether the brackets that open here hold the parameters of a lambda function. */
function atLambda(c: Cursor): boolean {
  for (let i = 1; ; i += 2) {
    const { kind } = c.ahead(i);
    if (kind !== 'word' && kind !== 'quoted') return false;
    const { key } = c.ahead(i + 1);
    if (key === ')') return c.ahead(i + 2).key === '->';
    if (key !== ',') return false;
  }
}

/** A subquery, a row, a lambda's parameters, or an expression in brackets. */
function bracket(c: Cursor, start: number): Expr {
  if (atLambda(c)) return lambda(c, start);
  const open = c.next();
  if (atQuery(c) && !c.at('(')) {
    const plan = query(c);
    c.close(open, ')');
    return expr({ kind: 'subquery', role: 'scalar', plan, operands: Object.freeze([]), at: c.span(start) });
  }
  const first = rowItem(c);
  if (first.kind === 'subquery' && first.role === 'scalar' && atQueryContinuation(c)) {
    const plan = continueQuery(c, first.plan);
    c.close(open, ')');
    return expr({ kind: 'subquery', role: 'scalar', plan, operands: Object.freeze([]), at: c.span(start) });
  }
  const items = [first];
  if (c.take(',') && !c.at(')')) items.push(...commaList(c, () => rowItem(c)));
  c.close(open, ')', '"," or ")"');
  return items.length === 1 && first.kind !== 'alias' ? first : call('struct', items, c.span(start));
}

/** `a AS x`, in rows and structs. */
export function rowItem(c: Cursor): Expr {
  const { start } = c.token;
  const input = expression(c);
  const alias = optionalAlias(c);
  return alias === undefined ? input : expr({ kind: 'alias', input, name: alias, at: c.span(start) });
}

function arrayLiteral(c: Cursor, start: number): Expr {
  const open = c.next();
  const items = c.at(']') ? [] : commaList(c, () => expression(c));
  c.close(open, ']');
  return call('array', items, c.span(start));
}

function caseWhen(c: Cursor, start: number): Expr {
  c.next();
  const operand = c.at('WHEN') ? undefined : expression(c);
  const branches: { readonly when: Expr; readonly then: Expr }[] = [];
  while (c.at('WHEN') || branches.length === 0) {
    c.expect('WHEN');
    const from = c.token.start;
    const tested = expression(c);
    const when = operand === undefined ? tested : call('=', [operand, tested], c.span(from));
    c.expect('THEN');
    branches.push(Object.freeze({ when, then: expression(c) }));
  }
  const otherwise = c.take('ELSE') ? expression(c) : undefined;
  c.expect('END', otherwise === undefined ? 'WHEN, ELSE or END' : 'END');
  return expr({ kind: 'case', branches: list(branches), ...present({ otherwise }), at: c.span(start) });
}

/** `a`, `t.a`, `t.*`, `f(x)`, `db.f(x)`. */
function reference(c: Cursor, start: number): Expr {
  const path = [c.next().text];
  while (c.at('.')) {
    if (c.ahead(1).key === '*') {
      c.next();
      return star(c, start, path);
    }
    c.next();
    path.push(name(c));
  }
  if (c.at('(')) return functionCall(c, path.join('.').toLowerCase(), start);
  return expr({ kind: 'column', path: list(path), at: c.span(start) });
}

/** `*` with what it leaves out or replaces. */
function star(c: Cursor, start: number, qualifier: readonly string[] = []): Expr {
  c.next();
  const except = atExcept(c) ? exceptNames(c) : undefined;
  const replace = c.at('REPLACE', '(') ? replacements(c) : undefined;
  return expr({ kind: 'star', qualifier: list(qualifier), ...present({ except, replace }), at: c.span(start) });
}

/** `* EXCEPT (a)` rather than the set operation `SELECT * EXCEPT (SELECT …)`. */
function atExcept(c: Cursor): boolean {
  if (c.at('EXCLUDE')) return true;
  const inside = c.ahead(2);
  return c.at('EXCEPT', '(') && (inside.kind === 'word' || inside.kind === 'quoted') && !atQuery(c, 2);
}

function exceptNames(c: Cursor): readonly string[] {
  c.next();
  if (!c.at('(')) return list([name(c)]);
  // `t.a` names a column too; its last part says which.
  return list(
    c.parenthesized(() =>
      commaList(c, () => {
        let column = name(c, 'the name of a column');
        while (c.take('.')) column = name(c);
        return column;
      }),
    ),
  );
}

function replacements(c: Cursor): readonly { readonly name: string; readonly expr: Expr }[] {
  c.next();
  return list(
    c.parenthesized(() =>
      commaList(c, () => {
        const value = expression(c);
        c.take('AS');
        return Object.freeze({ name: name(c, 'the name of a column'), expr: value });
      }),
    ),
  );
}
