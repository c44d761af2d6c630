import { BATCH_ROWS_MAX, FRAME_SLOTS, SLOT_BYTES, SLOT_FLAG_NO_NULLS, ZEROS } from '../../memory/layout.js';
import type { Space } from '../../memory/block-space.js';
import type { Batch, Executor } from '../contracts.js';
import type { GroupLayout } from './group-layout.js';
import type { GroupRecords } from './group-records.js';
import type { GroupTable } from './group-table.js';

const CACHE_ENTRIES = 16384;
const ENTRY_BYTES = 16;
/** The front gives up when more than one row in this many was not in it... */
const MISS_SHARE = 8;
/** ...after so many rows. */
const TRIAL_ROWS = 16384;

interface PackedKey {
  readonly slot: number;
  readonly kernel: string;
  readonly shift: number;
  /** Of a view: its bytes in the packed key, one for its length. */
  readonly bytes: number;
}

/**
 * A cache before the group table for keys that fit in 64 bits (two short strings, two ints). A batch with nulls or longer strings goes around it, and
 * when groups turn out to be many it is abandoned.
 */
export class GroupFront {
  readonly #executor: Executor;
  readonly #scratch: Space;
  readonly #keys: readonly PackedKey[];
  readonly #cache: number;
  readonly #packed: number;
  readonly #misses: number;
  readonly #positions: number;
  readonly #found: number;
  #rows = 0;
  #missed = 0;

  /** Undefined when the keys can never fit. */
  static open(executor: Executor, layout: GroupLayout, scratch: Space): GroupFront | undefined {
    const keys = packedKeys(layout);
    return keys === undefined ? undefined : new GroupFront(executor, keys, scratch);
  }

  private constructor(executor: Executor, keys: readonly PackedKey[], scratch: Space) {
    this.#executor = executor;
    this.#scratch = scratch;
    this.#keys = keys;
    this.#cache = scratch.allocate(CACHE_ENTRIES * ENTRY_BYTES);
    this.#packed = scratch.allocate(BATCH_ROWS_MAX * 8);
    this.#misses = scratch.allocate((BATCH_ROWS_MAX + 1) * 4);
    this.#positions = scratch.allocate(BATCH_ROWS_MAX * 4);
    this.#found = scratch.allocate(BATCH_ROWS_MAX * 4);
    executor.kernels['memoryClear']!(this.#cache, CACHE_ENTRIES * ENTRY_BYTES);
  }

  /** Gives the cache's memory back. */
  release(): void {
    this.#scratch.free(this.#cache, CACHE_ENTRIES * ENTRY_BYTES);
  }

  /** Too many rows were not here. */
  get isHopeless(): boolean {
    return this.#rows >= TRIAL_ROWS && this.#missed * MISS_SHARE > this.#rows;
  }

  /** State addresses of the live rows; false when this batch does not fit. */
  find(frame: number, batch: Batch, records: GroupRecords, table: GroupTable, states: number): boolean {
    const { kernels } = this.#executor;
    if (!this.#pack(frame, batch)) {
      this.#rows += batch.n;
      this.#missed += batch.n;
      return false;
    }
    const count = kernels['frontFind']!(this.#cache, CACHE_ENTRIES - 1, this.#packed, batch.n, states, this.#misses) >>> 0;
    this.#rows += batch.n;
    if (count === 0) return true;
    this.#missed += count;
    kernels['frontPositions']!(this.#misses, count, batch.sel, this.#positions);
    records.fill(frame, { n: count, sel: this.#positions });
    table.find(records.address, table.layout.recordBytes, 0, 0, count, this.#found, records.long);
    kernels['frontLearn']!(this.#cache, CACHE_ENTRIES - 1, this.#packed, this.#misses, count, this.#found, states);
    return true;
  }

  #pack(frame: number, batch: Batch): boolean {
    const { kernels, views } = this.#executor;
    for (let i = 0; i < this.#keys.length; i++) {
      const key = this.#keys[i]!;
      const record = (frame + FRAME_SLOTS + key.slot * SLOT_BYTES) >>> 2;
      const hasNulls = views.u32[record + 1] !== ZEROS && ((views.u32[record + 2] as number) & SLOT_FLAG_NO_NULLS) === 0;
      if (hasNulls && kernels['anyNull']!(views.u32[record + 1] as number, batch.sel, batch.n) !== 0) return false;
      const first = i === 0 ? 1 : 0;
      const tooLong = kernels[key.kernel]!(
        views.u32[record] as number,
        batch.sel,
        batch.n,
        first,
        key.shift,
        this.#packed,
        key.bytes,
      );
      if (key.bytes > 0 && tooLong !== 0) return false;
    }
    return true;
  }
}

/** Fixed-width keys take their bits; strings share the rest, at least two bytes each. */
function packedKeys(layout: GroupLayout): PackedKey[] | undefined {
  const fixed = { bool: 8, i32: 32, i64: 64 } as const;
  let used = 0;
  let strings = 0;
  for (const { physical } of layout.keys) {
    if (physical === 'view') strings++;
    else if (physical === 'f64' || physical === 'i128') return undefined;
    else used += fixed[physical];
  }
  const bytes = strings === 0 ? 0 : Math.floor((64 - used) / 8 / strings);
  if (used > 64 || (strings > 0 && bytes < 2)) return undefined;
  let shift = 0;
  return layout.keys.map(({ slot, physical }) => {
    const at = shift;
    if (physical === 'view') {
      shift += bytes * 8;
      return { slot, kernel: 'frontView', shift: at, bytes };
    }
    const bits = fixed[physical as keyof typeof fixed];
    shift += bits;
    return { slot, kernel: `front${bits}`, shift: at, bytes: 0 };
  });
}
