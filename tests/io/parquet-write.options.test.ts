import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { QueryError } from '../../lib/core/errors.js';
import * as T from '../../lib/core/types/data-type.js';
import { PARQUET_WRITE } from '../../lib/io/parquet/write/format.js';
import { projectPath } from '../support/paths.js';
import { suite } from '../support/suite.js';
import { pages } from '../exec/harness.js';
import { withTempFolder } from '../support/temp-folder.js';
import { withDuckDB } from '../support/duckdb.js';
import { encodeParquet, optionMap, writeParquet, type Options } from './parquet-files.js';

const test = suite('parquet writing: options');
const INTS = T.schema([T.field('i', T.INT)]);

function refusal(schema: T.Schema, options: Options = {}): string {
  try {
    PARQUET_WRITE.check({ schema, options: optionMap(options) });
  } catch (error) {
    assert.instance(error, QueryError);
    return (error as QueryError).message;
  }
  return '';
}

test('what Parquet files cannot hold is refused before anything is written', () => {
  assert.is(
    refusal(T.schema([T.field('a', T.INT), T.field('d', T.DAY_TIME_INTERVAL)])),
    'Column "d" has type interval day to second, which Parquet files cannot hold; cast it to another type, for example with cast(… AS string).',
  );
  assert.is(
    refusal(T.schema([T.field('s', T.struct([T.field('m', T.array(T.YEAR_MONTH_INTERVAL))]))])),
    'Column "s.m.list.element" has type interval year to month, which Parquet files cannot hold; cast it to another type, for example with cast(… AS string).',
  );
  assert.is(
    refusal(T.schema([T.field('a', T.INT), T.field('a', T.STRING)])),
    'Parquet files cannot hold two columns of one name: "a"; rename one of them.',
  );
  assert.is(
    refusal(T.schema([T.field('s', T.struct([]))])),
    'Column "s" is a struct without fields, which Parquet files cannot hold.',
  );
});

test('options that are not there or not so', () => {
  assert.is(
    refusal(INTS, { codec: 'snappy' }),
    'Writing Parquet files has no option "codec". Options: compression, rowGroupRows, bloomFilter, parquet.block.size, parquet.page.size, parquet.page.row.count.limit, parquet.enable.dictionary, parquet.dictionary.page.size, parquet.page.write-checksum.enabled, parquet.compression.codec.zstd.level, parquet.bloom.filter.enabled[#column], parquet.bloom.filter.expected.ndv[#column], parquet.bloom.filter.fpp[#column], parquet.bloom.filter.max.bytes.',
  );
  assert.is(
    refusal(T.schema([T.field('a', T.array(T.INT))]), { bloomFilter: 'a' }),
    'An option of Bloom filters names the column "a", which is not in the file. Columns: a.list.element.',
  );
  assert.is(refusal(T.schema([T.field('a', T.array(T.INT))]), { bloomFilter: 'A.list.element' }), '');
  assert.is(
    refusal(INTS, { compression: 'lzo' }),
    "Option compression must be one of uncompressed, snappy, gzip, zstd, lz4_raw, not 'lzo'.",
  );
  assert.is(
    refusal(INTS, { 'parquet.page.size': '1k' }),
    "Option parquet.page.size must be a whole number from 64 to 268435456, not '1k'.",
  );
  assert.is(
    refusal(INTS, { 'parquet.enable.dictionary': 'yes' }),
    "Option parquet.enable.dictionary must be true or false, not 'yes'.",
  );
  assert.is(
    refusal(INTS, { 'parquet.bloom.filter.fpp#i': '2' }),
    "Option parquet.bloom.filter.fpp#i must be a number between 0 and 1, not '2'.",
  );
  for (const option of ['compression', 'parquet.compression', 'parquet.bloom.filter.enabled#i', 'rowGroupRows'])
    assert.is(
      refusal(INTS, {
        [option]: { compression: 'GZIP', 'parquet.compression': 'none' }[option] ?? (option === 'rowGroupRows' ? '5' : 'true'),
      }),
      '',
    );
});

