import { BATCH_ROWS_MAX } from '../../memory/layout.js';
import type { Space } from '../../memory/block-space.js';
import type { PageSource } from '../../memory/memory-access.js';
import type { Executor } from '../contracts.js';
import { writeInitialState, type GroupLayout, type GroupShape } from './group-layout.js';

/** u32 words of a table's context (kernels/assembly/group-table.ts). */
const Word = {
  entries: 0,
  mask: 1,
  groups: 2,
  limit: 3,
  rowNext: 4,
  rowEnd: 5,
  rowBytes: 6,
  recordBytes: 7,
  fresh: 8,
  stateBytes: 9,
  heapNext: 10,
  heapEnd: 11,
  kinds: 12,
  heapNeed: 13,
} as const;
const CONTEXT_BYTES = 64;
const ENTRY_BYTES = 8;
/** Free entries behind the last, which a guess may look at. */
const GUARD = 3;
const entriesBytes = (capacity: number): number => (capacity + GUARD) * ENTRY_BYTES;
const FIRST_ENTRIES = 256;
const FIRST_ROWS_BYTES = 4096;
const ROWS_BYTES_MAX = 1024 * 1024;
const HEAP_STEP = 32768;

/** A run of group rows, one after the other. */
export interface RowSpan {
  readonly address: number;
  readonly rows: number;
}

/**
 * A hash table from records to group rows. Entries and context are scratch; rows and long strings come out of `rowSpace`
 * (chunk memory in a sink, scratch in a merge).
 */
export class GroupTable {
  readonly layout: GroupLayout;
  readonly #executor: Executor;
  readonly #scratch: PageSource;
  readonly #rowSpace: Space;
  readonly #context: number;
  /** Positions whose first guess was wrong: scratch of the lookup. */
  readonly #misses: number;
  #entries: number;
  #capacity: number;
  #entriesOwned: number;
  #spanStart = 0;
  #spanBytes = FIRST_ROWS_BYTES / 4;
  #closedSpans: RowSpan[] = [];
  readonly #bytesOfSpan = new Map<number, number>();

