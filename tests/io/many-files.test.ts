import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { Engine, Session, count, type DataFrame, type Row } from '../../lib/index.js';
import { dataErrorOf } from '../support/messages.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';

const test = suite('many files');
let engine: Engine;
test.before(async () => {
  engine = await Engine.create({ workers: 2 });
});
test.after(() => engine.close());

type Files = Readonly<Record<string, string>>;

/** A session and a folder with these files. */
function withFiles(files: Files, body: (session: Session, folder: string) => Promise<void>): Promise<void> {
  return withTempFolder(async (folder) => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    await using session = await Session.create({ engine });
    await body(session, folder);
  });
}

const typesOf = (df: DataFrame): string => df.schema.fields.map(({ name, type }) => `${name} ${type.kind}`).join(', ');

const SALES: Files = {
  'sales/year=2023/month=12/a.csv': 'n,s\n1,a\n2,b\n',
  'sales/year=2024/month=01/a.csv': 'n,s\n3,c\n',
  'sales/year=2024/month=02/a.csv': 'n,s\n4,d\n5,e\n6,f\n',
  'sales/year=2024/month=__HIVE_DEFAULT_PARTITION__/a.csv': 'n,s\n7,g\n',
  'sales/_SUCCESS': '',
};

test('null is there where files have it, whatever a schema or another file says', () =>
  withFiles({ 'n.csv': 'a,b\n1,\n,2\n', 'n.ndjson': '{"a": 1, "s": {"x": 1}}\n{"s": {}}\n{}\n' }, async (session, folder) => {
    const { read } = session;
    const csv = read.schema('a int not null, b int not null').csv(join(folder, 'n.csv'));
    assert.equal(await csv.filter('a IS NULL').selectExpr('a + 1 AS x', 'b').collect(), [{ x: null, b: 2 }]);
    const json = read.schema('a int not null, s struct<x: int not null> not null').json(join(folder, 'n.ndjson'));
    assert.equal(await json.selectExpr('a + 1 AS a', 's.x', 's IS NULL AS n').collect(), [
      { a: 2, x: 1, n: false },
      { a: null, x: null, n: false },
      { a: null, x: null, n: true },
    ]);
    const parquet = join(folder, 'two');
    mkdirSync(parquet);
    const write = (name: string, rows: Row[], schema: string): Promise<number> =>
      session.createDataFrame(rows, schema).write.parquet(join(parquet, name));
    await write('a.parquet', [{ a: 1, s: { x: 1 } }], 'a int not null, s struct<x: int not null> not null');
    assert.is(read.parquet(parquet).schema.fields[0]!.nullable, false);
    await write(
      'b.parquet',
      [
        { a: null, s: { x: null } },
        { a: 5, s: null },
      ],
      'a int, s struct<x: int>',
    );
    const both = read.parquet(parquet);
    assert.equal(await both.selectExpr('a', 's.x', 's').orderBy('a').collect(), [
      { a: null, x: null, s: { x: null } },
      { a: 1, x: 1, s: { x: 1 } },
      { a: 5, x: null, s: null },
    ]);
    assert.is(await both.filter('a IS NULL').count(), 1);
  }));

