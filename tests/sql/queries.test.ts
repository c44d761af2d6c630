import * as assert from 'uvu/assert';
import { parseStatement, parseStatements } from '../../lib/sql/index.js';
import type { LogicalPlan, Statement } from '../../lib/core/plan/logical-plan.js';
import { suite } from '../support/suite.js';
import { planShape } from './shape.js';

const test = suite('sql queries');

function statementShape(statement: Statement): string {
  const { kind, ...rest } = statement;
  if (kind === 'query') return planShape(statement.plan);
  const facts = Object.entries(rest).map(([key, value]) =>
    key === 'plan' ? planShape(value as LogicalPlan) : `${key}=${String(value as string | boolean)}`,
  );
  return `${kind} ${facts.join(' ')}`;
}

function same(pairs: Readonly<Record<string, string>>): void {
  for (const [sql, wanted] of Object.entries(pairs)) assert.is(statementShape(parseStatement(sql)), wanted, sql);
}

test('select', () => {
  same({
    'SELECT 1': '(project one_row [1])',
    'SELECT DISTINCT a, b x FROM t WHERE c ORDER BY a DESC, 2 NULLS LAST LIMIT 5 OFFSET 2;':
      '(limit (sort (distinct (project (where t c) [a b@x])) [a desc last 2 asc last]) 5 offset 2)',
    'SELECT a, sum(b) AS s, FROM t GROUP BY a, HAVING s > 1': '(aggregate t by [a] [a (sum b)@s] having (> s 1))',
    'SELECT count(*) FROM t HAVING count(*) > 1': '(aggregate t by [] [(count (*))] having (> (count (*)) 1))',
    'SELECT a FROM t GROUP BY ALL ORDER BY ALL DESC': '(sort (aggregate t all [a]) all desc last)',
    'SELECT a, rank() OVER w AS r FROM t WINDOW w AS (ORDER BY a) QUALIFY r = 1':
      '(qualify (project t [a (over (rank) (w))@r] windows w=(order [a asc first])) (= r 1))',
    'SELECT /*+ BROADCAST(t) */ a -- why\n FROM /* x /* y */ z */ t': '(project t [a])',
    'SELECT a FROM t SORT BY a': '(sort_within (project t [a]) [a asc first])',
    'SELECT a FROM t CLUSTER BY a': '(sort_within (repartition (project t [a]) [a]) [a asc first])',
    'SELECT * EXCEPT (SELECT 1)': '(except (project one_row [(*)]) (project one_row [1]))',
    'SELECT order, group, left FROM t l': '(project (as t l) [order group left])',
  });
});

test('grouping sets are indices of keys', () => {
  same({
    'SELECT 1 FROM t GROUP BY GROUPING SETS ((a), (A, b), ())': '(aggregate t by [a b] sets [[0] [0,1] []] [1])',
    'SELECT 1 FROM t GROUP BY CUBE (a, (b, c))': '(aggregate t by [a b c] sets [[0,1,2] [0] [1,2] []] [1])',
    'SELECT 1 FROM t GROUP BY c, ROLLUP (a, b)': '(aggregate t by [c a b] sets [[0,1,2] [0,1] [0]] [1])',
    'SELECT 1 FROM t GROUP BY a, b WITH ROLLUP': '(aggregate t by [a b] sets [[0,1] [0] []] [1])',
    "SELECT 1 FROM t GROUP BY a = 'X', a = 'x', ()": "(aggregate t by [(= a 'X') (= a 'x')] [1])",
  });
});

test('from', () => {
  same({
    "FROM 'x.csv'": '(read x.csv)',
    "FROM '-' WHERE a": '(where (read -) a)',
    "FROM ['a.csv', 'b.csv'] SELECT a": '(project (read a.csv b.csv) [a])',
    "SELECT a FROM 'x.csv' WITH (sep = ';', header true) AS t": '(project (as (read x.csv sep=; header=true) t) [a])',
    'SELECT * FROM csv.`a/*.csv`': '(project csv.a/*.csv [(*)])',
    'FROM range(1, 10) r(n), (VALUES (1, 2), (3, 4)) v, VALUES 5 w':
      '(cross (cross (as (range 1 10) r [n]) (as (values [1 2] [3 4]) v)) (as (values [5]) w))',
    'FROM ((SELECT 1) UNION (SELECT 2)) u': '(as (union (project one_row [1]) (project one_row [2])) u)',
    'FROM t LATERAL VIEW OUTER explode(a) x AS b, c': '(lateral_view outer t (explode a) x [b c])',
    'FROM t TABLESAMPLE (10 PERCENT) REPEATABLE (7) x': '(as (sample t percent 10 seed 7) x)',
    'FROM t TABLESAMPLE (BUCKET 1 OUT OF 4)': '(sample t bucket 1 of 4)',
    'FROM t PIVOT (sum(a) AS s FOR (k, l) IN ((1, 2) AS x, (3, 4)))': '(pivot t [(sum a)@s] [k l] [1 2]@x [3 4])',
    'FROM t UNPIVOT INCLUDE NULLS (v FOR k IN (a AS x, b)) u': '(as (unpivot t [v] k [a]@x [b] nulls) u)',
  });
});

