import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Expr } from '../../lib/core/expr/expr.js';
import { typeName } from '../../lib/core/types/data-type.js';
import { parseDataType, parseExpression, parseSchema } from '../../lib/sql-next/index.js';

/** Expressions written as calls: operators by their names, literals with their types. */
function show(expr: Expr): string {
  switch (expr.kind) {
    case 'literal':
      return `${expr.value instanceof Uint8Array ? `[${expr.value.join(' ')}]` : typeof expr.value === 'bigint' ? String(expr.value) : JSON.stringify(expr.value)}:${typeName(expr.type)}`;
    case 'column':
      return expr.path.join('.');
    case 'call':
      return `${expr.name}(${expr.args.map(show).join(', ')})`;
    case 'cast':
      return `${expr.mode === 'try' ? 'try ' : ''}${show(expr.input)} as ${typeName(expr.to)}`;
    case 'case':
      return `case(${[...expr.branches.flatMap((b) => [b.when, b.then]), ...(expr.otherwise === undefined ? [] : [expr.otherwise])].map(show).join(', ')})`;
    case 'field':
      return `${show(expr.input)}.${expr.name}`;
    case 'lambda':
      return `(${expr.parameters.join(', ')}) -> ${show(expr.body)}`;
    case 'subquery':
      return `${expr.role}[${expr.operands.map(show).join(', ')}]`;
    case 'parameter':
      return `?${expr.name}`;
    default:
      return expr.kind;
  }
}

const CASES: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  'numbers by their form': [
    ['2147483647', '2147483647:int'],
    ['-2147483648', '-2147483648:int'],
    ['2147483648', '2147483648:bigint'],
    ['-9223372036854775808', '-9223372036854775808:bigint'],
    ['9223372036854775808', '9223372036854775808:decimal(19,0)'],
    ['1.50', '150:decimal(3,2)'],
    ['.05', '5:decimal(2,2)'],
    ['1e3', '1000:double'],
    ['1e3BD', '1000:decimal(4,0)'],
    ['5Y', '5:tinyint'],
    ['5s', '5:smallint'],
    ['5L', '5:bigint'],
    ['1.5D', '1.5:double'],
    ['1F', '1:float'],
  ],
  'text, bytes, dates, intervals': [
    ["'it''s' ' ' 'so'", '"it\'s so":string'],
    [String.raw`'a\tA\101\%'`, String.raw`"a\tAA\\%":string`],
    [String.raw`r'a\t'`, String.raw`"a\\t":string`],
    ["X'1fF'", '[1 255]:binary'],
    ["DATE '1970-01-02'", '1:date'],
    ["TIMESTAMP '1970-01-01 01:00:00+01:00'", '0:timestamp'],
    ["TIMESTAMP '2024-07-01 00:00:00 Europe/Berlin'", '1719784800000000:timestamp'],
    ["TIMESTAMP_NTZ '1970-01-01 00:00:01'", '1000000:timestamp_ntz'],
    ["INTERVAL '1' DAY", '86400000000:interval day'],
    ['INTERVAL 3 days 4 hours', '273600000000:interval day to hour'],
    ["INTERVAL '-1-2' YEAR TO MONTH", '-14:interval year to month'],
    ["INTERVAL '1 02:03:04.5' DAY TO SECOND", '93784500000:interval day to second'],
    ['interval + 1', 'add(interval, 1:int)'],
  ],
  precedence: [
    ['a OR b AND NOT c = d', 'or(a, and(b, not(=(c, d))))'],
    ['a OR b OR c', 'or(a, b, c)'],
    ['a = b IS NULL', 'isnull(=(a, b))'],
    ['1 + 2 * 3 - 4', 'subtract(add(1:int, multiply(2:int, 3:int)), 4:int)'],
    ['a | b ^ c & d << 1', '|(a, ^(b, &(c, shiftleft(d, 1:int))))'],
    ["a || 'x' || b", 'concat(a, "x":string, b)'],
    ['-a::int', 'negative(a as int)'],
    ['-1::string', '-1:int as string'],
    ['2 -1', 'subtract(2:int, 1:int)'],
    ['a DIV b % c', 'mod(div(a, b), c)'],
    ['a.b[0].c', 'element_at_index(a.b, 0:int).c'],
    ['a BETWEEN 1 AND 2 AND b', 'and(between(a, 1:int, 2:int), b)'],
  ],
  predicates: [
    ['a NOT IN (1, 2)', 'not(in(a, 1:int, 2:int))'],
    ['(a, b) IN (SELECT 1, 2)', 'in[a, b]'],
    ["a LIKE 'x' ESCAPE '!'", 'like(a, "x":string, "!":string)'],
    ["a NOT LIKE ANY ('x', 'y')", 'or(not(like(a, "x":string)), not(like(a, "y":string)))'],
    ["a NOT RLIKE 'x'", 'not(rlike(a, "x":string))'],
    ['a IS NOT TRUE', 'not(istrue(a))'],
    ['a IS DISTINCT FROM b', 'not(<=>(a, b))'],
    ['a IS NOT DISTINCT FROM b', '<=>(a, b)'],
    ['EXISTS (SELECT 1)', 'exists[]'],
    ['exists(a, x -> x)', 'exists(a, (x) -> x)'],
    ['((SELECT 1) + 1)', 'add(scalar[], 1:int)'],
  ],
  'calls with a grammar of their own': [
    ['TRY_CAST(a AS map<string,array<int>>)', 'try a as map<string,array<int>>'],
    ['EXTRACT(YEAR FROM d)', 'extract("YEAR":string, d)'],
    ['SUBSTRING(s FROM 1 FOR 2)', 'substring(s, 1:int, 2:int)'],
    ["TRIM(BOTH 'x' FROM s)", 'btrim(s, "x":string)'],
    ["TRIM(LEADING 'x' FROM s)", 'ltrim("x":string, s)'],
    ["TRIM(TRAILING 'x' FROM s)", 'rtrim("x":string, s)'],
    ['TRIM(s)', 'trim(s)'],
    ["POSITION('a' IN s)", 'position("a":string, s)'],
    ["OVERLAY(s PLACING 'x' FROM 2)", 'overlay(s, "x":string, 2:int)'],
    ['dateadd(DAY, 1, d)', 'timestampadd("DAY":string, 1:int, d)'],
    ['datediff(HOUR, a, b)', 'timestampdiff("HOUR":string, a, b)'],
    ['datediff(a, b)', 'datediff(a, b)'],
    ['current_date', 'current_date()'],
    ['CASE a WHEN 1 THEN 2 ELSE 3 END', 'case(=(a, 1:int), 2:int, 3:int)'],
    ['reduce(a, 0, (x, y) -> x + y)', 'reduce(a, 0:int, (x, y) -> add(x, y))'],
    ['count(*)', 'count(star)'],
    ['? + :name + $2', 'add(add(?0, ?name), ?1)'],
  ],
  'keywords as names': [
    ['order + end + date', 'add(add(order, end), date)'],
    ['left.values', 'left.values'],
    ['`a``b`.`c d`', 'a`b.c d'],
  ],
};

