import { deepStrictEqual } from 'node:assert';
import { readdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { dirname, join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import * as T from '../../lib/core/types/data-type.js';
import {
  Engine,
  QueryError,
  ResourceError,
  count,
  sum,
  type DataFrame,
  type Row,
  Session,
  type StorageLevel,
} from '../../lib/index.js';
import { flatTypes, nestedTypes, shown, valuesOf } from '../support/nested.js';
import { defaultSeed } from '../support/random.js';
import { withSessionOf } from '../support/session.js';
import { mayMount, withSmallDisk } from '../support/small-disk.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';
import { insteadOfTmpdir, withTmpdir } from '../support/tmpdir.js';

/** Cached DataFrames at every storage level: the same rows, wherever they are and whatever becomes of them. */

const test = suite('persist');
const seed = defaultSeed();
console.log(`  persist: QUERN_SEED=${seed}`);
const LEVELS: readonly StorageLevel[] = ['MEMORY_ONLY', 'MEMORY_AND_DISK', 'DISK_ONLY'];

let engine: Engine;
let inline: Engine;
test.before(async () => {
  engine = await Engine.create({ workers: 2, memory: '1g' });
  inline = await Engine.create({ workers: 0 });
});
test.after(async () => {
  await engine.close();
  await inline.close();
});

type Body = (session: Session, tmp: string) => Promise<void>;

/** A session whose cache has a directory for temporary files alone, which is empty again when the session is closed. */
function withSession(body: Body, options: { readonly engine?: Engine; readonly splitRows?: number } = {}): Promise<void> {
  const { engine: of = engine, ...others } = options;
  return withTmpdir(async (tmp) => {
    await withSessionOf(of, others, (session) => body(session, tmp));
    assert.equal(readdirSync(tmp), [], 'left in the directory for temporary files');
  });
}

/** On an engine of its own, of little memory. */
async function withLittleMemory(memory: string, body: Body): Promise<void> {
  const small = await Engine.create({ workers: 2, memory });
  try {
    await withSession(body, { engine: small });
  } finally {
    await small.close();
  }
}

/** All files of caches below a directory. */
const filesIn = (tmp: string): string[] =>
  readdirSync(tmp, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.startsWith('quern-cache-'))
    .map((name) => join(tmp, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true)
    .sort();

/** Where EXPLAIN says that rows are. */
const placeOf = (df: DataFrame): string => /Cached \[[^\]]*\](?: \((\w+)\))?/.exec(df.explainText())?.[1] ?? 'nowhere';

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let waited = 0; !isSo(); waited++) {
    assert.ok(waited < 500, what);
    await sleep(10);
  }
}

async function failure(action: Promise<unknown>): Promise<Error & { code: string }> {
  return action.then(
    () => assert.unreachable('no error') as never,
    (error: unknown) => error as Error & { code: string },
  );
}

test('there are three levels', () =>
  withSession((session) => {
    const df = session.range(3);
    assert.throws(
      () => df.persist('MEMORY' as StorageLevel),
      (error: Error) =>
        error instanceof QueryError &&
        error.code === 'INVALID_PARAMETER_VALUE' &&
        error.message === "There is no storage level 'MEMORY'. persist() takes 'MEMORY_ONLY', 'MEMORY_AND_DISK' or 'DISK_ONLY'.",
    );
    return Promise.resolve();
  }));

test('EXPLAIN and the report tell where rows are; what is persisted stays as it is', () =>
  withSession(async (session, tmp) => {
    const df = session.sql('SELECT id FROM range(100000)');
    const [memory, disk] = [df.cache(), df.persist('DISK_ONLY')];
    assert.is(placeOf(memory), 'nowhere');
    assert.is(disk.persist('MEMORY_ONLY'), disk);
    assert.is(await memory.count(), 100_000);
    assert.is(session.memory().disk, 0);
    assert.equal(readdirSync(tmp), []);
    assert.is(await disk.count(), 100_000);
    assert.is(placeOf(memory), 'memory');
    assert.is(placeOf(disk), 'disk');
    assert.match(disk.explainText(), / {2}scan cached arrow \(\d+ files\)\n/);
    const sizes = filesIn(tmp).map((path) => statSync(path).size);
    assert.is(
      session.memory().disk,
      sizes.reduce((sum, size) => sum + size),
    );
    assert.ok(session.memory().disk > 800_000);
    assert.is(statSync(join(tmp, readdirSync(tmp)[0]!)).mode & 0o777, 0o700);
    disk.unpersist();
    assert.is(placeOf(disk), 'nowhere');
    assert.is(session.memory().disk, 0);
    await until('files of an unpersisted DataFrame are there', () => filesIn(tmp).length === 0);
    assert.is(await disk.count(), 100_000);
    assert.is(placeOf(disk), 'disk');
  }));

