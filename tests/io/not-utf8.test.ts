import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { DataError, Engine, expr, type DataFrame, type Session } from '../../lib/index.js';
import { projectPath } from '../support/paths.js';
import { suite } from '../support/suite.js';
import { withSessionAndFolder } from '../support/session.js';

// Strings that are not UTF-8 in formats that say they are. Golden files are pyarrow's, which does not check; of five rows the fourth is "café au lait" in latin1.

const test = suite('strings that are not UTF-8');
const golden = projectPath('tests/golden/not-utf8');
const LATIN1 = Buffer.from('café au lait', 'latin1');
let engine: Engine;
test.before(async () => {
  engine = await Engine.create({ workers: 0 });
});
test.after(() => engine.close());

async function errorOf(work: () => Promise<unknown>): Promise<DataError> {
  const error = await work().then(
    () => undefined,
    (caught: unknown) => caught,
  );
  assert.instance(error, DataError);
  return error as DataError;
}

/** CSV has no promise to keep: bytes are strings as they are. */
function badRows(session: Session, folder: string): DataFrame {
  const path = join(folder, 'x.csv');
  writeFileSync(path, Buffer.concat([Buffer.from('0,a\n1,b\n2,c\n3,'), LATIN1, Buffer.from('\n4,d\n')]));
  return session.read.schema('id int, s string').csv(path, { header: false });
}

const messageOf = (path: string, byte: number | undefined, column: string): string =>
  `'${path}', byte ${byte}: column "${column}" has a string that is not UTF-8, 'caf\\xe9 au lait'. Read the column as binary to have its bytes (in a schema: ${column} binary), or write the file again.`;

for (const [name, columns] of [
  ['lengths.parquet', ['s']],
  ['prefixes.parquet', ['s']],
  ['columns.arrow', ['s', 'wide', 'view', 'coded', 'list']],
] as const)
  test(`${name}: an error that names file, byte and column, and only where the strings are read`, () =>
    withSessionAndFolder(engine, async (session) => {
      const path = join(golden, name);
      assert.is((await session.read.load(path).select('id').collect()).length, 5);
      for (const column of columns) {
        const error = await errorOf(() => session.read.load(path).select(column).collect());
        assert.is(error.code, 'INVALID_UTF8_STRING');
        assert.ok(error.byte! > 0);
        assert.is(error.message, messageOf(path, error.byte, column === 'list' ? 'item' : column));
        if (column === 'list') continue;
        const rows = await session.read.schema(`id int, ${column} binary`).load(path).collect();
        assert.equal(Buffer.from((rows[3] as unknown as Record<string, Uint8Array>)[column]!), LATIN1);
      }
    }));

for (const format of ['parquet', 'arrow'] as const)
  test(`${format}: of quern's own files too, with dictionaries and without, in structs and arrays`, () =>
    withSessionAndFolder(engine, async (session, folder) => {
      const rows = badRows(session, folder);
      let files = 0;
      for (const value of ['s', "named_struct('a', s)", "array('x', s)", "map('x', s)"]) {
        for (const dictionary of format === 'parquet' ? ['true', 'false'] : [undefined]) {
          const path = join(folder, `${files++}.${format}`);
          const options: Record<string, string> = dictionary === undefined ? {} : { 'parquet.enable.dictionary': dictionary };
          await rows
            .select('id', expr(`CASE WHEN id = 3 THEN ${value} END AS v`))
            .write.options(options)
            .save(path);
          const error = await errorOf(() => session.read.load(path).select('v').collect());
          assert.is(error.code, 'INVALID_UTF8_STRING', value);
          assert.match(error.message, "has a string that is not UTF-8, 'caf\\xe9 au lait'");
          assert.is(await session.read.load(path).count(), 5);
        }
      }
    }));

test('a table in memory', () =>
  withSessionAndFolder(engine, async (session, folder) => {
    const bytes = badRows(session, folder).toArrowStream();
    const pieces: Uint8Array[] = [];
    for await (const piece of bytes) pieces.push(piece as Uint8Array);
    assert.throws(
      () => session.read.arrow(Buffer.concat(pieces)),
      (error: unknown) => error instanceof DataError && error.code === 'INVALID_UTF8_STRING',
    );
  }));

test.run();
