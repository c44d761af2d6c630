import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { Engine, Session } from '../../../lib/index.js';
import { duckDB } from '../../support/duckdb.js';
import { seededRandom, type Random } from '../../support/random.js';
import { suite } from '../../support/suite.js';
import { withTempFolder } from '../../support/temp-folder.js';

/** What is not read, and that nothing is missed by it. */
const test = suite('parquet pruning');
let engine: Engine;
test.before(async () => {
  engine = await Engine.create({ workers: 2 });
});
test.after(() => engine.close());

const ROWS = 20_000;
const GROUP_ROWS = 4000;
const PAGE_ROWS = 500;

/** Sorted numbers; texts of which a row group has few; texts that are all different; numbers with nulls. */
function rowAt(i: number): Record<string, unknown> {
  return {
    id: i,
    kind: `kind ${(i % 7) + 10 * Math.floor(i / GROUP_ROWS)}`,
    key: `key ${(i * 7919) % ROWS} of many`,
    amount: i % 11 === 0 ? null : ((i * 31) % 1000) / 4,
  };
}

/** Row groups end where tasks of the writer do, so there may be one or two more than rows ask for. */
const SCHEMA = 'id bigint not null, kind string, key string, amount double';

async function withFile(body: (session: Session, path: string) => Promise<void>): Promise<void> {
  await withTempFolder(async (folder) => {
    const session = await Session.create({ engine });
    const path = join(folder, 'data.parquet');
    const rows = Array.from({ length: ROWS }, (_, i) => rowAt(i));
    await session.createDataFrame(rows, SCHEMA).write.parquet(path, {
      rowGroupRows: GROUP_ROWS,
      'parquet.page.row.count.limit': PAGE_ROWS,
      'parquet.bloom.filter.enabled#key': true,
    });
    await body(session, path);
    await session.close();
  });
}

/** The line of EXPLAIN ANALYZE on the stage that reads, from the bytes on. */
async function readLine(session: Session, sql: string): Promise<string> {
  const [row] = await session.sql(`EXPLAIN ANALYZE ${sql}`).collect();
  const text = Object.values(row!)[0] as string;
  return /Stage 0: \d+ tasks, \d+ rows, (.*), [\d.]+ ms of executor time(.*)/.exec(text)!.slice(1).join('');
}

test('row groups by statistics, pages by their index', () =>
  withFile(async (session, path) => {
    const from = `FROM parquet.\`${path}\``;
    assert.equal(await session.sql(`SELECT count(*) AS n, sum(id) AS s ${from} WHERE id BETWEEN 4600 AND 4700`).collect(), [
      { n: 101, s: 469_650 },
    ]);
    assert.match(
      await readLine(session, `SELECT count(*), sum(id) ${from} WHERE id BETWEEN 4600 AND 4700`),
      /, 1 pages read, skipped row groups by statistics \d; pages by page index 7, no row left \d$/,
    );
    assert.match(
      await readLine(session, `SELECT sum(amount) ${from} WHERE id > 90000`),
      /^0 bytes read, skipped row groups by statistics \d$/,
    );
    assert.match(
      await readLine(session, `SELECT sum(id) ${from} WHERE amount IS NULL AND id < 0`),
      /^0 bytes read, skipped row groups by statistics \d$/,
    );
  }));

test('row groups by dictionary', () =>
  withFile(async (session, path) => {
    const from = `FROM parquet.\`${path}\``;
    const sql = `SELECT count(*) AS n ${from} WHERE kind IN ('kind 13x', 'kind 23', 'kind 2x')`;
    assert.equal(await session.sql(sql).collect(), [{ n: 571 }]);
    assert.match(await readLine(session, sql), /skipped row groups by (statistics \d, )?dictionary \d/);
  }));

test('row groups by Bloom filter', () =>
  withFile(async (session, path) => {
    const sql = `SELECT count(*) AS n FROM parquet.\`${path}\` WHERE key = 'key 7777x of many'`;
    assert.equal(await session.sql(sql).collect(), [{ n: 0 }]);
    // A header and a block of each filter.
    assert.match(await readLine(session, sql), /^[1-9]\d{1,3} bytes read, skipped row groups by Bloom filter \d$/);
    const hit = `SELECT id FROM parquet.\`${path}\` WHERE key = 'key 7919 of many'`;
    assert.equal(await session.sql(hit).collect(), [{ id: 1 }]);
    assert.match(await readLine(session, hit), /Bloom filter \d/);
  }));

