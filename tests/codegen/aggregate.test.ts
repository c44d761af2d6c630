import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LiteralValue } from '../../lib/core/expr/expr.js';
import { BIGINT, BOOLEAN, decimal, DOUBLE, INT, STRING, type DataType } from '../../lib/core/types/data-type.js';
import { aggregate, aggregateAll, literal, range, slot, test_, type Column } from './world.js';
import { LENGTHS, NULLS, random, withNulls } from './vectors.js';

const MAKE: [DataType, (next: () => number) => LiteralValue][] = [
  [INT, (next) => Math.floor((next() - 0.5) * 2 ** 32)],
  [BIGINT, (next) => BigInt(Math.floor((next() - 0.5) * 2 ** 53)) * 1000n],
  [DOUBLE, (next) => (next() < 0.05 ? NaN : (next() - 0.5) * 1e6)],
  [decimal(30, 5), (next) => BigInt(Math.floor((next() - 0.5) * 2 ** 53)) * 10n ** 13n],
  [STRING, (next) => 'value '.repeat(Math.floor(next() * 5)) + Math.floor(next() * 1000)],
];

function compareValues(a: LiteralValue, b: LiteralValue): number {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a! < b! ? -1 : a! > b! ? 1 : 0;
}

for (const [type, make] of MAKE) {
  test(`count, min, max, first, last of ${type.kind}, in all forms`, () => {
    const next = random(23);
    for (const n of LENGTHS) {
      for (const nulls of NULLS) {
        const column = withNulls(
          type,
          range(n).map(() => make(next)),
          nulls,
          next,
        );
        const x = slot(0, type);
        const aggregates = [
          aggregate('count', BIGINT, []),
          aggregate('count', BIGINT, [x]),
          aggregate('min', type, [x]),
          aggregate('max', type, [x]),
          aggregate('first', type, [x]),
          aggregate('last', type, [x]),
        ];
        for (const rows of [undefined, range(n).filter((i) => i % 3 !== 0)]) {
          const taken = (rows ?? range(n)).map((i) => column.values[i]!);
          const valid = taken.filter((v) => v !== null).sort(compareValues);
          const expected = [
            BigInt(taken.length),
            BigInt(valid.length),
            valid[0] ?? null,
            valid.at(-1) ?? null,
            taken[0] ?? null,
            taken.at(-1) ?? null,
          ];
          for (const form of ['single', 'update', 'merge'] as const)
            assert.equal(aggregateAll(aggregates, [column], form, rows), expected, `${form} of ${n}, ${nulls} null`);
        }
      }
    }
  });
}

test('sums are exact, or rounded once, whatever the order', () => {
  const next = random(29);
  const n = 2048;
  const ints = range(n).map(() => Math.floor((next() - 0.5) * 2 ** 32));
  const longs = range(n).map(() => BigInt(Math.floor((next() - 0.5) * 2 ** 53)) * 50n);
  const decimals = range(n).map(() => BigInt(Math.floor((next() - 0.5) * 2 ** 53)) * 10n ** 11n);
  const big = 10n ** 37n;
  const doubles = range(n).map((i) => (i % 2 === 0 ? 1e16 : 1) * (i < n / 2 ? 1 : -1) + (i === 5 ? 0.25 : 0));
  const [d28, d38] = [decimal(28, 2), decimal(38, 0)];
  const columns: Column[] = [
    { type: INT, values: ints },
    { type: BIGINT, values: longs },
    { type: d28, values: decimals },
    { type: DOUBLE, values: doubles },
    { type: d38, values: range(n).map((i) => (i < n / 2 ? big : -big)) },
  ];
  const total = (values: readonly (number | bigint)[]): bigint => values.reduce<bigint>((sum, v) => sum + BigInt(v), 0n);
  const s = (fn: string, type: DataType, i: number) => aggregate(fn, type, [slot(i, columns[i]!.type)]);
  const aggregates = [
    s('sum', BIGINT, 0),
    s('sum', BIGINT, 1),
    s('sum', decimal(38, 2), 2),
    s('sum', DOUBLE, 3),
    s('sum', d38, 4),
    s('avg', DOUBLE, 0),
    s('avg', decimal(32, 6), 2),
  ];
  const sum = total(decimals);
  const average = (2n * sum * 10n ** 4n + (sum < 0n ? -1n : 1n) * BigInt(n)) / (2n * BigInt(n));
  const expected = [total(ints), total(longs), sum, 0.25, 0n, Number(total(ints)) / n, average];
  for (const form of ['single', 'update', 'merge'] as const)
    assert.equal(aggregateAll(aggregates, columns, form), expected, form);
});

