// LZ4's block format: sequences of a token (sizes of the two parts in four bits each, 15 means that bytes follow which are added), literals, and a copy of what was
// written up to 65,535 bytes before. The last sequence has literals only.
//
// Nothing outside the spans given is read or written, whatever the block says: sequences near either end take the careful way.

import { commonBytes, repeatCopy, wideCopy } from './match-copy';

/** A sequence of the short kind reads at most 1 + 14 + 2 bytes, 16 at a time, and writes at most 14 + 18, 16 at a time. */
const NEAR_END: usize = 64;
const MATCH_MIN: u32 = 4;
const DISTANCE_MAX: u32 = 65535;
/** What the format asks of the end of a block: no copy begins in the last twelve bytes, and the last five are literals. */
const LAST_MATCH: usize = 12;
const LAST_LITERALS: usize = 5;

/**
 * Decompresses the block at [source, sourceEnd) to `out`, which has room for `capacity` bytes (less than 2^31). Copies may reach back to `history`: `out` itself,
 * or where the blocks before begin that end at `out`. Returns how many bytes were written, or −1 where the block is damaged or its text is longer than `capacity`; then
 * what is in [out, out + capacity) means nothing.
 */
export function lz4Decompress(source: usize, sourceEnd: usize, history: usize, out: usize, capacity: u32): i32 {
  let at = source;
  let to = out;
  const outEnd = out + <usize>capacity;
  const lastAt = sourceEnd - source > NEAR_END ? sourceEnd - NEAR_END : 0;
  const lastTo = <usize>capacity > NEAR_END ? outEnd - NEAR_END : 0;
  while (at < sourceEnd) {
    const token = <u32>load<u8>(at);
    at++;
    let size = token >> 4;
    let distance: u32;
    if ((<u32>(at >= lastAt) | <u32>(to >= lastTo) | <u32>(size == 15)) == 0) {
      v128.store(to, v128.load(at));
      at += size;
      to += size;
      distance = <u32>load<u16>(at);
      at += 2;
      size = (token & 15) + MATCH_MIN;
      const from = to - distance;
      if (distance - 1 >= <u32>(to - history)) return -1;
      if (size != 15 + MATCH_MIN) {
        if (distance >= 16) {
          v128.store(to, v128.load(from));
          store<u16>(to, load<u16>(from, 16), 16);
        } else {
          repeatCopy(to, distance, size);
        }
        to += size;
        continue;
      }
    } else {
      if (size == 15) {
        for (;;) {
          if (at >= sourceEnd) return -1;
          const byte = <u32>load<u8>(at);
          at++;
          size += byte;
          if (byte != 255) break;
          if (size > capacity) return -1;
        }
      }
      if (size > <u32>(sourceEnd - at)) return -1;
      if (size > <u32>(outEnd - to)) return -1;
      memory.copy(to, at, size);
      at += size;
      to += size;
      if (at == sourceEnd) return <i32>(to - out);
      if (<u32>(sourceEnd - at) < 2) return -1;
      distance = <u32>load<u16>(at);
      at += 2;
      if (distance - 1 >= <u32>(to - history)) return -1;
      size = (token & 15) + MATCH_MIN;
    }
    if (size == 15 + MATCH_MIN) {
      for (;;) {
        if (at >= sourceEnd) return -1;
        const byte = <u32>load<u8>(at);
        at++;
        size += byte;
        if (byte != 255) break;
        if (size > capacity) return -1;
      }
    }
    const left = <u32>(outEnd - to);
    if (size > left) return -1;
    if (left - size < 16) {
      const end = to + size;
      for (; to < end; to++) store<u8>(to, load<u8>(to - distance));
    } else {
      if (distance >= 16) wideCopy(to, to - distance, size);
      else repeatCopy(to, distance, size);
      to += size;
    }
  }
  // A block ends with the literals of a sequence; an empty one is damaged too.
  return -1;
}

/** Bytes that compressing `bytes` of text can need at most. */
export function lz4Bound(bytes: u32): u32 {
  return bytes + bytes / 255 + 16;
}

const HASH_BITS: u32 = 14;
/** Bytes of scratch that `lz4Compress` needs. */
const LZ4_SCRATCH_BYTES: u32 = 4 << HASH_BITS;

// @ts-ignore: decorator
@inline
function hashPlace(scratch: usize, word: u32): usize {
  return scratch + (<usize>((word * 0x9e3779b1) >> (32 - HASH_BITS)) << 2);
}

// @ts-ignore: decorator
@inline
function moreSize(to: usize, size: u32): usize {
  for (; size >= 255; size -= 255) {
    store<u8>(to, 255);
    to++;
  }
  store<u8>(to, size);
  return to + 1;
}

/** Token and literals [from, from + size). Returns where the token's other half follows. */
// @ts-ignore: decorator
@inline
function literals(to: usize, from: usize, size: u32): usize {
  if (size < 15) {
    store<u8>(to, size << 4);
    to++;
  } else {
    store<u8>(to, 15 << 4);
    to = moreSize(to + 1, size - 15);
  }
  memory.copy(to, from, size);
  return to + size;
}

/**
 * Compresses the text at [source, sourceEnd) (less than 2^31 bytes) to one block at `out`, which must have room for `lz4Bound` bytes. `scratch`: 65,536 bytes that
 * may hold anything, 4-byte aligned. Returns the block's bytes.
 */
export function lz4Compress(source: usize, sourceEnd: usize, out: usize, scratch: usize): i32 {
  let to = out;
  let anchor = source;
  if (sourceEnd - source > LAST_MATCH) {
    memory.fill(scratch, 0, LZ4_SCRATCH_BYTES);
    const lastMatch = sourceEnd - LAST_MATCH;
    const matchEnd = sourceEnd - LAST_LITERALS;
    let at = source + 1;
    let missed: u32 = 64;
    store<u32>(hashPlace(scratch, load<u32>(source)), 0);
    while (at <= lastMatch) {
      const word = load<u32>(at);
      const place = hashPlace(scratch, word);
      // Positions from the start; an empty place is position 0, which is one that can be compared too.
      const candidate = source + <usize>load<u32>(place);
      store<u32>(place, <u32>(at - source));
      if (at - candidate > DISTANCE_MAX || load<u32>(candidate) != word) {
        at += missed >> 6;
        missed++;
        continue;
      }
      missed = 64;
      let from = candidate;
      while (at > anchor) {
        if (from == source) break;
        if (load<u8>(at - 1) != load<u8>(from - 1)) break;
        at--;
        from--;
      }
      const token = to;
      const plain = <u32>(at - anchor);
      if (plain < 15 && <u32>(sourceEnd - anchor) >= 16) {
        // Where sixteen bytes are left there is room for them: the bound's sixteen.
        store<u8>(to, plain << 4);
        v128.store(to, v128.load(anchor), 1);
        to += plain + 1;
      } else {
        to = literals(to, anchor, plain);
      }
      store<u16>(to, <u32>(at - from));
      to += 2;
      const size = commonBytes(at + MATCH_MIN, from + MATCH_MIN, matchEnd);
      at += <usize>MATCH_MIN + size;
      if (size < 15) {
        store<u8>(token, <u32>load<u8>(token) | <u32>size);
      } else {
        store<u8>(token, <u32>load<u8>(token) | 15);
        to = moreSize(to, <u32>size - 15);
      }
      anchor = at;
      if (at <= lastMatch) store<u32>(hashPlace(scratch, load<u32>(at - 2)), <u32>(at - 2 - source));
    }
  }
  return <i32>(literals(to, anchor, <u32>(sourceEnd - anchor)) - out);
}
