import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import type { SchedulerEvents } from '../../lib/core/scheduler/events.js';
import { publishEvents } from '../../workers/events.js';
import { suite } from '../support/suite.js';
import { openPool } from './fake-engine.js';
import { freed, sumQuery, sumTo, takeSum } from './fake-query.js';

const test = suite('piscina runner');

test('runs a chain of stages on executors', async () => {
  const { arena, scheduler, close } = openPool(2);
  for (let i = 0; i < 20; i++)
    assert.is(takeSum(arena, await scheduler.submit({ stages: sumQuery(1000 + i, 40) })), sumTo(1000 + i));
  assert.is(await freed(arena), 0);
  await close();
});

test('the event loop has turns while a pool starts, and a pool closed meanwhile starts no thread', async () => {
  const { arena, scheduler, runner, close } = openPool(2);
  const sum = scheduler.submit({ stages: sumQuery(1000, 40) });
  let turns = 0;
  while (runner.threads.length === 0) {
    turns++;
    await nextTurn();
  }
  assert.ok(turns >= 2, `${turns} turns`);
  assert.is(takeSum(arena, await sum), sumTo(1000));
  await close();
  const other = openPool(2);
  const cancelled = other.scheduler.submit({ stages: sumQuery(1000, 40) }).catch(() => {});
  await other.close();
  await cancelled;
  await nextTurn();
  await nextTurn();
  assert.is(other.runner.threads.length, 0);
});

test('inline and pooled queries side by side', async () => {
  const { arena, scheduler, close } = openPool(2);
  const pooled = scheduler.submit({ stages: sumQuery(1000, 40, { spin: 1000 }) });
  for (let i = 0; i < 10; i++)
    assert.is(takeSum(arena, await scheduler.submit({ stages: sumQuery(50, 3), inline: true })), sumTo(50));
  assert.is(takeSum(arena, await pooled), sumTo(1000));
  await close();
});

test('more queries at once than the query table holds', async () => {
  const { arena, scheduler, close } = openPool(2);
  const sums = await Promise.all(
    Array.from({ length: 400 }, async (_, i) => takeSum(arena, await scheduler.submit({ stages: sumQuery(i, 3) }))),
  );
  assert.equal(
    sums,
    Array.from({ length: 400 }, (_, i) => sumTo(i)),
  );
  assert.is(await freed(arena), 0);
  await close();
});

test('posts at most once per executor and busy period', async () => {
  const { arena, scheduler, runner, close } = openPool(2);
  takeSum(arena, await scheduler.submit({ stages: sumQuery(100, 4) }));
  await sleep(20);
  const before = runner.posts;
  takeSum(arena, await scheduler.submit({ stages: sumQuery(2000, 500, { spin: 100 }) }));
  // Two for the query; an executor that rested while the other finished a stage may be asked once more for each of the two later stages.
  assert.ok(runner.posts - before <= 2 + 2, `${runner.posts - before} posts`);
  await close();
});

test('two queries share the executors', async () => {
  const { arena, scheduler, close } = openPool(2);
  takeSum(arena, await scheduler.submit({ stages: sumQuery(100, 4) }));
  const starts: SchedulerEvents['taskStart'][] = [];
  const jobs: SchedulerEvents['jobEnd'][] = [];
  scheduler.on('taskStart', (event) => starts.push(event));
  scheduler.on('jobEnd', (event) => jobs.push(event));
  const long = scheduler.submit({ stages: sumQuery(1000, 600, { spin: 2000 }) });
  for (let i = 0; i < 10; i++) {
    await sleep(10);
    takeSum(arena, await scheduler.submit({ stages: sumQuery(100, 4, { spin: 2000 }) }));
  }
  assert.is(takeSum(arena, await long), sumTo(1000));
  const whole = jobs.pop()!;
  assert.is(jobs.length, 10, 'all short queries ended before the long one');
  // While a short query of four such tasks ran, the long one began about as many, and not all those it had left. In tasks, not in time: the machine may be busy.
  const beside = jobs
    .map(({ start, time }) => starts.filter((task) => task.job === whole.job && task.time >= start && task.time <= time).length)
    .sort((a, b) => a - b);
  assert.ok(beside[5]! <= 20, `tasks of the long query beside each short one: ${beside.join(', ')}`);
  await close();
});

test('after an abort no task begins, and everything is released', async () => {
  const { arena, scheduler, close } = openPool(2);
  const counter = arena.allocate(arena.openDomain('engine'), 4, true) / 4;
  const begun = (): number => Atomics.load(arena.views.i32, counter);
  takeSum(arena, await scheduler.submit({ stages: sumQuery(100, 4) }));
  for (let i = 0; i < 10; i++) {
    const controller = new AbortController();
    const running = scheduler
      .submit({ stages: sumQuery(1000, 2000, { spin: 2000, pages: 1, counter }), signal: controller.signal })
      .catch((error: unknown) => error);
    await sleep(10 + i * 3);
    controller.abort();
    const before = begun();
    const error = await running;
    assert.is((error as Error).name, 'CancelledError');
    assert.is((error as Error).message, 'The query was cancelled by its signal.');
    assert.is(await freed(arena), 0);
    // Each executor may just have claimed one when the word was set.
    assert.ok(begun() - before <= 2, `${begun() - before} tasks began after the abort`);
  }
  assert.ok(begun() > 0);
  await close();
});

