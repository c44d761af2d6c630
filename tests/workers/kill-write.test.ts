import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { Engine, Session } from '../../lib/index.js';
import { seededRandom, type Random } from '../support/random.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';

/** A process that writes is killed at any moment: each destination holds a version whole, and nothing else is left after the next run. */

const test = suite('kill a writer');
const KILLS = 200;
/** Destinations of their own, written to and killed at the same time. */
const LANES = 4;
const ROWS = 300;
/** ms of writing after which a process is killed, at most: several rounds of all destinations. */
const LIFE_MS = 60;
const CHILD = fileURLToPath(new URL('./kill-write-child.js', import.meta.url));

/** Starts a process that writes versions from `first` on and kills it. */
async function writeAndDie(folder: string, first: number, lifeMs: number): Promise<void> {
  const child = spawn(process.execPath, [CHILD, folder, String(first), String(ROWS)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  await Promise.race([new Promise((resolve) => child.stdout.once('data', resolve)), ended]);
  await sleep(lifeMs);
  child.kill('SIGKILL');
  assert.is(await ended, 'SIGKILL', 'the child ended by itself');
}

/** Rows by version, as quern reads them. */
async function versions(session: Session, query: string): Promise<Map<number, number>> {
  const rows = await session
    .sql(`SELECT version, count(*) AS n, count(DISTINCT id) AS ids FROM ${query} GROUP BY version`)
    .collect();
  return new Map(
    rows.map(({ version, n, ids }) => {
      assert.is(n, ids, `rows of version ${Number(version)} are there twice in ${query}`);
      return [Number(version), Number(n)];
    }),
  );
}

async function assertWhole(session: Session, folder: string, label: string): Promise<void> {
  for (const name of ['one.csv', 'directory']) {
    const found = await versions(session, `csv.\`${join(folder, name)}\` WITH (header true)`);
    assert.equal([...found.values()], [ROWS], `${name} ${label}`);
  }
  // These need no help of a reader: what the system made visible is all there is.
  const lines = readFileSync(join(folder, 'one.csv'), 'utf8').trimEnd().split('\n');
  assert.is(lines.length, ROWS + 1, label);
  const parquet = readFileSync(join(folder, 'one.parquet'));
  assert.is(parquet.toString('latin1', 0, 4) + parquet.toString('latin1', parquet.length - 4), 'PAR1PAR1', label);
  const growing = await versions(session, `csv.\`${join(folder, 'growing')}\` WITH (header true)`);
  for (const [version, n] of growing) assert.is(n, ROWS, `version ${version} of growing ${label}`);
  const partitions = await versions(session, `csv.\`${join(folder, 'partitions')}\` WITH (header true)`);
  assert.equal([...partitions.values()], [ROWS], `partitions ${label}`);
  // JSON is looked at after readers of CSV have healed its neighbours, and heals with its next writer at the latest.
  if (!existsSync(join(folder, 'lines'))) return;
  const json = readdirSync(join(folder, 'lines'))
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) =>
      readFileSync(join(folder, 'lines', name), 'utf8')
        .trimEnd()
        .split('\n'),
    );
  assert.is(json.length, ROWS, label);
  assert.is(new Set(json.map((line) => (JSON.parse(line) as { version: number }).version)).size, 1, label);
}

async function lane(session: Session, folder: string, kills: number, random: Random): Promise<void> {
  for (let kill = 0, first = 0; kill < kills; kill++, first += 10_000) {
    const lifeMs = random.next() * LIFE_MS;
    await writeAndDie(folder, first + random.below(2), lifeMs);
    await assertWhole(session, folder, `after kill ${kill} at ${lifeMs.toFixed(1)} ms, seed ${random.seed}`);
  }
  // The next run removes what the killed ones left.
  const last = session.sql('SELECT 1 AS version, 1 AS id, 1 AS k');
  for (const [name, format] of [
    ['one.csv', 'csv'],
    ['directory', 'csv'],
    ['one.parquet', 'parquet'],
    ['lines', 'json'],
    ['growing', 'csv'],
    ['partitions', 'csv'],
  ] as const)
    await last.write.mode('overwrite').format(format).save(join(folder, name));
  assert.equal(readdirSync(folder).sort(), ['directory', 'growing', 'lines', 'one.csv', 'one.parquet', 'partitions']);
}

test(
  `${KILLS} writing processes are killed`,
  () =>
    withTempFolder(async (root) => {
      const random = seededRandom('kills');
      const engine = await Engine.create({ workers: 2 });
      const session = await Session.create({ engine });
      const lanes = Array.from({ length: LANES }, (_, i) => lane(session, join(root, `lane-${i}`), KILLS / LANES, random));
      // All of them end before the folder goes.
      const failed = (await Promise.allSettled(lanes)).find(({ status }) => status === 'rejected');
      if (failed?.status === 'rejected') throw failed.reason;
      await session.close();
      await engine.close();
    }),
  { timeoutMs: 180_000 },
);

test.run();
