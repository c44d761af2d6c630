// Least and greatest values of pages of Parquet files: 16 bytes each at `out`. A result of 0 says that there is none.

import { VIEW_INLINE_MAX, VIEW_PREFIX, VIEW_REF } from './layout';

export function parquetExtremes32(values: usize, n: u32, out: usize): u32 {
  if (n == 0) return 0;
  let least = i32x4.splat(load<i32>(values));
  let greatest = least;
  let k: u32 = 0;
  for (; k + 4 <= n; k += 4) {
    const four = v128.load(values + (<usize>k << 2));
    least = i32x4.min_s(least, four);
    greatest = i32x4.max_s(greatest, four);
  }
  let low = min(min(i32x4.extract_lane(least, 0), i32x4.extract_lane(least, 1)), min(i32x4.extract_lane(least, 2), i32x4.extract_lane(least, 3)));
  let high = max(max(i32x4.extract_lane(greatest, 0), i32x4.extract_lane(greatest, 1)), max(i32x4.extract_lane(greatest, 2), i32x4.extract_lane(greatest, 3)));
  for (; k < n; k++) {
    const value = load<i32>(values + (<usize>k << 2));
    low = min(low, value);
    high = max(high, value);
  }
  store<i32>(out, low);
  store<i32>(out, high, 16);
  return 1;
}

export function parquetExtremes64(values: usize, n: u32, out: usize): u32 {
  if (n == 0) return 0;
  let least = i64x2.splat(load<i64>(values));
  let greatest = least;
  let k: u32 = 0;
  for (; k + 2 <= n; k += 2) {
    const two = v128.load(values + (<usize>k << 3));
    least = v128.bitselect(two, least, i64x2.gt_s(least, two));
    greatest = v128.bitselect(two, greatest, i64x2.gt_s(two, greatest));
  }
  let low = min(i64x2.extract_lane(least, 0), i64x2.extract_lane(least, 1));
  let high = max(i64x2.extract_lane(greatest, 0), i64x2.extract_lane(greatest, 1));
  if (k < n) {
    const value = load<i64>(values + (<usize>k << 3));
    low = min(low, value);
    high = max(high, value);
  }
  store<i64>(out, low);
  store<i64>(out, high, 16);
  return 1;
}

export function parquetExtremes128(values: usize, n: u32, out: usize): u32 {
  if (n == 0) return 0;
  let low = values;
  let high = values;
  for (let k: u32 = 1; k < n; k++) {
    const at = values + (<usize>k << 4);
    if (isBelow128(at, low)) low = at;
    if (isBelow128(high, at)) high = at;
  }
  v128.store(out, v128.load(low));
  v128.store(out, v128.load(high), 16);
  return 1;
}

// @ts-ignore: decorator
@inline
function isBelow128(a: usize, b: usize): bool {
  const highA = load<i64>(a, 8);
  const highB = load<i64>(b, 8);
  return highA == highB ? load<u64>(a) < load<u64>(b) : highA < highB;
}

/** Floats that are no NaN, as doubles. */
export function parquetExtremesF32(values: usize, n: u32, out: usize): u32 {
  let least: f32 = Infinity;
  let greatest: f32 = -Infinity;
  for (let k: u32 = 0; k < n; k++) {
    const value = load<f32>(values + (<usize>k << 2));
    // False for NaN.
    least = select<f32>(value, least, value < least);
    greatest = select<f32>(value, greatest, value > greatest);
  }
  store<f64>(out, least);
  store<f64>(out, greatest, 16);
  return <u32>(least <= greatest);
}

/** Doubles that are no NaN. */
export function parquetExtremesF64(values: usize, n: u32, out: usize): u32 {
  let least = f64x2.splat(Infinity);
  let greatest = f64x2.splat(-Infinity);
  let k: u32 = 0;
  for (; k + 2 <= n; k += 2) {
    // pmin(a, b) is b < a ? b : a: a NaN never comes in.
    const two = v128.load(values + (<usize>k << 3));
    least = f64x2.pmin(least, two);
    greatest = f64x2.pmax(greatest, two);
  }
  let low = min(f64x2.extract_lane(least, 0), f64x2.extract_lane(least, 1));
  let high = max(f64x2.extract_lane(greatest, 0), f64x2.extract_lane(greatest, 1));
  if (k < n) {
    const value = load<f64>(values + (<usize>k << 3));
    low = select<f64>(value, low, value < low);
    high = select<f64>(value, high, value > high);
  }
  store<f64>(out, low);
  store<f64>(out, high, 16);
  return <u32>(low <= high);
}

/** Truth values, a byte each. */
export function parquetExtremesBool(values: usize, n: u32, out: usize): u32 {
  if (n == 0) return 0;
  let all: u32 = 1;
  let any: u32 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const value = <u32>load<u8>(values + k);
    all &= value;
    any |= value;
  }
  store<u32>(out, all);
  store<u32>(out, any, 16);
  return 1;
}

/**
 * Numbers (u32) of the least and the greatest of n views by their bytes, references of long ones counted from `base`. With `seen` only those whose byte there is not 0
 * count.
 */
export function parquetExtremesViews(views: usize, n: u32, base: usize, seen: usize, out: usize): u32 {
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
  store<u32>(out, high, 16);
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
