// Parquet's hybrid of run lengths and bit-packed values: dictionary indices, levels, booleans. A run is a varint header, then either a value of ceil(width / 8) bytes that
// stands header >> 1 times (low bit 0), or header >> 1 groups of eight values of `width` bits each, low bits first (low bit 1).
//
// A run is read where a batch needs it: the state keeps where its values go on. Up to 16 bytes behind the end of the source are read (and ignored), none are trusted.

/** The state: HYBRID_BYTES, 4-byte aligned. In a packed run HYBRID_AT is the group of eight that HYBRID_INDEX counts in. */
const HYBRID_AT: u32 = 0;
const HYBRID_END: u32 = 4;
/** Values left in the run. */
const HYBRID_LEFT: u32 = 8;
const HYBRID_PACKED: u32 = 12;
/** The value of a run that repeats one. */
const HYBRID_VALUE: u32 = 16;
const HYBRID_WIDTH: u32 = 20;
const HYBRID_INDEX: u32 = 24;

/** Widths that one lane of 32 bits holds wherever a value begins in its byte. */
const WIDTH_IN_LANE: u32 = 25;
/** Values that may be written behind a run. */
const SPARE: u32 = 16;

/**
 * Begins at [source, sourceEnd). `state`: 32 bytes, 4-byte aligned, of the caller's; it is the first parameter of all others. `width`: bits a value, 0 to 32. Returns 0, or −1
 * for another width.
 */
export function hybridBegin(state: usize, source: usize, sourceEnd: usize, width: u32): i32 {
  if (width > 32) return -1;
  store<u32>(state, <u32>source, HYBRID_AT);
  store<u32>(state, <u32>sourceEnd, HYBRID_END);
  store<u32>(state, 0, HYBRID_LEFT);
  store<u32>(state, width, HYBRID_WIDTH);
  store<u32>(state, 0, HYBRID_INDEX);
  return 0;
}

/** The next run that has values. False where there is none, or a damaged one. */
function nextRun(state: usize): bool {
  const width = load<u32>(state, HYBRID_WIDTH);
  const end = <usize>load<u32>(state, HYBRID_END);
  let at = <usize>load<u32>(state, HYBRID_AT);
  // The last group of a packed run may be used in part.
  if (load<u32>(state, HYBRID_INDEX) != 0) at = min<usize>(end, at + width);
  store<u32>(state, 0, HYBRID_INDEX);
  store<u32>(state, <u32>at, HYBRID_AT);
  for (;;) {
    let header: u32 = 0;
    let shift: u32 = 0;
    for (;;) {
      if (at >= end) return false;
      const byte = <u32>load<u8>(at);
      at++;
      header |= (byte & 127) << shift;
      if (byte < 128) break;
      shift += 7;
      if (shift > 28) return false;
    }
    if ((header & 1) == 0) {
      const bytes = (width + 7) >> 3;
      if (bytes > <u32>(end - at)) return false;
      let value: u32 = 0;
      for (let i: u32 = 0; i < bytes; i++) value |= <u32>load<u8>(at + i) << (i << 3);
      at += bytes;
      if (header == 0) continue;
      store<u32>(state, <u32>at, HYBRID_AT);
      store<u32>(state, header >> 1, HYBRID_LEFT);
      store<u32>(state, 0, HYBRID_PACKED);
      store<u32>(state, value, HYBRID_VALUE);
      return true;
    }
    // Some writers leave out what pads the last group: as many values as bytes are there.
    let count = (<u64>header >> 1) << 3;
    if (width != 0) count = min<u64>(count, (<u64>(end - at) << 3) / width);
    if (count == 0) continue;
    store<u32>(state, <u32>at, HYBRID_AT);
    store<u32>(state, <u32>min<u64>(count, 0x7fffffff), HYBRID_LEFT);
    store<u32>(state, 1, HYBRID_PACKED);
    return true;
  }
}

/** Passes `count` values of a packed run, which has them. */
// @ts-ignore: decorator
@inline
function advance(state: usize, count: u32): void {
  const index = load<u32>(state, HYBRID_INDEX) + count;
  const groups = index >> 3;
  store<u32>(state, load<u32>(state, HYBRID_AT) + groups * load<u32>(state, HYBRID_WIDTH), HYBRID_AT);
  store<u32>(state, index & 7, HYBRID_INDEX);
}