test('codecs, ends of names, sizes of row groups', () =>
  withTempFolder((folder) =>
    withDuckDB(async (connection) => {
      const rows = Array.from({ length: 10_000 }, (_, i) => [i]);
      const codecs: readonly (readonly [Options, string, string])[] = [
        [{}, 'snappy.parquet', 'SNAPPY'],
        [{ compression: 'gzip' }, 'gz.parquet', 'GZIP'],
        [{ compression: 'LZ4_RAW' }, 'lz4raw.parquet', 'LZ4_RAW'],
        [{ compression: 'none' }, 'parquet', 'UNCOMPRESSED'],
        [{ compression: 'zstd' }, 'zstd.parquet', 'ZSTD'],
        [{ compression: 'zstd', 'parquet.compression.codec.zstd.level': '19' }, 'zstd.parquet', 'ZSTD'],
      ];
      for (const [options, extension, codec] of codecs) {
        assert.is(PARQUET_WRITE.extension(optionMap(options)), extension);
        const path = join(folder, `a.${extension}`);
        writeParquet(path, INTS, rows, options);
        const reader = await connection.runAndReadAll(
          `SELECT compression, sum(i) FROM parquet_metadata('${path}'), read_parquet('${path}') GROUP BY ALL`,
        );
        assert.equal(reader.getRows(), [[codec, 49_995_000n]]);
      }
      const path = join(folder, 'groups.parquet');
      const groups = async (): Promise<unknown[]> => {
        const reader = await connection.runAndReadAll(
          `SELECT row_group_num_rows FROM parquet_metadata('${path}') ORDER BY row_group_id`,
        );
        return reader.getRows().map(([rows]) => Number(rows));
      };
      writeParquet(path, INTS, rows, { rowGroupRows: '4000' });
      assert.equal(await groups(), [4000, 4000, 2000]);
      writeParquet(path, INTS, [], {});
      assert.equal(await groups(), []);
      // 16 KB hold about 4,000 ints.
      writeParquet(path, INTS, rows, {
        'parquet.block.size': '16384',
        'parquet.enable.dictionary': 'false',
        compression: 'none',
      });
      const [first, ...others] = (await groups()) as number[];
      assert.ok(first! >= 4000 && first! < 4400, `${first} rows`);
      assert.is(others.length, 2);
    }),
  ));

test('files say who made them', () =>
  withTempFolder((folder) =>
    withDuckDB(async (connection) => {
      const path = join(folder, 'a.parquet');
      writeParquet(path, INTS, [[1]]);
      const { version } = JSON.parse(readFileSync(projectPath('package.json'), 'utf8')) as { version: string };
      const reader = await connection.runAndReadAll(`SELECT created_by FROM parquet_file_metadata('${path}')`);
      assert.equal(reader.getRows(), [[`quern version ${version}`]]);
    }),
  ));

test('a wide table takes little memory for few rows', () => {
  const columns = 1000;
  const wide = T.schema(Array.from({ length: columns }, (_, c) => T.field(`c${c}`, c % 2 === 0 ? T.INT : T.STRING)));
  encodeParquet(wide, [Array.from({ length: columns }, (_, c) => (c % 2 === 0 ? c : `${c}`))]);
  assert.ok(pages.peak * 65_536 < 16_000_000, `${pages.peak} pages`);
});

test('Spark finds its types, and DuckDB what nullable means', () =>
  withTempFolder((folder) =>
    withDuckDB(async (connection) => {
      const schema = T.schema([
        T.field('a', T.TINYINT, false),
        T.field('d', T.decimal(10, 2)),
        T.field('n', T.NULL),
        T.field('m', T.map(T.STRING, T.array(T.TIMESTAMP_NTZ, false))),
        T.field('__proto__', T.struct([T.field('x', T.BIGINT, false)])),
      ]);
      const path = join(folder, 'a.parquet');
      writeParquet(path, schema, [[1, 100n, null, new Map(), { x: 1n }]]);
      const keys = await connection.runAndReadAll(`SELECT decode(key), decode(value) FROM parquet_kv_metadata('${path}')`);
      assert.equal(keys.getRows(), [
        [
          'org.apache.spark.sql.parquet.row.metadata',
          '{"type":"struct","fields":[' +
            '{"name":"a","type":"byte","nullable":false,"metadata":{}},' +
            '{"name":"d","type":"decimal(10,2)","nullable":true,"metadata":{}},' +
            '{"name":"n","type":"void","nullable":true,"metadata":{}},' +
            '{"name":"m","type":{"type":"map","keyType":"string","valueType":{"type":"array","elementType":"timestamp_ntz","containsNull":false},"valueContainsNull":true},"nullable":true,"metadata":{}},' +
            '{"name":"__proto__","type":{"type":"struct","fields":[{"name":"x","type":"long","nullable":false,"metadata":{}}]},"nullable":true,"metadata":{}}]}',
        ],
      ]);
      const elements = await connection.runAndReadAll(
        `SELECT name, type, repetition_type, converted_type FROM parquet_schema('${path}')`,
      );
      assert.equal(
        elements.getRows().map((row) => row.map(String).join(' ')),
        [
          'spark_schema null null null',
          'a INT32 REQUIRED INT_8',
          'd INT64 OPTIONAL DECIMAL',
          'n INT32 OPTIONAL null',
          'm null OPTIONAL MAP',
          'key_value null REPEATED null',
          'key BYTE_ARRAY REQUIRED UTF8',
          'value null OPTIONAL LIST',
          'list null REPEATED null',
          'element INT64 REQUIRED null',
          '__proto__ null OPTIONAL null',
          'x INT64 REQUIRED null',
        ],
      );
    }),
  ));

test.run();
