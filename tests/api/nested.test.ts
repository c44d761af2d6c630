import fc from 'fast-check';
import * as assert from 'uvu/assert';
import * as T from '../../lib/core/types/data-type.js';
import type { DataType } from '../../lib/core/types/data-type.js';
import { isOrderable } from '../../lib/core/types/nested.js';
import {
  array,
  arrayContains,
  col,
  elementAt,
  type Column,
  Engine,
  explode,
  explodeOuter,
  inline,
  lit,
  map,
  mapKeys,
  mapValues,
  posexplode,
  posexplodeOuter,
  QueryError,
  Session,
  size,
  struct,
  type DataFrame,
  type Row,
} from '../../lib/index.js';
import { orderOf } from '../support/nested-order.js';
import { nestedTypes, shown, valuesOf } from '../support/nested.js';
import { projectPath } from '../support/paths.js';
import { defaultSeed } from '../support/random.js';
import { suite } from '../support/suite.js';

const test = suite('nested values');
const seed = defaultSeed();
console.log(`  nested: QUERN_SEED=${seed}`);

/** Everything inline, and in tiny pieces on executors. */
const PLACES = {
  inline: { workers: 0, options: {} },
  executors: { workers: 2, options: { splitRows: 7, batchRows: 16 } },
} as const;

