import type { DecoderContext } from '../source.js';
import type { Dialect } from './sample.js';
import type { TextWindow } from '../text-window.js';

/** States of the automaton (kernels/assembly/csv-index.ts): in an unquoted field, inside quotes, at a row's start. */
export const PLAIN = 1;
export const INSIDE = 2;
export const ROW = 6;

/** Words of an index record (kernels/assembly/csv-index.ts). */
const INDEX = {
  start: 0,
  end: 1,
  index: 2,
  block: 3,
  delimiter: 4,
  quote: 5,
  escape: 6,
  comment: 7,
  newline: 8,
  state: 9,
  lines: 10,
  blanks: 11,
  returns: 12,
  quotes: 13,
} as const;
const RECORD_WORDS = 14;
const NEWLINE = 10;

/** Whether the automaton is in no quotes, escape or comment. */
export const isOutside = (state: number): boolean => OUTSIDE_STATES.includes(state);
const OUTSIDE_STATES: readonly number[] = [0, PLAIN, 3, ROW];

export const codeOf = (character: string): number => (character === '' ? 0 : character.charCodeAt(0));

/** What an indexed piece of text holds. Lines are counted only by parity. */
export interface IndexFacts {
  /** The automaton's state behind it. */
  readonly state: number;
  readonly byParity: boolean;
  readonly lines: number;
  readonly blanks: number;
  readonly hasReturns: boolean;
  readonly hasQuotes: boolean;
}

/** Masks of the field and line ends of the text in a window, 16 bytes for 64 bytes of it. */
export class TextIndex {
  /** Address of the first entry. */
  address = 0;
  /** Quotes are told by parity; otherwise the automaton goes byte by byte. */
  readonly parity: boolean;
  readonly #record: number;
  #bytes = 0;

  constructor(
    private readonly context: DecoderContext,
    dialect: Dialect,
  ) {
    this.#record = context.scratch.allocate(RECORD_WORDS * 4);
    this.parity = dialect.comment === '' && (dialect.quote === '' || dialect.escape === dialect.quote);
    this.#set(INDEX.delimiter, codeOf(dialect.sep));
    this.#set(INDEX.quote, codeOf(dialect.quote));
    this.#set(INDEX.escape, codeOf(dialect.escape));
    this.#set(INDEX.comment, codeOf(dialect.comment));
    this.#set(INDEX.newline, NEWLINE);
  }

  /** Makes room for the masks of all that the window may hold. What was there is gone. */
  place({ bytes, block }: Pick<TextWindow, 'bytes' | 'block'>): void {
    const needed = (bytes >>> 2) + 64;
    if (needed > this.#bytes) {
      const { scratch } = this.context;
      if (this.#bytes > 0) scratch.free(this.address, this.#bytes);
      this.#bytes = 0;
      this.address = scratch.allocate(needed);
      this.#bytes = needed;
    }
    this.#set(INDEX.index, this.address);
    this.#set(INDEX.block, block);
  }

  /** Indexes start..end, which the automaton enters in `state`; by parity wherever that is right. */
  build(start: number, end: number, state: number): IndexFacts {
    return this.tryParity(start, end, state) ?? this.#exact(start, end, state);
  }

  /** The same by parity alone; undefined where quotes stand where parity is not right. */
  tryParity(start: number, end: number, state: number): IndexFacts | undefined {
    if (!this.parity) return undefined;
    this.#piece(start, end, state);
    return this.context.executor.kernels['csvIndex']!(this.#record) === 0 ? undefined : this.#facts(true);
  }

  /** The state behind start..end for each state before it, three bits each. */
  transition(start: number, end: number): number {
    this.#piece(start, end, 0);
    return this.context.executor.kernels['csvTransition']!(this.#record);
  }

  /** Address behind the first line end in from..end; 0 if there is none. */
  lineBehind(from: number, end: number): number {
    return this.context.executor.kernels['csvNextLine']!(this.address, this.#get(INDEX.block), from, end) >>> 0;
  }

  /** Lines of nothing but a carriage return in start..end. */
  returnLines(start: number, end: number): number {
    return this.context.executor.kernels['csvReturnLines']!(this.address, this.#get(INDEX.block), start, end);
  }

  #exact(start: number, end: number, state: number): IndexFacts {
    this.#piece(start, end, state);
    this.context.executor.kernels['csvIndexExact']!(this.#record);
    return this.#facts(false);
  }

  #piece(start: number, end: number, state: number): void {
    this.#set(INDEX.start, start);
    this.#set(INDEX.end, end);
    this.#set(INDEX.state, state);
  }

  #facts(byParity: boolean): IndexFacts {
    return {
      state: this.#get(INDEX.state),
      byParity,
      lines: byParity ? this.#get(INDEX.lines) : 0,
      blanks: byParity ? this.#get(INDEX.blanks) : 0,
      hasReturns: !byParity || this.#get(INDEX.returns) !== 0,
      hasQuotes: !byParity || this.#get(INDEX.quotes) !== 0,
    };
  }

  #set(word: number, value: number): void {
    this.context.executor.views.u32[(this.#record >>> 2) + word] = value;
  }

  #get(word: number): number {
    return this.context.executor.views.u32[(this.#record >>> 2) + word]!;
  }
}
