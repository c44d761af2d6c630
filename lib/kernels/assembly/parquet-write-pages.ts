// What pages of Parquet files are made of: levels, codes, plain values.

import { VIEW_INLINE_MAX, VIEW_PREFIX, VIEW_REF } from './layout';

/**
 * Rows [row, row + n) of a validity bitmap: their definition levels (a byte each, 1 = there is a value) to `levels`, positions (u32, from 0) of those with a value to
 * `positions`. Returns how many those are.
 */
export function parquetValidity(bitmap: usize, row: u32, n: u32, levels: usize, positions: usize): u32 {
  let count: u32 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const bit = row + k;
    const valid = (<u32>load<u8>(bitmap + (bit >> 3)) >> (bit & 7)) & 1;
    store<u8>(levels + k, valid);
    store<u32>(positions + (<usize>count << 2), k);
    count += valid;
  }
  return count;
}

/** Levels, a byte each, as words. */
export function parquetWiden(levels: usize, n: u32, out: usize): void {
  for (let k: u32 = 0; k < n; k++) store<u32>(out + (<usize>k << 2), <u32>load<u8>(levels + k));
}

/** A run of one value is worth its bytes from this many values on; a multiple of eight. */
// @ts-ignore: decorator
@inline
function runMin(width: u32): u32 {
  const bits = 24 + (((width + 7) >> 3) << 3);
  return ((bits + width - 1) / width + 7) & ~7;
}

// @ts-ignore: decorator
@inline
function varint(to: usize, value: u32): usize {
  for (; value >= 128; value >>= 7) {
    store<u8>(to, value | 128);
    to++;
  }
  store<u8>(to, value);
  return to + 1;
}

/**
 * Numbers below 2^width (u32, width 1 to 32) in Parquet's mixture of runs and bit-packed groups of eight. There must be room for seven more numbers behind them, which are
 * overwritten, and at `out` for (n + 7) * width / 8 + n / 8 + 32 bytes. Returns the bytes.
 */
export function parquetHybrid(codes: usize, n: u32, width: u32, out: usize): u32 {
  const end = codes + (<usize>n << 2);
  const least = runMin(width);
  let to = out;
  let at = codes;
  let packedFrom = codes;
  while (at + 32 <= end) {
    const first = load<u32>(at);
    const all = i32x4.splat(first);
    const differ = v128.or(v128.xor(v128.load(at), all), v128.xor(v128.load(at, 16), all));
    if (v128.any_true(differ)) {
      at += 32;
      continue;
    }
    let run = at + 32;
    while (run < end) {
      if (load<u32>(run) != first) break;
      run += 4;
    }
    const length = <u32>((run - at) >> 2);
    if (length < least) {
      // Whole groups only: what follows may begin a run.
      at += <usize>(length & ~7) << 2;
      continue;
    }
    if (at > packedFrom) to = packed(packedFrom, <u32>((at - packedFrom) >> 5), width, to);
    to = varint(to, length << 1);
    store<u32>(to, first);
    to += (width + 7) >> 3;
    at = run;
    packedFrom = run;
  }
  if (end > packedFrom) {
    // Behind a run the groups lie anew: their padding is not that of the whole.
    const rest = <u32>((end - packedFrom) >> 2);
    for (let k: u32 = rest; (k & 7) != 0; k++) store<u32>(packedFrom + (<usize>k << 2), 0);
    to = packed(packedFrom, (rest + 7) >> 3, width, to);
  }
  return <u32>(to - out);
}

function packed(codes: usize, groups: u32, width: u32, to: usize): usize {
  to = varint(to, (groups << 1) | 1);
  if (width <= 8) packNarrow(codes, groups, width, to);
  else if (width <= 16) packMiddle(codes, groups, width, to);
  else packWide(codes, groups, width, to);
  return to + groups * width;
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
}

/** Truth values (a byte each) as bits. Writes (n + 7) / 8 bytes. */
export function parquetBits(values: usize, n: u32, out: usize): void {
  let k: u32 = 0;
  for (; k + 8 <= n; k += 8) {
    // Each byte's lowest bit moves to the top byte, at its own place.
    store<u8>(out + (k >> 3), <u32>((load<u64>(values + k) * 0x0102040810204080) >> 56));
  }
  if (k < n) {
    let byte: u32 = 0;
    for (let bit: u32 = 0; k + bit < n; bit++) byte |= <u32>load<u8>(values + k + bit) << bit;
    store<u8>(out + (k >> 3), byte);
  }
}

/** i64 as i32. */
export function parquetNarrow(values: usize, n: u32, out: usize): void {
  for (let k: u32 = 0; k < n; k++) store<u32>(out + (<usize>k << 2), load<u32>(values + (<usize>k << 3)));
}

/** f64 as f32. */
export function parquetFloats(values: usize, n: u32, out: usize): void {
  for (let k: u32 = 0; k < n; k++) store<f32>(out + (<usize>k << 2), <f32>load<f64>(values + (<usize>k << 3)));
}

/** i128 as `width` bytes, 9 to 16, highest first. Writes up to 7 bytes behind. */
export function parquetFixed(values: usize, n: u32, width: u32, out: usize): void {
  const drop = <u64>((16 - width) << 3);
  for (let k: u32 = 0; k < n; k++) {
    const at = values + (<usize>k << 4);
    store<u64>(out, bswap<u64>(load<u64>(at, 8)) >> drop);
    store<u64>(out + width - 8, bswap<u64>(load<u64>(at)));
    out += width;
  }
}

/** Bytes that n views need in a plain page; at most 2^32 - 1. */
export function parquetViewBytes(views: usize, n: u32): u32 {
  let bytes: u64 = <u64>n << 2;
  for (let k: u32 = 0; k < n; k++) bytes += load<u32>(views + (<usize>k << 4));
  return bytes > 0xffffffff ? 0xffffffff : <u32>bytes;
}

/** n views, references of long ones counted from `base`, as plain values: length, bytes. Writes up to 12 bytes behind; returns the bytes. */
export function parquetPlainViews(views: usize, n: u32, base: usize, out: usize): u32 {
  let to = out;
  for (let k: u32 = 0; k < n; k++) {
    const view = views + (<usize>k << 4);
    const length = load<u32>(view);
    store<u32>(to, length);
    to += 4;
    if (length <= VIEW_INLINE_MAX) {
      store<u64>(to, load<u64>(view, VIEW_PREFIX));
      store<u32>(to, load<u32>(view, VIEW_PREFIX + 8), 8);
    } else {
      copyBytes(to, base + <usize>load<u32>(view, VIEW_REF), length);
    }
    to += length;
  }
  return <u32>(to - out);
}

/** More than twelve bytes, none beyond either end read or written. */
// @ts-ignore: decorator
@inline
function copyBytes(to: usize, from: usize, length: u32): void {
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

/** `bytes` bytes of one value. */
export function parquetFill(at: usize, bytes: u32, value: u32): void {
  memory.fill(at, <u8>value, bytes);
}
