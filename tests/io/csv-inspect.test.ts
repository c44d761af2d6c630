import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type DataError, Engine, Session, typeName, type DataFrame } from '../../lib/index.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';

const test = suite('csv inspection');

async function withFile(content: string, body: (path: string, session: Session) => Promise<void> | void): Promise<void> {
  await withTempFolder(async (folder) => {
    const path = join(folder, 'file.csv');
    writeFileSync(path, content);
    const engine = await Engine.create({ workers: 0 });
    const session = await Session.create({ engine });
    try {
      await body(path, session);
    } finally {
      await session.close();
      await engine.close();
    }
  });
}

const quoteOf = (session: Session, path: string): string | undefined =>
  session
    .describeFile(path)
    .lines.find((line) => line.startsWith('quote '))
    ?.slice(6);
const types = (df: DataFrame): string[] => df.schema.fields.map(({ name, type }) => `${name} ${typeName(type)}`);

test('a schema of one column over rows of several', () =>
  withFile('a,b,c\n1,x,5\n2,y,6\n\n3,z,7\n', async (path, session) => {
    const read = session.read.schema('a int');
    assert.equal(await read.csv(path, { header: true }).collect(), [{ a: 1 }, { a: 2 }, { a: 3 }]);
    assert.equal(await read.csv(path, { header: true, mode: 'DROPMALFORMED' }).collect(), []);
    assert.equal(await session.read.schema('a int, _corrupt_record string').csv(path, { header: true }).limit(1).collect(), [
      { a: 1, _corrupt_record: '1,x,5' },
    ]);
  }));

test('the quote is found out: \' where fields stand in it and " stands nowhere', async () => {
  await withFile("a|b|c\n1|'x|y'|2\n2|'it''s'|3\n3|'q'|4\n", async (path, session) => {
    assert.is(quoteOf(session, path), "'''");
    assert.equal(await session.read.csv(path).select('b').collect(), [{ b: 'x|y' }, { b: "it's" }, { b: 'q' }]);
  });
  for (const text of ["name,n\nO'Brien,1\n'tis,2\n", "a,b\n'x',\"y\"\n'z',1\n", "a,b\nrock 'n' roll,1\nx,2\n", "a,b\n'x',1\n"])
    await withFile(text, (path, session) => assert.is(quoteOf(session, path), `'"'`, text));
});

test('dateFormat and timestampFormat take part in the inference', () =>
  withFile('d,t,e\n31/12/2024,2024-12-31 10:11,2024-01-01\n01/01/2025,2025-01-01 00:00,2024-01-02\n', async (path, session) => {
    assert.equal(types(session.read.csv(path)), ['d string', 't string', 'e date']);
    const df = session.read.csv(path, { dateFormat: 'dd/MM/yyyy', timestampFormat: 'yyyy-MM-dd HH:mm' });
    assert.equal(types(df), ['d date', 't timestamp', 'e string']);
    assert.equal(await df.select('d', 't').first({ timestamp: 'string' }), { d: '2024-12-31', t: '2024-12-31 10:11:00' });
    assert.throws(() => session.read.csv(path, { dateFormat: 'QQ' }), /The date pattern 'QQ' has 'QQ', which is not supported/);
  }));

test('lines that end in CR alone are refused, not lost', async () => {
  await withFile('a,b\r1,x\r2,y\r', (path, session) => {
    assert.throws(
      () => session.read.csv(path),
      (error: DataError) =>
        error.byte === 3 &&
        error.message ===
          `'${path}', byte 3: lines end in CR alone; LF and CRLF are read. Convert the file first: tr '\\r' '\\n'.`,
    );
  });
  await withFile('a,"x\ry"', async (path, session) => {
    assert.equal(await session.read.csv(path, { header: false }).collect(), [{ _c0: 'a', _c1: 'x\ry' }]);
  });
});

test.run();
