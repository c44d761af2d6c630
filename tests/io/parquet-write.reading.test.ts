import { join } from 'node:path';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import * as T from '../../lib/core/types/data-type.js';
import { Engine, Session } from '../../lib/index.js';
import { nestedTypes, objectOf, shown, valuesOf } from '../support/nested.js';
import { defaultSeed, seededRandom } from '../support/random.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';
import { writeParquet, type Options } from './parquet-files.js';

const test = suite('parquet writing: reading again');
let engine: Engine;
test.before(async () => {
  engine = await Engine.create({ workers: 2 });
});
test.after(() => engine.close());

const optionSets: fc.Arbitrary<Options> = fc.record(
  {
    compression: fc.constantFrom('snappy', 'gzip', 'lz4_raw', 'uncompressed'),
    rowGroupRows: fc.constantFrom('1000', '20'),
    'parquet.page.row.count.limit': fc.constantFrom('20000', '7'),
    'parquet.page.size': fc.constantFrom('1048576', '200'),
    'parquet.enable.dictionary': fc.constantFrom('true', 'false'),
  },
  { requiredKeys: [] },
);

const tables = fc
  .array(nestedTypes, { minLength: 1, maxLength: 3 })
  .chain((types) =>
    fc.record({ types: fc.constant(types), rows: fc.array(fc.tuple(...types.map((type) => valuesOf(type))), { maxLength: 40 }) }),
  );

test(
  'nested tables come back',
  () =>
    withTempFolder(async (folder) => {
      const session = await Session.create({ engine });
      let file = 0;
      await fc.assert(
        fc.asyncProperty(tables, optionSets, async ({ types, rows }, options) => {
          const path = join(folder, `${file++}.parquet`);
          const schema = T.schema(types.map((type, c) => T.field(`c${c}`, type)));
          writeParquet(path, schema, rows, options);
          const read = await session.read.parquet(path).collect();
          const wanted = rows.map((row) => objectOf(T.struct(schema.fields), row));
          assert.equal(read.map(shown), wanted.map(shown));
        }),
        { seed: defaultSeed(), numRuns: 60, interruptAfterTimeLimit: 15_000 },
      );
    }),
  { timeoutMs: 90_000 },
);

test('tasks that begin within a row group read what its pages say', () =>
  withTempFolder(async (folder) => {
    const random = seededRandom('tasks');
    const path = join(folder, 'a.parquet');
    // Pages of random codes are not worth compressing: their bytes lie in the file as they are read.
    const rows = Array.from({ length: 60_000 }, (_, i) => [
      BigInt(i),
      random.pick(['AIR', 'MAIL', 'RAIL', 'SHIP', 'TRUCK', 'FOB', 'REG AIR']),
      random.below(7),
      `${random.next()} ${random.next()}`,
    ]);
    const schema = T.schema([T.field('i', T.BIGINT), T.field('mode', T.STRING), T.field('n', T.INT), T.field('text', T.STRING)]);
    writeParquet(path, schema, rows, { 'parquet.page.row.count.limit': '5000' });
    // The last makes two tasks, one for each executor.
    for (const splitBytes of [4096, 100_000, 480_000]) {
      const session = await Session.create({ engine, splitBytes });
      const read = await session.read.parquet(path).collect();
      assert.is(read.length, rows.length);
      for (const [i, row] of read.entries()) assert.equal(Object.values(row).map(shown), rows[i]!.map(shown), `row ${i}`);
    }
  }));

test.run();
