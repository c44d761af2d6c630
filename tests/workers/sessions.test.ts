import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import * as assert from 'uvu/assert';
import type * as Quern from '../../lib/index.js';
import { expectNoLeaks } from '../support/leaks.js';
import { projectPath } from '../support/paths.js';
import { suite } from '../support/suite.js';

// The package as it ships: see kill-engine.test.ts.
const door = pathToFileURL(projectPath('dist/package/index.js')).href;
const { Session } = (await import(door)) as typeof Quern;

const test = suite('sessions');
const run = promisify(execFile);
const SESSIONS = 1000;
/** Every so many a session's query is large enough for threads. */
const THREADED = 50;
const RSS_GROWTH_MAX = 150 * 2 ** 20;

test(
  `${SESSIONS} sessions opened and closed leave nothing behind`,
  () =>
    expectNoLeaks(async () => {
      let warm = 0;
      const listeners = process.listenerCount('exit');
      for (let i = 0; i < SESSIONS; i++) {
        const session = await Session.create({ workers: 2 });
        session.on('taskEnd', () => {});
        const rows = i % THREADED === 0 ? 3_000_000 : 10;
        assert.equal(await session.sql(`SELECT sum(id) AS s FROM range(${rows})`).collect(), [{ s: (rows * (rows - 1)) / 2 }]);
        if (i % 7 === 0) session.range(100).cache().createOrReplaceTempView('kept');
        await session.close();
        if (i === 100) warm = process.memoryUsage().rss;
      }
      assert.is(process.listenerCount('exit'), listeners);
      const grown = process.memoryUsage().rss - warm;
      assert.ok(grown < RSS_GROWTH_MAX, `${Math.round(grown / 2 ** 20)} MiB more`);
    }),
  { timeoutMs: 120_000 },
);

/** Runs a script with an open session; resolves with what it prints. */
async function script(body: string): Promise<{ readonly stdout: string; readonly code: number }> {
  const code = `import { Session } from ${JSON.stringify(door)}; const session = await Session.create({ workers: 2 }); ${body}`;
  try {
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], { timeout: 20_000 });
    return { stdout: stdout.trim(), code: 0 };
  } catch (error) {
    const { stdout, code: exit } = error as { stdout: string; code: number };
    return { stdout: stdout.trim(), code: exit };
  }
}

const THREE_MILLION = "await session.sql('SELECT count(*) AS n FROM range(3000000) WHERE id % 2 = 0').collect()";

test('a script with an open session ends by itself', async () => {
  assert.equal(await script(`console.log((${THREE_MILLION})[0].n);`), { stdout: '1500000', code: 0 });
});

test('so does one that fails', async () => {
  assert.equal(await script(`${THREE_MILLION}; console.log('before'); throw new Error('mine');`), { stdout: 'before', code: 1 });
});

test('await using closes the session', async () => {
  // As the compiler writes it: Node 20 has no such statement.
  const { stdout } = await script(`
    await session[Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]();
    try { session.sql('SELECT 1'); } catch (error) { console.log(error.code); }`);
  assert.is(stdout, 'SESSION_CLOSED');
});

test.run();