  constructor(
    executor: Executor,
    layout: GroupLayout,
    program: GroupShape,
    scratch: PageSource,
    small: Space,
    rowSpace: Space,
    expected = 0,
    private readonly spanBytesMax = ROWS_BYTES_MAX,
  ) {
    this.layout = layout;
    this.#executor = executor;
    this.#scratch = scratch;
    this.#rowSpace = rowSpace;
    this.#capacity = FIRST_ENTRIES;
    while (this.#capacity < expected * 2) this.#capacity *= 2;
    this.#entriesOwned = entriesBytes(this.#capacity) >= 65536 ? entriesBytes(this.#capacity) : 0;
    this.#entries =
      this.#entriesOwned > 0 ? scratch.allocate(this.#entriesOwned) >>> 0 : small.allocate(entriesBytes(this.#capacity));
    const { views } = executor;
    this.#context = small.allocate(CONTEXT_BYTES);
    this.#misses = small.allocate((BATCH_ROWS_MAX + 2) * 4);
    const kinds = small.allocate(layout.words + 8);
    const fresh = small.allocate(layout.stateBytes + 8);
    views.u8.set(layout.kinds, kinds);
    writeInitialState(views.u8, program, fresh, layout.stateBytes);
    const at = this.#context >>> 2;
    views.u32.fill(0, at, at + CONTEXT_BYTES / 4);
    views.u32[at + Word.rowBytes] = layout.rowBytes;
    views.u32[at + Word.recordBytes] = layout.recordBytes;
    views.u32[at + Word.fresh] = fresh;
    views.u32[at + Word.stateBytes] = layout.stateBytes;
    views.u32[at + Word.kinds] = kinds;
    this.#useEntries(this.#entries, this.#capacity);
  }

  /** Address of the table's context, for kernels. */
  get context(): number {
    return this.#context;
  }

  get groups(): number {
    return this.#executor.views.u32[(this.#context >>> 2) + Word.groups] as number;
  }

  get capacity(): number {
    return this.#capacity;
  }

  /**
   * State addresses (u32, at `states`) for n records, `stride` bytes apart or listed at `list`; new groups get fresh states. `long`: some view may be long.
   * `mayGrow` false stops before the entries grow; the result is how many records are done.
   */
  find(
    records: number,
    stride: number,
    list: number,
    from: number,
    n: number,
    states: number,
    long: boolean,
    growTo = Infinity,
  ): number {
    const kernel = long ? this.#executor.kernels['groupFindLong']! : this.#executor.kernels['groupFind']!;
    let done = from;
    for (;;) {
      done = kernel(this.#context, records, stride, list, done, n, states, this.#misses) >>> 0;
      if (done === n) return n;
      if (!this.#makeRoom(growTo)) return done;
    }
  }

  /** All rows, in the order they were made. */
  spans(): RowSpan[] {
    const next = this.#word(Word.rowNext);
    const rows = (next - this.#spanStart) / this.layout.rowBytes;
    return rows > 0 ? [...this.#closedSpans, { address: this.#spanStart, rows }] : [...this.#closedSpans];
  }

  /** Forgets all groups; the same row memory is used again. Long strings stay where they are. */
  reset(): void {
    this.#executor.kernels['memoryClear']!(this.#entries, entriesBytes(this.#capacity));
    this.#set(Word.groups, 0);
    for (const { address } of this.#closedSpans) {
      this.#rowSpace.free(address, this.#bytesOfSpan.get(address) ?? 0);
      this.#bytesOfSpan.delete(address);
    }
    this.#closedSpans = [];
    this.#set(Word.rowNext, this.#spanStart);
  }

  /** Gives row memory back (large spans). */
  releaseRows(): void {
    for (const [address, bytes] of this.#bytesOfSpan) this.#rowSpace.free(address, bytes);
    this.#bytesOfSpan.clear();
    this.#closedSpans = [];
  }

  /** Gives the entries back. */
  release(): void {
    if (this.#entriesOwned > 0) this.#scratch.free(this.#entries, this.#entriesOwned);
    this.#entriesOwned = 0;
  }

  #makeRoom(growTo: number): boolean {
    if (this.groups >= this.#word(Word.limit)) {
      if (this.#capacity * 2 > growTo) return false;
      this.#grow();
      return true;
    }
    const need = this.#word(Word.heapNeed);
    if (need > this.#word(Word.heapEnd) - this.#word(Word.heapNext)) {
      const bytes = Math.max(HEAP_STEP, need);
      const heap = this.#rowSpace.allocate(bytes);
      this.#set(Word.heapNext, heap);
      this.#set(Word.heapEnd, heap + bytes);
      this.#set(Word.heapNeed, 0);
      return true;
    }
    this.newSpan();
    return true;
  }

  /** Fresh memory for rows. */
  newSpan(): void {
    const next = this.#word(Word.rowNext);
    const { rowBytes } = this.layout;
    const rows = (next - this.#spanStart) / rowBytes;
    if (rows > 0) this.#closedSpans.push({ address: this.#spanStart, rows });
    this.#spanBytes = Math.max(rowBytes, Math.min(this.spanBytesMax, this.#spanBytes * 4));
    this.#spanStart = this.#rowSpace.allocate(this.#spanBytes);
    this.#bytesOfSpan.set(this.#spanStart, this.#spanBytes);
    this.#set(Word.rowNext, this.#spanStart);
    this.#set(Word.rowEnd, this.#spanStart + this.#spanBytes);
  }

  #grow(): void {
    const capacity = this.#capacity * 4;
    const bytes = entriesBytes(capacity);
    const entries = this.#scratch.allocate(bytes) >>> 0;
    this.#executor.kernels['memoryClear']!(entries, bytes);
    this.#executor.kernels['groupRehash']!(this.#entries, this.#capacity, entries, capacity - 1);
    this.release();
    this.#entries = entries;
    this.#entriesOwned = bytes;
    this.#capacity = capacity;
    this.#set(Word.entries, entries);
    this.#set(Word.mask, capacity - 1);
    this.#set(Word.limit, capacity >>> 1);
  }

  #useEntries(entries: number, capacity: number): void {
    this.#executor.kernels['memoryClear']!(entries, entriesBytes(capacity));
    this.#set(Word.entries, entries);
    this.#set(Word.mask, capacity - 1);
    this.#set(Word.limit, capacity >>> 1);
  }

  #word(index: number): number {
    return this.#executor.views.u32[(this.#context >>> 2) + index] as number;
  }

  #set(index: number, value: number): void {
    this.#executor.views.u32[(this.#context >>> 2) + index] = value;
  }
}
