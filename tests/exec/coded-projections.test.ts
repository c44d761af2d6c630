import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { Engine, type Session } from '../../lib/index.js';
import { withSessionAndFolder } from '../support/session.js';
import { seededRandom, type Random } from '../support/random.js';
import { suite } from '../support/suite.js';

/** Expressions over strings that come as codes are computed for dictionaries: in Parquet files and cached rows they answer as over rows that are computed. */
const test = suite('projections over codes');

const ROWS = `
  SELECT id, CASE WHEN id % 50 = 7 THEN NULL ELSE concat('s', CAST(id % 7 AS STRING)) END AS few,
    concat('more than twelve bytes ', CAST(id % 9 AS STRING)) AS long,
    CASE id % 5 WHEN 0 THEN NULL WHEN 1 THEN 'été' WHEN 2 THEN '' WHEN 3 THEN 'a b' ELSE 'SS' END AS wide,
    CASE WHEN id % 1000 = 999 THEN 'none' ELSE CAST(id % 20 AS STRING) END AS digits,
    concat('t', CAST(id % 256 AS STRING)) AS full,
    concat('u', CAST(id % 3001 AS STRING)) AS many, id * 7919 % 10007 AS number
  FROM range(0, 40000)`;

const STRINGS = ['few', 'long', 'wide', 'digits', 'full', 'many'];

/** Values of all kinds over a string alone. */
const VALUES = [
  (s: string) => `length(${s})`,
  (s: string) => `upper(${s})`,
  (s: string) => `concat(${s}, ' and more that is long')`,
  (s: string) => `coalesce(substring(${s}, 2), 'nothing')`,
  (s: string) => `try_cast(${s} AS INT)`,
  (s: string) => `try_cast(${s} AS DECIMAL(20, 2))`,
  (s: string) => `CAST(length(${s}) AS DOUBLE) / 3`,
  (s: string) => `CASE WHEN ${s} IS NULL THEN -1 WHEN ${s} LIKE '%1%' THEN length(${s}) ELSE NULL END`,
];

const CONDITIONS = [
  (s: string) => `${s} = 's3'`,
  (s: string) => `${s} <> 'SS'`,
  (s: string) => `${s} LIKE '%e%'`,
  (s: string) => `${s} LIKE 's_' OR ${s} IS NULL`,
  (s: string) => `${s} IN ('s1', '7', 'été', 'more than twelve bytes 4')`,
  (s: string) => `length(${s}) > 2`,
  (s: string) => `coalesce(${s}, 's2') >= 's2'`,
  (s: string) => `upper(${s}) = 'S5' AND ${s} IS NOT NULL`,
];

function queryOf(random: Random): string {
  const value = (): string => random.pick(VALUES)(random.pick(STRINGS));
  const conditions = Array.from({ length: random.below(3) }, () => random.pick(CONDITIONS)(random.pick(STRINGS)));
  if (random.bool(0.3)) conditions.push(random.pick(['number < 300', 'id % 3 = 1', 'number < 9000']));
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.map((condition) => `(${condition})`).join(' AND ')}`;
  const kept = random.bool(0.3) ? `, max(${random.pick(STRINGS)}) AS kept` : '';
  switch (random.below(4)) {
    case 0:
      return `SELECT count(*) AS n, count(${value()}) AS a, max(${value()}) AS b${kept} FROM rows${where}`;
    case 1:
      return `SELECT ${value()} AS k, count(*) AS n, min(${value()}) AS b${kept} FROM rows${where} GROUP BY 1 ORDER BY k`;
    case 2:
      return `SELECT id, ${value()} AS a, ${value()} AS b FROM rows${where} ORDER BY id`;
    default:
      return `SELECT ${random.pick(STRINGS)} AS s, ${value()} AS a, id FROM rows${where} ORDER BY a, id LIMIT 200`;
  }
}

async function sources(session: Session, folder: string): Promise<readonly (readonly [string, ReturnType<Session['sql']>])[]> {
  const path = join(folder, 'rows.parquet');
  await session.sql(ROWS).write.parquet(path);
  return [
    ['Parquet', session.read.parquet(path)],
    ['cached', session.sql(ROWS).cache()],
  ];
}

for (const workers of [0, 2]) {
  test(`generated queries, ${workers} executors`, async () => {
    const engine = await Engine.create({ workers });
    await withSessionAndFolder(engine, async (session, folder) => {
      const random = seededRandom('projections over codes');
      const plain = session.sql(ROWS);
      const given = await sources(session, folder);
      for (let i = 0; i < 60; i++) {
        const sql = queryOf(random);
        plain.createOrReplaceTempView('rows');
        const expected = await session.sql(sql).collect();
        for (const [name, rows] of given) {
          rows.createOrReplaceTempView('rows');
          assert.equal(await session.sql(sql).collect(), expected, `${name}: ${sql}`);
        }
      }
    });
    await engine.close();
  });
}

test('what no row that is left has does not raise; what one has does, as ever', async () => {
  const engine = await Engine.create({ workers: 0 });
  await withSessionAndFolder(engine, async (session, folder) => {
    const messages: string[] = [];
    for (const [name, rows] of [['plain', session.sql(ROWS)] as const, ...(await sources(session, folder))]) {
      rows.createOrReplaceTempView('rows');
      const sums = await session.sql(`SELECT sum(CAST(digits AS INT)) AS n FROM rows WHERE digits <> 'none'`).collect();
      assert.equal(sums, [{ n: 379_240 }], name);
      const failure = await session
        .sql('SELECT sum(CAST(digits AS INT)) AS n FROM rows')
        .collect()
        .then(
          () => 'no error',
          (error: unknown) => (error as Error).message,
        );
      messages.push(failure);
    }
    assert.match(messages[0]!, /'none'/);
    assert.equal(new Set(messages).size, 1, messages.join('\n'));
  });
  await engine.close();
});

test.run();
