import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { commitMoves, rollForward, type Move } from '../../../lib/io/output/journal.js';
import { completeAbandoned, openStaging, removeAbandoned } from '../../../lib/io/output/staging.js';
import { suite } from '../../support/suite.js';
import { withTempFolder } from '../../support/temp-folder.js';

/** What a writer that is killed between any two renames leaves is completed by whoever finds it. */

const test = suite('journal');

/** Files below a folder, staging left out, with their text. */
function tree(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true });
  return Object.fromEntries(
    names
      .filter((entry) => entry.isFile())
      .map((entry): [string, string] => [
        join(entry.parentPath, entry.name).slice(folder.length + 1),
        readFileSync(join(entry.parentPath, entry.name), 'utf8'),
      ])
      .filter(([name]) => !name.startsWith('.'))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function put(folder: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** A directory in the place of another one, two partitions of four, and files beside others. */
const CASES: readonly {
  readonly name: string;
  readonly before: Record<string, string>;
  readonly staged: Record<string, string>;
  readonly moves: (at: string) => Move[];
  readonly after: Record<string, string>;
}[] = [
  {
    name: 'a directory',
    before: { 'out/a': 'old a', 'out/b': 'old b' },
    staged: { 'files/a': 'new a', 'files/c': 'new c' },
    moves: (at) => [{ from: join(at, '.s/files'), to: join(at, 'out'), aside: join(at, '.s/old') }],
    after: { 'out/a': 'new a', 'out/c': 'new c' },
  },
  {
    name: 'partitions',
    before: { 'out/k=1/a': 'old', 'out/k=2/a': 'old', 'out/k=3/a': 'kept' },
    staged: { 'files/k=1/b': 'new', 'files/k=2/b': 'new', 'files/k=4/b': 'new', 'files/_SUCCESS': '' },
    moves: (at) => [
      ...['k=1', 'k=2', 'k=4'].map((k, i) => ({
        from: join(at, '.s/files', k),
        to: join(at, 'out', k),
        aside: join(at, '.s/old', String(i)),
      })),
      { from: join(at, '.s/files/_SUCCESS'), to: join(at, 'out/_SUCCESS') },
    ],
    after: { 'out/_SUCCESS': '', 'out/k=1/b': 'new', 'out/k=2/b': 'new', 'out/k=3/a': 'kept', 'out/k=4/b': 'new' },
  },
  {
    name: 'files beside others',
    before: { 'out/a': 'kept' },
    staged: { 'files/b': 'new', 'files/c': 'new' },
    moves: (at) => ['b', 'c'].map((name) => ({ from: join(at, '.s/files', name), to: join(at, 'out', name) })),
    after: { 'out/a': 'kept', 'out/b': 'new', 'out/c': 'new' },
  },
];

/** All renames in order, each as a function. */
function renames(moves: readonly Move[]): (() => void)[] {
  return moves.flatMap(({ from, to, aside }) => [
    ...(aside !== undefined && existsSync(to) ? [() => renameSync(to, aside)] : []),
    () => renameSync(from, to),
  ]);
}

for (const { name, before, staged, moves, after } of CASES) {
  test(`${name}, cut short after each rename`, async () => {
    for (let done = 0; ; done++) {
      const finished = await withTempFolder((folder) => {
        put(folder, before);
        put(join(folder, '.s'), staged);
        mkdirSync(join(folder, '.s/old'), { recursive: true });
        if (name === 'a directory') renameSync(join(folder, '.s/old'), join(folder, '.s/unused'));
        const list = moves(folder);
        writeFileSync(join(folder, '.s/commit.json'), JSON.stringify({ version: 1, moves: list }));
        const steps = renames(list);
        for (const step of steps.slice(0, done)) step();
        rollForward(join(folder, '.s'));
        assert.equal(tree(folder), after, `after ${done} renames`);
        // Again: nothing changes.
        rollForward(join(folder, '.s'));
        assert.equal(tree(folder), after, `twice after ${done} renames`);
        return done >= steps.length;
      });
      if (finished) return;
    }
  });

  test(`${name}, all at once`, () =>
    withTempFolder(async (folder) => {
      put(folder, before);
      put(join(folder, '.s'), staged);
      mkdirSync(join(folder, '.s/old'), { recursive: true });
      if (name === 'a directory') renameSync(join(folder, '.s/old'), join(folder, '.s/unused'));
      await commitMoves(join(folder, '.s'), moves(folder));
      assert.equal(tree(folder), after);
    }));
}

const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
/** No process has this number: it is beyond what systems give. */
const DEAD = 2 ** 30;

test('who lives keeps what is theirs; what the dead left goes, and what they decided happens', () =>
  withTempFolder(async (folder) => {
    const out = join(folder, 'out');
    put(folder, { 'out/a': 'old' });
    const living = await openStaging(out);
    const names = {
      dead: `.out.quern-${host}-${DEAD}-aaaaaaaaaaaa`,
      earlierLife: `.out.quern-${host}-${process.pid}-bbbbbbbbbbbb`,
      parent: `.out.quern-${host}-${process.ppid}-cccccccccccc`,
      elsewhere: `.out.quern-00000000-${DEAD}-dddddddddddd`,
      longQuiet: `.out.quern-00000000-${DEAD}-eeeeeeeeeeee`,
      other: `.other.quern-${host}-${DEAD}-ffffffffffff`,
      decided: `.out.quern-${host}-${DEAD}-999999999999`,
    };
    for (const name of Object.values(names)) put(join(folder, name), { 'pieces/x': 'x' });
    utimesSync(join(folder, names.longQuiet), new Date(0), new Date(0));
    put(join(folder, names.decided), { 'files/b': 'new' });
    const moves: Move[] = [{ from: join(folder, names.decided, 'files'), to: out, aside: join(folder, names.decided, 'old') }];
    writeFileSync(join(folder, names.decided, 'commit.json'), JSON.stringify({ version: 1, moves }));
    // A reader completes and removes nothing.
    completeAbandoned(out);
    assert.equal(tree(folder), { 'out/b': 'new' });
    assert.ok(existsSync(join(folder, names.dead)));
    await removeAbandoned(out);
    const left = readdirSync(folder)
      .filter((name) => name.startsWith('.'))
      .sort();
    assert.equal(left, [names.parent, names.elsewhere, names.other, living.path.slice(folder.length + 1)].sort());
    await living.remove();
    assert.not(existsSync(living.path));
  }));

test.run();
