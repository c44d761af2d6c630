import type { CallExpr, Expr } from '../core/expr/expr.js';
import type { Cursor } from './cursor.js';
import { expression, infix } from './expressions.js';
import { call, cast, stringLiteral } from './nodes.js';
import { POWER } from './operators.js';
import { dataType } from './types.js';

/**
 * Calls with a grammar of their own. A rule stands at the function's name with '(' after it;
 * it takes nothing and gives nothing where the call is an ordinary one.
 */
export const SPECIAL: ReadonlyMap<string, (c: Cursor) => Expr | undefined> = new Map([
  ['CAST', (c: Cursor) => castCall(c, 'ansi')],
  ['TRY_CAST', (c: Cursor) => castCall(c, 'try')],
  ['SAFE_CAST', (c: Cursor) => castCall(c, 'try')],
  ['EXTRACT', extract],
  ['SUBSTRING', substring],
  ['SUBSTR', substring],
  ['TRIM', trim],
  ['POSITION', position],
  ['OVERLAY', overlay],
]);

function open(c: Cursor): number {
  const { start } = c.next();
  c.expect('(');
  return start;
}

function castCall(c: Cursor, mode: 'ansi' | 'try'): Expr {
  const start = open(c);
  const input = expression(c);
  c.expect('AS');
  const to = dataType(c);
  c.expect(')');
  return cast(input, to, mode, c.span(start));
}

/** EXTRACT(field FROM source). */
function extract(c: Cursor): Expr | undefined {
  const field = c.peek(2);
  if (!(field.kind === 'word' || field.kind === 'string' || field.kind === 'quoted') || c.peek(3).upper !== 'FROM')
    return undefined;
  const start = open(c);
  c.next();
  c.expect('FROM');
  const source = expression(c);
  c.expect(')');
  return call('extract', [stringLiteral(field.text, { start: field.start, end: field.end }), source], c.span(start));
}

/** Parses the first argument; where the special word does not follow, goes back. */
function headed(c: Cursor, word: string, power: number = POWER.or): { readonly start: number; readonly first: Expr } | undefined {
  const { mark } = c;
  const start = open(c);
  if (c.at(')')) {
    c.reset(mark);
    return undefined;
  }
  const first = c.nested(() => infix(c, power));
  if (c.accept(word)) return { start, first };
  c.reset(mark);
  return undefined;
}

/** SUBSTRING(s FROM a [FOR b]). */
function substring(c: Cursor): Expr | undefined {
  if (!has(c, 'FROM')) return undefined;
  const head = headed(c, 'FROM');
  if (head === undefined) return undefined;
  const args = [head.first, expression(c)];
  if (c.accept('FOR')) args.push(expression(c));
  c.expect(')');
  return call('substring', args, c.span(head.start));
}

/** POSITION(a IN s). */
function position(c: Cursor): Expr | undefined {
  if (!has(c, 'IN')) return undefined;
  const head = headed(c, 'IN', POWER.comparison);
  if (head === undefined) return undefined;
  const text = expression(c);
  c.expect(')');
  return call('position', [head.first, text], c.span(head.start));
}

/** OVERLAY(s PLACING r FROM p [FOR n]). */
function overlay(c: Cursor): Expr | undefined {
  if (!has(c, 'PLACING')) return undefined;
  const head = headed(c, 'PLACING');
  if (head === undefined) return undefined;
  const args = [head.first, expression(c)];
  c.expect('FROM');
  args.push(expression(c));
  if (c.accept('FOR')) args.push(expression(c));
  c.expect(')');
  return call('overlay', args, c.span(head.start));
}

/** Whether a word stands between the call's own parentheses, so that no argument is parsed twice for nothing. */
function has(c: Cursor, word: string): boolean {
  let depth = 0;
  for (let i = 1; ; i++) {
    const { kind, upper } = c.peek(i);
    if (kind === 'end') return false;
    if (upper === '(') depth++;
    else if (upper === ')' && --depth === 0) return false;
    else if (depth === 1 && upper === word) return true;
    else if (depth === 1 && upper === ',') return false;
  }
}

const SIDES: Readonly<Record<string, string>> = { BOTH: 'btrim', LEADING: 'ltrim', TRAILING: 'rtrim' };

/** TRIM([BOTH | LEADING | TRAILING] [chars] FROM s). Spark's ltrim and rtrim take the characters first. */
function trim(c: Cursor): Expr | undefined {
  if (!has(c, 'FROM')) return undefined;
  const start = open(c);
  const side = c.token.kind === 'word' ? SIDES[c.token.upper] : undefined;
  if (side !== undefined) c.next();
  const chars = c.at('FROM') ? undefined : expression(c);
  c.expect('FROM');
  const text = expression(c);
  c.expect(')');
  const at = c.span(start);
  const name = side ?? 'btrim';
  if (chars === undefined) return call(name === 'btrim' ? 'trim' : name, [text], at);
  return call(name, name === 'btrim' ? [text, chars] : [chars, text], at);
}

const UNIT_CALLS: ReadonlyMap<string, string> = new Map([
  ['dateadd', 'timestampadd'],
  ['date_add', 'timestampadd'],
  ['timestampadd', 'timestampadd'],
  ['datediff', 'timestampdiff'],
  ['date_diff', 'timestampdiff'],
  ['timediff', 'timestampdiff'],
  ['timestampdiff', 'timestampdiff'],
]);
const UNITS = new Set([
  'YEAR',
  'QUARTER',
  'MONTH',
  'WEEK',
  'DAY',
  'DAYOFYEAR',
  'HOUR',
  'MINUTE',
  'SECOND',
  'MILLISECOND',
  'MICROSECOND',
]);

/** `dateadd(DAY, 1, d)`: three arguments, a unit first. Stands at '('. */
export function atUnitCall(c: Cursor, name: string): boolean {
  return UNIT_CALLS.has(name) && UNITS.has(c.peek().upper) && c.peek(2).upper === ',' && commas(c) === 2;
}

function commas(c: Cursor): number {
  let depth = 0;
  let count = 0;
  for (let i = 0; c.peek(i).kind !== 'end'; i++) {
    const { upper } = c.peek(i);
    if (upper === '(') depth++;
    else if (upper === ')' && --depth === 0) break;
    else if (upper === ',' && depth === 1) count++;
  }
  return count;
}

export function unitCall(c: Cursor, name: string, start: number): CallExpr {
  c.expect('(');
  const unit = c.next();
  const args: Expr[] = [stringLiteral(unit.upper, { start: unit.start, end: unit.end })];
  while (c.accept(',')) args.push(expression(c));
  c.expect(')');
  return call(UNIT_CALLS.get(name)!, args, c.span(start));
}
