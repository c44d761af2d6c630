// Numbers to the hybrid of runs and packed values, for the writer: what parquet-hybrid.ts reads. Inputs are trusted; outputs must have the room that is asked for.

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
