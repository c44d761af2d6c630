import { VIEW_BYTES, VIEW_INLINE_MAX, VIEW_PREFIX, VIEW_REF } from './layout';

// Whether bytes are UTF-8 as RFC 3629 has it: the shortest form, no surrogates, nothing past U+10FFFF.

/** Whether `length` bytes are UTF-8. Up to 15 bytes behind are read and ignored. */
export function utf8Valid(at: usize, length: u32): bool {
  const end = at + length;
  while (at < end) {
    let mask = <u32>i8x16.bitmask(v128.load(at));
    const left = <u32>(end - at);
    if (left < 16) mask &= (<u32>1 << left) - 1;
    if (mask == 0) {
      at += 16;
      continue;
    }
    at += ctz<u32>(mask);
    // Other scripts stand together: on until the next letter of ASCII.
    do {
      const size = sequence(at, <u32>(end - at));
      if (size == 0) return false;
      at += size;
      if (at >= end) return true;
    } while (load<u8>(at) >= 0x80);
  }
  return true;
}

/** Bytes of the sequence that begins here with a byte of 0x80 or more, 0 for none that is valid. */
// @ts-ignore: decorator
@inline
function sequence(at: usize, left: u32): u32 {
  const first = <u32>load<u8>(at);
  if (first < 0xe0) {
    if (first < 0xc2 || left < 2) return 0;
    return isRest(load<u8>(at, 1)) ? 2 : 0;
  }
  if (left < 3) return 0;
  const second = <u32>load<u8>(at, 1);
  if (first < 0xf0) {
    if (second - (first == 0xe0 ? 0xa0 : 0x80) > (first == 0xe0 ? 0x1f : first == 0xed ? 0x1f : 0x3f)) return 0;
    return isRest(load<u8>(at, 2)) ? 3 : 0;
  }
  if (first > 0xf4 || left < 4) return 0;
  if (second - (first == 0xf0 ? 0x90 : 0x80) > (first == 0xf0 ? 0x2f : first == 0xf4 ? 0x0f : 0x3f)) return 0;
  if (!isRest(load<u8>(at, 2))) return 0;
  return isRest(load<u8>(at, 3)) ? 4 : 0;
}

// @ts-ignore: decorator
@inline
function isRest(byte: u32): bool {
  return (byte & 0xc0) == 0x80;
}

/** The first of `n` views whose bytes are no UTF-8, or −1. Rows of nulls must be empty views. Up to 15 bytes behind the bytes of each are read and ignored. */
export function viewsUtf8(views: usize, n: u32): i32 {
  for (let k: u32 = 0; k < n; k++) {
    const length = load<u32>(views);
    if (length <= VIEW_INLINE_MAX) {
      // Behind the text there are zeros.
      if ((load<u64>(views, VIEW_PREFIX) | load<u64>(views, VIEW_REF)) & 0x8080808080808080) {
        if (!utf8Valid(views + VIEW_PREFIX, length)) return <i32>k;
      }
    } else if (!utf8Valid(<usize>load<u32>(views, VIEW_REF), length)) {
      return <i32>k;
    }
    views += VIEW_BYTES;
  }
  return -1;
}

/** Whether `length` bytes are all below 0x80. A page of plain strings that is needs no further look: its lengths are then such bytes too. */
export function bytesAscii(at: usize, length: u32): bool {
  let seen = i8x16.splat(0);
  const end = at + length;
  while (<u32>(end - at) >= 64) {
    seen = v128.or(seen, v128.or(v128.or(v128.load(at), v128.load(at, 16)), v128.or(v128.load(at, 32), v128.load(at, 48))));
    if (i8x16.bitmask(seen) != 0) return false;
    at += 64;
  }
  for (; at < end; at++) {
    if (load<u8>(at) >= 0x80) return false;
  }
  return true;
}
