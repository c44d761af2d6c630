import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { CancelledError, Engine, Session } from '../../lib/index.js';
import { suite } from '../support/suite.js';

const test = suite('hung executors');

/** Long enough for both executors to have loaded their code and to hang, even on a busy machine. */
const HANG_MS = 4_000;

const forever = (): { a: number } => {
  for (;;);
};

test(
  'a function that never ends is cancelled, and its executor replaced',
  async () => {
    const engine = await Engine.create({ workers: 2 });
    const session = await Session.create({ engine, splitRows: 1000 });
    const ended: number[] = [];
    session.on('executorEnd', ({ executor }) => ended.push(executor));
    const error = await session
      .range(10_000)
      .map(forever, { schema: 'a int' })
      .collect({ timeout: HANG_MS })
      .catch((e: unknown) => e);
    assert.instance(error, CancelledError);
    // Both executors hang; the next query waits until they are replaced.
    assert.equal(await session.sql('SELECT count(*) AS n FROM range(3000000) WHERE id % 3 = 0').collect(), [{ n: 1_000_000 }]);
    assert.equal(
      ended.sort((a, b) => a - b),
      [1, 2],
    );
    const held = (): number => session.memory().domains.find(({ kind }) => kind === 'query')!.used;
    for (let wait = 0; wait < 100 && held() > 0; wait++) await sleep(10);
    assert.is(held(), 0);
    await session.close();
    await engine.close();
  },
  { timeoutMs: 60_000 },
);

test('closing does not wait for it', async () => {
  const engine = await Engine.create({ workers: 1 });
  const session = await Session.create({ engine, splitRows: 1000 });
  const answer = session
    .range(5000)
    .map(forever, { schema: 'a int' })
    .collect()
    .catch((e: unknown) => e);
  await sleep(300);
  await session.close();
  await engine.close();
  assert.instance(await answer, CancelledError);
});

test.run();