test('a timeout ends the query', async () => {
  const { arena, scheduler, close } = openPool(2);
  const error = await scheduler.submit({ stages: sumQuery(1000, 2000, { spin: 2000 }), timeout: 150 }).catch((e: unknown) => e);
  assert.is((error as Error).message, 'The query did not end within its timeout of 150 ms.');
  assert.is(await freed(arena), 0);
  await close();
});

test('errors of a task cross with class and code, on executors too', async () => {
  const { arena, scheduler, close } = openPool(2);
  const error = await scheduler.submit({ stages: sumQuery(100, 50, { failAt: 30 }) }).catch((e: unknown) => e);
  assert.equal(
    [(error as Error).name, (error as { code?: string }).code, (error as Error).message],
    ['QueryError', 'DIVIDE_BY_ZERO', 'Division by zero in task 30.'],
  );
  const failed: number[] = [];
  scheduler.on('taskFailed', ({ stage, task, attempt }) => failed.push(stage, task, attempt));
  const broken = await scheduler.submit({ stages: sumQuery(100, 50, { breakAt: 30 }) }).catch((e: unknown) => e);
  assert.equal(failed, [10, 30, 0, 10, 30, 1, 10, 30, 2, 10, 30, 3]);
  assert.is((broken as Error).message, 'TypeError in a task: broken in task 30. This is a bug in quern.');
  assert.is(takeSum(arena, await scheduler.submit({ stages: sumQuery(100, 50) })), sumTo(100));
  assert.is(await freed(arena), 0);
  await close();
});

test('events tell every task once, in order, with absolute times', async () => {
  const { arena, scheduler, close } = openPool(2);
  const ends: SchedulerEvents['taskEnd'][] = [];
  const names: string[] = [];
  let sequence = 0;
  for (const name of ['jobStart', 'stageStart', 'stageEnd', 'jobEnd', 'taskEnd', 'executorStart'] as const) {
    scheduler.on(name, (event) => {
      assert.ok(event.sequence > sequence);
      sequence = event.sequence;
      if (name === 'taskEnd') ends.push(event as unknown as SchedulerEvents['taskEnd']);
      else names.push(name);
    });
  }
  const before = Date.now() * 1000;
  takeSum(arena, await scheduler.submit({ stages: sumQuery(1000, 60, { spin: 3000 }) }));
  assert.equal(
    names.filter((name) => name !== 'executorStart'),
    ['jobStart', ...Array(3).fill(['stageStart', 'stageEnd']).flat(), 'jobEnd'],
  );
  assert.is(ends.length, 60 + 3 + 1);
  assert.is(new Set(ends.map(({ stage, task }) => `${stage}/${task}`)).size, 64);
  for (const { start, time, executor } of ends)
    assert.ok(start > before - 1e6 && time >= start && executor >= 1 && executor <= 2);
  assert.is(
    ends.filter(({ stage }) => stage === 10).reduce((sum, { rows }) => sum + rows, 0),
    1000,
  );
  await close();
});

test('diagnostics channels carry events while somebody listens', async () => {
  const { arena, scheduler, close } = openPool(2);
  const seen: unknown[] = [];
  const hear = (event: unknown) => void seen.push(event);
  subscribe('quern:taskEnd', hear);
  const unpublish = publishEvents(scheduler);
  takeSum(arena, await scheduler.submit({ stages: sumQuery(100, 5) }));
  assert.is(seen.length, 5 + 3 + 1);
  unpublish();
  takeSum(arena, await scheduler.submit({ stages: sumQuery(100, 5) }));
  assert.is(seen.length, 9);
  unsubscribe('quern:taskEnd', hear);
  await close();
});

test('a file that cannot be loaded is an error, not a hang', async () => {
  const { scheduler, close } = openPool(2, { work: 'data:text/javascript,throw new Error("broken module")' });
  const error = await scheduler.submit({ stages: sumQuery(100, 5) }).catch((e: unknown) => e);
  assert.is(
    (error as Error).message,
    'No executor thread could be started: broken module. Lower the `workers` option or free memory.',
  );
  await close();
});

test('closing twice, closing while queries run, closing at once', async () => {
  const { scheduler, close, arena } = openPool(2);
  const running = scheduler.submit({ stages: sumQuery(1000, 1000, { spin: 2000 }) }).catch((error: unknown) => error);
  await Promise.all([scheduler.close(), scheduler.close()]);
  assert.is(((await running) as Error).message, 'The engine was closed while the query ran or waited.');
  assert.is(arena.usage().domains.length, 0);
  await close();
  for (let i = 0; i < 10; i++) {
    const engine = openPool(2);
    const query = engine.scheduler.submit({ stages: sumQuery(10, 3) }).catch(() => {});
    await sleep(i * 4);
    await engine.close();
    await query;
  }
});

test.run();
