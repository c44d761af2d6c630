import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { Engine, Session } from '../../../lib/index.js';
import { sharedPath } from '../../support/paths.js';
import { suite } from '../../support/suite.js';
import { withTempFolder } from '../../support/temp-folder.js';

/** The corpora, read, written and read again. */
const corpora = sharedPath('corpora/parquet');
const test = suite('parquet corpora written again');
let engine: Engine;
test.before(async () => {
  engine = await Engine.create({ workers: 0 });
});
test.after(() => engine.close());

/** What cannot be written as JSON and read again, and why. */
const NOT_AS_TEXT: ReadonlyMap<string, string> = new Map([
  ['nested_structs.rust.parquet', 'its times lie in years of five digits, which texts of timestamps do not have'],
]);

const CODECS = ['snappy', 'gzip', 'lz4_raw', 'uncompressed'];

const names = corpora === undefined ? [] : readdirSync(corpora).filter((name) => name.endsWith('.parquet'));
for (const [i, name] of names.entries()) {
  test(name, () =>
    withTempFolder(async (folder) => {
      const session = await Session.create({ engine });
      const df = session.read.parquet(join(corpora!, name));
      const rows = await df.collect();
      const codec = CODECS[i % CODECS.length]!;
      // Small pages and row groups, with and without dictionaries: each file has many of them.
      const path = join(folder, 'again.parquet');
      await df.write.parquet(path, {
        compression: codec,
        'parquet.enable.dictionary': i % 3 !== 0,
        'parquet.page.row.count.limit': 7,
        rowGroupRows: 50,
      });
      const again = session.read.parquet(path);
      assert.equal(again.schema, df.schema);
      assert.equal(await again.collect(), rows);
      if (!NOT_AS_TEXT.has(name)) {
        await df.write.json(join(folder, 'again.json'));
        assert.equal(await session.read.schema(df.schema).json(join(folder, 'again.json')).collect(), rows);
      }
      await session.close();
    }),
  );
}

test.run();
