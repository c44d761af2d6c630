import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import * as assert from 'uvu/assert';
import { CancelledError, Engine, QueryError, Session, type Row } from '../../lib/index.js';
import { projectPath } from '../support/paths.js';
import { withSession } from '../support/session.js';
import { ActionLimits } from '../../lib/api/action-limits.js';
import { suite } from '../support/suite.js';

const test = suite('actions');
const run = promisify(execFile);

const failure = (action: Promise<unknown>): Promise<string> =>
  action.then(
    () => 'no error',
    (error: Error & { code?: string }) => `${error.name} ${error.code} ${error.message}`,
  );

test('options that are none are refused, and hold nobody up', () =>
  withSession(async (session) => {
    const df = session.range(100_000);
    assert.is(
      await failure(df.collect({ signal: 'now' as unknown as AbortSignal })),
      'QueryError INVALID_PARAMETER_VALUE The option signal must be an AbortSignal: the signal of an AbortController.',
    );
    for (const timeout of [-1, NaN, '5' as unknown as number])
      assert.is(
        await failure(df.count({ timeout })),
        `QueryError INVALID_PARAMETER_VALUE The option timeout must be a number of milliseconds, not ${timeout}.`,
      );
    assert.is(await df.count({ timeout: Infinity }), 100_000);
  }));

const TIMED_OUT = 'CancelledError TIMEOUT The query did not end within its timeout of 60 ms.';

test('a timeout is that of the whole action', () =>
  withSession(async (session) => {
    // Forty jobs, and a consumer that takes its time: no job takes long.
    let seen = 0;
    const slowly = async (): Promise<void> => {
      for await (const _ of session.range(0, 40_000, 1, 40).toLocalIterator({ timeout: 60 }))
        if (++seen % 1000 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    assert.is(await failure(slowly()), TIMED_OUT);
    assert.ok(seen < 40_000);
  }));

test('a signal is heeded while values are made of a result', () =>
  withSession(async (session) => {
    const rows = session.sql("SELECT id, concat('row ', id) AS t FROM range(300000)").cache();
    await rows.count();
    const controller = new AbortController();
    // The answer is there at once; making objects of it takes many turns of the event loop.
    let turns = 0;
    const turn = (): void => void (++turns === 10 ? controller.abort() : setImmediate(turn));
    setImmediate(turn);
    assert.is(
      await failure(rows.collect({ signal: controller.signal })),
      'CancelledError CANCELLED The query was cancelled by its signal.',
    );
  }));

test('an action that is over already waits for nothing, and what it would have waited for may fail', async () => {
  const limits = new ActionLimits({ signal: AbortSignal.abort() }, () => undefined);
  const other = new Promise<void>((_, reject) => setImmediate(() => reject(new Error('no room'))));
  assert.is(await failure(limits.race(other)), 'CancelledError CANCELLED The query was cancelled by its signal.');
  // A rejection that nobody handles would end the process here.
  await new Promise((resolve) => setTimeout(resolve, 10));
});

test('closing a session ends what runs, what is being made of results, and iterators', async () => {
  const CLOSED = 'CancelledError SESSION_CLOSED The session was closed while the action ran.';
  const engine = await Engine.create({ workers: 1 });
  const open = async (body: (session: Session) => Promise<unknown>): Promise<string> => {
    const session = await Session.create({ engine });
    const answer = failure(body(session));
    setTimeout(() => void session.close(), 50);
    return answer;
  };
  assert.is(await open((session) => session.sql('SELECT sum(sqrt(id)) FROM range(100000000000)').collect()), CLOSED);
  assert.is(await open((session) => session.sql('SELECT id, id AS a, id AS b, id AS c FROM range(3000000)').collect()), CLOSED);
  const session = await Session.create({ engine });
  const rows = session.range(0, 10_000, 1, 10).toLocalIterator();
  await rows.next();
  await session.close();
  assert.is(
    await failure(
      (async () => {
        for await (const _ of rows);
      })(),
    ),
    CLOSED,
  );
  await engine.close();
});

test('an action that waits for rows which another one caches outlives it, and its own end is its own', () =>
  withSession(async (session) => {
    const kept = session.sql('SELECT sum(sqrt(id)) AS s FROM range(300000000)').cache();
    const first = new AbortController();
    const filling = failure(kept.count({ signal: first.signal }));
    const waiting = kept.count();
    const impatient = failure(kept.count({ timeout: 1 }));
    assert.is(await impatient, 'CancelledError TIMEOUT The query did not end within its timeout of 1 ms.');
    first.abort();
    assert.match(await filling, 'CancelledError CANCELLED');
    assert.is(await waiting, 1);
  }));

test('useColumns() refuses a callback that is async', () =>
  withSession(async (session) => {
    assert.is(
      await failure(
        session.range(3).useColumns(async (columns) => {
          await Promise.resolve();
          return columns.numbers('id');
        }),
      ),
      'QueryError COLUMNS_RETURNED The callback of useColumns() may not be async: its columns end when it returns. Use toColumns() for arrays to keep.',
    );
  }));

test('a function that is tried on the first rows fails as it would on executors', () =>
  withSession(async (session) => {
    const df = session.range(3);
    const cases: [() => unknown, string][] = [
      [
        () =>
          df.map(() => {
            throw new TypeError('mine');
          }),
        'The function given to map() threw TypeError: mine.',
      ],
      [
        () => df.map(() => undefined as unknown as Row),
        'The function given to map() must return an object with the columns of the result; it returned undefined.',
      ],
      [
        () => df.flatMap(() => 5 as unknown as Row[]),
        'The function given to flatMap() must return an array of objects, one for each row it makes; it returned 5.',
      ],
    ];
    for (const [call, message] of cases)
      assert.throws(call, (error: unknown) => error instanceof QueryError && error.message === message);
  }));

test('a result that the JavaScript heap has no room for is an error, not the end of the process', async () => {
  const door = pathToFileURL(projectPath('dist/package/index.js')).href;
  const code = `
    import { Session } from ${JSON.stringify(door)};
    const session = await Session.create({ workers: 1 });
    const rows = session.sql("SELECT id, concat('some text ', id) AS t FROM range(3000000)");
    try { await rows.collect(); } catch (error) { console.log(error.name, error.code, error.message.replace(/\\d+/g, 'N')); }
    let n = 0;
    for await (const row of rows.toLocalIterator()) n += row.t.length > 0 ? 1 : 0;
    console.log(n);
    await session.close();`;
  const { stdout } = await run(process.execPath, ['--max-old-space-size=100', '--input-type=module', '-e', code], {
    timeout: 25_000,
  });
  assert.is(
    stdout,
    "ResourceError RESULT_TOO_LARGE The result does not fit the JavaScript heap: after N of N rows, N of its N MiB are used. Take the rows one by one with toLocalIterator(), as typed arrays with toColumns(), or write them to files; or raise node's --max-old-space-size.\n3000000\n",
  );
});

test('errors of cancelled actions are CancelledError', () =>
  withSession(async (session) => {
    const error = await session
      .range(10)
      .collect({ signal: AbortSignal.abort(new Error('mine')) })
      .catch((e: unknown) => e);
    assert.instance(error, CancelledError);
    assert.is(((error as CancelledError).cause as Error).message, 'mine');
  }));

test.run();
