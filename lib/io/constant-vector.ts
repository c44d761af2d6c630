import type { TestValue } from '../core/types/column-test.js';
import type { DataType } from '../core/types/data-type.js';
import { PHYSICAL_WIDTH } from '../core/types/physical-type.js';
import {
  DICTIONARY_HEADER_BYTES,
  FRAME_SLOTS,
  SLOT_BYTES,
  SLOT_FLAG_CODES,
  SLOT_FLAG_NO_NULLS,
  VIEW_BYTES,
  VIEW_INLINE_MAX,
  ZEROS,
} from '../memory/layout.js';
import { headDictionary } from '../memory/dictionary.js';
import { writeLiteral } from '../memory/write-values.js';
import type { Space } from '../memory/block-space.js';
import type { DecoderContext } from './source.js';

/** A vector of a batch's length with the same value in every row: written once a file. */
export class ConstantVector {
  /** Whose value it holds. */
  file = -1;
  readonly #values: number;
  readonly #nulls: number;
  readonly #bytes: number;
  readonly #width: number;
  #isNull = false;
  /** What a slot's record says of codes: they are zeros, and the dictionary has one string. 0: no codes. */
  #codes = 0;
  /** For the bytes of a long string. */
  #text = 0;
  #textBytes = 0;

  constructor(
    private readonly context: DecoderContext,
    private readonly space: Space,
    private readonly slot: number,
    private readonly type: DataType,
    /** Codes of short strings are welcome. */
    private readonly coded = false,
  ) {
    const { batchRows, slots } = context.program;
    this.#width = PHYSICAL_WIDTH[slots[slot]!.physical];
    this.#bytes = batchRows * this.#width;
    this.#values = space.allocate(this.#bytes);
    this.#nulls = space.allocate(batchRows);
    context.executor.views.u8.fill(1, this.#nulls, this.#nulls + batchRows);
  }

  fill(file: number, value: TestValue | null): void {
    const { views } = this.context.executor;
    this.file = file;
    this.#isNull = value === null;
    this.#codes = 0;
    if (value === null) {
      views.u8.fill(0, this.#values, this.#values + this.#bytes);
      return;
    }
    // The null byte of the first row is written too, and put back: the vector of nulls says null everywhere.
    writeLiteral(views, { type: this.type, values: this.#values, nulls: this.#nulls }, 0, literalOf(value, this.type), (bytes) =>
      this.#room(bytes),
    );
    views.u8[this.#nulls] = 1;
    for (let filled = this.#width; filled < this.#bytes; filled *= 2)
      views.u8.copyWithin(this.#values + filled, this.#values, this.#values + Math.min(filled, this.#bytes - filled));
    if (this.coded && typeof value === 'string' && views.u32[this.#values >>> 2]! <= VIEW_INLINE_MAX) this.#makeCodes();
  }

  #makeCodes(): void {
    const { u8, u32 } = this.context.executor.views;
    const header = this.space.allocate(2 * DICTIONARY_HEADER_BYTES + VIEW_BYTES);
    const dictionary = headDictionary(this.context.executor.views, header, 1);
    u8.copyWithin(dictionary, this.#values, this.#values + VIEW_BYTES);
    this.#codes = dictionary + VIEW_BYTES;
    u32[this.#codes >>> 2] = ZEROS;
    u32[(this.#codes >>> 2) + 1] = dictionary;
  }

  /** Points the slot's record at it. */
  bind(): void {
    const { u32 } = this.context.executor.views;
    const record = (this.context.frame + FRAME_SLOTS + this.slot * SLOT_BYTES) >>> 2;
    u32[record] = this.#values;
    u32[record + 1] = this.#isNull ? this.#nulls : ZEROS;
    u32[record + 2] = (this.#isNull ? 0 : SLOT_FLAG_NO_NULLS) | (this.#codes === 0 ? 0 : SLOT_FLAG_CODES);
    u32[record + 3] = this.#codes;
  }

  #room(bytes: number): number {
    if (bytes > this.#textBytes) {
      this.#textBytes = Math.max(bytes, 2 * this.#textBytes, 128);
      this.#text = this.space.allocate(this.#textBytes);
    }
    return this.#text;
  }
}

/** As literals have it: what is too large for a number is a bigint. */
function literalOf(value: TestValue, type: DataType): unknown {
  const isDigits =
    type.kind === 'bigint' || type.kind === 'decimal' || type.kind === 'timestamp' || type.kind === 'timestamp_ntz';
  return isDigits ? BigInt(value) : value;
}
