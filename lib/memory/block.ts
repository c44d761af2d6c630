import { InternalError } from '../core/errors.js';
import type { PhysicalType } from '../core/types/physical-type.js';
import {
  BLOCK_COLUMN_BYTES,
  BLOCK_FLAG_CODES,
  BLOCK_FLAG_LONG_VIEWS,
  BLOCK_HEADER_BYTES,
  BLOCK_MAGIC,
  DICTIONARY_HEADER_BYTES,
  PHYSICAL_CODE,
  VIEW_BYTES,
  VIEW_INLINE_MAX,
  VIEW_PREFIX,
  VIEW_REF,
} from './layout.js';
import type { MemoryViews } from './memory-access.js';

/** Reading blocks from JavaScript: what turns results into JavaScript values, and tests. */

const PHYSICAL_BY_CODE: readonly (PhysicalType | undefined)[] = (() => {
  const table: (PhysicalType | undefined)[] = [];
  for (const [name, code] of Object.entries(PHYSICAL_CODE)) table[code] = name as PhysicalType;
  return table;
})();

/** Node's Buffer has these; its types do not say so. */
export interface Slicer {
  utf8Slice(start: number, end: number): string;
  latin1Slice(start: number, end: number): string;
}

/** log2 of the width in bytes. */
export const PHYSICAL_SHIFT: { readonly [P in PhysicalType]: number } = { bool: 0, i32: 2, i64: 3, f64: 3, i128: 4, view: 4 };

/** Words of a block's header and of a column record (memory/layout.ts). */
export const BlockWord = { magic: 0, rows: 1, columns: 2, bytes: 3, task: 4, partition: 5 } as const;
export const ColumnWord = {
  physical: 0,
  values: 1,
  bitmap: 2,
  nulls: 3,
  heap: 4,
  heapBytes: 5,
  flags: 6,
  dictionary: 7,
} as const;

/** Index into `u32` of a column record. */
export function columnRecord(block: number, column: number): number {
  return (block + BLOCK_HEADER_BYTES + column * BLOCK_COLUMN_BYTES) >>> 2;
}

export function blockRows(views: MemoryViews, block: number): number {
  return views.u32[(block >>> 2) + BlockWord.rows] as number;
}

export interface BlockColumn {
  readonly physical: PhysicalType;
  readonly nullCount: number;
  /** Address of the values; element i of the typed arrays is at (values >>> shift) + i. */
  readonly values: number;
  readonly hasLongViews: boolean;
  isNull(row: number): boolean;
  /** bool, i32, f64 as they are. Not for i64, i128, view. */
  numberAt(row: number): number;
  /** i64 and i128. */
  bigintAt(row: number): bigint;
  /** Address and byte length of a view's bytes. */
  bytesAt(row: number): { readonly address: number; readonly length: number };
  /** A view as text (UTF-8). */
  stringAt(row: number): string;
  /** The values of rows [from, to) in place: a view of shared memory, good only while the block lives. */
  float64s(from: number, to: number): Float64Array;
  int32s(from: number, to: number): Int32Array;
  int64s(from: number, to: number): BigInt64Array;
  bytes(from: number, to: number): Uint8Array;
}

export interface Block {
  readonly address: number;
  readonly rows: number;
  readonly columns: number;
  readonly byteLength: number;
  readonly task: number;
  readonly partition: number;
  column(index: number): BlockColumn;
}

export function readBlock(views: MemoryViews, address: number): Block {
  const words = address >>> 2;
  const word = (index: number): number => views.u32[words + index] as number;
  if (word(BlockWord.magic) !== BLOCK_MAGIC) throw new InternalError(`No block lies at address ${address}.`);
  return {
    address,
    rows: word(BlockWord.rows),
    columns: word(BlockWord.columns),
    byteLength: word(BlockWord.bytes),
    task: word(BlockWord.task),
    partition: word(BlockWord.partition),
    column: (index) => new ColumnReader(views, address, index),
  };
}

class ColumnReader implements BlockColumn {
  readonly physical: PhysicalType;
  readonly nullCount: number;
  readonly values: number;
  readonly hasLongViews: boolean;
  readonly #views: MemoryViews;
  readonly #block: number;
  readonly #bitmap: number;
  /** Address of a coded column's views, else 0. */
  readonly #dictionary: number;

  constructor(views: MemoryViews, block: number, column: number) {
    const at = columnRecord(block, column);
    const word = (index: number): number => views.u32[at + index] as number;
    const physical = PHYSICAL_BY_CODE[word(ColumnWord.physical)];
    if (physical === undefined) throw new InternalError(`The block at ${block} has no column ${column}.`);
    this.physical = physical;
    this.nullCount = word(ColumnWord.nulls);
    this.values = block + word(ColumnWord.values);
    this.hasLongViews = (word(ColumnWord.flags) & BLOCK_FLAG_LONG_VIEWS) !== 0;
    const isCoded = (word(ColumnWord.flags) & BLOCK_FLAG_CODES) !== 0;
    this.#dictionary = isCoded ? block + word(ColumnWord.dictionary) + DICTIONARY_HEADER_BYTES : 0;
    this.#views = views;
    this.#block = block;
    this.#bitmap = word(ColumnWord.bitmap) === 0 ? 0 : block + word(ColumnWord.bitmap);
  }

  isNull(row: number): boolean {
    return this.#bitmap !== 0 && (((this.#views.u8[this.#bitmap + (row >>> 3)] as number) >>> (row & 7)) & 1) === 0;
  }

  numberAt(row: number): number {
    switch (this.physical) {
      case 'bool':
        return this.#views.u8[this.values + row] as number;
      case 'i32':
        return this.#views.i32[(this.values >>> 2) + row] as number;
      default:
        return this.#views.f64[this.values / 8 + row] as number;
    }
  }

  bigintAt(row: number): bigint {
    const at = this.values / 8;
    if (this.physical !== 'i128') return this.#views.i64[at + row] as bigint;
    const low = BigInt.asUintN(64, this.#views.i64[at + row * 2] as bigint);
    return ((this.#views.i64[at + row * 2 + 1] as bigint) << 64n) | low;
  }

  bytesAt(row: number): { address: number; length: number } {
    const view =
      this.#dictionary === 0
        ? this.values + row * VIEW_BYTES
        : this.#dictionary + (this.#views.u8[this.values + row] as number) * VIEW_BYTES;
    const length = this.#views.u32[view >>> 2] as number;
    if (length <= VIEW_INLINE_MAX) return { address: view + VIEW_PREFIX, length };
    return { address: this.#block + (this.#views.u32[(view + VIEW_REF) >>> 2] as number), length };
  }

  stringAt(row: number): string {
    const { address, length } = this.bytesAt(row);
    return (this.#views.buffer as unknown as Slicer).utf8Slice(address, address + length);
  }

  float64s(from: number, to: number): Float64Array {
    return this.#views.f64.subarray(this.values / 8 + from, this.values / 8 + to);
  }

  int32s(from: number, to: number): Int32Array {
    return this.#views.i32.subarray(this.values / 4 + from, this.values / 4 + to);
  }

  int64s(from: number, to: number): BigInt64Array {
    return this.#views.i64.subarray(this.values / 8 + from, this.values / 8 + to);
  }

  bytes(from: number, to: number): Uint8Array {
    return this.#views.u8.subarray(this.values + from, this.values + to);
  }
}
