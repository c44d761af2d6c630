import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { DataError, Engine, type Session } from '../../../lib/index.js';
import { THRIFT } from '../../../lib/io/parquet/thrift.js';
import { ThriftTree, writeFields, type ThriftList, type ThriftStruct } from '../../../lib/io/parquet/write/thrift-tree.js';
import { ThriftWriter } from '../../../lib/io/parquet/write/thrift-writer.js';
import { withSessionAndFolder } from '../../support/session.js';
import { suite } from '../../support/suite.js';

// Dates and times that Spark wrote in its legacy calendar, and what the file says of it. What Spark itself wrote is in tests/golden/parquet-writers.

const test = suite('parquet: the legacy calendar');
let engine: Engine;
test.before(async () => {
  engine = await Engine.create({ workers: 0 });
});
test.after(() => engine.close());

/** The file with these keys in its own metadata. */
function withKeys(file: Buffer, keys: Readonly<Record<string, string>>): Buffer {
  const footerBytes = file.readUInt32LE(file.length - 8);
  const at = file.length - 8 - footerBytes;
  const footer = ThriftTree.parse(file.subarray(at, file.length - 8));
  const list = footer.get(5)!.value as ThriftList;
  for (const [key, value] of Object.entries(keys)) {
    const entry: ThriftStruct = new Map([
      [1, { type: THRIFT.binary, value: Buffer.from(key) }],
      [2, { type: THRIFT.binary, value: Buffer.from(value) }],
    ]);
    list.items.push(entry);
  }
  const out = new ThriftWriter();
  writeFields(out, footer);
  out.end();
  const length = Buffer.alloc(4);
  length.writeUInt32LE(out.bytes.length);
  return Buffer.concat([file.subarray(0, at), out.bytes, length, Buffer.from('PAR1')]);
}

/** What a day of the file is called in the Gregorian calendar, and in the one that it was written in. */
const AS_WRITTEN = ['1000-01-06', '1582-10-14', '1582-10-15', '1890-05-05', '2024-02-29'];
const AS_MEANT = ['1000-01-01', '1582-10-04', '1582-10-15', '1890-05-05', '2024-02-29'];

async function write(session: Session, folder: string, dates: readonly string[]): Promise<Buffer> {
  const path = join(folder, 'written.parquet');
  const rows = dates.map(
    (date) => `(DATE '${date}', TIMESTAMP '${date} 12:34:56.789012', TIMESTAMP_NTZ '${date} 12:34:56', array(DATE '${date}'))`,
  );
  await session
    .sql(`SELECT * FROM VALUES ${rows.join(', ')} AS t(d, t, n, a)`)
    .write.mode('overwrite')
    .parquet(path);
  return readFileSync(path);
}

interface Texts {
  readonly d: string;
  readonly t: string;
  readonly n: string;
  readonly a: string;
}

const textsOf = (d: string, meant: string, n: string): Texts => ({
  d,
  t: `${meant} 12:34:56.789012`,
  n: `${n} 12:34:56`,
  a: `[${d}]`,
});
const rowsOf = (dates: readonly string[], times = dates): Texts[] =>
  dates.map((date, i) => textsOf(date, times[i]!, AS_WRITTEN[i]!));

async function read(session: Session, path: string, options: Readonly<Record<string, string>> = {}): Promise<readonly object[]> {
  const df = session.read.parquet(path, options);
  return df
    .selectExpr('CAST(d AS STRING) AS d', 'CAST(t AS STRING) AS t', 'CAST(n AS STRING) AS n', 'CAST(a AS STRING) AS a')
    .collect();
}

const VERSION = 'org.apache.spark.version';
const ZONE = 'org.apache.spark.timeZone';
const LEGACY = 'org.apache.spark.legacyDateTime';

const FILES: readonly (readonly [string, Readonly<Record<string, string>>, 'meant' | 'written'])[] = [
  ['of nobody knows whom', {}, 'written'],
  ['of Spark 2.4', { [VERSION]: '2.4.8' }, 'meant'],
  ['of Spark 3, unmarked', { [VERSION]: '3.0.0' }, 'written'],
  ['of Spark 3, marked', { [VERSION]: '3.5.1', [LEGACY]: '' }, 'meant'],
  ['of Spark 4, marked, in UTC', { [VERSION]: '4.0.0', [LEGACY]: '', [ZONE]: 'Etc/UTC' }, 'meant'],
  ['marked for times as int96 only', { [VERSION]: '4.0.0', 'org.apache.spark.legacyINT96': '' }, 'written'],
  ['marked and without a version', { [LEGACY]: '' }, 'written'],
];

