import { columnRecord, ColumnWord } from '../memory/block.js';
import { DEFAULT_VALUE_OPTIONS } from '../core/types/javascript-values.js';
import { PHYSICAL_WIDTH, physicalTypeOf } from '../core/types/physical-type.js';
import { checkHeapRoom } from './heap-room.js';
import { readValues } from '../memory/values.js';
import type { MemoryViews } from '../memory/memory-access.js';
import type { DataType, Schema } from '../core/types/data-type.js';
import type { ValueOptions } from '../core/types/javascript-values.js';
import { Turns } from './turns.js';
import type { Row } from './user-functions.js';

/** Rows turned into objects between two looks at the clock. */
export const SLICE_ROWS = 1024;

/** Rows from..to of a block. */
export interface BlockPart {
  readonly address: number;
  readonly from: number;
  readonly to: number;
}

/** Objects for the rows of a block, with one shape for all, in `out` from `at` on. */
export type RowBuilder = (columns: readonly unknown[][], count: number, out: Row[], at: number) => void;

/**
 * By names and types: V8 learns the fields' representations from the rows that a builder makes, and that these live long: it makes them among the old objects then, and no
 * collection of the young ones copies them.
 */
const builders = new Map<string, RowBuilder>();
const BUILDERS_MAX = 64;

export function rowBuilder(schema: Schema): RowBuilder {
  const key = JSON.stringify(schema.fields.map(({ name, type }) => [name, type.kind]));
  let builder = builders.get(key);
  builders.delete(key);
  builder ??= makeRowBuilder(schema);
  builders.set(key, builder);
  if (builders.size > BUILDERS_MAX) builders.delete(builders.keys().next().value!);
  return builder;
}

/**
 * A function that makes row objects of columns. It is generated so that V8 gives all rows one hidden class; names enter as string literals only.
 * Where names repeat the last column wins, as in any object.
 */
function makeRowBuilder(schema: Schema): RowBuilder {
  const columns = schema.fields.map((_, c) => `const c${c} = columns[${c}];`).join(' ');
  const members = schema.fields.map(({ name }, c) => `${memberName(name)}: c${c}[i]`).join(', ');
  return new Function(
    'columns',
    'count',
    'out',
    'at',
    `${columns} for (let i = 0; i < count; i++) out[at + i] = { ${members} };`,
  ) as RowBuilder;
}

/** The name as a literal, which V8 knows a shape for beforehand; as one, `__proto__` would be the prototype. */
function memberName(name: string): string {
  const text = JSON.stringify(name);
  return name === '__proto__' ? `[${text}]` : text;
}

/** JavaScript values of a block's column, rows from..to. */
export function blockValues(
  views: MemoryViews,
  block: number,
  column: number,
  type: DataType,
  from: number,
  to: number,
  options: ValueOptions,
): unknown[] {
  const record = columnRecord(block, column);
  const { u32 } = views;
  const count = to - from;
  const nulls =
    u32[record + ColumnWord.nulls] === 0 ? undefined : nullBytes(views.u8, block + u32[record + ColumnWord.bitmap]!, from, count);
  const values = block + u32[record + ColumnWord.values]! + from * PHYSICAL_WIDTH[physicalTypeOf(type)];
  return readValues(views, type, { values, nulls, base: block }, 0, count, options);
}

/** One byte a row, 1 for null. */
function nullBytes(u8: Uint8Array, bitmap: number, from: number, count: number): Uint8Array {
  const nulls = new Uint8Array(count);
  for (let i = 0; i < count; i++) nulls[i] = ((u8[bitmap + ((from + i) >>> 3)]! >>> ((from + i) & 7)) & 1) ^ 1;
  return nulls;
}

/** Rows in shared memory. `check` throws when they may be looked into no longer. */
export interface BlockRows {
  readonly views: MemoryViews;
  readonly blocks: readonly BlockPart[];
  check(): void;
}

/** JavaScript values of some rows, column by column. */
export interface ColumnSlice {
  readonly columns: readonly unknown[][];
  readonly count: number;
}

/** The values of blocks, at most SLICE_ROWS rows at a time, giving the event loop its turns in between. */
export async function* columnSlices(
  { views, blocks, check }: BlockRows,
  schema: Schema,
  options: ValueOptions,
  /** Where the schema's first field lies in the blocks. */
  firstColumn = 0,
): AsyncGenerator<ColumnSlice> {
  const turns = new Turns();
  for (const block of blocks) {
    for (let { from } = block; from < block.to; from += SLICE_ROWS) {
      check();
      const to = Math.min(block.to, from + SLICE_ROWS);
      const columns = schema.fields.map(({ type }, c) =>
        blockValues(views, block.address, firstColumn + c, type, from, to, options),
      );
      yield { columns, count: to - from };
      await turns.give();
    }
  }
}

/** The rows of blocks, slice by slice. */
export async function* rowSlices(rowsOf: BlockRows, schema: Schema, options: ValueOptions): AsyncGenerator<Row[]> {
  const build = rowBuilder(schema);
  for await (const { columns, count } of columnSlices(rowsOf, schema, options)) {
    const rows = new Array<Row>(count);
    build(columns, count, rows, 0);
    yield rows;
  }
}

/** V8 makes a table of hashes of an array that begins longer than this. */
const ARRAY_MAX = 32 * 2 ** 20;

/** All rows. The array has its length from the beginning: growing copies it again and again, the last time for several milliseconds a million rows. */
export async function collectRows(rowsOf: BlockRows, schema: Schema, options: ValueOptions): Promise<Row[]> {
  const total = totalRows(rowsOf.blocks);
  const build = rowBuilder(schema);
  const rows = new Array<Row>(Math.min(total, ARRAY_MAX));
  let made = 0;
  for await (const { columns, count } of columnSlices(rowsOf, schema, options)) {
    build(columns, count, rows, made);
    made += count;
    checkHeapRoom(made, total);
  }
  return rows;
}

/** All rows at once: for a few. */
export function rowsNow(
  { views, blocks }: { readonly views: MemoryViews; readonly blocks: readonly BlockPart[] },
  schema: Schema,
): Row[] {
  const build = rowBuilder(schema);
  const rows: Row[] = [];
  for (const { address, from, to } of blocks) {
    build(
      schema.fields.map(({ type }, c) => blockValues(views, address, c, type, from, to, DEFAULT_VALUE_OPTIONS)),
      to - from,
      rows,
      rows.length,
    );
  }
  return rows;
}

export function totalRows(blocks: readonly BlockPart[]): number {
  return blocks.reduce((sum, { from, to }) => sum + to - from, 0);
}
