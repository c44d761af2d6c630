import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BIGINT, decimal, DOUBLE, INT, type DecimalType } from '../../lib/core/types/data-type.js';
import { decimalResult, type DecimalOperator } from '../../lib/core/types/decimal.js';
import type { LiteralValue } from '../../lib/core/expr/expr.js';
import { call, cast, project, range, slot } from './world.js';
import { LENGTHS, NULLS, pick, random, withNulls } from './vectors.js';

const abs = (v: bigint): bigint => (v < 0n ? -v : v);

function halfUp(value: bigint, divisor: bigint): bigint {
  const negative = value < 0n !== divisor < 0n;
  const [v, d] = [abs(value), abs(divisor)];
  const quotient = (2n * v + d) / (2n * d);
  return negative ? -quotient : quotient;
}

const rescaled = (value: bigint, from: number, to: number): bigint =>
  to >= from ? value * 10n ** BigInt(to - from) : halfUp(value, 10n ** BigInt(from - to));

function twin(operator: DecimalOperator, a: bigint, ta: DecimalType, b: bigint, tb: DecimalType): bigint | null {
  const type = decimalResult(operator, ta, tb);
  const scale = Math.max(ta.scale, tb.scale);
  const [x, y] = [rescaled(a, ta.scale, scale), rescaled(b, tb.scale, scale)];
  if ((operator === 'divide' || operator === 'mod' || operator === 'pmod') && b === 0n) return null;
  const exact = (): bigint => {
    switch (operator) {
      case 'add':
        return rescaled(x + y, scale, type.scale);
      case 'subtract':
        return rescaled(x - y, scale, type.scale);
      case 'multiply':
        return rescaled(a * b, ta.scale + tb.scale, type.scale);
      case 'divide': {
        const up = type.scale - ta.scale + tb.scale;
        return up >= 0 ? halfUp(a * 10n ** BigInt(up), b) : halfUp(a, b * 10n ** BigInt(-up));
      }
      case 'mod':
        return rescaled(x % y, scale, type.scale);
      case 'pmod': {
        const rest = x % y;
        return rescaled(rest < 0n ? (rest + y) % y : rest, scale, type.scale);
      }
    }
  };
  const result = exact();
  return abs(result) >= 10n ** BigInt(type.precision) ? null : result;
}

function values(type: DecimalType, next: () => number, n: number): bigint[] {
  const most = 10n ** BigInt(type.precision) - 1n;
  return range(n).map(() => {
    const kind = next();
    if (kind < 0.2) return pick([0n, 1n, -1n, most, -most, 5n], next);
    const digits = 1 + Math.floor(next() * type.precision);
    let text = '';
    for (let i = 0; i < digits; i++) text += Math.floor(next() * 10);
    return BigInt(text) * (next() < 0.5 ? 1n : -1n);
  });
}

const PAIRS: [DecimalType, DecimalType][] = [
  [decimal(7, 2), decimal(5, 3)],
  [decimal(15, 2), decimal(15, 2)],
  [decimal(15, 2), decimal(16, 2)],
  [decimal(32, 4), decimal(16, 2)],
  [decimal(38, 18), decimal(38, 6)],
  [decimal(20, 0), decimal(38, 30)],
  [decimal(38, 0), decimal(38, 38)],
  [decimal(1, 0), decimal(10, 10)],
];

for (const [ta, tb] of PAIRS) {
  for (const operator of ['add', 'subtract', 'multiply', 'divide', 'mod', 'pmod'] as const) {
    test(`try_${operator} of decimal(${ta.precision},${ta.scale}) and decimal(${tb.precision},${tb.scale})`, () => {
      const next = random(11);
      const type = decimalResult(operator, ta, tb);
      for (const n of [1, 9, 500]) {
        for (const nulls of NULLS) {
          const a = values(ta, next, n);
          const b = values(tb, next, n);
          const columns = [withNulls(ta, a, nulls, next), withNulls(tb, b, nulls, next)];
          const expected = range(n).map((i) =>
            columns[0]!.values[i] === null || columns[1]!.values[i] === null ? null : twin(operator, a[i]!, ta, b[i]!, tb),
          );
          const got = project([call(`try_${operator}`, type, slot(0, ta), slot(1, tb))], columns)[0]!;
          for (const i of range(n)) assert.is(got[i], expected[i], `${a[i]} ${operator} ${b[i]}`);
        }
      }
    });
  }
}

