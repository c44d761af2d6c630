import * as assert from 'uvu/assert';
import { createScheduler } from '../../lib/core/scheduler/driver.js';
import { createArena } from '../../lib/memory/arena.js';
import { InlineRunner } from '../../workers/inline-runner.js';
import { suite } from '../support/suite.js';
import { queryBytes, sumQuery, sumTo, takeSum } from './fake-query.js';
import { createStageWork } from './fake-work.js';

const test = suite('inline runner');
const MiB = 1024 * 1024;

function open(budget = 64 * MiB) {
  const arena = createArena({ budget });
  const runner = new InlineRunner({ arena, work: () => createStageWork({ arena, kernels: undefined }) });
  const scheduler = createScheduler({ arena, runner });
  return {
    arena,
    scheduler,
    async close() {
      await scheduler.close();
      arena.close();
    },
  };
}

test('runs a chain of stages', async () => {
  const { arena, scheduler, close } = open();
  const result = await scheduler.submit({ stages: sumQuery(1000, 7) });
  assert.equal(
    result.metrics.stages.map(({ stage, tasks, done, rows }) => [stage, tasks, done, rows]),
    [
      [10, 7, 7, 1000],
      [11, 3, 3, 3],
      [12, 1, 1, 1],
    ],
  );
  assert.is(takeSum(arena, result), sumTo(1000));
  assert.is(queryBytes(arena), 0);
  await close();
});

test('a stage without tasks ends, its readers see no chunks', async () => {
  const { arena, scheduler, close } = open();
  const stages = sumQuery(0, 1);
  const result = await scheduler.submit({ stages: [{ ...stages[0]!, tasks: [] }, ...stages.slice(1)] });
  assert.is(takeSum(arena, result), 0);
  await close();
});

test('an error of the query keeps class, code, place', async () => {
  const { arena, scheduler, close } = open();
  const error = await scheduler.submit({ stages: sumQuery(100, 5, { failAt: 3 }) }).catch((e: unknown) => e);
  assert.is((error as Error).name, 'QueryError');
  assert.is((error as Error).message, 'Division by zero in task 3.');
  assert.is((error as { code?: string }).code, 'DIVIDE_BY_ZERO');
  assert.equal((error as { at?: object }).at, { start: 3, end: 7 });
  assert.is(queryBytes(arena), 0);
  await close();
});

test('anything else thrown is tried four times', async () => {
  const { arena, scheduler, close } = open();
  const error = await scheduler.submit({ stages: sumQuery(100, 5, { breakAt: 3 }) }).catch((e: unknown) => e);
  assert.is((error as Error).message, 'TypeError in a task: broken in task 3. This is a bug in quern.');
  assert.is(queryBytes(arena), 0);
  await close();
});

test('over budget is a ResourceError and leaves nothing', async () => {
  const { arena, scheduler, close } = open(2 * MiB);
  const error = await scheduler.submit({ stages: sumQuery(100, 20, { pages: 3 }) }).catch((e: unknown) => e);
  assert.is((error as Error).name, 'ResourceError');
  assert.match(
    (error as Error).message,
    /^The memory budget of 2 MiB is used up: asked for 64 KiB, free are 0 KiB\. Set a larger `memory` option, unpersist cached DataFrames, or run fewer queries at once\.$/,
  );
  assert.is(queryBytes(arena), 0);
  assert.is(takeSum(arena, await scheduler.submit({ stages: sumQuery(100, 20) })), sumTo(100));
  await close();
});

test('a limit skips the tasks it does not need', async () => {
  const { arena, scheduler, close } = open();
  const [first] = sumQuery(1000, 10);
  const result = await scheduler.submit({ stages: [{ ...first!, limit: 250 }] });
  assert.equal([result.metrics.stages[0]!.done, result.metrics.stages[0]!.skipped], [3, 7]);
  assert.is(takeSum(arena, result), sumTo(300));
  await close();
});

test('what a cache keeps outlives its query', async () => {
  const { arena, scheduler, close } = open();
  const cache = arena.openDomain('cache');
  const [first] = sumQuery(1000, 10);
  const result = await scheduler.submit({ stages: [{ ...first!, resultDomain: cache }] });
  result.release();
  assert.is(queryBytes(arena), 0);
  assert.is(
    result.chunks.reduce((sum, address) => sum + arena.views.f64[address / 8]!, 0),
    sumTo(1000),
  );
  assert.equal(arena.usage().kinds.cache.used > 0, true);
  assert.ok(arena.endDomain(cache));
  assert.is(arena.usage().kinds.cache.used, 0);
  await close();
});

test('answers without a turn of the event loop', async () => {
  const { arena, scheduler, close } = open();
  const stages = sumQuery(10, 1, {}, 1);
  let turns = 0;
  let more = true;
  const turn = (): void => void (++turns && more && setImmediate(turn));
  setImmediate(turn);
  for (let i = 0; i < 300; i++) assert.is(takeSum(arena, await scheduler.submit({ stages })), sumTo(10));
  assert.is(turns, 0);
  more = false;
  await close();
});

test(
  'a thousand engines leak nothing',
  async () => {
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 1000; i++) {
      const { arena, scheduler, close } = open();
      takeSum(arena, await scheduler.submit({ stages: sumQuery(100, 3) }));
      await close();
    }
    const grown = (process.memoryUsage().rss - before) / MiB;
    assert.ok(grown < 100, `${grown.toFixed(0)} MiB more`);
  },
  { timeoutMs: 60_000 },
);

test.run();