/** Passes over `n` values. Returns 0, or −1 where fewer are left or a run is damaged. */
export function hybridSkip(state: usize, n: u32): i32 {
  while (n > 0) {
    if (load<u32>(state, HYBRID_LEFT) == 0) {
      if (!nextRun(state)) return -1;
    }
    const left = load<u32>(state, HYBRID_LEFT);
    const take = min<u32>(n, left);
    if (load<u32>(state, HYBRID_PACKED) != 0) advance(state, take);
    store<u32>(state, left - take, HYBRID_LEFT);
    n -= take;
  }
  return 0;
}

/**
 * Where the next `n` values are all of one run that repeats a value: passes over them and returns the value (below 2^31). Otherwise −1, and they are still to come; so too where the
 * run is damaged, which the one who then decodes will see.
 */
export function hybridConstant(state: usize, n: u32): i32 {
  if (load<u32>(state, HYBRID_LEFT) == 0) {
    if (!nextRun(state)) return -1;
  }
  if (load<u32>(state, HYBRID_PACKED) != 0) return -1;
  const left = load<u32>(state, HYBRID_LEFT);
  const value = load<i32>(state, HYBRID_VALUE);
  if (n > left || value < 0) return -1;
  store<u32>(state, left - n, HYBRID_LEFT);
  return value;
}

/** Where the next `n` values are all of one run that repeats `value`: passes over them. Otherwise false, and they are still to come. */
export function hybridAll(state: usize, n: u32, value: u32): bool {
  if (load<u32>(state, HYBRID_LEFT) == 0) {
    if (!nextRun(state)) return false;
  }
  if (load<u32>(state, HYBRID_PACKED) != 0) return false;
  const left = load<u32>(state, HYBRID_LEFT);
  if (n > left || load<u32>(state, HYBRID_VALUE) != value) return false;
  store<u32>(state, left - n, HYBRID_LEFT);
  return true;
}

// @ts-ignore: decorator
@inline
function packedValue(at: usize, index: u32, width: u32, mask: u32): u32 {
  const bit = index * width;
  return <u32>(load<u64>(at + (bit >> 3)) >> (bit & 7)) & mask;
}

/**
 * The next `n` values as u32 to `out`, of which nothing behind n is written. Returns 0, or −1 where fewer are left or a run is damaged; `out` then holds what was read before. What a
 * value may be is not checked: a repeated value can have more bits than `width` says.
 */
export function hybridDecode(state: usize, out: usize, n: u32): i32 {
  const width = load<u32>(state, HYBRID_WIDTH);
  const mask = width == 0 ? 0 : 0xffffffff >> (32 - width);
  const half = width << 2;
  let bytes0 = i32x4.splat(0);
  let bytes1 = bytes0;
  let factors0 = bytes0;
  let factors1 = bytes0;
  if (width - 1 < WIDTH_IN_LANE) {
    // In a loop of its own: else the engine makes them again in each turn of the one that unpacks, which takes three times as long.
    for (let bit: u32 = 0; bit < half; bit += width) {
      bytes0 = shiftIn(bytes0, bytesFrom(bit));
      factors0 = shiftIn(factors0, i32x4.splat(factor(bit, width)));
      bytes1 = shiftIn(bytes1, bytesFrom((half & 7) + bit));
      factors1 = shiftIn(factors1, i32x4.splat(factor(half + bit, width)));
    }
  }
  while (n > 0) {
    if (load<u32>(state, HYBRID_LEFT) == 0) {
      if (!nextRun(state)) return -1;
    }
    const left = load<u32>(state, HYBRID_LEFT);
    const take = min<u32>(n, left);
    const end = out + (<usize>take << 2);
    if (load<u32>(state, HYBRID_PACKED) == 0) {
      const value = load<u32>(state, HYBRID_VALUE);
      const lanes = i32x4.splat(value);
      for (; out + 16 <= end; out += 16) v128.store(out, lanes);
      for (; out < end; out += 4) store<u32>(out, value);
    } else {
      let at = <usize>load<u32>(state, HYBRID_AT);
      let index = load<u32>(state, HYBRID_INDEX);
      if (index != 0) {
        for (; index < 8; index++) {
          if (out >= end) break;
          store<u32>(out, packedValue(at, index, width, mask));
          out += 4;
        }
        if (index == 8) at += width;
      }
      const groups = <u32>(end - out) >> 5;
      if (groups != 0) {
        if (width - 1 < WIDTH_IN_LANE) unpackLanes(at, width, out, groups, bytes0, bytes1, factors0, factors1);
        else unpackWide(at, width, mask, out, groups);
        at += groups * width;
        out += <usize>groups << 5;
      }
      for (index = 0; out < end; index++) {
        store<u32>(out, packedValue(at, index, width, mask));
        out += 4;
      }
      advance(state, take);
    }
    store<u32>(state, left - take, HYBRID_LEFT);
    n -= take;
  }
  return 0;
}

