import type { ByteSource } from '../byte-source.js';
import type { DecoderContext } from '../source.js';
import { SLACK_BYTES, type TextWindow } from '../text-window.js';
import type { Dialect } from './sample.js';
import { INSIDE, PLAIN, ROW, TextIndex, isOutside, type IndexFacts } from './text-index.js';

/**
 * A range's word, shared by all executors of the stage. Bits 0..2: the state it starts in, plus one. Bits 3..5 and 6..8: the state it ends in when it is entered outside and
 * inside quotes, plus one. Bits 9..29, where bit 30 is set: the state it ends in for each of the seven states. Zeros: not known yet. Any executor computes the same values,
 * so a plain atomic OR publishes them.
 */
const START = 0;
const OUTSIDE = 3;
const INNER = 6;
const MAP = 9;
const HAS_MAP = 1 << 30;
const PATIENCE_MS = 20;

/**
 * The state in which ranges start. Each executor publishes what its own range does to states; who needs a start state walks back to the nearest known one and reads
 * only ranges of which nobody says enough in time. No locks, no guesses: whoever dies, the others find out for themselves.
 */
export class RangeStates {
  /** For ranges that are not this executor's. */
  #others: TextIndex | undefined;

  constructor(
    private readonly context: DecoderContext,
    private readonly dialect: Dialect,
    /** Address of the word of the stage's first task. */
    private readonly words: number,
  ) {}

  /** The state that a range is known to start in, or −1. */
  known(ordinal: number): number {
    return ((this.#load(ordinal) >>> START) & 7) - 1;
  }

  publishStart(ordinal: number, state: number): void {
    this.#or(ordinal, (state + 1) << START);
  }

  /**
   * Indexes a range whose start is not known, by parity: as if it began outside quotes, where it does not matter in which state, or else as if it began inside. The wrong guess
   * mostly shows at the first quote. Publishes what the range does then, or to every state if neither will do.
   */
  guess(ordinal: number, index: TextIndex, first: number, end: number): Guess | undefined {
    for (const start of [PLAIN, INSIDE]) {
      const facts = index.tryParity(first, end, start);
      if (facts === undefined) continue;
      this.publishEnd(ordinal, start, facts.state);
      if (start === PLAIN && !facts.hasQuotes) this.publishEnd(ordinal, INSIDE, INSIDE);
      return { start, facts };
    }
    this.#publishMap(ordinal, index.transition(first, end));
    return undefined;
  }

  /** In which state a range ends that is entered in `start`. */
  publishEnd(ordinal: number, start: number, end: number): void {
    if (isOutside(start)) this.#or(ordinal, (end + 1) << OUTSIDE);
    else if (start === INSIDE) this.#or(ordinal, (end + 1) << INNER);
  }

  #publishMap(ordinal: number, map: number): void {
    this.#or(ordinal, HAS_MAP | (map << MAP));
  }

  /** State at byte `start` of the text, where the range of task `ordinal` begins. */
  startOf(ordinal: number, start: number, step: number, window: TextWindow): number {
    const number = Math.ceil(start / step);
    let back = number;
    let state = ROW;
    for (let ranges = 0; ranges < back; ranges++) {
      const known = this.known(ordinal - ranges);
      if (known === -1) continue;
      state = known;
      back = ranges;
    }
    for (; back > 0; back--) {
      const first = window.rangeStart((number - back) * step, step);
      const end = window.rangeStart((number - back + 1) * step, step);
      state = this.#endOf(ordinal - back, first, end - first, state, window.source);
      this.publishStart(ordinal - back + 1, state);
    }
    return state;
  }

  #endOf(ordinal: number, start: number, bytes: number, state: number, source: ByteSource): number {
    const word = this.#load(ordinal);
    let known = endFrom(word, state);
    if (known === -1) {
      // Whoever has claimed that range is mostly about to say it: sooner than it could be read here.
      Atomics.wait(this.context.executor.views.i32, (this.words >>> 2) + ordinal, word, PATIENCE_MS);
      known = endFrom(this.#load(ordinal), state);
    }
    if (known !== -1) return known;
    const { executor, scratch } = this.context;
    const roomBytes = bytes + 2 * SLACK_BYTES;
    const room = scratch.allocate(roomBytes);
    const first = room + SLACK_BYTES;
    const end = first + source.read(start, executor.views.u8.subarray(first, first + bytes));
    this.#others ??= new TextIndex(this.context, this.dialect);
    this.#others.place({ bytes: roomBytes, block: room & ~63 });
    this.guess(ordinal, this.#others, first, end);
    if (endFrom(this.#load(ordinal), state) === -1) this.#publishMap(ordinal, this.#others.transition(first, end));
    scratch.free(room, roomBytes);
    return endFrom(this.#load(ordinal), state);
  }

  #load(ordinal: number): number {
    return Atomics.load(this.context.executor.views.i32, (this.words >>> 2) + ordinal);
  }

  #or(ordinal: number, bits: number): void {
    const { i32 } = this.context.executor.views;
    Atomics.or(i32, (this.words >>> 2) + ordinal, bits);
    Atomics.notify(i32, (this.words >>> 2) + ordinal);
  }
}

/** An index that was built from a guessed start: PLAIN for all states outside quotes, or INSIDE. */
export interface Guess {
  readonly start: number;
  readonly facts: IndexFacts;
}

export const isRight = ({ start }: Guess, state: number): boolean => (start === INSIDE ? state === INSIDE : isOutside(state));

/** The state behind a range that is entered in `state`, if its word tells; −1 otherwise. */
function endFrom(word: number, state: number): number {
  if ((word & HAS_MAP) !== 0) return (word >>> (MAP + 3 * state)) & 7;
  if (isOutside(state)) return ((word >>> OUTSIDE) & 7) - 1;
  return state === INSIDE ? ((word >>> INNER) & 7) - 1 : -1;
}
