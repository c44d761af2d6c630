// Parquet's DELTA_BINARY_PACKED: a header (varints: values a block, miniblocks a block, values; zigzag: the first value), then blocks: the least difference (zigzag),
// a width a miniblock, and miniblocks of differences less that one, bit-packed, the low bits first. And the two encodings of strings that are made of it.
//
// Up to 16 bytes behind the end of a source are read and ignored.

import { writeView } from './csv-views';
import { VIEW_BYTES, VIEW_INLINE_MAX, VIEW_PREFIX, VIEW_REF } from './layout';

/** The state: 64 bytes, 8-byte aligned. */
const DELTA_AT: u32 = 0;
const DELTA_END: u32 = 4;
/** Values still to come, the first one too. */
const DELTA_LEFT: u32 = 8;
const DELTA_MINIBLOCKS: u32 = 12;
const DELTA_MINIBLOCK_VALUES: u32 = 16;
/** The next miniblock of the block: its width lies at DELTA_WIDTHS + it. */
const DELTA_MINIBLOCK: u32 = 20;
const DELTA_WIDTHS: u32 = 24;
/** In the miniblock at DELTA_DATA: its width, how many values were read, how many it has. */
const DELTA_WIDTH: u32 = 28;
const DELTA_INDEX: u32 = 32;
const DELTA_COUNT: u32 = 36;
const DELTA_LAST: u32 = 40;
const DELTA_LEAST: u32 = 48;
const DELTA_DATA: u32 = 56;
/** Whether the first value is still to come. */
const DELTA_FIRST: u32 = 60;

const VALUES_MAX: u64 = 0x7fffffff;

/** A varint at DELTA_AT, of at most ten bytes. Past the end or too long: DELTA_AT becomes 0. */
function nextVarint(state: usize): u64 {
  const end = load<u32>(state, DELTA_END);
  let at = load<u32>(state, DELTA_AT);
  let value: u64 = 0;
  for (let shift: u64 = 0; shift < 70; shift += 7) {
    if (at == 0 || at >= end) break;
    const byte = <u64>load<u8>(at);
    at++;
    value |= (byte & 127) << shift;
    if (byte < 128) {
      store<u32>(state, at, DELTA_AT);
      return value;
    }
  }
  store<u32>(state, 0, DELTA_AT);
  return 0;
}

// @ts-ignore: decorator
@inline
function zigzag(value: u64): u64 {
  return (value >> 1) ^ (0 - (value & 1));
}

/**
 * Begins at [source, sourceEnd). `state`: 64 bytes, 8-byte aligned, of the caller's; it is the first parameter of the others. Returns how many values there are (as the header says: each may take
 * no bytes at all), or −1 where the header is damaged.
 */
export function deltaBegin(state: usize, source: usize, sourceEnd: usize): i32 {
  store<u32>(state, <u32>source, DELTA_AT);
  store<u32>(state, <u32>sourceEnd, DELTA_END);
  const blockValues = nextVarint(state);
  if (load<u32>(state, DELTA_AT) == 0) return -1;
  const miniblocks = nextVarint(state);
  if (load<u32>(state, DELTA_AT) == 0) return -1;
  const count = nextVarint(state);
  if (load<u32>(state, DELTA_AT) == 0) return -1;
  const first = zigzag(nextVarint(state));
  if (load<u32>(state, DELTA_AT) == 0) return -1;
  if (blockValues == 0 || blockValues > VALUES_MAX) return -1;
  if (miniblocks == 0 || miniblocks > blockValues) return -1;
  if (count > VALUES_MAX) return -1;
  const values = blockValues / miniblocks;
  // So that every miniblock ends with a byte; the format asks for multiples of 32.
  if (values * miniblocks != blockValues || (values & 7) != 0) return -1;
  store<u32>(state, <u32>count, DELTA_LEFT);
  store<u32>(state, <u32>miniblocks, DELTA_MINIBLOCKS);
  store<u32>(state, <u32>values, DELTA_MINIBLOCK_VALUES);
  store<u32>(state, <u32>miniblocks, DELTA_MINIBLOCK);
  store<u32>(state, 0, DELTA_INDEX);
  store<u32>(state, 0, DELTA_COUNT);
  store<u64>(state, first, DELTA_LAST);
  store<u32>(state, 1, DELTA_FIRST);
  return <i32>count;
}

