import { join } from 'node:path';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { Engine, Session, type Row, type SessionOptions } from '../../lib/index.js';
import { duckDB } from '../support/duckdb.js';
import { defaultSeed } from '../support/random.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';

/** Lists, structs and what is made of them: quern and DuckDB over the same Parquet files, which quern wrote. What the two have differently by their rules (maps, the order of null in lists) is left out. */
const test = suite('nested values against DuckDB');
const seed = defaultSeed();
console.log(`  nested against DuckDB: QUERN_SEED=${seed}`);

const CONFIGURATIONS: readonly { readonly workers: number; readonly options: Partial<SessionOptions> }[] = [
  { workers: 0, options: {} },
  { workers: 0, options: { disabledRules: ['*'] } },
  { workers: 2, options: { splitRows: 7, batchRows: 16 } },
];

const SCHEMA =
  'id int, a array<int>, t array<string>, s struct<x: int, y: struct<z: string, w: double>>, ps array<struct<k: int, v: string>>';

/** In quern and in DuckDB; all answers are ordered. */
const QUERIES: readonly (readonly [quern: string, duck: string])[] = [
  ['SELECT id, size(a) AS n, size(t) AS m FROM r ORDER BY id', 'SELECT id, len(a) AS n, len(t) AS m FROM r ORDER BY id'],
  ['SELECT id, get(a, 1) AS v, get(t, 0) AS w FROM r ORDER BY id', 'SELECT id, a[2] AS v, t[1] AS w FROM r ORDER BY id'],
  ['SELECT id, try_element_at(a, -1) AS v FROM r ORDER BY id', 'SELECT id, a[-1] AS v FROM r ORDER BY id'],
  ['SELECT id, s.x, s.y.z, s.y.w FROM r ORDER BY id', 'SELECT id, s.x, s.y.z, s.y.w FROM r ORDER BY id'],
  [
    'SELECT id FROM r WHERE s.y.w > 0 AND s.x IS NOT NULL ORDER BY id',
    'SELECT id FROM r WHERE s.y.w > 0 AND s.x IS NOT NULL ORDER BY id',
  ],
  ['SELECT id FROM r WHERE array_contains(a, 3) ORDER BY id', 'SELECT id FROM r WHERE list_contains(a, 3) ORDER BY id'],
  ['SELECT id, explode(a) AS v FROM r ORDER BY id, v', 'SELECT id, unnest(a) AS v FROM r ORDER BY id, v NULLS FIRST'],
  [
    'SELECT v, count(*) AS n, sum(id) AS i FROM r LATERAL VIEW explode(t) x AS v GROUP BY v ORDER BY v',
    'SELECT v, count(*) AS n, sum(id) AS i FROM (SELECT id, unnest(t) AS v FROM r) GROUP BY v ORDER BY v NULLS FIRST',
  ],
  [
    'SELECT id, p.k, p.v FROM (SELECT id, explode(ps) AS p FROM r) ORDER BY id, p.k, p.v',
    'SELECT id, p.k, p.v FROM (SELECT id, unnest(ps) AS p FROM r) ORDER BY id, p.k NULLS FIRST, p.v NULLS FIRST',
  ],
  [
    'SELECT s, count(*) AS n, min(id) AS i FROM r GROUP BY s ORDER BY i',
    'SELECT s, count(*) AS n, min(id) AS i FROM r GROUP BY s ORDER BY i',
  ],
  [
    'SELECT t, count(*) AS n, min(id) AS i FROM r GROUP BY t ORDER BY i',
    'SELECT t, count(*) AS n, min(id) AS i FROM r GROUP BY t ORDER BY i',
  ],
  [
    'SELECT count(DISTINCT a) AS a, count(DISTINCT ps) AS p FROM r',
    'SELECT count(DISTINCT a) AS a, count(DISTINCT ps) AS p FROM r',
  ],
  [
    'SELECT id, array(id, s.x) AS l, struct(id, t) AS q FROM r ORDER BY id',
    "SELECT id, [id, s.x] AS l, {'id': id, 't': t} AS q FROM r ORDER BY id",
  ],
  ['SELECT id, ps.v AS vs FROM r ORDER BY id', 'SELECT id, list_transform(ps, p -> p.v) AS vs FROM r ORDER BY id'],
  ['SELECT id, cast(a AS array<string>) AS c FROM r ORDER BY id', 'SELECT id, a::VARCHAR[] AS c FROM r ORDER BY id'],
];

const text = fc.constantFrom('', 'a', 'b', 'a text that is longer than a view', "it's", 'ü');
const whole = fc.integer({ min: -3, max: 5 });
const maybe = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(values, { freq: 5 });
const rows: fc.Arbitrary<Row[]> = fc
  .array(
    fc.record({
      a: maybe(fc.array(maybe(whole), { maxLength: 4 })),
      t: maybe(fc.array(maybe(text), { maxLength: 3 })),
      s: maybe(fc.record({ x: maybe(whole), y: maybe(fc.record({ z: maybe(text), w: maybe(fc.constantFrom(-1.5, 0, 2.25)) })) })),
      ps: maybe(fc.array(maybe(fc.record({ k: maybe(whole), v: maybe(text) })), { maxLength: 3 })),
    }),
    { minLength: 1, maxLength: 60, size: 'max' },
  )
  .map((records) => records.map((record, id) => ({ id, ...record })));

const json = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? Number(part) : part));

test(
  'generated tables',
  () =>
    withTempFolder(async (folder) => {
      const connection = await duckDB();
      const engines = new Map([
        [0, await Engine.create({ workers: 0 })],
        [2, await Engine.create({ workers: 2 })],
      ]);
      const sessions = await Promise.all(
        CONFIGURATIONS.map(({ workers, options }) => Session.create({ engine: engines.get(workers)!, ...options })),
      );
      let run = 0;
      try {
        await fc.assert(
          fc.asyncProperty(rows, async (data) => {
            const path = join(folder, `${run++}.parquet`);
            await sessions[0]!.createDataFrame(data, SCHEMA).write.parquet(path);
            await connection.run(`CREATE OR REPLACE VIEW r AS SELECT * FROM read_parquet('${path}')`);
            const expected: string[] = [];
            for (const [, duck] of QUERIES) expected.push(json((await connection.runAndReadAll(duck)).getRowsJS()));
            for (const [i, session] of sessions.entries()) {
              const fromFile = i === 0 || run % 2 === 0;
              const df = fromFile ? session.read.parquet(path) : session.createDataFrame(data, SCHEMA).cache();
              df.createOrReplaceTempView('r');
              for (const [q, [sql]] of QUERIES.entries()) {
                const frame = session.sql(sql);
                const actual = (await frame.collect()).map((row) => frame.columns.map((name) => row[name]));
                assert.is(
                  json(actual),
                  expected[q],
                  `${sql}\n${JSON.stringify(CONFIGURATIONS[i])}, ${fromFile ? 'file' : 'cache'}`,
                );
              }
            }
          }),
          { seed, numRuns: Number(process.env['QUERN_RUNS'] ?? 8) },
        );
      } finally {
        for (const session of sessions) await session.close();
        for (const engine of engines.values()) await engine.close();
      }
    }),
  { timeoutMs: 180_000 },
);

test.run();
