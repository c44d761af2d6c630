import { FRAME_SLOTS, SLOT_BYTES, SLOT_FLAG_NO_NULLS, ZEROS } from '../../memory/layout.js';
import type { PhysicalType } from '../../core/types/physical-type.js';
import { PHYSICAL_SHIFT } from '../../memory/block.js';
import type { Space } from '../../memory/block-space.js';
import type { Executor } from '../contracts.js';
import type { RecordLayout } from './group-layout.js';

/** A double is kept as it is (-0 and NaN stay), unlike a group key. */
const FIELD_KERNEL: { readonly [P in PhysicalType]: string } = {
  bool: 'groupKey8',
  i32: 'groupKey32',
  i64: 'groupKey64',
  f64: 'groupKey64',
  i128: 'groupKey128',
  view: 'groupKeyView',
};
const SPAN_BYTES_MIN = 4096;
const SPAN_BYTES_MAX = 1024 * 1024;

/** Rows one after the other, each field at its place: one cache miss fetches a row, where columns would take one each. */
export class SortRows {
  readonly #executor: Executor;
  readonly #layout: RecordLayout;
  readonly #space: Space;
  readonly #kinds: number;
  /** By column: some row was null. */
  readonly hasNulls: boolean[];
  #spans: { address: number; bytes: number }[] = [];
  #next = 0;
  #end = 0;
  #spanBytes = SPAN_BYTES_MIN;

  constructor(executor: Executor, layout: RecordLayout, space: Space, scratch: Space) {
    this.#executor = executor;
    this.#layout = layout;
    this.#space = space;
    this.hasNulls = layout.keys.map(() => false);
    this.#kinds = scratch.allocate(layout.words + 8);
    executor.views.u8.set(layout.kinds, this.#kinds);
  }

  /** Rows that fit where the next ones go (at least one). */
  room(): number {
    const { recordBytes } = this.#layout;
    if (this.#end - this.#next < recordBytes) {
      this.#spanBytes = Math.min(SPAN_BYTES_MAX, this.#spanBytes * 4);
      this.#open(Math.max(recordBytes, this.#spanBytes));
    }
    return Math.floor((this.#end - this.#next) / recordBytes);
  }

  /** Writes live rows [from, from + n), which must fit, and returns the first one's address. */
  append(frame: number, outputs: readonly number[], sel: number, from: number, n: number): number {
    const { kernels, views } = this.#executor;
    const { keys, recordBytes, nullFields, words } = this.#layout;
    const start = this.#next;
    const positions = sel === 0 ? 0 : sel + from * 4;
    const dense = sel === 0 ? from : 0;
    let long = false;
    for (const field of nullFields) kernels['groupClear32']!(start + field, n, recordBytes);
    keys.forEach((key, column) => {
      const record = (frame + FRAME_SLOTS + outputs[column]! * SLOT_BYTES) >>> 2;
      const values = (views.u32[record] as number) + (dense << PHYSICAL_SHIFT[key.physical]);
      const nulls = views.u32[record + 1] as number;
      const found = kernels[FIELD_KERNEL[key.physical]]!(values, positions, n, start + key.offset, recordBytes);
      if (key.physical === 'view' && found !== 0) long = true;
      if (nulls === ZEROS || ((views.u32[record + 2] as number) & SLOT_FLAG_NO_NULLS) !== 0) return;
      this.hasNulls[column] = true;
      kernels['groupKeyNulls']!(nulls + dense, positions, n, start, recordBytes, key.offset, key.bytes, key.bitOffset, key.bit);
    });
    if (long) {
      const bytes = kernels['groupLongBytes']!(start, recordBytes, n, words, this.#kinds) >>> 0;
      if (bytes > 0) kernels['groupKeepLong']!(start, recordBytes, n, words, this.#kinds, this.#space.allocate(bytes));
    }
    this.#next += n * recordBytes;
    return start;
  }

  /** Keeps only the rows of these entries, in their order; the entries then point to the copies. */
  compact(entries: number, n: number): void {
    const old = this.#spans;
    this.#spans = [];
    const bytes = Math.max(SPAN_BYTES_MIN, n * this.#layout.recordBytes * 2);
    this.#open(bytes);
    this.#executor.kernels['sortCompact']!(entries, n, this.#layout.recordBytes, this.#next);
    this.#next += n * this.#layout.recordBytes;
    for (const span of old) this.#space.free(span.address, span.bytes);
  }

  #open(bytes: number): void {
    this.#next = this.#space.allocate(bytes);
    this.#end = this.#next + bytes;
    this.#spans.push({ address: this.#next, bytes });
  }
}
