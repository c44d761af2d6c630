import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Session } from '../../lib/index.js';
import { withSession } from '../support/session.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';

const test = suite('prepared statements');

function thrown(body: () => unknown): string {
  try {
    body();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing';
}

/** A text was resolved once for both DataFrames. */
const isShared = (session: Session, text: string, parameters?: Parameters<Session['sql']>[1]): boolean =>
  session.sql(text, parameters).resolved === session.sql(text, parameters).resolved;

test('a text that comes again is not resolved again', () =>
  withSession(async (session) => {
    const text = 'SELECT id * 2 AS x FROM range(3)';
    assert.ok(isShared(session, text));
    for (let i = 0; i < 3; i++) assert.equal(await session.sql(text).collect(), [{ x: 0 }, { x: 2 }, { x: 4 }]);
  }));

test('files that changed are read anew', () =>
  withTempFolder((folder) =>
    withSession(async (session) => {
      const path = join(folder, 'a.csv');
      const text = `SELECT sum(n) AS s FROM '${path}'`;
      writeFileSync(path, 'n\n1\n2\n');
      assert.equal(await session.sql(text).collect(), [{ s: 3 }]);
      assert.ok(isShared(session, text));
      writeFileSync(path, 'n\n1.5\n2.5\n3.5\n');
      assert.equal(await session.sql(text).collect(), [{ s: 7.5 }]);
      // Of the same size, at another time.
      writeFileSync(path, 'n\n1.5\n2.5\n9.5\n');
      utimesSync(path, 1, 1);
      assert.equal(await session.sql(text).collect(), [{ s: 13.5 }]);
      rmSync(path);
      assert.match(
        thrown(() => session.sql(text)),
        /^Path does not exist: /,
      );
    }),
  ));

test('a directory with one more file is read with it', () =>
  withTempFolder((folder) =>
    withSession(async (session) => {
      const text = `SELECT count(*) AS n FROM '${folder}/*.csv'`;
      writeFileSync(join(folder, 'a.csv'), 'n\n1\n');
      assert.equal(await session.sql(text).collect(), [{ n: 1 }]);
      writeFileSync(join(folder, 'b.csv'), 'n\n2\n3\n');
      assert.equal(await session.sql(text).collect(), [{ n: 3 }]);
    }),
  ));

test('views that were replaced or dropped are looked up anew', () =>
  withSession(async (session) => {
    const text = 'SELECT * FROM v';
    session.sql('SELECT 1 AS a').createOrReplaceTempView('v');
    assert.equal(await session.sql(text).collect(), [{ a: 1 }]);
    assert.ok(isShared(session, text));
    session.sql("CREATE OR REPLACE TEMP VIEW v AS SELECT 'x' AS b");
    assert.equal(await session.sql(text).collect(), [{ b: 'x' }]);
    session.sql('DROP VIEW v');
    assert.match(
      thrown(() => session.sql(text)),
      /^No table or view named "v"/,
    );
  }));

test('what means the moment is resolved at each moment', () =>
  withSession(async (session) => {
    for (const text of [
      'SELECT now() AS t',
      "SELECT CAST('now' AS timestamp) AS t",
      'WITH c AS (SELECT current_date() AS t) SELECT * FROM c',
    ]) {
      assert.not.ok(isShared(session, text), text);
      assert.is((await session.sql(text).collect()).length, 1);
    }
    assert.ok(isShared(session, "SELECT CAST('2024-02-29' AS date) AS t"));
  }));

test('parameters of other values or types are other texts', () =>
  withSession(async (session) => {
    const text = 'SELECT ? AS x';
    const one = async (value: number | bigint | string | boolean | Date | null) =>
      (await session.sql(text, [value]).collect())[0]!['x'];
    for (let round = 0; round < 2; round++) {
      assert.is(await one(1), 1);
      assert.is(await one('1'), '1');
      assert.is(await one(true), true);
      assert.is(await one('true'), 'true');
      assert.is(await one(null), null);
      assert.is(await one('null'), 'null');
      assert.ok(Object.is(await one(-0.5), -0.5));
      assert.equal(await one(new Date(1000)), new Date(1000));
    }
    assert.ok(isShared(session, text, [7]));
    assert.ok(isShared(session, 'SELECT :a AS x', { a: 7 }));
    assert.match(
      thrown(() => session.sql(text)),
      /^No value was given for parameter 1/,
    );
  }));

test('DataFrames of one text are two', () =>
  withSession(async (session) => {
    const [a, b] = [session.sql('SELECT id FROM range(3)'), session.sql('SELECT id FROM range(3)')];
    assert.is.not(a.plan.planId, b.plan.planId);
    assert.equal(
      (await a.union(b).filter('id > 1').collect()).map(({ id }) => id),
      [2, 2],
    );
    assert.match(
      thrown(() => a.select(b.col('id'))),
      /^The column "id" belongs to a DataFrame that is not an input of this one/,
    );
  }));

test('cached rows that were let go are computed anew', () =>
  withSession(async (session) => {
    const cached = session.range(10).cache();
    cached.createOrReplaceTempView('kept');
    const text = 'SELECT sum(id) AS s FROM kept';
    for (let i = 0; i < 2; i++) {
      assert.equal(await session.sql(text).collect(), [{ s: 45 }]);
      assert.equal(await session.sql(text).collect(), [{ s: 45 }]);
      cached.unpersist();
      // Other rows lie where those did.
      await session.range(100, 200).cache().count();
    }
  }));

test('rows and errors of a DataFrame that runs again are the same', () =>
  withSession(async (session) => {
    const fails = session.sql('SELECT 1 / (id - 2) AS x FROM range(5)');
    const texts = new Set<string>();
    for (let i = 0; i < 3; i++) texts.add(await fails.collect().then(String, (error: Error) => error.message));
    assert.is(texts.size, 1);
    assert.match([...texts][0]!, /Division by zero/);
    const rows = session.createDataFrame([
      { k: 'a', n: 1 },
      { k: 'b', n: 2 },
      { k: 'a', n: 3 },
    ]);
    const grouped = rows.groupBy('k').count().orderBy('k');
    for (let i = 0; i < 3; i++)
      assert.equal(await grouped.collect(), [
        { k: 'a', count: 2 },
        { k: 'b', count: 1 },
      ]);
  }));

test('more texts than are kept', () =>
  withSession(async (session) => {
    for (let round = 0; round < 2; round++)
      for (let i = 0; i < 150; i++) assert.equal(await session.sql(`SELECT ${i} AS x`).collect(), [{ x: i }]);
  }));

test.run();
