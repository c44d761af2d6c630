import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import {
  CancelledError,
  DataError,
  Engine,
  QueryError,
  ResourceError,
  Session,
  col,
  type DataFrame,
  type Row,
} from '../../lib/index.js';
import { defaultSeed } from '../support/random.js';
import { withSessionAndFolder } from '../support/session.js';
import { mayMount, withSmallDisk } from '../support/small-disk.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';

/** What a destination holds after each way to write to it, and what an attempt that fails leaves. */

const test = suite('write modes');
let engine: Engine;
test.before(async () => {
  engine = await Engine.create({ workers: 2 });
});
test.after(() => engine.close());

const withSession = async (body: (session: Session, folder: string) => Promise<void>): Promise<void> =>
  withSessionAndFolder(engine, async (session, folder) => {
    await body(session, folder);
    // Nothing of what was written on the way is left beside the destinations.
    assert.equal(
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.quern-')),
      [],
    );
  });

async function failure(action: Promise<unknown>): Promise<Error & { code: string }> {
  return action.then(
    () => assert.unreachable('no error') as never,
    (error: unknown) => error as Error & { code: string },
  );
}

const ids = async (session: Session, path: string): Promise<unknown[]> =>
  (await session.read.schema('id bigint').csv(path, { header: true }).orderBy('id').collect()).map(({ id }) => id);

test('error, ignore, overwrite and append, of a directory', () =>
  withSession(async (session, folder) => {
    const path = join(folder, 'deep', 'out');
    assert.is(await session.range(0, 3).write.csv(path), 3);
    assert.equal(await ids(session, path), [0, 1, 2]);
    for (const mode of ['error', 'errorifexists'] as const) {
      const error = await failure(session.range(5).write.mode(mode).csv(path));
      assert.instance(error, DataError);
      assert.is(error.message, `'${path}' exists already. Mode 'overwrite' replaces it.`);
      assert.is(error.code, 'PATH_ALREADY_EXISTS');
    }
    assert.is(await session.range(5).write.mode('ignore').csv(path), 0);
    assert.equal(await ids(session, path), [0, 1, 2]);
    assert.is(await session.range(10, 12).write.mode('append').csv(path), 2);
    assert.equal(await ids(session, path), [0, 1, 2, 10, 11]);
    assert.is(await session.range(20, 21).repartition(1).write.mode('overwrite').csv(path), 1);
    assert.equal(await ids(session, path), [20]);
    assert.equal(
      readdirSync(path)
        .map((name) => name.replace(/-[0-9a-f-]{36}\./, '.'))
        .sort(),
      ['_SUCCESS', 'part-00000.csv'],
    );
  }));

test('one file, where the path ends in a file extension', () =>
  withSession(async (session, folder) => {
    const path = join(folder, 'out.csv');
    await session.range(3).repartition(3).write.csv(path);
    assert.is(readFileSync(path, 'utf8'), 'id\n0\n1\n2\n');
    assert.is(
      (await failure(session.range(1).write.mode('append').csv(path))).message,
      `'${path}' exists already. A single file cannot be appended to: write to a directory, whose name ends in no file extension or in a slash.`,
    );
    await session.range(1).write.mode('overwrite').csv(path);
    assert.is(readFileSync(path, 'utf8'), 'id\n0\n');
    // A slash says directory.
    await session.range(2).write.csv(join(folder, 'dir.csv/'));
    assert.ok(existsSync(join(folder, 'dir.csv', '_SUCCESS')));
    // A directory gives way to a file and the other way round.
    await session.range(1).write.mode('overwrite').csv(join(folder, 'dir.csv'));
    assert.is(readFileSync(join(folder, 'dir.csv'), 'utf8'), 'id\n0\n');
    await session.range(1).write.mode('overwrite').csv(join(folder, 'dir.csv/'));
    assert.ok(existsSync(join(folder, 'dir.csv', '_SUCCESS')));
  }));

test('no rows are a file with the columns', () =>
  withSession(async (session, folder) => {
    const none = session.range(0).select(col('id'), col('id').as('other'));
    assert.is(await none.write.csv(join(folder, 'a.csv')), 0);
    assert.is(readFileSync(join(folder, 'a.csv'), 'utf8'), 'id,other\n');
    await none.write.csv(join(folder, 'b'));
    const [part] = readdirSync(join(folder, 'b')).filter((name) => name.startsWith('part-'));
    assert.is(readFileSync(join(folder, 'b', part!), 'utf8'), 'id,other\n');
    await none.write.json(join(folder, 'c.json'));
    assert.is(readFileSync(join(folder, 'c.json'), 'utf8'), '');
  }));

const sales = (session: Session, rows: readonly Row[]): DataFrame =>
  session.createDataFrame(rows, 'n int, year int, city string');