/** Types that no generator makes, with nulls, and names that repeat. */
const EVERY_TYPE = `SELECT id, if(id % 7 = 0, null, id % 3 = 0) AS b, cast(id % 100 AS tinyint) AS ti, cast(id AS smallint) AS si, cast(id AS int) AS i,
  cast(id AS float) / 3 AS f, cast(if(id % 5 = 0, null, id / 7) AS float) AS g, cast(id AS double) / 7 AS d, double('NaN') AS nan, -0e0 AS z,
  cast(id AS decimal(9,2)) AS d9, cast(id AS decimal(18,4)) AS d18, cast(id AS decimal(38,10)) AS d38, repeat('x', cast(id AS int) % 40) AS s,
  cast(cast(id AS string) AS binary) AS bin, date_add(date'1700-01-01', cast(id AS int) * 97) AS dt, timestamp'1583-01-01 00:00:00.123456' AS ts,
  if(id % 2 = 0, null, timestamp_ntz'2020-02-29 23:59:59.999999') AS tn, interval '1 02:03:04.5' day to second AS di, interval '3' hour AS hi,
  if(id % 3 = 0, null, interval '5:06' minute to second) AS ms, interval '1-2' year to month AS ym, interval '-3' month AS mm, interval '7' year AS yy,
  null AS n, array() AS an, array(null) AS ann, array(interval '3' hour, null) AS ai, map('a', interval '3' month) AS mi, struct(interval '3' day AS x, null AS y) AS st,
  array(cast(id AS float), null) AS af, array(timestamp_ntz'2020-01-01 00:00:00') AS at, 'one' AS A, 'two' AS a, 'three' AS a FROM range(300)`;

for (const level of LEVELS) {
  test(`${level}: every type, columns of one name, their order and types`, () =>
    withSession(
      async (session) => {
        const df = session.sql(EVERY_TYPE);
        const kept = df.persist(level);
        deepStrictEqual(kept.schema, df.schema);
        const rows = (of: DataFrame): Promise<unknown> => of.toColumns();
        const expected = await rows(df);
        deepStrictEqual(await rows(kept), expected);
        deepStrictEqual(await rows(kept), expected);
        for (const name of ['di', 'hi', 'ms', 'ym', 'mm', 'ai', 'n', 'A']) {
          const text = (of: DataFrame): Promise<Row[]> =>
            of.selectExpr(`cast(${name === 'A' ? 'nan' : name} AS string) AS t`).collect();
          deepStrictEqual(await text(kept), await text(df), name);
        }
      },
      { splitRows: 64 },
    ));

  for (const [place, splitRows] of [
    ['inline', undefined],
    ['executors', 7],
  ] as const) {
    test(
      `${level}, ${place}: generated tables`,
      () =>
        withSession(
          (session) =>
            fc.assert(
              fc.asyncProperty(
                fc
                  .tuple(flatTypes, flatTypes, nestedTypes)
                  .chain((types) =>
                    fc.tuple(
                      fc.constant(types),
                      fc.array(fc.tuple(...types.map((type) => valuesOf(type))), { maxLength: 60, size: '+1' }),
                    ),
                  ),
                async ([types, values]) => {
                  const schema = T.schema([T.field('k', T.INT, false), ...types.map((type, i) => T.field(`v${i}`, type))]);
                  const data = values.map((row, k): Row => ({
                    k,
                    ...Object.fromEntries(row.map((value, i) => [`v${i}`, value])),
                  }));
                  const df = session.createDataFrame(data, schema);
                  const kept = df.persist(level);
                  const expected = shown(await df.collect());
                  assert.is(shown(await kept.collect()), expected, 'collect');
                  assert.is(shown(await kept.select('v2').collect()), shown(await df.select('v2').collect()), 'one column');
                  assert.is(
                    shown(await kept.filter('v0 IS NULL').collect()),
                    shown(await df.filter('v0 IS NULL').collect()),
                    'filter',
                  );
                  assert.is(await kept.count(), data.length);
                  kept.unpersist();
                },
              ),
              { seed, numRuns: 25 },
            ),
          splitRows === undefined ? { engine: inline } : { splitRows },
        ),
      { timeoutMs: 120_000 },
    );
  }

  test(`${level}: no rows, no columns, few partitions`, () =>
    withSession(async (session) => {
      const none = session.sql('SELECT id, array(id) AS a FROM range(1000) WHERE id < 0').persist(level);
      for (let i = 0; i < 2; i++) {
        assert.equal(await none.collect(), []);
        assert.is(await none.count(), 0);
        assert.equal(await none.groupBy('a').count().collect(), []);
      }
      const bare = session.range(5).drop('id').persist(level);
      for (let i = 0; i < 2; i++) assert.is(await bare.count(), 5);
      assert.equal(await bare.collect(), [{}, {}, {}, {}, {}]);
      const parts = session.range(0, 1000, 1, 7).filter('id % 500 < 200').persist(level);
      await parts.count();
      const inMemory = session.range(0, 1000, 1, 7).filter('id % 500 < 200').persist('MEMORY_ONLY');
      await inMemory.count();
      assert.is(parts.getNumPartitions(), inMemory.getNumPartitions());
      const sizes = (df: DataFrame): Promise<unknown> => df.map((row) => ({ id: row['id'] }), { schema: 'id bigint' }).collect();
      assert.equal(await sizes(parts), await sizes(inMemory));
    }));
}

