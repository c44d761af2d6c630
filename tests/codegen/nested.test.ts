import fc from 'fast-check';
import * as assert from 'uvu/assert';
import * as T from '../../lib/core/types/data-type.js';
import { isOrderable } from '../../lib/core/types/nested.js';
import { col, Engine, QueryError, Session } from '../../lib/index.js';
import { orderOf } from '../support/nested-order.js';
import { anyTypes, nestedTypes, shown, valuesOf } from '../support/nested.js';
import { defaultSeed } from '../support/random.js';
import { suite } from '../support/suite.js';

/** Functions of arrays, structs and maps: Spark's answers, folded when planning and computed in a loop; and generated values beside plain JavaScript. */
const test = suite('nested functions');
const seed = defaultSeed();
console.log(`  nested functions: QUERN_SEED=${seed}`);

let engine: Engine;
let folding: Session;
let computing: Session;
test.before(async () => {
  engine = await Engine.create({ workers: 0 });
  folding = await Session.create({ engine });
  computing = await Session.create({ engine, disabledRules: ['*'] });
});
test.after(async () => {
  await folding.close();
  await computing.close();
  await engine.close();
});

/** An expression, and its value as `shown` writes it. */
const ANSWERS: readonly (readonly [sql: string, answer: string])[] = [
  ['array(1, 2, 3)', '[1,2,3]'],
  ['array()', '[]'],
  ['array(1, 2.5, null)', '["1.0","2.5",null]'],
  ["array('a', null)", '["a",null]'],
  ['array(array(1), array(), null)', '[[1],[],null]'],
  ['array(1, 2, 3)[0]', '1'],
  ['array(1, 2, 3)[2]', '3'],
  ['array(1, null)[1]', 'null'],
  ['array(1, 2)[cast(null as int)]', 'null'],
  ["array('short', 'a text of more than twelve bytes')[1]", '"a text of more than twelve bytes"'],
  ['array(cast(1.5 as decimal(30,2)))[0]', '"1.50"'],
  ['get(array(1, 2, 3), 0)', '1'],
  ['get(array(1, 2, 3), 3)', 'null'],
  ['get(array(1, 2, 3), -1)', 'null'],
  ['element_at(array(1, 2, 3), 2)', '2'],
  ['element_at(array(1, 2, 3), -1)', '3'],
  ["element_at(map(1, 'a', 2, 'b'), 2)", '"b"'],
  ["element_at(map(1, 'a', 2, 'b'), 3)", 'null'],
  ['try_element_at(array(1, 2, 3), 4)', 'null'],
  ['try_element_at(array(1, 2, 3), -4)', 'null'],
  ["struct(1 AS a, 'x' AS b)", '{"a":1,"b":"x"}'],
  ["struct(1, 'x')", '{"col1":1,"col2":"x"}'],
  ["named_struct('a', 1, 'b', 2, 'c', 3)", '{"a":1,"b":2,"c":3}'],
  ["named_struct('a', 1, 'b', 2).b", '2'],
  ["named_struct('a', named_struct('b', array(named_struct('c', 'deep down, deep down')))).a.b[0].c", '"deep down, deep down"'],
  ["named_struct('a', 1)['a']", '1'],
  ["array(named_struct('a', 1), null, named_struct('a', null)).a", '[1,null,null]'],
  ['struct(cast(1 as decimal(30,0)) AS a, true AS b, 1.5D AS c).a', '"1"'],
  ["map(1.0, '2', 3.0, '4')", 'Map{"1.0"=>"2","3.0"=>"4"}'],
  ['map()', 'Map{}'],
  ["map('k', 1, 'j', null)['j']", 'null'],
  ["map('k', 1)['z']", 'null'],
  ["map('k', 1).k", '1'],
  ["map(array(1, 2), 'a')[array(1, 2)]", '"a"'],
  ["map_keys(map(1, 'a', 2, 'b'))", '[1,2]'],
  ["map_values(map(1, 'a', 2, 'b'))", '["a","b"]'],
  ["map_contains_key(map(1, 'a', 2, 'b'), 1)", 'true'],
  ["map_contains_key(map(1, 'a', 2, 'b'), 3)", 'false'],
  ["size(array('b', 'd', 'c', 'a'))", '4'],
  ["size(map('a', 1, 'b', 2))", '2'],
  ['size(cast(null as array<int>))', 'null'],
  ["cardinality(array('b', 'd'))", '2'],
  ["array_size(array('b', 'd', 'c', 'a'))", '4'],
  ['array_contains(array(1, 2, 3), 2)', 'true'],
  ['array_contains(array(1, 2, 3), 4)', 'false'],
  ['array_contains(array(1, null, 3), 4)', 'null'],
  ['array_contains(array(1, null, 3), 3)', 'true'],
  ['array_contains(array(1, 2), 2.0)', 'true'],
  ["array_contains(array('NaN'::double), 'NaN'::double)", 'true'],
  ['array_contains(cast(null as array<int>), 1)', 'null'],
  ['array(1) = array(1)', 'true'],
  ['array(1, null) = array(1, null)', 'true'],
  ['array(1, 2) < array(1, 2, 3)', 'true'],
  ['array(null, 2) < array(1)', 'true'],
  ["struct(1, 'b') > struct(1, 'a')", 'true'],
  ['array(0D) = array(-0D)', 'true'],
  ["array('NaN'::double) = array('NaN'::double)", 'true'],
  ['array(1) = cast(null as array<int>)', 'null'],
  ['array(1) <=> cast(null as array<int>)', 'false'],
  ['array(1) IN (array(2), array(1))', 'true'],
  ["named_struct('a', 1, 'b', 'x') = (1L, 'x')", 'true'],
  ['(1, 2) IN ((2, 1), (1, 2))', 'true'],
  ['(1, 2) IN ((2, 1), (1, null))', 'false'],
  ['(1, (2, array(3))) < (1, (2, array(3, 0)))', 'true'],
  ['(2, 0) BETWEEN (1, 9) AND (2, 0)', 'true'],
  ['coalesce(cast(null as array<int>), array(7))', '[7]'],
  ["if(size(array(1)) = 1, map('a', 1), null)", 'Map{"a"=>1}'],
  ['CASE WHEN false THEN array(1) ELSE array(2L) END', '[2]'],
  ['nullif(array(1), array(1))', 'null'],
  ['array(1) IS NULL', 'false'],
  ['greatest(array(1, 2), array(1, 3))', '[1,3]'],
  ['cast(array(1, null, 3) AS string)', '"[1, null, 3]"'],
  ["cast(struct(1 AS a, 'x' AS b, null AS c, 2.0D AS d) AS string)", '"{1, x, null, 2.0}"'],
  ['cast(struct(1 AS a, 2 AS a) AS string)', '"{1, 2}"'],
  ["cast(map('a', array(true), 'b', null) AS string)", '"{a -> [true], b -> null}"'],
  ["cast(array(date'2024-02-29') AS string)", '"[2024-02-29]"'],
  ['cast(array(1, null) AS array<string>)', '["1",null]'],
  ["cast(array('12', '-3') AS array<bigint>)", '[12,-3]'],
  ["try_cast(array('12', 'x') AS array<int>)", '[12,null]'],
  ["cast(struct(1, '2') AS struct<a: string, b: double>)", '{"a":"1","b":2}'],
  ["cast(map('1', array(1)) AS map<int, array<string>>)", 'Map{1=>["1"]}'],
  ["cast(array(array('1'), null) AS array<array<int>>)", '[[1],null]'],
  ["upper(array('a', 'b')[1])", '"B"'],
  ["concat(array('a long text, longer than twelve')[0], '!')", '"a long text, longer than twelve!"'],
];

