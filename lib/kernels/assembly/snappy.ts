// Snappy's raw block format: a varint with the length of the text, then elements: literals (bytes that follow) and copies of what was written before.
//
// Nothing outside the two spans given is read or written, whatever the block says: elements near either end take the careful way.

import { repeatCopy, wideCopy } from './match-copy';

/** An element reads at most 1 + 4 bytes of its own and 64 of a short literal; writes at most 64, and up to 16 more as the last step of a copy. */
const NEAR_END: usize = 96;
/** log2 of what an element reads or writes at most, beside long literals. */
const ELEMENT_SHIFT: usize = 6;
const VARINT_BYTES_MAX: usize = 5;
const LENGTH_MAX: u64 = 0x7fffffff;

/** The length that a block says its text has (bytes, at most 2^31 − 1), or −1 where that is damaged. */
export function snappyLength(source: usize, sourceEnd: usize): i32 {
  let length: u64 = 0;
  for (let i: usize = 0; i < VARINT_BYTES_MAX; i++) {
    if (i >= sourceEnd - source) return -1;
    const byte = <u64>load<u8>(source + i);
    length |= (byte & 127) << (i * 7);
    if (byte < 128) return length > LENGTH_MAX ? -1 : <i32>length;
  }
  return -1;
}

// @ts-ignore: decorator
@inline
function afterLength(source: usize): usize {
  while (load<u8>(source) >= 128) source++;
  return source + 1;
}

/**
 * Where the text lies in a block that is one literal, as most pages of numbers are: no copy is needed then. 0 where the block is something else, is damaged, or
 * its text is not `length` bytes long.
 */
export function snappyLiteral(source: usize, sourceEnd: usize, length: u32): usize {
  if (length == 0) return 0;
  if (snappyLength(source, sourceEnd) != <i32>length) return 0;
  let at = afterLength(source);
  if (at >= sourceEnd) return 0;
  const tag = <u32>load<u8>(at);
  if ((tag & 3) != 0) return 0;
  at++;
  let size = tag >> 2;
  if (size >= 60) {
    const extra = size - 59;
    if (extra > <u32>(sourceEnd - at)) return 0;
    size = littleEndian(at, extra);
    at += extra;
  }
  // size is one less than what it says.
  return size == length - 1 && length == <u32>(sourceEnd - at) ? at : 0;
}

// @ts-ignore: decorator
@inline
function littleEndian(at: usize, bytes: u32): u32 {
  let value: u32 = 0;
  for (let i: u32 = 0; i < bytes; i++) value |= <u32>load<u8>(at + i) << (i << 3);
  return value;
}

/** Bits of a tag that are zero in literals of up to four bytes. */
const NOT_SHORT: u64 = 0xf3;

/** Whether the block begins with short literals and copies in turns, as dictionaries of numbers are: each number has a byte or three of its own. */
function inTurns(at: usize, end: usize): bool {
  let short: u32 = 0;
  for (let i: u32 = 0; i < 32; i++) {
    if (at >= end) return false;
    const tag = <u32>load<u8>(at);
    const kind = tag & 3;
    if ((tag & <u32>NOT_SHORT) == 0) short++;
    if (kind != 0) at += kind == 3 ? 5 : kind + 1;
    else if (tag < 60 << 2) at += (tag >> 2) + 2;
    else return false;
  }
  return short >= 12;
}

/**
 * Decompresses the block at [source, sourceEnd) to `out`, which has room for `capacity` bytes. Returns the length of the text, or −1 where the block is damaged or its text is longer than
 * `capacity`; then what is in [out, out + capacity) means nothing.
 */