/** Queries of all kinds over a view `t`. */
const QUERIES = [
  'SELECT * FROM t',
  'SELECT count(*) AS n, sum(x) AS s, min(name) AS m FROM t',
  'SELECT g, count(*) AS n, avg(x) AS a, max(name) AS m FROM t WHERE x > 100 GROUP BY g ORDER BY g',
  'SELECT name FROM t WHERE g = 3 AND x < 500',
  'SELECT * FROM t LIMIT 10 OFFSET 5000',
  'SELECT DISTINCT g FROM t ORDER BY g DESC',
  'SELECT name, x FROM t ORDER BY x DESC, name LIMIT 20',
  'SELECT id FROM t WHERE id < 10 UNION ALL SELECT g FROM t WHERE id > 29990',
  'SELECT explode(array(id, g)) AS e FROM t WHERE id % 1000 = 0',
];

test('queries over files answer as queries over memory, rows in the same order', () =>
  withSession(
    async (session) => {
      const rows = session.sql(
        "SELECT id, id % 17 AS g, (id * 7919) % 1000 / 7 AS x, concat('n', id % 1000) AS name FROM range(30000)",
      );
      const answers = new Map<StorageLevel, unknown[]>();
      for (const level of LEVELS) {
        const kept = rows.persist(level);
        kept.createOrReplaceTempView('t');
        const all: unknown[] = [];
        for (const query of QUERIES) all.push(await session.sql(query).collect());
        const one: Row[] = [];
        for await (const row of kept.toLocalIterator()) one.push(row);
        all.push(one, await kept.coalesce(2).collect(), await kept.repartition(3).take(100));
        answers.set(level, all);
      }
      for (const level of LEVELS) deepStrictEqual(answers.get(level), answers.get('MEMORY_ONLY'), level);
    },
    { splitRows: 1000 },
  ));

test('values nested as deep as they may be', () =>
  withSession(async (session) => {
    for (const [open, close] of [
      ['array(', ')'],
      ["map('a', ", ')'],
      ['struct(', ')'],
    ] as const) {
      const df = session.sql(`SELECT ${open.repeat(64)}id${close.repeat(64)} AS v FROM range(3)`);
      assert.is(shown(await df.persist('DISK_ONLY').collect()), shown(await df.collect()), open);
    }
  }));

test('of files only the columns that a query needs are read', () =>
  withSession(async (session) => {
    const wide = session.sql("SELECT id, repeat('x', 1000) AS s FROM range(20000)").persist('DISK_ONLY');
    await wide.count();
    const read = async (df: DataFrame): Promise<number> =>
      Number(/(\d+) bytes read/.exec(await session.explainAnalyze(df.resolved))![1]);
    assert.ok((await read(wide.agg(sum('id').as('s')))) < 400_000);
    assert.ok((await read(wide.select('s'))) > 20_000_000);
  }));