test("Spark's answers", async () => {
  const columns = ANSWERS.map(([sql], i) => `${sql} AS c${i}`);
  for (const session of [folding, computing]) {
    const [row] = await session.sql(`SELECT ${columns.join(', ')}`).collect();
    ANSWERS.forEach(([sql, answer], i) => assert.is(shown(row![`c${i}`]), answer, sql));
  }
  // Each alone, too: what many share in one function must not make a difference.
  for (const [sql, answer] of ANSWERS) {
    const [row] = await computing.sql(`SELECT ${sql} AS v`).collect();
    assert.is(shown(row!['v']), answer, sql);
  }
});

const SMALL = 'Use the SQL function `get()` to tolerate accessing element at invalid index and return NULL instead.';
const FAILURES: readonly (readonly [sql: string, message: string])[] = [
  ['array(1, 2, 3)[3]', `INVALID_ARRAY_INDEX: The index 3 is out of bounds. The array has 3 elements. ${SMALL}`],
  ['array(1)[1]', `INVALID_ARRAY_INDEX: The index 1 is out of bounds. The array has 1 element. ${SMALL}`],
  ['array(1, 2, 3)[-1]', `INVALID_ARRAY_INDEX: The index -1 is out of bounds. The array has 3 elements. ${SMALL}`],
  [
    'element_at(array(1, 2, 3), 4)',
    'INVALID_ARRAY_INDEX_IN_ELEMENT_AT: The index 4 is out of bounds. The array has 3 elements. Use `try_element_at` to tolerate accessing element at invalid index and return NULL instead.',
  ],
  [
    'element_at(array(1, 2, 3), 0)',
    'INVALID_INDEX_OF_ZERO: The index 0 is invalid. An index shall be either < 0 or > 0 (the first element has index 1).',
  ],
  [
    'try_element_at(array(1, 2, 3), 0)',
    'INVALID_INDEX_OF_ZERO: The index 0 is invalid. An index shall be either < 0 or > 0 (the first element has index 1).',
  ],
  ["map('a', 1, 'a', 2)", 'DUPLICATED_MAP_KEY: Duplicate map key in map(a, 1, a, 2). A map may have each key once.'],
  ['map(cast(null as string), 1)', 'NULL_MAP_KEY: Cannot use null as map key.'],
  [
    'map(map(1, 2), 1)',
    'DATATYPE_MISMATCH.INVALID_MAP_KEY_TYPE: Cannot resolve "map(map(1, 2), 1)": a key of a map cannot be or hold a map ("MAP<INT, INT>").',
  ],
  ['map(1)', 'WRONG_NUM_ARGS.WITHOUT_SUGGESTION: The function "map" takes 2n (n >= 0) parameters, but was given 1.'],
  ['struct(1 AS a).b', 'FIELD_NOT_FOUND: No such struct field "b". Fields: a. Did you mean "a"?'],
  [
    'struct(1 AS a, 2 AS A).a.b',
    'INVALID_EXTRACT_BASE_FIELD_TYPE: Only structs, arrays and maps have parts to take out, not the type "INT".',
  ],
  ['struct(1 AS a, 2 AS a).a', 'AMBIGUOUS_REFERENCE_TO_FIELDS: The struct field "a" is ambiguous: 2 fields have this name.'],
  [
    "array(1) = array('x', map(1, 2))",
    'DATATYPE_MISMATCH.DATA_DIFF_TYPES: Cannot resolve "array(x, map(1, 2))": the inputs of "array" should all be of one type, but they are "STRING", "MAP<INT, INT>".',
  ],
  [
    'map(1, 2) = map(1, 2)',
    'DATATYPE_MISMATCH.INVALID_ORDERING_TYPE: Cannot resolve "(map(1, 2) = map(1, 2))": "=" cannot order the type "MAP<INT, INT>".',
  ],
  [
    "array_contains(array(1), 'x')",
    'DATATYPE_MISMATCH.DATA_DIFF_TYPES: Cannot resolve "array_contains(array(1), x)": the inputs of "array_contains" should all be of one type, but they are "ARRAY<INT>", "STRING".',
  ],
  [
    'array(map(1, 2)) <=> array(map(1, 2))',
    'DATATYPE_MISMATCH.INVALID_ORDERING_TYPE: Cannot resolve "(array(map(1, 2)) <=> array(map(1, 2)))": "<=>" cannot order the type "ARRAY<MAP<INT, INT>>".',
  ],
  [
    "array(1, 2)['x']",
    'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE: Cannot resolve "array(1, 2)[x]": the second parameter requires the "INTEGRAL" type, but "x" has the type "STRING".',
  ],
  [
    'size(5)',
    'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE: Cannot resolve "size(5)": the first parameter requires the ("ARRAY" or "MAP") type, but "5" has the type "INT".',
  ],
  [
    "cast(array('12', 'x') AS array<int>)",
    `CAST_INVALID_INPUT: The value 'x' of the type "STRING" cannot be cast to "INT" because it is malformed. Correct the value as per the syntax, or change its target type. Use \`try_cast\` to tolerate malformed input and return NULL instead.`,
  ],
  [
    'cast(struct(cast(null AS int)) AS struct<a: bigint NOT NULL>)',
    'DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION: Cannot resolve "CAST(struct(CAST(NULL AS INT)) AS STRUCT<a: BIGINT NOT NULL>)": "STRUCT<col1: INT>" cannot be cast to "STRUCT<a: BIGINT NOT NULL>".',
  ],
  [
    "cast('[1]' AS array<int>)",
    'DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION: Cannot resolve "CAST([1] AS ARRAY<INT>)": "STRING" cannot be cast to "ARRAY<INT>".',
  ],
  [
    'explode(array(1)) + 1',
    'UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS: "explode" makes rows: it stands alone in a select list, or after LATERAL VIEW, and not inside of other expressions or clauses.',
  ],
  [
    'explode(array(1)), explode(array(2))',
    'UNSUPPORTED_GENERATOR.MULTI_GENERATOR: A select list can have one function that makes rows, not 2: explode, explode. Use LATERAL VIEW for the others.',
  ],
  [
    'explode(array(1)), count(*)',
    'UNSUPPORTED_GENERATOR.OUTSIDE_SELECT: "explode" cannot stand beside aggregate functions or GROUP BY. Group in a subquery.',
  ],
  ['explode(array(1)) AS (a, b)', 'UDTF_ALIAS_NUMBER_MISMATCH: "explode" makes 1 column, but 2 names are given.'],
  [
    'inline(array(1))',
    'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE: Cannot resolve "inline(array(1))": the first parameter requires the "ARRAY" type, but "array(1)" has the type "ARRAY<INT>".',
  ],
];

