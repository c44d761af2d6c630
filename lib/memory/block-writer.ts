import type { PhysicalType } from '../core/types/physical-type.js';
import {
  BLOCK_BYTES_MAX,
  BLOCK_COLUMN_BYTES,
  BLOCK_FLAG_CODES,
  BLOCK_FLAG_LONG_VIEWS,
  BLOCK_FLAG_RANKS,
  BLOCK_HEADER_BYTES,
  BLOCK_MAGIC,
  FRAME_SLOTS,
  PHYSICAL_CODE,
  SLOT_BYTES,
  SLOT_FLAG_NO_NULLS,
  ZEROS,
} from './layout.js';
import { BLOCK_ROWS_MAX, type BlockCoder } from './block-coder.js';
import { BlockWord, ColumnWord, PHYSICAL_SHIFT, columnRecord } from './block.js';
import type { MemoryViews } from './memory-access.js';
import type { Space } from './block-space.js';

/** What of the kernels blocks need. */
export type BlockKernels = { readonly [name: string]: (...args: number[]) => number };

/** A block's fixed-width part is aimed at this: large enough to amortise, small enough that tasks start anywhere. */
const FIXED_BYTES_AIM = 4 * 1024 * 1024;
/** A block is sealed when its strings come to this. */
const HEAP_BYTES_AIM = 8 * 1024 * 1024;
/** A growing block gets this many times the room: the copies add up to an eighth. */
const GROWTH = 8;
export interface SealedBlock {
  readonly address: number;
  readonly rows: number;
}

interface OpenBlock {
  address: number;
  bytes: number;
  capacity: number;
  heapAt: number;
  heapBytes: number;
  heapUsed: number;
  rows: number;
  readonly valuesAt: number[];
  readonly bitmapAt: number[];
  /** Of numbers that may get ranks: where those and their dictionary go; else 0. */
  readonly ranksAt: number[];
}

interface ColumnState {
  readonly physical: PhysicalType;
  readonly shift: number;
  readonly isView: boolean;
  nulls: number;
  long: boolean;
}

/**
 * Gathers the live rows of batches into blocks. A block begins as small as its first batch and grows to about 4 MiB; after a full one, the next
 * begins full. While a block is open, long views' references count from its heap; sealing makes them count from the block.
 */
export class BlockWriter {
  readonly blocks: SealedBlock[] = [];
  readonly #kernels: BlockKernels;
  readonly #views: MemoryViews;
  readonly #space: Space;
  readonly #columns: readonly ColumnState[];
  readonly #rowsMax: number;
  #open: OpenBlock | undefined;
  #task = 0;
  #partition = 0;
  #lastWasFull = false;
  #lastHeapUsed = 0;

