import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Bound } from '../../lib/core/expr/bound.js';
import { aggregate, call, caseWhen, castTo, coerce, literal, newAttribute, strictCall } from '../../lib/core/expr/build.js';
import type { Expr } from '../../lib/core/expr/expr.js';
import { boundKey, childrenOf, expressionIds, formatBound, rewrite, some, sqlName, walk } from '../../lib/core/expr/walk.js';
import {
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  INT,
  STRING,
  TIMESTAMP,
  dayTimeInterval,
  decimal,
  yearMonthInterval,
} from '../../lib/core/types/data-type.js';
import { bool, cast, col, dbl, dec, fn, int, lit, nul, str } from './analyzer-support.js';

const a = newAttribute('a', INT, true);
const one = literal(1, INT);
const sum = strictCall('add', [a, one], INT);
const when = caseWhen([{ when: strictCall('>', [a, one], BOOLEAN), then: sum }], literal(null, INT), INT);
const total = aggregate('sum', [castTo(sum, BIGINT, 'try')], BIGINT, true, {
  distinct: true,
  filter: call('isnull', [a], BOOLEAN, false),
});

test('walk visits parents first, left to right, and can stay out', () => {
  const seen: string[] = [];
  walk(when, (node) => {
    seen.push(formatBound(node).replaceAll(/#\d+/g, ''));
    return node !== sum;
  });
  assert.equal(seen, ['CASE WHEN (a > 1) THEN (a + 1) ELSE NULL END', '(a > 1)', 'a', '1', '(a + 1)', 'NULL']);
  assert.ok(some(when, (n) => n === one));
  assert.is(childrenOf(total).length, 2);
});

test('rewrite gives the same object where nothing changes', () => {
  assert.is(rewrite(when, { after: (n) => n }), when);
  assert.is(rewrite(total, {}), total);
  const changed = rewrite(when, { after: (n) => (n === one ? literal(2, INT) : n) });
  assert.is(formatBound(changed).replaceAll(/#\d+/g, ''), 'CASE WHEN (a > 2) THEN (a + 2) ELSE NULL END');
  assert.ok(Object.isFrozen(changed));
  assert.is(rewrite(sum, { before: (n) => (n === sum ? one : undefined) }), one);
});

test('keys tell equal meaning from different', () => {
  const at = { start: 1, end: 2 };
  assert.is(boundKey(strictCall('add', [a, literal(1, INT, at)], INT, at)), boundKey(sum));
  const different: readonly Bound[] = [
    sum,
    strictCall('add', [one, a], INT),
    strictCall('add', [a, literal(1n, BIGINT)], INT),
    castTo(sum, BIGINT, 'try'),
    coerce(sum, BIGINT),
    total,
    when,
    literal(0, DOUBLE),
    literal(-0, DOUBLE),
    literal('1', STRING),
  ];
  assert.is(new Set(different.map(boundKey)).size, different.length);
  const ids = expressionIds();
  assert.is(new Set(different.map((d) => ids.idOf(d))).size, different.length);
  assert.is(ids.idOf(strictCall('add', [a, literal(1, INT)], INT)), ids.idOf(sum));
});

test('bound text', () => {
  assert.is(formatBound(total).replaceAll(/#\d+/g, ''), 'sum(DISTINCT try_cast((a + 1) as bigint)) FILTER (WHERE isnull(a))');
});

const NAMES: readonly (readonly [Expr, string])[] = [
  [fn('count', { kind: 'star', qualifier: [] }), 'count(1)'],
  [fn('avg', fn('add', col('t', 'a'), col('b'))), 'avg((a + b))'],
  [fn('upper', str('x')), 'upper(x)'],
  [fn('not', bool(true)), '(NOT true)'],
  [fn('<>', col('a'), int(1)), '(NOT (a = 1))'],
  [fn('and', col('a'), col('b'), col('c')), '((a AND b) AND c)'],
  [fn('in', col('a'), int(1), int(2)), '(a IN (1, 2))'],
  [fn('isnotnull', col('a')), '(a IS NOT NULL)'],
  [fn('like', col('a'), str('x%')), 'a LIKE x%'],
  [fn('if', col('a'), int(1), nul), '(IF(a, 1, NULL))'],
  [cast(col('a'), decimal(10, 2)), 'CAST(a AS DECIMAL(10,2))'],
  [{ kind: 'case', branches: [{ when: col('a'), then: int(1) }], otherwise: int(2) }, 'CASE WHEN a THEN 1 ELSE 2 END'],
  [
    { ...fn('sum', col('a')), distinct: true, filter: fn('>', col('a'), int(1)) } as Expr,
    'sum(DISTINCT a) FILTER (WHERE (a > 1))',
  ],
  [dec('-1.50'), '-1.50'],
  [dbl(1), '1.0'],
  [dbl(1e20), '1.0E20'],
  [dbl(-0.00012), '-1.2E-4'],
  [lit(-1, DATE), "DATE '1969-12-31'"],
  [lit(19_782, DATE), "DATE '2024-02-29'"],
  [lit(-500_000n, TIMESTAMP), "TIMESTAMP '1969-12-31 23:59:59.5'"],
  [lit(93_784_500_000n, dayTimeInterval('day', 'second')), "INTERVAL '1 02:03:04.5' DAY TO SECOND"],
  [lit(-300_000_000n, dayTimeInterval('minute', 'minute')), "INTERVAL '-05' MINUTE"],
  [lit(14, yearMonthInterval('year', 'month')), "INTERVAL '1-2' YEAR TO MONTH"],
  [lit(13, yearMonthInterval('month', 'month')), "INTERVAL '13' MONTH"],
  [lit(new Uint8Array([1, 171]), { kind: 'binary' }), "X'01AB'"],
];

test("Spark's names of expressions", () => {
  for (const [expr, name] of NAMES) {
    assert.is(sqlName(expr), name);
  }
});

test.run();
