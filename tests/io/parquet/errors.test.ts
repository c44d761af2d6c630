import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { DataError, Engine, QueryError, Session } from '../../../lib/index.js';
import { projectPath } from '../../support/paths.js';
import { suite } from '../../support/suite.js';
import { withTempFolder } from '../../support/temp-folder.js';

const test = suite('parquet errors');
const stored = projectPath('tests/plans/stored.parquet');
let engine: Engine;
test.before(async () => {
  engine = await Engine.create({ workers: 0 });
});
test.after(() => engine.close());

/** The error of reading a file of these bytes; PATH stands for its path. */
async function errorOf(make: (bytes: Buffer) => Uint8Array): Promise<Error> {
  return withTempFolder(async (folder) => {
    const path = join(folder, 'x.parquet');
    writeFileSync(path, make(readFileSync(stored)));
    const session = await Session.create({ engine });
    try {
      await session.read.parquet(path).collect();
    } catch (error) {
      (error as Error).message = (error as Error).message.replaceAll(path, 'PATH');
      return error as Error;
    } finally {
      await session.close();
    }
    throw new Error('Nothing was thrown.');
  });
}

const CASES: readonly {
  readonly title: string;
  readonly make: (bytes: Buffer) => Uint8Array;
  readonly code: string;
  readonly message: string;
}[] = [
  {
    title: 'a text file',
    make: () => Buffer.from('day,region\n2024-01-01,north\n'),
    code: 'NOT_A_PARQUET_FILE',
    message: "'PATH' is not a Parquet file: its last four bytes are not 'PAR1'.",
  },
  {
    title: 'a few bytes',
    make: () => Buffer.from('PAR1'),
    code: 'NOT_A_PARQUET_FILE',
    message: "'PATH' is not a Parquet file: it has 4 bytes, fewer than the smallest one.",
  },
  {
    title: 'an encrypted footer',
    make: (bytes) => Buffer.concat([bytes.subarray(0, -4), Buffer.from('PARE')]),
    code: 'PARQUET_ENCRYPTED',
    message: "'PATH' cannot be read: its footer is encrypted. Encrypted Parquet is not supported; write it without encryption.",
  },
  {
    title: 'a footer longer than the file',
    make: (bytes) => {
      bytes.writeUInt32LE(5_000_000, bytes.length - 8);
      return bytes;
    },
    code: 'PARQUET_FILE_DAMAGED',
    message:
      "'PATH' is damaged at byte 746: the footer should have 5000000 bytes and the file has 754. Fetch or write the file again.",
  },
  {
    title: 'a head that is cut off',
    make: (bytes) => bytes.subarray(40),
    code: 'PARQUET_FILE_DAMAGED',
    message: '',
  },
  {
    title: 'a page of nonsense',
    make: (bytes) => {
      bytes.fill(0xff, 4, 30);
      return bytes;
    },
    code: 'PARQUET_FILE_DAMAGED',
    message: '',
  },
];

for (const { title, make, code, message } of CASES) {
  test(title, async () => {
    const error = await errorOf(make);
    assert.instance(error, DataError);
    assert.is((error as DataError).code, code);
    if (message === '') assert.match(error.message, /^'PATH' is damaged at byte \d+: .*\. Fetch or write the file again\.$/);
    else assert.is(error.message, message);
  });
}

test('a file that changes', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'x.parquet');
    copyFileSync(stored, path);
    const session = await Session.create({ engine });
    const df = session.read.parquet(path);
    await df.collect();
    writeFileSync(path, Buffer.concat([readFileSync(stored), Buffer.from('PAR1')]));
    try {
      await df.collect();
      assert.unreachable();
    } catch (error) {
      assert.instance(error, DataError);
      assert.is((error as DataError).code, 'FILE_CHANGED');
      assert.is(
        (error as Error).message,
        `'${path}' changed while it was read: its size or time is not what it was when the query began. Run the query again.`,
      );
    }
    await session.close();
  }));

test('an option that does not exist', async () => {
  const session = await Session.create({ engine });
  try {
    session.read.parquet(stored, { sep: ';' });
    assert.unreachable();
  } catch (error) {
    assert.instance(error, QueryError);
    assert.match((error as Error).message, /^Parquet has no option "sep"\. Options: /);
  }
  await session.close();
});

test.run();
