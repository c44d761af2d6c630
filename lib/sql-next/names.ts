import type { Cursor } from './cursor.js';

/** Whether the token can be a name. Nearly every keyword can. */
export function atName(c: Cursor): boolean {
  return c.token.kind === 'word' || c.token.kind === 'quoted';
}

export function name(c: Cursor, what = 'a name'): string {
  if (!atName(c)) throw c.error(what);
  return c.next().text;
}

/** `a.b.c`. */
export function path(c: Cursor, what = 'a name'): string[] {
  const parts = [name(c, what)];
  while (c.at('.') && ['word', 'quoted'].includes(c.peek().kind)) {
    c.next();
    parts.push(name(c));
  }
  return parts;
}

/** `(a, b, c)`. */
export function nameList(c: Cursor, what = 'a column name'): string[] {
  if (c.at('(', ')')) throw c.error(what, c.peek());
  return c.parenthesized(() => name(c, what));
}

/** `[AS] alias`, unless the word begins the next clause. Strings are taken after AS too. */
export function alias(c: Cursor, reserved: ReadonlySet<string>): string | undefined {
  if (c.accept('AS')) return c.token.kind === 'string' ? c.next().text : name(c, 'an alias');
  if (c.token.kind === 'quoted') return c.next().text;
  if (c.token.kind === 'word' && !reserved.has(c.token.upper)) return c.next().text;
  return undefined;
}
