import { QueryError } from '../core/errors.js';
import { spanIn } from '../core/expr/span-source.js';
import type { Span } from '../core/expr/expr.js';
import * as errors from './errors.js';
import { tokenize, type Token } from './lexer.js';
import { probablyMeant } from './suggest.js';

/** Levels of brackets, subqueries, operators before a value and the like. Well within the stack of any thread. */
export const DEPTH_MAX = 400;

/** Joins, set operations and pipe steps that may follow each other: each is a level of the plan. */
export const CHAIN_MAX = 1000;

/** The text left the grammar at a token. Only `parseWith` sees it, and makes the error with its suggestion. */
class OffGrammar extends Error {
  constructor(
    readonly index: number,
    readonly wanted: string,
  ) {
    super();
  }
}

/** A place in the tokens, and how to move it. All grammar rules are functions over one of these. */
export class Cursor {
  readonly sql: string;
  readonly #tokens: Token[];
  /** Keys that rules asked for, by token: kept only to explain an error. */
  readonly #asked: Map<number, Set<string>> | undefined;
  #index = 0;
  #depth = 0;
  #parameters = 0;

  constructor(sql: string, tokens: readonly Token[], asked?: Map<number, Set<string>>) {
    this.sql = sql;
    this.#tokens = [...tokens];
    this.#asked = asked;
  }

  get token(): Token {
    return this.#tokens[this.#index]!;
  }

  /** The token `count` further on; the end's, past the end. */
  ahead(count: number): Token {
    return this.#tokens[Math.min(this.#index + count, this.#tokens.length - 1)]!;
  }

  /** Whether nothing is left. */
  atEnd(): boolean {
    return this.token.kind === 'end';
  }

  /** Goes past the next token, whatever it is. */
  next(): Token {
    const token = this.token;
    if (token.kind !== 'end') this.#index++;
    return token;
  }

  /** Whether the next tokens have these keys, in order. */
  at(...keys: readonly string[]): boolean {
    this.#note(keys[0]!);
    for (let i = 0; i < keys.length; i++) {
      if (this.ahead(i).key !== keys[i]) {
        if (i > 0) this.#note(keys[i]!, i);
        return false;
      }
    }
    return true;
  }

