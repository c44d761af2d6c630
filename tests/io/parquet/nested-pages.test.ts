import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { Engine, Session } from '../../../lib/index.js';
import { duckDB } from '../../support/duckdb.js';
import { suite } from '../../support/suite.js';
import { withTempFolder } from '../../support/temp-folder.js';

/** Lists, structs and maps over many pages, in tasks that begin anywhere. */
const test = suite('nested parquet pages');
let engine: Engine;
test.before(async () => {
  engine = await Engine.create({ workers: 2 });
});
test.after(() => engine.close());

const ROWS = 6000;

test(
  'rows are the same however they are cut, whoever wrote them',
  () =>
    withTempFolder(async (folder) => {
      const duck = await duckDB();
      await duck.run(`CREATE OR REPLACE TABLE nested AS SELECT i::INT AS i,
        CASE WHEN i % 7 = 0 THEN NULL ELSE [x * i FOR x IN range(i % 5)] END AS l,
        CASE WHEN i % 11 = 0 THEN NULL ELSE {'a': i * 2, 'b': CASE WHEN i % 3 = 0 THEN NULL ELSE 'text ' || (i % 50) END} END AS s,
        [[{'k': x, 'w': 'w' || x}, NULL] FOR x IN range(i % 3)] AS ll,
        CASE WHEN i % 4 = 0 THEN NULL ELSE MAP {'one': i, 'two': NULL} END AS m
        FROM range(${ROWS}) r(i)`);
      const whole = await Session.create({ engine });
      const pieces = await Session.create({ engine, splitBytes: 5000, batchRows: 128 });
      const paths: string[] = [];
      for (const version of ['V1', 'V2']) {
        const path = join(folder, `${version}.parquet`);
        await duck.run(`COPY nested TO '${path}' (FORMAT parquet, PARQUET_VERSION ${version}, ROW_GROUP_SIZE 4096)`);
        paths.push(path);
      }
      const own = join(folder, 'own.parquet');
      await whole.read.parquet(paths[0]!).write.parquet(own, { 'parquet.page.row.count.limit': 100, rowGroupRows: 3000 });
      paths.push(own);
      const reader = await duck.runAndReadAll('SELECT i, l::VARCHAR, s.a, s.b, ll::VARCHAR FROM nested ORDER BY i');
      const expected = reader.getRows();
      const text = await whole.read.parquet(paths[0]!).orderBy('i').collect();
      const listText = (list: unknown): string | null => (list === null ? null : `[${(list as unknown[]).join(', ')}]`);
      const deepText = (rows: unknown): string =>
        `[${(rows as ({ k: number; w: string } | null)[][]).map((row) => `[${row.map((e) => (e === null ? 'NULL' : `{'k': ${e.k}, 'w': ${e.w}}`)).join(', ')}]`).join(', ')}]`;
      text.forEach((row, n) => {
        const struct = row['s'] as { a: number; b: string | null } | null;
        const found = [row['i'], listText(row['l']), struct?.a ?? null, struct?.b ?? null, deepText(row['ll'])];
        assert.equal(
          found,
          expected[n]!.map((value) => (typeof value === 'bigint' ? Number(value) : value)),
          `row ${n}`,
        );
      });
      for (const path of paths) {
        for (const session of [whole, pieces]) assert.equal(await session.read.parquet(path).orderBy('i').collect(), text, path);
        // A filter leaves few rows, so that pages of the others are passed over.
        const few = `SELECT i, l, s, ll, m FROM parquet.\`${path}\` WHERE i BETWEEN 2990 AND 3010 OR i = 5999 ORDER BY i`;
        const wanted = text.filter(({ i }) => ((i as number) >= 2990 && (i as number) <= 3010) || i === 5999);
        assert.equal(await pieces.sql(few).collect(), wanted, path);
        assert.equal(await whole.sql(few).collect(), wanted, path);
      }
      await whole.close();
      await pieces.close();
    }),
  { timeoutMs: 120_000 },
);

test.run();