test('directories as name=value are columns behind the file’s own', () =>
  withFiles(SALES, async (session, folder) => {
    const sales = session.read.csv(join(folder, 'sales'));
    assert.is(typesOf(sales), 'n int, s string, year int, month int');
    assert.equal(
      (await sales.collect()).map(({ n, s, year, month }) => [n, s, year, month]),
      [
        [1, 'a', 2023, 12],
        [2, 'b', 2023, 12],
        [3, 'c', 2024, 1],
        [4, 'd', 2024, 2],
        [5, 'e', 2024, 2],
        [6, 'f', 2024, 2],
        [7, 'g', 2024, null],
      ],
    );
    const paths = ['sales/**/*.csv', 'sales/year=*', 'sales/*/*/a.csv'];
    for (const path of paths) assert.equal(await session.read.csv(join(folder, path)).collect(), await sales.collect(), path);
    // A path says where its partitions begin; basePath says otherwise.
    const inner = join(folder, 'sales/year=2024');
    assert.is(typesOf(session.read.csv(inner)), 'n int, s string, month int');
    assert.is(typesOf(session.read.csv(join(inner, 'month=01/a.csv'))), 'n int, s string');
    const based = session.read.csv(inner, { basePath: join(folder, 'sales') });
    assert.equal(await based.collect(), await sales.filter('year = 2024').collect());
    assert.is(
      await dataErrorOf(() => session.read.csv(inner, { basePath: join(folder, 'other') })),
      `The option basePath is '${join(folder, 'other')}', and '${join(inner, 'month=01')}' is not in it.`,
    );
    assert.is(typesOf(session.read.csv(join(folder, 'sales'), { hivePartitioning: false })), 'n int, s string');
    assert.is(
      typesOf(session.read.csv(join(folder, 'sales'), { partitionColumnTypeInference: false })),
      'n int, s string, year string, month string',
    );
    assert.is(
      typesOf(session.read.schema('n int, month string, s string').csv(join(folder, 'sales'))),
      'n int, s string, year int, month string',
    );
    assert.equal(
      await session.read.schema('n int, month string, s string').csv(join(folder, 'sales')).filter("month = '01'").collect(),
      [{ n: 3, s: 'c', year: 2024, month: '01' }],
    );
  }));

test('types of partition values', () => {
  const cases: readonly [values: readonly string[], type: string, read: readonly unknown[]][] = [
    [['1', '02', '-3'], 'int', [1, 2, -3]],
    [['1', '3000000000'], 'bigint', [1, 3000000000]],
    [['12345678901234567890', '1'], 'decimal', ['12345678901234567890', '1']],
    [['1.5', '2'], 'double', [1.5, 2]],
    [['1.5', '3000000000'], 'string', ['1.5', '3000000000']],
    [['2024-02-29', '__HIVE_DEFAULT_PARTITION__'], 'date', ['2024-02-29', null]],
    [['2024-02-30'], 'string', ['2024-02-30']],
    [['2024-01-01 10%3A00%3A00.5', '2024-01-02'], 'timestamp', ['2024-01-01 10:00:00.5', '2024-01-02 00:00:00']],
    [['a%2Fb', 'é', 'x%3Dy', '%C3%A9', '100%'], 'string', ['a/b', 'é', 'x=y', 'é', '100%']],
    [['1', 'x'], 'string', ['1', 'x']],
    [['__HIVE_DEFAULT_PARTITION__'], 'string', [null]],
    [['true'], 'string', ['true']],
    [['1e400'], 'string', ['1e400']],
    [['a value that is longer than twelve bytes', 'b'], 'string', ['a value that is longer than twelve bytes', 'b']],
  ];
  return withTempFolder(async (folder) => {
    await using session = await Session.create({ engine });
    for (const [i, [values, type, read]] of cases.entries()) {
      for (const [n, value] of values.entries()) {
        const directory = join(folder, String(i), `k=${value}`);
        mkdirSync(directory, { recursive: true });
        writeFileSync(join(directory, 'f.csv'), `n\n${n}\n`);
      }
      const df = session.read.csv(join(folder, String(i))).orderBy('n');
      assert.is(typesOf(df), `n int, k ${type}`, values.join());
      const rows = await df.collect({ date: 'string', timestamp: 'string', decimal: 'string', int64: 'number' });
      assert.equal(
        rows.map(({ k }) => k),
        read,
        values.join(),
      );
    }
  });
});

test('a column in files and directories has the directory’s values, in its place', () =>
  withFiles({ 't/b=7/x.csv': 'a,B,c\n1,2,3\n', 't/b=8/x.csv': 'a,B,c\n4,5,6\n' }, async (session, folder) => {
    const df = session.read.csv(join(folder, 't'));
    assert.equal(await df.collect(), [
      { a: 1, b: 7, c: 3 },
      { a: 4, b: 8, c: 6 },
    ]);
    assert.equal(await df.filter('b = 8').select('c', 'a').collect(), [{ c: 6, a: 4 }]);
  }));