test('the files are ordinary Arrow files, which apache-arrow reads', () =>
  withSession(async (session, tmp) => {
    const df = session
      .sql("SELECT cast(id AS int) AS id, concat('row ', id) AS s, id / 2 AS d FROM range(1000)")
      .persist('DISK_ONLY');
    const expected = await df.collect();
    const rows = filesIn(tmp).flatMap((path) =>
      tableFromIPC(readFileSync(path))
        .toArray()
        .map((row) => ({ ...row?.toJSON() })),
    );
    assert.equal(
      rows.sort((a, b) => Number(a['id']) - Number(b['id'])),
      expected,
    );
    const back = await session.read.format('arrow').load(filesIn(tmp)).orderBy('id').collect();
    assert.equal(back, expected);
  }));

test('first actions at the same time compute the rows once', () =>
  withSession(async (session) => {
    for (const level of LEVELS) {
      let jobs = 0;
      const off = session.on('jobStart', () => jobs++);
      const df = session.sql('SELECT id, sqrt(id) AS r FROM range(300000)').persist(level);
      assert.equal(
        await Promise.all(Array.from({ length: 8 }, () => df.count())),
        Array.from({ length: 8 }, () => 300_000),
      );
      off();
      assert.ok(jobs <= 9, `${level}: ${jobs} jobs`);
    }
  }));

test('rows stay while queries read them, and go with the last one', () =>
  withSession(
    async (session, tmp) => {
      for (const level of LEVELS) {
        for (let round = 0; round < 4; round++) {
          const df = session.sql('SELECT id, cast(id AS string) AS t FROM range(200000)').persist(level);
          await df.count();
          const running = [df.groupBy('t').count().count(), df.filter('id % 2 = 0').count()];
          await sleep(round * 3);
          df.unpersist();
          // Would lie where the rows did.
          const other = session.sql("SELECT -id AS id, concat('x', id) AS t FROM range(200000)").persist(level);
          assert.is(await other.count(), 200_000);
          assert.equal(await Promise.all(running), [200_000, 100_000], `${level}, round ${round}`);
          other.unpersist();
        }
      }
      await until('files are there', () => filesIn(tmp).length === 0);
      const held = (): number => session.memory().domains.find(({ kind }) => kind === 'cache')!.used;
      await until('memory is held', () => held() === 0);
    },
    { splitRows: 5000 },
  ));

test('rows that are read one by one survive that they are unpersisted', () =>
  withSession(
    async (session) => {
      for (const level of LEVELS) {
        const df = session.range(0, 3000, 1, 6).persist(level);
        const rows: unknown[] = [];
        for await (const { id } of df.toLocalIterator()) {
          if (rows.length % 700 === 0) df.unpersist();
          rows.push(id);
        }
        assert.equal(
          rows,
          Array.from({ length: 3000 }, (_, i) => i),
          level,
        );
      }
    },
    { splitRows: 200 },
  ));

/** What may become of a file in the directory for temporary files. */
const LOSSES: readonly (readonly [what: string, lose: (path: string, tmp: string) => void])[] = [
  ['deleted', (path) => rmSync(path)],
  ['truncated', (path) => truncateSync(path, Math.floor(statSync(path).size / 2))],
  ['empty', (path) => truncateSync(path, 0)],
  [
    'overwritten, with the size and time that it had',
    (path) => {
      const { size, atime, mtime } = statSync(path);
      writeFileSync(path, Buffer.alloc(size, 7));
      utimesSync(path, atime, mtime);
    },
  ],
  ['another file', (path) => renameSync(path, `${path}.other`)],
  ['gone with all others', (_, tmp) => readdirSync(tmp).forEach((name) => rmSync(join(tmp, name), { recursive: true }))],
];

for (const [what, lose] of LOSSES) {
  test(`a file that is ${what}: the rows are computed anew`, () =>
    withSession(
      async (session, tmp) => {
        let jobs = 0;
        const df = session.sql('SELECT id, id * 3 AS x FROM range(10000)').persist('DISK_ONLY');
        const total = df.filter('id > 5').agg(sum('x').as('s'));
        const expected = await total.collect();
        const loseOne = async (n: number): Promise<void> => {
          await until('the files before are there', () => new Set(filesIn(tmp).map(dirname)).size === 1);
          lose(filesIn(tmp).at(n)!, tmp);
        };
        for (const n of [0, 1, -1]) {
          await loseOne(n);
          const off = session.on('jobStart', () => jobs++);
          jobs = 0;
          assert.equal(await total.collect(), expected);
          assert.is(jobs, 2, 'once');
          assert.equal(await total.collect(), expected);
          assert.is(jobs, 3, 'and stays');
          off();
          assert.is(placeOf(df), 'disk');
        }
        await loseOne(0);
        assert.ok(df.getNumPartitions() > 0);
        assert.equal(await total.collect(), expected);
        await loseOne(0);
        assert.is(df.map((row) => ({ y: Number(row['x']) + 1 })).schema.fields[0]!.name, 'y');
      },
      { splitRows: 1000 },
    ));
}