for (const [place, { workers, options }] of Object.entries(PLACES)) {
  let engine: Engine;
  let session: Session;
  test.before(async () => {
    engine = await Engine.create({ workers });
    session = await Session.create({ engine, ...options });
  });
  test.after(async () => {
    await session.close();
    await engine.close();
  });

  const numRuns = workers === 0 ? 60 : 20;
  const tables = nestedTypes.chain((type) =>
    fc.tuple(fc.constant(type), fc.array(valuesOf(type), { maxLength: 40, size: '+1' })),
  );
  /** Rows `{ k, v }`, k counting from 0. */
  const frameOf = (type: DataType, values: readonly unknown[]): DataFrame =>
    session.createDataFrame(
      values.map((v, k) => ({ k, v })),
      T.schema([T.field('k', T.INT, false), T.field('v', type)]),
    );
  const valuesIn = async (df: DataFrame): Promise<unknown[]> => (await df.orderBy('k').collect()).map((row) => row['v']);

  test(
    `${place}: what goes in comes out, whatever carries it`,
    () =>
      fc.assert(
        fc.asyncProperty(tables, async ([type, values]) => {
          const df = frameOf(type, values);
          const expected = shown(values);
          assert.is(shown(await valuesIn(df)), expected, 'collect');
          const cached = df.cache();
          assert.is(shown(await valuesIn(cached)), expected, 'cache');
          assert.is(shown(await valuesIn(cached.repartition(3))), expected, 'repartition');
          assert.is(
            shown(await valuesIn(df.map((row) => ({ k: row['k'], v: row['v'] }), { schema: df.schema }))),
            expected,
            'map',
          );
          assert.is(shown((await df.limit(3).union(df.limit(0)).collect()).length), String(Math.min(3, values.length)));
          const present = await valuesIn(df.filter('v IS NOT NULL'));
          assert.is(shown(present), shown(values.filter((value) => value !== null)), 'filter');
          const rows: Row[] = [];
          for await (const row of df.toLocalIterator()) rows.push(row);
          assert.is(shown(rows.map((row) => row['v'])), expected, 'toLocalIterator');
          cached.unpersist();
        }),
        { seed, numRuns },
      ),
    { timeoutMs: 120_000 },
  );

  test(
    `${place}: order, groups and distinct values`,
    () =>
      fc.assert(
        fc.asyncProperty(
          tables.filter(([type]) => isOrderable(type)),
          async ([type, values]) => {
            const df = frameOf(type, [...values, ...values.slice(0, 7)]);
            const all = [...values, ...values.slice(0, 7)];
            const sorted = all.map((value, k) => ({ value, k })).sort((a, b) => orderOf(type, a.value, b.value) || a.k - b.k);
            const ks = async (frame: DataFrame): Promise<unknown[]> => (await frame.collect()).map((row) => row['k']);
            assert.equal(
              await ks(df.orderBy('v', 'k')),
              sorted.map(({ k }) => k),
            );
            const down = all.map((value, k) => ({ value, k })).sort((a, b) => orderOf(type, b.value, a.value) || a.k - b.k);
            assert.equal(
              await ks(df.orderBy(col('v').desc(), 'k').limit(5)),
              down.slice(0, 5).map(({ k }) => k),
            );
            const groups = sorted.filter(({ value }, i) => i === 0 || orderOf(type, value, sorted[i - 1]!.value) !== 0);
            assert.is(await df.select('v').distinct().count(), groups.length);
            const counted = await df.groupBy('v').count().orderBy('v').collect();
            assert.equal(
              counted.map((row) => row['count']),
              groups.map(({ value }) => all.filter((other) => orderOf(type, value, other) === 0).length),
            );
          },
        ),
        { seed, numRuns },
      ),
    { timeoutMs: 120_000 },
  );

  test(
    `${place}: rows out of arrays and maps`,
    () => {
      const lists = nestedTypes.chain((element) =>
        fc.tuple(fc.constant(element), fc.array(valuesOf(T.array(element)), { maxLength: 12 })),
      );
      return fc.assert(
        fc.asyncProperty(lists, async ([element, values]) => {
          const df = frameOf(T.array(element), values);
          const wanted = (outer: boolean): unknown[] =>
            values.flatMap((list, k) => {
              const items = (list ?? []) as unknown[];
              return items.length === 0 && outer ? [[k, null, null]] : items.map((item, i) => [k, i, item]);
            });
          const made = async (frame: DataFrame): Promise<string> =>
            shown((await frame.collect()).map((row) => [row['k'], row['pos'], row['col']]));
          assert.is(await made(df.select('k', posexplode('v'))), shown(wanted(false)));
          assert.is(await made(df.select('k', posexplodeOuter('v'))), shown(wanted(true)));
          const sized = (await df.select('k', size('v').as('n')).collect()).map((row) => row['n']);
          assert.equal(
            sized,
            values.map((list) => (list === null ? null : (list as unknown[]).length)),
          );
          const entries = frameOf(
            T.map(T.INT, element),
            values.map((list) => list && new Map((list as unknown[]).map((x, i) => [i, x]))),
          );
          const pairs = (await entries.select('k', explode('v')).collect()).map((row) => [row['k'], row['key'], row['value']]);
          assert.is(shown(pairs), shown(wanted(false)));
        }),
        { seed, numRuns },
      );
    },
    { timeoutMs: 120_000 },
  );

  test(`${place}: arrays longer than a batch, filters and further arrays behind`, async () => {
    const long = Array.from({ length: 5000 }, (_, i) => i);
    const df = session.createDataFrame([
      { a: long, b: ['x', 'y'] },
      { a: [], b: ['z'] },
      { a: null, b: null },
      { a: [7], b: ['only one', null] },
    ]);
    df.createOrReplaceTempView('long');
    const rows = await session
      .sql(
        `SELECT w, count(*) AS n, sum(v) AS s FROM long LATERAL VIEW explode(a) t AS v LATERAL VIEW OUTER explode(b) u AS w
         WHERE v % 2 = 1 GROUP BY w ORDER BY w`,
      )
      .collect();
    assert.equal(rows, [
      { w: null, n: 1, s: 7 },
      { w: 'only one', n: 1, s: 7 },
      { w: 'x', n: 2500, s: 6_250_000 },
      { w: 'y', n: 2500, s: 6_250_000 },
    ]);
    const few = await df.select(explode('a').as('v')).limit(3).collect();
    assert.equal(few, [{ v: 0 }, { v: 1 }, { v: 2 }]);
  });
}

test('what the rows of one long array need is given back as they pass', async () => {
  const small = await Engine.create({ workers: 0, memory: '96m' });
  const session = await Session.create({ engine: small });
  try {
    // 3 million texts of 40 bytes, made of one row.
    const list = session.createDataFrame({
      a: [Array.from({ length: 3000 }, (_, i) => i)],
      b: [Array.from({ length: 1000 }, (_, i) => i)],
    });
    list.createOrReplaceTempView('long');
    const [row] = await session
      .sql(
        `SELECT count(*) AS n, max(length(t)) AS longest FROM (SELECT concat('a text that is longer than a view holds ', x, y) AS t
         FROM long LATERAL VIEW explode(a) v AS x LATERAL VIEW explode(b) w AS y) WHERE t <> ''`,
      )
      .collect();
    assert.equal(row, { n: 3_000_000, longest: 47 });
  } finally {
    await session.close();
    await small.close();
  }
});