test('directories that do not agree', () =>
  withFiles(
    {
      'a/x=1/f.csv': 'n\n1\n',
      'a/y=1/f.csv': 'n\n1\n',
      'b/f.csv': 'n\n1\n',
      'b/x=1/f.csv': 'n\n1\n',
      'c/x=/f.csv': 'n\n1\n',
      'd/x=1/x=2/f.csv': 'n\n1\n',
    },
    async (session, folder) => {
      const read = (name: string) => () => session.read.csv(join(folder, name));
      const advice =
        'All files need the same ones, in the same order; the option hivePartitioning false reads the files without them.';
      assert.is(
        await dataErrorOf(read('a')),
        `Files lie in directories of different partition columns: '${join(folder, 'a/x=1/f.csv')}' has x, '${join(folder, 'a/y=1/f.csv')}' has y. ${advice}`,
      );
      assert.is(
        await dataErrorOf(read('b')),
        `Files lie in directories of different partition columns: '${join(folder, 'b/f.csv')}' has none, '${join(folder, 'b/x=1/f.csv')}' has x. ${advice}`,
      );
      assert.is(
        await dataErrorOf(read('c')),
        `The directory 'x=' of '${join(folder, 'c/x=')}' has no value behind the equals sign: null is written x=__HIVE_DEFAULT_PARTITION__. The option hivePartitioning false takes such names for what they are.`,
      );
      assert.is(await dataErrorOf(read('d')), `'${join(folder, 'd/x=1/x=2/f.csv')}' has two partition directories for "x".`);
      assert.is(
        await dataErrorOf(() =>
          session.read.schema('n int, x date').csv(join(folder, 'd/x=1'), { basePath: join(folder, 'd/x=1') }),
        ),
        `'${join(folder, 'd/x=1/x=2/f.csv')}': the partition column "x" is date by the schema that was given, and '2' is none.`,
      );
      assert.is(await session.read.csv(join(folder, 'a'), { hivePartitioning: false }).count(), 2);
    },
  ));

test('files of which no row passes are not opened', () =>
  withFiles(SALES, async (session, folder) => {
    const sales = session.read.csv(join(folder, 'sales'));
    const conditions: readonly string[] = [
      'year = 2024 AND month = 2',
      'month IN (2, 3)',
      'month > 1 AND month < 12',
      'month >= 2 AND year > 2023',
      '2 = month',
      '(year = 2024 AND month = 2) OR (year = 2022 AND month = 12)',
      'year + month = 2026',
      "concat(year, '-', month) = '2024-2'",
      'NOT (month IN (1, 12)) AND month IS NOT NULL',
    ];
    const filtered = conditions.map((condition) => sales.filter(condition));
    const none = sales.filter('month = 77');
    // Whoever opens one of these now fails.
    for (const name of Object.keys(SALES)) if (name.includes('year') && !name.includes('month=02')) rmSync(join(folder, name));
    for (const [i, df] of filtered.entries()) {
      assert.match(df.explainText(), `scan csv ${join(folder, 'sales')} (1 of 4 files)\n`, conditions[i]!);
      assert.equal(
        (await df.collect()).map(({ n }) => n),
        [4, 5, 6],
        conditions[i]!,
      );
    }
    assert.equal(await none.collect(), []);
    assert.match(none.explainText(), '(0 of 4 files)\n');
    assert.match(await dataErrorOf(() => sales.collect()), /is not there any more: it was when the query was planned\./);
  }));

