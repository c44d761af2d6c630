import type { PhysicalType } from '../../core/types/physical-type.js';
import type { SinkProgram } from '../../core/physical/stage-program.js';
import { FRAME_SLOTS, PHYSICAL_CODE, SLOT_BYTES } from '../../memory/layout.js';
import type { Space } from '../../memory/block-space.js';
import type { Executor } from '../contracts.js';
import type { RecordLayout } from './group-layout.js';

export type SortColumns = Extract<SinkProgram, { kind: 'sort' }>['keys'];

/** Bits after which a column's prefix tells everything about it. */
const KEY_BITS: { readonly [P in PhysicalType]: number } = { bool: 1, i32: 32, i64: 64, f64: 64, i128: 128, view: Infinity };
const SORT_COLUMN_BYTES = 24;
const NO_NULL_BIT = 64;

interface KeyPart {
  readonly column: number;
  readonly code: number;
  readonly bits: number;
  readonly shift: number;
  readonly nullBit: number;
  readonly descending: number;
  readonly nullsFirst: number;
}

/**
 * The first 64 bits of the sort order: for each column a null flag, if it can be null, and as many of its leading bits as there is room for. Unsigned
 * comparison of keys is the order, but for ties that `exact` excludes.
 */
export class SortKeys {
  readonly exact: boolean;
  readonly count: number;
  readonly #parts: readonly KeyPart[];
  readonly #columns: SortColumns;
  readonly #layout: RecordLayout;

  constructor(columns: SortColumns, layout: RecordLayout, nullable: readonly boolean[]) {
    this.#columns = columns;
    this.#layout = layout;
    this.count = columns.length;
    const parts: KeyPart[] = [];
    let room = 64;
    let exact = true;
    for (const { column, physical, descending, nullsFirst } of columns) {
      if (room === 0) {
        exact = false;
        break;
      }
      const hasNulls = nullable[column] === true;
      const nullBit = hasNulls ? room - 1 : NO_NULL_BIT;
      if (hasNulls) room--;
      const bits = Math.min(room, KEY_BITS[physical], 64);
      if (bits < KEY_BITS[physical]) exact = false;
      room -= bits;
      parts.push({
        column,
        code: PHYSICAL_CODE[physical],
        bits,
        shift: room,
        nullBit,
        descending: descending ? 1 : 0,
        nullsFirst: nullsFirst ? 1 : 0,
      });
    }
    this.#parts = parts;
    this.exact = exact;
  }

  /** Keys (u64) of the live rows to `out`. */
  fill(executor: Executor, frame: number, outputs: readonly number[], sel: number, n: number, out: number): void {
    const { kernels, views } = executor;
    this.#parts.forEach((part, index) => {
      if (part.bits === 0 && part.nullBit === NO_NULL_BIT) return;
      const record = (frame + FRAME_SLOTS + outputs[part.column]! * SLOT_BYTES) >>> 2;
      const values = views.u32[record] as number;
      const nulls = views.u32[record + 1] as number;
      const first = index === 0 ? 1 : 0;
      kernels['sortKey']!(
        part.code,
        values,
        nulls,
        sel,
        n,
        part.bits,
        part.shift,
        part.descending,
        part.nullBit,
        part.nullsFirst,
        first,
        out,
      );
    });
  }

  /** Descriptions of the columns for the comparison of rows; returns their address. */
  write(u32: Uint32Array, space: Space): number {
    const address = space.allocate(this.#columns.length * SORT_COLUMN_BYTES);
    let at = address >>> 2;
    for (const { column, physical, descending, nullsFirst } of this.#columns) {
      const field = this.#layout.keys[column]!;
      for (const word of [
        PHYSICAL_CODE[physical],
        field.offset,
        descending ? 1 : 0,
        nullsFirst ? 1 : 0,
        field.bitOffset,
        field.bit,
      ])
        u32[at++] = word;
    }
    return address;
  }
}
