// Least and greatest values for the writer's statistics, of `n` values that are there (close together: compactValues).

import { VIEW_INLINE_MAX, VIEW_PREFIX, VIEW_REF } from './layout';

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
  let least = i64x2.splat(i64.MAX_VALUE);
  let greatest = i64x2.splat(i64.MIN_VALUE);
  let k: u32 = 0;
  for (; k + 2 <= n; k += 2) {
    const two = v128.load(values + (<usize>k << 3));
    least = v128.bitselect(two, least, i64x2.gt_s(least, two));
    greatest = v128.bitselect(two, greatest, i64x2.gt_s(two, greatest));
  }
  let low = min<i64>(i64x2.extract_lane(least, 0), i64x2.extract_lane(least, 1));
  let high = max<i64>(i64x2.extract_lane(greatest, 0), i64x2.extract_lane(greatest, 1));
  if (k < n) {
    const value = load<i64>(values + (<usize>k << 3));
    low = min<i64>(low, value);
    high = max<i64>(high, value);
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

/** The same of f32, as f64; −0 is 0. Returns 0 where all are NaN. */
export function rangeF32(values: usize, n: u32, out: usize): u32 {
  let least: f32 = Infinity;
  let greatest: f32 = -Infinity;
  for (let k: u32 = 0; k < n; k++) {
    const value = load<f32>(values + (<usize>k << 2));
    // False for NaN.
    least = select<f32>(value, least, value < least);
    greatest = select<f32>(value, greatest, value > greatest);
  }
  store<f64>(out, least);
  store<f64>(out, greatest, 8);
  return <u32>(least <= greatest);
}

/**
 * Numbers of the least and the greatest of `n` views by unsigned bytes, into `out`: two u32. References of long ones count from `base`. Unless it is 0, `seen` has a byte a view, and only
 * those count whose byte is not 0. Returns 0 where there are none.
 */
export function rangeViews(views: usize, n: u32, base: usize, seen: usize, out: usize): u32 {
  let k: u32 = 0;
  if (seen != 0) while (k < n && load<u8>(seen + k) == 0) k++;
  if (k == n) return 0;
  let low = k;
  let high = k;
  let lowPrefix = prefixOf(views + (<usize>k << 4));
  let highPrefix = lowPrefix;
  for (k++; k < n; k++) {
    if (seen != 0) {
      if (load<u8>(seen + k) == 0) continue;
    }
    const view = views + (<usize>k << 4);
    const prefix = prefixOf(view);
    if (prefix <= lowPrefix) {
      if (prefix < lowPrefix || isBelow(view, views + (<usize>low << 4), base)) {
        low = k;
        lowPrefix = prefix;
      }
    }
    if (prefix >= highPrefix) {
      if (prefix > highPrefix || isBelow(views + (<usize>high << 4), view, base)) {
        high = k;
        highPrefix = prefix;
      }
    }
  }
  store<u32>(out, low);
  store<u32>(out, high, 4);
  return 1;
}

// @ts-ignore: decorator
@inline
function prefixOf(view: usize): u32 {
  return bswap<u32>(load<u32>(view, VIEW_PREFIX));
}

function isBelow(a: usize, b: usize, base: usize): bool {
  const lengthA = load<u32>(a);
  const lengthB = load<u32>(b);
  const atA = lengthA <= VIEW_INLINE_MAX ? a + VIEW_PREFIX : base + <usize>load<u32>(a, VIEW_REF);
  const atB = lengthB <= VIEW_INLINE_MAX ? b + VIEW_PREFIX : base + <usize>load<u32>(b, VIEW_REF);
  const common = min<u32>(lengthA, lengthB);
  let i: u32 = 0;
  for (; i + 8 <= common; i += 8) {
    const x = load<u64>(atA + i);
    const y = load<u64>(atB + i);
    if (x != y) return bswap<u64>(x) < bswap<u64>(y);
  }
  for (; i < common; i++) {
    const x = load<u8>(atA + i);
    const y = load<u8>(atB + i);
    if (x != y) return x < y;
  }
  return lengthA < lengthB;
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
