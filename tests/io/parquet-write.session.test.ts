import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { Engine, Session } from '../../lib/index.js';
import { withDuckDB } from '../support/duckdb.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';

const test = suite('parquet writing: sessions');
let engine: Engine;
test.before(async () => {
  engine = await Engine.create({ workers: 2 });
});
test.after(() => engine.close());

const ROWS = 200_000;
const QUERY = `
  SELECT id, CAST(id % 97 AS int) AS k, concat('row ', CAST(id % 1000 AS string)) AS s, IF(id % 7 = 0, NULL, id / 8) AS d,
         array(id, id + 1) AS a, named_struct('x', id, 'y', concat('a longer piece of text, number ', CAST(id AS string))) AS t
  FROM range(${ROWS})`;
const CHECK = 'SELECT count(*), sum(id), sum(k), count(DISTINCT s), count(d), sum(a[1]), sum(t.x), count(DISTINCT t.y) FROM';
const SUMS = [ROWS, 19_999_900_000, 9_599_419, 1000, 171_428, 19_999_900_000, 19_999_900_000, ROWS];

for (const [what, path, options] of [
  ['one file of many pieces', 'one.parquet', { splitRows: 30_000 }],
  ['a directory', 'many', { splitRows: 30_000 }],
  ['one piece', 'whole.parquet', {}],
] as const) {
  test(`DuckDB and a session read what executors wrote: ${what}`, () =>
    withTempFolder((folder) =>
      withDuckDB(async (connection) => {
        const session = await Session.create({ engine, ...options });
        const target = join(folder, path);
        assert.is(
          await session.sql(QUERY).repartition(3).write.parquet(target, { bloomFilter: 'k', rowGroupRows: 50_000 }),
          ROWS,
        );
        const files = path.endsWith('.parquet') ? target : `${target}/*.parquet`;
        const reader = await connection.runAndReadAll(`${CHECK} read_parquet('${files}')`);
        assert.equal(reader.getRows()[0]!.map(Number), SUMS);
        if (path === 'many') {
          const names = readdirSync(target).filter((name) => name.endsWith('.snappy.parquet'));
          assert.is(names.length, 3);
        }
        const rows = await session.read.parquet(target).collect();
        assert.is(rows.length, ROWS);
        const again = await session
          .sql(`SELECT count(*) AS n, sum(id) AS i, sum(k) AS k, count(d) AS d FROM '${target}'`)
          .collect();
        assert.equal(again, [{ n: SUMS[0], i: SUMS[1], k: SUMS[2], d: SUMS[4] }]);
        await session.close();
      }),
    ));
}

test('rows of batches, as they are or selected, are written as those of blocks', () =>
  withTempFolder(async (folder) => {
    const session = await Session.create({ engine });
    const columns = `id, IF(id % 5 = 0, NULL, id % 1000) AS b, CAST(id AS double) / 3 AS d, IF(id % 3 = 0, NULL, concat('text ', CAST(id % 300 AS string), repeat('x', CAST(id % 20 AS int)))) AS s,
      CAST(id AS decimal(30, 2)) AS w, id % 2 = 0 AS t, concat('only ', CAST(id AS string)) AS u`;
    await session
      .sql(`SELECT ${columns} FROM range(70000)`)
      .write.parquet(join(folder, 'source.parquet'), { rowGroupRows: 25_000 });
    for (const [i, where] of ['true', 'id % 3 = 1', 'b IS NULL', 's IS NOT NULL AND id > 30000', 's IS NULL'].entries()) {
      const query = session.sql(`SELECT * FROM '${join(folder, 'source.parquet')}' WHERE ${where}`);
      const [direct, gathered] = [join(folder, `a${i}.parquet`), join(folder, `b${i}`)];
      const rows = await query.write.parquet(direct, { bloomFilter: 'u' });
      // Rows that are counted are gathered first.
      assert.is(await query.write.option('maxRecordsPerFile', 1e9).parquet(gathered, { bloomFilter: 'u' }), rows);
      assert.equal(await session.read.parquet(direct).collect(), await query.collect(), where);
      assert.equal(await session.read.parquet(gathered).collect(), await query.collect(), where);
      // The same dictionaries, with what occurs in them; row groups may lie in other places.
      const parts = readdirSync(gathered).filter((name) => name.endsWith('.parquet'));
      const bytes = parts.reduce((sum, name) => sum + statSync(join(gathered, name)).size, 0);
      assert.is(parts.length, 1);
      assert.ok(Math.abs(statSync(direct).size - bytes) < 100, where);
    }
    await session.close();
  }));

test('directories of partition columns, and COPY with options', () =>
  withTempFolder((folder) =>
    withDuckDB(async (connection) => {
      const session = await Session.create({ engine });
      await session.sql('SELECT id, id % 3 AS p FROM range(1000)').write.partitionBy('p').parquet(join(folder, 'parts'));
      const parts = await connection.runAndReadAll(
        `SELECT p, count(*), sum(id) FROM read_parquet('${folder}/parts/**/*.parquet', hive_partitioning = true) GROUP BY p ORDER BY p`,
      );
      assert.equal(
        parts.getRows().map((row) => row.map(Number)),
        [
          [0, 334, 166_833],
          [1, 333, 166_167],
          [2, 333, 166_500],
        ],
      );
      const path = join(folder, 'copied.parquet');
      await session
        .sql(`COPY (SELECT id FROM range(1000)) TO '${path}' (FORMAT parquet, COMPRESSION gzip, ROW_GROUP_SIZE 400)`)
        .collect();
      // Pieces of tasks follow each other, so that some are smaller.
      const groups = await connection.runAndReadAll(
        `SELECT DISTINCT compression, max(row_group_num_rows), sum(row_group_num_rows) FROM parquet_metadata('${path}') GROUP BY ALL`,
      );
      assert.equal(groups.getRows(), [['GZIP', 400n, 1000n]]);
      await session.close();
    }),
  ));

test.run();
