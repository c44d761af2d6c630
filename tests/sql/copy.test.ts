import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { Engine, type Session } from '../../lib/index.js';
import { withSessionAndFolder } from '../support/session.js';
import { suite } from '../support/suite.js';

/** `COPY … TO`, as DuckDB writes it. */

const test = suite('copy');
let engine: Engine;
test.before(async () => {
  engine = await Engine.create({ workers: 2 });
});
test.after(() => engine.close());

const withSession = (body: (session: Session, folder: string) => Promise<void>): Promise<void> =>
  withSessionAndFolder(engine, body);

const SOURCE = 'SELECT id, id % 2 AS k FROM range(4)';

test('runs once, with the first action, and yields how many rows it wrote', () =>
  withSession(async (session, folder) => {
    const path = join(folder, 'a.csv');
    const df = session.sql(`COPY (${SOURCE}) TO '${path}'`);
    assert.equal(df.columns, ['count']);
    assert.not(existsSync(path));
    const [first, second] = await Promise.all([df.collect(), df.collect()]);
    assert.equal(first, [{ count: 4 }]);
    assert.equal(second, first);
    assert.is(readFileSync(path, 'utf8'), 'id,k\n0,0\n1,1\n2,0\n3,1\n');
    // One file is written over.
    assert.equal(await session.sql(`COPY (SELECT 1 AS x) TO '${path}'`).collect(), [{ count: 1 }]);
    assert.is(readFileSync(path, 'utf8'), 'x\n1\n');
  }));

test('options in their many spellings', () =>
  withSession(async (session, folder) => {
    const path = join(folder, 'a.txt');
    const written = async (options: string): Promise<string> => {
      await session.sql(`COPY (SELECT 1 AS a, NULL AS b, 'x;y' AS c) TO '${path}' ${options}`).collect();
      return readFileSync(path, 'utf8');
    };
    assert.is(await written('(FORMAT csv)'), 'a,b,c\n1,,x;y\n');
    assert.is(await written("WITH (FORMAT 'csv', HEADER false, DELIMITER ';', NULL '-')"), '1;-;"x;y"\n');
    assert.is(await written('(format csv, header, sep = ";", force_quote *)'), '"a";"b";"c"\n"1";;"x;y"\n');
    assert.is(await written('(FORMAT JSON, USE_TMP_FILE true)'), '{"a":1,"b":null,"c":"x;y"}\n');
    // A name without a known extension is one file of CSV.
    await session.sql(`COPY (SELECT 1 AS a) TO '${join(folder, 'plain')}'`).collect();
    assert.is(readFileSync(join(folder, 'plain'), 'utf8'), 'a\n1\n');
  }));

test('tables, some of their columns, files, parameters', () =>
  withSession(async (session, folder) => {
    const path = join(folder, 'a.csv');
    session.sql(SOURCE).createOrReplaceTempView('t');
    await session.sql(`COPY t TO '${path}'`).collect();
    assert.is(readFileSync(path, 'utf8'), 'id,k\n0,0\n1,1\n2,0\n3,1\n');
    await session.sql(`COPY t (k) TO '${join(folder, 'k.csv')}'`).collect();
    assert.is(readFileSync(join(folder, 'k.csv'), 'utf8'), 'k\n0\n1\n0\n1\n');
    await session.sql(`COPY '${path}' TO '${join(folder, 'b.json')}'`).collect();
    assert.is(readFileSync(join(folder, 'b.json'), 'utf8').split('\n')[3], '{"id":3,"k":1}');
    await session.sql(`COPY (SELECT * FROM t WHERE id >= :low) TO '${path}'`, { low: 3 }).collect();
    assert.is(readFileSync(path, 'utf8'), 'id,k\n3,1\n');
  }));

test('partitions', () =>
  withSession(async (session, folder) => {
    const path = join(folder, 'out');
    const copy = async (options: string): Promise<unknown> =>
      session.sql(`COPY (${SOURCE}) TO '${path}' (FORMAT csv, ${options})`).collect();
    assert.equal(await copy('PARTITION_BY (k)'), [{ count: 4 }]);
    assert.equal(readdirSync(path).sort(), ['_SUCCESS', 'k=0', 'k=1']);
    const error = await copy('PARTITION_BY k').then(
      () => 'no error',
      ({ code }: { code: string }) => code,
    );
    assert.is(error, 'PATH_ALREADY_EXISTS');
    await copy('PARTITION_BY k, APPEND');
    assert.is(await session.read.csv(path, { header: true }).count(), 8);
    await copy('PARTITION_BY k, OVERWRITE true');
    assert.is(await session.read.csv(path, { header: true }).count(), 4);
    await session.sql(`COPY (${SOURCE}) TO '${join(folder, 'many')}' (FORMAT csv, PER_THREAD_OUTPUT)`).collect();
    assert.ok(existsSync(join(folder, 'many', '_SUCCESS')));
  }));

test('what is wrong is said at once, with its place', () =>
  withSession((session, folder) => {
    const message = (sql: string): string => {
      try {
        session.sql(sql);
        return 'no error';
      } catch (error) {
        return (error as Error).message;
      }
    };
    assert.is(
      message("COPY (SELECT 1 AS a) TO 'x' (FORMAT xls)").replace(/Formats: .*/, 'Formats: …'),
      "Writing xls files is not supported. Formats: …\nline 1, column 1:\n  COPY (SELECT 1 AS a) TO 'x' (FORMAT xls)\n  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
    );
    assert.is(
      message("COPY (SELECT 1 AS a) TO 'x.csv' (HEDER)"),
      'Writing CSV files has no option "heder". Options: header, sep, delimiter, quote, escape, nullValue, quoteAll, compression, encoding.\nline 1, column 1:\n  COPY (SELECT 1 AS a) TO \'x.csv\' (HEDER)\n  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^',
    );
    assert.is(
      message("COPY (SELECT 1 AS a) TO 'x.csv' (FILE_EXTENSION 'x')"),
      "COPY has no option \"FILE_EXTENSION\". Options: FORMAT, PARTITION_BY, OVERWRITE, OVERWRITE_OR_IGNORE, APPEND, PER_THREAD_OUTPUT, and those of the format.\nline 1, column 34:\n  COPY (SELECT 1 AS a) TO 'x.csv' (FILE_EXTENSION 'x')\n                                   ^^^^^^^^^^^^^^",
    );
    assert.is(
      message("COPY (SELECT 1 AS a) TO 'x.csv' (PARTITION_BY (b))"),
      'No column named "b" to partition by. Columns: a.\nline 1, column 1:\n  COPY (SELECT 1 AS a) TO \'x.csv\' (PARTITION_BY (b))\n  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^',
    );
    assert.is(
      message("COPY t FROM 'x.csv'"),
      "COPY … FROM is not supported: quern keeps no tables. Read the file where it is, SELECT … FROM 'path', or give it a name with CREATE TEMP VIEW.\nline 1, column 1:\n  COPY t FROM 'x.csv'\n  ^^^^^^",
    );
    assert.is(
      message("COPY (SELECT 1 AS a) TO 'x.csv'; SELECT 1"),
      "COPY runs with an action, which only the last one of several statements has: run them one by one.\nline 1, column 1:\n  COPY (SELECT 1 AS a) TO 'x.csv'; SELECT 1\n  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
    );
    assert.match(message("COPY (SELECT a FROM nowhere) TO 'x.csv'"), /nowhere/);
    assert.match(message('COPY (SELECT 1) TO x.csv'), /expected a quoted path/);
    assert.equal(readdirSync(folder), []);
    return Promise.resolve();
  }));

test.run();
