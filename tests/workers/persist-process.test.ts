import { spawn } from 'node:child_process';
import { chownSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { runNode } from '../support/run-process.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';

/** Files of cached DataFrames when processes end, in whatever way. */

const test = suite('persist and processes');
const CHILD = fileURLToPath(new URL('./persist-child.js', import.meta.url));

for (const [end, code] of [
  ['end', 0],
  ['exit', 3],
  ['busy', 3],
  ['throw', 1],
] as const) {
  test(`a process that does not close its sessions leaves nothing: ${end}`, () =>
    withTempFolder(async (folder) => {
      const result = await runNode([CHILD, end], { env: { TMPDIR: folder } });
      assert.is(result.code, code, result.stderr);
      const seen = JSON.parse(result.stdout) as string[];
      assert.is(seen.length, 2, 'a directory for each session');
      assert.ok(seen.every((name) => /^quern-cache-[0-9a-f]{8}-\d+-[0-9a-f]{24}$/.test(name)));
      assert.equal(readdirSync(folder), []);
    }));
}

/** Starts a process, kills it when it has files in a cache, and returns the names of its directories. */
async function killed(folder: string): Promise<string[]> {
  const child = spawn(process.execPath, [CHILD, 'wait'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: folder },
  });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  const said = await new Promise<Buffer>((resolve) => child.stdout.once('data', resolve));
  child.kill('SIGKILL');
  assert.is(await ended, 'SIGKILL');
  return JSON.parse(said.toString()) as string[];
}

test('what a killed process left, the next one with a cache removes, and nothing else', () =>
  withTempFolder(async (folder) => {
    const [left = '', other = ''] = await killed(folder);
    assert.equal(readdirSync(folder).sort(), [left, other].sort());
    const [, , host, pid, id] = left.split('-') as [string, string, string, string, string];
    const name = (...parts: readonly (string | number)[]): string => ['quern-cache', ...parts].join('-');
    const kept = [
      // Of a process that lives, of another machine, of nobody.
      name(host, process.pid, id),
      name(host === '00000000' ? '11111111' : '00000000', pid, id),
      name(host, 'x', id),
      name(host, -1, id),
      name(host, 0, id),
      `${left}0`.replace('quern', 'other'),
    ];
    for (const directory of kept) mkdirSync(join(folder, directory));
    // No directories.
    const file = name(host, pid, 'file');
    const link = name(host, pid, 'link');
    mkdirSync(join(folder, 'precious'));
    writeFileSync(join(folder, 'precious', 'data'), 'data');
    symlinkSync(join(folder, 'precious'), join(folder, link));
    // Within one that goes, a link is removed and not followed.
    symlinkSync(join(folder, 'precious'), join(folder, left, 'link'));
    writeFileSync(join(folder, file), '');
    const foreign = name(host, pid, 'foreign');
    if (process.getuid?.() === 0) {
      mkdirSync(join(folder, foreign));
      chownSync(join(folder, foreign), 12_345, 12_345);
      kept.push(foreign);
    }
    const result = await runNode([CHILD, 'end'], { env: { TMPDIR: folder } });
    assert.is(result.code, 0, result.stderr);
    assert.equal(readdirSync(folder).sort(), [...kept, file, link, 'precious'].sort());
    assert.equal(readdirSync(join(folder, 'precious')), ['data']);
  }));

test('processes that live leave each other alone', () =>
  withTempFolder(async (folder) => {
    const child = spawn(process.execPath, [CHILD, 'wait'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TMPDIR: folder },
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    try {
      const said = await new Promise<Buffer>((resolve) => child.stdout.once('data', resolve));
      const result = await runNode([CHILD, 'end'], { env: { TMPDIR: folder } });
      assert.is(result.code, 0, result.stderr);
      assert.is((JSON.parse(result.stdout) as string[]).length, 4);
      assert.equal(readdirSync(folder).sort(), (JSON.parse(said.toString()) as string[]).sort());
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
  }));

test.run();