test('tests of partition values of every type keep the right files', () =>
  withTempFolder(async (folder) => {
    await using session = await Session.create({ engine });
    const values = ['2024-01-05', '2023-12-31', '__HIVE_DEFAULT_PARTITION__'];
    for (const value of values) {
      for (const [kind, text] of [
        ['d', value],
        ['t', value.startsWith('_') ? value : `${value} 12%3A00%3A00`],
        ['x', value.startsWith('_') ? value : `${value.slice(0, 4)}.25`],
        ['l', value.startsWith('_') ? value : `${value.slice(0, 4)}000000000`],
        ['s', value.startsWith('_') ? value : `n${value}`],
      ] as const) {
        mkdirSync(join(folder, kind, `k=${text}`), { recursive: true });
        writeFileSync(join(folder, kind, `k=${text}`, 'f.csv'), 'v\n1\n');
      }
    }
    const counts: readonly [kind: string, condition: string, files: number][] = [
      ['d', "k > date'2024-01-01'", 1],
      ['d', "k <= date'2023-12-31'", 1],
      ['d', 'k IS NULL', 1],
      ['d', 'k IS NOT NULL', 2],
      ['t', "k = timestamp'2024-01-05 12:00:00'", 1],
      ['t', "k < timestamp'2024-01-05 12:00:00'", 1],
      ['x', 'k >= 2024.25', 1],
      ['x', 'k IN (2023.25, 1.0)', 1],
      ['l', 'k = 2024000000000', 1],
      ['l', 'k IN (2024000000000, 2023000000000)', 2],
      ['s', "k LIKE 'n2024%'", 1],
      ['s', "k >= 'n2023-12-31'", 2],
      ['s', "startswith(k, 'n202')", 2],
    ];
    for (const [kind, condition, files] of counts) {
      const df = session.read.csv(join(folder, kind)).filter(condition);
      assert.is(await df.count(), files, condition);
      assert.match(df.explainText(), `(${files} of 3 files)`, `${kind}: ${condition}`);
    }
  }));

test('a partition column alone counts rows and groups them', () =>
  withFiles(SALES, async (session, folder) => {
    const rows: Row[] = await session
      .sql(`SELECT year, count(*) AS n, min(month) AS m FROM '${join(folder, 'sales')}' GROUP BY year ORDER BY year`)
      .collect();
    assert.equal(rows, [
      { year: 2023, n: 2, m: 12 },
      { year: 2024, n: 5, m: 1 },
    ]);
  }));

test('grouped by text of directories: short, long, null and beside other keys', () =>
  withTempFolder(async (folder) => {
    const values = ['a', 'bb', 'exactly12byt', 'longer than twelve bytes', '__HIVE_DEFAULT_PARTITION__', 'é'];
    const expected = new Map<string | null, number>();
    values.forEach((value, i) => {
      mkdirSync(join(folder, `k=${value}`));
      for (const part of [0, 1]) {
        const rows = Array.from({ length: 300 * (i + 1) }, (_, n) => `${n % 3},${part}`);
        writeFileSync(join(folder, `k=${value}`, `${part}.csv`), ['m,p', ...rows].join('\n'));
      }
      expected.set(value.startsWith('__') ? null : value, 600 * (i + 1));
    });
    for (const workers of [0, 2]) {
      const own = await Engine.create({ workers });
      const session = await Session.create({ engine: own, splitBytes: 1000 });
      const df = session.read.csv(folder);
      const counts = await df.groupBy('k').count().collect();
      assert.equal(
        new Map(counts.map(({ k, count }) => [k as string | null, Number(count)])),
        new Map([...expected].sort((a, b) => order(counts, a[0]) - order(counts, b[0]))),
      );
      const finer = await df
        .groupBy('k', 'm')
        .agg(count('*').as('c'))
        .filter("k = 'bb' OR k IS NULL")
        .orderBy('k', 'm')
        .collect();
      assert.equal(
        finer.map(({ k, m, c }) => [k, m, c]),
        [null, 'bb'].flatMap((k) => [0, 1, 2].map((m) => [k, m, (expected.get(k) ?? 0) / 3])),
      );
      await session.close();
      await own.close();
    }
  }));

const order = (rows: readonly Row[], k: string | null): number => rows.findIndex((row) => row['k'] === k);

