import { QueryError } from '../core/errors.js';
import type { Span } from '../core/expr/expr.js';
import { CLAUSE_KEYWORDS } from './keywords.js';
import type { Token } from './lexer.js';

/** Letters changed, added, dropped or swapped between two words. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1);
      next.push(cost);
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}

/** The closest of some names, if it is close enough to be what was meant. */
export function closest(word: string, names: Iterable<string>): string | undefined {
  const wanted = word.toUpperCase();
  const limit = wanted.length <= 3 ? 1 : 2;
  let best: string | undefined;
  let bestCost = limit + 1;
  for (const name of names) {
    if (Math.abs(name.length - wanted.length) > limit || name.toUpperCase() === wanted) continue;
    const cost = distance(wanted, name.toUpperCase());
    if (cost < bestCost) [best, bestCost] = [name, cost];
  }
  return best;
}

function found(token: Token, sql: string): string {
  if (token.kind === 'end') return 'the end of the statement';
  const text = sql.slice(token.start, token.end);
  const short = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return token.kind === 'string' ? `the string ${short}` : `'${short}'`;
}

function hint(token: Token, before: Token | undefined, expected: string): string {
  const named = [...expected.matchAll(/[A-Z]{2,}/g)].map((m) => m[0]);
  if (token.kind === 'word' && !CLAUSE_KEYWORDS.has(token.upper)) {
    const meant = closest(token.text, named) ?? closest(token.text, CLAUSE_KEYWORDS);
    if (meant !== undefined) return ` Did you mean ${meant}?`;
  }
  if (before?.kind === 'word' && !CLAUSE_KEYWORDS.has(before.upper)) {
    const meant = closest(before.text, CLAUSE_KEYWORDS);
    if (meant !== undefined) return ` Did you mean ${meant} instead of '${before.text}'?`;
  }
  return '';
}

/** What was found and what the grammar wanted there. `before` is the token before, often the misspelt one. */
export function syntaxError(sql: string, token: Token, expected: string, before?: Token): QueryError {
  return new QueryError({
    code: 'PARSE_SYNTAX_ERROR',
    message: `Syntax error: expected ${expected}, but found ${found(token, sql)}.${hint(token, before, expected)}`,
    at: { start: token.start, end: token.end },
    sql,
  });
}

/** Understood, and not offered. */
export function unsupported(sql: string, at: Span, what: string, instead = ''): QueryError {
  const message = `${what} is not supported yet.${instead === '' ? '' : ` ${instead}`}`;
  return new QueryError({ code: 'UNSUPPORTED_FEATURE', message, at, sql });
}

/** Any other error with a place in the text. */
export function errorAt(sql: string, at: Span, code: string, message: string): QueryError {
  return new QueryError({ code, message, at, sql });
}
