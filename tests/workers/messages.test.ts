import { MessagePort } from 'node:worker_threads';
import * as assert from 'uvu/assert';
import { Engine, Session } from '../../lib/index.js';
import { suite } from '../support/suite.js';

const test = suite('messages');
const WORKERS = 2;

/** Messages that this thread posts while `body` runs. */
async function posted(body: () => Promise<void>): Promise<number> {
  const { prototype } = MessagePort as unknown as { prototype: { postMessage: (...args: unknown[]) => void } };
  const original = prototype.postMessage;
  let count = 0;
  prototype.postMessage = function count_(this: unknown, ...args: unknown[]): void {
    count++;
    original.apply(this, args);
  };
  try {
    await body();
  } finally {
    prototype.postMessage = original;
  }
  return count;
}

test('a query posts one message to each executor at most, however many tasks, batches and rows it has', async () => {
  const engine = await Engine.create({ workers: WORKERS });
  const session = await Session.create({ engine, splitRows: 1000 });
  const sql = 'SELECT id % 100 AS g, count(*) AS n, sum(id) AS s FROM range(500000) GROUP BY id % 100 ORDER BY g';
  let tasks = 0;
  session.on('taskEnd', () => tasks++);
  const run = async (): Promise<void> => {
    assert.is((await session.sql(sql).collect()).length, 100);
  };
  // Nobody serves yet, so this one has to ask; that proves that the count sees such messages.
  assert.ok((await posted(run)) >= 1);
  assert.ok(tasks >= 500, `${tasks} tasks`);
  // Executors may still be looking for work: then nobody is asked at all. One that went to rest for a moment between two of the three stages is asked again.
  const messages = await posted(run);
  assert.ok(tasks >= 1000, `${tasks} tasks`);
  assert.ok(messages <= 3 * WORKERS, `${messages} messages`);
  await session.close();
  await engine.close();
});

test('a small query posts none', async () => {
  const engine = await Engine.create({ workers: WORKERS });
  const session = await Session.create({ engine });
  const messages = await posted(async () => {
    assert.equal(await session.sql('SELECT sum(id) AS s FROM range(10)').collect(), [{ s: 45 }]);
  });
  assert.is(messages, 0);
  await session.close();
  await engine.close();
});

test.run();
