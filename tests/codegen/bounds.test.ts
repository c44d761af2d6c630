import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Bound } from '../../lib/core/expr/bound.js';
import { BIGINT, BOOLEAN, decimal, type DecimalType } from '../../lib/core/types/data-type.js';
import { compileStage } from '../../lib/codegen/index.js';
import { SLOT_BOUND_SHIFT } from '../../lib/memory/layout.js';
import { seededRandom, type Random } from '../support/random.js';
import {
  aggregate,
  aggregateAll,
  allocate,
  call,
  cast,
  kernels,
  literal,
  project,
  range,
  slot,
  test_,
  views,
  type Column,
} from './world.js';

/** Decimals around what 64 bits hold: compiled code, which computes in 64 bits where a batch's numbers allow it, beside BigInt. */

const ROWS = 70;

const decimalOf = (type: Bound['type']): DecimalType => {
  if (type.kind !== 'decimal') throw new Error('not a decimal');
  return type;
};

/** Spark's cut to 38 digits. */
function adjusted(precision: number, scale: number): DecimalType {
  if (precision <= 38) return decimal(precision, scale) as DecimalType;
  return decimal(38, Math.max(38 - (precision - scale), Math.min(scale, 6))) as DecimalType;
}

function sumType(a: DecimalType, b: DecimalType): DecimalType {
  const scale = Math.max(a.scale, b.scale);
  return adjusted(Math.max(a.precision - a.scale, b.precision - b.scale) + scale + 1, scale);
}

class OutOfRange extends Error {}

function rounded(value: bigint, down: number): bigint {
  if (down <= 0) return value * 10n ** BigInt(-down);
  const unit = 10n ** BigInt(down);
  const magnitude = ((value < 0n ? -value : value) + unit / 2n) / unit;
  return value < 0n ? -magnitude : magnitude;
}

function fitting(value: bigint, type: DecimalType): bigint {
  if ((value < 0n ? -value : value) >= 10n ** BigInt(type.precision)) throw new OutOfRange();
  return value;
}

/** The value of an expression in a row, unscaled; the plain twin. */
function valueOf(node: Bound, row: readonly (bigint | null)[]): bigint | null {
  const type = decimalOf(node.type);
  switch (node.kind) {
    case 'slot':
      return row[node.index]!;
    case 'literal':
      return node.value as bigint | null;
    case 'cast': {
      const value = valueOf(node.input, row);
      return value === null ? null : fitting(rounded(value, decimalOf(node.input.type).scale - type.scale), type);
    }
    case 'case': {
      const hit = node.branches.find(({ when }) => when.kind === 'call' && valueOf(when.args[0]!, row) === null);
      return valueOf(hit === undefined ? node.otherwise : hit.then, row);
    }
    case 'call':
      break;
    default:
      throw new Error(node.kind);
  }
  if (node.fn === 'coalesce') return node.args.map((arg) => valueOf(arg, row)).find((value) => value !== null) ?? null;
  const values = node.args.map((arg) => valueOf(arg, row));
  if (values.includes(null)) return null;
  const [a, b] = values as [bigint, bigint];
  const scaleOf = (i: number): number => decimalOf(node.args[i]!.type).scale;
  switch (node.fn) {
    case 'negative':
      return -a;
    case 'abs':
      return a < 0n ? -a : a;
    case 'multiply':
      return fitting(rounded(a * b, scaleOf(0) + scaleOf(1) - type.scale), type);
    default: {
      const scale = Math.max(scaleOf(0), scaleOf(1));
      const right = rounded(b, scaleOf(1) - scale);
      const sum = rounded(a, scaleOf(0) - scale) + (node.fn === 'add' ? right : -right);
      return fitting(rounded(sum, scale - type.scale), type);
    }
  }
}

function expression(random: Random, leaves: readonly Bound[], depth: number): Bound {
  if (depth === 0 || random.bool(0.1)) return random.pick(leaves);
  const part = (): Bound => expression(random, leaves, depth - 1);
  const a = part();
  const type = decimalOf(a.type);
  switch (random.below(8)) {
    case 0:
    case 1:
    case 2: {
      const b = part();
      const other = decimalOf(b.type);
      return call('multiply', adjusted(type.precision + other.precision + 1, type.scale + other.scale), a, b);
    }
    case 3:
    case 4: {
      const b = part();
      return call(random.pick(['add', 'subtract']), sumType(type, decimalOf(b.type)), a, b);
    }
    case 5:
      return call(random.pick(['negative', 'abs']), type, a);
    case 6: {
      const up = random.between(0, 2);
      return type.precision + up > 38 ? a : cast(a, decimal(type.precision + up, type.scale + random.between(0, up)));
    }
    default: {
      const other = random.pick([literal(type, random.pick([0n, null, 7n])), a]);
      if (random.bool()) return call('coalesce', type, a, other);
      const when = call('isnull', BOOLEAN, random.pick(leaves));
      return { kind: 'case', type, nullable: true, branches: [{ when, then: other }], otherwise: a };
    }
  }
}

