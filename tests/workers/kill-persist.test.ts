import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import * as assert from 'uvu/assert';
import type * as Quern from '../../lib/index.js';
import { projectPath } from '../support/paths.js';
import { seededRandom } from '../support/random.js';
import { suite } from '../support/suite.js';
import { withTmpdir } from '../support/tmpdir.js';

/** Executors that die while rows go into a cache's files or come out of them: every row is there once, in its place. */

// The package as it ships: its executors start in a fraction of the time that hundreds of modules take.
const shipped = (await import(pathToFileURL(projectPath('dist/package/index.js')).href)) as typeof Quern;

const test = suite('kill an executor of a cache');
const RUNS = 60;
const ROWS = 30_000;

const threads = new Set<Worker>();
process.on('worker', (thread) => {
  threads.add(thread);
  thread.on('exit', () => threads.delete(thread));
});

test(
  `${RUNS} caches, one executor killed in each`,
  () =>
    withTmpdir(async (folder) => {
      const random = seededRandom('kills');
      const source = join(folder, 'rows.csv');
      const lines = Array.from({ length: ROWS }, (_, k) => `${k},g${random.below(20)},${random.below(1e6) / 1000}`);
      writeFileSync(source, `k,g,x\n${lines.join('\n')}\n`);
      const engine = await shipped.Engine.create({ workers: 2 });
      const session = await shipped.Session.create({ engine, splitBytes: 16 * 1024, splitRows: 2000 });
      let deaths = 0;
      session.on('executorEnd', () => deaths++);
      const df = session.read.schema('k int, g string, x double').csv(source, { header: true });
      const expected = JSON.stringify(await df.collect());
      for (let run = 0; run < RUNS; run++) {
        const label = `run ${run}, seed ${random.seed}`;
        const kept = df.persist('DISK_ONLY');
        if (random.bool(0.3)) await kept.count();
        const answer = kept.collect();
        if (random.bool(0.9)) await sleep(random.next() * 25);
        const alive = [...threads];
        if (alive.length > 0) void random.pick(alive).terminate();
        assert.is(JSON.stringify(await answer) === expected, true, label);
        // What the dead left is in nobody's way.
        assert.is(JSON.stringify(await kept.collect()) === expected, true, label);
        kept.unpersist();
      }
      console.log(`  ${deaths} executors died`);
      assert.ok(deaths > RUNS / 4, `only ${deaths} executors died`);
      await session.close();
      await engine.close();
      assert.equal(readdirSync(folder), ['rows.csv']);
    }),
  { timeoutMs: 120_000 },
);

test.run();
