import * as errors from './errors.js';
import { backquotedText, escapedText } from './quoted-text.js';

/** SQL text → tokens. One pass, no recursion; comments and white space are dropped. */

export type TokenKind = 'word' | 'quoted' | 'string' | 'number' | 'symbol' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** What grammar rules compare: a bare word in upper case, a symbol as it is; empty for names in backticks, strings, numbers and the end. */
  readonly key: string;
  /** A word as written, the value of a string or a quoted name, a number's text. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Longest first among those that begin alike. */
const SYMBOLS: readonly string[] = [
  '<=>', '>>>', '<=', '<>', '<<', '>=', '>>', '=>', '==', '!=', '!<', '!>', '->', '||', '|>', '::',
  '(', ')', '[', ']', '{', '}', ',', ';', '.', '+', '-', '*', '/', '%', '=', '<', '>', '!', '~', '&', '|', '^', '?', ':', '$', '@',
]; // prettier-ignore

const symbolsByFirst = new Map<string, readonly string[]>();
for (const symbol of SYMBOLS) symbolsByFirst.set(symbol[0]!, [...(symbolsByFirst.get(symbol[0]!) ?? []), symbol]);

const SPACE = /[\s\u200b\ufeff]/u;
const WORD_START = /[\p{L}\p{Nl}_]/u;
const WORD = /[\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}_]*/uy;
/** Whole digits with the suffix of a whole type; or digits with a point, an exponent and a suffix, each if it is there. */
const NUMBER = /\d+[lLsSyY]|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?:[dDfF]|[bB][dD])?/y;
const INTEGER = /\d+/y;

const HINTS: ReadonlyMap<string, string> = new Map([
  ['‘', " Strings stand in ' quotes."],
  ['’', " Strings stand in ' quotes."],
  ['“', " Strings stand in ' quotes."],
  ['”', " Strings stand in ' quotes."],
  ['\\', ''],
]);

function matchEnd(pattern: RegExp, sql: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(sql) ? pattern.lastIndex : from;
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isAsciiLetter = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;

function startsWord(sql: string, at: number): boolean {
  const code = sql.charCodeAt(at);
  return code < 128 || Number.isNaN(code) ? isAsciiLetter(code) : WORD_START.test(String.fromCodePoint(sql.codePointAt(at)!));
}

/** Past white space and comments; -- to the end of the line, and nested brackets. Hints are comments here. */
function skipSpace(sql: string, from: number): number {
  let at = from;
  for (;;) {
    const code = sql.charCodeAt(at);
    if (code === 32 || (code >= 9 && code <= 13) || (code > 127 && SPACE.test(sql[at]!))) at++;
    else if (code === 45 && sql.charCodeAt(at + 1) === 45) {
      const end = sql.indexOf('\n', at);
      at = end === -1 ? sql.length : end + 1;
    } else if (code === 47 && sql.charCodeAt(at + 1) === 42) at = skipComment(sql, at);
    else return at;
  }
}

function skipComment(sql: string, start: number): number {
  let open = 0;
  for (let at = start; at < sql.length;) {
    const pair = sql.slice(at, at + 2);
    if (pair === '/*') open++;
    else if (pair === '*/' && --open === 0) return at + 2;
    at += pair === '/*' || pair === '*/' ? 2 : 1;
  }
  throw errors.unclosedComment({ sql, at: { start, end: start + 2 } });
}

/** Past the closing quote of text that began at `start`; a doubled quote stands for itself, a backslash guards the next character. */
function quotedEnd(sql: string, start: number, quote: string, what: string, backslash: boolean): number {
  for (let at = start + 1; at < sql.length; at++) {
    const character = sql[at];
    if (character === '\\' && backslash) at++;
    else if (character === quote) {
      if (sql[at + 1] !== quote) return at + 1;
      at++;
    }
  }
  throw errors.unclosedText(quote, what, { sql, at: { start, end: start + 1 } });
}

/** r'…': no escapes at all, so no quote inside. */
function rawEnd(sql: string, start: number): number {
  const quote = sql[start + 1]!;
  const end = sql.indexOf(quote, start + 2);
  if (end === -1) throw errors.unclosedText(quote, 'string', { sql, at: { start, end: start + 2 } });
  return end + 1;
}

const isQuote = (code: number): boolean => code === 39 || code === 34;

function numberEnd(sql: string, start: number): number {
  const end = matchEnd(NUMBER, sql, start);
  if (!startsWord(sql, end) && !isDigit(sql.charCodeAt(end))) return end;
  // `1e5x` is no number: whole digits with letters after them are a name, as in Spark.
  const digits = matchEnd(INTEGER, sql, start);
  return startsWord(sql, digits) ? -1 : digits === start ? end : digits;
}

/** All tokens of the text, then one of kind 'end'. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  const push = (kind: TokenKind, key: string, text: string, start: number, end: number): number => {
    tokens.push({ kind, key, text, start, end });
    return end;
  };
  let at = skipSpace(sql, 0);
  while (at < sql.length) at = skipSpace(sql, nextToken(sql, at, push));
  push('end', '', '', sql.length, sql.length);
  return tokens;
}

type Push = (kind: TokenKind, key: string, text: string, start: number, end: number) => number;

function nextToken(sql: string, start: number, push: Push): number {
  const code = sql.charCodeAt(start);
  if ((code === 114 || code === 82) && isQuote(sql.charCodeAt(start + 1))) {
    const end = rawEnd(sql, start);
    return push('string', '', sql.slice(start + 2, end - 1), start, end);
  }
  if (startsWord(sql, start)) return pushWord(sql, start, push);
  if (isDigit(code) || (code === 46 && isDigit(sql.charCodeAt(start + 1)))) {
    const end = numberEnd(sql, start);
    return end === -1 ? pushWord(sql, start, push) : push('number', '', sql.slice(start, end), start, end);
  }
  if (isQuote(code)) {
    const end = quotedEnd(sql, start, sql[start]!, 'string', true);
    return push('string', '', escapedText(sql, start + 1, end - 1), start, end);
  }
  if (code === 96) {
    const end = quotedEnd(sql, start, '`', 'name', false);
    return push('quoted', '', backquotedText(sql, start + 1, end - 1), start, end);
  }
  const symbol = symbolsByFirst.get(sql[start]!)?.find((candidate) => sql.startsWith(candidate, start));
  if (symbol !== undefined) return push('symbol', symbol, symbol, start, start + symbol.length);
  const character = String.fromCodePoint(sql.codePointAt(start)!);
  throw errors.strayCharacter(character, HINTS.get(character) ?? '', { sql, at: { start, end: start + character.length } });
}

function pushWord(sql: string, start: number, push: Push): number {
  const end = matchEnd(WORD, sql, start);
  const text = sql.slice(start, end);
  return push('word', text.toUpperCase(), text, start, end);
}
