// Values as a file has them to values as the engine has them. All take (from, n, to); `to` may be `from` unless it says otherwise.

import { VIEW_BYTES, VIEW_INLINE_MAX, VIEW_PREFIX, VIEW_REF } from './layout';

/** i32 to i64. */
export function widenI32(from: usize, n: u32, to: usize): void {
  let k = n;
  for (; (k & 3) != 0; k--) store<i64>(to + (<usize>(k - 1) << 3), <i64>load<i32>(from + (<usize>(k - 1) << 2)));
  for (; k > 0; k -= 4) {
    const four = v128.load(from + (<usize>(k - 4) << 2));
    const at = to + (<usize>(k - 4) << 3);
    v128.store(at, i64x2.extend_low_i32x4_s(four));
    v128.store(at, i64x2.extend_high_i32x4_s(four), 16);
  }
}

/** u32 to i64. */
export function widenU32(from: usize, n: u32, to: usize): void {
  for (let k = n; k > 0; k--) store<u64>(to + (<usize>(k - 1) << 3), <u64>load<u32>(from + (<usize>(k - 1) << 2)));
}

/** f32 to f64. */
export function widenF32(from: usize, n: u32, to: usize): void {
  for (let k = n; k > 0; k--) store<f64>(to + (<usize>(k - 1) << 3), <f64>load<f32>(from + (<usize>(k - 1) << 2)));
}

/** IEEE half precision (2 bytes) to f64. */
export function widenF16(from: usize, n: u32, to: usize): void {
  for (let k = n; k > 0; k--) {
    const half = <u32>load<u16>(from + (<usize>(k - 1) << 1));
    const fraction = half & 0x3ff;
    const exponent = (half >> 10) & 31;
    let magnitude: f64;
    if (exponent == 0) magnitude = <f64>fraction * 5.9604644775390625e-8;
    else magnitude = reinterpret<f64>((<u64>(exponent == 31 ? 2047 : exponent + 1008) << 52) | (<u64>fraction << 42));
    store<f64>(to + (<usize>(k - 1) << 3), half >> 15 != 0 ? -magnitude : magnitude);
  }
}

/** i64 to i128. */
export function widenI64(from: usize, n: u32, to: usize): void {
  for (let k = n; k > 0; k--) {
    const value = load<i64>(from + (<usize>(k - 1) << 3));
    store<i64>(to + (<usize>(k - 1) << 4), value);
    store<i64>(to + (<usize>(k - 1) << 4), value >> 63, 8);
  }
}

/** u64 to i128. */
export function widenU64(from: usize, n: u32, to: usize): void {
  for (let k = n; k > 0; k--) {
    const value = load<u64>(from + (<usize>(k - 1) << 3));
    store<u64>(to + (<usize>(k - 1) << 4), value);
    store<u64>(to + (<usize>(k - 1) << 4), 0, 8);
  }
}

/** i64 to i32. Returns 0, or −1 where a value does not fit. */
export function narrowI64(from: usize, n: u32, to: usize): i32 {
  let lost: i64 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const value = load<i64>(from + (<usize>k << 3));
    lost |= value ^ <i64>(<i32>value);
    store<i32>(to + (<usize>k << 2), <i32>value);
  }
  return lost == 0 ? 0 : -1;
}

/** i64 times a positive factor (milliseconds to microseconds: 1000). Returns 0, or −1 where a product needs more than 64 bits. */
export function scaleUp(from: usize, n: u32, factor: u32, to: usize): i32 {
  const most = i64.MAX_VALUE / <i64>factor;
  let beyond: u32 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const value = load<i64>(from + (<usize>k << 3));
    beyond |= <u32>(value > most) | <u32>(value < -most);
    store<i64>(to + (<usize>k << 3), value * <i64>factor);
  }
  return beyond == 0 ? 0 : -1;
}

/** i64 divided by a positive number (nanoseconds to microseconds: 1000), rounded down. */
export function scaleDown(from: usize, n: u32, divisor: u32, to: usize): void {
  for (let k: u32 = 0; k < n; k++) {
    const value = load<i64>(from + (<usize>k << 3));
    const quotient = value / <i64>divisor;
    store<i64>(to + (<usize>k << 3), quotient - <i64>(value < quotient * <i64>divisor));
  }
}

const JULIAN_EPOCH: i64 = 2440588;
const DAY_MICROS: i64 = 86400000000;
/** Days whose microseconds fit 64 bits, with a day to spare for the time. */
const DAYS_MAX: i64 = 106751990;