for (const [title, keys, meaning] of FILES)
  test(`a file ${title}`, () =>
    withSessionAndFolder(engine, async (session, folder) => {
      const path = join(folder, 'x.parquet');
      writeFileSync(path, withKeys(await write(session, folder, AS_WRITTEN), keys));
      const dates = meaning === 'meant' ? AS_MEANT : AS_WRITTEN;
      assert.equal(await read(session, path), rowsOf(dates));
      // What a file says of its values is of the calendar that they are written in.
      const [first] = dates;
      for (const condition of [
        `d = DATE '${first}'`,
        `d < DATE '1000-01-03' OR d = DATE '${first}'`,
        `t < TIMESTAMP '${first} 13:00:00'`,
      ])
        assert.is(await session.read.parquet(path).filter(condition).count(), 1, condition);
      assert.equal(
        await session.read.parquet(path).selectExpr('CAST(min(d) AS STRING) AS low', 'CAST(max(t) AS STRING) AS high').collect(),
        [{ low: first, high: '2024-02-29 12:34:56.789012' }],
      );
    }));

test('options say it of files that do not', () =>
  withSessionAndFolder(engine, async (session, folder) => {
    const path = join(folder, 'x.parquet');
    writeFileSync(path, await write(session, folder, AS_WRITTEN));
    assert.equal(await read(session, path, { datetimeRebaseMode: 'LEGACY' }), rowsOf(AS_MEANT));
    assert.equal(await read(session, path, { datetimeRebaseMode: 'corrected', int96RebaseMode: 'LEGACY' }), rowsOf(AS_WRITTEN));
    const refused = await errorOf(() => read(session, path, { datetimeRebaseMode: 'EXCEPTION' }));
    assert.is(refused.code, 'INCONSISTENT_BEHAVIOR_CROSS_VERSION.READ_ANCIENT_DATETIME');
    assert.is(
      refused.message,
      `'${path}', byte ${refused.byte}: column "d" has a date before 1582-10-15, of which nothing says in what calendar it was written. Set the option datetimeRebaseMode to LEGACY (Spark 2, Hive) or CORRECTED.`,
    );
    assert.throws(
      () => session.read.parquet(path, { int96RebaseMode: 'JULIAN' }),
      (error: Error) =>
        error.message.startsWith("Option int96RebaseMode must be one of CORRECTED, LEGACY, EXCEPTION, not 'JULIAN'."),
    );
    // What the file says counts more.
    writeFileSync(path, withKeys(readFileSync(path), { [VERSION]: '3.5.1' }));
    assert.equal(await read(session, path, { datetimeRebaseMode: 'LEGACY' }), rowsOf(AS_WRITTEN));
  }));

test('times by other clocks than UTC are read from 1900 on', () =>
  withSessionAndFolder(engine, async (session, folder) => {
    const path = join(folder, 'x.parquet');
    const keys = { [VERSION]: '3.5.1', [LEGACY]: '', [ZONE]: 'America/Los_Angeles' };
    writeFileSync(path, withKeys(await write(session, folder, AS_WRITTEN), keys));
    const error = await errorOf(() => session.read.parquet(path).select('t').collect());
    assert.is(
      error.message,
      `'${path}', byte ${error.byte}: column "t" has a time before 1900, written in Spark's legacy calendar by the clocks of America/Los_Angeles, which is read in UTC only. Write it again with Spark 3 or newer, in its mode CORRECTED.`,
    );
    assert.equal(
      await session.read.parquet(path).selectExpr('CAST(d AS STRING) AS d').collect(),
      AS_MEANT.map((d) => ({ d })),
    );
    writeFileSync(path, withKeys(await write(session, folder, ['1900-01-01', '2024-02-29']), keys));
    assert.is((await session.read.parquet(path).select('t').collect()).length, 2);
  }));

async function errorOf(work: () => Promise<unknown>): Promise<DataError> {
  const error = await work().then(
    () => undefined,
    (caught: unknown) => caught,
  );
  assert.instance(error, DataError);
  return error as DataError;
}

test.run();
