import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { Session } from '../../../lib/index.js';
import { suite } from '../../support/suite.js';
import { withTempFolder } from '../../support/temp-folder.js';

const test = suite('parquet codes');

// Row groups have dictionaries of their own, one after the other in the same memory: the first to come in each is another.
const ROWS =
  "SELECT id, concat('k', CAST((id + id DIV 1000) % 7 AS STRING)) AS k, concat('g', CAST((id * 3 + id DIV 500) % 5 AS STRING)) AS g FROM range(20000)";

for (const workers of [0, 2]) {
  test(`groups by strings of many row groups, ${workers} executors`, () =>
    withTempFolder(async (folder) => {
      await using session = await Session.create({ workers });
      const path = join(folder, 'rows.parquet');
      await session.sql(ROWS).write.option('rowGroupRows', 1000).parquet(path);
      const groups = (from: string, keys: string): Promise<unknown[]> =>
        session.sql(`SELECT ${keys}, count(*) AS n, sum(id) AS s FROM ${from} GROUP BY ${keys} ORDER BY ${keys}`).collect();
      for (const keys of ['k', 'k, g', 'g'])
        assert.equal(await groups(`'${path}'`, keys), await groups(`(${ROWS})`, keys), `by ${keys}`);
      // What a top-N keeps beside its keys is made of codes too.
      const top = (from: string): Promise<unknown[]> =>
        session.sql(`SELECT * FROM ${from} ORDER BY id % 997, id LIMIT 50`).collect();
      assert.equal(await top(`'${path}'`), await top(`(${ROWS})`), 'top');
    }));
}

test.run();
