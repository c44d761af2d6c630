import { readSync } from 'node:fs';
import type { MemoryViews } from '../../memory/memory-access.js';
import type { Dialect } from './sample.js';

/** States of the automaton (kernels/assembly/csv-scan.ts). */
export const FIELD = 0;
const PLAIN = 1;
export const INSIDE = 2;
const CLOSING = 3;

/**
 * A range's word, shared by all executors of the stage: bits 0..2 the state it starts in, plus one (0: not known yet); bit 3: it was looked at and has neither quotes nor
 * escapes; bit 4: then, whether it ends behind a delimiter or line end;
 * bits 5..7: the state it ends in when it is entered outside quotes, plus one (0: not known). Any executor computes the same values, so a plain atomic OR publishes them.
 */
const START_MASK = 7;
const IS_PLAIN = 8;
const ENDS_FIELD = 16;
const OUTSIDE_END_SHIFT = 5;
const OUTSIDE_END_MASK = 7 << OUTSIDE_END_SHIFT;
const UNKNOWN_STATE = 255;

export interface QuoteKernels {
  csvIsPlain(start: number, end: number, quote: number, escape: number): number;
  csvOutsideEnd(start: number, end: number, delimiter: number, quote: number, escape: number): number;
  csvEndState(start: number, end: number, state: number, delimiter: number, quote: number, escape: number): number;
}

/**
 * The state in which ranges start. Each executor publishes of its own range whether quotes can change anything there; who needs a start state walks back to the nearest
 * known one and reads only the ranges with quotes in between. No locks, no guesses, no waiting.
 */
export class QuoteStates {
  readonly #codes: readonly [number, number, number];

  constructor(
    private readonly views: MemoryViews,
    private readonly kernels: QuoteKernels,
    /** Address of the word of the stage's first task. */
    private readonly words: number,
    dialect: Dialect,
  ) {
    this.#codes = [
      dialect.sep.charCodeAt(0),
      dialect.quote === '' ? 0 : dialect.quote.charCodeAt(0),
      dialect.escape === '' ? 0 : dialect.escape.charCodeAt(0),
    ];
  }

  /** Looks at a range whose bytes lie at start..end. Returns whether rows in it can be told by line ends and the parity of quotes. */
  publish(ordinal: number, start: number, end: number): boolean {
    const [sep, quote, escape] = this.#codes;
    const word = (this.words >>> 2) + ordinal;
    if (this.kernels.csvIsPlain(start, end, quote, escape) === 0) {
      const state = this.kernels.csvOutsideEnd(start, end, sep, quote, escape);
      if (state === UNKNOWN_STATE) return false;
      Atomics.or(this.views.i32, word, (state + 1) << OUTSIDE_END_SHIFT);
      return true;
    }
    const last = end === start ? 10 : this.views.u8[end - 1]!;
    Atomics.or(this.views.i32, word, IS_PLAIN | (last === sep || last === 10 ? ENDS_FIELD : 0));
    return true;
  }

  /**
   * State at the first byte of the range of task `ordinal`, which starts at byte `start` of the file. `room` gives an address with room for a range and 64 bytes.
   */
  startOf(ordinal: number, start: number, rangeBytes: number, descriptor: number, room: () => number): number {
    const before = start / rangeBytes;
    let known = 0;
    let state = FIELD;
    for (let back = 0; back < before && ordinal - back >= 0; back++) {
      const word = Atomics.load(this.views.i32, (this.words >>> 2) + ordinal - back);
      if ((word & START_MASK) === 0) continue;
      known = before - back;
      state = (word & START_MASK) - 1;
      break;
    }
    for (let range = known; range < before; range++) {
      state = this.#endOf(ordinal - (before - range), range * rangeBytes, rangeBytes, state, descriptor, room);
      const at = ordinal - (before - range - 1);
      if (at >= 0) Atomics.or(this.views.i32, (this.words >>> 2) + at, state + 1);
    }
    return state;
  }

  #endOf(ordinal: number, start: number, bytes: number, state: number, descriptor: number, room: () => number): number {
    const word = ordinal < 0 ? 0 : Atomics.load(this.views.i32, (this.words >>> 2) + ordinal);
    if ((word & IS_PLAIN) !== 0) return state === INSIDE ? INSIDE : (word & ENDS_FIELD) !== 0 ? FIELD : PLAIN;
    const outsideEnd = (word & OUTSIDE_END_MASK) >>> OUTSIDE_END_SHIFT;
    if (outsideEnd !== 0 && (state === FIELD || state === PLAIN || state === CLOSING)) return outsideEnd - 1;
    const scratch = room();
    const read = readSync(descriptor, this.views.u8, scratch, bytes, start);
    if (ordinal >= 0) this.publish(ordinal, scratch, scratch + read);
    const [sep, quote, escape] = this.#codes;
    return this.kernels.csvEndState(scratch, scratch + read, state, sep, quote, escape);
  }
}
