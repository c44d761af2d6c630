import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import * as assert from 'uvu/assert';
import type * as Quern from '../../lib/index.js';
import type { DataFrame, Session } from '../../lib/index.js';
import { projectPath } from '../support/paths.js';
import { seededRandom } from '../support/random.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';

// The package as it ships: its executors start in a fraction of the time that hundreds of modules take.
const shipped = (await import(pathToFileURL(projectPath('dist/package/index.js')).href)) as typeof Quern;
const { avg, count, max, sum } = shipped;

const test = suite('kill the engine');
const RUNS = 500;
const WORKERS = 2;
const ROWS = 30_000;
/** ms in which a function that kills does so: when its task runs again they are over. */
const FUSE_MS = 12;
const SCHEMA = 'k int, g string, x double';

type Way = 'terminate' | 'exit' | 'heap';

/** Threads of this process, by their own word. */
const threads = new Set<Worker>();
process.on('worker', (thread) => {
  threads.add(thread);
  thread.on('exit', () => threads.delete(thread));
});

const read = (session: Session, path: string): DataFrame => session.read.schema(SCHEMA).csv(path, { header: true });

/** Queries of all kinds of stages; `way` is for the one that can kill by itself. */
const QUERIES: readonly ((session: Session, path: string, way: Way) => DataFrame)[] = [
  (session, path) => read(session, path).groupBy('g').agg(count().as('n'), sum('x').as('s'), max('k').as('m')).orderBy('g'),
  (session, path) => read(session, path).orderBy('x', 'k').limit(50),
  (session, path) => read(session, path).select('g').distinct().orderBy('g'),
  (session, path) => read(session, path).where('x > 900').orderBy('k'),
  (session) => session.table('kept').groupBy('g').agg(avg('x').as('a'), count().as('n')).orderBy('g'),
  (session, path, way) => {
    const until = Date.now() + FUSE_MS;
    const deadly = (row: Quern.Row): Quern.Row => {
      if (way !== 'terminate' && Date.now() < until) {
        if (way === 'exit') process.exit(7);
        let list: object | undefined;
        for (;;) list = { list, numbers: [1, 2, 3] };
      }
      return { k: row['k'], x: row['x'] };
    };
    return read(session, path)
      .map(deadly, { schema: 'k int, x double', scope: { way, until } })
      .agg(count().as('n'), sum('x').as('s'), sum('k').as('k'));
  },
];
const MAPPED = QUERIES.length - 1;

test(
  `${RUNS} queries, one executor killed in each`,
  () =>
    withTempFolder(async (folder) => {
      const random = seededRandom('kills');
      const path = join(folder, 'rows.csv');
      const lines = Array.from({ length: ROWS }, (_, k) => `${k},g${random.below(40)},${random.below(1e6) / 1000}`);
      writeFileSync(path, `k,g,x\n${lines.join('\n')}\n`);
      const engine = await shipped.Engine.create({ workers: WORKERS });
      const session = await shipped.Session.create({ engine, splitBytes: 16 * 1024 });
      read(session, path).cache().createOrReplaceTempView('kept');
      let deaths = 0;
      session.on('executorEnd', () => deaths++);
      const expected: string[] = [];
      for (const query of QUERIES) expected.push(JSON.stringify(await query(session, path, 'terminate').collect()));
      // A query's memory is given back when no executor is inside, a moment after its answer.
      const settled = async (): Promise<string> => {
        for (let wait = 0; wait < 500 && session.memory().domains.some(({ kind, used }) => kind === 'query' && used > 0); wait++)
          await sleep(10);
        return JSON.stringify(session.memory().domains);
      };
      const base = await settled();
      const ways = new Map<Way, number>();
      for (let run = 0; run < RUNS; run++) {
        const way: Way = random.bool(0.2) ? (random.bool(0.03) ? 'heap' : 'exit') : 'terminate';
        ways.set(way, (ways.get(way) ?? 0) + 1);
        const which = way === 'terminate' ? random.below(QUERIES.length) : MAPPED;
        const label = `${way} in query ${which} of run ${run}, seed ${random.seed}`;
        const answer = QUERIES[which]!(session, path, way).collect();
        if (way === 'terminate') {
          if (random.bool(0.8)) await sleep(random.next() * 12);
          const alive = [...threads];
          if (alive.length > 0) void random.pick(alive).terminate();
        }
        try {
          assert.is(JSON.stringify(await answer), expected[which]);
        } catch (error) {
          throw new Error(`${label}: ${(error as Error).message}`, { cause: error });
        }
      }
      console.log(`  ${[...ways].map(([way, n]) => `${n} ${way}`).join(', ')}; ${deaths} executors died`);
      assert.ok(deaths > RUNS / 4, `only ${deaths} executors died`);
      // All that the dead held is free again, nothing is locked.
      for (const [which, query] of QUERIES.entries())
        assert.is(JSON.stringify(await query(session, path, 'terminate').collect()), expected[which]);
      assert.is(await settled(), base, 'memory in use');
      await session.close();
      await engine.close();
      assert.is(threads.size, 0, 'threads');
    }),
  { timeoutMs: 220_000 },
);

test.run();
