import { PHYSICAL_WIDTH } from '../../core/types/physical-type.js';
import { Space } from '../../memory/block-space.js';
import { dictionaryFacts } from '../../memory/dictionary.js';
import {
  DICTIONARY_MAX,
  FRAME_ERROR_CODE,
  FRAME_ROWS,
  FRAME_SLOTS,
  SLOT_BYTES,
  SLOT_FLAG_CODES,
  SLOT_FLAG_NO_NULLS,
  ZEROS,
} from '../../memory/layout.js';
import type { Batch, PipelineContext } from '../contracts.js';
import { makeViews } from '../sinks/make-views.js';

/** A slot that the projection fills: its vectors, and those of what the dictionary's strings become. */
interface Result {
  readonly record: number;
  readonly width: number;
  readonly values: number;
  readonly nulls: number;
  readonly ofDictionary: { readonly values: number; readonly nulls: number };
}

/**
 * A projection over one slot of strings. Where a batch has codes, expressions are computed for the dictionary and the null, and rows get theirs by their codes.
 */
export class CodedProjection {
  readonly #context: PipelineContext;
  readonly #slot: number;
  /** Index of the slot's record, as a word. */
  readonly #record: number;
  readonly #results: readonly Result[];
  readonly #dense: (frame: number, n: number) => number;
  /** Null bytes of the dictionary, and codes of the batch where some are the null's. */
  readonly #nulls: number;
  readonly #codes: number;
  #nullAt = 0;

  constructor(context: PipelineContext, slots: readonly number[], over: number, dense: (...args: number[]) => number) {
    this.#context = context;
    this.#slot = over;
    this.#dense = dense;
    const { frame, program, executor } = context;
    const { u32, u8 } = executor.views;
    const recordOf = (slot: number): number => (frame + FRAME_SLOTS + slot * SLOT_BYTES) >>> 2;
    const space = new Space(context.scratch);
    this.#record = recordOf(over);
    this.#nulls = space.allocate(DICTIONARY_MAX + 1);
    u8.fill(0, this.#nulls, this.#nulls + DICTIONARY_MAX + 1);
    this.#codes = space.allocate(program.batchRows);
    this.#results = slots.map((slot) => {
      const record = recordOf(slot);
      const width = PHYSICAL_WIDTH[program.slots[slot]!.physical];
      const ofDictionary = {
        values: space.allocate(DICTIONARY_MAX * width),
        nulls: program.slots[slot]!.nullable ? space.allocate(DICTIONARY_MAX) : ZEROS,
      };
      return { record, width, values: u32[record]!, nulls: u32[record + 1]!, ofDictionary };
    });
  }

  /** False: nothing was done, and the rows' strings are there. */
  run(batch: Batch): boolean {
    const { executor, frame } = this.#context;
    const { u32, u8 } = executor.views;
    const record = this.#record;
    const [values, nulls, flags] = [u32[record]!, u32[record + 1]!, u32[record + 2]!];
    if ((flags & SLOT_FLAG_CODES) === 0) return this.#useOwnVectors();
    const place = u32[record + 3]! >>> 2;
    const dictionary = u32[place + 1]!;
    const { count } = dictionaryFacts(executor.views, dictionary);
    const hasNulls = (flags & SLOT_FLAG_NO_NULLS) === 0;
    const entries = hasNulls ? count + 1 : count;
    let isDone = entries <= DICTIONARY_MAX && entries <= batch.n;
    if (isDone) {
      u32[record] = dictionary;
      u32[record + 1] = hasNulls ? this.#nulls : ZEROS;
      u32[record + 2] = hasNulls ? 0 : SLOT_FLAG_NO_NULLS;
      // The null comes behind the strings. Results may refer to these bytes.
      u8[this.#nulls + this.#nullAt] = 0;
      this.#nullAt = count;
      u8[this.#nulls + count] = 1;
      isDone = this.#compute(entries);
      u32[record] = values;
      u32[record + 1] = nulls;
      u32[record + 2] = flags;
    }
    if (!isDone) {
      makeViews(executor, frame, [this.#slot], batch);
      return this.#useOwnVectors();
    }
    let codes = u32[place]!;
    if (hasNulls) {
      executor.kernels['codesOrNumber']!(codes, nulls, u32[(frame + FRAME_ROWS) >>> 2]!, count, this.#codes);
      codes = this.#codes;
    }
    this.#spread(batch, codes);
    return true;
  }

  /** The results of the dictionary's entries. False where one cannot be computed: no row may have it, or it is told which one has. */
  #compute(entries: number): boolean {
    const { executor, frame } = this.#context;
    const { u32, i32 } = executor.views;
    for (const { record, ofDictionary } of this.#results) {
      u32[record] = ofDictionary.values;
      u32[record + 1] = ofDictionary.nulls;
    }
    try {
      this.#dense(frame, entries);
    } catch {
      return false;
    }
    const error = (frame + FRAME_ERROR_CODE) >>> 2;
    if (i32[error] === 0) return true;
    i32[error] = 0;
    return false;
  }

  #spread({ sel, n }: Batch, codes: number): void {
    const { executor, frame } = this.#context;
    const { kernels, views } = executor;
    const { u32 } = views;
    const rows = u32[(frame + FRAME_ROWS) >>> 2]!;
    const gather = (from: number, width: number, out: number): void => {
      const shift = Math.log2(width);
      if (sel === 0) kernels['codesGather']!(from, codes, rows, shift, out);
      else kernels['codesGatherSelected']!(from, codes, sel, n, shift, out);
    };
    for (const { record, width, values, nulls, ofDictionary } of this.#results) {
      const someNull = (u32[record + 2]! & SLOT_FLAG_NO_NULLS) === 0;
      gather(ofDictionary.values, width, values);
      if (someNull) gather(u32[record + 1]!, 1, nulls);
      u32[record] = values;
      u32[record + 1] = someNull ? nulls : ZEROS;
    }
  }

  #useOwnVectors(): false {
    const { u32 } = this.#context.executor.views;
    for (const { record, values, nulls } of this.#results) {
      u32[record] = values;
      u32[record + 1] = nulls;
    }
    return false;
  }
}
