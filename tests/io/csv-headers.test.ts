import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { DataError, Engine, Session, type Row } from '../../lib/index.js';
import { seededRandom } from '../support/random.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';

const test = suite('csv headers');
let engine: Engine;
test.before(async () => {
  engine = await Engine.create({ workers: 2 });
});
test.after(() => engine.close());

function withFiles(
  files: Readonly<Record<string, string>>,
  body: (session: Session, folder: string) => Promise<void>,
): Promise<void> {
  return withTempFolder(async (folder) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    await using session = await Session.create({ engine });
    await body(session, folder);
  });
}

async function messageOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (e: unknown) => e,
  );
  assert.instance(error, DataError);
  return (error as Error).message;
}

test('a header that says something else is an error, whatever is asked for', () =>
  withFiles(
    { 'a.csv': 'x,y\n1,2\n', 'b.csv': 'y,x\n3,4\n', 'c.csv': 'x;y\n3;4\n', 'd.csv': '5,6\n' },
    async (session, folder) => {
      const advice =
        'and columns are read by position. The option mergeSchema reads them by name; a schema that is given is taken whatever headers say; the option header false is for files without one.';
      const read = (name: string) => session.read.csv([join(folder, 'a.csv'), join(folder, name)]);
      for (const action of [read('b.csv').collect(), read('b.csv').count()])
        assert.is(
          await messageOf(action),
          `'${join(folder, 'b.csv')}' has "y" in its header where '${join(folder, 'a.csv')}' has "x" (column 1), ${advice}`,
        );
      assert.match(await messageOf(read('c.csv').collect()), '"x;y" in its header');
      assert.match(await messageOf(read('d.csv').collect()), '"5" in its header');
      const given = session.read.schema('p int, q int').csv([join(folder, 'a.csv'), join(folder, 'b.csv')], { header: true });
      assert.equal(await given.collect(), [
        { p: 1, q: 2 },
        { p: 3, q: 4 },
      ]);
    },
  ));

test('case, quotes, a mark, comments and columns at the end do no harm', () =>
  withFiles(
    {
      'a.csv': 'x,"y z"\n1,2\n',
      'b.csv': '\ufeff"X",y z\n3,4\n',
      'c.csv': 'x,y z,w\n5,6,7\n',
      'd.csv': 'x\n8\n',
      'e.csv': '# a remark\nx,y z\n9,10\n',
    },
    async (session, folder) => {
      const rows = await session.read.csv(join(folder, '*.csv'), { comment: '#' }).collect();
      assert.equal(
        rows.map((row) => [row['x'], row['y z']]),
        [
          [1, 2],
          [3, 4],
          [5, 6],
          [8, null],
          [9, 10],
        ],
      );
    },
  ));

test('by name: orders, missing and further columns, types that meet', () =>
  withFiles(
    {
      'a.csv': 'id,v\n1,10\n2,20\n',
      'b.csv': 'V,name,id\n2.5,x,3\n',
      'c.csv': 'extra,id\nz,4\n',
      'd.csv': 'id,v\n5,\n',
      'e.csv': 'v,id\nno,6\n',
    },
    async (session, folder) => {
      const paths = ['a', 'b', 'c', 'd'].map((name) => join(folder, `${name}.csv`));
      const df = session.read.csv(paths, { mergeSchema: true });
      assert.equal(
        df.schema.fields.map(({ name, type }) => `${name} ${type.kind}`),
        ['id int', 'v double', 'name string', 'extra string'],
      );
      const expected = [
        { id: 1, v: 10, name: null, extra: null },
        { id: 2, v: 20, name: null, extra: null },
        { id: 3, v: 2.5, name: 'x', extra: null },
        { id: 4, v: null, name: null, extra: 'z' },
        { id: 5, v: null, name: null, extra: null },
      ];
      assert.equal(await df.collect(), expected);
      assert.equal(await session.read.csv(paths, { union_by_name: true }).select('extra', 'id').filter('id > 2').collect(), [
        { extra: null, id: 3 },
        { extra: 'z', id: 4 },
        { extra: null, id: 5 },
      ]);
      assert.is(await df.count(), 5);
      assert.equal(await df.filter("_metadata.file_name = 'c.csv'").select('name', 'id').collect(), [{ name: null, id: 4 }]);
      const text = session.read.csv([paths[0]!, join(folder, 'e.csv')], { mergeSchema: true });
      assert.equal(
        (await text.collect()).map(({ v }) => v),
        ['10', '20', 'no'],
      );
    },
  ));

test('generated tables, cut into files of any columns in any order', () =>
  withTempFolder(async (folder) => {
    const random = seededRandom('headers');
    const names = ['alpha', 'beta', 'gamma', 'delta', 'epsilon'];
    for (let round = 0; round < 8; round++) {
      const directory = join(folder, String(round));
      mkdirSync(directory);
      const expected: Row[] = [];
      const seen = new Set<string>();
      for (let file = 0; file < 6; file++) {
        const columns = ['id', ...names.filter(() => random.below(3) > 0)].sort(() => random.below(3) - 1);
        for (const column of columns) seen.add(column);
        const rows = Array.from({ length: 1 + random.below(300) }, () => columns.map(() => random.below(1000)));
        writeFileSync(join(directory, `${file}.csv`), [columns, ...rows].map((row) => row.join(',')).join('\n'));
        for (const row of rows) expected.push(Object.fromEntries(columns.map((column, c) => [column, row[c]!])));
      }
      const all = [...seen];
      const session = await Session.create({ engine, splitBytes: 200 + random.below(3000), batchRows: 64 });
      const df = session.read.csv(directory, { mergeSchema: true }).select(...all);
      assert.equal(
        (await df.collect()).map((row) => all.map((name) => row[name])),
        expected.map((row) => all.map((name) => row[name] ?? null)),
        `round ${round}`,
      );
      await session.close();
    }
  }));

test.run();