test('other columns only in pages with rows that are left', () =>
  withFile(async (session, path) => {
    const sql = `SELECT id, key, amount FROM parquet.\`${path}\` WHERE id = 11111 OR id = 11112`;
    assert.equal(await session.sql(sql).collect(), [
      { id: 11_111, key: 'key 8009 of many', amount: 110.25 },
      { id: 11_112, key: 'key 15928 of many', amount: 118 },
    ]);
    // All pages of id (row groups may end with shorter ones), and one of each other column.
    const pages = Number(/(\d+) pages read/.exec(await readLine(session, sql))![1]);
    assert.ok(pages <= ROWS / PAGE_ROWS + 6, `${pages} pages`);
  }));

test('little that is left is read on the thread that asked', () =>
  withTempFolder(async (folder) => {
    const session = await Session.create({ engine });
    const path = join(folder, 'wide.parquet');
    await session
      .sql('SELECT id, id * 3 AS three, CAST(id AS double) / 4 AS quarter FROM range(400000)')
      .write.parquet(path, { rowGroupRows: 100_000, 'parquet.page.row.count.limit': 2000 });
    const executors = async (where: string, answer: number): Promise<number[]> => {
      const seen = new Set<number>();
      const off = session.on('taskEnd', ({ executor }) => seen.add(executor));
      const rows = await session
        .sql(`SELECT count(*) AS n, sum(three) AS s, sum(quarter) AS q FROM parquet.\`${path}\` WHERE ${where}`)
        .collect();
      off();
      assert.is(rows[0]!['n'], answer, where);
      return [...seen].sort((a, b) => a - b);
    };
    assert.equal(await executors('id BETWEEN 123456 AND 123460', 5), [0]);
    assert.equal(await executors('id = 123456 AND three < 10', 0), [0]);
    assert.equal(await executors('id > 400000', 0), [0]);
    assert.not.ok((await executors('id >= 0', 400_000)).includes(0));
    assert.not.ok((await executors('three % 2 = 0', 200_000)).includes(0));
    await session.close();
  }));

test('whole numbers in dictionaries', () =>
  withTempFolder(async (folder) => {
    const session = await Session.create({ engine });
    const path = join(folder, 'codes.parquet');
    // Every third number, each of them twenty times, up to the ends of the range.
    const ends = ['-9223372036854775808', '9223372036854775807'];
    await session
      .sql(
        `SELECT CAST(v * 3 AS bigint) AS v, CAST(v AS decimal(12,2)) AS d FROM (SELECT id % 3000 AS v FROM range(60000)) UNION ALL SELECT CAST('${ends[0]}' AS bigint), 1 UNION ALL SELECT CAST('${ends[1]}' AS bigint), 2`,
      )
      .coalesce(1)
      .write.parquet(path, { rowGroupRows: 100_000 });
    const from = `FROM parquet.\`${path}\``;
    const count = async (where: string): Promise<unknown> =>
      (await session.sql(`SELECT count(*) AS n ${from} WHERE ${where}`).collect())[0]!['n'];
    assert.is(await count('v = 3000'), 20);
    assert.is(await count('v = 3001'), 0);
    assert.is(await count('v IN (3001, 3002, 3003)'), 20);
    assert.is(await count(`v = ${ends[1]}`), 1);
    assert.is(await count(`v = CAST('${ends[0]}' AS bigint)`), 1);
    assert.is(await count('v = 9223372036854775806'), 0);
    assert.is(await count('d = 2999.00'), 20);
    assert.is(await count('d = 2998.50'), 0);
    for (const where of ['v = 3001', 'd = 2998.50'])
      assert.match(await readLine(session, `SELECT count(*) ${from} WHERE ${where}`), /dictionary 1/, where);
    await session.close();
  }));

