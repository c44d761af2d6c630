import type { Cursor } from './cursor.js';
import { CLAUSE_SECOND, CLAUSE_WORDS, FOLLOWS_NAME, NO_ALIAS, NO_COLUMN } from './keywords.js';

/** Names, and where a bare word is one. */

/** Whether the next token is a name, were it not for the words in `except`. */
function atNameExcept(c: Cursor, except: ReadonlySet<string>): boolean {
  const { kind, key } = c.token;
  if (kind === 'quoted') return true;
  if (kind !== 'word') return false;
  return (
    !except.has(key) ||
    FOLLOWS_NAME.has(c.ahead(1).key) ||
    (c.ahead(1).key === 'FROM' && key !== 'FROM' && key !== 'DISTINCT' && key !== 'END')
  );
}

/** Never columns by what follows alone: `SELECT FROM t` misses its list. */
const STRICT: ReadonlySet<string> = new Set(['SELECT', 'FROM', 'WHERE']);
const ARITHMETIC: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', ';']);

/** Whether the next token can begin an expression as a column's or a function's name. */
export function atColumn(c: Cursor): boolean {
  if (atNameExcept(c, NO_COLUMN)) return true;
  if (c.token.kind !== 'word' || STRICT.has(c.token.key)) return false;
  // No operand follows, so the word was not the grammar's: `WHERE a < end ORDER BY a`.
  const { kind, key } = c.ahead(1);
  return kind === 'end' || ARITHMETIC.has(key) || (kind === 'word' && NO_ALIAS.has(key) && key !== 'BY');
}

/** Whether the next token can be an alias without AS. */
export function atAlias(c: Cursor): boolean {
  c.atOne(CLAUSE_WORDS);
  return atNameExcept(c, NO_ALIAS);
}

/** Any word or quoted name: after AS, after a point, in lists of names. */
export function name(c: Cursor, wanted = 'a name'): string {
  if (c.token.kind !== 'word' && c.token.kind !== 'quoted') c.fail(wanted);
  return c.next().text;
}

/** `a`, `a.b.c`. */
export function path(c: Cursor, wanted = 'a name'): readonly string[] {
  const parts = [name(c, wanted)];
  while (c.take('.')) parts.push(name(c));
  return Object.freeze(parts);
}

/** `(a, b)`. */
export function names(c: Cursor): readonly string[] {
  return Object.freeze(c.parenthesized(() => commaList(c, () => name(c))));
}

/** `[AS] name`, if there is one. */
export function optionalAlias(c: Cursor): string | undefined {
  if (c.take('AS')) return name(c);
  return atAlias(c) ? name(c) : undefined;
}

const CLOSING: ReadonlySet<string> = new Set([')', ']', '>', ';', '|>']);

/** Whether a list ends here although a comma came before. */
function atListEnd(c: Cursor): boolean {
  const { kind, key } = c.token;
  if (kind === 'end' || CLOSING.has(key)) return true;
  if (!CLAUSE_WORDS.has(key) || kind !== 'word') return false;
  const next = c.ahead(1);
  if (next.key === '(' && (key === 'LEFT' || key === 'RIGHT')) return false;
  if (FOLLOWS_NAME.has(next.key) || next.kind === 'end' || (next.key === 'FROM' && key !== 'SELECT')) return false;
  const second = CLAUSE_SECOND.get(key);
  if (second !== undefined) return second.has(next.key);
  if (key === 'LIMIT' || key === 'OFFSET')
    return next.kind === 'number' || next.key === 'ALL' || next.key === '?' || next.key === ':';
  return (
    NO_COLUMN.has(key) ||
    CLAUSE_WORDS.has(next.key) ||
    (key === 'WINDOW' && c.ahead(2).key === 'AS') ||
    (key === 'QUALIFY' && next.kind === 'word' && next.key !== 'FROM')
  );
}

/** Items between commas, at least one; a comma after the last one is welcome. */
export function commaList<T>(c: Cursor, item: () => T): T[] {
  const items = [item()];
  while (c.take(',')) {
    if (atListEnd(c)) break;
    items.push(item());
  }
  return items;
}