test('errors', async () => {
  for (const session of [folding, computing]) {
    for (const [sql, message] of FAILURES) {
      let found = 'nothing was raised';
      try {
        await session.sql(`SELECT ${sql}`).collect();
      } catch (error) {
        assert.instance(error, QueryError, `${sql}: ${String(error)}`);
        found = `${(error as QueryError).code}: ${(error as QueryError).message.split('\n')[0]!}`;
      }
      assert.is(found, message, sql);
    }
  }
});

test('more texts in one value than a view place each once had room for', async () => {
  const names = Array.from({ length: 300 }, (_, i) => `f${i}`);
  const made = names.map((name, i) => `concat('a text of some length ', id + ${i}) AS ${name}`).join(', ');
  const [row] = await computing
    .sql(
      `SELECT s.f299, cast(s AS struct<${names.map((n) => `${n}: binary`).join(', ')}>).f7 AS b FROM (SELECT struct(${made}) AS s FROM range(1))`,
    )
    .collect();
  assert.is(shown(row), `{"f299":"a text of some length 299","b":x'${Buffer.from('a text of some length 7').toString('hex')}'}`);
});

test('what makes rows', async () => {
  const all = async (sql: string): Promise<string> => shown(await computing.sql(sql).collect());
  assert.is(await all('SELECT explode(array(10, 20))'), '[{"col":10},{"col":20}]');
  assert.is(await all("SELECT explode(map('a', 1))"), '[{"key":"a","value":1}]');
  assert.is(await all('SELECT posexplode(array(10, 20))'), '[{"pos":0,"col":10},{"pos":1,"col":20}]');
  assert.is(await all('SELECT posexplode_outer(cast(array() AS array<int>))'), '[{"pos":null,"col":null}]');
  assert.is(await all("SELECT inline(array(struct(1, 'a'), struct(2, 'b')))"), '[{"col1":1,"col2":"a"},{"col1":2,"col2":"b"}]');
  assert.is(await all('SELECT inline_outer(cast(null AS array<struct<a: int>>))'), '[{"a":null}]');
  assert.is(
    await all('SELECT id, * EXCEPT (id), explode(a) FROM (SELECT id, array(id) AS a FROM range(1))'),
    '[{"id":0,"a":[0],"col":0}]',
  );
  assert.is(await all('SELECT * FROM explode(array(1, 2)) AS t(x)'), '[{"x":1},{"x":2}]');
  assert.is(await all('SELECT explode(array(3, 1, 2)) AS x ORDER BY x DESC'), '[{"x":3},{"x":2},{"x":1}]');
  assert.is(
    await all(
      "SELECT t.k, v FROM range(1) LATERAL VIEW explode(map('a', array(1, 2))) t AS k, vs LATERAL VIEW explode(vs) AS v WHERE v > 1",
    ),
    '[{"k":"a","v":2}]',
  );
  assert.is(
    await all('SELECT id, v FROM range(2) LATERAL VIEW OUTER explode(array()) t AS v'),
    '[{"id":0,"v":null},{"id":1,"v":null}]',
  );
});

