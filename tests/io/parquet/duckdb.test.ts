import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { Engine, Session } from '../../../lib/index.js';
import type { DataType } from '../../../lib/core/types/data-type.js';
import { duckDB } from '../../support/duckdb.js';
import { sharedPath } from '../../support/paths.js';
import { suite } from '../../support/suite.js';

/** The corpora as DuckDB reads them. */
const corpora = sharedPath('corpora/parquet');
const test = suite('parquet corpora against DuckDB');
let engine: Engine;
test.before(async () => {
  engine = await Engine.create({ workers: 0 });
});
test.after(() => engine.close());

/** Files, or columns of them, that DuckDB reads otherwise or not at all, and why. */
const EXCEPTIONS: ReadonlyMap<string, string> = new Map<string, string>([
  ['byte_stream_split_extended.gzip.parquet', 'DuckDB reads BYTE_STREAM_SPLIT of floats only'],
  ['hadoop_lz4_compressed.parquet', 'DuckDB has no codec LZ4'],
  ...[
    'shredded-array',
    'shredded-bool',
    'shredded-int',
    'shredded-nested-object',
    'shredded-object',
    'shredded-partial-object',
    'shredded-sparse-timestamp',
    'shredded-type-mismatch',
  ].map((file): [string, string] => [`${file}.parquet`, 'DuckDB makes a variant of it; here it is the struct that stores one']),
]);

/** A value as text in which both agree: whole numbers and decimals without trailing zeros, times in microseconds. */
function textOf(value: unknown, type: DataType): unknown {
  if (value === null || value === undefined) return null;
  switch (type.kind) {
    case 'array':
      return (value as unknown[]).map((element) => textOf(element, type.element));
    case 'struct':
      return type.fields.map((field) => textOf((value as Record<string, unknown>)[field.name], field.type));
    case 'map':
      return [...(value as Map<unknown, unknown>)].map(([key, v]) => [textOf(key, type.key), textOf(v, type.value)]);
    case 'timestamp':
    case 'timestamp_ntz':
      return (value as Date).getTime();
    case 'binary':
      return Buffer.from(value as Uint8Array).toString('hex');
    case 'float':
    case 'double':
      return `${value as number}`;
    case 'decimal':
      return `${Number(value)}`;
    default:
      return `${value as string | number | bigint | boolean}`;
  }
}

/** The same of what DuckDB's JSON rows have. */
function duckText(value: unknown, type: DataType): unknown {
  if (value === null || value === undefined) return null;
  switch (type.kind) {
    case 'array':
      return (value as unknown[]).map((element) => duckText(element, type.element));
    case 'struct':
      return type.fields.map((field) => duckText((value as Record<string, unknown>)[field.name], field.type));
    case 'map':
      return (value as { key: unknown; value: unknown }[]).map(({ key, value: v }) => [
        duckText(key, type.key),
        duckText(v, type.value),
      ]);
    case 'timestamp':
    case 'timestamp_ntz':
      return duckMillis(value as string);
    case 'binary':
      return duckBytes(value as string);
    case 'decimal':
      return `${Number(value)}`;
    default:
      return `${value as string | number | boolean}`;
  }
}

function duckMillis(text: string): number {
  const [, year, month, day, hour, minute, second, fraction = ''] = /^(\d+)-(\d+)-(\d+) (\d+):(\d+):(\d+)(?:\.(\d+))?/.exec(
    text,
  )!;
  return Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    Number(fraction.padEnd(3, '0').slice(0, 3)),
  );
}

/** DuckDB's text of a blob: printable bytes as they are, others as \\xNN. */
function duckBytes(text: string): string {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    if (text.startsWith('\\x', i)) {
      bytes.push(parseInt(text.slice(i + 2, i + 4), 16));
      i += 3;
    } else bytes.push(text.charCodeAt(i));
  }
  return Buffer.from(bytes).toString('hex');
}

for (const name of corpora === undefined ? [] : readdirSync(corpora).filter((file) => file.endsWith('.parquet'))) {
  const exception = EXCEPTIONS.get(name);
  test.when(exception === undefined)(name, async () => {
    const path = join(corpora!, name);
    const duck = await duckDB();
    const session = await Session.create({ engine });
    const reader = await duck.runAndReadAll(`SELECT * FROM read_parquet('${path}')`);
    const expected = reader.getRowObjectsJson();
    const df = session.read.parquet(path);
    const { fields } = df.schema;
    const rows = await df.collect();
    assert.is(rows.length, expected.length);
    rows.forEach((row, i) => {
      for (const { name: column, type } of fields)
        assert.equal(textOf(row[column], type), duckText(expected[i]![column], type), `row ${i}, ${column}`);
    });
    await session.close();
  });
}

test.run();