// ---- answers that do not depend on where they are computed

let engine: Engine;
let session: Session;
test.before(async () => {
  engine = await Engine.create({ workers: 0 });
  session = await Session.create({ engine });
});
test.after(async () => {
  await session.close();
  await engine.close();
});

const failure = async (work: () => unknown): Promise<string> => {
  try {
    await work();
  } catch (error) {
    assert.instance(error, QueryError, String(error));
    return `${(error as QueryError).code}: ${(error as QueryError).message.split('\n')[0]!}`;
  }
  return 'nothing was raised';
};

test('schemas are inferred: arrays, objects as structs, Maps, what is missing in some rows', () => {
  const rows = [
    { a: [1, null], s: { x: 1, y: ['q'] }, m: new Map([['k', 1]]), f: Float64Array.of(1.5) },
    { a: [2.5], s: { y: [], z: new Date(0) }, m: new Map([['j', 2.5]]), f: null, e: [] },
  ];
  assert.equal(
    session.createDataFrame(rows).schema.fields.map(({ name, type }) => `${name} ${T.typeName(type)}`),
    [
      'a array<double>',
      's struct<x:bigint,y:array<string>,z:timestamp>',
      'm map<string,double>',
      'f array<double>',
      'e array<string>',
    ],
  );
});

test('a schema may be text; plain objects are maps too where the schema says so', async () => {
  const schema = 'a array<int>, s struct<a: int, b: string>, m map<string, int>';
  const rows = [{ a: [1], s: { a: 1, b: 'x' }, m: { k: 1, __proto__: null } }];
  assert.is(shown(await session.createDataFrame(rows, schema).collect()), '[{"a":[1],"s":{"a":1,"b":"x"},"m":Map{"k"=>1}}]');
});

test('names of members are data', async () => {
  const s = JSON.parse('{"__proto__": 1, "constructor": "x", "toString": [null]}') as object;
  const [row] = await session.createDataFrame([{ s }]).collect();
  assert.is(JSON.stringify(row), '{"s":{"__proto__":1,"constructor":"x","toString":[null]}}');
  assert.is(Object.getPrototypeOf((row as { s: object }).s), Object.prototype);
  const [part] = await session.createDataFrame([{ s }]).select(col('s').getField('__proto__').as('p')).collect();
  assert.equal(part, { p: 1 });
  // What all objects inherit is no member.
  const [none] = await session.createDataFrame([{ s: {} }], 's struct<constructor: string, toString: int>').collect();
  assert.is(shown(none), '{"s":{"constructor":null,"toString":null}}');
});

test('options of an action apply inside', async () => {
  const df = session.sql(
    "SELECT array(9007199254740993L) AS i, struct(1.50 AS d, date'2024-02-29' AS t, timestamp'2024-02-29 01:02:03.000004' AS u) AS s",
  );
  assert.is(
    shown(await df.collect({ int64: 'string', decimal: 'number', date: 'date', timestamp: 'string' })),
    '[{"i":["9007199254740993"],"s":{"d":1.5,"t":2024-02-29T00:00:00.000Z,"u":"2024-02-29 01:02:03.000004"}}]',
  );
  assert.is(
    shown(await df.collect()),
    '[{"i":[9007199254740993],"s":{"d":"1.50","t":"2024-02-29","u":2024-02-29T01:02:03.000Z}}]',
  );
});

test('maps may be objects, which JSON can take', async () => {
  const df = session.sql(
    "SELECT map('__proto__', 1, 'k', 2) AS m, map(1, array(map(date'2024-02-29', true)), 2, null) AS n, map(struct(1), 2) AS o",
  );
  const [row] = await df.collect({ map: 'object' });
  assert.is(JSON.stringify(row), '{"m":{"__proto__":1,"k":2},"n":{"1":[{"2024-02-29":true}],"2":null},"o":{"{\\"col1\\":1}":2}}');
});

