import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import * as assert from 'uvu/assert';
import { col, count, Engine, QueryError, Session, type DataFrame } from '../../lib/index.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';

const test = suite('errors');
let engine: Engine;
let session: Session;
test.before(async () => {
  engine = await Engine.create({ workers: 1 });
  session = await Session.create({ engine });
});
test.after(async () => {
  await session.close();
  await engine.close();
});

const failure = (df: DataFrame): Promise<string> =>
  df.collect().then(
    () => 'no error',
    (error: Error) => error.message,
  );

const DIVIDED = 'Division by zero. Use `try_divide` to tolerate divisor being 0 and return NULL instead.';

test('an error of a run has its place in the SQL text, inline and on executors', async () => {
  for (const rows of [5, 100_000])
    assert.is(
      await failure(session.sql(`SELECT id,\n  10 / (id - 2) AS r\nFROM range(${rows})`)),
      `${DIVIDED}\nline 2, column 3:\n    10 / (id - 2) AS r\n    ^^^^^^^^^^^^^`,
    );
  assert.is(
    await failure(session.sql('VALUES (1), (1/0)')),
    `${DIVIDED}\nline 1, column 14:\n  VALUES (1), (1/0)\n               ^^^`,
  );
});

test('the text is that of the view or the expression the error is in', async () => {
  session.sql('CREATE OR REPLACE TEMP VIEW halves AS SELECT 1 / id AS h FROM range(3)');
  assert.is(
    await failure(session.sql('SELECT max(h) AS m FROM halves')),
    `${DIVIDED}\nline 1, column 46:\n  CREATE OR REPLACE TEMP VIEW halves AS SELECT 1 / id AS h FROM range(3)\n${' '.repeat(47)}^^^^^^`,
  );
  assert.is(await failure(session.range(3).filter('1 / id > 0')), `${DIVIDED}\nline 1, column 1:\n  1 / id > 0\n  ^^^^^^`);
  assert.throws(
    () => session.sql('SELECT id AS a FROM range(3)').filter('nope > 0'),
    (e: QueryError) => e.message === 'No column named "nope". Columns: a, id.\nline 1, column 1:\n  nope > 0\n  ^^^^',
  );
});

test('an implicit cast takes the place of its call, and columns have their names', async () => {
  const message =
    'The value \'x0\' of the type "STRING" cannot be cast to "DOUBLE" because it is malformed. Correct the value as per the syntax, or change its target type. Use `try_cast` to tolerate malformed input and return NULL instead.';
  assert.is(
    await failure(session.sql("SELECT avg(s) FROM (SELECT concat('x', id) AS s FROM range(3))")),
    `${message}\nline 1, column 8:\n  SELECT avg(s) FROM (SELECT concat('x', id) AS s FROM range(3))\n         ^^^^^^`,
  );
  assert.is(
    (await failure(session.sql('SELECT id + 9223372036854775807 FROM range(3)'))).split('\n')[0],
    'Overflow of BIGINT in (id + 9223372036854775807). Use a wider type, or the `try_` form of the function to get NULL instead.',
  );
});

test('a column of numbers but for one word: what to set', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'delays.csv');
    writeFileSync(path, 'carrier,delay\nUA,5\nAA,NA\nB6,-3\n');
    const message = await failure(session.sql(`SELECT avg(delay) FROM '${path}'`));
    assert.ok(
      message.includes(
        `Column "delay" of ${path} holds values and 'NA': set nullValue to 'NA' if that is how missing ones are written, as in FROM 'file.csv' WITH (nullValue = 'NA').\nline 1, column 8:`,
      ),
      message,
    );
    assert.equal(await session.sql(`SELECT avg(delay) AS d FROM '${path}' WITH (nullValue = 'NA')`).collect(), [{ d: 1 }]);
  }));

test("an error's stack points at the caller's line", () => {
  const df = session.range(3);
  const here = fileURLToPath(import.meta.url);
  const calls: (() => unknown)[] = [
    () => df.select('q'),
    () => df.filter('a >'),
    () => df.filter('((((((((((((((((((((a'),
    () => df.groupBy('z').agg(count()),
    () => df.withColumn('x', col('y')),
    () => session.sql(`SELECT ${'('.repeat(30)}1`),
    () => session.sql('SELECT * FROM (SELECT * FROM (SELECT q FROM range(3)))'),
    () => session.table('nowhere'),
    () => session.read.csv('nowhere.csv'),
  ];
  for (const call of calls) {
    try {
      call();
      assert.unreachable(String(call));
    } catch (error) {
      assert.ok((error as Error).stack!.includes(here), `${String(call)}\n${(error as Error).stack}`);
    }
  }
});

test('a printed error shows what there is to show', () => {
  const error = new QueryError({ code: 'CODE', message: 'What.' });
  assert.match(inspect(error), /\{\n {2}code: 'CODE'\n\}$/);
});

test.run();