/** The next miniblock, and the next block where that is needed. False where it is damaged. */
function nextMiniblock(state: usize): bool {
  const end = load<u32>(state, DELTA_END);
  let number = load<u32>(state, DELTA_MINIBLOCK);
  const miniblocks = load<u32>(state, DELTA_MINIBLOCKS);
  if (number == miniblocks) {
    const least = zigzag(nextVarint(state));
    const at = load<u32>(state, DELTA_AT);
    if (at == 0) return false;
    if (miniblocks > end - at) return false;
    store<u64>(state, least, DELTA_LEAST);
    store<u32>(state, at, DELTA_WIDTHS);
    store<u32>(state, at + miniblocks, DELTA_AT);
    number = 0;
  }
  const at = load<u32>(state, DELTA_AT);
  if (at == 0) return false;
  const width = <u32>load<u8>(load<u32>(state, DELTA_WIDTHS) + number);
  const count = load<u32>(state, DELTA_MINIBLOCK_VALUES);
  const bytes = <u64>(count >> 3) * width;
  if (width > 64 || bytes > <u64>(end - at)) {
    store<u32>(state, 0, DELTA_AT);
    return false;
  }
  store<u32>(state, at + <u32>bytes, DELTA_AT);
  store<u32>(state, number + 1, DELTA_MINIBLOCK);
  store<u32>(state, at, DELTA_DATA);
  store<u32>(state, width, DELTA_WIDTH);
  store<u32>(state, 0, DELTA_INDEX);
  store<u32>(state, count, DELTA_COUNT);
  return true;
}

/** The next `n` values to `out`, of 1 << shift bytes (2, 3), or nowhere (0). Returns 0, or −1. */
// @ts-ignore: decorator
@inline
function decode(state: usize, out: usize, n: u32, shift: u32): i32 {
  const left = load<u32>(state, DELTA_LEFT);
  if (n > left) return -1;
  if (n == 0) return 0;
  store<u32>(state, left - n, DELTA_LEFT);
  let last = load<u64>(state, DELTA_LAST);
  if (load<u32>(state, DELTA_FIRST) != 0) {
    store<u32>(state, 0, DELTA_FIRST);
    if (shift == 3) store<u64>(out, last);
    else if (shift == 2) store<u32>(out, <u32>last);
    out += <usize>1 << shift;
    n--;
  }
  while (n > 0) {
    let index = load<u32>(state, DELTA_INDEX);
    if (index == load<u32>(state, DELTA_COUNT)) {
      if (!nextMiniblock(state)) return -1;
      index = 0;
    }
    const take = min<u32>(n, load<u32>(state, DELTA_COUNT) - index);
    const width = <u64>load<u32>(state, DELTA_WIDTH);
    const least = load<u64>(state, DELTA_LEAST);
    const data = <usize>load<u32>(state, DELTA_DATA);
    const mask: u64 = width == 0 ? 0 : ~(<u64>0) >> (64 - width);
    let bit = <u64>index * width;
    if (width <= 57) {
      for (let i: u32 = 0; i < take; i++) {
        last += least + ((load<u64>(data + <usize>(bit >> 3)) >> (bit & 7)) & mask);
        bit += width;
        if (shift == 3) store<u64>(out, last);
        else if (shift == 2) store<u32>(out, <u32>last);
        out += <usize>1 << shift;
      }
    } else {
      for (let i: u32 = 0; i < take; i++) {
        const at = data + <usize>(bit >> 3);
        const low = load<u64>(at) >> (bit & 7);
        // Twice, since a shift by 64 is none.
        const high = (<u64>load<u8>(at, 8) << 1) << (63 - (bit & 7));
        last += least + ((low | high) & mask);
        bit += width;
        if (shift == 3) store<u64>(out, last);
        else if (shift == 2) store<u32>(out, <u32>last);
        out += <usize>1 << shift;
      }
    }
    store<u32>(state, index + take, DELTA_INDEX);
    n -= take;
  }
  store<u64>(state, last, DELTA_LAST);
  return 0;
}

/** The next `n` values as i64 to `out`; sums wrap. Returns 0, or −1 where fewer are left or they are damaged; then no more can be read. */
export function deltaDecode64(state: usize, out: usize, n: u32): i32 {
  return decode(state, out, n, 3);
}

