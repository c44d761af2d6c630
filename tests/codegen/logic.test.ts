import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LiteralValue } from '../../lib/core/expr/expr.js';
import { BIGINT, BOOLEAN, DATE, decimal, DOUBLE, INT, STRING, type DataType } from '../../lib/core/types/data-type.js';
import { call, filter, literal, project, range, slot, test_, type Column } from './world.js';
import { LENGTHS, NULLS, pick, random, withNulls } from './vectors.js';

const POOLS: [DataType, LiteralValue[]][] = [
  [INT, [0, 1, -1, 2147483647, -2147483648, 7]],
  [DATE, [0, 19000, -5]],
  [BIGINT, [0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n)]],
  [decimal(38, 2), [0n, 1n, -1n, 10n ** 37n, -(10n ** 37n), 2n ** 64n, 2n ** 64n - 1n, -(2n ** 64n)]],
  [DOUBLE, [0, -0, 1.5, -1.5, NaN, Infinity, -Infinity]],
  [STRING, ['', 'a', 'ab', 'a\0', 'é', 'longer than twelve', 'longer than twelve!', 'longer than twelvf', 'exactly twelv']],
  [BOOLEAN, [true, false]],
];

function order(a: LiteralValue, b: LiteralValue): number {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a! < b! ? -1 : a! > b! ? 1 : 0;
}

const TWINS: Record<string, (c: number) => boolean> = {
  '=': (c) => c === 0,
  '<': (c) => c < 0,
  '<=': (c) => c <= 0,
  '>': (c) => c > 0,
  '>=': (c) => c >= 0,
};

for (const [type, pool] of POOLS) {
  test(`comparisons, <=>, greatest, least, in, coalesce of ${type.kind}`, () => {
    const next = random(31);
    for (const n of LENGTHS) {
      for (const nulls of NULLS) {
        const make = (): Column =>
          withNulls(
            type,
            range(n).map(() => pick(pool, next)),
            nulls,
            next,
          );
        const columns = [make(), make()];
        const [a, b] = [slot(0, type), slot(1, type)];
        const constant = literal(type, pool[1]!);
        const pairs = range(n).map((i) => [columns[0]!.values[i]!, columns[1]!.values[i]!] as const);
        const names = Object.keys(TWINS);
        const exprs = [
          ...names.map((op) => test_(op, a, b)),
          ...names.map((op) => test_(op, a, constant)),
          test_('<=>', a, b),
          call('greatest', type, a, b),
          call('least', type, a, b),
          test_('in', a, b, constant),
          call('coalesce', type, a, b),
        ];
        const rows = range(n).filter((i) => i % 4 !== 2);
        for (const taken of [undefined, rows]) {
          const got = project(exprs, columns, taken);
          const expect = (f: (x: LiteralValue, y: LiteralValue) => LiteralValue): LiteralValue[] =>
            (taken ?? range(n)).map((i) => f(...pairs[i]!));
          names.forEach((op, k) => {
            assert.equal(
              got[k],
              expect((x, y) => (x === null || y === null ? null : TWINS[op]!(order(x, y)))),
              op,
            );
            assert.equal(
              got[k + names.length],
              expect((x) => (x === null ? null : TWINS[op]!(order(x, pool[1]!)))),
              `${op} constant`,
            );
          });
          const rest = got.slice(2 * names.length);
          assert.equal(
            rest[0],
            expect((x, y) => (x === null || y === null ? x === y : order(x, y) === 0)),
          );
          const best = (sign: number) => expect((x, y) => (x === null ? y : y === null ? x : order(y, x) * sign > 0 ? y : x));
          const same = (x: readonly LiteralValue[], y: readonly LiteralValue[]): void =>
            x.forEach((v, i) => assert.ok(v === y[i] || order(v, y[i]!) === 0, `${String(v)} is not ${String(y[i])}`));
          same(rest[1]!, best(1));
          same(rest[2]!, best(-1));
          assert.equal(
            rest[3],
            expect((x, y) =>
              x === null
                ? null
                : order(x, pool[1]!) === 0 || (y !== null && order(x, y) === 0)
                  ? true
                  : y === null
                    ? null
                    : false,
            ),
          );
          same(
            rest[4]!,
            expect((x, y) => x ?? y),
          );
          const condition = test_('and', test_('>=', a, constant), test_('<', b, constant));
          const expected = (taken ?? range(n)).filter((i) => {
            const [x, y] = pairs[i]!;
            return x !== null && y !== null && order(x, pool[1]!) >= 0 && order(y, pool[1]!) < 0;
          });
          assert.equal(filter(condition, columns, taken), expected);
        }
      }
    }
  });
}

