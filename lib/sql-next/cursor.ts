import type { Span } from '../core/expr/expr.js';
import { QueryError } from '../core/errors.js';
import { syntaxError } from './errors.js';
import { tokenize, type Token } from './lexer.js';

/** How deep expressions and subqueries may nest. */
export const MAX_DEPTH = 500;

/** A place in the tokens of one text: what every part of the parser reads from. */
export class Cursor {
  readonly sql: string;
  readonly #tokens: Token[];
  #index = 0;
  #depth = 0;
  #parameters = 0;

  constructor(sql: string) {
    this.sql = sql;
    this.#tokens = tokenize(sql).filter((t) => t.kind !== 'hint');
  }

  get token(): Token {
    return this.#tokens[this.#index]!;
  }

  peek(ahead = 1): Token {
    return this.#tokens[Math.min(this.#index + ahead, this.#tokens.length - 1)]!;
  }

  get before(): Token | undefined {
    return this.#tokens[this.#index - 1];
  }

  /** A place to come back to. */
  get mark(): number {
    return this.#index;
  }

  reset(mark: number): void {
    this.#index = mark;
  }

  next(): Token {
    const token = this.token;
    if (token.kind !== 'end') this.#index++;
    return token;
  }

  /** Whether the next tokens are these keywords and operators. */
  at(...texts: string[]): boolean {
    return texts.every((text, i) => this.peek(i).upper === text);
  }

  /** `GROUP` and `ORDER` where a clause may begin must have BY after them. */
  acceptBy(word: string): boolean {
    if (!this.at(word)) return false;
    this.next();
    this.expect('BY');
    return true;
  }

  atAny(...texts: string[]): boolean {
    const { upper } = this.token;
    return upper !== '' && texts.includes(upper);
  }

  accept(...texts: string[]): boolean {
    if (!this.at(...texts)) return false;
    this.#index += texts.length;
    return true;
  }

  expect(text: string, what = /^[A-Z]/.test(text) ? text : `'${text}'`): Token {
    if (this.token.upper !== text) throw this.error(what);
    return this.next();
  }

  /** Takes one '>' even where the lexer saw '>>' or '>='. */
  expectGreater(): void {
    const { token } = this;
    if (token.upper.length > 1 && token.upper.startsWith('>')) {
      const rest = token.upper.slice(1);
      this.#tokens[this.#index] = { kind: 'op', text: rest, upper: rest, start: token.start + 1, end: token.end };
    } else this.expect('>');
  }

  /** The number of the next `?`. */
  nextParameter(): number {
    return this.#parameters++;
  }

  restartParameters(): void {
    this.#parameters = 0;
  }

  error(expected: string, token = this.token): QueryError {
    return syntaxError(this.sql, token, expected, this.before);
  }

  expectEnd(expected = 'the end of the statement'): void {
    if (this.token.kind !== 'end') throw this.error(expected);
  }

  /** From an offset to the end of the last token taken. */
  span(start: number): Span {
    return Object.freeze({ start, end: Math.max(start, this.before?.end ?? start) });
  }

  /** Guards recursion: a typed error instead of a stack overflow. */
  nested<T>(parse: () => T): T {
    if (++this.#depth > MAX_DEPTH) {
      const { start, end } = this.token;
      const message = `The statement nests deeper than ${MAX_DEPTH} levels. Split it with a WITH clause or a view.`;
      throw new QueryError({ code: 'PARSE_SYNTAX_ERROR', message, at: { start, end }, sql: this.sql });
    }
    const result = parse();
    this.#depth--;
    return result;
  }

  /** `parse` between commas, at least once. A comma before `stops` ends the list: trailing commas are allowed there. */
  list<T>(parse: () => T, ...stops: string[]): T[] {
    const items = [parse()];
    while (this.accept(',')) {
      if (stops.length > 0 && this.atStop(stops)) break;
      items.push(parse());
    }
    return items;
  }

  private atStop(stops: string[]): boolean {
    return this.atAny(...stops) || (stops.includes('') && this.token.kind === 'end');
  }

  /** `parse` between commas in parentheses, perhaps none. */
  parenthesized<T>(parse: () => T): T[] {
    this.expect('(');
    if (this.accept(')')) return [];
    const items = this.list(parse, ')');
    this.expect(')', "',' or ')'");
    return items;
  }
}
