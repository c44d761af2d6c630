import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { DataError, Session } from '../../lib/index.js';
import { projectPath } from '../support/paths.js';
import { suite } from '../support/suite.js';

const test = suite('damaged files that were found');
const FOLDER = projectPath('tests/fuzz/found');

/** What each must say. A file that once read wrongly, long or not at all stays here. */
const MESSAGES = new Map([
  // 274,877,906,856 rows, for which two million tasks were planned.
  [
    'rows-without-values.parquet',
    /^'.*' is damaged at byte \d+: row group 0 should have 274877906856 rows and its column 0 has \d+ values\. Fetch or write the file again\.$/,
  ],
]);

for (const name of readdirSync(FOLDER)) {
  test(`${name} is an error that says what is wrong`, async () => {
    await using session = await Session.create({ workers: 0 });
    const path = join(FOLDER, name);
    for (const read of [(): unknown => session.read.load(path).collect(), (): unknown => session.read.load(path).count()]) {
      try {
        await read();
        assert.unreachable('it was read');
      } catch (error) {
        assert.instance(error, DataError);
        assert.match((error as DataError).message, MESSAGES.get(name)!);
      }
    }
  });
}

test.run();