test('what is never null on one side may be null on the other', async () => {
  const one = "named_struct('a', id)";
  const other = "named_struct('a', nullif(id, 0))";
  const queries = [
    `SELECT IF(id = 1, ${one}, ${other}).a AS v FROM range(1)`,
    `SELECT s.a AS v FROM (SELECT coalesce(IF(id = 1, ${one}, null), ${other}) AS s FROM range(1))`,
    `SELECT array(${one}, ${other})[1].a AS v FROM range(1)`,
    `SELECT map(1, ${one}, 2, ${other})[2].a AS v FROM range(1)`,
    `SELECT s.a AS v FROM (SELECT ${one} AS s FROM range(1, 1) UNION ALL SELECT ${other} FROM range(1))`,
    `SELECT greatest(${other}, ${other}).a AS v FROM range(1)`,
    `SELECT s.a AS v FROM (VALUES (named_struct('a', 1)), (named_struct('a', cast(null AS int)))) AS t(s) WHERE s.a IS NULL`,
    `SELECT array_contains(CASE WHEN id = 1 THEN array(id) ELSE array(nullif(id, 0)) END, 5L) AS v FROM range(1)`,
  ];
  for (const session of [folding, computing])
    for (const sql of queries) assert.is(shown(await session.sql(sql).collect()), '[{"v":null}]', sql);
});

