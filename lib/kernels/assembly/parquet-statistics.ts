// Least and greatest values for the writer's statistics, of `n` values that are there (close together: compactValues).

import { VIEW_BYTES, VIEW_PREFIX } from './layout';
import { view_compare } from './view';

/** Least and greatest of `n` (at least 1) i32 into `out`: two i32. */
export function rangeI32(values: usize, n: u32, out: usize): void {
  let least = i32x4.splat(i32.MAX_VALUE);
  let greatest = i32x4.splat(i32.MIN_VALUE);
  let k: u32 = 0;
  for (; k + 4 <= n; k += 4) {
    const four = v128.load(values + (<usize>k << 2));
    least = i32x4.min_s(least, four);
    greatest = i32x4.max_s(greatest, four);
  }
  let low = min<i32>(min<i32>(i32x4.extract_lane(least, 0), i32x4.extract_lane(least, 1)), min<i32>(i32x4.extract_lane(least, 2), i32x4.extract_lane(least, 3)));
  let high = max<i32>(
    max<i32>(i32x4.extract_lane(greatest, 0), i32x4.extract_lane(greatest, 1)),
    max<i32>(i32x4.extract_lane(greatest, 2), i32x4.extract_lane(greatest, 3)),
  );
  for (; k < n; k++) {
    const value = load<i32>(values + (<usize>k << 2));
    low = min<i32>(low, value);
    high = max<i32>(high, value);
  }
  store<i32>(out, low);
  store<i32>(out, high, 4);
}

/** Least and greatest of `n` (at least 1) i64 into `out`: two i64. */
export function rangeI64(values: usize, n: u32, out: usize): void {
  let low = i64.MAX_VALUE;
  let high = i64.MIN_VALUE;
  for (let k: u32 = 0; k < n; k++) {
    const value = load<i64>(values + (<usize>k << 3));
    low = select<i64>(value, low, value < low);
    high = select<i64>(value, high, value > high);
  }
  store<i64>(out, low);
  store<i64>(out, high, 8);
}

/** Least and greatest of `n` (at least 1) i128 into `out`: two i128. */
export function rangeI128(values: usize, n: u32, out: usize): void {
  let low = values;
  let high = values;
  for (let k: u32 = 1; k < n; k++) {
    const value = values + (<usize>k << 4);
    if (isLess(value, low)) low = value;
    if (isLess(high, value)) high = value;
  }
  const least = v128.load(low);
  const greatest = v128.load(high);
  v128.store(out, least);
  v128.store(out, greatest, 16);
}

// @ts-ignore: decorator
@inline
function isLess(a: usize, b: usize): bool {
  const highA = load<i64>(a, 8);
  const highB = load<i64>(b, 8);
  if (highA != highB) return highA < highB;
  return load<u64>(a) < load<u64>(b);
}

/**
 * Least and greatest of those of `n` f64 that are numbers, into `out`: two f64. Zeros are told apart: −0 is less. Returns how many are NaN; where all are, `out` becomes +Infinity and −Infinity.
 */
export function rangeF64(values: usize, n: u32, out: usize): u32 {
  let low = Infinity;
  let high = -Infinity;
  let nans: u32 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const value = load<f64>(values + (<usize>k << 3));
    const isNan = value != value;
    nans += <u32>isNan;
    // f64.min and f64.max order zeros.
    low = min<f64>(low, select<f64>(Infinity, value, isNan));
    high = max<f64>(high, select<f64>(-Infinity, value, isNan));
  }
  store<f64>(out, low);
  store<f64>(out, high, 8);
  return nans;
}

// @ts-ignore: decorator
@inline
function prefixOf(view: usize): u32 {
  return bswap<u32>(load<u32>(view, VIEW_PREFIX));
}

/** Numbers of the least and the greatest of `n` (at least 1) views by unsigned bytes, into `out`: two u32. */
export function rangeViews(views: usize, n: u32, out: usize): void {
  let low: u32 = 0;
  let high: u32 = 0;
  let lowPrefix = prefixOf(views);
  let highPrefix = lowPrefix;
  for (let k: u32 = 1; k < n; k++) {
    const view = views + <usize>k * VIEW_BYTES;
    // Most differ from both in their first bytes.
    const prefix = prefixOf(view);
    if (prefix <= lowPrefix) {
      if (view_compare(view, views + <usize>low * VIEW_BYTES) < 0) {
        low = k;
        lowPrefix = prefix;
      }
    }
    if (prefix >= highPrefix) {
      if (view_compare(view, views + <usize>high * VIEW_BYTES) > 0) {
        high = k;
        highPrefix = prefix;
      }
    }
  }
  store<u32>(out, low);
  store<u32>(out, high, 4);
}

/** Least and greatest of `n` (at least 1) bytes into `out`: two bytes. Booleans. */
export function rangeBytes(values: usize, n: u32, out: usize): void {
  let low: u32 = 255;
  let high: u32 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const value = <u32>load<u8>(values + k);
    low = min<u32>(low, value);
    high = max<u32>(high, value);
  }
  store<u8>(out, low);
  store<u8>(out, high, 1);
}