const table = async (session: Session, path: string): Promise<string[]> =>
  (await session.read.schema('n int').csv(path, { header: true }).orderBy('n').collect()).map(({ n, year, city }) =>
    [n, year, city].join(' '),
  );

test('partition columns with odd values come back', () =>
  withSession(async (session, folder) => {
    const cities = [
      'plain',
      'a/b',
      'k=v',
      '100%',
      'q"\'',
      'tab\t',
      'ünïcødé 東京',
      '..',
      '.',
      ' lead',
      '{x}[y]^',
      'c:\\d',
      '*?#',
      'x'.repeat(80),
    ];
    const rows = cities.map((city, n) => ({ n, year: 2020, city }));
    const df = sales(session, rows);
    const path = join(folder, 'odd');
    await df.write.partitionBy('city').csv(path);
    const back = await session.read.schema('n int, year int, city string').csv(path, { header: true }).orderBy('n').collect();
    assert.equal(back, rows);
    assert.ok(existsSync(join(path, 'city=a%2Fb')));
    assert.ok(existsSync(join(path, 'city=k%3Dv')));
  }));

test('any text in a partition column comes back', () =>
  withSession(async (session, folder) => {
    const seed = defaultSeed();
    console.log(`  partition texts: QUERN_SEED=${seed}`);
    const text = fc.string({
      unit: fc.oneof(
        fc.constantFrom('%', '/', '=', '.', ' ', ':', '\0', '\n', '"', '\\', '_'),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      ),
      maxLength: 12,
    });
    const values = fc.sample(fc.option(text), { numRuns: 300, seed });
    const rows = values.map((k, n) => ({ n, k: k === '' ? null : k }));
    const path = join(folder, 'texts');
    await session.createDataFrame(rows, 'n int, k string').write.partitionBy('k').csv(path);
    const back = await session.read.schema('n int, k string').csv(path, { header: true }).orderBy('n').collect();
    assert.equal(back, rows, `seed ${seed}`);
  }));

test('null and the empty text are one directory, of every type', () =>
  withSession(async (session, folder) => {
    const path = join(folder, 'types');
    await session
      .sql(
        `SELECT * FROM VALUES (1, true, 1.50BD, DATE '2024-01-31', TIMESTAMP '2024-01-31 10:00:00', 2.5D, ''),
         (2, NULL, NULL, NULL, NULL, NULL, NULL) AS t(n, b, c, d, t, x, s)`,
      )
      .write.partitionBy('b', 'c', 'd', 't', 'x', 's')
      .csv(path);
    const files = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.csv'));
    const none = '__HIVE_DEFAULT_PARTITION__';
    assert.equal(files.map((name) => name.split('/').slice(0, -1).join('/')).sort(), [
      `b=${none}/c=${none}/d=${none}/t=${none}/x=${none}/s=${none}`,
      `b=true/c=1.50/d=2024-01-31/t=2024-01-31 10%3A00%3A00/x=2.5/s=${none}`,
    ]);
  }));

test('static and dynamic overwrite of partitions', () =>
  withSession(async (session, folder) => {
    const path = join(folder, 'sales');
    const all = sales(session, [
      { n: 1, year: 2023, city: 'A' },
      { n: 2, year: 2023, city: 'B' },
      { n: 3, year: 2024, city: 'A' },
    ]);
    const some = sales(session, [
      { n: 4, year: 2023, city: 'A' },
      { n: 5, year: 2025, city: 'C' },
    ]);
    await all.write.partitionBy('year', 'city').csv(path);
    await some.write.partitionBy('year', 'city').mode('overwrite').option('partitionOverwriteMode', 'dynamic').csv(path);
    assert.equal(await table(session, path), ['2 2023 B', '3 2024 A', '4 2023 A', '5 2025 C']);
    await some.write.partitionBy('year', 'city').mode('append').csv(path);
    assert.equal(await table(session, path), ['2 2023 B', '3 2024 A', '4 2023 A', '4 2023 A', '5 2025 C', '5 2025 C']);
    await some.write.partitionBy('year', 'city').mode('overwrite').csv(path);
    assert.equal(await table(session, path), ['4 2023 A', '5 2025 C']);
  }));

test('many rows in many partitions, in pieces and with a limit of rows a file', () =>
  withTempFolder(async (folder) => {
    const session = await Session.create({ engine, splitRows: 700 });
    const df = session.sql("SELECT id, id % 37 AS k, concat('value number ', id) AS s FROM range(20000)");
    const path = join(folder, 'many');
    assert.is(await df.write.partitionBy('k').option('maxRecordsPerFile', 100).csv(path), 20_000);
    const files = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.csv'));
    for (const file of files) {
      const lines = readFileSync(join(path, file), 'utf8').trimEnd().split('\n');
      assert.ok(lines.length <= 101, `${file} has ${lines.length} lines`);
      assert.is(lines[0], 'id,s');
    }
    const back = session.read.schema('id bigint, s string, k int').csv(path, { header: true });
    back.createOrReplaceTempView('back');
    const [row] = await session
      .sql(
        "SELECT count(*) AS n, count(DISTINCT id) AS ids, sum(id) AS total, count_if(k = id % 37 AND s = concat('value number ', id)) AS good FROM back",
      )
      .collect();
    assert.equal(row, { n: 20_000, ids: 20_000, total: 199_990_000, good: 20_000 });
    await session.close();
  }));

