import type { PhysicalType } from '../core/types/physical-type.js';
import {
  BATCH_ROWS_MAX,
  BLOCK_FLAG_LONG_VIEWS,
  FRAME_SLOTS,
  PHYSICAL_CODE,
  SLOT_BYTES,
  SLOT_FLAG_NO_NULLS,
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
}

/**
 * Makes windows of a block visible as slots: values in place, null bytes from the bitmap, and long views with addresses instead of
 * offsets in a vector of its own. Buffers are per slot and made when first needed.
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

  /** Binds column `column` of rows [row, row + rows) to a slot; of long views only the live rows (`sel`, `n`) are made. */
  bind(frame: number, slot: number, block: number, column: number, row: number, rows: number, sel: number, n: number): void {
    const u32 = this.#views.u32;
    const record = columnRecord(block, column);
    const code = u32[record + ColumnWord.physical] as number;
    const shift = SHIFT_BY_CODE[code] as number;
    let values = block + (u32[record + ColumnWord.values] as number) + (row << shift);
    let nulls = ZEROS;
    let flags = SLOT_FLAG_NO_NULLS;
    if (u32[record + ColumnWord.bitmap] !== 0) {
      nulls = this.#nullBytes(slot);
      this.#kernels['bitmapToNulls']!(block + (u32[record + ColumnWord.bitmap] as number), row, rows, nulls);
      flags = 0;
    }
    if (((u32[record + ColumnWord.flags] as number) & BLOCK_FLAG_LONG_VIEWS) !== 0) {
      const bound = this.#viewVector(slot);
      this.#kernels['blockBindViews']!(values, sel, n, bound, block);
      values = bound;
    }
    const at = (frame + FRAME_SLOTS + slot * SLOT_BYTES) >>> 2;
    u32[at] = values;
    u32[at + 1] = nulls;
    u32[at + 2] = flags;
  }

  #slotBuffers(slot: number): Buffers {
    return (this.#buffers[slot] ??= { nulls: 0, views: 0 });
  }

  #nullBytes(slot: number): number {
    const buffers = this.#slotBuffers(slot);
    if (buffers.nulls === 0) buffers.nulls = this.#scratch.allocate(BATCH_ROWS_MAX);
    return buffers.nulls;
  }

  #viewVector(slot: number): number {
    const buffers = this.#slotBuffers(slot);
    if (buffers.views === 0) buffers.views = this.#scratch.allocate(BATCH_ROWS_MAX * VIEW_BYTES);
    return buffers.views;
  }
}
