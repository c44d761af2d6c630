import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { DataError, Engine, Session } from '../../lib/index.js';
import { withDuckDB } from '../support/duckdb.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';

const test = suite('what a Parquet footer says');
let engine: Engine;
test.before(async () => {
  engine = await Engine.create({ workers: 1 });
});
test.after(() => engine.close());

const QUERY = `SELECT i::INT AS i, i * 1000000000::BIGINT AS b, (i / 3)::DECIMAL(10,2) AS d, DATE '2024-01-01' + (i % 50)::INT AS day,
  CASE WHEN i % 7 = 0 THEN NULL ELSE 'name ' || (i % 9) END AS s, i % 2 = 0 AS flag, {'x': i, 'y': [i, NULL]} AS nested, i / 8.0::DOUBLE AS f
  FROM range(5000) r(i)`;

/** The same members by name, since order counts for comparing. */
const inOrder = (row: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));

test('as DuckDB reads it', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'a.parquet');
    const expected = await withDuckDB(async (connection) => {
      await connection.run(`COPY (${QUERY}) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 2048, COMPRESSION zstd)`);
      const reader = await connection.runAndReadAll(
        `SELECT row_group_id::INT AS g, row_group_num_rows::INT AS rows, replace(path_in_schema, ', ', '.') AS name, lower(type) AS type, lower(compression) AS codec,
           num_values::INT AS values, total_compressed_size::INT AS bytes, total_uncompressed_size::INT AS plain, stats_null_count::INT AS nulls, stats_min_value AS min,
           stats_max_value AS max, dictionary_page_offset IS NOT NULL AS dictionary, bloom_filter_offset IS NOT NULL AS bloom FROM parquet_metadata('${path}')`,
      );
      return reader.getRowObjectsJson() as Record<string, unknown>[];
    });
    await using session = await Session.create({ engine });
    const meta = session.parquetMetadata(path);
    assert.is(meta.rows, 5000);
    assert.match(meta.createdBy, 'DuckDB');
    const found = meta.rowGroups.flatMap(({ rows, columns }, g) =>
      columns.map((chunk) => ({
        g,
        rows,
        name: chunk.name,
        type: chunk.physicalType.replace(/^fixed$/, 'fixed_len_byte_array'),
        codec: chunk.codec,
        values: chunk.values,
        bytes: chunk.bytes,
        plain: chunk.uncompressedBytes,
        dictionary: chunk.hasDictionary,
        bloom: chunk.hasBloomFilter,
      })),
    );
    const trimmed = expected.map(({ min: _, max: __, nulls: ___, name, ...rest }) => ({
      ...rest,
      name: String(name).replace(/^schema\./, ''),
    }));
    assert.equal(
      found.map((row) => inOrder(row)),
      trimmed.map((row) => inOrder(row)),
    );
    const columns = new Map(meta.rowGroups[0]!.columns.map((column) => [column.name, column]));
    const bounds = ['i', 'b', 'd', 'day', 's'].map((name) => [
      columns.get(name)?.type,
      columns.get(name)?.min,
      columns.get(name)?.max,
    ]);
    const rows = meta.rowGroups[0]!.rows;
    assert.equal(bounds, [
      ['int', '0', String(rows - 1)],
      ['bigint', '0', `${rows - 1}000000000`],
      ['decimal(10,2)', '0.00', ((rows - 1) / 3).toFixed(2)],
      ['date', '2024-01-01', '2024-02-19'],
      ['string', 'name 0', 'name 8'],
    ]);
    assert.is(columns.get('s')?.nulls, Math.ceil(rows / 7));
  }));

test('what quern writes, and what is no Parquet', () =>
  withTempFolder(async (folder) => {
    await using session = await Session.create({ engine });
    const path = join(folder, 'b.parquet');
    await session.sql('SELECT id, CAST(id AS string) AS s FROM range(10)').write.parquet(path, { compression: 'gzip' });
    const [group] = session.parquetMetadata(path).rowGroups;
    assert.equal(
      group!.columns.map(({ name, type, codec, min, max, nulls, hasPageIndex }) => [
        name,
        type,
        codec,
        min,
        max,
        nulls,
        hasPageIndex,
      ]),
      [
        ['id', 'bigint', 'gzip', '0', '9', 0, true],
        ['s', 'string', 'gzip', '0', '9', 0, true],
      ],
    );
    const csv = join(folder, 'c.csv');
    writeFileSync(csv, 'a,b\n1,2\n3,4\n5,6\n');
    const messageOf = (work: () => unknown): string => {
      try {
        work();
      } catch (error) {
        assert.instance(error, DataError);
        return (error as Error).message;
      }
      throw new Error('Nothing was thrown.');
    };
    assert.match(
      messageOf(() => session.parquetMetadata(csv)),
      "its last four bytes are not 'PAR1'",
    );
    assert.is(
      messageOf(() => session.parquetMetadata(join(folder, 'd.parquet'))),
      `Path does not exist: '${join(folder, 'd.parquet')}'. Did you mean '${join(folder, 'b.parquet')}'?`,
    );
    assert.throws(() => session.parquetMetadata(folder), /stands for 2 files, and the metadata of one can be shown/);
  }));

test.run();