export function snappyDecompress(source: usize, sourceEnd: usize, out: usize, capacity: u32): i32 {
  const length = snappyLength(source, sourceEnd);
  if (length < 0 || <u32>length > capacity) return -1;
  let at = afterLength(source);
  let to = out;
  const outEnd = out + <usize>length;
  const lastAt = sourceEnd - at > NEAR_END ? sourceEnd - NEAR_END : 0;
  const lastTo = <usize>length > NEAR_END ? outEnd - NEAR_END : 0;
  const takesTurns = inTurns(at, lastAt);
  while (at < lastAt) {
    if (to >= lastTo) break;
    // So many elements, but for long literals, end before both.
    let count = (min<usize>(lastAt - at, lastTo - to) >> ELEMENT_SHIFT) + 1;
    if (takesTurns) {
      // A literal of up to four bytes and the copy behind it, out of one word: it takes longer to load what lies at an address than to shift it there.
      for (let pairs = count >> 1; pairs != 0; pairs--) {
        let word = load<u64>(at);
        if ((word & NOT_SHORT) != 0) break;
        const literal = <u32>word & 0xff;
        const length = <usize>(literal >> 2) + 1;
        store<u32>(to, <u32>(word >> 8));
        at += length + 1;
        to += length;
        word >>= <u64>((literal << 1) + 16);
        const tag = <u32>word & 0xff;
        const kind = tag & 3;
        if (kind == 0) break;
        const rest = <u32>(word >> 8);
        const size = <usize>select<u32>((tag >> 2) + 1, ((tag >> 2) & 7) + 4, kind & 2);
        let distance = <usize>select<u32>(rest & 0xffff, ((tag & 0xe0) << 3) | (rest & 0xff), kind & 2);
        at += <usize>kind + 1;
        if (kind == 3) {
          distance = <usize>load<u32>(at - 3);
          at++;
        }
        if (distance - 1 >= to - out) return -1;
        if (distance >= 8) {
          const from = to - distance;
          store<u64>(to, load<u64>(from));
          if (size > 8) {
            store<u64>(to, load<u64>(from, 8), 8);
            for (let i: usize = 16; i < size; i += 8) store<u64>(to + i, load<u64>(from + i));
          }
        } else {
          repeatCopy(to, distance, size);
        }
        to += size;
      }
      count = 1;
    }
    for (; count != 0; count--) {
      const tag = <u32>load<u8>(at);
      const kind = tag & 3;
      if (kind == 0) {
        let size = <usize>(tag >> 2) + 1;
        at++;
        if (size <= 16) {
          v128.store(to, v128.load(at));
        } else if (size <= 60) {
          wideCopy(to, at, size);
        } else {
          const extra = size - 60;
          const minusOne = load<u32>(at) & (0xffffffff >> (32 - ((<u32>extra) << 3)));
          at += extra;
          size = <usize>minusOne + 1;
          if (minusOne >= <u32>(sourceEnd - at)) return -1;
          if (minusOne >= <u32>(outEnd - to)) return -1;
          memory.copy(to, at, size);
          at += size;
          to += size;
          break;
        }
        at += size;
        to += size;
        continue;
      }
      // Which of the two kinds of copy follows nobody can predict: both are read. The third is rare.
      const word = load<u32>(at, 1);
      const isNear = kind == 1;
      const size = <usize>select<u32>(((tag >> 2) & 7) + 4, (tag >> 2) + 1, isNear);
      let distance = <usize>select<u32>(((tag & 0xe0) << 3) | (word & 0xff), word & 0xffff, isNear);
      at += <usize>kind + 1;
      if (kind == 3) {
        distance = <usize>word;
        at++;
      }
      // Zero becomes the largest.
      if (distance - 1 >= to - out) return -1;
      if (distance >= 16) {
        const from = to - distance;
        v128.store(to, v128.load(from));
        if (size > 16) wideCopy(to + 16, from + 16, size - 16);
      } else {
        repeatCopy(to, distance, size);
      }
      to += size;
    }
  }
  return carefully(at, sourceEnd, out, to, outEnd);
}

/** The rest of a block, a byte at a time. */
function carefully(at: usize, sourceEnd: usize, out: usize, to: usize, outEnd: usize): i32 {
  while (at < sourceEnd) {
    const tag = <u32>load<u8>(at);
    const kind = tag & 3;
    at++;
    let size = tag >> 2;
    const left = <u32>(sourceEnd - at);
    if (kind == 0) {
      if (size >= 60) {
        const extra = size - 59;
        if (extra > left) return -1;
        size = littleEndian(at, extra);
        at += extra;
      }
      // size is one less than what it says.
      if (size >= <u32>(sourceEnd - at)) return -1;
      if (size >= <u32>(outEnd - to)) return -1;
      memory.copy(to, at, <usize>size + 1);
      at += <usize>size + 1;
      to += <usize>size + 1;
      continue;
    }
    const extra: u32 = kind == 3 ? 4 : kind;
    if (extra > left) return -1;
    let distance = littleEndian(at, extra);
    at += extra;
    size++;
    if (kind == 1) {
      distance |= (tag & 0xe0) << 3;
      size = ((tag >> 2) & 7) + 4;
    }
    if (distance - 1 >= <u32>(to - out)) return -1;
    if (size > <u32>(outEnd - to)) return -1;
    const end = to + size;
    for (; to < end; to++) store<u8>(to, load<u8>(to - distance));
  }
  return to == outEnd ? <i32>(outEnd - out) : -1;
}
