// Values to the bytes of a Parquet page, for the writer: what parquet-plain.ts, parquet-hybrid.ts and parquet-delta.ts read. Inputs are trusted; outputs must have the room that is asked for.

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

/** The bytes alone: what FIXED_LEN_BYTE_ARRAY and DELTA_LENGTH_BYTE_ARRAY have. `out`: room for 15 more. References are addresses; up to 15 bytes behind a view's bytes are read. */
export function encodeViewBytes(views: usize, n: u32, out: usize): u32 {
  let to = out;
  for (let k: u32 = 0; k < n; k++) {
    const view = views + <usize>k * VIEW_BYTES;
    const length = load<u32>(view);
    copyBytes(to, length <= VIEW_INLINE_MAX ? view + VIEW_PREFIX : <usize>load<u32>(view, VIEW_REF), length);
    to += length;
  }
  return <u32>(to - out);
}

/** The lengths of `n` views as i64, for `deltaEncode`. */
export function viewLengths(views: usize, n: u32, out: usize): void {
  for (let k: u32 = 0; k < n; k++) store<u64>(out + (<usize>k << 3), <u64>load<u32>(views + <usize>k * VIEW_BYTES));
}

// @ts-ignore: decorator
@inline
function copyBytes(to: usize, from: usize, bytes: u32): void {
  if (bytes > 256) {
    memory.copy(to, from, bytes);
    return;
  }
  const end = to + bytes;
  while (to < end) {
    v128.store(to, v128.load(from));
    to += 16;
    from += 16;
  }
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

/** Splits `n` values of `width` bytes into streams: byte b of value i goes to out + b * n + i. */
export function streamsSplit(values: usize, n: u32, width: u32, out: usize): void {
  for (let b: u32 = 0; b < width; b++) {
    let from = values + b;
    for (let i: u32 = 0; i < n; i++) {
      store<u8>(out, load<u8>(from));
      out++;
      from += width;
    }
  }
}

/** Definition levels from null bytes: `most` where a value is there, one less where not. `levels` may be `nulls`. */
export function nullsToLevels(nulls: usize, n: u32, most: u32, levels: usize): void {
  const whole = i8x16.splat(<i8>most);
  let k: u32 = 0;
  for (; k + 16 <= n; k += 16) v128.store(levels + k, i8x16.sub(whole, v128.load(nulls + k)));
  for (; k < n; k++) store<u8>(levels + k, most - <u32>load<u8>(nulls + k));
}

/** Groups of a packed run whose header is one byte. */
const GROUPS_MAX: u32 = 63;

/** Bytes that `hybridEncode` and `hybridEncodeBytes` can need for `n` values of `width` bits. */
export function hybridBound(n: u32, width: u32): u32 {
  // All packed, a header for each 504; repeated values take less than they would packed, but for the header of the packed run they end.
  const groups = (n + 7) >> 3;
  return groups * width + (groups / GROUPS_MAX + 1) + groups * 2 + 16;
}

// @ts-ignore: decorator
@inline
function header(to: usize, value: u32): usize {
  for (; value >= 128; value >>= 7) {
    store<u8>(to, value | 128);
    to++;
  }
  store<u8>(to, value);
  return to + 1;
}

// @ts-ignore: decorator
@inline
function valueAt(values: usize, k: u32, shift: u32): u32 {
  return shift == 0 ? <u32>load<u8>(values + k) : load<u32>(values + (<usize>k << 2));
}

/** How many of the values from `k` on are the one at `k`, up to `most`. */
// @ts-ignore: decorator
@inline
function alike(values: usize, k: u32, most: u32, shift: u32): u32 {
  const value = valueAt(values, k, shift);
  let count: u32 = 1;
  if (shift == 0) {
    const lanes = i8x16.splat(<i8>value);
    while (count + 16 <= most) {
      const differ = <u32>i8x16.bitmask(i8x16.ne(v128.load(values + k + count), lanes));
      if (differ != 0) return count + ctz<u32>(differ);
      count += 16;
    }
  } else {
    const lanes = i32x4.splat(value);
    while (count + 4 <= most) {
      const differ = <u32>i32x4.bitmask(i32x4.ne(v128.load(values + (<usize>(k + count) << 2)), lanes));
      if (differ != 0) return count + ctz<u32>(differ);
      count += 4;
    }
  }
  while (count < most) {
    if (valueAt(values, k + count, shift) != value) break;
    count++;
  }
  return count;
}

/** A run of values that is worth to end a packed one: two headers and a value, in bits of packed values. */
// @ts-ignore: decorator
@inline
function worthARun(width: u32): u32 {
  return width >= 3 ? 8 : width == 2 ? 16 : width == 1 ? 24 : 1;
}

// @ts-ignore: decorator
@inline
function encode(values: usize, n: u32, width: u32, shift: u32, out: usize): u32 {
  const worth = worthARun(width);
  const valueBytes = (width + 7) >> 3;
  let to = out;
  let k: u32 = 0;
  while (k < n) {
    const run = alike(values, k, n - k, shift);
    if (run >= worth || (run == n - k && run >= 8)) {
      to = header(to, run << 1);
      const value = valueAt(values, k, shift);
      for (let i: u32 = 0; i < valueBytes; i++) store<u8>(to + i, value >> (i << 3));
      to += valueBytes;
      k += run;
      continue;
    }
    const head = to;
    to++;
    let groups: u32 = 0;
    do {
      to = packGroup(values, k, min<u32>(8, n - k), width, shift, to);
      k += 8;
      groups++;
      if (k >= n || groups == GROUPS_MAX) break;
    } while (alike(values, k, min<u32>(worth, n - k), shift) < worth);
    store<u8>(head, (groups << 1) | 1);
  }
  return <u32>(to - out);
}

/** Eight values, fewer filled up with zeros. */
// @ts-ignore: decorator
@inline
function packGroup(values: usize, k: u32, count: u32, width: u32, shift: u32, to: usize): usize {
  let bits: u64 = 0;
  let used: u64 = 0;
  const end = to + width;
  for (let i: u32 = 0; i < count; i++) {
    bits |= <u64>valueAt(values, k + i, shift) << used;
    used += width;
    if (used >= 32) {
      store<u32>(to, <u32>bits);
      to += 4;
      bits >>= 32;
      used -= 32;
    }
  }
  for (; to < end; to++) {
    store<u8>(to, <u32>bits);
    bits >>= 8;
  }
  return end;
}

/** `n` values (u32, all below 2^width, width 0 to 32) in the hybrid of runs and packed values to `out`, which has room for `hybridBound`. Returns the bytes written. */
export function hybridEncode(values: usize, n: u32, width: u32, out: usize): u32 {
  if (width == 0) return encode(values, n, width, 2, out);
  const end = values + (<usize>n << 2);
  const least = worthARun(width);
  let to = out;
  let at = values;
  let packedFrom = values;
  while (at + 32 <= end) {
    const first = load<u32>(at);
    const all = i32x4.splat(first);
    if (v128.any_true(v128.or(v128.xor(v128.load(at), all), v128.xor(v128.load(at, 16), all)))) {
      at += 32;
      continue;
    }
    const run = alike(at, 0, <u32>((end - at) >> 2), 2);
    if (run < least) {
      // Whole groups only: what follows may begin a run.
      at += <usize>(run & ~7) << 2;
      continue;
    }
    if (at > packedFrom) to = packGroups(packedFrom, <u32>((at - packedFrom) >> 2), width, to);
    to = header(to, run << 1);
    store<u32>(to, first);
    to += (width + 7) >> 3;
    at += <usize>run << 2;
    packedFrom = at;
  }
  if (end > packedFrom) to = packGroups(packedFrom, <u32>((end - packedFrom) >> 2), width, to);
  return <u32>(to - out);
}

/** A packed run. */
function packGroups(values: usize, n: u32, width: u32, to: usize): usize {
  const whole = n >> 3;
  to = header(to, (((n + 7) >> 3) << 1) | 1);
  if (width <= 8) packNarrow(values, whole, width, to);
  else if (width <= 16) packMiddle(values, whole, width, to);
  else packWide(values, whole, width, to);
  to += whole * width;
  return (n & 7) == 0 ? to : packGroup(values, whole << 3, n & 7, width, 2, to);
}

/** Eight numbers are bytes of a word; halves move together three times. Writes up to 7 bytes behind. */
function packNarrow(codes: usize, groups: u32, width: u32, to: usize): void {
  const by1 = <u64>width;
  const by2 = by1 << 1;
  const by4 = by1 << 2;
  for (let group: u32 = 0; group < groups; group++) {
    const words = i16x8.narrow_i32x4_u(v128.load(codes), v128.load(codes, 16));
    let x = <u64>i64x2.extract_lane(i8x16.narrow_i16x8_u(words, words), 0);
    x = (x & 0x00ff00ff00ff00ff) | (((x >> 8) & 0x00ff00ff00ff00ff) << by1);
    x = (x & 0x0000ffff0000ffff) | (((x >> 16) & 0x0000ffff0000ffff) << by2);
    x = (x & 0x00000000ffffffff) | ((x >> 32) << by4);
    store<u64>(to, x);
    codes += 32;
    to += width;
  }
}

/** Two words of four numbers of 16 bits. Writes up to 15 bytes behind. */
function packMiddle(codes: usize, groups: u32, width: u32, to: usize): void {
  const by1 = <u64>width;
  const by2 = by1 << 1;
  const half = by1 << 2;
  const isFull = half == 64;
  for (let group: u32 = 0; group < groups; group++) {
    const words = i16x8.narrow_i32x4_u(v128.load(codes), v128.load(codes, 16));
    let low = <u64>i64x2.extract_lane(words, 0);
    let high = <u64>i64x2.extract_lane(words, 1);
    low = (low & 0x0000ffff0000ffff) | (((low >> 16) & 0x0000ffff0000ffff) << by1);
    high = (high & 0x0000ffff0000ffff) | (((high >> 16) & 0x0000ffff0000ffff) << by1);
    low = (low & 0x00000000ffffffff) | ((low >> 32) << by2);
    high = (high & 0x00000000ffffffff) | ((high >> 32) << by2);
    if (isFull) {
      store<u64>(to, low);
      store<u64>(to, high, 8);
    } else {
      store<u64>(to, low | (high << half));
      store<u64>(to, high >> (64 - half), 8);
    }
    codes += 32;
    to += width;
  }
}

/** Writes up to 3 bytes behind. */
function packWide(codes: usize, groups: u32, width: u32, to: usize): void {
  const end = codes + (<usize>groups << 5);
  let bits: u64 = 0;
  let used: u64 = 0;
  for (; codes < end; codes += 4) {
    bits |= <u64>load<u32>(codes) << used;
    used += width;
    if (used >= 32) {
      store<u32>(to, <u32>bits);
      to += 4;
      bits >>= 32;
      used -= 32;
    }
  }
  // Groups are whole bytes.
  if (used > 0) store<u32>(to, <u32>bits);
}

/** The same of bytes: levels, booleans. */
export function hybridEncodeBytes(values: usize, n: u32, width: u32, out: usize): u32 {
  return encode(values, n, width, 0, out);
}

const BLOCK_VALUES: u32 = 128;
const MINIBLOCKS: u32 = 4;
const MINIBLOCK_VALUES: u32 = 32;

/** Bytes that `deltaEncode` can need for `n` values. */
export function deltaBound(n: u32): u32 {
  return 32 + (n / BLOCK_VALUES + 1) * (10 + MINIBLOCKS + BLOCK_VALUES * 8);
}

// @ts-ignore: decorator
@inline
function varint(to: usize, value: u64): usize {
  for (; value >= 128; value >>= 7) {
    store<u8>(to, <u32>value | 128);
    to++;
  }
  store<u8>(to, <u32>value);
  return to + 1;
}

// @ts-ignore: decorator
@inline
function zigzag(value: i64): u64 {
  return (<u64>value << 1) ^ <u64>(value >> 63);
}

/**
 * `n` values (i64) as DELTA_BINARY_PACKED in blocks of 128, four miniblocks each, to `out`, which has room for `deltaBound`. `narrow` 1: they are 32-bit values, widened; then differences wrap
 * at 32 bits, as INT32 columns need. `scratch`: 1,024 bytes, 8-byte aligned. Returns the bytes written.
 */
export function deltaEncode(values: usize, n: u32, narrow: bool, scratch: usize, out: usize): u32 {
  let to = varint(out, BLOCK_VALUES);
  to = varint(to, MINIBLOCKS);
  to = varint(to, n);
  to = varint(to, n == 0 ? 0 : zigzag(load<i64>(values)));
  for (let from: u32 = 1; from < n; from += BLOCK_VALUES) {
    const count = min<u32>(BLOCK_VALUES, n - from);
    let least = i64.MAX_VALUE;
    for (let i: u32 = 0; i < count; i++) {
      const at = values + (<usize>(from + i) << 3);
      let delta = load<i64>(at) - load<i64>(at - 8);
      if (narrow) delta = <i64>(<i32>delta);
      if (delta < least) least = delta;
      store<i64>(scratch + (<usize>i << 3), delta);
    }
    to = varint(to, zigzag(least));
    const widths = to;
    store<u32>(widths, 0);
    to += MINIBLOCKS;
    for (let mini: u32 = 0; mini < MINIBLOCKS; mini++) {
      const first = mini * MINIBLOCK_VALUES;
      if (first >= count) break;
      const there = min<u32>(MINIBLOCK_VALUES, count - first);
      const at = scratch + (<usize>first << 3);
      let all: u64 = 0;
      for (let i: u32 = 0; i < there; i++) {
        let rest = load<u64>(at + (<usize>i << 3)) - <u64>least;
        if (narrow) rest &= 0xffffffff;
        store<u64>(at + (<usize>i << 3), rest);
        all |= rest;
      }
      const width = 64 - <u32>clz<u64>(all);
      store<u8>(widths + mini, width);
      to = packMiniblock(at, there, width, to);
    }
  }
  return <u32>(to - out);
}

function packMiniblock(at: usize, count: u32, width: u32, to: usize): usize {
  const end = to + width * (MINIBLOCK_VALUES >> 3);
  let bits: u64 = 0;
  let used: u64 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const value = load<u64>(at + (<usize>i << 3));
    bits |= value << used;
    used += width;
    if (used >= 64) {
      store<u64>(to, bits);
      to += 8;
      used -= 64;
      // What did not fit; twice, since a shift by 64 is none.
      bits = (value >> 1) >> (<u64>width - used - 1);
      if (used == 0) bits = 0;
    }
  }
  for (; to < end; to++) {
    store<u8>(to, <u32>bits);
    bits >>= 8;
  }
  return end;
}

/** `bytes` bytes of one value. */
export function fillBytes(at: usize, bytes: u32, value: u32): void {
  memory.fill(at, <u8>value, bytes);
}