test('values that do not fit say where inside', async () => {
  const made = (row: Row, schema: string): Promise<string> => failure(() => session.createDataFrame([row], schema).collect());
  assert.is(
    await made({ a: [1, 'x'] }, 'a array<int>'),
    `FIELD_DATA_TYPE_UNACCEPTABLE: Row 0, column "a": at [1]: 'x' is not an int.`,
  );
  assert.is(
    await made({ s: { a: [{ b: 300 }] } }, 's struct<a: array<struct<b: tinyint>>>'),
    'FIELD_DATA_TYPE_UNACCEPTABLE: Row 0, column "s": at .a[0].b: 300 is not a tinyint.',
  );
  assert.is(
    await made({ m: new Map([['k', new Map([[null, 1]])]]) }, 'm map<string, map<string, int>>'),
    'FIELD_DATA_TYPE_UNACCEPTABLE: Row 0, column "m": at ["k"].key: null is not a string.',
  );
  assert.is(
    await made({ s: {} }, 's struct<a: int NOT NULL>'),
    'FIELD_DATA_TYPE_UNACCEPTABLE: Row 0, column "s": at .a: null is not an int.',
  );
  assert.is(
    await made({ a: 'text' }, 'a array<string>'),
    `FIELD_DATA_TYPE_UNACCEPTABLE: Row 0, column "a": 'text' is not an array<string>.`,
  );
  assert.is(
    await made({ s: [1] }, 's struct<a: int>'),
    'FIELD_DATA_TYPE_UNACCEPTABLE: Row 0, column "s": an array is not a struct<a:int>.',
  );
});

test('what is nested without end, or is no value, is refused', async () => {
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  assert.is(
    await failure(() => session.createDataFrame([{ circle }])),
    'CANNOT_INFER_SCHEMA: Column "circle" of row 0 is an object, which no column type holds, or holds something of the kind.',
  );
  assert.is(
    await failure(() => session.createDataFrame([{ a: [1] }, { a: [['x']] }])),
    'CANNOT_MERGE_TYPE: Column "a" holds array<bigint> values, and an array (array<array<string>>) in row 1. Give createDataFrame a schema, or values of one kind.',
  );
  const deep = (levels: number): string => `SELECT ${'array('.repeat(levels)}1${')'.repeat(levels)} AS a`;
  const [row] = await session.sql(deep(64)).collect();
  assert.is(JSON.stringify(row), `{"a":${'['.repeat(64)}1${']'.repeat(64)}}`);
  assert.is(
    await failure(() => session.sql(deep(65))),
    'NESTED_TYPE_TOO_DEEP: Arrays, structs and maps can be nested 64 levels deep.',
  );
  const type = (levels: number): string => `a ${'array<'.repeat(levels)}int${'>'.repeat(levels)}`;
  assert.is(
    await failure(() => session.createDataFrame([{ a: null }], type(65))),
    'NESTED_TYPE_TOO_DEEP: Column "a": arrays, structs and maps can be nested 64 levels deep.',
  );
  assert.equal(await session.createDataFrame([{ a: null }], type(64)).collect(), [{ a: null }]);
});

test('columns of DataFrames', async () => {
  const df = session.createDataFrame([
    { id: 1, tags: ['a', 'b'], s: { city: 'Ulm', zip: 89073 }, m: new Map([['k', 1]]), people: [{ n: 'x' }, null, { n: 'y' }] },
  ]);
  const one = async (...columns: Column[]): Promise<string> => shown((await df.select(...columns).collect())[0]);
  assert.is(
    await one(col('tags').getItem(1).as('t'), col('s').getField('city'), col('s.zip'), col('m').getItem('k').as('v')),
    '{"t":"b","s.city":"Ulm","zip":89073,"v":1}',
  );
  assert.is(await one(col('people.n').as('n'), size('people').as('c')), '{"n":["x",null,"y"],"c":3}');
  assert.is(await one(col('s.*')), '{"city":"Ulm","zip":89073}');
  assert.is(
    await one(array('id', lit(5)).as('a'), struct('id', col('s.city').as('c')).as('s'), map(lit('x'), col('id')).as('m')),
    '{"a":[1,5],"s":{"id":1,"c":"Ulm"},"m":Map{"x"=>1}}',
  );
  assert.is(
    await one(elementAt('tags', -1).as('e'), arrayContains('tags', 'b').as('c'), mapKeys('m').as('k'), mapValues('m').as('v')),
    '{"e":"b","c":true,"k":["k"],"v":[1]}',
  );
  assert.is(shown(await df.select(explode('m').as('key', 'n')).collect()), '[{"key":"k","n":1}]');
  assert.is(shown(await df.select(inline('people')).collect()), '[{"n":"x"},{"n":null},{"n":"y"}]');
  assert.is(
    shown(await df.withColumn('tag', explodeOuter('tags')).select('id', 'tag').collect()),
    '[{"id":1,"tag":"a"},{"id":1,"tag":"b"}]',
  );
  assert.is(shown(await df.select(col('tags')).filter(col('s.zip').gt(1)).collect()), '[{"tags":["a","b"]}]');
});

