import type { PhysicalType } from '../core/types/physical-type.js';
import {
  BLOCK_BOUND_MAX,
  BLOCK_BOUND_SHIFT,
  DICTIONARY_HEADER_BYTES,
  DICTIONARY_MAX,
  PHYSICAL_CODE,
  VIEW_BYTES,
} from './layout.js';
import type { BlockKernels } from './block-writer.js';
import type { MemoryViews } from './memory-access.js';
import type { Space } from './block-space.js';

/** Rows of a block at most. */
export const BLOCK_ROWS_MAX = 131072;
/** Fewer rows are not worth a dictionary. */
const ROWS_MIN = 1024;
/** A column is coded when so many rows share a value on average. */
const ROWS_A_CODE = 8;
/** Bytes of the table that the kernels take. */
const TABLE_BYTES = 2048;

const align = (bytes: number): number => (bytes + 15) & ~15;
const codesMax = (rows: number): number => Math.min(DICTIONARY_MAX, Math.floor(rows / ROWS_A_CODE));
/** Ranks of so many rows, with 16 bytes that may be read beyond them. */
const rankBytes = (rows: number): number => align(rows + 16);

/** Finds out whether columns of cached blocks have few different values, and writes them so (memory/layout.ts). */
export class BlockCoder {
  readonly #kernels: BlockKernels;
  readonly #views: MemoryViews;
  /** Codes, a dictionary of views, a table. */
  readonly #codes: number;
  readonly #dictionary: number;
  readonly #table: number;

  constructor(kernels: BlockKernels, views: MemoryViews, scratch: Space) {
    this.#kernels = kernels;
    this.#views = views;
    this.#codes = scratch.allocate(BLOCK_ROWS_MAX + DICTIONARY_MAX * VIEW_BYTES + 2 * TABLE_BYTES);
    this.#dictionary = this.#codes + BLOCK_ROWS_MAX;
    this.#table = this.#dictionary + DICTIONARY_MAX * VIEW_BYTES;
  }

  /** Turns short views into codes where they lie, the dictionary behind them. Returns the dictionary's offset from there, or 0 when there are too many values. */
  encodeViews(values: number, rows: number): number {
    if (rows < ROWS_MIN) return 0;
    const kernels = this.#kernels;
    kernels['memoryClear']!(this.#table, TABLE_BYTES);
    const count = kernels['dictionaryEncode']!(values, rows, this.#table, this.#codes, this.#dictionary) >>> 0;
    if (count === 0 || count > codesMax(rows)) return 0;
    const offset = align(rows);
    kernels['memoryCopy']!(this.#codes, rows, values);
    this.#writeHeader(values + offset, count);
    kernels['memoryCopy']!(this.#dictionary, count * VIEW_BYTES, values + offset + DICTIONARY_HEADER_BYTES);
    return offset;
  }

  /** Room to keep for ranks and their dictionary; 0 for columns that get none. */
  rankRoom(physical: PhysicalType, rows: number): number {
    if ((physical !== 'f64' && physical !== 'i64') || rows < ROWS_MIN) return 0;
    return rankBytes(rows) + DICTIONARY_HEADER_BYTES + codesMax(rows) * 8;
  }

  /** Ranks of numbers to `ranks`, the dictionary behind them. Returns its offset from there, or 0 when there are too many values. */
  rank(physical: PhysicalType, values: number, rows: number, ranks: number): number {
    if (rows < ROWS_MIN) return 0;
    const kernels = this.#kernels;
    const offset = rankBytes(rows);
    kernels['memoryClear']!(this.#table, TABLE_BYTES);
    const sorted = ranks + offset + DICTIONARY_HEADER_BYTES;
    const count = kernels['rankEncode']!(PHYSICAL_CODE[physical], values, rows, codesMax(rows), this.#table, ranks, sorted) >>> 0;
    if (count > 0) this.#writeHeader(ranks + offset, count);
    return count > 0 ? offset : 0;
  }

  /** Flags that say how large integers without nulls are; 0 where they need not be small. */
  boundFlags(physical: PhysicalType, values: number, rows: number): number {
    if (physical !== 'i64' && physical !== 'i128') return 0;
    const bound = this.#kernels['decimalBound']!(values, physical === 'i128' ? 1 : 0, 0, 0, rows) >>> 0;
    return bound > BLOCK_BOUND_MAX ? 0 : bound << BLOCK_BOUND_SHIFT;
  }

  #writeHeader(at: number, count: number): void {
    this.#views.u32.fill(0, at >>> 2, (at + DICTIONARY_HEADER_BYTES) >>> 2);
    this.#views.u32[at >>> 2] = count;
  }
}
