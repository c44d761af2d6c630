import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Expr } from '../../lib/core/expr/expr.js';
import type { LogicalPlan } from '../../lib/core/plan/logical-plan.js';
import { STRING } from '../../lib/core/types/data-type.js';
import {
  as,
  col,
  dbl,
  errorOf,
  filter,
  fn,
  group,
  int,
  lit,
  nul,
  oneRow,
  planText,
  project,
  run,
  sort,
  str,
  table,
} from './analyzer-support.js';

const STAR: Expr = { kind: 'star', qualifier: [] };
const count = fn('count', STAR);
const T = table('t');

const PLANS: readonly (readonly [title: string, LogicalPlan, string])[] = [
  [
    'a column keeps its id',
    project(T, col('A'), col('t', 'b')),
    `
project [a#1 AS A#1, b#2]
  registry [a#1, b#2, s#3, d#4, x#5]`,
  ],
  [
    'an expression is a new column',
    project(T, fn('add', col('a'), int(1)), as(col('s'), 'name')),
    `
project [(a#1 + 1) AS (a + 1)#2, s#3 AS name#4]
  registry [a#1, b#5, s#3, d#6, x#7]`,
  ],
  [
    'a star without columns',
    project(T, { kind: 'star', qualifier: ['t'], except: ['d', 'X'], replace: [{ name: 's', expr: fn('upper', col('s')) }] }),
    `
project [a#1, b#2, upper(s#3) AS s#4]
  registry [a#1, b#2, s#3, d#5, x#6]`,
  ],
  [
    'aliases to the left',
    project(T, as(fn('add', col('a'), int(1)), 'p'), fn('multiply', col('p'), int(2))),
    `
project [(a#1 + 1) AS p#2, ((a#1 + 1) * 2) AS (p * 2)#3]
  registry [a#1, b#4, s#5, d#6, x#7]`,
  ],
  [
    'groups by alias, aggregates shared',
    group(
      T,
      [col('k')],
      [as(fn('add', col('a'), int(1)), 'k'), fn('sum', col('b')), as(fn('add', fn('sum', col('b')), count), 'n')],
      { having: fn('>', col('n'), int(2)) },
    ),
    `
project [k#1, sum(b)#2, (sum(b)#2 + count(1)#3) AS n#4]
  filter ((sum(b)#2 + count(1)#3) > 2)
    aggregate keys [(a#5 + 1)] aggregates [sum(b#6), count(1)] output [k#1, sum(b)#2, count(1)#3]
      registry [a#5, b#6, s#7, d#8, x#9]`,
  ],
  [
    'a select list with an aggregate is a global one',
    project(T, count),
    `
aggregate keys [] aggregates [count(1)] output [count(1)#1]
  registry [a#2, b#3, s#4, d#5, x#6]`,
  ],
  [
    'GROUP BY ALL, ordinals',
    sort(group(T, [], [col('s'), fn('max', col('x'))], { all: true }), int(2)),
    `
sort [max(x)#1 asc]
  aggregate keys [s#2] aggregates [max(x#3)] output [s#2, max(x)#1]
    registry [a#4, b#5, s#2, d#6, x#3]`,
  ],
  [
    'ORDER BY a column the select list dropped',
    sort(project(T, as(col('a'), 'v')), col('b'), col('v')),
    `
project [v#1]
  sort [b#2 asc, v#1 asc]
    project [a#3 AS v#1, b#2]
      registry [a#3, b#2, s#4, d#5, x#6]`,
  ],
  [
    'ORDER BY an aggregate of its own',
    sort(group(T, [col('s')], [col('s')]), fn('sum', col('b'))),
    `
project [s#1]
  sort [sum(b)#2 asc]
    aggregate keys [s#1] aggregates [sum(b#3)] output [s#1, sum(b)#2]
      registry [a#4, b#3, s#1, d#5, x#6]`,
  ],
  [
    'DISTINCT is a group',
    { kind: 'distinct', input: project(T, col('s')) },
    `
aggregate keys [s#1] aggregates [] output [s#1]
  project [s#1]
    registry [a#2, b#3, s#1, d#4, x#5]`,
  ],
  [
    'UNION widens',
    {
      kind: 'set_operation',
      op: 'union',
      all: true,
      byName: false,
      left: project(oneRow, int(1)),
      right: {
        kind: 'set_operation',
        op: 'union',
        all: true,
        byName: false,
        left: project(oneRow, dbl(2)),
        right: project(oneRow, nul),
      },
    },
    `
union [1#1]
  project [cast(1#2 as double) AS 1#3]
    project [1 AS 1#2]
      rows []
  union [2.0#4]
    project [2.0 AS 2.0#5]
      rows []
    project [cast(NULL#6 as double) AS NULL#7]
      project [NULL AS NULL#6]
        rows []`,
  ],
  [
    'WITH, VALUES, alias with columns',
    {
      kind: 'with',
      recursive: false,
      definitions: [{ name: 'w', columns: ['y'], plan: { kind: 'values', rows: [[int(1)], [nul]] } }],
      input: filter(table('W'), fn('=', col('w', 'y'), int(1))),
    },
    `
filter (y#1 = 1)
  rows [y#1]`,
  ],
  [
    'range',
    {
      kind: 'limit',
      input: { kind: 'table_function', name: 'range', args: [int(1), int(10), int(4)] },
      limit: int(2),
      offset: int(1),
    },
    `
limit 2 offset 1
  range [id#1]`,
  ],
  [
    'withColumn, rename, drop',
    {
      kind: 'drop',
      names: ['x', 'nothing'],
      input: {
        kind: 'rename',
        names: [{ from: 's', to: 'name' }],
        input: { kind: 'with_columns', input: T, columns: [{ name: 'A', expr: fn('negative', col('a')) }] },
      },
    },
    `
project [A#1, b#2, name#3, d#4]
  project [A#1, b#2, s#5 AS name#3, d#4, x#6]
    project [-a#7 AS A#1, b#2, s#5, d#4, x#6]
      registry [a#7, b#2, s#5, d#4, x#6]`,
  ],
];

