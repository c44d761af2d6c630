// Text to snappy's raw block format (snappy.ts): matches are found by a hash of four bytes, the latest place of each kept.

import { commonBytes } from './match-copy';

/** Bytes that compressing `bytes` of text can need at most. */
export function snappyBound(bytes: u32): u32 {
  return 32 + bytes + bytes / 6;
}

/** The text is compressed in pieces of this size, so that positions fit 16 bits and copies never need more. */
const PIECE_BYTES: usize = 65536;
const HASH_BITS: u32 = 14;
/** Bytes of scratch that `snappyCompress` needs. */
const SNAPPY_SCRATCH_BYTES: u32 = 2 << HASH_BITS;
/** A search for a match ends this far before the end of a piece: it loads eight bytes. */
const SEARCH_END: usize = 15;

/**
 * Compresses the text at [source, sourceEnd) (less than 2^31 bytes) to a block at `out`, which must have room for `snappyBound` bytes. `scratch`: 32,768 bytes
 * that may hold anything, 2-byte aligned. Returns the block's bytes.
 */
export function snappyCompress(source: usize, sourceEnd: usize, out: usize, scratch: usize): i32 {
  let to = out;
  let length = <u32>(sourceEnd - source);
  for (; length >= 128; length >>= 7) {
    store<u8>(to, length | 128);
    to++;
  }
  store<u8>(to, length);
  to++;
  for (let piece = source; piece < sourceEnd; ) {
    const pieceEnd = sourceEnd - piece > PIECE_BYTES ? piece + PIECE_BYTES : sourceEnd;
    to = compressPiece(piece, pieceEnd, to, scratch);
    piece = pieceEnd;
  }
  return <i32>(to - out);
}

// @ts-ignore: decorator
@inline
function hashPlace(scratch: usize, word: u32): usize {
  return scratch + (<usize>((word * 0x1e35a7bd) >> (32 - HASH_BITS)) << 1);
}

function compressPiece(piece: usize, end: usize, to: usize, scratch: usize): usize {
  let anchor = piece;
  if (end - piece > SEARCH_END) {
    memory.fill(scratch, 0, SNAPPY_SCRATCH_BYTES);
    const searchEnd = end - SEARCH_END;
    let at = piece + 1;
    let missed: u32 = 32;
    while (at < searchEnd) {
      const word = load<u32>(at);
      const place = hashPlace(scratch, word);
      const candidate = piece + <usize>load<u16>(place);
      store<u16>(place, <u32>(at - piece));
      if (load<u32>(candidate) != word) {
        at += missed >> 5;
        missed++;
        continue;
      }
      if (at > anchor) {
        const size = <u32>(at - anchor);
        if (size <= 16) {
          // Sixteen bytes are there (SEARCH_END), and room for them (the bound's 32).
          store<u8>(to, (size - 1) << 2);
          v128.store(to, v128.load(anchor), 1);
          to += size + 1;
        } else {
          to = emitLiteral(to, anchor, size);
        }
      }
      // Copies one after the other, as long as the next text is known too.
      let from = candidate;
      for (;;) {
        const size = <usize>4 + commonBytes(at + 4, from + 4, end);
        to = emitCopy(to, <u32>(at - from), <u32>size);
        at += size;
        if (at >= searchEnd) break;
        const around = load<u64>(at - 1);
        store<u16>(hashPlace(scratch, <u32>around), <u32>(at - 1 - piece));
        const next = <u32>(around >> 8);
        const nextPlace = hashPlace(scratch, next);
        from = piece + <usize>load<u16>(nextPlace);
        store<u16>(nextPlace, <u32>(at - piece));
        if (load<u32>(from) != next) break;
      }
      anchor = at;
      at++;
      missed = 32;
    }
  }
  return anchor < end ? emitLiteral(to, anchor, <u32>(end - anchor)) : to;
}

// @ts-ignore: decorator
@inline
function emitLiteral(to: usize, from: usize, size: u32): usize {
  const minusOne = size - 1;
  if (minusOne < 60) {
    store<u8>(to, minusOne << 2);
    to++;
  } else if (minusOne < 256) {
    store<u8>(to, 60 << 2);
    store<u8>(to, minusOne, 1);
    to += 2;
  } else {
    store<u8>(to, 61 << 2);
    store<u16>(to, minusOne, 1);
    to += 3;
  }
  memory.copy(to, from, size);
  return to + size;
}

// @ts-ignore: decorator
@inline
function emitCopy(to: usize, distance: u32, size: u32): usize {
  // So that what is left is never under four bytes, the least that a near copy can say.
  while (size >= 68) {
    to = farCopy(to, distance, 64);
    size -= 64;
  }
  if (size > 64) {
    to = farCopy(to, distance, 60);
    size -= 60;
  }
  if (size < 12) {
    if (distance < 2048) {
      store<u8>(to, 1 | ((size - 4) << 2) | ((distance >> 8) << 5));
      store<u8>(to, distance, 1);
      return to + 2;
    }
  }
  return farCopy(to, distance, size);
}

// @ts-ignore: decorator
@inline
function farCopy(to: usize, distance: u32, size: u32): usize {
  store<u8>(to, 2 | ((size - 1) << 2));
  store<u16>(to, distance, 1);
  return to + 3;
}
