import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LogicalPlan, Statement } from '../../lib/core/plan/logical-plan.js';
import { parseStatement } from '../../lib/sql-next/index.js';

/** A plan as nested names, outermost first: enough to see which clause lies over which. */
function show(plan: LogicalPlan): string {
  switch (plan.kind) {
    case 'table':
      return plan.path.join('.');
    case 'read':
      return `${plan.format ?? 'file'}'${plan.paths.join()}'`;
    case 'values':
      return `values${plan.rows.map((r) => r.length).join('')}`;
    case 'one_row':
      return '1';
    case 'table_function':
      return `${plan.name}(${plan.args.length})`;
    case 'join':
      return `${plan.lateral ? 'lateral ' : ''}${plan.natural ? 'natural ' : ''}${plan.type}${plan.on === undefined ? '' : ' on'}${plan.using === undefined ? '' : ` using ${plan.using.join()}`}(${show(plan.left)}, ${show(plan.right)})`;
    case 'set_operation':
      return `${plan.op}${plan.all ? ' all' : ''}${plan.byName ? ' by name' : ''}(${show(plan.left)}, ${show(plan.right)})`;
    case 'with':
      return `with ${plan.definitions.map((d) => `${d.name}=${show(d.plan)}`).join(', ')}(${show(plan.input)})`;
    case 'alias':
      return `${plan.name}${plan.columns === undefined ? '' : `[${plan.columns.join()}]`}(${show(plan.input)})`;
    case 'aggregate':
      return `aggregate ${plan.groupAll ? 'all' : plan.keys.length}${plan.groupingSets === undefined ? '' : ` ${JSON.stringify(plan.groupingSets)}`}${plan.having === undefined ? '' : ' having'}(${show(plan.input)})`;
    case 'filter':
      return `${plan.role}(${show(plan.input)})`;
    case 'limit':
      return `limit${plan.limit === undefined ? '' : ' n'}${plan.offset === undefined ? '' : ' offset'}(${show(plan.input)})`;
    case 'sort':
      return `${plan.global ? 'sort' : 'sort parts'} ${plan.orderAll === undefined ? plan.items.length : 'all'}(${show(plan.input)})`;
    case 'lateral_view':
      return `view${plan.outer ? ' outer' : ''} ${plan.table}[${plan.columns.join()}](${show(plan.input)})`;
    case 'local_data':
    case 'range':
      return plan.kind;
    default:
      return `${plan.kind}(${show(plan.input)})`;
  }
}

function planOf(statement: Statement): LogicalPlan {
  if (statement.kind === 'drop_view') throw new Error('no plan');
  return statement.plan;
}

