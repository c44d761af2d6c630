import type { PhysicalType } from '../core/types/physical-type.js';
import {
  BATCH_ROWS_MAX,
  BLOCK_BOUND_SHIFT,
  BLOCK_FLAG_CODES,
  BLOCK_FLAG_LONG_VIEWS,
  BLOCK_FLAG_RANKS,
  DICTIONARY_HEADER_BYTES,
  FRAME_SLOTS,
  PHYSICAL_CODE,
  SLOT_BOUND_SHIFT,
  SLOT_BYTES,
  SLOT_FLAG_CODES,
  SLOT_FLAG_NO_NULLS,
  SLOT_FLAG_RANKS,
  VIEW_BYTES,
  ZEROS,
} from './layout.js';
import { ColumnWord, columnRecord } from './block.js';
import type { BlockKernels } from './block-writer.js';
import type { MemoryViews } from './memory-access.js';
import type { Space } from './block-space.js';

/** log2 of the width by PHYSICAL_CODE. */
const SHIFT_BY_CODE: readonly number[] = (() => {
  const shift: { readonly [P in PhysicalType]: number } = { bool: 0, i32: 2, i64: 3, f64: 3, i128: 4, view: 4 };
  const table: number[] = [];
  for (const name of Object.keys(shift) as PhysicalType[]) table[PHYSICAL_CODE[name]] = shift[name];
  return table;
})();

interface Buffers {
  nulls: number;
  views: number;
  /** The record that a slot's codes word points to. */
  codes: number;
}

/**
 * Makes windows of a block visible as slots: values in place, null bytes from the bitmap, and long views with addresses instead of
 * offsets in a vector of its own, as are the views of codes. Buffers are per slot and made when first needed.
 */
export class BlockReader {
  readonly #kernels: BlockKernels;
  readonly #views: MemoryViews;
  readonly #scratch: Space;
  readonly #buffers: (Buffers | undefined)[] = [];

  constructor(kernels: BlockKernels, views: MemoryViews, scratch: Space) {
    this.#kernels = kernels;
    this.#views = views;
    this.#scratch = scratch;
  }

  /**
   * Binds column `column` of rows [row, row + rows) to a slot; of long or coded views only the live rows (`sel`, `n`) are made. `coded`: codes are left as they are
   * (SLOT_FLAG_CODES).
   */
  bind(
    frame: number,
    slot: number,
    block: number,
    column: number,
    row: number,
    rows: number,
    sel: number,
    n: number,
    coded = false,
  ): void {
    const u32 = this.#views.u32;
    const record = columnRecord(block, column);
    const code = u32[record + ColumnWord.physical] as number;
    const shift = SHIFT_BY_CODE[code] as number;
    const columnFlags = u32[record + ColumnWord.flags] as number;
    const isCoded = (columnFlags & BLOCK_FLAG_CODES) !== 0;
    let values = block + (u32[record + ColumnWord.values] as number) + (isCoded ? row : row << shift);
    let nulls = ZEROS;
    let flags = SLOT_FLAG_NO_NULLS;
    if (u32[record + ColumnWord.bitmap] !== 0) {
      nulls = this.#nullBytes(slot);
      this.#kernels['bitmapToNulls']!(block + (u32[record + ColumnWord.bitmap] as number), row, rows, nulls);
      flags = 0;
    }
    let codes = 0;
    if ((columnFlags & BLOCK_FLAG_LONG_VIEWS) !== 0) {
      const bound = this.#viewVector(slot);
      this.#kernels['blockBindViews']!(values, sel, n, bound, block);
      values = bound;
    } else if (isCoded) {
      const dictionary = block + (u32[record + ColumnWord.dictionary] as number) + DICTIONARY_HEADER_BYTES;
      const bound = this.#viewVector(slot);
      if (coded) {
        codes = this.#codesRecord(slot);
        u32[codes >>> 2] = values;
        u32[(codes >>> 2) + 1] = dictionary;
        flags |= SLOT_FLAG_CODES;
      } else {
        this.#kernels['dictionaryDecode']!(values, dictionary, sel, n, bound);
      }
      values = bound;
    }
    if ((columnFlags & BLOCK_FLAG_RANKS) !== 0) {
      codes = this.#codesRecord(slot);
      u32[codes >>> 2] = block + (u32[record + ColumnWord.heap] as number) + row;
      u32[(codes >>> 2) + 1] = block + (u32[record + ColumnWord.dictionary] as number) + DICTIONARY_HEADER_BYTES;
      flags |= SLOT_FLAG_RANKS;
    }
    flags |= (columnFlags >>> BLOCK_BOUND_SHIFT) << SLOT_BOUND_SHIFT;
    const at = (frame + FRAME_SLOTS + slot * SLOT_BYTES) >>> 2;
    u32[at] = values;
    u32[at + 1] = nulls;
    u32[at + 2] = flags;
    u32[at + 3] = codes;
  }

  #slotBuffers(slot: number): Buffers {
    return (this.#buffers[slot] ??= { nulls: 0, views: 0, codes: 0 });
  }

  #nullBytes(slot: number): number {
    const buffers = this.#slotBuffers(slot);
    if (buffers.nulls === 0) buffers.nulls = this.#scratch.allocate(BATCH_ROWS_MAX);
    return buffers.nulls;
  }

  #codesRecord(slot: number): number {
    const buffers = this.#slotBuffers(slot);
    if (buffers.codes === 0) buffers.codes = this.#scratch.allocate(8);
    return buffers.codes;
  }

  #viewVector(slot: number): number {
    const buffers = this.#slotBuffers(slot);
    if (buffers.views === 0) buffers.views = this.#scratch.allocate(BATCH_ROWS_MAX * VIEW_BYTES);
    return buffers.views;
  }
}
