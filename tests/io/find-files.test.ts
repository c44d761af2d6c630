import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { DataError } from '../../lib/index.js';
import { findFiles, type FindOptions } from '../../lib/io/find-files.js';
import { nameTest, parseGlob } from '../../lib/io/glob.js';
import { extensionOf } from '../../lib/io/file-name.js';
import { withDuckDB } from '../support/duckdb.js';
import { seededRandom } from '../support/random.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';

const test = suite('find files');

function put(folder: string, ...names: readonly string[]): void {
  for (const name of names) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), 'x');
  }
}

function found(folder: string, pattern: string, options?: FindOptions): string[] {
  const path = join(folder, pattern);
  return findFiles([path], options).files.map((file) => file.path.slice(folder.length + 1));
}

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    assert.instance(error, DataError);
    return (error as Error).message;
  }
  throw new Error('Nothing was thrown.');
}

test('names by patterns', () => {
  const cases: readonly [pattern: string, yes: readonly string[], no: readonly string[]][] = [
    ['*.csv', ['a.csv', '.csv', 'é.csv'], ['a.csvx', 'acsv', 'a.CSV']],
    ['?.csv', ['a.csv', '😀.csv'], ['ab.csv', '.csv']],
    ['[a-c]x', ['ax', 'cx'], ['dx', '-x', 'x']],
    ['[!a-c]x', ['dx', '-x'], ['ax', '/x']],
    ['[^a]x', ['bx'], ['ax']],
    ['[]a]x', [']x', 'ax'], ['bx']],
    ['[a-]x', ['ax', '-x'], ['bx']],
    ['[z-a]x', [], ['ax', 'zx', '-x']],
    ['{a,bc,}x', ['ax', 'bcx', 'x'], ['bx']],
    ['{a,{b,c}d}x', ['ax', 'bdx', 'cdx'], ['bx']],
    ['a,b', ['a,b'], ['a']],
    ['[a', ['[a'], ['a']],
    ['{a,b', ['{a,b'], ['a']],
    ['a}', ['a}'], ['a']],
    ['\\*\\[x]', ['*[x]'], ['a[x]']],
    ['a.b+(c)|d$', ['a.b+(c)|d$'], ['aXb+(c)|d$']],
    ['data\\', ['data\\'], ['data']],
  ];
  for (const [pattern, yes, no] of cases) {
    const expression = nameTest(pattern);
    for (const name of yes) assert.ok(expression.test(name), `${pattern} matches ${name}`);
    for (const name of no) assert.not.ok(expression.test(name), `${pattern} does not match ${name}`);
  }
});

test('where a pattern begins to look', () => {
  const roots = (pattern: string): string[] => parseGlob(pattern).map(({ root, segments }) => `${root} ${segments.length}`);
  assert.equal(roots('a/b/*.csv'), ['a/b 1']);
  assert.equal(roots('*.csv'), ['. 1']);
  assert.equal(roots('/*/x'), ['/ 2']);
  assert.equal(roots('a/**'), ['a 2']);
  assert.equal(roots('a/**/**/x'), ['a 2']);
  assert.equal(roots('a/{b,c/d}/x*'), ['a/b 1', 'a/c/d 1']);
  assert.equal(roots('a/{b,c}/x*'), ['a 2']);
});