/** The next `n` values as i32 to `out`; sums wrap. Returns 0, or −1 where fewer are left or they are damaged; then no more can be read. */
export function deltaDecode32(state: usize, out: usize, n: u32): i32 {
  return decode(state, out, n, 2);
}

/** Passes over `n` values. Returns 0, or −1 as the others. */
export function deltaSkip(state: usize, n: u32): i32 {
  return decode(state, 0, n, 0);
}

/**
 * How many bytes of [source, sourceEnd) a DELTA_BINARY_PACKED sequence takes: what follows lies behind. −1 where it is damaged. `state`: 64 bytes, 8-byte aligned, for the duration
 * of the call.
 */
export function deltaBytes(state: usize, source: usize, sourceEnd: usize): i32 {
  const count = deltaBegin(state, source, sourceEnd);
  if (count < 0) return -1;
  const values = load<u32>(state, DELTA_MINIBLOCK_VALUES);
  for (let left = <i64>count - 1; left > 0; left -= <i64>values) {
    if (!nextMiniblock(state)) return -1;
  }
  return <i32>(load<u32>(state, DELTA_AT) - <u32>source);
}

/**
 * DELTA_LENGTH_BYTE_ARRAY: views of `n` strings whose lengths (i32) are known, one after the other from `source` on, to `out`. Returns the bytes they take of the source, or −1 where a length
 * is negative or they do not end within it.
 */
export function lengthViews(lengths: usize, n: u32, source: usize, sourceEnd: usize, out: usize): i32 {
  let at = source;
  for (; n > 0; n--) {
    const length = load<u32>(lengths);
    if (length > <u32>(sourceEnd - at)) return -1;
    writeView(<u32>out, <u32>at, length);
    at += length;
    lengths += 4;
    out += VIEW_BYTES;
  }
  return <i32>(at - source);
}

/**
 * The bytes that `n` strings of DELTA_BYTE_ARRAY have together, of prefix and suffix lengths (i32): what `prefixViews` needs room for. −1 where a length is negative or they are 2^31 and more.
 */
export function prefixBytes(prefixes: usize, lengths: usize, n: u32): i32 {
  let bytes: u64 = 0;
  for (let k: usize = 0; k < n; k++) {
    const prefix = load<i32>(prefixes + (k << 2));
    const length = load<i32>(lengths + (k << 2));
    if ((prefix | length) < 0) return -1;
    bytes += <u64>prefix + <u64>length;
  }
  return bytes > VALUES_MAX ? -1 : <i32>bytes;
}

/**
 * DELTA_BYTE_ARRAY: views of `n` strings, each the first bytes of the one before and a suffix, to `out`. Prefix and suffix lengths (i32) have passed `prefixBytes`; suffixes lie one after the other from `source`
 * on. The strings' bytes go to `heap`, which has room for prefixBytes and 15 more, where anything may be written. `previous`: the view of the string before (16 zeros at a page's start), whose
 * bytes must still be there; becomes that of the last. Returns the bytes the suffixes take of the source, or −1 where a prefix is longer than the string before or they do not end
 * within it.
 */
export function prefixViews(
  prefixes: usize, lengths: usize, n: u32, source: usize, sourceEnd: usize, previous: usize, heap: usize, out: usize,
): i32 {
  if (n == 0) return 0;
  let at = source;
  let before = previous;
  for (; n > 0; n--) {
    const prefix = load<u32>(prefixes);
    const length = load<u32>(lengths);
    const known = load<u32>(before);
    if (prefix > known) return -1;
    if (length > <u32>(sourceEnd - at)) return -1;
    copyBytes(heap, known <= VIEW_INLINE_MAX ? before + VIEW_PREFIX : <usize>load<u32>(before, VIEW_REF), prefix);
    copyBytes(heap + prefix, at, length);
    writeView(<u32>out, <u32>heap, prefix + length);
    heap += prefix + length;
    at += length;
    before = out;
    prefixes += 4;
    lengths += 4;
    out += VIEW_BYTES;
  }
  v128.store(previous, v128.load(before));
  return <i32>(at - source);
}

/** Reads and writes up to 15 bytes behind. Strings are short: a call of memory.copy costs more. */
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
