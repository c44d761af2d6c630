import { BATCH_ROWS_MAX, FRAME_SLOTS, SLOT_BYTES, SLOT_FLAG_NO_NULLS, ZEROS } from '../../memory/layout.js';
import type { PhysicalType } from '../../core/types/physical-type.js';
import { PHYSICAL_SHIFT } from '../../memory/block.js';
import type { Space } from '../../memory/block-space.js';
import type { Batch, Executor } from '../contracts.js';
import type { GroupLayout } from './group-layout.js';

const KEY_KERNEL: { readonly [P in PhysicalType]: string } = {
  bool: 'groupKey8',
  i32: 'groupKey32',
  i64: 'groupKey64',
  f64: 'groupKeyF64',
  i128: 'groupKey128',
  view: 'groupKeyView',
};

/** Turns a batch's key slots into records (group-layout.ts): canonical words, null bits, hash. */
export class GroupRecords {
  /** Address of the first record; they lie `layout.recordBytes` apart. */
  readonly address: number;
  /** Whether a view of the last batch may be longer than its inline bytes. */
  long = false;
  readonly #executor: Executor;
  readonly #layout: GroupLayout;
  readonly #kinds: number;
  readonly #scratch: Space;
  #nullBitsSet = false;

  constructor(executor: Executor, layout: GroupLayout, scratch: Space) {
    this.#executor = executor;
    this.#scratch = scratch;
    this.#layout = layout;
    const bytes = layout.recordBytes * BATCH_ROWS_MAX;
    this.address = scratch.allocate(bytes);
    this.#kinds = scratch.allocate(layout.words + 8);
    executor.kernels['memoryClear']!(this.address, bytes);
    executor.views.u8.set(layout.kinds, this.#kinds);
  }

  /** Gives the records' memory back. */
  release(): void {
    this.#scratch.free(this.address, this.#layout.recordBytes * BATCH_ROWS_MAX);
  }

  /** Records of live rows [from, from + count). */
  fill(frame: number, batch: Batch, from = 0, count = batch.n): void {
    const { kernels, views } = this.#executor;
    const layout = this.#layout;
    const stride = layout.recordBytes;
    const n = count;
    const sel = batch.sel === 0 ? 0 : batch.sel + from * 4;
    const dense = batch.sel === 0 ? from : 0;
    if (this.#nullBitsSet) this.#clearNullBits();
    this.long = false;
    for (const key of layout.keys) {
      const record = (frame + FRAME_SLOTS + key.slot * SLOT_BYTES) >>> 2;
      const values = (views.u32[record] as number) + (dense << PHYSICAL_SHIFT[key.physical]);
      const nulls = views.u32[record + 1] as number;
      const flags = views.u32[record + 2] as number;
      const long = kernels[KEY_KERNEL[key.physical]]!(values, sel, n, this.address + key.offset, stride);
      if (key.physical === 'view' && long !== 0) this.long = true;
      if (nulls === ZEROS || (flags & SLOT_FLAG_NO_NULLS) !== 0) continue;
      kernels['groupKeyNulls']!(nulls + dense, sel, n, this.address, stride, key.offset, key.bytes, key.bitOffset, key.bit);
      this.#nullBitsSet = true;
    }
    if (this.long) kernels['groupHashLong']!(this.address, n, stride, layout.words, this.#kinds);
    else kernels['groupHash']!(this.address, n, stride, layout.words);
  }

  #clearNullBits(): void {
    for (const field of this.#layout.nullFields) {
      this.#executor.kernels['groupClear32']!(this.address + field, BATCH_ROWS_MAX, this.#layout.recordBytes);
    }
    this.#nullBitsSet = false;
  }
}
