import { writeFileSync } from 'node:fs';
import { buildBlocks, type WriteOne } from '../../lib/api/local-data.js';
import type { Schema } from '../../lib/core/types/data-type.js';
import type { ByteBody, ByteSink } from '../../lib/io/encoder.js';
import { isNested } from '../../lib/core/types/nested.js';
import { writeLiteral, writeValue } from '../../lib/memory/write-values.js';
import { PARQUET_WRITE } from '../../lib/io/parquet/write/format.js';
import { kernels, resetMemory, testPages, views } from '../exec/harness.js';

/** Bytes of a file in memory. */
export class MemorySink implements ByteSink {
  readonly #pieces: Buffer[] = [];
  position = 0;

  write(bytes: Uint8Array): void {
    this.#pieces.push(Buffer.from(bytes));
    this.position += bytes.length;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#pieces);
  }
}

export type Options = Readonly<Record<string, string>>;

export function optionMap(options: Options): ReadonlyMap<string, string> {
  return new Map(Object.entries(options).map(([name, value]) => [name.toLowerCase(), value]));
}

/** Flat values as literals are (dates as days, timestamps as microseconds, decimals unscaled), nested ones as JavaScript has them. */
const write: WriteOne = (memory, target, i, value, allocate) =>
  (isNested(target.type) ? writeValue : writeLiteral)(memory, target, i, value, allocate);

/** Rows as the bytes of a Parquet file. */
export function encodeParquet(
  schema: Schema,
  rows: readonly (readonly unknown[])[],
  options: Options = {},
  body?: ByteBody,
): Buffer {
  resetMemory();
  const request = { schema, options: optionMap(options) };
  PARQUET_WRITE.check(request);
  const out = new MemorySink();
  const encoder = PARQUET_WRITE.open({ executor: { views, kernels }, pages: testPages }, request, out, body);
  const valueAt = (row: number, column: number): unknown => rows[row]![column];
  const blocks = buildBlocks({ views, kernels, pages: testPages }, schema, rows.length, valueAt, write);
  for (const block of blocks) encoder.writeBlock(block);
  encoder.finish();
  return out.bytes;
}

export function writeParquet(path: string, schema: Schema, rows: readonly (readonly unknown[])[], options: Options = {}): void {
  writeFileSync(path, encodeParquet(schema, rows, options));
}
