import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { Engine, Session, type DataFrame } from '../../lib/index.js';
import { withDuckDB } from '../support/duckdb.js';
import { dataErrorOf } from '../support/messages.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';

const test = suite('Parquet files of different columns');
let engine: Engine;
test.before(async () => {
  engine = await Engine.create({ workers: 2 });
});
test.after(() => engine.close());

/** Writes each query's rows with DuckDB as 0.parquet, 1.parquet, … */
function withFiles(
  queries: readonly string[],
  body: (session: Session, paths: readonly string[]) => Promise<void>,
): Promise<void> {
  return withTempFolder(async (folder) => {
    const paths = queries.map((_, i) => join(folder, `${i}.parquet`));
    await withDuckDB(async (connection) => {
      for (const [i, query] of queries.entries()) await connection.run(`COPY (${query}) TO '${paths[i]!}' (FORMAT parquet)`);
    });
    await using session = await Session.create({ engine });
    await body(session, paths);
  });
}

const typesOf = (df: DataFrame): string => df.schema.fields.map(({ name, type }) => `${name} ${type.kind}`).join(', ');

const QUERIES = [
  `SELECT i::INT AS id, 'a' || i AS s, i::INT AS n, (i / 4)::DECIMAL(8,2) AS d, DATE '2024-01-01' + i::INT AS t, i::SMALLINT AS k FROM range(3) r(i)`,
  `SELECT 'b' || i AS S, (i + 10)::BIGINT AS id, i + 0.5::DOUBLE AS n, (i / 8)::DECIMAL(20,4) AS d, TIMESTAMPTZ '2024-01-01 12:00:00Z' AS t, i AS more, NULL::INT AS k FROM range(2) r(i)`,
  `SELECT (i + 20)::INT AS id, 7::INT AS d FROM range(2) r(i)`,
];

test('by name, in the types that all values fit in', () =>
  withFiles(QUERIES, async (session, paths) => {
    const df = session.read.option('mergeSchema', true).load(paths);
    assert.is(typesOf(df), 'id bigint, s string, n double, d decimal, t timestamp, k int, more bigint');
    assert.equal(
      (await df.collect({ timestamp: 'string' })).map(({ id, s, n, d, t, k, more }) => [id, s, n, d, t, k, more]),
      [
        [0, 'a0', 0, '0.0000', '2024-01-01 00:00:00', 0, null],
        [1, 'a1', 1, '0.2500', '2024-01-02 00:00:00', 1, null],
        [2, 'a2', 2, '0.5000', '2024-01-03 00:00:00', 2, null],
        [10, 'b0', 0.5, '0.0000', '2024-01-01 12:00:00', null, 0],
        [11, 'b1', 1.5, '0.1250', '2024-01-01 12:00:00', null, 1],
        [20, null, null, '7.0000', null, null, null],
        [21, null, null, '7.0000', null, null, null],
      ],
    );
    const rows = (condition: string) => df.filter(condition).select('id').collect();
    assert.equal(await rows('n >= 1.5'), [{ id: 2 }, { id: 11 }]);
    assert.equal(await rows("d = 7 AND _metadata.file_name = '2.parquet'"), [{ id: 20 }, { id: 21 }]);
    assert.equal(await rows("s = 'b1' OR more = 0"), [{ id: 10 }, { id: 11 }]);
    assert.equal(await rows('id > 10'), [{ id: 11 }, { id: 20 }, { id: 21 }]);
    assert.equal(await rows('_metadata.row_index = 1'), [{ id: 1 }, { id: 11 }, { id: 21 }]);
    assert.is(await df.count(), 7);
    assert.equal(await df.groupBy('k').count().filter('k IS NULL').collect(), [{ k: null, count: 4 }]);
  }));

test('without it, the first file’s columns, of which others may have none', () =>
  withFiles(
    ['SELECT 1::BIGINT AS id, 2.5::DOUBLE AS x', 'SELECT 3.5::FLOAT AS X, 9 AS other, 2::INT AS id', 'SELECT 4::SMALLINT AS id'],
    async (session, paths) => {
      const df = session.read.load(paths);
      assert.is(typesOf(df), 'id bigint, x double');
      assert.equal(await df.collect(), [
        { id: 1, x: 2.5 },
        { id: 2, x: 3.5 },
        { id: 4, x: null },
      ]);
    },
  ));

test('what does not meet', () =>
  withFiles(
    [
      'SELECT 1 AS a',
      "SELECT 'x' AS a",
      "SELECT {'x': 1} AS s",
      "SELECT {'x': 1, 'y': 2} AS s",
      'SELECT 1::DECIMAL(5,2) AS d',
      'SELECT 1::DOUBLE AS d',
    ],
    async (session, paths) => {
      const read = (a: number, b: number) => () => session.read.option('mergeSchema', true).load([paths[a]!, paths[b]!]);
      assert.is(
        await dataErrorOf(read(0, 1)),
        `The column "a" is int in '${paths[0]!}' and string in '${paths[1]!}': there is no type that both fit in. Give a schema, or read the files apart.`,
      );
      assert.is(
        await dataErrorOf(read(2, 3)),
        `The column "s" is struct<x:int> in '${paths[2]!}', and cannot be read as struct<x:int,y:int>, which the values of all files would fit in. Read the files apart.`,
      );
      assert.is(
        await dataErrorOf(read(4, 5)),
        `The column "d" is decimal(5,2) in '${paths[4]!}', and cannot be read as double, which the values of all files would fit in. Read the files apart.`,
      );
    },
  ));

test('partitions, metadata and pruning of Parquet files', () =>
  withTempFolder(async (folder) => {
    await withDuckDB((connection) =>
      connection.run(
        `COPY (SELECT i AS n, 2020 + i % 3 AS year, 'r ' || (i % 2) AS region FROM range(3000) r(i)) TO '${join(folder, 'sales')}' (FORMAT parquet, PARTITION_BY (year, region))`,
      ),
    );
    await using session = await Session.create({ engine });
    const sales = session.read.load(join(folder, 'sales'));
    assert.is(typesOf(sales), 'n bigint, year int, region string');
    assert.is(await sales.count(), 3000);
    const one = sales.filter("year = 2021 AND region = 'r 1'");
    assert.match(one.explainText(), '(1 of 6 files)');
    assert.is(await one.count(), 500);
    assert.equal(await sales.groupBy('year', 'region').count().orderBy('year', 'region').limit(2).collect(), [
      { year: 2020, region: 'r 0', count: 500 },
      { year: 2020, region: 'r 1', count: 500 },
    ]);
    const indexed = sales.filter('year = 2022').selectExpr('n', '_metadata.row_index AS i', '_metadata.file_path AS f');
    const rows = await indexed.orderBy('f', 'i').collect();
    const byFile = new Map<unknown, number>();
    for (const { i, f } of rows) {
      assert.is(i, byFile.get(f) ?? 0);
      byFile.set(f, Number(i) + 1);
    }
    assert.is(rows.length, 1000);
  }));

test.run();
