import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { field, schema, type Schema } from '../../lib/core/types/data-type.js';
import { BodyFile, FileSink } from '../../lib/io/output/piece-file.js';
import { PARQUET_WRITE } from '../../lib/io/parquet/write/format.js';
import { defaultSeed, seededRandom, type Random } from '../support/random.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';
import { FLAT_TYPES, cellText, quietRandom, randomCell } from './parquet-cells.js';
import { withDuckDB } from '../support/duckdb.js';
import { MemorySink, encodeParquet, optionMap, writeParquet, type Options } from './parquet-files.js';

const test = suite('parquet writing: values');

const TABLE = schema([
  ...FLAT_TYPES.map((type, i) => field(`c${i}`, type)),
  ...FLAT_TYPES.filter(({ kind }) => kind !== 'null').map((type, i) => field(`r${i}`, type, false)),
]);

type Nulls = 'none' | 'some' | 'runs' | 'all';

interface Table {
  readonly rows: number;
  readonly seed: number;
  readonly nulls: Nulls;
  /** Different values of a column, about. */
  readonly pool: number;
}

function isNull(nulls: Nulls, row: number, random: Random): boolean {
  if (nulls === 'some') return random.bool(0.3);
  return nulls === 'all' || (nulls === 'runs' && row % 150 < 70);
}

function tableRows({ rows, seed, nulls, pool }: Table, random: Random = quietRandom(seed)): unknown[][] {
  const pools = TABLE.fields.map(({ type }) => Array.from({ length: pool }, () => randomCell(type, random)));
  return Array.from({ length: rows }, (_, row) =>
    TABLE.fields.map(({ nullable }, c) => (nullable && isNull(nulls, row, random) ? null : random.pick(pools[c]!))),
  );
}

async function readRows(connection: DuckDBConnection, path: string): Promise<string[][]> {
  const reader = await connection.runAndReadAll(`SELECT * FROM read_parquet('${path}')`);
  return reader.getRows().map((row) => row.map(cellText));
}

async function expectRows(connection: DuckDBConnection, path: string, rows: readonly (readonly unknown[])[]): Promise<void> {
  const read = await readRows(connection, path);
  assert.is(read.length, rows.length);
  rows.forEach((row, i) => assert.equal(read[i], row.map(cellText), `row ${i}`));
}

/**
 * Filters on values that are there find them: statistics and Bloom filters leave no row group out by mistake. Not of binary columns: this DuckDB misses them in its own
 * files, too, when they have Bloom filters.
 */
async function expectFound(
  connection: DuckDBConnection,
  path: string,
  rows: readonly (readonly unknown[])[],
  random: Random,
): Promise<void> {
  for (const [c, { name, type }] of TABLE.fields.entries()) {
    const texts = rows.map((row) => cellText(row[c]));
    const values = texts.filter((value) => value !== 'null');
    if (values.length === 0 || type.kind === 'null' || type.kind === 'float' || type.kind === 'binary') continue;
    const wanted = random.pick(values);
    // With NaN beside one value only, this DuckDB takes both for equal, in files of others too.
    if (texts.includes('NaN') || wanted === '0' || wanted === '-0') continue;
    const row = texts.indexOf(wanted);
    await connection.run(
      `SET VARIABLE wanted = (SELECT ${name} FROM read_parquet('${path}', file_row_number = true) WHERE file_row_number = ${row})`,
    );
    const reader = await connection.runAndReadAll(
      `SELECT count(*) FROM read_parquet('${path}') WHERE ${name} = getvariable('wanted')`,
    );
    assert.is(Number(reader.getRows()[0]![0]), values.filter((value) => value === wanted).length, `${name} = ${wanted}`);
  }
}

const CODECS = ['snappy', 'gzip', 'lz4_raw', 'uncompressed', 'zstd'];

const tables = fc.record({
  rows: fc.oneof(fc.constantFrom(0, 1, 2), fc.integer({ min: 3, max: 400 })),
  seed: fc.integer({ min: 0, max: 2 ** 31 }),
  nulls: fc.constantFrom<Nulls[]>('none', 'some', 'runs', 'all'),
  pool: fc.constantFrom(1, 3, 20, 1000),
});
const optionSets: fc.Arbitrary<Options> = fc.record(
  {
    compression: fc.constantFrom(...CODECS),
    rowGroupRows: fc.constantFrom('1000', '100', '33'),
    'parquet.page.row.count.limit': fc.constantFrom('20000', '64', '7'),
    'parquet.page.size': fc.constantFrom('1048576', '200'),
    'parquet.enable.dictionary': fc.constantFrom('true', 'false'),
    'parquet.dictionary.page.size': fc.constantFrom('1048576', '128'),
    'parquet.bloom.filter.enabled': fc.constantFrom('true', 'false'),
  },
  { requiredKeys: ['compression'] },
);

test(
  'DuckDB reads what is written, whatever it is and however it is written',
  () =>
    withTempFolder((folder) =>
      withDuckDB(async (connection) => {
        let file = 0;
        await fc.assert(
          fc.asyncProperty(tables, optionSets, async (table, options) => {
            const rows = tableRows(table);
            const path = join(folder, `${file++}.parquet`);
            writeParquet(path, TABLE, rows, options);
            await expectRows(connection, path, rows);
            if (file % 4 === 0) await expectFound(connection, path, rows, quietRandom(table.seed));
          }),
          { seed: defaultSeed(), numRuns: 50, interruptAfterTimeLimit: 15_000 },
        );
      }),
    ),
  { timeoutMs: 90_000 },
);

