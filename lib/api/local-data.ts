import { QueryError } from '../core/errors.js';
import { PHYSICAL_WIDTH, physicalTypeOf } from '../core/types/physical-type.js';
import type { Schema } from '../core/types/data-type.js';
import { nestingDepth, NESTING_MAX } from '../core/types/nested.js';
import { Space } from '../memory/block-space.js';
import { BlockWriter } from '../memory/block-writer.js';
import { BATCH_ROWS_MAX, FRAME_SLOTS, SLOT_BYTES, SLOT_NULLS, SLOT_VALUES } from '../memory/layout.js';
import { ValueMismatch, writeValue, type AllocateBytes, type WriteTarget } from '../memory/write-values.js';
import type { Kernels } from '../exec/contracts.js';
import type { MemoryViews, PageSource } from '../memory/memory-access.js';

/** Rows of one piece of work over local data. */
const BLOCK_ROWS = 65_536;

export interface LocalDataTarget {
  readonly views: MemoryViews;
  readonly kernels: Kernels;
  /** Where the blocks stay. */
  readonly pages: PageSource;
}

/** How a value gets into a vector: writeValue for JavaScript values, writeLiteral for literals of a plan. */
export type WriteOne = (views: MemoryViews, target: WriteTarget, i: number, value: unknown, allocate: AllocateBytes) => void;

/** Value of a column in a row. */
export type ValueAt = (row: number, column: number) => unknown;

/**
 * Writes JavaScript values into blocks, through the same vectors and kernels a pipeline uses.
 * @throws QueryError naming row and column of a value that its column's type cannot hold.
 */
export function buildBlocks(
  target: LocalDataTarget,
  schema: Schema,
  rowCount: number,
  valueAt: ValueAt,
  write: WriteOne = writeValue,
): number[] {
  const { views, kernels } = target;
  for (const { name, type } of schema.fields) {
    if (nestingDepth(type) > NESTING_MAX) throw tooDeep(name);
  }
  const physicals = schema.fields.map(({ type }) => physicalTypeOf(type));
  const vectorRows = Math.min(BATCH_ROWS_MAX, Math.max(rowCount, 1));
  const bytes =
    FRAME_SLOTS +
    schema.fields.length * SLOT_BYTES +
    physicals.reduce((sum, physical) => sum + align(vectorRows * PHYSICAL_WIDTH[physical]) + align(vectorRows), 0);
  const frame = target.pages.allocate(bytes);
  const columns = placeColumns(views, frame, schema, vectorRows);
  const longStrings = new LongStrings(target.pages);
  try {
    const writer = new BlockWriter(kernels, views, new Space(target.pages), physicals);
    const slots = schema.fields.map((_, c) => c);
    for (let first = 0; first < rowCount; first += vectorRows) {
      const n = Math.min(vectorRows, rowCount - first);
      if (first % BLOCK_ROWS === 0) writer.begin(0, 0);
      fillVectors(views, schema, columns, first, n, valueAt, write, longStrings);
      writer.append(frame, slots, 0, n);
      longStrings.empty();
    }
    writer.finish();
    return writer.blocks.map(({ address }) => address);
  } finally {
    longStrings.free();
    target.pages.free(frame, bytes);
  }
}

function placeColumns(views: MemoryViews, frame: number, schema: Schema, rows: number): WriteTarget[] {
  let at = frame + FRAME_SLOTS + schema.fields.length * SLOT_BYTES;
  return schema.fields.map(({ type }, c) => {
    const values = at;
    const nulls = values + align(rows * PHYSICAL_WIDTH[physicalTypeOf(type)]);
    at = nulls + align(rows);
    const record = (frame + FRAME_SLOTS + c * SLOT_BYTES) >>> 2;
    views.u32[record + SLOT_VALUES / 4] = values;
    views.u32[record + SLOT_NULLS / 4] = nulls;
    views.u32[record + 2] = 0;
    return { type, values, nulls };
  });
}

function fillVectors(
  views: MemoryViews,
  schema: Schema,
  columns: readonly WriteTarget[],
  first: number,
  n: number,
  valueAt: ValueAt,
  write: WriteOne,
  strings: LongStrings,
): void {
  const allocate = (bytes: number): number => strings.allocate(bytes);
  for (const [c, column] of columns.entries()) {
    for (let i = 0; i < n; i++) {
      const value = valueAt(first + i, c);
      try {
        write(views, column, i, value, allocate);
      } catch (error) {
        if (error instanceof ValueMismatch) throw misfit(schema, first + i, c, error);
        throw error;
      }
      if ((value === null || value === undefined) && !schema.fields[c]!.nullable) throw unexpectedNull(schema, first + i, c);
    }
  }
}

function tooDeep(name: string): QueryError {
  return new QueryError({
    code: 'NESTED_TYPE_TOO_DEEP',
    message: `Column "${name}": arrays, structs and maps can be nested ${NESTING_MAX} levels deep.`,
    column: name,
  });
}

function misfit(schema: Schema, row: number, c: number, mismatch: ValueMismatch): QueryError {
  const { name } = schema.fields[c]!;
  return new QueryError({
    code: 'FIELD_DATA_TYPE_UNACCEPTABLE',
    message: `Row ${row}, column "${name}": ${mismatch.message}.`,
    row,
    column: name,
  });
}

function unexpectedNull(schema: Schema, row: number, c: number): QueryError {
  const { name } = schema.fields[c]!;
  return new QueryError({
    code: 'NOT_NULL_CONSTRAINT_VIOLATION',
    message: `Row ${row}, column "${name}": null in a column that is not nullable.`,
    row,
    column: name,
  });
}

function align(bytes: number): number {
  return (bytes + 15) & ~15;
}

/** Room for strings of one batch that do not fit a view. */
class LongStrings {
  readonly #pieces: { readonly address: number; readonly bytes: number }[] = [];
  #next = 0;
  #end = 0;

  constructor(private readonly pages: PageSource) {}

  allocate(bytes: number): number {
    const rounded = (bytes + 7) & ~7;
    if (this.#next + rounded > this.#end) {
      const room = Math.max(rounded, 65_536);
      this.#next = this.pages.allocate(room);
      this.#end = this.#next + room;
      this.#pieces.push({ address: this.#next, bytes: room });
    }
    const at = this.#next;
    this.#next += rounded;
    return at;
  }

  /** The bytes were copied into a block: all but the newest piece goes back. */
  empty(): void {
    while (this.#pieces.length > 1) {
      const { address, bytes } = this.#pieces.shift()!;
      this.pages.free(address, bytes);
    }
    const [piece] = this.#pieces;
    if (piece !== undefined) this.#next = piece.address;
  }

  free(): void {
    for (const { address, bytes } of this.#pieces) this.pages.free(address, bytes);
    this.#pieces.length = 0;
  }
}
