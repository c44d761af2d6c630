import { mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as zlib from 'node:zlib';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { Engine, Session } from '../../lib/index.js';
import { defaultSeed } from '../support/random.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';

const test = suite('text and binary files');
let engine: Engine;
test.before(async () => {
  engine = await Engine.create({ workers: 2 });
});
test.after(() => engine.close());

/** Plain code for what a reader does: lines end with a separator; behind the last one begins none. */
function linesOf(text: string, separator: string | undefined): string[] {
  const lines = text.split(separator ?? '\n');
  if (lines.at(-1) === '') lines.pop();
  return separator === undefined ? lines.map((line) => line.replace(/\r$/, '')) : lines;
}

test(
  'lines are what splitting gives, in ranges of every size',
  () =>
    withTempFolder(async (folder) => {
      const piece = fc.constantFrom(
        'a',
        'bc',
        '\n',
        '\n',
        '\r\n',
        '\r',
        ';',
        'é',
        '😀',
        'a longer piece of text than is inline',
        ' ',
      );
      await fc.assert(
        fc.asyncProperty(
          fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join('')),
          fc.integer({ min: 1, max: 80 }),
          fc.constantFrom(undefined, ';'),
          async (text, splitBytes, lineSep) => {
            const path = join(folder, 'x.log');
            writeFileSync(path, text);
            writeFileSync(`${path}.gz`, zlib.gzipSync(text));
            const session = await Session.create({ engine, splitBytes, batchRows: 16 });
            for (const name of [path, `${path}.gz`]) {
              const df = session.read.text(name, lineSep === undefined ? {} : { lineSep });
              const rows = await df.collect();
              assert.equal(
                rows.map(({ value }) => value),
                linesOf(text, lineSep),
                name,
              );
              assert.is(await df.count(), rows.length);
              assert.equal(await session.read.text(name, { wholetext: true }).collect(), [{ value: text }]);
            }
            await session.close();
          },
        ),
        { seed: defaultSeed(), numRuns: 40 },
      );
    }),
  { timeoutMs: 100_000 },
);

test('text in SQL, filters, marks, errors', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'x.log');
    writeFileSync(path, '\ufeffINFO start\nERROR one\nINFO x\nERROR two');
    const session = await Session.create({ engine });
    assert.equal(await session.sql(`SELECT value FROM text.\`${path}\` WHERE value LIKE 'ERROR%'`).collect(), [
      { value: 'ERROR one' },
      { value: 'ERROR two' },
    ]);
    assert.equal(await session.read.schema('line string').text(path).limit(1).collect(), [{ line: 'INFO start' }]);
    assert.throws(
      () => session.read.schema('a int').text(path),
      /^Text files have one column of strings, not one of type int\.$/,
    );
    assert.throws(
      () => session.read.text(path, { lineSep: '--' }),
      /Option lineSep must be one ASCII character, or a carriage return and a line feed, not '--'\.$/,
    );
    assert.throws(
      () => session.read.text(path, { header: true }),
      /Text has no option "header"\. Options: wholetext, lineSep, encoding, compression\.$/,
    );
    await session.close();
  }));

test('files as rows', () =>
  withTempFolder(async (folder) => {
    mkdirSync(join(folder, 'kind=a'));
    const files = {
      'kind=a/one file.bin': Buffer.from([0, 255, 10, 13, 0]),
      'kind=a/two.bin': Buffer.alloc(100_000, 7),
      'kind=a/empty': Buffer.alloc(0),
    };
    for (const [name, bytes] of Object.entries(files)) {
      writeFileSync(join(folder, name), bytes);
      utimesSync(join(folder, name), 1_700_000_000, 1_700_000_000);
    }
    const session = await Session.create({ engine });
    const df = session.read.format('binaryFile').load(folder);
    assert.equal(
      df.schema.fields.map(({ name, type }) => `${name} ${type.kind}`),
      ['path string', 'modificationTime timestamp', 'length bigint', 'content binary', 'kind string'],
    );
    const rows = await df.orderBy('path').collect();
    assert.equal(
      rows,
      Object.entries(files)
        .map(([name, bytes]) => ({
          path: pathToFileURL(join(folder, name)).href,
          modificationTime: new Date(1_700_000_000_000),
          length: bytes.length,
          content: new Uint8Array(bytes),
          kind: 'a',
        }))
        .toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    );
    assert.equal(
      await session.read.binaryFile(folder, { pathGlobFilter: '*.bin' }).select('length').orderBy('length').collect(),
      [{ length: 5 }, { length: 100_000 }],
    );
    assert.is(await df.count(), 3);
    assert.equal(await session.sql(`SELECT sum(length) AS s FROM binaryfile.\`${folder}\` WHERE length > 3`).collect(), [
      { s: 100_005 },
    ]);
    assert.is(statSync(join(folder, 'kind=a/empty')).size, 0);
    await session.close();
  }));

test.run();