/** Numbers of up to so many digits, or of exactly as many as 64 bits have: their limits and beside them. */
function number(random: Random, digits: number): bigint {
  const most = 10n ** BigInt(digits) - 1n;
  const clip = (value: bigint): bigint => (value > most ? most : value < -most ? -most : value);
  if (random.bool(0.05)) return clip(random.pick([2n ** 63n - 1n, -(2n ** 63n), 2n ** 62n, 2n ** 31n, most, -most, 0n, -1n]));
  let value = 0n;
  for (let i = 0; i < digits; i += 6) value = value * 1_000_000n + BigInt(random.below(1_000_000));
  return (random.bool(0.3) ? -1n : 1n) * (value % (most + 1n));
}

function column(random: Random, nullable: boolean): Column {
  const precision = random.pick([4, 9, 12, 15, 18, 19, 22, 28, 38]);
  const type = decimal(precision, random.below(Math.min(precision, 5)));
  const digits = random.bool(0.3) ? precision : random.between(1, Math.min(precision, 6));
  const values = range(ROWS).map(() => (nullable && random.bool(0.2) ? null : number(random, digits)));
  if (random.bool(0.3)) values[random.below(ROWS)] = number(random, precision);
  return { type, values, nullable };
}

const attempt = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    if (error instanceof OutOfRange) return 'NUMERIC_VALUE_OUT_OF_RANGE';
    return (error as { code: string }).code.replace('.WITH_SUGGESTION', '');
  }
};

test('sums, products and their sums answer what BigInt does, however large a batch is', () => {
  const random = seededRandom('decimal bounds');
  for (let i = 0; i < 150; i++) {
    const nullable = random.bool();
    const columns = range(random.between(1, 4)).map(() => column(random, nullable));
    const leaves = [
      ...columns.map(({ type }, index): Bound => slot(index, type, nullable)),
      literal(decimal(1, 0), 1n),
      literal(decimal(22, 3), 1234567n),
    ];
    const exprs = range(random.between(1, 3)).map(() => expression(random, leaves, random.between(1, 3)));
    const rowOf = (row: number): (bigint | null)[] => columns.map(({ values }) => values[row] as bigint | null);
    const typed = exprs.map(({ type }) => decimalOf(type));
    const sums = exprs.map((expr, e) =>
      aggregate('sum', decimal(Math.min(38, typed[e]!.precision + 10), typed[e]!.scale), [expr]),
    );
    for (const rows of [undefined, range(ROWS).filter((row) => row % 5 !== 1), range(ROWS).filter((row) => row % 9 === 4)]) {
      const live = rows ?? range(ROWS);
      const wanted = (): (bigint | null)[][] => exprs.map((expr) => live.map((row) => valueOf(expr, rowOf(row))));
      assert.equal(
        attempt(() => project(exprs, columns, rows)),
        attempt(wanted),
        `values of case ${i}`,
      );
      const totals = attempt(() =>
        wanted().map((values, e) => {
          const valid = values.filter((value) => value !== null);
          if (valid.length === 0) return null;
          const total = valid.reduce((sum, value) => sum + value, 0n);
          const { precision } = decimalOf(sums[e]!.type);
          if ((total < 0n ? -total : total) >= 10n ** BigInt(precision))
            throw Object.assign(new Error(), { code: 'ARITHMETIC_OVERFLOW' });
          return total;
        }),
      );
      for (const form of ['single', 'update', 'merge'] as const)
        assert.equal(
          attempt(() => aggregateAll(sums, columns, form, rows)),
          totals,
          `${form} of case ${i}`,
        );
    }
  }
});

