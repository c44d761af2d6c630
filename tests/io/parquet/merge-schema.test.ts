import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { DataError, Engine, Session } from '../../../lib/index.js';
import { duckDB } from '../../support/duckdb.js';
import { suite } from '../../support/suite.js';
import { withTempFolder } from '../../support/temp-folder.js';

const test = suite('parquet files of different columns');
let engine: Engine;
test.before(async () => {
  engine = await Engine.create({ workers: 0 });
});
test.after(() => engine.close());

test('columns by name, values widened', () =>
  withTempFolder(async (folder) => {
    const duck = await duckDB();
    const narrow = `SELECT 1::INTEGER AS a, 2::INTEGER AS b, 3::SMALLINT AS c, 1.25::DECIMAL(5,2) AS d, DATE '2024-02-03' AS e, 1.5::FLOAT AS f, 'x' AS only_here`;
    const wide = `SELECT NULL::VARCHAR AS g, 5::BIGINT AS a, 0.5::DOUBLE AS b, 7::INTEGER AS c, 1.2345::DECIMAL(30,4) AS d, TIMESTAMP '2024-02-03 04:05:06' AS e, 2.5::DOUBLE AS f`;
    await duck.run(`COPY (${narrow}) TO '${join(folder, 'a.parquet')}' (FORMAT parquet)`);
    await duck.run(`COPY (${wide}) TO '${join(folder, 'b.parquet')}' (FORMAT parquet)`);
    const session = await Session.create({ engine });
    const df = session.read.parquet(folder, { mergeSchema: true });
    assert.is(
      df.schema.fields.map(({ name, type }) => `${name} ${type.kind}`).join(', '),
      'a bigint, b double, c int, d decimal, e timestamp_ntz, f double, only_here string, g string',
    );
    assert.equal(await df.select('a', 'b', 'c', 'd', 'f', 'only_here', 'g').collect(), [
      { a: 1, b: 2, c: 3, d: '1.2500', f: 1.5, only_here: 'x', g: null },
      { a: 5, b: 0.5, c: 7, d: '1.2345', f: 2.5, only_here: null, g: null },
    ]);
    assert.equal(
      (await df.select('e').collect()).map(({ e }) => (e as Date).toISOString()),
      ['2024-02-03T00:00:00.000Z', '2024-02-03T04:05:06.000Z'],
    );
    assert.equal(await df.filter('a > 1 AND b < 1 AND d < 2').select('a').collect(), [{ a: 5 }]);
    df.createOrReplaceTempView('merged');
    assert.equal(await session.sql('SELECT count(*) AS n, count(g) AS g, max(a) AS m FROM merged').collect(), [
      { n: 2, g: 0, m: 5 },
    ]);
    await session.close();
  }));

test('without mergeSchema the first file tells the columns, and others are held against it', () =>
  withTempFolder(async (folder) => {
    const duck = await duckDB();
    await duck.run(`COPY (SELECT 1::INTEGER AS a) TO '${join(folder, 'a.parquet')}' (FORMAT parquet)`);
    await duck.run(`COPY (SELECT 'text' AS a) TO '${join(folder, 'b.parquet')}' (FORMAT parquet)`);
    const session = await Session.create({ engine });
    try {
      await session.read.parquet(folder).collect();
      assert.unreachable();
    } catch (error) {
      assert.instance(error, DataError);
      assert.is(
        (error as Error).message,
        `Column "a" of '${join(folder, 'b.parquet')}' is string, and int is wanted, as the first file or the schema has it. Option mergeSchema=true finds a type for all files where one of theirs is wider than the others; a schema says which one.`,
      );
    }
    await session.close();
  }));

test.run();