test('files that are lost while a query reads them', () =>
  withSession(
    async (session, tmp) => {
      const sevens = Array.from({ length: 200_000 }, (_, id) => String(id)).filter((text) => text.includes('7')).length;
      let retried = 0;
      for (let round = 0; round < 12; round++) {
        const df = session.sql('SELECT id, cast(id AS string) AS t FROM range(200000)').persist('DISK_ONLY');
        await df.count();
        let jobs = 0;
        const off = session.on('jobStart', () => jobs++);
        const answer = df.filter("t LIKE '%7%'").groupBy('t').count().count();
        await sleep(round);
        for (const path of filesIn(tmp).slice(-30)) rmSync(path, { force: true });
        assert.is(await answer, sevens);
        off();
        if (jobs > 1) retried++;
        df.unpersist();
      }
      console.log(`  ${retried} of 12 queries began again`);
    },
    { splitRows: 2000 },
  ));

test('files that are lost while they are written to another place', () =>
  withSession(
    async (session, tmp) => {
      await withTempFolder(async (folder) => {
        let retried = 0;
        for (let round = 0; round < 8; round++) {
          const df = session.sql('SELECT id, cast(id AS string) AS t FROM range(200000)').persist('DISK_ONLY');
          await df.count();
          let jobs = 0;
          const off = session.on('jobStart', () => jobs++);
          const path = join(folder, 'out.parquet');
          const written = df.write.mode('overwrite').parquet(path);
          await sleep(round * 3);
          for (const file of filesIn(tmp).slice(-10)) rmSync(file, { force: true });
          assert.is(await written, 200_000);
          off();
          if (jobs > 1) retried++;
          const back = session.read.parquet(path);
          assert.equal(await back.agg(sum('id').as('s'), count().as('n')).collect(), [{ s: 19_999_900_000, n: 200_000 }]);
          assert.equal(readdirSync(folder), ['out.parquet']);
          df.unpersist();
        }
        console.log(`  ${retried} of 8 writes began again`);
      });
    },
    { splitRows: 2000 },
  ));

test('where memory has no room, rows go into files; MEMORY_ONLY is an error', () =>
  withLittleMemory('32m', async (session) => {
    const large = session.sql("SELECT id, id * 2 AS b, concat('row number ', id) AS t FROM range(2000000)");
    const error = await failure(large.persist('MEMORY_ONLY').count());
    assert.instance(error, ResourceError);
    assert.is(error.code, 'OUT_OF_MEMORY');
    const kept = large.cache();
    assert.is(await kept.count(), 2_000_000);
    assert.is(placeOf(kept), 'disk');
    assert.equal(await kept.filter('id = 1234567').collect(), [{ id: 1234567, b: 2469134, t: 'row number 1234567' }]);
    const little = session.sql('SELECT id FROM range(100000)').cache();
    assert.is(await little.count(), 100_000);
    assert.is(placeOf(little), 'memory');
  }));

test('rows in memory make way for queries, those that were read longest ago first', () =>
  withLittleMemory('50m', async (session) => {
    const numbers = (by: number): DataFrame => session.sql(`SELECT id, id * ${by} AS b FROM range(600000)`);
    const [fixed, first, second] = [numbers(1).persist('MEMORY_ONLY'), numbers(2).cache(), numbers(3).cache()];
    for (const df of [fixed, second, first, second]) assert.is(await df.count(), 600_000);
    const places = (): string[] => [fixed, first, second].map(placeOf);
    assert.equal(places(), ['memory', 'memory', 'memory']);
    // Of 50 MiB the three take 34, and sorting needs 23.
    const sorted = session.sql('SELECT id, id % 7 AS k FROM range(300000)').orderBy('k', 'id').limit(290_000);
    assert.is(await sorted.count(), 290_000);
    assert.is(places()[0], 'memory');
    assert.is.not(places()[1], 'memory');
    for (const df of [fixed, first, second]) assert.is(await df.filter('b % 2 = 0').count(), df === first ? 600_000 : 300_000);
    assert.is(places()[1], 'disk');
    // One that no memory is enough for: it fails for itself, and what is cached is there.
    const error = await failure(
      session.sql('SELECT id, id % 7 AS k FROM range(5000000)').orderBy('k', 'id').limit(4_900_000).count(),
    );
    assert.instance(error, ResourceError);
    assert.is(error.code, 'OUT_OF_MEMORY');
    for (const df of [fixed, first, second]) assert.is(await df.count(), 600_000);
  }));