test('files, lists, directories and globs', () =>
  withTempFolder((folder) => {
    put(folder, 'a.csv', 'b.csv', '.hidden.csv', '_SUCCESS', 'd/c.csv', 'd/e/f.csv', 'd/_delta/g.csv', '.git/h.csv', 'd/e/x.txt');
    assert.equal(found(folder, '*.csv'), ['a.csv', 'b.csv']);
    assert.equal(found(folder, '**/*.csv'), ['a.csv', 'b.csv', 'd/c.csv', 'd/e/f.csv']);
    assert.equal(found(folder, '**/e/*'), ['d/e/f.csv', 'd/e/x.txt']);
    assert.equal(found(folder, 'd/**'), ['d/c.csv', 'd/e/f.csv', 'd/e/x.txt']);
    assert.equal(found(folder, '**/d/**/f.csv'), ['d/e/f.csv']);
    assert.equal(found(folder, '{a,d/c}.csv'), ['a.csv', 'd/c.csv']);
    assert.equal(found(folder, '.h*'), ['.hidden.csv']);
    assert.equal(found(folder, 'd/_*/*.csv'), ['d/_delta/g.csv']);
    assert.equal(found(folder, '_SUCCESS'), ['_SUCCESS']);
    // Names that only differ by what a pattern would make of them.
    put(folder, 'x[1].csv', 'x1.csv');
    assert.equal(found(folder, 'x[1].csv'), ['x[1].csv']);
    assert.equal(found(folder, 'x\\[*.csv'), ['x[1].csv']);
    // A directory's own files; those of directories in it only where they are partitions, or asked for.
    assert.equal(found(folder, 'd'), ['d/c.csv']);
    assert.equal(found(folder, 'd', { recursive: true, nameFilter: /\.csv$/ }), ['d/c.csv', 'd/e/f.csv']);
    assert.equal(
      findFiles([join(folder, 'b.csv'), join(folder, 'd'), join(folder, 'b.csv')]).files.map(({ path }) => path),
      ['b.csv', 'd/c.csv', 'b.csv'].map((name) => join(folder, name)),
    );
  }));

test('partition directories are read at any depth, also those that a pattern matches', () =>
  withTempFolder((folder) => {
    put(
      folder,
      's/y=1/m=1/a.csv',
      's/y=1/m=2/b.csv',
      's/y=2/m=1/deep/c.csv',
      's/_p=1/d.csv',
      's/y=2/_temporary/e.csv',
      's/other/f.csv',
    );
    const all = ['s/_p=1/d.csv', 's/y=1/m=1/a.csv', 's/y=1/m=2/b.csv', 's/y=2/m=1/deep/c.csv'];
    assert.equal(found(folder, 's'), all);
    assert.equal(found(folder, 's/y=*'), all.slice(1));
    assert.equal(found(folder, 's/y=1/*'), ['s/y=1/m=1/a.csv', 's/y=1/m=2/b.csv']);
    assert.equal(findFiles([join(folder, 's/y=*/**/*.csv')]).roots, [join(folder, 's'), join(folder, 's'), join(folder, 's')]);
    assert.equal(findFiles([join(folder, 's/y=1')]).roots, [join(folder, 's/y=1'), join(folder, 's/y=1')]);
  }));

test('generated trees and patterns match what they match in DuckDB', () =>
  withTempFolder((folder) =>
    withDuckDB(async (connection) => {
      const random = seededRandom('globs');
      const names = ['a', 'b', 'ab', 'c1', 'c2', 'data', 'x-y'];
      const parts = ['*', '?', 'a*', '*b', '[a-c]*', '[!a]*', 'c[12]', 'data', 'a', '**', 'x-?', '*.csv', '?.json', '*a*.*'];
      for (let round = 0; round < 4; round++) {
        const root = join(folder, String(round));
        const files = Array.from({ length: 40 }, () => {
          const depth = random.below(4);
          const directories = Array.from({ length: depth }, () => random.pick(names));
          return [...directories, `${random.pick(names)}${random.pick(['.csv', '.json'])}`].join('/');
        });
        put(root, ...files);
        for (let n = 0; n < 60; n++) {
          // DuckDB takes one `**` a pattern, and directories of a last `*` for nothing.
          const directories = Array.from({ length: random.below(3) }, () => random.pick(parts.slice(0, -4)));
          const several = directories.filter((part) => part === '**').length > 1;
          const pattern = [
            ...directories.filter((part, i) => !several || part !== '**' || directories.indexOf('**') === i),
            random.pick(parts.slice(-3)),
          ].join('/');
          const reader = await connection.runAndReadAll(`SELECT file FROM glob('${join(root, pattern)}')`);
          const expected = reader.getRows().map(([file]) => String(file).slice(root.length + 1));
          let actual: readonly string[] = [];
          try {
            actual = found(root, pattern);
          } catch (error) {
            assert.match((error as Error).message, 'No file matches the pattern.');
          }
          assert.equal([...actual].sort(inOrder), [...expected].sort(inOrder), `${pattern} of round ${round}`);
        }
      }
    }),
  ));

const inOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

test('links are followed, but not in circles', () =>
  withTempFolder((folder) => {
    put(folder, 'a/x.csv', 'b/y.csv');
    symlinkSync(join(folder, 'b'), join(folder, 'a', 'to-b'));
    symlinkSync(join(folder, 'a'), join(folder, 'b', 'to-a'));
    symlinkSync(folder, join(folder, 'b', 'up'));
    symlinkSync(join(folder, 'a', 'x.csv'), join(folder, 'link.csv'));
    assert.equal(found(folder, '**/*.csv'), ['a/to-b/y.csv', 'a/x.csv', 'b/to-a/x.csv', 'b/y.csv', 'link.csv']);
    assert.equal(found(folder, '', { recursive: true, nameFilter: undefined }).length, 5);
    symlinkSync('nowhere', join(folder, 'broken.csv'));
    assert.is(
      messageOf(() => found(folder, '*.csv')),
      `'${join(folder, 'broken.csv')}' is not there any more: it was when the query was planned. Run the query again.`,
    );
    symlinkSync(join(folder, 'round'), join(folder, 'round'));
    assert.is(
      messageOf(() => found(folder, 'round')),
      `'${join(folder, 'round')}' cannot be read: its symbolic links lead in a circle.`,
    );
  }));

test('what is not there, and what is no file', () =>
  withTempFolder((folder) => {
    put(folder, 'd/sub/a.csv');
    mkdirSync(join(folder, 'empty'));
    const missing = (name: string): string => messageOf(() => found(folder, name));
    assert.is(missing('empty'), `Path does not exist: '${join(folder, 'empty')}'. The directory has no files.`);
    assert.is(missing('*.parquet'), `Path does not exist: '${join(folder, '*.parquet')}'. No file matches the pattern.`);
    assert.is(
      missing('d'),
      `Path does not exist: '${join(folder, 'd')}'. The directory has no files of its own, only directories that are no partitions (name=value), as '${join(folder, 'd/sub')}'. '${join(folder, 'd/**')}' reads them all.`,
    );
    assert.is(
      missing('nowhere/a.csv'),
      `Path does not exist: '${join(folder, 'nowhere/a.csv')}'. There is no directory '${join(folder, 'nowhere')}' either.`,
    );
    execFileSync('mkfifo', [join(folder, 'pipe.csv')]);
    const refusal = `'${join(folder, 'pipe.csv')}' is a pipe, and only regular files are read: a scan reads ranges of them, on several threads. Copy its bytes into a file first.`;
    assert.is(missing('pipe.csv'), refusal);
    assert.is(missing('*.csv'), refusal);
    assert.is(
      messageOf(() => findFiles(['/dev/null'])),
      "'/dev/null' is a device, and only regular files are read: a scan reads ranges of them, on several threads. Copy its bytes into a file first.",
    );
  }));

test.when(process.getuid?.() !== 0)('a directory that may not be entered', () =>
  withTempFolder((folder) => {
    put(folder, 'd/k=1/a.csv');
    chmodSync(join(folder, 'd/k=1'), 0o000);
    const message = messageOf(() => found(folder, 'd'));
    chmodSync(join(folder, 'd/k=1'), 0o755);
    assert.is(
      message,
      `'${join(folder, 'd/k=1')}' cannot be read: permission denied. This process needs the right to read it, and to enter the folders it is in.`,
    );
  }),
);

test('the end of a name, whatever it was compressed with', () => {
  const cases = {
    'a.csv': 'csv',
    'b/c.CSV.GZ': 'csv',
    'x.snappy.parquet': 'parquet',
    'x.json.zst': 'json',
    'x.gz': 'gz',
    '.csv': '',
    x: '',
    'a.b/x': '',
  };
  for (const [name, extension] of Object.entries(cases)) assert.is(extensionOf(name), extension, name);
});

test.run();
