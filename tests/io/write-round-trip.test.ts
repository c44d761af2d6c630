import { join } from 'node:path';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { Engine, Session, type Row } from '../../lib/index.js';
import { defaultSeed } from '../support/random.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';

/** Generated tables, written and read back in every format, into one file and many, with and without partition columns. */

const test = suite('write round trips');
const seed = defaultSeed();
console.log(`  QUERN_SEED=${seed}`);
let engine: Engine;
test.before(async () => {
  engine = await Engine.create({ workers: 2 });
});
test.after(() => engine.close());

const SCHEMA = 'n int, b boolean, l bigint, d double, c decimal(12,3), s string, day date, t timestamp, p int, q string';
const day = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });

const ROW = fc.record({
  b: fc.option(fc.boolean()),
  l: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  d: fc.option(fc.double({ noNaN: true })),
  c: fc.option(fc.integer({ min: -1e9, max: 1e9 }).map((value) => (value / 1000).toFixed(3))),
  s: fc.option(fc.string({ unit: 'grapheme', maxLength: 20 })),
  day: fc.option(day.map((date) => date.toISOString().slice(0, 10))),
  t: fc.option(day),
  p: fc.option(fc.integer({ min: -3, max: 3 })),
  q: fc.option(fc.constantFrom('a', 'b/c', 'd e')),
});

const TABLES = fc
  .sample(fc.array(ROW, { maxLength: 400, size: 'max' }), { numRuns: 4, seed })
  .map((rows) => rows.map((row, n): Row => ({ n, ...row })));

const FORMATS = ['csv', 'json', 'parquet', 'arrow', 'arrows'] as const;

for (const [i, rows] of [...TABLES, []].entries()) {
  test(`table ${i}, ${rows.length} rows`, () =>
    withTempFolder(async (folder) => {
      const session = await Session.create({ engine, splitRows: 64 });
      const df = session.createDataFrame(rows, SCHEMA);
      const expected = await df.collect({ timestamp: 'string' });
      const ways = [
        { name: 'one', write: df.write },
        { name: 'many', write: df.repartition(3).write },
        { name: 'limited', write: df.write.option('maxRecordsPerFile', 50) },
        { name: 'parts', write: df.write.partitionBy('p', 'q') },
      ];
      for (const format of FORMATS) {
        for (const { name, write } of ways) {
          const path = join(folder, `${name}-${format}${name === 'one' ? `.${format}` : ''}`);
          assert.is(await write.format(format).save(path), rows.length);
          // Of partitions without rows there is nothing to read.
          if (rows.length === 0 && name === 'parts') continue;
          const reader = session.read.format(format === 'arrows' ? 'arrow' : format).schema(SCHEMA);
          const back = await (format === 'csv' ? reader.option('header', true) : reader)
            .load(path)
            .select('n', 'b', 'l', 'd', 'c', 's', 'day', 't', 'p', 'q')
            .orderBy('n')
            .collect({ timestamp: 'string' });
          assert.is(back.length, expected.length, `${name} ${format}, seed ${seed}`);
          back.forEach((row, at) => assert.equal(row, expected[at], `${name} ${format}, row ${at}, seed ${seed}`));
        }
      }
      await session.close();
    }));
}

test.run();
