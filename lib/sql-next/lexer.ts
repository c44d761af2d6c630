import { QueryError } from '../core/errors.js';
import { decodeString } from './quoted-text.js';

/** What a token is. `word` is a bare identifier or keyword; `quoted` a backquoted identifier. */
export type TokenKind = 'word' | 'quoted' | 'string' | 'hex' | 'number' | 'op' | 'hint' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** As written; for `string`, `hex` and `quoted` the decoded text; for `word` see `upper`. */
  readonly text: string;
  /** Upper case of a word, the operator's own text, else empty: what keywords are compared with. */
  readonly upper: string;
  readonly start: number;
  readonly end: number;
}

const OPERATORS = ['<=>', '>>>', '::', '->', '=>', '<=', '>=', '<>', '!=', '==', '||', '<<', '>>', '|>', '!<', '!>'] as const;
const SINGLE = '()[]{},.;:?$+-*/%&|^~=<>!@';
const WORD = /[\p{L}\p{M}\p{Nd}_]+/uy;
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?:BD|[LSYDF])?/iy;
const SPACE = /[\s\uFEFF\u00A0]+/uy;

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}

function fail(message: string, sql: string, start: number, end: number): never {
  throw new QueryError({ code: 'PARSE_SYNTAX_ERROR', message, sql, at: { start, end } });
}

/** Past the end of a comment that begins at `at`. Bracketed comments nest. */
function skipBlockComment(sql: string, at: number): number {
  let depth = 0;
  for (let i = at; i < sql.length; i++) {
    if (sql.startsWith('/*', i)) {
      depth++;
      i++;
    } else if (sql.startsWith('*/', i)) {
      depth--;
      i++;
      if (depth === 0) return i + 1;
    }
  }
  return fail('This comment is never closed: expected */ before the end of the statement.', sql, at, at + 2);
}

/** A line comment ends at the line's end, unless that is escaped with a backslash. */
function skipLineComment(sql: string, at: number): number {
  for (let i = at; i < sql.length; i++) {
    if (sql[i] === '\n' && sql[i - 1] !== '\\') return i;
  }
  return sql.length;
}

/** Past the closing quote of the text opened at `open`; doubled quotes and (unless raw) backslash escapes stay inside. */
function quoteEnd(sql: string, open: number, escapes: boolean, what: string): number {
  const quote = sql[open];
  for (let i = open + 1; i < sql.length; i++) {
    if (escapes && sql[i] === '\\') i++;
    else if (sql[i] === quote) {
      if (sql[i + 1] !== quote) return i + 1;
      i++;
    }
  }
  return fail(`This ${what} is never closed: expected ${quote} before the end of the statement.`, sql, open, open + 1);
}

/** All tokens of a text, an `end` token last. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  const push = (kind: TokenKind, text: string, start: number, end: number, upper = ''): number => {
    tokens.push({ kind, text, upper, start, end });
    return end;
  };
  let at = 0;
  while (at < sql.length) {
    const c = sql[at]!;
    const space = matchAt(SPACE, sql, at);
    if (space !== '') at += space.length;
    else if (sql.startsWith('--', at)) at = skipLineComment(sql, at);
    else if (sql.startsWith('/*', at)) {
      const end = skipBlockComment(sql, at);
      if (sql.startsWith('/*+', at)) push('hint', sql.slice(at + 3, end - 2), at, end);
      at = end;
    } else if (c === "'" || c === '"') {
      const end = quoteEnd(sql, at, true, 'string');
      at = push('string', decodeString(sql.slice(at + 1, end - 1), c), at, end);
    } else if (c === '`') {
      const end = quoteEnd(sql, at, false, 'quoted name');
      at = push('quoted', sql.slice(at + 1, end - 1).replaceAll('``', '`'), at, end);
    } else at = wordOrSymbol(sql, at, tokens, push);
  }
  push('end', '', sql.length, sql.length);
  return tokens;
}

type Push = (kind: TokenKind, text: string, start: number, end: number, upper?: string) => number;

function wordOrSymbol(sql: string, at: number, tokens: readonly Token[], push: Push): number {
  const number = afterDot(sql, at, tokens) ? '' : matchAt(NUMBER, sql, at);
  const word = matchAt(WORD, sql, at);
  if (number !== '' && !(word.length > number.length)) {
    const next = matchAt(WORD, sql, at + number.length);
    if (next === '') return push('number', number, at, at + number.length);
    return fail(
      `The number '${number}${next}' is malformed: '${next}' is not a suffix of numbers (L, S, Y, D, F, BD).`,
      sql,
      at,
      at + number.length + next.length,
    );
  }
  if (word !== '') {
    const open = at + word.length;
    const quote = sql[open];
    if (word.length === 1 && (quote === "'" || quote === '"') && /[xXrR]/.test(word)) {
      const raw = word === 'r' || word === 'R';
      const end = raw ? rawEnd(sql, open) : quoteEnd(sql, open, false, 'string');
      return push(raw ? 'string' : 'hex', sql.slice(open + 1, end - 1), at, end);
    }
    return push('word', word, at, open, word.toUpperCase());
  }
  const op = OPERATORS.find((o) => sql.startsWith(o, at)) ?? (SINGLE.includes(sql[at]!) ? sql[at]! : '');
  if (op !== '') return push('op', op, at, at + op.length, op);
  const c = String.fromCodePoint(sql.codePointAt(at)!);
  return fail(
    `Unexpected character '${c}'. Put text between single quotes and unusual names between backquotes.`,
    sql,
    at,
    at + c.length,
  );
}

function rawEnd(sql: string, open: number): number {
  const close = sql.indexOf(sql[open]!, open + 1);
  return close === -1 ? quoteEnd(sql, open, false, 'string') : close + 1;
}

/** Digits right after `name.` are a name, not a fraction: `t.1`. */
function afterDot(sql: string, at: number, tokens: readonly Token[]): boolean {
  const last = tokens[tokens.length - 1];
  if (last === undefined || last.end !== at) return false;
  if (last.upper === '.') return true;
  return sql[at] === '.' && (last.kind === 'word' || last.kind === 'quoted' || last.upper === ')' || last.upper === ']');
}
