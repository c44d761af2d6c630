import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LiteralValue } from '../../lib/core/expr/expr.js';
import {
  BIGINT,
  BOOLEAN,
  DAY_TIME_INTERVAL,
  decimal,
  DOUBLE,
  INT,
  STRING,
  type DataType,
} from '../../lib/core/types/data-type.js';
import { LENGTHS, NULLS, random, withNulls } from './vectors.js';
import { aggregate, aggregateAll, literal, range, slot, test_, type Column } from './world.js';

const FORMS = ['single', 'update', 'merge'] as const;
const distinct = (...args: Parameters<typeof aggregate>) => ({ ...aggregate(...args), distinct: true });

const MAKE: [DataType, (next: () => number) => LiteralValue][] = [
  [BOOLEAN, (next) => next() < 0.5],
  [INT, (next) => Math.floor((next() - 0.5) * 300)],
  [BIGINT, (next) => BigInt(Math.floor((next() - 0.5) * 700)) * 10n ** 15n],
  [DOUBLE, (next) => [0, -0, NaN, Infinity, 1.5, next()][Math.floor(next() * 6)]!],
  [decimal(30, 5), (next) => BigInt(Math.floor((next() - 0.5) * 400)) * 10n ** 24n],
  [STRING, (next) => 'a value of some length '.repeat(Math.floor(next() * 3)) + Math.floor(next() * 200)],
];
const nameOf = (value: LiteralValue): string => `${Object.is(value, -0) ? 0 : String(value)}`;

for (const [type, make] of MAKE) {
  test(`distinct counts of ${type.kind}, in all forms`, () => {
    const next = random(51);
    for (const n of LENGTHS) {
      for (const nulls of NULLS) {
        const values = range(n).map(() => make(next));
        const columns = [
          withNulls(type, values, nulls, next),
          withNulls(
            INT,
            range(n).map(() => Math.floor(next() * 4)),
            nulls,
            next,
          ),
        ];
        const [x, y] = [slot(0, type), slot(1, INT)];
        const aggregates = [
          distinct('count', BIGINT, [x]),
          distinct('count', BIGINT, [x, y]),
          aggregate('approx_count_distinct', BIGINT, [x]),
        ];
        const both = columns[0]!.values.map((v, i) => [v, columns[1]!.values[i]!] as const);
        const one = new Set(both.filter(([v]) => v !== null).map(([v]) => nameOf(v))).size;
        const two = new Set(both.filter((pair) => !pair.includes(null)).map((pair) => pair.map(nameOf).join())).size;
        for (const form of FORMS) {
          const [a, b, near] = aggregateAll(aggregates, columns, form);
          assert.equal([a, b], [BigInt(one), BigInt(two)], `${form} of ${n}, ${nulls} null`);
          assert.ok(Math.abs(Number(near) - one) <= Math.max(0.15 * one, 0), `${form}: about ${String(near)}, not ${one}`);
        }
      }
    }
  });
}

test('the sketch is within its error for many values', () => {
  const columns: Column[] = [{ type: BIGINT, values: range(200_000).map((i) => BigInt(i) * 64n) }];
  const x = slot(0, BIGINT);
  const fine = aggregate('approx_count_distinct', BIGINT, [x, literal(DOUBLE, 0.01)]);
  for (const n of [10, 100, 1000, 5000, 200_000]) {
    const part = [{ ...columns[0]!, values: columns[0]!.values.slice(0, n) }];
    const [near, nearer] = aggregateAll([aggregate('approx_count_distinct', BIGINT, [x]), fine], part, 'merge');
    assert.ok(Math.abs(Number(near) - n) <= 0.12 * n, `about ${String(near)}, not ${n}`);
    assert.ok(Math.abs(Number(nearer) - n) <= 0.03 * n, `about ${String(nearer)}, not ${n}`);
  }
});

test('sums, averages and moments of distinct values, filtered', () => {
  const columns: Column[] = [
    { type: INT, values: [3, 1, null, 3, 2, 1, 9] },
    { type: decimal(30, 2), values: [100n, 100n, 10n ** 29n, 10n ** 29n, null, -5n, -5n] },
    { type: DOUBLE, values: [0.5, -0, 0, 0.5, 1e16, -1e16, null] },
    { type: BOOLEAN, values: [true, true, true, true, true, true, false] },
  ];
  const [x, d, f, keep] = [slot(0, INT), slot(1, columns[1]!.type), slot(2, DOUBLE), slot(3, BOOLEAN)];
  const aggregates = [
    distinct('sum', BIGINT, [x], keep),
    distinct('avg', DOUBLE, [x]),
    distinct('sum', decimal(38, 2), [d]),
    distinct('avg', decimal(34, 6), [d]),
    distinct('sum', DOUBLE, [f]),
    distinct('var_samp', DOUBLE, [x], keep),
    distinct('max', INT, [x]),
    distinct('sum', BIGINT, [x], test_('>', x, literal(INT, 100))),
    distinct('median', DOUBLE, [x]),
    aggregate('sum', BIGINT, [x]),
  ];
  const total = 10n ** 29n + 95n;
  const expected = [6n, 3.75, total, (total * 10n ** 4n + 1n) / 3n, 0.5, 1, 9, null, 2.5, 19n];
  for (const form of FORMS) assert.equal(aggregateAll(aggregates, columns, form), expected, form);
});

test('median against sorting', () => {
  const next = random(53);
  const d = decimal(20, 3);
  for (const n of [...LENGTHS, 5]) {
    for (const nulls of NULLS) {
      const spread = n > 100 ? 50 : 1e6;
      const numbers = range(n).map(() => Math.floor((next() - 0.5) * spread));
      const columns = [
        withNulls(INT, numbers, nulls, next),
        withNulls(
          DOUBLE,
          numbers.map((v) => (v % 10 === 3 ? NaN : v / 8)),
          nulls,
          next,
        ),
        withNulls(d, numbers.map(BigInt), nulls, next),
        withNulls(DAY_TIME_INTERVAL, numbers.map(BigInt), nulls, next),
      ];
      const middle = (i: number, scale: number): number | null => {
        const order = (v: number): number => (Number.isNaN(v) ? Infinity : v);
        const sorted = columns[i]!.values.filter((v) => v !== null)
          .map(Number)
          .sort((a, b) => (order(a) === order(b) ? 0 : order(a) - order(b)));
        if (sorted.length === 0) return null;
        const [low, high] = [sorted[(sorted.length - 1) >> 1]! / scale, sorted[sorted.length >> 1]! / scale];
        return low === high ? low : 0.5 * low + 0.5 * high;
      };
      const whole = middle(3, 1);
      const expected = [middle(0, 1), middle(1, 1), middle(2, 1000), whole === null ? null : BigInt(Math.trunc(whole))];
      const types = [DOUBLE, DOUBLE, DOUBLE, DAY_TIME_INTERVAL];
      const aggregates = types.map((type, i) => aggregate('median', type, [slot(i, columns[i]!.type)]));
      for (const form of FORMS)
        assert.equal(
          aggregateAll(aggregates, columns, form).map((v) => (v === 0 ? 0 : v)),
          expected.map((v) => (v === 0 ? 0 : v)),
          `${form} of ${n}, ${nulls} null`,
        );
    }
  }
});

test.run();
