import { mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as assert from 'uvu/assert';
import { Engine, QueryError, Session, col, inputFileName } from '../../lib/index.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';

const test = suite('file metadata');
let engine: Engine;
test.before(async () => {
  engine = await Engine.create({ workers: 2 });
});
test.after(() => engine.close());

const FILES = { 'd/one file.csv': 'n\n1\n2\n', 'd/k=3/x.csv': 'n\n3\n', 'e/a.csv': 'n,s\n5,x\n' } as const;

function withFiles(body: (session: Session, folder: string) => Promise<void>): Promise<void> {
  return withTempFolder(async (folder) => {
    for (const [name, text] of Object.entries(FILES)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
      utimesSync(join(folder, name), new Date(), new Date('2024-03-01T12:00:00.5Z'));
    }
    await using session = await Session.create({ engine });
    await body(session, folder);
  });
}

test('each fact about a file', () =>
  withFiles(async (session, folder) => {
    const path = join(folder, 'd/one file.csv');
    const df = session.read.csv(path);
    assert.equal(df.columns, ['n']);
    const facts = ['file_path', 'file_name', 'file_size', 'file_block_start', 'file_block_length', 'file_modification_time'];
    const asked = df.select('n', ...facts.map((name) => col(`_metadata.${name}`)));
    assert.equal(asked.columns, ['n', ...facts]);
    const { size } = statSync(path);
    const expected = {
      file_path: pathToFileURL(path).href,
      file_name: 'one file.csv',
      file_size: size,
      file_block_start: 0,
      file_block_length: size,
      file_modification_time: '2024-03-01 12:00:00.5',
    };
    assert.ok(expected.file_path.startsWith('file:///') && expected.file_path.endsWith('one%20file.csv'));
    assert.equal(await asked.collect({ timestamp: 'string', int64: 'number' }), [
      { n: 1, ...expected },
      { n: 2, ...expected },
    ]);
  }));

test('named in any clause, through aliases, subqueries, views; part of no star', () =>
  withFiles(async (session, folder) => {
    const glob = `'${join(folder, 'd/*.csv')}'`;
    const one = { n: 1 };
    const rows: readonly [sql: string, expected: readonly object[]][] = [
      [`SELECT * FROM ${glob} WHERE _metadata.file_name LIKE 'one%' AND n = 1`, [one]],
      [`SELECT x.* FROM ${glob} AS x WHERE x._metadata.file_size > 5 AND n = 1`, [one]],
      [`SELECT n FROM ${glob} ORDER BY _METADATA.FILE_NAME DESC, n`, [{ n: 1 }, { n: 2 }]],
      [`SELECT _metadata.file_name AS f, sum(n) AS s FROM ${glob} GROUP BY _metadata.file_name`, [{ f: 'one file.csv', s: 3 }]],
      [`SELECT max(_metadata.file_size) AS m FROM ${glob} HAVING max(_metadata.file_size) > 0`, [{ m: 6 }]],
      [
        `SELECT _metadata.file_name FROM (SELECT n + 1 AS n FROM ${glob} LIMIT 1) AS s WHERE n = 2`,
        [{ file_name: 'one file.csv' }],
      ],
      [`WITH w AS (SELECT * FROM ${glob}) SELECT w._metadata.file_name AS f FROM w WHERE n = 1`, [{ f: 'one file.csv' }]],
      [
        `SELECT n FROM ${glob} WHERE _metadata.file_size > 1 UNION ALL SELECT n FROM ${glob} WHERE n = 1 AND _metadata.file_size > 1`,
        [{ n: 1 }, { n: 2 }, { n: 1 }],
      ],
      [
        `SELECT e, _metadata.file_name AS f FROM ${glob} LATERAL VIEW explode(array(n, 7)) AS e WHERE n = 2`,
        [
          { e: 2, f: 'one file.csv' },
          { e: 7, f: 'one file.csv' },
        ],
      ],
      [
        `SELECT m.file_size AS s, m.file_name AS f FROM (SELECT x._metadata AS m FROM ${glob} AS x LIMIT 1)`,
        [{ s: 6, f: 'one file.csv' }],
      ],
      [`SELECT DISTINCT _metadata.file_name AS f FROM ${glob}`, [{ f: 'one file.csv' }]],
      [`SELECT count(*) AS c FROM ${glob} WHERE _metadata.file_name <> 'x'`, [{ c: 2 }]],
    ];
    for (const [sql, expected] of rows) assert.equal(await session.sql(sql).collect(), expected, sql);
    session.read.csv(join(folder, 'd/one file.csv')).createOrReplaceTempView('v');
    assert.equal(await session.sql('SELECT v._metadata.file_size AS s FROM v LIMIT 1').collect(), [{ s: 6 }]);
    const df = session.read.csv(join(folder, 'd/one file.csv'));
    const narrow = df.withColumn('m', col('n').add(1)).filter('_metadata.file_size = 6').drop('n');
    assert.equal(narrow.columns, ['m']);
    assert.equal(await narrow.collect(), [{ m: 2 }, { m: 3 }]);
    assert.equal(await narrow.select('m', col('_metadata.file_name')).limit(1).collect(), [{ m: 2, file_name: 'one file.csv' }]);
    const cached = df.filter("_metadata.file_name = 'one file.csv'").cache();
    assert.equal(await cached.collect(), [{ n: 1 }, { n: 2 }]);
    assert.equal(
      await df
        .filter('_metadata.file_size = 6')
        .filter((row) => Object.keys(row).length === 1)
        .collect(),
      [{ n: 1 }, { n: 2 }],
    );
  }));

test('facts keep files from being read', () =>
  withFiles(async (session, folder) => {
    const df = session.read.csv([join(folder, 'd/one file.csv'), join(folder, 'd/k=3/x.csv')]);
    const one = df.filter("_metadata.file_name = 'x.csv'");
    assert.match(one.explainText(), '(1 of 2 files)');
    assert.equal(await one.collect(), [{ n: 3 }]);
    assert.equal(await df.filter('_metadata.file_size > 1000').collect(), []);
  }));

test('input_file_name and its like', () =>
  withFiles(async (session, folder) => {
    const path = join(folder, 'e/a.csv');
    assert.equal(
      await session
        .sql(`SELECT input_file_name() AS f, input_file_block_start() AS s, input_file_block_length() AS l FROM '${path}'`)
        .collect(),
      [{ f: pathToFileURL(path).href, s: 0, l: 8 }],
    );
    assert.equal(await session.read.csv(path).select(inputFileName().as('f')).collect(), [{ f: pathToFileURL(path).href }]);
    assert.equal(
      await session.sql('SELECT input_file_name() AS f, input_file_block_start() AS s, input_file_block_length() AS l').collect(),
      [{ f: '', s: -1, l: -1 }],
    );
    assert.equal(
      await session.sql(`SELECT input_file_name() AS f FROM (SELECT n, count(*) FROM '${path}' GROUP BY n)`).collect(),
      [{ f: '' }],
    );
  }));

test('what is not known of a file', () =>
  withFiles(async (session, folder) => {
    const df = session.read.csv(join(folder, 'e/a.csv'));
    const messageOf = (work: () => unknown): string => {
      try {
        work();
      } catch (error) {
        assert.instance(error, QueryError);
        return (error as Error).message;
      }
      throw new Error('Nothing was thrown.');
    };
    assert.is(
      messageOf(() => df.select(col('_metadata.row_index'))),
      'No field "row_index" in _metadata of these files. Fields: file_path, file_name, file_size, file_block_start, file_block_length, file_modification_time.',
    );
    assert.is(
      messageOf(() => df.groupBy('n').agg(col('n')).select(col('_metadata.file_name'))),
      'No column named "_metadata.file_name". Columns: n.',
    );
  }));

test.run();
