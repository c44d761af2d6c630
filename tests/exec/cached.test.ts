import * as assert from 'uvu/assert';
import { Engine, Session } from '../../lib/index.js';
import { suite } from '../support/suite.js';

/** Queries over cached rows, whose strings may be codes, answer as over the rows computed anew. */
const test = suite('cached rows');

const ROWS = `
  SELECT id, CAST(id % 3 AS INT) AS three, CASE WHEN id % 50 = 7 THEN NULL ELSE concat('s', CAST(id % 7 AS STRING)) END AS few,
    concat('t', CAST(id % 251 AS STRING)) AS more, concat('u', CAST(id * 7919 % 30011 AS STRING)) AS many,
    concat('a string beyond twelve bytes ', CAST(id % 5 AS STRING)) AS long, id % 4 = 1 AS flag,
    CAST(id * 7919 % 100003 AS DOUBLE) / 7 AS number
  FROM range(0, 60000)`;

const QUERIES = [
  'SELECT few, count(*) AS n, sum(number) AS s FROM rows GROUP BY few ORDER BY few',
  'SELECT few, more, count(id) AS n FROM rows GROUP BY few, more ORDER BY few, more',
  'SELECT few, flag, three, max(more) AS m, min(few) AS f FROM rows GROUP BY few, flag, three ORDER BY few, flag, three',
  `SELECT few, count(*) AS n FROM rows WHERE few > 's3' AND more <> 't9' GROUP BY few ORDER BY few`,
  'SELECT upper(few) AS u, count(*) AS n FROM rows GROUP BY upper(few) ORDER BY u',
  'SELECT many, long, sum(number) AS s FROM rows GROUP BY many, long ORDER BY many, long LIMIT 500',
  'SELECT id, three, sum(number) AS s, count(few) AS n FROM rows GROUP BY id, three ORDER BY id LIMIT 500',
  'SELECT * FROM rows ORDER BY number DESC, id LIMIT 50',
  'SELECT few, more, long, many, id FROM rows WHERE flag ORDER BY id DESC LIMIT 700',
  'SELECT * FROM rows ORDER BY more, few, id LIMIT 300',
  'SELECT few, more FROM (SELECT few, more, id FROM rows UNION ALL SELECT long, few, id FROM rows) ORDER BY id, more LIMIT 400',
  'SELECT DISTINCT few, more FROM rows ORDER BY few, more',
  'SELECT few, long, more FROM rows WHERE id < 3000',
];

for (const workers of [0, 2]) {
  for (const batchRows of [undefined, 256]) {
    test(`${workers} executors, batches of ${batchRows ?? 'any size'}`, async () => {
      const engine = await Engine.create({ workers });
      const options = batchRows === undefined ? { engine } : { engine, batchRows };
      const session = await Session.create(options);
      const [plain, cached] = [session.sql(ROWS), session.sql(ROWS).cache()];
      for (const sql of QUERIES) {
        plain.createOrReplaceTempView('rows');
        const expected = await session.sql(sql).collect();
        cached.createOrReplaceTempView('rows');
        const found = await session.sql(sql).collect();
        assert.ok(expected.length > 0, sql);
        assert.equal(found, expected, sql);
      }
      await session.close();
      await engine.close();
    });
  }
}

test.run();
