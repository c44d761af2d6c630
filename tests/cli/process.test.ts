import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';
import { QUERN } from './run-quern.js';

const test = suite('command line as a process');

/** The second statement runs long enough to be interrupted, in memory that does not grow; the first one's answer tells that it is about to start. */
const LONG = 'SELECT 1; SELECT sum(sqrt(id) + sqrt(id + 1)) AS s FROM range(200000000000)';

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly stderr: string }>;
}

function start(args: readonly string[], env: Record<string, string> = {}): Started {
  const child = spawn(process.execPath, [QUERN, ...args], {
    env: { ...process.env, ...env },
    timeout: 25_000,
    killSignal: 'SIGKILL',
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    stderr,
  }));
  return { child, ended };
}

test('Ctrl-C cancels', async () => {
  const { child, ended } = start([LONG, '--workers', '2']);
  await once(child.stdout!, 'data');
  await sleep(200);
  child.kill('SIGINT');
  const { code, signal, stderr } = await ended;
  assert.equal([code, signal, stderr], [130, null, 'quern: cancelled\n']);
});

test('SIGTERM ends as Ctrl-C does, with the code of that signal', async () => {
  const { child, ended } = start([LONG, '--workers', '1']);
  await once(child.stdout!, 'data');
  await sleep(200);
  child.kill('SIGTERM');
  const { code, signal } = await ended;
  assert.equal([code, signal], [143, null]);
});

/** Newer Nodes keep there what they compiled, too. */
const spooled = (folder: string): string[] => readdirSync(folder).filter((name) => name.startsWith('quern-'));

test('Ctrl-C while standard input is read leaves no file', () =>
  withTempFolder(async (folder) => {
    const { child, ended } = start(["SELECT count(*) FROM '-'"], { TMPDIR: folder });
    child.stdin!.write('a,b\n1,2\n');
    while (spooled(folder).length === 0) await sleep(20);
    child.kill('SIGINT');
    const { code } = await ended;
    assert.is(code, 130);
    assert.equal(spooled(folder), []);
  }));

test('a reader that has seen enough is no error', async () => {
  const { child, ended } = start(['SELECT id, id * 2 AS twice FROM range(5000000)', '--format', 'csv', '--workers', '1']);
  child.stdout!.once('data', () => child.stdout!.destroy());
  const { code, signal, stderr } = await ended;
  assert.equal([code, signal, stderr], [0, null, '']);
});

test('a slow reader gets every row', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'rows.csv');
    writeFileSync(path, `n\n${Array.from({ length: 300_000 }, (_, i) => i).join('\n')}\n`);
    const { child, ended } = start([`SELECT n FROM '${path}'`, '--format', 'csv']);
    let lines = 0;
    for await (const chunk of child.stdout!.setEncoding('utf8')) {
      lines += (chunk as string).split('\n').length - 1;
      if (lines % 7 === 0) await sleep(2);
    }
    assert.is((await ended).code, 0);
    assert.is(lines, 300_001);
  }));

test.run();
