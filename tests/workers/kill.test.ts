import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { HAZARDS, WORKERS_MAX } from '../../lib/memory/arena-layout.js';
import { suite } from '../support/suite.js';
import { POINTS, WAYS } from './bomb-work.js';
import { openPool } from './fake-engine.js';
import { freed, sumQuery, sumTo, takeSum } from './fake-query.js';

const test = suite('kill');
const RUNS = 500;
const WORKERS = 2;

/** mulberry32 */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

test(
  `${RUNS} runs, one executor killed in each`,
  async () => {
    const seed = Number(process.env['QUERN_SEED'] ?? Date.now() % 1e9);
    const random = randomOf(seed);
    const pick = (n: number): number => Math.floor(random() * n);
    // The control area is allocated first, so the bomb's address is known only to the driver: it goes into the module's URL.
    let bomb = 0;
    const engine = openPool(WORKERS, {
      work: () => `${new URL('./bomb-work.js', import.meta.url).href}?bomb=${bomb}`,
      heapMegabytes: 24,
    });
    const { arena, scheduler, runner, close } = engine;
    bomb = arena.allocate(arena.openDomain('engine'), 16, true);
    const { i32 } = arena.views;
    let deaths = 0;
    scheduler.on('executorEnd', () => deaths++);
    const counts = new Map<string, number>();
    const times: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      const how = random();
      let label = 'terminate';
      if (how < 0.6) {
        const point = pick(POINTS.length);
        const way = random() < 0.04 ? WAYS.indexOf('heap') : pick(3);
        label = `${WAYS[way]} at ${POINTS[point]}`;
        i32[bomb / 4 + 1] = point;
        i32[bomb / 4 + 2] = way;
        Atomics.store(i32, bomb / 4, 1 + pick(point === 0 || point > 7 ? 2 : 20));
      }
      const start = performance.now();
      const n = 1000 + run;
      const query = scheduler.submit({
        stages: sumQuery(n, 24, { spin: 150, pages: 1, ...(random() < 0.5 ? { sealEvery: 3 } : {}) }),
      });
      if (how >= 0.6) {
        if (random() < 0.7) await sleep(random() * 6);
        const { threads } = runner;
        if (threads.length > 0) void threads[pick(threads.length)]!.terminate();
      }
      try {
        assert.is(takeSum(arena, await query), sumTo(n));
      } catch (error) {
        throw new Error(`seed ${seed}, run ${run}, ${label}: ${(error as Error).message}`, { cause: error });
      }
      times.push(performance.now() - start);
      Atomics.store(i32, bomb / 4, 0);
      counts.set(label.split(' ')[0]!, (counts.get(label.split(' ')[0]!) ?? 0) + 1);
      assert.is(await freed(arena), 0, `seed ${seed}, run ${run}, ${label}: memory`);
    }
    times.sort((a, b) => a - b);
    console.log(
      `seed ${seed}: ${[...counts].map(([way, n]) => `${n} ${way}`).join(', ')}; ${deaths} deaths; query median ${times[RUNS / 2]!.toFixed(0)} ms, p95 ${times[Math.floor(RUNS * 0.95)]!.toFixed(0)} ms`,
    );
    // Whoever is still starting comes up, and nothing is locked or held.
    for (let i = 0; i < 20; i++) assert.is(takeSum(arena, await scheduler.submit({ stages: sumQuery(500, 20) })), sumTo(500));
    await sleep(20);
    assert.is(await freed(arena), 0);
    for (let worker = 0; worker <= WORKERS_MAX; worker++) assert.is(i32[HAZARDS / 4 + worker], 0, `hazard of ${worker}`);
    const { used, domains } = arena.usage();
    assert.is(
      used,
      domains.reduce((sum, domain) => sum + domain.used, 0),
      'the budget counts what the page table holds',
    );
    assert.is(scheduler.running, 0);
    await close();
  },
  { timeoutMs: 200_000 },
);

test('a task that always kills its executor fails its query and no other', async () => {
  let bomb = 0;
  const { arena, scheduler, close } = openPool(WORKERS, {
    work: () => `${new URL('./bomb-work.js', import.meta.url).href}?bomb=${bomb}`,
  });
  bomb = arena.allocate(arena.openDomain('engine'), 16, true);
  const { i32 } = arena.views;
  i32[bomb / 4 + 1] = POINTS.indexOf('mid-task');
  const rearm = setInterval(() => Atomics.store(i32, bomb / 4, 1), 1);
  const failures: number[] = [];
  scheduler.on('taskFailed', ({ attempt }) => failures.push(attempt));
  const error = await scheduler.submit({ stages: sumQuery(100, 1) }).catch((e: unknown) => e);
  clearInterval(rearm);
  Atomics.store(i32, bomb / 4, 0);
  assert.is((error as Error).message, 'A task failed 4 times; the last time: worker exited with code: 7.');
  assert.equal(failures, [0, 1, 2, 3]);
  assert.is(takeSum(arena, await scheduler.submit({ stages: sumQuery(100, 10) })), sumTo(100));
  assert.is(await freed(arena), 0);
  await close();
});

test.run();