test('row order is kept in one file, whatever the tasks', () =>
  withTempFolder(async (folder) => {
    const session = await Session.create({ engine, splitRows: 1000 });
    await session.range(50_000).write.csv(join(folder, 'a.csv'), { header: false });
    assert.is(readFileSync(join(folder, 'a.csv'), 'utf8'), Array.from({ length: 50_000 }, (_, i) => `${i}\n`).join(''));
    await session.range(50_000).orderBy(col('id').desc()).write.csv(join(folder, 'b.csv'), { header: false });
    assert.is(readFileSync(join(folder, 'b.csv'), 'utf8'), Array.from({ length: 50_000 }, (_, i) => `${49_999 - i}\n`).join(''));
    await session.close();
  }));

test('a query may read what it overwrites', () =>
  withSession(async (session, folder) => {
    const path = join(folder, 'self');
    await session.range(1000).repartition(4).write.csv(path);
    const read = (): DataFrame => session.read.schema('id bigint').csv(path, { header: true });
    await read().filter('id < 10').write.mode('overwrite').csv(path);
    assert.equal(await ids(session, path), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await read().filter('id < 2').write.mode('append').csv(path);
    assert.is(await read().count(), 12);
  }));

test('formats by the end of the path, by name, and those that are not there', () =>
  withSession(async (session, folder) => {
    await session.range(2).write.save(join(folder, 'a.csv'));
    assert.is(readFileSync(join(folder, 'a.csv'), 'utf8'), 'id\n0\n1\n');
    await session.range(2).write.format('JSON').save(join(folder, 'a.txt'));
    assert.is(readFileSync(join(folder, 'a.txt'), 'utf8'), '{"id":0}\n{"id":1}\n');
    const error = await failure(session.range(2).write.format('orc').save(join(folder, 'x')));
    assert.instance(error, QueryError);
    assert.match(error.message, /^Writing orc files is not supported yet\. Formats: csv, parquet, /);
    assert.match(
      (await failure(session.range(2).write.format('xls').save(join(folder, 'x')))).message,
      /^Writing xls files is not supported\. Formats: csv, /,
    );
    assert.is((await failure(session.range(2).write.csv(''))).message, 'Files are written to a path, which must not be empty.');
  }));

test('partition columns that cannot be', () =>
  withSession(async (session, folder) => {
    const path = join(folder, 'x');
    const df = sales(session, [{ n: 1, year: 2, city: 'c' }]);
    const message = async (write: Promise<number>): Promise<string> => (await failure(write)).message;
    assert.is(
      await message(df.write.partitionBy('yeer').csv(path)),
      'No column named "yeer" to partition by. Columns: n, year, city.',
    );
    assert.is(await message(df.write.partitionBy('year', 'YEAR').csv(path)), 'Column "YEAR" is a partition column twice.');
    assert.is(
      await message(df.write.partitionBy('n', 'year', 'city').csv(path)),
      'Not all columns can be partition columns: the files would have none.',
    );
    assert.is(
      await message(
        session
          .createDataFrame([{ a: 1, b: Uint8Array.of(1) }])
          .write.partitionBy('b')
          .csv(path),
      ),
      'Column "b" of type binary cannot be in the names of directories.',
    );
    assert.is(
      await message(df.write.option('partitionOverwriteMode', 'some').csv(path)),
      "Option partitionOverwriteMode must be static or dynamic, not 'some'.",
    );
    assert.is(
      await message(df.write.option('maxRecordsPerFile', 'few').csv(path)),
      "Option maxRecordsPerFile must be a whole number, not 'few'.",
    );
    assert.throws(
      () => df.write.mode('upsert' as 'append'),
      (error: Error) =>
        error.message === "There is no save mode 'upsert'. Modes: error, errorifexists, overwrite, append, ignore.",
    );
    assert.not(existsSync(path));
  }));

test('a writer is immutable', () =>
  withSession(async (session, folder) => {
    const plain = session.range(2).write.format('csv');
    plain.mode('overwrite').option('header', false);
    await plain.save(join(folder, 'a.csv'));
    assert.is(readFileSync(join(folder, 'a.csv'), 'utf8'), 'id\n0\n1\n');
    assert.is((await failure(plain.save(join(folder, 'a.csv')))).code, 'PATH_ALREADY_EXISTS');
  }));

test('a function that throws in the middle leaves everything as it was', () =>
  withTempFolder(async (folder) => {
    const session = await Session.create({ engine, splitRows: 500 });
    const path = join(folder, 'out');
    await session.range(3).write.csv(path);
    const before = readdirSync(path);
    const failing = session.range(20_000).map(
      (row) => {
        if (row['id'] === 15_000) throw new Error('no more');
        return row;
      },
      { schema: 'id bigint' },
    );
    for (const mode of ['overwrite', 'append'] as const) {
      assert.match((await failure(failing.write.mode(mode).csv(path))).message, /no more/);
      assert.equal(readdirSync(path), before);
      assert.equal(readdirSync(folder), ['out']);
    }
    await failure(failing.write.csv(join(folder, 'made', 'for', 'it.csv')));
    assert.equal(readdirSync(folder), ['out']);
    await session.close();
  }));

test('cancelled and timed out: nothing changes, nothing is left', () =>
  withTempFolder(async (folder) => {
    const session = await Session.create({ engine, splitRows: 2000 });
    const path = join(folder, 'out.csv');
    await session.range(3).write.csv(path);
    const slow = session.range(2_000_000).map((row) => row, { schema: 'id bigint' });
    for (const wait of [0, 1, 20, 60]) {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), wait);
      const error = await failure(slow.write.mode('overwrite').csv(path, {}, { signal: controller.signal }));
      assert.instance(error, CancelledError);
      assert.equal(readdirSync(folder), ['out.csv']);
      assert.is(readFileSync(path, 'utf8'), 'id\n0\n1\n2\n');
    }
    assert.is((await failure(slow.write.mode('overwrite').csv(path, {}, { timeout: 30 }))).code, 'TIMEOUT');
    assert.equal(readdirSync(folder), ['out.csv']);
    let reports = 0;
    await session
      .range(100_000)
      .write.mode('overwrite')
      .csv(path, {}, { onProgress: () => reports++ });
    assert.ok(reports > 0);
    await session.close();
  }));