for (const [title, plan, expected] of PLANS) {
  test(title, () => {
    assert.is(`\n${planText(run(plan))}`, expected);
  });
}

test('df.col is the column of that plan', () => {
  const left: LogicalPlan = { ...project(T, col('a'), as(col('b'), 'c')), planId: 7 } as LogicalPlan;
  const named: Expr = { kind: 'column', path: ['c'], planId: 7 };
  assert.is(planText(run(filter(left, fn('>', named, int(1))))).split('\n')[0], 'filter (c#1 > 1)');
  assert.is(
    errorOf(filter(T, fn('>', named, int(1)))),
    'MISSING_ATTRIBUTES.RESOLVED_ATTRIBUTE_MISSING_FROM_INPUT: The column "c" belongs to a DataFrame that is not an input of this one.',
  );
});

test('a DataFrame filter sees what the select list dropped', () => {
  const selected: LogicalPlan = { ...project(T, as(col('a'), 'v')), planId: 8 } as LogicalPlan;
  assert.is(
    `\n${planText(run(filter(selected, fn('>', col('b'), col('v')))))}`,
    `
project [v#1]
  filter (b > v)#2
    project [a#3 AS v#1, (b#4 > cast(a#3 as bigint)) AS (b > v)#2]
      registry [a#3, b#4, s#5, d#6, x#7]`,
  );
});

test('parameters are literals', () => {
  const options = { parameters: new Map([[0, { kind: 'literal', value: 'x', type: STRING } as const]]) };
  assert.is(
    planText(run(filter(T, fn('=', col('s'), { kind: 'parameter', name: 0 })), options)).split('\n')[0],
    'filter (s#1 = x)',
  );
  assert.is(
    errorOf(project(oneRow, { kind: 'parameter', name: 'p' })),
    'UNBOUND_SQL_PARAMETER: No value was given for parameter :p.',
  );
});

const SQL = 'SELECT regoin FROM t';
const twice: LogicalPlan = project(project(T, col('a'), as(col('b'), 'a')), col('a'));