/** What brings a value that begins at bit `bit` of a lane's first byte to the lane's top, as a factor. */
// @ts-ignore: decorator
@inline
function factor(bit: u32, width: u32): u32 {
  return <u32>1 << (32 - width - (bit & 7));
}

/** The four bytes from where a value begins. */
// @ts-ignore: decorator
@inline
function bytesFrom(bit: u32): v128 {
  return i32x4.splat((bit >> 3) * 0x01010101 + 0x03020100);
}

/** A lane more at the end, the first one away. */
// @ts-ignore: decorator
@inline
function shiftIn(lanes: v128, lane: v128): v128 {
  return v128.shuffle<u32>(lanes, lane, 1, 2, 3, 4);
}

/** Groups of eight values of no bits, or of more than a lane holds. */
function unpackWide(at: usize, width: u32, mask: u32, out: usize, groups: u32): void {
  for (; groups > 0; groups--) {
    for (let i: u32 = 0; i < 8; i++) store<u32>(out + (i << 2), packedValue(at, i, width, mask));
    at += width;
    out += 32;
  }
}

/** Groups of eight values: each lane takes the four bytes where its value begins, a product moves the value to the lane's top, a shift brings it down. */
function unpackLanes(
  at: usize, width: u32, out: usize, groups: u32, bytes0: v128, bytes1: v128, factors0: v128, factors1: v128,
): void {
  const second = <usize>(width >> 1);
  const down = 32 - width;
  for (; groups > 0; groups--) {
    const low = i32x4.shr_u(i32x4.mul(i8x16.swizzle(v128.load(at), bytes0), factors0), down);
    const high = i32x4.shr_u(i32x4.mul(i8x16.swizzle(v128.load(at + second), bytes1), factors1), down);
    v128.store(out, low);
    v128.store(out, high, 16);
    at += width;
    out += 32;
  }
}

/**
 * The next `n` values of at most 8 bits as bytes to `out`: levels, booleans. Returns 0, or −1 where fewer are left, a run is damaged or `width` is more than 8; nothing behind n is
 * written. A repeated value keeps its low byte.
 */
export function hybridBytes(state: usize, out: usize, n: u32): i32 {
  const width = load<u32>(state, HYBRID_WIDTH);
  if (width > 8) return -1;
  const mask = (<u32>1 << width) - 1;
  let places = i16x8.splat(0);
  let factors = i16x8.splat(0);
  // As in hybridDecode, in lanes of 16 bits, which have numbers that are constants: a value a turn comes in at the end.
  if (width - 2 < 6) {
    for (let bit: u32 = 0; bit < width << 3; bit += width) {
      const place = bit >> 3;
      places = v128.shuffle<u16>(places, i16x8.splat(<i16>(place | ((place + 1) << 8))), 1, 2, 3, 4, 5, 6, 7, 8);
      factors = v128.shuffle<u16>(factors, i16x8.splat(<i16>((<u32>1 << (16 - width - (bit & 7))) & 0xffff)), 1, 2, 3, 4, 5, 6, 7, 8);
    }
  }
  while (n > 0) {
    if (load<u32>(state, HYBRID_LEFT) == 0) {
      const whole = wholeRuns(state, width, out, n, places, factors);
      out += whole;
      n -= whole;
      if (!nextRun(state)) return -1;
    }
    const left = load<u32>(state, HYBRID_LEFT);
    const take = min<u32>(n, left);
    const end = out + take;
    if (load<u32>(state, HYBRID_PACKED) == 0) {
      memory.fill(out, <u8>load<u32>(state, HYBRID_VALUE), take);
      out = end;
    } else {
      let at = <usize>load<u32>(state, HYBRID_AT);
      let index = load<u32>(state, HYBRID_INDEX);
      if (index != 0) {
        for (; index < 8; index++) {
          if (out >= end) break;
          store<u8>(out, packedValue(at, index, width, mask));
          out++;
        }
        if (index == 8) at += width;
      }
      const groups = <u32>(end - out) >> 3;
      if (groups != 0) {
        unpackByteGroups(at, width, out, groups, places, factors);
        at += groups * width;
        out += <usize>groups << 3;
      }
      for (index = 0; out < end; index++) {
        store<u8>(out, packedValue(at, index, width, mask));
        out++;
      }
      advance(state, take);
    }
    store<u32>(state, left - take, HYBRID_LEFT);
    n -= take;
  }
  return 0;
}