test('casts between decimals round half up and check digits', () => {
  const next = random(3);
  for (const [from, to] of [
    [decimal(10, 4), decimal(6, 2)],
    [decimal(38, 10), decimal(18, 2)],
    [decimal(5, 0), decimal(38, 30)],
    [decimal(18, 18), decimal(38, 0)],
    [decimal(18, 2), decimal(18, 4)],
  ] as const) {
    const input = values(from, next, 300);
    const expected = input.map((v) => {
      const result = rescaled(v, from.scale, to.scale);
      return abs(result) >= 10n ** BigInt(to.precision) ? null : result;
    });
    assert.equal(project([cast(slot(0, from), to, 'try')], [{ type: from, values: input }])[0], expected);
  }
});

test('casts of decimals to doubles round once; doubles to decimals take their printed digits', () => {
  const next = random(5);
  for (const type of [decimal(15, 2), decimal(18, 5), decimal(38, 18), decimal(38, 0), decimal(38, 38)]) {
    const input = values(type, next, 400);
    const expected = input.map((v) => Number(`${v}e-${type.scale}`));
    const got = project([cast(slot(0, type), DOUBLE)], [{ type, values: input }])[0]!;
    input.forEach((v, i) => assert.is(Number(got[i]) + 0, expected[i]! + 0, `${v} / 10^${type.scale}`));
  }
  const doubles: LiteralValue[] = [0.1, 2.675, 1e15, 0.30000000000000004, 1e22, NaN, Infinity, -0.005, 12345.678, null];
  const got = project(
    [cast(slot(0, DOUBLE), decimal(38, 17)), cast(slot(0, DOUBLE), decimal(20, 2), 'try')],
    [{ type: DOUBLE, values: doubles.slice(0, 4) }],
  );
  assert.equal(got[0], [10000000000000000n, 267500000000000000n, 10n ** 32n, 30000000000000004n]);
  assert.equal(project([cast(slot(0, DOUBLE), decimal(20, 2), 'try')], [{ type: DOUBLE, values: doubles }])[0], [
    10n,
    268n,
    10n ** 17n,
    30n,
    null,
    null,
    null,
    -1n,
    1234568n,
    null,
  ]);
});

test('rounding, integers and whole quotients', () => {
  const type = decimal(10, 3);
  const input = [1234567n, -1234567n, 1500n, 2500n, -500n, 499n];
  const two: Parameters<typeof call>[2] = { kind: 'literal', type: INT, value: 1, nullable: false };
  const columns = [{ type, values: input }];
  assert.equal(project([call('round', decimal(9, 1), slot(0, type), two)], columns)[0], [12346n, -12346n, 15n, 25n, -5n, 5n]);
  assert.equal(project([call('bround', decimal(8, 0), slot(0, type))], columns)[0], [1235n, -1235n, 2n, 2n, 0n, 0n]);
  assert.equal(project([call('floor', decimal(8, 0), slot(0, type)), call('ceil', decimal(8, 0), slot(0, type))], columns), [
    [1234n, -1235n, 1n, 2n, -1n, 0n],
    [1235n, -1234n, 2n, 3n, 0n, 1n],
  ]);
  assert.equal(project([cast(slot(0, type), BIGINT)], columns)[0], [1234n, -1234n, 1n, 2n, 0n, 0n]);
  assert.equal(
    project([call('div', BIGINT, slot(0, type), slot(0, type))], columns)[0],
    input.map(() => 1n),
  );
  assert.ok(LENGTHS.length > 0);
});

test.run();