test('nulls in rows beside others', async () => {
  const df = computing.createDataFrame(
    [
      { a: ['p', 'a text that is longer than a view'], i: 1, s: { x: [1], y: null }, m: new Map([['k', 'v']]) },
      { a: null, i: 0, s: null, m: null },
      { a: [], i: null, s: { x: null, y: 2.5 }, m: new Map() },
      { a: [null], i: 0, s: { x: [], y: -1 }, m: new Map([['k', null]]) },
    ],
    'a array<string>, i int, s struct<x: array<int>, y: double>, m map<string, string>',
  );
  df.createOrReplaceTempView('rows_with_nulls');
  const rows = await computing
    .sql(
      `SELECT get(a, i) AS g, upper(try_element_at(a, i + 1)) AS e, s.x AS x, s.y AS y, get(s.x, 0) AS f, m['k'] AS v, size(a) AS n,
              array(s.y, i) AS made, struct(a, m) AS whole, map('a', a)['a'] AS back, array_contains(a, 'p') AS c, array(s).x AS xs
       FROM rows_with_nulls`,
    )
    .collect();
  assert.is(
    shown(rows),
    `[${[
      '{"g":"a text that is longer than a view","e":"A TEXT THAT IS LONGER THAN A VIEW","x":[1],"y":null,"f":1,"v":"v","n":2,"made":[null,1],"whole":{"a":["p","a text that is longer than a view"],"m":Map{"k"=>"v"}},"back":["p","a text that is longer than a view"],"c":true,"xs":[[1]]}',
      '{"g":null,"e":null,"x":null,"y":null,"f":null,"v":null,"n":null,"made":[null,0],"whole":{"a":null,"m":null},"back":null,"c":null,"xs":[null]}',
      '{"g":null,"e":null,"x":null,"y":2.5,"f":null,"v":null,"n":0,"made":[2.5,null],"whole":{"a":[],"m":Map{}},"back":[],"c":false,"xs":[null]}',
      '{"g":null,"e":null,"x":[],"y":-1,"f":null,"v":null,"n":1,"made":[-1,0],"whole":{"a":[null],"m":Map{"k"=>null}},"back":[null],"c":null,"xs":[[]]}',
    ].join(',')}]`,
  );
});