/**
 * The runs of fewer than 64 groups or values that follow and end so many values before `n` that what is written behind each does not matter: where values often come twice, runs are so short
 * that all else about them takes longer than their values. Returns how many values they have.
 */
function wholeRuns(state: usize, width: u32, out: usize, n: u32, places: v128, factors: v128): u32 {
  if (n <= SPARE || width == 0) return 0;
  const end = <usize>load<u32>(state, HYBRID_END);
  let at = <usize>load<u32>(state, HYBRID_AT);
  if (load<u32>(state, HYBRID_INDEX) != 0) at = min<usize>(end, at + width);
  const first = out;
  const stop = out + n - SPARE;
  while (at + 2 <= end) {
    const header = <u32>load<u8>(at);
    if (header - 2 > 125) break;
    const count = header >> 1;
    if ((header & 1) == 0) {
      const next = out + count;
      if (next > stop) break;
      const lanes = i8x16.splat(load<u8>(at, 1));
      v128.store(out, lanes);
      for (out += 16; out < next; out += 16) v128.store(out, lanes);
      out = next;
      at += 2;
    } else {
      const next = out + (count << 3);
      const bytes = count * width;
      if (next > stop || bytes > <u32>(end - at) - 1) break;
      unpackByteGroups(at + 1, width, out, (count + 1) & ~1, places, factors);
      out = next;
      at += bytes + 1;
    }
  }
  store<u32>(state, <u32>at, HYBRID_AT);
  store<u32>(state, 0, HYBRID_INDEX);
  return <u32>(out - first);
}

/** Groups of eight values of 0 to 8 bits. Single bits: each byte of the output looks at its bit. Others: as above, in lanes of 16 bits. */
function unpackByteGroups(at: usize, width: u32, out: usize, groups: u32, places: v128, factors: v128): void {
  if (width == 0) {
    memory.fill(out, 0, <usize>groups << 3);
    return;
  }
  if (width == 8) {
    memory.copy(out, at, <usize>groups << 3);
    return;
  }
  if (width == 1) {
    const places = i8x16(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
    const bits = i64x2.splat(0x8040201008040201);
    const ones = i8x16.splat(1);
    for (; groups >= 2; groups -= 2) {
      const bytes = i8x16.swizzle(i16x8.splat(load<u16>(at)), places);
      v128.store(out, v128.and(i8x16.eq(v128.and(bytes, bits), bits), ones));
      at += 2;
      out += 16;
    }
    if (groups != 0) {
      const bytes = i8x16.splat(load<u8>(at));
      v128.store_lane<u64>(out, v128.and(i8x16.eq(v128.and(bytes, bits), bits), ones), 0);
    }
    return;
  }
  const down = 16 - width;
  for (; groups >= 2; groups -= 2) {
    const low = i16x8.shr_u(i16x8.mul(i8x16.swizzle(v128.load(at), places), factors), down);
    const high = i16x8.shr_u(i16x8.mul(i8x16.swizzle(v128.load(at + width), places), factors), down);
    v128.store(out, i8x16.narrow_i16x8_u(low, high));
    at += width << 1;
    out += 16;
  }
  if (groups != 0) {
    const lanes = i16x8.shr_u(i16x8.mul(i8x16.swizzle(v128.load(at), places), factors), down);
    v128.store_lane<u64>(out, i8x16.narrow_i16x8_u(lanes, lanes), 0);
  }
}