test('links keep pointing where they did', () =>
  withSession(async (session, folder) => {
    mkdirSync(join(folder, 'real'));
    writeFileSync(join(folder, 'real', 'a.csv'), 'old');
    symlinkSync(join(folder, 'real', 'a.csv'), join(folder, 'link.csv'));
    await session.range(1).write.mode('overwrite').csv(join(folder, 'link.csv'));
    assert.ok(lstatSync(join(folder, 'link.csv')).isSymbolicLink());
    assert.is(readFileSync(join(folder, 'real', 'a.csv'), 'utf8'), 'id\n0\n');
  }));

test('a device is written through', () =>
  withSession(async (session) => {
    assert.is(await session.range(10).write.mode('overwrite').csv('/dev/null'), 10);
    assert.ok(lstatSync('/dev/null').isCharacterDevice());
  }));

test.when(mayMount())('a full disk is an error with a hint, and leaves what was there', () =>
  withSmallDisk(async (folder) => {
    const session = await Session.create({ engine });
    const path = join(folder, 'out.csv');
    await session.range(10).write.csv(path);
    for (const format of ['csv', 'json', 'parquet']) {
      const error = await failure(
        session.sql('SELECT id, id * 7919 % 1000003 AS x FROM range(300000)').write.format(format).mode('overwrite').save(path),
      );
      assert.instance(error, ResourceError);
      assert.is(error.code, 'DISK_FULL');
      assert.is(
        error.message,
        `There is no room to write '${path}' (the disk is full). Nothing at the destination has changed. Free some space or write somewhere else.`,
      );
      assert.equal(readdirSync(folder), ['out.csv']);
    }
    assert.is(readFileSync(path, 'utf8').split('\n').length, 12);
    await session.range(20).write.mode('overwrite').csv(path);
    await session.close();
  }),
);

// The superuser may write anywhere.
test.when(process.getuid?.() !== 0)('a directory that cannot be written', () =>
  withSession(async (session, folder) => {
    mkdirSync(join(folder, 'closed'));
    chmodSync(join(folder, 'closed'), 0o555);
    const error = await failure(session.range(1).write.csv(join(folder, 'closed', 'x.csv')));
    assert.instance(error, DataError);
    assert.is(error.code, 'PATH_NOT_WRITABLE');
  }),
);

test('a file where a directory should be', () =>
  withSession(async (session, folder) => {
    writeFileSync(join(folder, 'file'), '');
    const error = await failure(session.range(1).write.csv(join(folder, 'file', 'x.csv')));
    assert.instance(error, DataError);
    assert.is(error.code, 'PATH_NOT_WRITABLE');
  }));

test.run();