const ERRORS: readonly (readonly [LogicalPlan, string, sql?: string])[] = [
  [
    project(T, { kind: 'column', path: ['aa'], at: { start: 7, end: 13 } }),
    'UNRESOLVED_COLUMN.WITH_SUGGESTION: No column named "aa". Columns: a, b, s, d, x. Did you mean "a"?\nline 1, column 8:\n  SELECT regoin FROM t\n         ^^^^^^',
    SQL,
  ],
  [project(oneRow, col('a')), 'UNRESOLVED_COLUMN.WITHOUT_SUGGESTION: No column named "a": there are no columns here.'],
  [twice, 'AMBIGUOUS_REFERENCE: The column name "a" is ambiguous. It could be: t.a, a.'],
  [
    table('tt'),
    'TABLE_OR_VIEW_NOT_FOUND: No table or view named "tt". Views: t, u, loop. Did you mean "t"? A file is read by its quoted path: FROM \'data.csv\'.',
  ],
  [table('loop'), 'RECURSIVE_VIEW: The view "loop" is defined by itself.'],
  [
    group(T, [col('a')], [col('a'), col('b')]),
    'MISSING_AGGREGATION: "b" is neither grouped by nor inside an aggregate function. Add it to GROUP BY, or use any_value(b) if any of its values will do.',
  ],
  [
    project(T, fn('sum', fn('max', col('a')))),
    'NESTED_AGGREGATE_FUNCTION: An aggregate function cannot be inside another one. Compute the inner one in a subquery.',
  ],
  [
    filter(T, fn('>', fn('sum', col('a')), int(1))),
    'INVALID_WHERE_CONDITION: WHERE cannot contain the aggregate function "sum(a)". Use HAVING, which filters groups.',
  ],
  [group(T, [int(3)], [col('a')]), 'GROUP_BY_POS_OUT_OF_RANGE: GROUP BY position 3 is not in the select list (1 to 1).'],
  [
    group(T, [int(1)], [fn('sum', col('a'))]),
    'GROUP_BY_POS_AGGREGATE: GROUP BY position 1 is "sum(a)", which contains an aggregate function.',
  ],
  [group(T, [fn('sum', col('a'))], [count]), 'GROUP_BY_AGGREGATE: GROUP BY cannot contain the aggregate function "sum(a)".'],
  [sort(project(T, col('a')), int(2)), 'ORDER_BY_POS_OUT_OF_RANGE: ORDER BY position 2 is not in the select list (1 to 1).'],
  [
    filter(T, col('a')),
    'DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN: A filter condition must be a boolean, but "a" has the type "INT".',
  ],
  [
    { kind: 'limit', input: T, limit: int(-1) },
    'INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE: LIMIT must not be negative, but is "-1".',
  ],
  [
    { kind: 'limit', input: T, limit: str('1') },
    'INVALID_LIMIT_LIKE_EXPRESSION.DATA_TYPE: LIMIT must be an integer, but is "1".',
  ],
  [
    { kind: 'set_operation', op: 'union', all: true, byName: false, left: T, right: table('u') },
    'NUM_COLUMNS_MISMATCH: UNION needs inputs with the same number of columns, but the first has 5 and the second 2.',
  ],
  [
    { kind: 'set_operation', op: 'except', all: true, byName: false, left: T, right: T },
    'UNSUPPORTED_FEATURE: EXCEPT is not supported yet.',
  ],
  [
    { kind: 'join', type: 'inner', left: T, right: T, natural: false, lateral: false },
    'UNSUPPORTED_FEATURE: A join is not supported yet.',
  ],
  [project(T, { kind: 'star', qualifier: ['z'] }), 'CANNOT_RESOLVE_STAR_EXPAND: No table named "z" for "z.*". Tables: t.'],
  [
    { kind: 'alias', input: T, name: 'z', columns: ['p'] },
    'ASSIGNMENT_ARITY_MISMATCH: "z" is given 1 column names but has 5 columns.',
  ],
];

test('errors say what is there and what to do', () => {
  for (const [plan, message, sql] of ERRORS) {
    assert.is(errorOf(plan, sql === undefined ? {} : { sql }), message);
  }
});

test('chains of 10,000 terms', () => {
  let sum: Expr = col('a');
  let either: Expr = fn('=', col('a'), int(0));
  for (let i = 1; i < 10_000; i++) {
    sum = fn('add', sum, int(i));
    either = i < 2000 ? fn('or', either, fn('=', col('a'), int(i))) : either;
  }
  const plan = run(filter(project(T, as(sum, 'v')), fn('>', col('v'), lit(1, { kind: 'int' }))));
  assert.is(plan.output.length, 1);
  run(project(T, sum, fn('not', either)));
  run(sort(group(T, [sum], [sum]), sum));
});

test('what is too deep or too large is refused, not a crash', () => {
  let nested: Expr = col('a');
  for (let i = 0; i < 10_000; i++) {
    nested = fn('abs', nested);
  }
  const deep = 'EXPRESSION_TOO_DEEP: The query is nested too deeply. Compute parts of it in subqueries or views.';
  assert.is(errorOf(project(T, nested)), deep);
  assert.is(errorOf(project(T, fn('add', int(1), nested))), deep);
  const doubling = [as(col('a'), 'c0')];
  for (let i = 1; i < 100; i++) {
    doubling.push(as(fn('add', col(`c${i - 1}`), col(`c${i - 1}`)), `c${i}`));
  }
  assert.match(errorOf(project(T, ...doubling)), /^EXPRESSION_TOO_DEEP: The alias "c14" stands for a very large expression/);
});

test.run();