test('printSchema and show', async () => {
  const df = session.sql("SELECT array(1.5D, 2D, null) AS a, named_struct('x', 1, 'y', map('k', X'0aff')) AS s");
  assert.is(
    df.schemaText(),
    [
      'root',
      ' |-- a: array (nullable = false)',
      ' |    |-- element: double (containsNull = true)',
      ' |-- s: struct (nullable = false)',
      ' |    |-- x: int (nullable = false)',
      ' |    |-- y: map (nullable = false)',
      ' |    |    |-- key: string',
      ' |    |    |-- value: binary (valueContainsNull = false)',
      '',
    ].join('\n'),
  );
  assert.is(
    await df.showText(20, 0),
    [
      '+----------------+-------------------+',
      '|               a|                  s|',
      '+----------------+-------------------+',
      '|[1.5, 2.0, NULL]|{1, {k -> [0A FF]}}|',
      '+----------------+-------------------+',
      '',
    ].join('\n'),
  );
});

test('fields read as columns of a file, and fields of structs read whole, are the same', async () => {
  const whole = await Session.create({ engine, disabledRules: ['read-fields'] });
  const queries = [
    'SELECT id, home.city, home.at.lat FROM people ORDER BY id',
    'SELECT id FROM people WHERE home.city IS NULL OR home.at.lat > 1 ORDER BY id',
    'SELECT home, home.city FROM people WHERE home.at.lon = 10',
    'SELECT count(*), count(home), count(home.city), min(home.at.lat), max(home.at.lon) FROM people',
    'SELECT home.at, count(*) AS n FROM people GROUP BY home.at ORDER BY home.at',
    'SELECT h.at.lat FROM (SELECT home AS h FROM people) WHERE h.city IS NOT NULL',
    'SELECT x.t, home.city FROM people LATERAL VIEW OUTER explode(tags) v AS x ORDER BY id',
    'SELECT home.city FROM people UNION ALL SELECT home.city FROM people WHERE home.at.lat > 50 ORDER BY 1',
    'SELECT DISTINCT home.city FROM (SELECT * FROM people ORDER BY home.at.lat LIMIT 2) ORDER BY 1',
  ];
  try {
    for (const each of [session, whole])
      each.read.parquet(projectPath('tests/plans/people.parquet')).createOrReplaceTempView('people');
    for (const sql of queries) assert.is(shown(await session.sql(sql).collect()), shown(await whole.sql(sql).collect()), sql);
  } finally {
    await whole.close();
  }
});

test('functions that return null where their schema has none', async () => {
  const df = session.range(0, 1);
  assert.is(
    await failure(() => df.map(() => ({ x: null }), { schema: 'x int not null' }).collect()),
    'JAVASCRIPT_RESULT: The function given to map() returned null for column "x", which its schema says is not nullable.',
  );
  assert.is(
    await failure(() => df.flatMap(() => [{ s: { a: undefined } }], { schema: 's struct<a: int not null>' }).collect()),
    'JAVASCRIPT_RESULT: The function given to flatMap() returned a value that does not fit column "s": at .a: null is not an int. Give flatMap() a schema that fits its results.',
  );
});

test('CSV has no form for them', async () => {
  assert.is(
    await failure(() => session.sql('SELECT 1 AS a, array(1) AS b').write.csv('/nowhere/x.csv')),
    'UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE: CSV has no form for column "b" of type array<int>. Take its parts as columns of their own, explode it, or cast it to string.',
  );
  assert.is(
    await failure(() => session.read.schema('region string, amount array<int>').csv(projectPath('tests/plans/sales.csv'))),
    'UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE: CSV has no form for column "amount" of type array<int>. Read it as a string.',
  );
});

test.run();
