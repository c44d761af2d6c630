import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import * as assert from 'uvu/assert';
import type * as Quern from '../../lib/index.js';
import { projectPath } from '../support/paths.js';
import { seededRandom } from '../support/random.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';

/** Executors that die while they write: every row is written once, in its place, and nothing else is left. */

// The package as it ships: its executors start in a fraction of the time that hundreds of modules take.
const shipped = (await import(pathToFileURL(projectPath('dist/package/index.js')).href)) as typeof Quern;

const test = suite('kill a writing executor');
const RUNS = 80;
const ROWS = 30_000;
const SCHEMA = 'k int, g string, x double';

const threads = new Set<Worker>();
process.on('worker', (thread) => {
  threads.add(thread);
  thread.on('exit', () => threads.delete(thread));
});

/**
 * All files below a directory, names of parts without what is different each time, with their bytes; with their rows where row groups lie in the order in which they came to be.
 */
async function contents(session: Quern.Session, path: string): Promise<string> {
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(csv|json|parquet)$/.test(name));
  const files: [string, unknown][] = [];
  for (const name of names) {
    const file = join(path, name);
    const content = name.endsWith('.parquet')
      ? await session.read.parquet(file).collect()
      : readFileSync(file).toString('base64');
    files.push([name.replace(/-[0-9a-f-]{36}(?=\.)/, ''), content]);
  }
  return JSON.stringify(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}

type Write = (df: Quern.DataFrame, path: string) => Promise<number>;

const WRITES: readonly Write[] = [
  (df, path) => df.write.mode('overwrite').csv(join(path, 'one.csv')),
  (df, path) => df.repartition(3).write.mode('overwrite').csv(join(path, 'many')),
  (df, path) => df.write.mode('overwrite').partitionBy('g').csv(join(path, 'partitions')),
  (df, path) => df.write.mode('overwrite').parquet(join(path, 'one.parquet')),
  (df, path) => df.orderBy('x', 'k').write.mode('overwrite').json(join(path, 'sorted.json')),
];

test(
  `${RUNS} writes, one executor killed in each`,
  () =>
    withTempFolder(async (folder) => {
      const random = seededRandom('kills');
      const source = join(folder, 'rows.csv');
      const lines = Array.from({ length: ROWS }, (_, k) => `${k},g${random.below(20)},${random.below(1e6) / 1000}`);
      writeFileSync(source, `k,g,x\n${lines.join('\n')}\n`);
      const engine = await shipped.Engine.create({ workers: 2 });
      const session = await shipped.Session.create({ engine, splitBytes: 32 * 1024, splitRows: 3000 });
      let deaths = 0;
      session.on('executorEnd', () => deaths++);
      const df = session.read.schema(SCHEMA).csv(source, { header: true });
      const expected: string[] = [];
      for (const [i, write] of WRITES.entries()) {
        assert.is(await write(df, join(folder, `expected-${i}`)), ROWS);
        expected.push(await contents(session, join(folder, `expected-${i}`)));
      }
      for (let run = 0; run < RUNS; run++) {
        const which = run % WRITES.length;
        const label = `write ${which} of run ${run}, seed ${random.seed}`;
        const path = join(folder, `out-${which}`);
        const answer = WRITES[which]!(df, path);
        if (random.bool(0.9)) await sleep(random.next() * 30);
        const alive = [...threads];
        if (alive.length > 0) void random.pick(alive).terminate();
        assert.is(await answer, ROWS, label);
        assert.is((await contents(session, path)) === expected[which], true, label);
        assert.equal(
          readdirSync(path).filter((name) => name.startsWith('.')),
          [],
          label,
        );
      }
      console.log(`  ${deaths} executors died`);
      assert.ok(deaths > RUNS / 4, `only ${deaths} executors died`);
      await session.close();
      await engine.close();
    }),
  { timeoutMs: 180_000 },
);

test.run();
