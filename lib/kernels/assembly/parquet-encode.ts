// Values to the bytes of a Parquet page, for the writer: what parquet-plain.ts reads. Inputs are trusted; outputs must have the room that is asked for.

import { VIEW_BYTES, VIEW_INLINE_MAX, VIEW_PREFIX, VIEW_REF } from './layout';

/**
 * The values (1 << shift bytes: shift 0, 2, 3, 4) that are not null, close together to `out`: of rows 0..n (`sel` 0) or of n positions (u32). `out` may be `values` where `sel` is 0. Room for one
 * value more is written to. Returns how many.
 */
export function compactValues(values: usize, nulls: usize, sel: usize, n: u32, shift: u32, out: usize): u32 {
  const start = out;
  for (let k: u32 = 0; k < n; k++) {
    const position = <usize>(sel == 0 ? k : load<u32>(sel + (k << 2)));
    const from = values + (position << shift);
    if (shift == 4) v128.store(out, v128.load(from));
    else if (shift == 3) store<u64>(out, load<u64>(from));
    else if (shift == 2) store<u32>(out, load<u32>(from));
    else store<u8>(out, load<u8>(from));
    out += <usize>(1 - <u32>load<u8>(nulls + position)) << shift;
  }
  return <u32>(out - start) >> shift;
}

/** `n` booleans (bytes of 0 and 1) as bits, the lowest first, to `out`. Returns the bytes: ceil(n / 8). */
export function encodeBooleans(values: usize, n: u32, out: usize): u32 {
  let k: u32 = 0;
  let to = out;
  for (; k + 8 <= n; k += 8) {
    // Byte i's lowest bit goes to bit i of the top byte.
    store<u8>(to, <u32>((load<u64>(values + k) * 0x0102040810204080) >> 56));
    to++;
  }
  if (k < n) {
    let byte: u32 = 0;
    for (let bit: u32 = 0; k < n; k++, bit++) byte |= <u32>load<u8>(values + k) << bit;
    store<u8>(to, byte);
    to++;
  }
  return <u32>(to - out);
}

/** The bytes that `encodeViews` writes for `n` views, or −1 where they are 2^31 and more. */
export function encodedViewBytes(views: usize, n: u32): i32 {
  let bytes = <u64>n << 2;
  for (let k: u32 = 0; k < n; k++) bytes += load<u32>(views + <usize>k * VIEW_BYTES);
  return bytes > 0x7fffffff ? -1 : <i32>bytes;
}

/**
 * `n` views, references of long ones counted from `base`, as PLAIN strings: u32 length, bytes. `out`: room for encodedViewBytes and 12 more. Returns the bytes written.
 */
export function encodeViews(views: usize, n: u32, base: usize, out: usize): u32 {
  let to = out;
  for (let k: u32 = 0; k < n; k++) {
    const view = views + <usize>k * VIEW_BYTES;
    const length = load<u32>(view);
    store<u32>(to, length);
    to += 4;
    if (length <= VIEW_INLINE_MAX) {
      store<u64>(to, load<u64>(view, VIEW_PREFIX));
      store<u32>(to, load<u32>(view, VIEW_PREFIX + 8), 8);
    } else {
      copyLong(to, base + <usize>load<u32>(view, VIEW_REF), length);
    }
    to += length;
  }
  return <u32>(to - out);
}

/** More than twelve bytes, none beyond either end read or written. */
// @ts-ignore: decorator
@inline
function copyLong(to: usize, from: usize, length: u32): void {
  if (length > 256) {
    memory.copy(to, from, length);
    return;
  }
  if (length < 16) {
    store<u64>(to, load<u64>(from));
    store<u64>(to + length - 8, load<u64>(from + length - 8));
    return;
  }
  const last = length - 16;
  for (let i: u32 = 0; i < last; i += 16) v128.store(to + i, v128.load(from + i));
  v128.store(to + last, v128.load(from + last));
}

/** Unscaled decimals, i64 (`wide` 0) or i128 (1), as `width` bytes (1 to 16), the highest first, to `out`. They must fit. */
export function encodeDecimals(values: usize, n: u32, wide: bool, width: u32, out: usize): void {
  for (let k: u32 = 0; k < n; k++) {
    let low: u64;
    let high: u64;
    if (wide) {
      low = load<u64>(values + (<usize>k << 4));
      high = load<u64>(values + (<usize>k << 4), 8);
    } else {
      low = load<u64>(values + (<usize>k << 3));
      high = <u64>(<i64>low >> 63);
    }
    for (let i = width; i > 0; i--) {
      store<u8>(out + i - 1, low);
      low = (low >> 8) | (high << 56);
      high = <u64>(<i64>high >> 8);
    }
    out += width;
  }
}

/** f64 to f32, to `to`, which may be `from`. */
export function narrowF64(from: usize, n: u32, to: usize): void {
  for (let k: u32 = 0; k < n; k++) store<f32>(to + (<usize>k << 2), <f32>load<f64>(from + (<usize>k << 3)));
}

/** Definition levels from null bytes: `most` where a value is there, one less where not. `levels` may be `nulls`. */
export function nullsToLevels(nulls: usize, n: u32, most: u32, levels: usize): void {
  const whole = i8x16.splat(<i8>most);
  let k: u32 = 0;
  for (; k + 16 <= n; k += 16) v128.store(levels + k, i8x16.sub(whole, v128.load(nulls + k)));
  for (; k < n; k++) store<u8>(levels + k, most - <u32>load<u8>(nulls + k));
}

/** `bytes` bytes of one value. */
export function fillBytes(at: usize, bytes: u32, value: u32): void {
  memory.fill(at, <u8>value, bytes);
}