test('joins', () => {
  same({
    'FROM a JOIN b ON a.x = b.x LEFT OUTER JOIN c USING (y, z)': '(left (inner a b on (= a.x b.x)) c using [y z])',
    'FROM a x NATURAL FULL JOIN b y': '(natural full (as a x) (as b y))',
    'FROM a SEMI JOIN b ON p LEFT ANTI JOIN c ON q CROSS JOIN d': '(cross (anti (semi a b on p) c on q) d)',
    'FROM a ASOF JOIN b ON a.t >= b.t POSITIONAL JOIN c': '(positional (asof a b on (>= a.t b.t)) c)',
    'FROM a, LATERAL (SELECT a.x) l RIGHT JOIN (b JOIN c ON p) ON q':
      '(cross lateral a (right (as (project one_row [a.x]) l) (inner b c on p) on q))',
    'FROM a JOIN LATERAL explode(a.x) AS e': '(inner lateral a (as (explode a.x) e))',
  });
});

test('set operations and WITH', () => {
  same({
    'SELECT 1 UNION ALL BY NAME SELECT 2 INTERSECT SELECT 3 MINUS SELECT 4 ORDER BY 1':
      '(sort (except (union all by-name (project one_row [1]) (intersect (project one_row [2]) (project one_row [3]))) (project one_row [4])) [1 asc first])',
    'WITH a AS (SELECT 1), b (x, y) AS (TABLE c) SELECT * FROM a, b':
      '(with a=(project one_row [1]) b[x y]=c (project (cross a b) [(*)]))',
    'WITH RECURSIVE r AS (SELECT 1 UNION ALL TABLE r) TABLE r': '(with-recursive r=(union all (project one_row [1]) r) r)',
    'VALUES 1, (2), (3)': '(values [1] [2] [3])',
  });
});

test('pipes', () => {
  same({
    'FROM t |> WHERE a |> SELECT DISTINCT b |> AS u': '(as (distinct (project (where t a) [b])) u)',
    'TABLE t |> EXTEND a + 1 AS b |> SET a = 2, b = a |> DROP c, d':
      '(project (project (project (project t [(*) (add a 1)@b]) [(* replace [a=2])]) [(* replace [b=a])]) [(* except [c d])])',
    'FROM t |> AGGREGATE sum(a) AS s GROUP BY b, c + 1 AS d |> ORDER BY s |> LIMIT 3 OFFSET 1':
      '(limit (sort (aggregate t by [b (add c 1)] [b (add c 1)@d (sum a)@s]) [s asc first]) 3 offset 1)',
    'FROM t |> LEFT JOIN u USING (k) |> UNION ALL TABLE v |> TABLESAMPLE (5 ROWS)':
      '(sample (union all (left t u using [k]) v) rows 5)',
  });
});

test('statements', () => {
  same({
    "CREATE OR REPLACE TEMP VIEW v (a, b COMMENT 'x') AS SELECT 1, 2":
      'create_view name=v replace=true columns=a,b (project one_row [1 2])',
    "CREATE TEMPORARY VIEW v (a int) USING csv OPTIONS (path 'x.csv', header 'true')":
      'create_view name=v replace=false (read csv x.csv header=true struct<a:int>)',
    'DROP VIEW IF EXISTS v': 'drop_view name=v ifExists=true',
    "DESCRIBE 'x.csv'": 'describe (read x.csv)',
    'DESC t': 'describe t',
    'DESCRIBE QUERY SELECT 1': 'describe (project one_row [1])',
    'EXPLAIN ANALYZE SELECT 1': 'explain (project one_row [1]) analyze=true mode=simple',
    'EXPLAIN FORMATTED FROM t': 'explain t analyze=false mode=formatted',
  });
});

test('a script keeps places of the whole text', () => {
  const text = "SELECT 1;; -- ;\nSELECT ';', ? ; SELECT ?";
  const statements = parseStatements(text);
  assert.equal(
    statements.map(({ at }) => text.slice(at.start, at.end)),
    ['SELECT 1', "SELECT ';', ?", 'SELECT ?'],
  );
  assert.equal(statements.map(({ statement }) => statementShape(statement)).slice(1), [
    "(project one_row [';' ?0])",
    '(project one_row [?1])',
  ]);
});

test.run();