const QUERIES: readonly (readonly [string, string])[] = [
  ['SELECT 1', 'project(1)'],
  ['SELECT DISTINCT a, b, FROM t', 'distinct(project(t))'],
  ["FROM 'x.csv'", "file'x.csv'"],
  ["FROM '-' WHERE a", "where(file'-')"],
  ['SELECT * FROM csv.`a/b` x', "project(x(csv'a/b'))"],
  ['FROM t SELECT a WHERE b', 'project(where(t))'],
  ['SELECT a FROM t u (x, y) WHERE x ORDER BY a LIMIT 1 OFFSET 2', 'limit n offset(sort 1(project(where(u[x,y](t)))))'],
  ['SELECT * FROM a, b JOIN c ON x, d', 'project(cross(cross(a, inner on(b, c)), d))'],
  ['SELECT * FROM a LEFT OUTER JOIN b USING (x, y) NATURAL FULL JOIN c', 'project(natural full(left using x,y(a, b), c))'],
  ['SELECT * FROM a LEFT SEMI JOIN b ON x ANTI JOIN c ON y', 'project(anti on(semi on(a, b), c))'],
  ['SELECT * FROM a ASOF JOIN b ON x POSITIONAL JOIN c', 'project(positional(asof on(a, b), c))'],
  ['SELECT * FROM a, LATERAL (SELECT a.x) s', 'project(lateral cross(a, s(project(1))))'],
  ['SELECT * FROM (a JOIN b ON x)', 'project(inner on(a, b))'],
  ['SELECT * FROM range(0, 10) r', 'project(r(range(2)))'],
  ['SELECT * FROM VALUES (1, 2), (3, 4) AS t(a, b)', 'project(t[a,b](values22))'],
  ['VALUES 1, (2), (3)', 'values111'],
  ['SELECT a FROM t GROUP BY ALL', 'aggregate all(t)'],
  ['SELECT a FROM t HAVING x', 'aggregate 0 having(t)'],
  ['SELECT a FROM t GROUP BY CUBE(a, b)', 'aggregate 2 [[0,1],[0],[1],[]](t)'],
  ['SELECT a FROM t GROUP BY ROLLUP(a, (b, c))', 'aggregate 3 [[0,1,2],[0],[]](t)'],
  ['SELECT a FROM t GROUP BY a, GROUPING SETS ((b, A), ())', 'aggregate 2 [[0,1],[0]](t)'],
  ['SELECT a FROM t GROUP BY a, b WITH ROLLUP', 'aggregate 2 [[0,1],[0],[]](t)'],
  ['SELECT a FROM t QUALIFY row_number() OVER w = 1', 'qualify(project(t))'],
  [
    'SELECT 1 UNION ALL SELECT 2 INTERSECT SELECT 3 EXCEPT SELECT 4 ORDER BY ALL',
    'sort all(except(union all(project(1), intersect(project(1), project(1))), project(1)))',
  ],
  ['(FROM a) UNION ALL BY NAME (FROM b)', 'union all by name(a, b)'],
  ['SELECT a FROM t DISTRIBUTE BY a SORT BY b', 'sort parts 1(repartition(project(t)))'],
  ['WITH a AS (SELECT 1), b(x) AS (FROM a) SELECT * FROM a, b', 'with a=project(1), b=a(project(cross(a, b)))'],
  ['SELECT * FROM t LATERAL VIEW OUTER explode(a) e AS x, y', 'project(view outer e[x,y](t))'],
  ['SELECT * FROM t PIVOT (sum(a) FOR b IN (1 AS one, 2)) p', 'project(p(pivot(t)))'],
  ['SELECT * FROM t UNPIVOT (v FOR n IN (a, b)) u', 'project(u(unpivot(t)))'],
  ['SELECT * FROM t TABLESAMPLE (10 PERCENT) s', 'project(s(sample(t)))'],
  ['FROM t |> WHERE a |> AGGREGATE sum(a) AS s GROUP BY b |> ORDER BY s |> LIMIT 1', 'limit n(sort 1(aggregate 1(where(t))))'],
  [
    'FROM t |> EXTEND a + 1 AS b |> SET c = 1 |> DROP d |> AS x |> JOIN u USING (a)',
    'inner using a(x(drop(with_columns(project(t)))), u)',
  ],
];

test('queries', () => {
  for (const [sql, expected] of QUERIES) assert.is(show(planOf(parseStatement(sql))), expected, sql);
});

test('statements', () => {
  const head = (sql: string): unknown => {
    const statement = parseStatement(sql);
    return statement.kind === 'drop_view' ? statement : { ...statement, plan: show(statement.plan) };
  };
  assert.equal(head('CREATE OR REPLACE TEMP VIEW v (a, b) AS SELECT 1, 2;'), {
    kind: 'create_view',
    name: 'v',
    replace: true,
    columns: ['a', 'b'],
    plan: 'project(1)',
  });
  assert.equal(head('CREATE VIEW v AS FROM t'), { kind: 'create_view', name: 'v', replace: false, plan: 't' });
  assert.equal(head('DROP VIEW IF EXISTS v'), { kind: 'drop_view', name: 'v', ifExists: true });
  assert.equal(head("DESCRIBE 'x.csv'"), { kind: 'describe', plan: "file'x.csv'" });
  assert.equal(head('DESC TABLE t'), { kind: 'describe', plan: 't' });
  assert.equal(head('EXPLAIN ANALYZE SELECT 1'), { kind: 'explain', analyze: true, mode: 'simple', plan: 'project(1)' });
  assert.equal(head('EXPLAIN FORMATTED FROM t'), { kind: 'explain', analyze: false, mode: 'formatted', plan: 't' });
});

test('select items', () => {
  const plan = planOf(
    parseStatement('SELECT *, t.* EXCEPT (a) REPLACE (b + 1 AS b), c x, d AS left, explode(m) AS (k, v) FROM t'),
  );
  assert.is(plan.kind, 'project');
  if (plan.kind !== 'project') return;
  assert.equal(
    plan.exprs.map((e) =>
      e.kind === 'star'
        ? [...e.qualifier, ...(e.except ?? []), ...(e.replace ?? []).map((r) => r.name)]
        : e.kind === 'alias'
          ? (e.names ?? e.name)
          : '',
    ),
    [[], ['t', 'a', 'b'], 'x', 'left', ['k', 'v']],
  );
});

test.run();