test('counting rows reads nothing', () =>
  withFile(async (session, path) => {
    assert.equal(await session.sql(`SELECT count(*) AS n, max(id) AS m FROM parquet.\`${path}\``).collect(), [
      { n: ROWS, m: ROWS - 1 },
    ]);
  }));

const OPS = ['=', '<', '<=', '>', '>=', '<>'];

function condition(random: Random): string {
  const number = random.below(3000) - 100;
  switch (random.below(9)) {
    case 0:
      return `i ${random.pick(OPS)} ${number}`;
    case 1:
      return `s ${random.pick(OPS)} 's${random.below(40)}'`;
    case 2:
      return `d ${random.pick(OPS)} ${number / 8}`;
    case 3:
      return `u IN ('u${number}', 'u${number + 1}', 'nothing')`;
    case 4:
      return `s LIKE 's${random.below(4)}%'`;
    case 5:
      return `m ${random.pick(OPS)} CAST(${number / 100} AS decimal(9,2))`;
    case 6:
      return `${random.pick(['s', 'd', 'm', 't'])} IS ${random.pick(['', 'NOT '])}NULL`;
    case 7:
      return `t ${random.pick(OPS)} DATE '2024-01-01' + ${random.below(400)}`;
    default:
      return random.pick(['b', 'NOT b', `f ${random.pick(OPS)} ${number / 4}`]);
  }
}

test(
  'generated conditions over files of DuckDB and of quern: the answers are those without files',
  () =>
    withTempFolder(async (folder) => {
      const random = seededRandom('conditions');
      const duck = await duckDB();
      await duck.run(`CREATE OR REPLACE TABLE pruned AS SELECT
        i::BIGINT AS i, CASE WHEN i % 13 = 0 THEN NULL ELSE 's' || (i // 97) END AS s,
        CASE WHEN i % 17 = 0 THEN NULL WHEN i % 301 = 0 THEN 'nan'::DOUBLE ELSE (i % 500) / 4.0 END AS d, 'u' || ((i * 7919) % 3000) AS u,
        CASE WHEN i > 2000 THEN NULL ELSE (i / 100)::DECIMAL(9,2) END AS m, DATE '2024-01-01' + (i // 8)::INT AS t, i > 1500 AS b, ((i % 200) - 100)::FLOAT AS f
        FROM range(3000) r(i)`);
      const session = await Session.create({ engine, splitBytes: 4096, batchRows: 64 });
      const codecs = ['snappy', 'zstd', 'gzip', 'lz4_raw', 'uncompressed', 'brotli'];
      const paths: string[] = [];
      for (const [n, codec] of codecs.entries()) {
        const path = join(folder, `duck${n}.parquet`);
        await duck.run(
          `COPY pruned TO '${path}' (FORMAT parquet, COMPRESSION ${codec}, ROW_GROUP_SIZE 2048, PARQUET_VERSION ${n % 2 === 0 ? 'V1' : 'V2'})`,
        );
        paths.push(path);
      }
      const own = join(folder, 'own.parquet');
      await session.read.parquet(paths[0]!).write.parquet(own, {
        rowGroupRows: 700,
        'parquet.page.row.count.limit': 60,
        'parquet.bloom.filter.enabled': true,
      });
      paths.push(own);
      for (let run = 0; run < 150; run++) {
        const where = Array.from({ length: random.between(1, 3) }, () => condition(random)).join(' AND ');
        const select = `SELECT count(*) AS n, sum(i) AS si, sum(length(s)) AS ss, count(d) AS d, sum(m) AS sm, max(u) AS mu, count(*) FILTER (WHERE b) AS b`;
        const reader = await duck.runAndReadAll(`${select} FROM pruned WHERE ${where}`);
        const expected = reader.getRows()[0]!.map((value) => (value === null ? null : String(value)));
        const path = random.pick(paths);
        const [row] = await session.sql(`${select} FROM parquet.\`${path}\` WHERE ${where}`).collect();
        const found = Object.values(row!).map((value) => (value === null ? null : `${value as number | string}`));
        assert.equal(found, expected, `${path}: ${where}`);
      }
      await session.close();
    }),
  { timeoutMs: 120_000 },
);

test.run();
