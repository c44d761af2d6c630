import * as assert from 'uvu/assert';
import { parseExpression } from '../../lib/sql/index.js';
import { suite } from '../support/suite.js';
import { shape } from './shape.js';

const test = suite('sql expressions');

function same(pairs: Readonly<Record<string, string>>): void {
  for (const [sql, wanted] of Object.entries(pairs)) assert.is(shape(parseExpression(sql)), wanted, sql);
}

test('operators bind as in Spark', () => {
  same({
    'a + b * c': '(add a (multiply b c))',
    '(a + b) * c': '(multiply (add a b) c)',
    'a - b - c': '(subtract (subtract a b) c)',
    '-a * b': '(multiply (negative a) b)',
    '- -1': '(negative -1)',
    '5 -3': '(subtract 5 3)',
    '5 - -3': '(subtract 5 -3)',
    '~a + +b': '(add (~ a) (positive b))',
    'a % b DIV c MOD d': '(mod (div (mod a b) c) d)',
    '1 | 2 ^ 3 & 4 << 5 + 6': '(| 1 (^ 2 (& 3 (shiftleft 4 (add 5 6)))))',
    'a >> 1 >>> 2': '(shiftrightunsigned (shiftright a 1) 2)',
    'a = b = c': '(= (= a b) c)',
    'a == b OR a != c OR a !> d OR a !< e': '(or (= a b) (<> a c) (<= a d) (>= a e))',
    'a <=> b AND c <> d': '(and (<=> a b) (<> c d))',
    'a AND b AND c OR d AND e': '(or (and a b c) (and d e))',
    'NOT a = b AND NOT NOT c': '(and (not (= a b)) (not (not c)))',
    '!a OR b': '(or (not a) b)',
    "a || b || 'c' || d + 1": "(add (concat a b 'c' d) 1)",
  });
});

test('predicates', () => {
  same({
    'a BETWEEN 1 AND 2 AND b': '(and (between a 1 2) b)',
    'a NOT BETWEEN b + 1 AND c': '(not (between a (add b 1) c))',
    'a = b IS NULL': '(isnull (= a b))',
    'a IS NOT NULL OR a IS NOT TRUE': '(or (isnotnull a) (not (istrue a)))',
    'a IS UNKNOWN AND b IS NOT FALSE': '(and (isunknown a) (not (isfalse b)))',
    'a IS DISTINCT FROM b': '(not (<=> a b))',
    'a IS NOT DISTINCT FROM b': '(<=> a b)',
    'a NOT IN (1, 2,)': '(not (in a 1 2))',
    '(a, b) IN ((1, 2), (3, 4))': '(in (struct a b) (struct 1 2) (struct 3 4))',
    "a LIKE 'x%' ESCAPE '!' AND b": "(and (like a 'x%' '!') b)",
    "a NOT ILIKE 'x' OR b RLIKE 'y' OR c REGEXP 'z'": "(or (not (ilike a 'x')) (rlike b 'y') (rlike c 'z'))",
    "a LIKE ANY ('x', 'y')": "(or (like a 'x') (like a 'y'))",
    "a NOT LIKE ALL ('x', 'y')": "(and (not (like a 'x')) (not (like a 'y')))",
    'a IN (SELECT b FROM t)': '(in a (project t [b]))',
    '(a, b) NOT IN (SELECT c, d FROM t)': '(not (in a b (project t [c d])))',
    'EXISTS (SELECT 1) AND NOT EXISTS (FROM t)': '(and (exists (project one_row [1])) (not (exists t)))',
    '((SELECT 1) UNION (SELECT 2)) + 1': '(add (scalar (union (project one_row [1]) (project one_row [2]))) 1)',
  });
});

test('names, stars, fields', () => {
  same({
    'a.b.c': 'a.b.c',
    '`a``b`.`c d`': 'a`b.c d',
    't.*': '(t.*)',
    '* EXCLUDE (a, b) REPLACE (a + 1 AS c)': '(* except [a b] replace [c=(add a 1)])',
    '* EXCEPT (t.a)': '(* except [a])',
    'f(a).b.c[1].d': '(field (element_at_index (field (field (f a) b) c) 1) d)',
    'a::int::string': '(cast (cast a int) string)',
    'a AS `x y`': 'a@x y',
    'a total': 'a@total',
    'explode(m) AS (k, v)': '(explode m)@k,v',
    'select.order + t.from': '(add select.order t.from)',
    'x < end': '(< x end)',
    'date + interval': '(add date interval)',
    '1a + 2b': '(add 1a 2b)',
  });
});