test(
  'generated values beside plain JavaScript',
  () => {
    const cases = anyTypes.chain((element) =>
      fc.tuple(
        fc.constant(element),
        fc.array(fc.tuple(valuesOf(T.array(element)), fc.integer({ min: -4, max: 4 }), valuesOf(element)), {
          minLength: 1,
          maxLength: 12,
        }),
      ),
    );
    return fc.assert(
      fc.asyncProperty(cases, async ([element, rows]) => {
        const df = computing.createDataFrame(
          rows.map(([a, i, x]) => ({ a, i, x })),
          T.schema([T.field('a', T.array(element)), T.field('i', T.INT), T.field('x', element)]),
        );
        df.createOrReplaceTempView('generated');
        const contains = isOrderable(element) ? 'array_contains(a, x)' : 'cast(null AS boolean)';
        const actual = await computing
          .sql(
            `SELECT get(a, i) AS g, try_element_at(a, nullif(i, 0)) AS e, size(a) AS n, ${contains} AS c, array(x, x) AS two, struct(x, a).x AS sx, struct(x, a) AS s, map(i, x) AS m, map(1, a)[1] AS ma,
                  array(struct(x)).x AS xs FROM generated`,
          )
          .collect();
        rows.forEach(([a, i, x], row) => {
          const list = a as unknown[] | null;
          const found =
            list === null || x === null ? null : list.some((item) => item !== null && orderOf(element, item, x) === 0);
          const expected = {
            g: list?.[i] ?? null,
            e: i === 0 ? null : (list?.at(i > 0 ? i - 1 : i) ?? null),
            n: list?.length ?? null,
            c: !isOrderable(element) ? null : found === false && list!.includes(null) ? null : found,
            two: [x, x],
            sx: x,
            s: { x, a },
            m: new Map([[i, x]]),
            ma: list,
            xs: [x],
          };
          assert.is(shown(actual[row]), shown(expected), T.typeName(element));
        });
      }),
      { seed, numRuns: 60 },
    );
  },
  { timeoutMs: 120_000 },
);

/** A type that holds all values of another, and casts to it. */
function wider(type: T.DataType): T.DataType {
  switch (type.kind) {
    case 'array':
      return T.array(wider(type.element));
    case 'map':
      return T.map(wider(type.key), wider(type.value));
    case 'struct':
      return T.struct(type.fields.map((field, i) => T.field(`renamed${i}`, wider(field.type))));
    case 'tinyint':
    case 'int':
      return T.BIGINT;
    case 'decimal':
      return T.decimal(38, type.scale);
    case 'date':
    case 'bigint':
      return T.STRING;
    default:
      return type;
  }
}

test(
  'text of values, and casts there and back',
  () => {
    const cases = nestedTypes.chain((type) =>
      fc.tuple(fc.constant(type), fc.array(valuesOf(type), { minLength: 1, maxLength: 6 })),
    );
    return fc.assert(
      fc.asyncProperty(cases, async ([type, values]) => {
        const schema = T.schema([T.field('v', type)]);
        const df = computing.createDataFrame(
          values.map((v) => ({ v })),
          schema,
        );
        const [texts, same] = [
          await df.selectExpr('cast(v AS string) AS t').collect(),
          await df.select(col('v').cast(wider(type)).cast(type).as('v')).collect(),
        ];
        assert.is(shown(same.map((row) => row['v'])), shown(values), T.typeName(type));
        // A null is null, and nothing else is.
        assert.equal(
          texts.map((row) => row['t'] === null),
          values.map((value) => value === null),
        );
      }),
      { seed, numRuns: 60 },
    );
  },
  { timeoutMs: 120_000 },
);

test.run();