  /** Whether the next token has one of these keys. */
  atOne(keys: { has(key: string): boolean } & Iterable<string | readonly [string, unknown]>): boolean {
    if (this.#asked !== undefined) for (const key of keys) this.#note(typeof key === 'string' ? key : key[0]);
    return this.token.key !== '' && keys.has(this.token.key);
  }

  /** Goes past these keys if they come next. */
  take(...keys: readonly string[]): boolean {
    if (!this.at(...keys)) return false;
    this.#index += keys.length;
    return true;
  }

  expect(key: string, wanted: string = key.length === 1 ? `"${key}"` : key): Token {
    if (!this.at(key)) this.fail(wanted);
    return this.next();
  }

  /** A closing bracket. At the end of the text the error points at the bracket that was opened. */
  close(open: Token, key: string, wanted = `"${key}"`): void {
    if (this.token.kind === 'end') throw errors.neverClosed(`"${open.text}"`, this.place(open.start, open.end));
    this.expect(key, wanted);
  }

  /** `(`, what is between, `)`. */
  parenthesized<T>(body: () => T): T {
    const open = this.expect('(');
    const value = body();
    this.close(open, ')', '"," or ")"');
    return value;
  }

  /** For types: takes the first character of a symbol like `>>` away. */
  takeGreater(): boolean {
    if (this.take('>')) return true;
    const { key, start, end } = this.token;
    if (key !== '>>' && key !== '>>>') return false;
    const rest = key.slice(1);
    this.#tokens[this.#index] = { kind: 'symbol', key: rest, text: rest, start: start + 1, end };
    return true;
  }

  /** One level deeper while `body` runs. */
  nested<T>(body: () => T): T {
    if (++this.#depth > DEPTH_MAX) throw errors.tooDeep(DEPTH_MAX, this.here());
    const value = body();
    this.#depth--;
    return value;
  }

  nextParameter(): number {
    return this.#parameters++;
  }

  /** From an offset to the end of the last token taken. */
  span(start: number): Span {
    const end = this.#index === 0 ? start : this.#tokens[this.#index - 1]!.end;
    return spanIn(this.sql, start, end);
  }

  place(start: number, end: number): errors.Place {
    return { sql: this.sql, at: { start, end } };
  }

  /** The place of the next token. */
  here(): errors.Place {
    return this.place(this.token.start, this.token.end);
  }

  /** The place from an offset to the last token taken. */
  since(start: number): errors.Place {
    return { sql: this.sql, at: this.span(start) };
  }

  /** The next token is not what the grammar has here. */
  fail(wanted: string): never {
    throw new OffGrammar(this.#index, wanted);
  }

  #note(key: string, offset = 0): void {
    if (this.#asked === undefined) return;
    const index = this.#index + offset;
    const asked = this.#asked.get(index);
    if (asked === undefined) this.#asked.set(index, new Set([key]));
    else asked.add(key);
  }
}

/**
 * Runs a rule over a text. When the text leaves the grammar the rule runs again and notes what it asked for at each token,
 * so that the error can say what was probably meant.
 */
export function parseWith<T>(sql: string, rule: (cursor: Cursor) => T): T {
  const tokens = tokenize(sql);
  try {
    return rule(new Cursor(sql, tokens));
  } catch (error) {
    if (!(error instanceof OffGrammar)) throw fromCaller(error);
  }
  const asked = new Map<number, Set<string>>();
  try {
    return rule(new Cursor(sql, tokens, asked));
  } catch (error) {
    throw error instanceof OffGrammar ? fromCaller(explain(sql, tokens, asked, error)) : error;
  }
}

/** The parser's own calls would fill the ten frames that V8 keeps: the caller's line is worth more. */
function fromCaller(error: unknown): unknown {
  if (error instanceof QueryError) Error.captureStackTrace(error, parseWith);
  return error;
}

function explain(
  sql: string,
  tokens: readonly Token[],
  asked: ReadonlyMap<number, ReadonlySet<string>>,
  { index, wanted }: OffGrammar,
): QueryError {
  const token = tokens[index]!;
  // The token before may be a misspelt keyword that was taken for a name: SELECT a FORM t.
  for (const i of [index, index - 1]) {
    const suspect = tokens[i];
    if (suspect?.kind !== 'word') continue;
    const words = [...(asked.get(i) ?? [])].filter((key) => /^[A-Z]/.test(key));
    const suggestion = words.includes(suspect.key) ? undefined : probablyMeant(suspect.text, words);
    if (suggestion === undefined) continue;
    const fault = { found: suspect.text, suggestion, ...(i === index ? { expected: wanted } : {}) };
    return errors.syntaxError(fault, { sql, at: { start: suspect.start, end: suspect.end } });
  }
  const found = token.kind === 'end' ? {} : { found: sql.slice(token.start, token.end) };
  return errors.syntaxError(
    { ...found, expected: wanted, hint: unquotedHint(tokens, index) },
    { sql, at: { start: token.start, end: token.end } },
  );
}

/** `test-table` and data/x.csv without quotes. */
function unquotedHint(tokens: readonly Token[], index: number): string {
  const [before, token, after] = [tokens[index - 1], tokens[index]!, tokens[index + 1]];
  const joined = before?.kind === 'word' && before.end === token.start && after?.kind === 'word' && after.start === token.end;
  if (!joined || (token.key !== '-' && token.key !== '/')) return '';
  return token.key === '/'
    ? " A file stands in quotes, like 'data/x.csv'."
    : ' A name with other characters than letters, digits and _ stands in backticks.';
}