test('sums of numbers at the limits of 64 bits', () => {
  const wide = decimal(25, 0);
  const most = 2n ** 63n - 1n;
  const values = [...range(40).map((i) => (i % 4 === 3 ? -most - 1n : most)), 10n ** 24n, -(10n ** 24n)];
  const total = (of: readonly bigint[]): bigint => of.reduce((sum, value) => sum + value, 0n);
  const sum = (type: Bound['type'], of: Bound['type']) => [aggregate('sum', type, [slot(0, of)])];
  for (const form of ['single', 'update', 'merge'] as const) {
    for (const part of [values, values.slice(0, 40), values.slice(0, 40).reverse(), [1n, 2n, ...values.slice(3, 5)]])
      assert.equal(aggregateAll(sum(decimal(35, 0), wide), [{ type: wide, values: part }], form), [total(part)], form);
    const pairs = range(32).flatMap(() => [most, -most]);
    assert.equal(aggregateAll(sum(BIGINT, BIGINT), [{ type: BIGINT, values: [...pairs, 5n] }], form), [5n]);
    const average = [aggregate('avg', decimal(38, 4), [slot(0, wide)])];
    assert.equal(aggregateAll(average, [{ type: wide, values: [most, most, most] }], form), [most * 10_000n]);
  }
});

test('a filter on a product compares in 64 bits what fits', () => {
  const [a, b] = [decimal(15, 2), decimal(18, 4)];
  const product = call('multiply', decimal(34, 6), slot(0, a, false), slot(1, b, false));
  const condition = test_('>', product, literal(decimal(34, 6), 50n));
  const columns: Column[] = [
    { type: a, values: [5n, 7n, -100n, 10n ** 14n], nullable: false },
    { type: b, values: [10n, 8n, -100n, 10n ** 17n], nullable: false },
  ];
  const { program } = compileStage(
    {
      id: 0,
      pipelines: [
        {
          slots: columns.map(({ type }) => ({ type, nullable: false })),
          source: { kind: 'blocks', id: 1 },
          steps: [
            { kind: 'load', columns: [0, 1].map((index) => ({ column: index, slot: index })) },
            { kind: 'filter', condition },
          ],
          outputs: [],
        },
      ],
      sink: { kind: 'collect', retain: 'query' },
    },
    { blocks: () => [], stage: () => assert.unreachable() as never },
  );
  const step = program.pipelines[0]!.steps[0]!;
  assert.equal(step.kind === 'load' && step.columns.map(({ measured }) => measured), ['i64', 'i64']);
});

test('the bound of integers', () => {
  const random = seededRandom('bounds of integers');
  const boundOf = (values: readonly (bigint | null)[], wide: boolean, rows: readonly number[] | undefined): number => {
    const at = allocate(values.length * 16 + 16);
    const nulls = allocate(values.length);
    values.forEach((value, i) => {
      const stored = value ?? -(10n ** 30n);
      views.i64[(at + i * (wide ? 16 : 8)) / 8] = BigInt.asIntN(64, stored);
      if (wide) views.i64[at / 8 + i * 2 + 1] = stored >> 64n;
      views.u8[nulls + i] = value === null ? 1 : 0;
    });
    const sel = allocate(values.length * 4);
    rows?.forEach((row, i) => void (views.u32[sel / 4 + i] = row));
    const hasNulls = values.includes(null);
    return kernels['decimalBound']!(
      at,
      wide ? 1 : 0,
      hasNulls ? nulls : 0,
      rows === undefined ? 0 : sel,
      rows?.length ?? values.length,
    );
  };
  for (let i = 0; i < 400; i++) {
    const wide = random.bool();
    const bits = random.below(wide ? 100 : 64);
    const n = random.below(40);
    const values = range(n).map(() => {
      if (random.bool(i % 2 === 0 ? 0.2 : 0)) return null;
      const value = random.bool(0.2) ? 1n << BigInt(bits) : number(random, 30) % (1n << BigInt(bits));
      return wide ? (random.bool() ? value : -value) : BigInt.asIntN(64, random.bool() ? value : -value);
    });
    const rows = random.bool() ? undefined : range(n).filter(() => random.bool());
    const live = (rows ?? range(n)).flatMap((row) => values[row] ?? []);
    const bound = boundOf(values, wide, rows);
    assert.ok(bound > 0 && bound < 2 ** (32 - SLOT_BOUND_SHIFT));
    const limit = 2n ** BigInt(bound - 1);
    const isWord = live.every((value) => BigInt.asIntN(64, value) === value);
    assert.is(bound, isWord ? bound : 129);
    for (const value of live) assert.ok((value < 0n ? -value : value) <= limit, `${value} beyond ${limit}`);
    if (isWord && bound > 1) {
      // And not larger than it needs to be.
      const half = limit / 2n;
      assert.ok(
        live.some((value) => value >= half || value < -half),
        `${live.join()} far below ${limit}`,
      );
    }
  }
});

test.run();
