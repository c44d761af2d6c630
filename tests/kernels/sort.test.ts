import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PHYSICAL_CODE, ZEROS } from '../../lib/memory/layout.js';
import { Space } from '../../lib/memory/block-space.js';
import { kernels, randomOf, resetMemory, testPages, views, writeSelection, writeVector } from '../exec/harness.js';

const LENGTHS = [0, 1, 7, 8, 9, 1023, 2048];

function keysOf(physical: 'i32' | 'f64', values: readonly (number | null)[], descending: boolean, nullsFirst: boolean): bigint[] {
  resetMemory();
  const space = new Space(testPages);
  const vector = writeVector(space, { physical, values });
  const out = space.allocate(values.length * 8 + 16);
  const nulls = vector.hasNulls ? vector.nulls : ZEROS;
  kernels['sortKey']!(
    PHYSICAL_CODE[physical],
    vector.values,
    nulls,
    0,
    values.length,
    63,
    0,
    descending ? 1 : 0,
    63,
    nullsFirst ? 1 : 0,
    1,
    out,
  );
  return Array.from({ length: values.length }, (_, i) => BigInt.asUintN(64, views.i64[out / 8 + i]!));
}

test('keys are in the order of the values', () => {
  const doubles = [null, -Infinity, -1e300, -1.5, -5e-324, 0, 5e-322, 1, 1.5, 2 ** 60, Infinity, NaN];
  const integers = [null, -(2 ** 31), -1, 0, 1, 2 ** 31 - 1];
  for (const [physical, values] of [
    ['f64', doubles],
    ['i32', integers],
  ] as const) {
    const rising = keysOf(physical, values, false, true);
    assert.equal(
      rising,
      [...rising].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
    );
    const falling = keysOf(physical, [...values].reverse(), true, false);
    assert.equal(
      falling,
      [...falling].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
    );
    assert.is(new Set(rising).size, values.length);
  }
  const [zero, minusZero, nan, otherNan] = keysOf('f64', [0, -0, NaN, -NaN], false, true);
  assert.is(zero, minusZero);
  assert.is(nan, otherNan);
});

test('sortBelow keeps rows at most the threshold', () => {
  for (const n of LENGTHS) {
    resetMemory();
    const random = randomOf(n);
    const space = new Space(testPages);
    const keys = space.allocate(n * 8 + 16);
    const values = Array.from({ length: n }, () => Math.floor(random() * 100));
    values.forEach((value, i) => (views.i64[keys / 8 + i] = BigInt(value)));
    const threshold = space.allocate(16);
    views.i64[threshold / 8] = 10n;
    const out = space.allocate(n * 4 + 16);
    const positions = values.map((_, i) => i * 2);
    const count = kernels['sortBelow']!(keys, writeSelection(space, positions), n, threshold, out);
    const expected = positions.filter((_, i) => values[i]! <= 10);
    assert.equal(Array.from(views.u32.slice(out / 4, out / 4 + count)), expected);
    assert.equal(Array.from(views.i64.slice(keys / 8, keys / 8 + count)), values.filter((value) => value <= 10).map(BigInt));
  }
});

test.run();