test('rows of other sessions make way too, and stay theirs', () =>
  withLittleMemory('50m', async (session) => {
    const other = await Session.create({ engine: session.engine });
    const [theirs, ours] = [other, session].map((of) => of.sql('SELECT id, id * 3 AS b FROM range(600000)').cache()) as [
      DataFrame,
      DataFrame,
    ];
    for (const df of [theirs, ours]) assert.is(await df.count(), 600_000);
    assert.is(await session.sql('SELECT id, id % 7 AS k FROM range(400000)').orderBy('k', 'id').limit(390_000).count(), 390_000);
    assert.is(placeOf(theirs), 'disk');
    assert.is(await theirs.filter('b % 2 = 0').count(), 300_000);
    await other.close();
    assert.is(await ours.filter('b % 2 = 0').count(), 300_000);
  }));

test.when(mayMount())('a full disk is an error with a hint, and leaves no files', () =>
  withSmallDisk((folder) =>
    insteadOfTmpdir(folder, () =>
      withSessionOf(engine, {}, async (session) => {
        const large = session.sql('SELECT id, id * 7919 AS x FROM range(300000)');
        for (let i = 0; i < 2; i++) {
          const error = await failure(large.persist('DISK_ONLY').count());
          assert.instance(error, ResourceError);
          assert.is(error.code, 'DISK_FULL');
          assert.is(
            error.message,
            `There is no room below '${folder}' for the rows of a cached DataFrame. Free some space there, name a larger place in the environment variable TMPDIR, or persist less.`,
          );
          assert.equal(filesIn(folder), []);
        }
        const small = session.range(1000).persist('DISK_ONLY');
        assert.is(await small.count(), 1000);
        assert.is(placeOf(small), 'disk');
        assert.is(await large.cache().count(), 300_000);
      }),
    ),
  ),
);

test('a directory for temporary files that is none', () =>
  withTmpdir((tmp) =>
    insteadOfTmpdir(join(tmp, 'none'), () =>
      withSessionOf(engine, {}, async (session) => {
        const error = await failure(session.range(5).persist('DISK_ONLY').count());
        assert.is(error.code, 'PATH_NOT_WRITABLE');
        assert.ok(error.message.startsWith(`'${join(tmp, 'none')}' cannot be written: ENOENT`), error.message);
        assert.is(await session.range(5).cache().count(), 5);
      }),
    ),
  ));

test('a session that is closed while rows go into files leaves none', async () => {
  for (let wait = 0; wait < 8; wait++)
    await withSession(async (session) => {
      const filling = failure(session.sql('SELECT id, cast(id AS string) AS t FROM range(3000000)').persist('DISK_ONLY').count());
      await sleep(wait * 4);
      await session.close();
      assert.is((await filling).code, 'SESSION_CLOSED');
    });
});

test('a cancelled action leaves nothing, and the next one computes the rows', () =>
  withSession(async (session, tmp) => {
    const df = session.sql('SELECT id, cast(id AS string) AS t FROM range(1000000)').persist('DISK_ONLY');
    const error = await failure(df.count({ timeout: 10 }));
    assert.is(error.code, 'TIMEOUT');
    await until('files of a cancelled action', () => filesIn(tmp).length === 0);
    assert.is(await df.count(), 1_000_000);
  }));

test('caches over caches', () =>
  withSession(async (session) => {
    for (const outerLevel of LEVELS)
      for (const innerLevel of LEVELS) {
        const inner = session.sql('SELECT id, id % 10 AS g FROM range(20000)').persist(innerLevel);
        const outer = inner.groupBy('g').count().orderBy('g').persist(outerLevel);
        const expected = await outer.collect();
        assert.is(expected.length, 10);
        inner.unpersist();
        assert.equal(await outer.collect(), expected);
        // What the outer one has, nobody computes the inner one for.
        assert.is(placeOf(inner), 'nowhere');
        outer.unpersist();
        assert.equal(await outer.collect(), expected);
        assert.is.not(placeOf(inner), 'nowhere');
      }
  }));

test.run();
