import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BIGINT, DOUBLE, FLOAT, INT, SMALLINT, TINYINT, type DataType } from '../../lib/core/types/data-type.js';
import type { LiteralValue } from '../../lib/core/expr/expr.js';
import { call, project, range, slot } from './world.js';
import { LENGTHS, NULLS, pick, random, withNulls } from './vectors.js';

type Twin = (a: bigint, b: bigint) => bigint | undefined;

const INTEGER_RANGE: [DataType, bigint][] = [
  [TINYINT, 2n ** 7n],
  [SMALLINT, 2n ** 15n],
  [INT, 2n ** 31n],
  [BIGINT, 2n ** 63n],
];

let width = 64;

const TWINS: Record<string, Twin> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  mod: (a, b) => (b === 0n ? undefined : a % b),
  pmod: (a, b) => {
    if (b === 0n) return undefined;
    const rest = a % b;
    // Java adds in the operands' own width, which wraps for divisors near the least integer.
    return rest < 0n ? BigInt.asIntN(width, rest + b) % b : rest;
  },
};

function values(half: bigint, next: () => number, n: number): bigint[] {
  const edge = [0n, 1n, -1n, half - 1n, -half, half / 2n, 7n, -7n];
  return range(n)
    .map(() => {
      if (next() < 0.5) return pick(edge, next);
      return BigInt.asIntN(64, BigInt(Math.floor((next() - 0.5) * Number(half > 2n ** 50n ? 2n ** 40n : half) * 2)));
    })
    .map((v) => (v >= half ? half - 1n : v < -half ? -half : v));
}

const asJs = (type: DataType, value: bigint): LiteralValue => (type.kind === 'bigint' ? value : Number(value));

for (const [type, half] of INTEGER_RANGE) {
  for (const [fn, twin] of Object.entries(TWINS)) {
    test(`try_${fn} of ${type.kind} is exact, or null where it overflows`, () => {
      const next = random(7);
      width = type.kind === 'bigint' ? 64 : 32;
      for (const n of LENGTHS) {
        for (const nulls of NULLS) {
          const a = values(half, next, n);
          const b = values(half, next, n);
          const columns = [
            withNulls(
              type,
              a.map((v) => asJs(type, v)),
              nulls,
              next,
            ),
            withNulls(
              type,
              b.map((v) => asJs(type, v)),
              nulls,
              next,
            ),
          ];
          const expected = range(n).map((i) => {
            if (columns[0]!.values[i] === null || columns[1]!.values[i] === null) return null;
            const result = twin(a[i]!, b[i]!);
            return result === undefined || result >= half || result < -half ? null : asJs(type, result);
          });
          const expr = call(`try_${fn}`, type, slot(0, type), slot(1, type));
          assert.equal(project([expr], columns)[0], expected);
          const rows = range(n).filter((i) => i % 3 !== 1);
          assert.equal(
            project([expr], columns, rows)[0],
            rows.map((i) => expected[i]!),
          );
        }
      }
    });
  }
}

test('ANSI arithmetic raises at the first failing row, with its place', () => {
  const columns = [
    { type: INT, values: [1, 2147483647, 2147483647] },
    { type: INT, values: [1, null, 1] },
  ];
  const sum = { ...call('add', INT, slot(0, INT), slot(1, INT)), at: { start: 7, end: 12 } };
  try {
    project([sum], columns);
    assert.unreachable();
  } catch (error) {
    const { code, at } = error as { code: string; at: unknown };
    assert.is(code, 'ARITHMETIC_OVERFLOW');
    assert.equal(at, { start: 7, end: 12 });
  }
  assert.equal(project([sum], [columns[0]!, { type: INT, values: [1, null, null] }])[0], [2, null, null]);
});

test('division by zero raises, also for doubles; nulls do not', () => {
  const codes = (fn: string, type: DataType, a: LiteralValue, b: LiteralValue): string => {
    try {
      return JSON.stringify(
        project(
          [call(fn, type, slot(0, type), slot(1, type))],
          [
            { type, values: [a] },
            { type, values: [b] },
          ],
        )[0],
      );
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  assert.is(codes('divide', DOUBLE, 1, 0), 'DIVIDE_BY_ZERO');
  assert.is(codes('mod', INT, 1, 0), 'REMAINDER_BY_ZERO');
  assert.is(codes('mod', INT, null, 0), '[null]');
  assert.is(codes('div', BIGINT, -(2n ** 63n), -1n), 'ARITHMETIC_OVERFLOW');
  assert.is(codes('negative', INT, -2147483648, 0), 'ARITHMETIC_OVERFLOW');
  assert.is(codes('mod', INT, -2147483648, -1), '[0]');
});

test('floats are rounded to 32 bits after each operation', () => {
  const columns = [
    { type: FLOAT, values: [Math.fround(0.1)] },
    { type: FLOAT, values: [Math.fround(0.2)] },
  ];
  assert.equal(project([call('add', FLOAT, slot(0, FLOAT), slot(1, FLOAT))], columns)[0], [
    Math.fround(Math.fround(0.1) + Math.fround(0.2)),
  ]);
});

test('a chain of 2,000 additions compiles', () => {
  let sum = slot(0, BIGINT);
  for (let i = 0; i < 2000; i++) sum = call('add', BIGINT, sum, slot(0, BIGINT));
  assert.equal(project([sum], [{ type: BIGINT, values: [3n, null] }])[0], [6003n, null]);
});

test.run();