for (const [title, cases] of Object.entries(CASES)) {
  test(title, () => {
    for (const [sql, expected] of cases) assert.is(show(parseExpression(sql)), expected, sql);
  });
}

test('what may follow a call', () => {
  const call = parseExpression(
    'first(DISTINCT a) FILTER (WHERE b) IGNORE NULLS OVER (w PARTITION BY c ORDER BY d DESC ROWS 1 PRECEDING)',
  );
  assert.is(call.kind, 'window');
  if (call.kind !== 'window') return;
  assert.equal([call.call.distinct, call.call.ignoreNulls, call.over.base], [true, true, 'w']);
  assert.equal([call.over.orderBy[0]?.descending, call.over.orderBy[0]?.nullsFirst], [true, false]);
  assert.equal(
    [call.over.frame?.unit, call.over.frame?.start.kind, call.over.frame?.end.kind],
    ['rows', 'preceding', 'current_row'],
  );
  const named = parseExpression('f(1, b => 2)');
  assert.equal(named.kind === 'call' ? named.argNames : undefined, ['', 'b']);
});

test('nodes are frozen and know their place', () => {
  const sum = parseExpression(' a + 1');
  assert.ok(Object.isFrozen(sum));
  assert.equal(sum.at, { start: 1, end: 6 });
});

test('types and schemas', () => {
  const same = (text: string, name: string): void => assert.is(typeName(parseDataType(text)), name);
  same('DEC(5, 2)', 'decimal(5,2)');
  same('numeric', 'decimal(10,0)');
  same('array<struct<a: int, b: map<string, double>>>', 'array<struct<a:int,b:map<string,double>>>');
  same('timestamp without time zone', 'timestamp_ntz');
  same('interval day to second', 'interval day to second');
  same('varchar(10)', 'string');
  const { fields } = parseSchema("a int NOT NULL, `b c` string COMMENT 'x'");
  assert.equal(
    fields.map((f) => [f.name, typeName(f.type), f.nullable]),
    [
      ['a', 'int', false],
      ['b c', 'string', true],
    ],
  );
});

test.run();