test('calls and what only looks like them', () => {
  same({
    'Count(*)': '(count (*))',
    'count(DISTINCT a, b) FILTER (WHERE c > 1)': '(count distinct a b filter (> c 1))',
    "listagg(x, ',') WITHIN GROUP (ORDER BY y DESC)": "(listagg x ',' order [y desc last])",
    'first(x IGNORE NULLS)': '(first x ignore-nulls)',
    'lag(x, 1) IGNORE NULLS OVER w': '(over (lag x 1 ignore-nulls) (w))',
    'sum(x) OVER (PARTITION BY a, b ORDER BY c NULLS LAST ROWS BETWEEN 1 PRECEDING AND UNBOUNDED FOLLOWING)':
      '(over (sum x) (partition [a b] order [c asc last] rows preceding 1 to unbounded_following))',
    'rank() OVER (w RANGE CURRENT ROW)': '(over (rank) (w range current_row to current_row))',
    'f(a => 1, b)': '(f a=>1 b)',
    'transform(a, x -> x + 1)': '(transform a (lambda [x] (add x 1)))',
    'aggregate(a, 0, (x, y) -> x + y)': '(aggregate a 0 (lambda [x y] (add x y)))',
    'CAST(a AS DECIMAL(10, 2))': '(cast a decimal(10,2))',
    'TRY_CAST(a AS array<map<string,array<int>>>)': '(try_cast a array<map<string,array<int>>>)',
    'EXTRACT(year FROM d)': "(extract 'year' d)",
    'SUBSTRING(s FROM 1 FOR 2)': '(substring s 1 2)',
    "TRIM(s) || TRIM('x' FROM s) || TRIM(BOTH FROM s)": "(concat (trim s) (btrim s 'x') (trim s))",
    "TRIM(LEADING 'x' FROM s) || TRIM(TRAILING 'x' FROM s)": "(concat (ltrim 'x' s) (rtrim 'x' s))",
    "POSITION('a' IN s)": "(position 'a' s)",
    "OVERLAY(s PLACING 'x' FROM 2 FOR 3)": "(overlay s 'x' 2 3)",
    'dateadd(day, 1, d)': "(timestampadd 'DAY' 1 d)",
    'datediff(MONTH, a, b)': "(timestampdiff 'MONTH' a b)",
    'datediff(a, b)': '(datediff a b)',
    'current_date - CURRENT_TIMESTAMP': '(subtract (current_date) (current_timestamp))',
    'CASE WHEN a THEN 1 ELSE 2 END': '(case a?1 else 2)',
    'CASE a WHEN 1 THEN 2 WHEN 3 THEN 4 END': '(case (= a 1)?2 (= a 3)?4)',
    'if(a, left(b, 1), [1, 2])': '(if a (left b 1) (array 1 2))',
    'struct(a AS x, b)': '(struct a@x b)',
  });
});

test('parameters', () => {
  same({ '? + ?': '(add ?0 ?1)', ':name = $other': '(= :name :other)', '$2 - $1': '(subtract ?1 ?0)' });
});

test('places are those of the whole expression', () => {
  const node = parseExpression('  (a + b) * c  ');
  assert.equal(node.at, { start: 2, end: 13 });
});

test('nodes are frozen all the way down', () => {
  const check = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array || value instanceof Map) return;
    assert.ok(Object.isFrozen(value), JSON.stringify(value));
    Object.values(value).forEach(check);
  };
  check(
    parseExpression(
      'CASE WHEN a IN (1, 2) THEN sum(b) OVER (ORDER BY c ROWS 1 PRECEDING) ELSE (SELECT * EXCEPT (q) FROM t GROUP BY CUBE(a) ORDER BY x) END',
    ),
  );
});

test.run();