test('many rows: pages, dictionaries that overflow, several row groups, short and long strings', () =>
  withTempFolder((folder) =>
    withDuckDB(async (connection) => {
      const few = schema([field('i', FLAT_TYPES[4]!), field('s', FLAT_TYPES[13]!), field('t', FLAT_TYPES[13]!)]);
      const rows = Array.from({ length: 60_000 }, (_, i) => [
        i % 5 === 0 ? null : BigInt(i < 22_000 ? i % 1000 : i * 7919),
        i % 3 === 0 ? null : `a text that does not fit a view, number ${i < 30_000 ? i % 100 : i}`,
        `s${i % 70_000}`,
      ]);
      const path = join(folder, 'a.parquet');
      writeParquet(path, few, rows, { rowGroupRows: '50000', 'parquet.dictionary.page.size': '30000' });
      await expectRows(connection, path, rows);
      const chunks = await connection.runAndReadAll(
        `SELECT path_in_schema, row_group_id, encodings FROM parquet_metadata('${path}') ORDER BY ALL`,
      );
      assert.equal(
        chunks.getRows().map((row) => row.map(String).join(' ')),
        [
          'i 0 RLE, PLAIN, PLAIN_DICTIONARY',
          'i 1 RLE, PLAIN',
          's 0 RLE, PLAIN, PLAIN_DICTIONARY',
          's 1 RLE, PLAIN',
          't 0 RLE, PLAIN',
          't 1 RLE, PLAIN',
        ],
      );
    }),
  ));

test('a value larger than a page and than a dictionary', () =>
  withTempFolder((folder) =>
    withDuckDB(async (connection) => {
      const texts = schema([field('s', FLAT_TYPES[13]!)]);
      const rows = ['small', 'x'.repeat(3_000_000), null, 'y'.repeat(1_500_000), 'small'].map((value) => [value]);
      const path = join(folder, 'a.parquet');
      writeParquet(path, texts, rows);
      await expectRows(connection, path, rows);
    }),
  ));

test('parts become one file with their pages, filters and rows', () =>
  withTempFolder((folder) =>
    withDuckDB(async (connection) => {
      const random = seededRandom('parts');
      const parts = [120, 0, 1, 250].map((rows, i) => tableRows({ rows, seed: random.seed + i, nulls: 'some', pool: 20 }));
      const options = { rowGroupRows: '100', 'parquet.page.row.count.limit': '30', 'parquet.bloom.filter.enabled': 'true' };
      const paths = parts.map((rows, i) => {
        const path = join(folder, `part${i}.parquet`);
        writeParquet(path, TABLE, rows, options);
        return path;
      });
      const path = join(folder, 'joined.parquet');
      writeFileSync(path, joined(paths, TABLE, options));
      await expectRows(connection, path, parts.flat());
      await expectFound(connection, path, parts.flat(), random);
      // No part at all is a file without rows.
      writeFileSync(path, joined([], TABLE, options));
      await expectRows(connection, path, []);
    }),
  ));

function joined(paths: readonly string[], of: Schema, options: Options): Buffer {
  const out = new MemorySink();
  PARQUET_WRITE.join!(paths, { schema: of, options: optionMap(options) }, out);
  return out.bytes;
}

test('parts lie in one body in any order, and what a lost attempt took stays a gap', () =>
  withTempFolder((folder) =>
    withDuckDB(async (connection) => {
      const random = seededRandom('body');
      const parts = [120, 1, 250, 33].map((rows, i) => tableRows({ rows, seed: random.seed + i, nulls: 'some', pool: 20 }));
      const options = { rowGroupRows: '100', 'parquet.page.row.count.limit': '30', 'parquet.bloom.filter.enabled': 'true' };
      let taken = 0;
      const place = {
        path: join(folder, 'body'),
        head: PARQUET_WRITE.bodyHead!,
        take: (bytes: number) => (taken += bytes + 13) - bytes,
      };
      const paths: string[] = [];
      let end = 0;
      for (const i of [2, 0, 3, 1]) {
        const body = new BodyFile(place, 'out.parquet');
        paths[i] = join(folder, `part${i}.parquet`);
        writeFileSync(paths[i], encodeParquet(TABLE, parts[i]!, options, body));
        end = Math.max(end, body.end);
        body.close();
      }
      // The last attempt was lost, and wrote behind all others.
      const lost = new BodyFile(place, 'out.parquet');
      lost.place(1000).write(Buffer.alloc(1000, 7));
      lost.close();
      const head = new FileSink(place.path, 'out.parquet', 'r+');
      head.write(place.head);
      head.close();
      const out = FileSink.behind(place.path, 'out.parquet', end);
      PARQUET_WRITE.join!(paths, { schema: TABLE, options: optionMap(options) }, out, true);
      out.close();
      await expectRows(connection, place.path, parts.flat());
      await expectFound(connection, place.path, parts.flat(), random);
    }),
  ));

test('the same rows make the same bytes', () => {
  const rows = tableRows({ rows: 300, seed: 7, nulls: 'some', pool: 20 });
  assert.ok(encodeParquet(TABLE, rows).equals(encodeParquet(TABLE, rows)));
});

test.run();