test('empty files are passed over; names of formats decide, and must agree', () =>
  withFiles(
    {
      'd/a.csv': '',
      'd/b.csv': 'x,y\n1,2\n',
      'd/c.csv': '',
      'e/a.csv': '',
      'm/a.csv': 'x\n1\n',
      'm/b.json': '{}',
      'n/a.csv': 'x\n1\n',
      'n/README': 'x',
      'p/part-0': 'x\n1\n',
      'q.csv/part-0': 'x\n1\n',
    },
    async (session, folder) => {
      const sql = (name: string, options = ''): DataFrame => session.sql(`SELECT * FROM '${join(folder, name)}'${options}`);
      assert.equal(await sql('d').collect(), [{ x: 1, y: 2 }]);
      assert.is(
        await dataErrorOf(() => sql('e')),
        `Unable to infer the columns of '${join(folder, 'e')}': there is nothing in it. Give a schema.`,
      );
      assert.is(
        await dataErrorOf(() => sql('m')),
        `The files are of different formats: '${join(folder, 'm/a.csv')}' (csv) and '${join(folder, 'm/b.json')}' (json). Name the format, or the files of one format (as 'folder/*.csv').`,
      );
      assert.is(
        await dataErrorOf(() => sql('n/*')),
        `The files are of different formats: '${join(folder, 'n/README')}', whose name tells no format and '${join(folder, 'n/a.csv')}' (csv). Name the format, or the files of one format (as 'folder/*.csv').`,
      );
      assert.equal(await sql('m/*.csv').collect(), [{ x: 1 }]);
      assert.equal(await sql('p').collect(), [{ x: 1 }]);
      assert.equal(await sql('q.csv').collect(), [{ x: 1 }]);
      assert.is(await session.read.csv(join(folder, 'n')).count(), 1);
      assert.equal(await session.read.option('pathGlobFilter', '*.csv').load(join(folder, 'm')).collect(), [{ x: 1 }]);
    },
  ));

test('new, changed and vanished files', () =>
  withFiles({ 'd/a.csv': 'x\n1\n', 'd/b.csv': 'x\n2\n' }, async (session, folder) => {
    const total = (): Promise<Row[]> => session.sql(`SELECT sum(x) AS s FROM '${join(folder, 'd')}'`).collect();
    assert.equal(await total(), [{ s: 3 }]);
    writeFileSync(join(folder, 'd/c.csv'), 'x\n10\n');
    assert.equal(await total(), [{ s: 13 }]);
    const before = session.read.csv(join(folder, 'd'));
    writeFileSync(join(folder, 'd/c.csv'), 'x\n100\n');
    assert.is(
      await dataErrorOf(() => before.collect()),
      `'${join(folder, 'd/c.csv')}' changed while it was read: its size or time is not what it was when the query began. Run the query again.`,
    );
    assert.equal(await total(), [{ s: 103 }]);
    const planned = session.read.csv(join(folder, 'd'));
    rmSync(join(folder, 'd/c.csv'));
    assert.is(
      await dataErrorOf(() => planned.collect()),
      `'${join(folder, 'd/c.csv')}' is not there any more: it was when the query was planned. Run the query again.`,
    );
    assert.equal(await total(), [{ s: 3 }]);
  }));

test('files of any format that change or vanish between planning and reading', () =>
  withTempFolder(async (folder) => {
    await using session = await Session.create({ engine });
    const rows = session.range(1000).select('id');
    for (const format of ['csv', 'json', 'parquet']) {
      const path = join(folder, `a.${format}`);
      const write = (): Promise<unknown> => rows.write.format(format).mode('overwrite').save(path);
      await write();
      const reader = session.read.format(format);
      const changed = reader.load(path).filter('length(_metadata.file_name) > 1');
      await new Promise((resolve) => setTimeout(resolve, 5));
      await rows.limit(10).selectExpr('CAST(id AS string) AS s').write.format(format).mode('overwrite').save(path);
      assert.match(await dataErrorOf(() => changed.collect()), 'changed while it was read', format);
      await write();
      const gone = reader.load(path).filter('length(_metadata.file_name) > 1');
      rmSync(path);
      assert.match(await dataErrorOf(() => gone.collect()), 'is not there any more: it was when the query was planned.', format);
      assert.match(await dataErrorOf(() => reader.load(path)), `Path does not exist: '${path}'.`, format);
    }
  }));

test.when(process.getuid?.() !== 0)('a file that may not be read', () =>
  withFiles({ 'a.csv': 'x\n1\n' }, async (session, folder) => {
    const path = join(folder, 'a.csv');
    chmodSync(path, 0o000);
    assert.is(
      await dataErrorOf(() => session.read.csv(path)),
      `'${path}' cannot be read: permission denied. This process needs the right to read it, and to enter the folders it is in.`,
    );
  }),
);

test.run();