/**
 * INT96 timestamps (12 bytes: i64 nanoseconds of the day, u32 Julian day) to i64 microseconds since 1970, rounded down. Returns 0, or −1 where one does not fit 64 bits.
 */
export function int96ToMicros(from: usize, n: u32, to: usize): i32 {
  let beyond: u32 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const nanos = load<i64>(from);
    const days = <i64>load<i32>(from, 8) - JULIAN_EPOCH;
    let micros = nanos / 1000;
    micros -= <i64>(nanos < micros * 1000);
    beyond |= <u32>(days > DAYS_MAX) | <u32>(days < -DAYS_MAX) | <u32>(micros > DAY_MICROS) | <u32>(micros < -DAY_MICROS);
    store<i64>(to, days * DAY_MICROS + micros);
    from += 12;
    to += 8;
  }
  return beyond == 0 ? 0 : -1;
}

/** The first `bytes` (1 to 8) bytes as a signed number, the highest first. Reads eight. */
// @ts-ignore: decorator
@inline
function signedStart(at: usize, bytes: u32): i64 {
  return <i64>bswap<u64>(load<u64>(at)) >> <i64>(64 - (bytes << 3));
}

/** A two's complement number of `width` bytes, the highest first, as i64 or (`wide`) i128 to `to`. False where it does not fit or has no bytes. */
// @ts-ignore: decorator
@inline
function decimalOf(at: usize, width: u32, to: usize, wide: bool): bool {
  if (width == 0) return false;
  let fits = true;
  if (width > 16) {
    // What does not fit must repeat the sign.
    const sign: u8 = <u8>(<i8>load<u8>(at + width - 16) >> 7);
    for (let i: u32 = 0; i < width - 16; i++) {
      if (load<u8>(at + i) != sign) fits = false;
    }
    at += width - 16;
    width = 16;
  }
  let high: i64;
  let low: i64;
  if (width <= 8) {
    low = signedStart(at, width);
    high = low >> 63;
  } else {
    high = signedStart(at, width - 8);
    low = <i64>bswap<u64>(load<u64>(at + width - 8));
  }
  store<i64>(to, low);
  if (wide) store<i64>(to, high, 8);
  else if (high != low >> 63) fits = false;
  return fits;
}

/**
 * Decimals of `width` bytes each, the highest first, to unscaled i64 (`wide` 0) or i128 (1). `to` must not be `from`. Up to 7 bytes behind the last are read and ignored.
 * Returns 0, or −1 where a value does not fit or `width` is 0.
 */
export function decimalFixed(from: usize, width: u32, n: u32, to: usize, wide: bool): i32 {
  const step: usize = wide ? 16 : 8;
  let fits = true;
  if (!wide && width - 1 < 8) {
    for (let k: u32 = 0; k < n; k++) {
      store<i64>(to, signedStart(from, width));
      from += width;
      to += 8;
    }
    return 0;
  }
  for (let k: u32 = 0; k < n; k++) {
    if (!decimalOf(from, width, to, wide)) fits = false;
    from += width;
    to += step;
  }
  return fits ? 0 : -1;
}

/** The same from views, each as long as it is. `to` may be `from`. Up to 7 bytes behind a view's bytes are read and ignored. */
export function decimalViews(from: usize, n: u32, to: usize, wide: bool): i32 {
  const step: usize = wide ? 16 : 8;
  let fits = true;
  for (let k: u32 = 0; k < n; k++) {
    const length = load<u32>(from);
    const at = length <= VIEW_INLINE_MAX ? from + VIEW_PREFIX : <usize>load<u32>(from, VIEW_REF);
    if (!decimalOf(at, length, to, wide)) fits = false;
    from += VIEW_BYTES;
    to += step;
  }
  return fits ? 0 : -1;
}

/** i32 to f64. */
export function doublesI32(from: usize, n: u32, to: usize): void {
  for (let k = n; k > 0; k--) store<f64>(to + (<usize>(k - 1) << 3), <f64>load<i32>(from + (<usize>(k - 1) << 2)));
}

/** i64 to the nearest f64. */
export function doublesI64(from: usize, n: u32, to: usize): void {
  for (let k: u32 = 0; k < n; k++) store<f64>(to + (<usize>k << 3), <f64>load<i64>(from + (<usize>k << 3)));
}