  /** With a coder columns of few different values are written so, which costs a pass and pays when blocks are read again and again. */
  constructor(
    kernels: BlockKernels,
    views: MemoryViews,
    space: Space,
    physicals: readonly PhysicalType[],
    private readonly coder?: BlockCoder,
  ) {
    this.#kernels = kernels;
    this.#views = views;
    this.#space = space;
    this.#columns = physicals.map((physical) => ({
      physical,
      shift: PHYSICAL_SHIFT[physical],
      isView: physical === 'view',
      nulls: 0,
      long: false,
    }));
    const rowBytes = this.#columns.reduce((sum, column) => sum + (1 << column.shift) + 0.125, 1);
    let rows = BLOCK_ROWS_MAX;
    while (rows > 1 && rows * rowBytes > FIXED_BYTES_AIM) rows >>>= 1;
    this.#rowsMax = rows;
  }

  /** Rows in the open block. */
  get openRows(): number {
    return this.#open?.rows ?? 0;
  }

  /** Seals what is open; what follows is tagged with this task. */
  begin(task: number, partition: number): void {
    this.finish();
    this.#task = task;
    this.#partition = partition;
  }

  /** Appends live rows of the frame's slots: rows 0..n (sel 0), or the n positions at `sel`. */
  append(frame: number, slots: readonly number[], sel: number, n: number): void {
    let done = 0;
    while (done < n) {
      let take = Math.min(n - done, this.#rowsMax - this.openRows);
      let heap = this.#heapNeed(frame, slots, sel, done, take);
      while (take > 1 && heap > HEAP_BYTES_AIM) {
        take >>>= 1;
        heap = this.#heapNeed(frame, slots, sel, done, take);
      }
      if (this.#open !== undefined && heap > 0 && this.#open.heapUsed + heap > HEAP_BYTES_AIM) {
        this.#seal(true);
        continue;
      }
      this.#reserve(take, heap);
      this.#copy(frame, slots, sel, done, take);
      done += take;
      if (this.openRows === this.#rowsMax) this.#seal(true);
    }
  }

  /** Seals the open block, if there is one. */
  finish(): void {
    if (this.#open !== undefined) this.#seal(false);
  }

  /** Bytes of long strings in rows [from, from + n) of the live ones, all columns. */
  #heapNeed(frame: number, slots: readonly number[], sel: number, from: number, n: number): number {
    let bytes = 0;
    for (let c = 0; c < slots.length; c++) {
      if (!(this.#columns[c] as ColumnState).isView) continue;
      const record = (frame + FRAME_SLOTS + (slots[c] as number) * SLOT_BYTES) >>> 2;
      const dense = sel === 0 ? from : 0;
      const values = (this.#views.u32[record] as number) + dense * 16;
      const nulls = (this.#views.u32[record + 1] as number) + dense;
      bytes += this.#kernels['blockViewBytes']!(values, nulls, sel === 0 ? 0 : sel + from * 4, n) >>> 0;
    }
    return bytes;
  }

  #reserve(rows: number, heap: number): void {
    const open = this.#open;
    if (open === undefined) {
      const full = this.#lastWasFull;
      const heapRoom = full ? Math.max(heap, Math.min(HEAP_BYTES_AIM, this.#lastHeapUsed * 1.125)) : heap;
      this.#open = this.#layout(full ? this.#rowsMax : rows, Math.ceil(heapRoom));
    } else if (open.rows + rows > open.capacity || open.heapUsed + heap > open.heapBytes) {
      const capacity = open.rows + rows > open.capacity ? Math.max(open.rows + rows, open.capacity * GROWTH) : open.capacity;
      const fits = open.heapUsed + heap <= open.heapBytes && open.heapBytes === 0;
      const heapRoom = fits ? 0 : Math.max(open.heapUsed + heap, Math.min(HEAP_BYTES_AIM, open.heapBytes * GROWTH));
      this.#move(Math.min(this.#rowsMax, capacity), heapRoom);
    }
  }

  #layout(capacity: number, heapBytes: number): OpenBlock {
    const valuesAt: number[] = [];
    const bitmapAt: number[] = [];
    let at = BLOCK_HEADER_BYTES + this.#columns.length * BLOCK_COLUMN_BYTES;
    for (const column of this.#columns) {
      at = (at + 15) & ~15;
      valuesAt.push(at);
      at += capacity << column.shift;
    }
    for (let c = 0; c < this.#columns.length; c++) {
      at = (at + 15) & ~15;
      bitmapAt.push(at);
      at += (capacity + 7) >>> 3;
    }
    const ranksAt = this.#columns.map(({ physical }) => {
      const room = this.coder?.rankRoom(physical, capacity) ?? 0;
      if (room === 0) return 0;
      const start = (at + 15) & ~15;
      at = start + room;
      return start;
    });
    const heapAt = (at + 15) & ~15;
    const bytes = heapAt + heapBytes;
    return {
      address: this.#space.allocate(bytes),
      bytes,
      capacity,
      heapAt,
      heapBytes,
      heapUsed: 0,
      rows: 0,
      valuesAt,
      bitmapAt,
      ranksAt,
    };
  }

  /** The open block in a span of another size. */
  #move(capacity: number, heapBytes: number): void {
    const old = this.#open as OpenBlock;
    const next = this.#layout(capacity, heapBytes);
    const copy = this.#kernels['blockCopy']!;
    for (let c = 0; c < this.#columns.length; c++) {
      const column = this.#columns[c] as ColumnState;
      copy(old.address + (old.valuesAt[c] as number), 0, old.rows, column.shift, next.address + (next.valuesAt[c] as number));
      if (column.nulls > 0)
        copy(old.address + (old.bitmapAt[c] as number), 0, (old.rows + 7) >>> 3, 0, next.address + (next.bitmapAt[c] as number));
    }
    copy(old.address + old.heapAt, 0, old.heapUsed, 0, next.address + next.heapAt);
    next.rows = old.rows;
    next.heapUsed = old.heapUsed;
    this.#open = next;
    this.#space.free(old.address, old.bytes);
  }

  #copy(frame: number, slots: readonly number[], sel: number, from: number, n: number): void {
    const open = this.#open as OpenBlock;
    const kernels = this.#kernels;
    const u32 = this.#views.u32;
    const selection = sel === 0 ? 0 : sel + from * 4;
    const dense = sel === 0 ? from : 0;
    for (let c = 0; c < slots.length; c++) {
      const column = this.#columns[c] as ColumnState;
      const record = (frame + FRAME_SLOTS + (slots[c] as number) * SLOT_BYTES) >>> 2;
      const values = (u32[record] as number) + (dense << column.shift);
      const nulls = u32[record + 1] as number;
      const out = open.address + (open.valuesAt[c] as number) + (open.rows << column.shift);
      if (column.isView) {
        const used =
          kernels['blockViews']!(values, nulls + dense, selection, n, out, open.address + open.heapAt, open.heapUsed) >>> 0;
        if (used !== open.heapUsed) column.long = true;
        open.heapUsed = used;
      } else {
        kernels['blockCopy']!(values, selection, n, column.shift, out);
      }
      const without = nulls === ZEROS || ((u32[record + 2] as number) & SLOT_FLAG_NO_NULLS) !== 0;
      if (without && column.nulls === 0) continue;
      this.#appendValidity(open, c, without ? ZEROS : nulls + dense, selection, n);
    }
    open.rows += n;
  }

  /** The bitmap is written from the first null on. */
  #appendValidity(open: OpenBlock, c: number, nulls: number, selection: number, n: number): void {
    const column = this.#columns[c] as ColumnState;
    const bitmap = open.address + (open.bitmapAt[c] as number);
    if (column.nulls === 0 && this.#kernels['anyNull']!(nulls, selection, n) === 0) return;
    if (column.nulls === 0) this.#kernels['bitmapFill']!(bitmap, 0, open.rows);
    column.nulls += this.#kernels['bitmapAppend']!(nulls, selection, n, bitmap, open.rows) >>> 0;
  }

  #seal(isFull: boolean): void {
    let open = this.#open as OpenBlock;
    const exact = this.#exactBytes(open);
    if (open.bytes > exact * 1.5 || open.bytes > BLOCK_BYTES_MAX) {
      this.#move(open.rows, open.heapUsed);
      open = this.#open as OpenBlock;
    }
    const u32 = this.#views.u32;
    const header = open.address >>> 2;
    u32[header + BlockWord.magic] = BLOCK_MAGIC;
    u32[header + BlockWord.rows] = open.rows;
    u32[header + BlockWord.columns] = this.#columns.length;
    u32[header + BlockWord.bytes] = open.bytes;
    u32[header + BlockWord.task] = this.#task;
    u32[header + BlockWord.partition] = this.#partition;
    u32[header + 6] = 0;
    u32[header + 7] = 0;
    for (let c = 0; c < this.#columns.length; c++) this.#sealColumn(open, c);
    this.blocks.push({ address: open.address, rows: open.rows });
    this.#lastWasFull = isFull;
    this.#lastHeapUsed = open.heapUsed;
    this.#open = undefined;
  }

  #exactBytes(open: OpenBlock): number {
    const rows = this.#columns.reduce(
      (sum, { shift, physical }) =>
        sum + (open.rows << shift) + (open.rows >>> 3) + 32 + (this.coder?.rankRoom(physical, open.rows) ?? 0),
      0,
    );
    return BLOCK_HEADER_BYTES + this.#columns.length * BLOCK_COLUMN_BYTES + rows + open.heapUsed;
  }

  #sealColumn(open: OpenBlock, c: number): void {
    const column = this.#columns[c] as ColumnState;
    const u32 = this.#views.u32;
    const record = columnRecord(open.address, c);
    const values = open.valuesAt[c] as number;
    const dictionary = column.isView && !column.long ? (this.coder?.encodeViews(open.address + values, open.rows) ?? 0) : 0;
    if (column.long) this.#kernels['blockRebase']!(open.address + values, open.rows, open.heapAt);
    u32[record + ColumnWord.physical] = PHYSICAL_CODE[column.physical];
    u32[record + ColumnWord.values] = values;
    u32[record + ColumnWord.bitmap] = column.nulls > 0 ? (open.bitmapAt[c] as number) : 0;
    u32[record + ColumnWord.nulls] = column.nulls;
    u32[record + ColumnWord.heap] = column.isView ? open.heapAt : 0;
    u32[record + ColumnWord.heapBytes] = column.isView ? open.heapUsed : 0;
    u32[record + ColumnWord.flags] = column.long ? BLOCK_FLAG_LONG_VIEWS : dictionary > 0 ? BLOCK_FLAG_CODES : 0;
    u32[record + ColumnWord.dictionary] = dictionary > 0 ? values + dictionary : 0;
    const ranks = open.ranksAt[c] as number;
    const sorted = ranks === 0 ? 0 : this.coder!.rank(column.physical, open.address + values, open.rows, open.address + ranks);
    if (sorted > 0) {
      u32[record + ColumnWord.heap] = ranks;
      u32[record + ColumnWord.flags] = BLOCK_FLAG_RANKS;
      u32[record + ColumnWord.dictionary] = ranks + sorted;
    }
    if (column.nulls === 0)
      u32[record + ColumnWord.flags]! |= this.coder?.boundFlags(column.physical, open.address + values, open.rows) ?? 0;
    column.nulls = 0;
    column.long = false;
  }
}
