import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { CancelledError, type EventName } from '../../lib/index.js';
import { withSession } from '../support/session.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';

const test = suite('events');

const NAMES: readonly EventName[] = ['queryStart', 'queryEnd', 'jobStart', 'jobEnd', 'stageStart', 'stageEnd', 'taskEnd'];

test('an action is a query, with a job for itself and one for each cached frame it needs', () =>
  withSession(async (session) => {
    const seen: string[] = [];
    const queries = new Set<number>();
    for (const name of NAMES)
      session.on(name, (event) => {
        seen.push(name);
        if ('query' in event) queries.add(event.query);
      });
    const kept = session.range(1000).cache();
    assert.is(await kept.count(), 1000);
    assert.equal(
      seen.filter((name) => /^(query|job)/.test(name)),
      ['queryStart', 'jobStart', 'jobEnd', 'jobStart', 'jobEnd', 'queryEnd'],
    );
    assert.is(queries.size, 1);
    assert.ok(seen.includes('taskEnd'));
    assert.is(seen.filter((name) => name === 'stageStart').length, seen.filter((name) => name === 'stageEnd').length);
    seen.length = 0;
    await kept.count();
    assert.is(seen.filter((name) => name === 'jobEnd').length, 1);
    assert.is(queries.size, 2);
  }));

test('queryEnd tells how it ended', () =>
  withSession(async (session) => {
    const outcomes: string[] = [];
    session.on('queryEnd', ({ outcome, error }) => outcomes.push(`${outcome} ${error instanceof Error ? error.name : ''}`));
    await session.sql('SELECT 1').collect();
    await session
      .sql('SELECT 1 / (id - id) FROM range(3)')
      .collect()
      .catch(() => {});
    const error = await session
      .range(10)
      .collect({ signal: AbortSignal.abort() })
      .catch((e: unknown) => e);
    assert.instance(error, CancelledError);
    assert.equal(outcomes, ['done ', 'failed QueryError', 'cancelled CancelledError']);
  }));

test('malformed rows that were left out are counted', () =>
  withTempFolder((folder) =>
    withSession(async (session) => {
      const path = join(folder, 'm.csv');
      writeFileSync(path, 'x,y\n1,2\n3\n4,5\n6,7,8\nz,9\n');
      const rejected: number[] = [];
      session.on('queryEnd', ({ rowsRejected }) => rejected.push(rowsRejected));
      const df = session.read.schema('x int, y int').csv(path, { header: true, mode: 'DROPMALFORMED' });
      assert.is((await df.collect()).length, 2);
      assert.equal(rejected, [3]);
      df.createOrReplaceTempView('m');
      const [{ plan } = { plan: '' }] = await session.sql('EXPLAIN ANALYZE SELECT * FROM m').collect();
      assert.match(String(plan), /3 malformed rows left out/);
    }),
  ));

test('malformed JSON records that are kept are not counted as left out', () =>
  withTempFolder((folder) =>
    withSession(async (session) => {
      const path = join(folder, 'm.json');
      writeFileSync(path, '{"a":1}\n{"a":\n{"a":3}\n');
      const rejected: number[] = [];
      session.on('queryEnd', ({ rowsRejected }) => rejected.push(rowsRejected));
      assert.is((await session.read.json(path).collect()).length, 3);
      assert.is((await session.read.schema('a bigint').json(path).collect()).length, 3);
      assert.is((await session.read.json(path, { mode: 'DROPMALFORMED' }).collect()).length, 2);
      assert.equal(rejected, [0, 0, 1]);
    }),
  ));

test('diagnostics channels hear of a query that starts after they subscribed', () =>
  withSession(async (session) => {
    const heard: unknown[] = [];
    const hear = (event: unknown): void => void heard.push(event);
    await session.sql('SELECT 1').collect();
    subscribe('quern:queryEnd', hear);
    await session.sql('SELECT 1').collect();
    unsubscribe('quern:queryEnd', hear);
    await session.sql('SELECT 1').collect();
    assert.is(heard.length, 1);
    assert.is((heard[0] as { outcome: string }).outcome, 'done');
  }));

test('a listener that throws stops nothing', () =>
  withSession(async (session) => {
    const errors: unknown[] = [];
    const hear = (error: unknown): void => void errors.push(error);
    process.on('uncaughtException', hear);
    session.on('jobStart', () => {
      throw new Error('mine');
    });
    assert.equal(await session.sql('SELECT 1 AS one').collect(), [{ one: 1 }]);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('uncaughtException', hear);
    assert.equal(
      errors.map((error) => (error as Error).message),
      ['mine'],
    );
  }));

test.run();
