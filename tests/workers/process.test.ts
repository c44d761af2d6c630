import * as assert from 'uvu/assert';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { suite } from '../support/suite.js';
import { openPool } from './fake-engine.js';
import { sumQuery, sumTo, takeSum } from './fake-query.js';

const test = suite('process');
const run = promisify(execFile);
const helper = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);

/** Runs a script that has an engine with two executors; resolves with what it prints. */
async function script(body: string): Promise<string> {
  const code = `
    import { openPool } from ${helper('./fake-engine.js')};
    import { sumQuery, takeSum } from ${helper('./fake-query.js')};
    const { arena, scheduler } = openPool(2);
    ${body}`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], { timeout: 20_000 });
  return stdout.trim();
}

test('exits by itself with the pool at rest', async () => {
  assert.is(
    await script('console.log(takeSum(arena, await scheduler.submit({ stages: sumQuery(100, 9) })));'),
    String(sumTo(100)),
  );
});

test('does not exit while a query is pending', async () => {
  const body =
    'scheduler.submit({ stages: sumQuery(100, 9, { spin: 30000 }) }).then((result) => console.log(takeSum(arena, result)));';
  assert.is(await script(body), String(sumTo(100)));
});

test('exits after a cancelled query, without close', async () => {
  const body = `
    const error = await scheduler.submit({ stages: sumQuery(1000, 900, { spin: 5000 }), timeout: 60 }).catch((e) => e);
    console.log(error.name);`;
  assert.is(await script(body), 'CancelledError');
});

test(
  'pools opened and closed leak no threads and little memory',
  async () => {
    const threads = () => process.getActiveResourcesInfo().filter((name) => /Worker|MessagePort/.test(name)).length;
    const before = threads();
    let warm = 0;
    for (let i = 0; i < 40; i++) {
      const { arena, scheduler, close } = openPool(2);
      assert.is(takeSum(arena, await scheduler.submit({ stages: sumQuery(100, 9) })), sumTo(100));
      await close();
      if (i === 10) warm = process.memoryUsage().rss;
    }
    assert.is(threads(), before);
    const grown = (process.memoryUsage().rss - warm) / 1024 / 1024;
    assert.ok(grown < 100, `${grown.toFixed(0)} MiB more`);
  },
  { timeoutMs: 60_000 },
);

test.run();