test('sum of bigints raises where the total does not fit', () => {
  const most = 2n ** 63n - 1n;
  const sum = [aggregate('sum', BIGINT, [slot(0, BIGINT)])];
  assert.equal(aggregateAll(sum, [{ type: BIGINT, values: [most, 1n, -1n] }], 'merge'), [most]);
  assert.throws(
    () => aggregateAll(sum, [{ type: BIGINT, values: [most, 1n] }], 'single'),
    (error: { code: string }) => error.code === 'ARITHMETIC_OVERFLOW',
  );
});

test('FILTER, boolean aggregates, min_by and max_by', () => {
  const columns: Column[] = [
    { type: INT, values: [3, 1, null, 2, 9] },
    { type: STRING, values: ['three, spelled out', 'one', 'nothing', null, 'nine'] },
    { type: BOOLEAN, values: [true, true, null, false, true] },
  ];
  const [x, name, flag] = [slot(0, INT), slot(1, STRING), slot(2, BOOLEAN)];
  const aggregates = [
    aggregate('sum', BIGINT, [x], flag),
    aggregate('count', BIGINT, [], test_('>', x, literal(INT, 2))),
    aggregate('bool_and', BOOLEAN, [flag]),
    aggregate('bool_or', BOOLEAN, [flag]),
    aggregate('max_by', STRING, [name, x]),
    aggregate('min_by', STRING, [name, x]),
    aggregate('max_by', INT, [x, name]),
  ];
  for (const form of ['single', 'update', 'merge'] as const)
    assert.equal(aggregateAll(aggregates, columns, form), [13n, 2n, false, true, 'nine', 'one', 3], form);
});

test('many double sums with nulls, in pairs and alone', () => {
  const next = random(41);
  for (const nulls of NULLS) {
    const columns = range(5).map(() =>
      withNulls(
        DOUBLE,
        range(1023).map(() => Math.floor(next() * 1e9) / 8),
        nulls,
        next,
      ),
    );
    const keep = test_('>', slot(0, DOUBLE), literal(DOUBLE, 5e7));
    const aggregates = [
      ...columns.map((_, i) => aggregate('sum', DOUBLE, [slot(i, DOUBLE)])),
      ...columns.map((_, i) => aggregate('sum', DOUBLE, [slot(i, DOUBLE)], keep)),
    ];
    const passes = range(1023).filter((i) => columns[0]!.values[i] !== null && Number(columns[0]!.values[i]) > 5e7);
    const total = (values: LiteralValue[]): LiteralValue => {
      const valid = values.filter((v) => v !== null).map(Number);
      return valid.length === 0 ? null : valid.reduce((a, b) => a + b, 0);
    };
    const expected = [...columns.map((c) => total([...c.values])), ...columns.map((c) => total(passes.map((i) => c.values[i]!)))];
    for (const form of ['single', 'update', 'merge'] as const)
      assert.equal(aggregateAll(aggregates, columns, form), expected, form);
  }
});

test('variance and standard deviation', () => {
  const values = range(1000).map((i) => 1e9 + (i % 10));
  const mean = values.reduce((a, b) => a + b) / 1000;
  const moment = values.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  const x = slot(0, DOUBLE);
  const aggregates = ['var_pop', 'var_samp', 'stddev_pop', 'stddev_samp'].map((fn) => aggregate(fn, DOUBLE, [x]));
  for (const form of ['single', 'update', 'merge'] as const) {
    assert.equal(
      aggregateAll(aggregates, [{ type: DOUBLE, values }], form),
      [moment / 1000, moment / 999, Math.sqrt(moment / 1000), Math.sqrt(moment / 999)],
      form,
    );
  }
  assert.equal(aggregateAll(aggregates, [{ type: DOUBLE, values: [4] }], 'single'), [0, null, 0, null]);
});

test.run();
