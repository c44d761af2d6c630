import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { DataError, Engine, Session } from '../../lib/index.js';
import { sampleRows } from '../../lib/io/csv/sample.js';
import { sharedPath } from '../support/paths.js';
import { seededRandom, type Random } from '../support/random.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';

const test = suite('csv');
const spectrum = sharedPath('corpora/csv-spectrum');
let engine: Engine;
test.before(async () => {
  engine = await Engine.create({ workers: 2 });
});
test.after(() => engine.close());

const stringSchema = (names: readonly string[]): string => names.map((name) => `\`${name}\` string`).join(', ');

test.when(spectrum !== undefined)('csv-spectrum', async () => {
  const session = await Session.create({ engine });
  for (const file of readdirSync(join(spectrum!, 'csvs'))) {
    // The JSON of this one belongs to another version of the file.
    if (file === 'location_coordinates.csv') continue;
    const text = readFileSync(join(spectrum!, 'json', file.replace(/csv$/, 'json')), 'utf8')
      // The files came here with line feeds alone.
      .replaceAll('\\r\\n', '\\n');
    // A file of one row is an object.
    const expected = [JSON.parse(text)].flat() as Record<string, string>[];
    const schema = stringSchema(Object.keys(expected[0]!));
    const rows = await session.read
      .schema(schema)
      .csv(join(spectrum!, 'csvs', file), { header: true })
      .collect();
    // An empty field that is not quoted is null, as in Spark.
    const filled = rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value ?? ''])));
    assert.equal(filled, expected, file);
  }
  await session.close();
});

/** A field that needs all that CSV has. */
function randomField(random: Random, sep: string): string {
  const pieces = ['a', 'bc', '', ' ', '"', '""', sep, '\n', '\r\n', 'é', '😀', 'a longer piece of text'];
  let text = '';
  for (let n = random.below(4); n > 0; n--) text += random.pick(pieces);
  return text;
}

test(
  'every way to cut a file gives the same rows',
  () =>
    withTempFolder(async (folder) => {
      const random = seededRandom('tables');
      for (let round = 0; round < 12; round++) {
        const sep = [',', ';', '\t'][round % 3]!;
        const lineEnd = round % 2 === 0 ? '\n' : '\r\n';
        const table = Array.from({ length: 40 }, () =>
          Array.from({ length: 3 }, (_, c) => (c === 0 ? `x${randomField(random, sep)}` : randomField(random, sep))),
        );
        const encode = (field: string): string =>
          /["\n\r]/.test(field) || field.includes(sep) ? `"${field.replaceAll('"', '""')}"` : field;
        const text = table.map((row) => row.map(encode).join(sep)).join(lineEnd) + (round % 4 < 2 ? lineEnd : '');
        const path = join(folder, `${round}.csv`);
        writeFileSync(path, text);
        const expected = sampleRows(text, { sep, quote: '"', escape: '"', comment: '' }, true, 1000).map((row) =>
          row.map((field) => (field.text === '' && !field.quoted ? null : field.text)),
        );
        for (const splitBytes of [16, 64, 1000, 1 << 20]) {
          const session = await Session.create({ engine, splitBytes, batchRows: 16 });
          const df = session.read.schema('a string, b string, c string').csv(path, { header: false, sep });
          const rows = (await df.collect()).map(({ a, b, c }) => [a, b, c]);
          assert.equal(rows, expected, `round ${round}, ranges of ${splitBytes} bytes`);
          assert.is(await df.count(), expected.length, `count of round ${round}, ranges of ${splitBytes} bytes`);
          await session.close();
        }
      }
    }),
  { timeoutMs: 100_000 },
);

test('what is written is read back', () =>
  withTempFolder(async (folder) => {
    const session = await Session.create({ engine });
    const rows = [
      { n: 1, s: 'plain', t: 'a,b' },
      { n: 2, s: '', t: 'say "hi"' },
      { n: 3, s: null, t: 'two\nlines' },
    ];
    const df = session.createDataFrame(rows, 'n bigint, s string, t string');
    assert.is(await df.write.csv(join(folder, 'out')), 3);
    assert.ok(readdirSync(join(folder, 'out')).includes('_SUCCESS'));
    assert.equal(
      await session.read.schema('n bigint, s string, t string').csv(join(folder, 'out'), { header: true }).collect(),
      rows,
    );
    await df.write.csv(join(folder, 'one.csv'));
    assert.is(readFileSync(join(folder, 'one.csv'), 'utf8').split('\n')[0], 'n,s,t');
    await assertRejects(df.write.csv(join(folder, 'out')), 'PATH_ALREADY_EXISTS');
    assert.is(await df.write.csv(join(folder, 'out'), { mode: 'ignore' }), 0);
    await session.close();
  }));

test('a value that the samples did not show is an error that says where', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'n.csv');
    const lines = Array.from({ length: 60_000 }, (_, i) => (i === 30_123 ? 'oops' : String(i)));
    writeFileSync(path, `n\n${lines.join('\n')}\n`);
    const session = await Session.create({ engine });
    const error = await session
      .sql(`SELECT sum(n) FROM '${path}'`)
      .collect()
      .then(
        () => assert.unreachable('no error'),
        (e: unknown) => e as DataError,
      );
    assert.instance(error, DataError);
    assert.is(
      (error as DataError).message,
      `'${path}', line 30125, byte 169630, column "n": 'oops' is no int. The type was inferred from samples: set nullValue to 'oops' if that is how missing values are written, or give the schema with n as string.`,
    );
    const fixed = session.read.csv(path, { nullValue: 'oops' });
    assert.is(await fixed.count(), 60_000);
    await session.close();
  }));

test('modes, lists, globs and what is not there', () =>
  withTempFolder(async (folder) => {
    mkdirSync(join(folder, 'd'));
    writeFileSync(join(folder, 'd', 'a.csv'), 'x,y\n1,2\n3\n5,6,7\nz,8\n');
    writeFileSync(join(folder, 'd', 'b.csv'), 'x,y\n9,10\n');
    const session = await Session.create({ engine });
    const read = (mode: string) => session.read.schema('x int, y int').csv(join(folder, 'd', '*.csv'), { header: true, mode });
    assert.equal(await read('PERMISSIVE').collect(), [
      { x: 1, y: 2 },
      { x: 3, y: null },
      { x: 5, y: 6 },
      { x: null, y: 8 },
      { x: 9, y: 10 },
    ]);
    assert.equal(await read('DROPMALFORMED').collect(), [
      { x: 1, y: 2 },
      { x: 9, y: 10 },
    ]);
    await assertRejects(read('FAILFAST').collect(), 'MALFORMED_CSV_RECORD');
    assert.throws(
      () => session.read.csv(join(folder, 'd', 'aa.csv')),
      (error: Error) =>
        error instanceof DataError &&
        error.message === `Path does not exist: '${join(folder, 'd', 'aa.csv')}'. Did you mean '${join(folder, 'd', 'a.csv')}'?`,
    );
    await session.close();
  }));

async function assertRejects(promise: Promise<unknown>, code: string): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (e: unknown) => e as { code: string },
  );
  assert.is(error?.code, code);
}

test.run();