test('AND, OR and NOT are three-valued', () => {
  const values: LiteralValue[] = [true, false, null];
  const columns: Column[] = [
    { type: BOOLEAN, values: values.flatMap((v) => [v, v, v]) },
    { type: BOOLEAN, values: [...values, ...values, ...values] },
  ];
  const [a, b] = [slot(0, BOOLEAN), slot(1, BOOLEAN)];
  const got = project(
    [test_('and', a, b), test_('or', a, b), test_('not', a), test_('isnull', a), test_('isnotnull', b)],
    columns,
  );
  assert.equal(got[0], [true, false, null, false, false, false, null, false, null]);
  assert.equal(got[1], [true, true, true, true, false, null, true, null, null]);
  assert.equal(got[2], [false, false, false, true, true, true, null, null, null]);
  assert.equal(got[3], [false, false, false, false, false, false, true, true, true]);
  assert.equal(got[4], [true, true, false, true, true, false, true, true, false]);
});

test('what a row does not need does not raise', () => {
  const columns: Column[] = [{ type: INT, values: [0, 1, 2] }];
  const x = slot(0, INT);
  const inverse = call('mod', INT, literal(INT, 7), x);
  const isZero = test_('=', x, literal(INT, 0));
  const guarded = {
    kind: 'case',
    type: INT,
    nullable: true,
    branches: [{ when: isZero, then: literal(INT, -1) }],
    otherwise: inverse,
  } as const;
  assert.equal(project([guarded], columns)[0], [-1, 0, 1]);
  assert.equal(project([test_('and', test_('>', x, literal(INT, 0)), test_('=', inverse, literal(INT, 1)))], columns)[0], [
    false,
    false,
    true,
  ]);
  assert.equal(filter(test_('or', isZero, test_('=', inverse, literal(INT, 1))), columns), [0, 2]);
  assert.equal(project([call('coalesce', INT, x, inverse)], columns)[0], [0, 1, 2]);
  assert.throws(
    () => project([inverse], columns),
    (error: { code: string }) => error.code === 'REMAINDER_BY_ZERO',
  );
});

test('long IN lists are searched', () => {
  const next = random(37);
  const lists: [DataType, LiteralValue[], LiteralValue[]][] = [
    [INT, range(50).map((i) => i * 3), range(200)],
    [BIGINT, range(50).map((i) => BigInt(i) * -7n), range(200).map((i) => BigInt(-i))],
    [DOUBLE, [...range(40).map((i) => i / 2), NaN, -0], [0, -0, NaN, 0.5, 0.25, 19.5, -3]],
    [STRING, range(60).map((i) => `some longer text ${i}`), range(80).map((i) => `some longer text ${i}`)],
    [STRING, range(60).map((i) => `k${i}`), range(80).map((i) => (i === 5 ? null : `k${i}`))],
  ];
  for (const [type, list, values] of lists) {
    const expected = values.map((v) => (v === null ? null : list.some((w) => order(v, w) === 0)));
    assert.equal(project([test_('in', slot(0, type), ...list.map((v) => literal(type, v)))], [{ type, values }])[0], expected);
    const withNull = test_('in', slot(0, type), ...list.map((v) => literal(type, v)), literal(type, null));
    assert.equal(
      project([withNull], [{ type, values }])[0],
      expected.map((v) => (v === true ? true : null)),
    );
  }
  assert.ok(next() < 1);
});

test.run();
