import { VIEW_INLINE_MAX, VIEW_PREFIX, VIEW_REF } from './layout';

// Bytes of strings: characters are code points, counted by the bytes that are no continuation. Text is taken as it is: what is not UTF-8 (utf8-check.ts) neither
// traps nor loops. Sixteen bytes are read at a time, so up to 15 past the end of a text: what lies there is ignored.

/** Bit i: byte i of the sixteen begins a character. Continuation bytes are 0x80..0xBF, as signed bytes −128..−65. */
// @ts-ignore: decorator
@inline
export function leadMask(at: usize): u32 {
  return <u32>i8x16.bitmask(i8x16.gt_s(v128.load(at), i8x16.splat(-65)));
}

// @ts-ignore: decorator
@inline
export function isLead(at: usize): bool {
  return <i8>load<u8>(at) > -65;
}

/** The lowest n bits, n up to 31. */
// @ts-ignore: decorator
@inline
export function lowBits(n: u32): u32 {
  return (1 << n) - 1;
}

export function countCharacters(at: usize, length: u32): u32 {
  let count: u32 = 0;
  const whole = at + (length & ~15);
  for (; at < whole; at += 16) count += popcnt<u32>(leadMask(at));
  const rest = length & 15;
  if (rest != 0) count += popcnt<u32>(leadMask(at) & lowBits(rest));
  return count;
}

/** Address of the character `n` characters on (0: the first at or after `at`), or `end`. */
export function skipCharacters(at: usize, end: usize, n: u32): usize {
  while (at < end) {
    let mask = leadMask(at);
    const left = <u32>(end - at);
    if (left < 16) mask &= lowBits(left);
    const found = popcnt<u32>(mask);
    if (n < found) {
      for (; n > 0; n--) mask &= mask - 1;
      return at + ctz<u32>(mask);
    }
    n -= found;
    if (left <= 16) return end;
    at += 16;
  }
  return end;
}

/** Past the character that begins at `at`. */
// @ts-ignore: decorator
@inline
export function nextCharacter(at: usize, end: usize): usize {
  let next = at + 1;
  while (next < end) {
    if (isLead(next)) break;
    next++;
  }
  return next;
}

/** Where the character begins that ends before `at`. */
// @ts-ignore: decorator
@inline
export function previousCharacter(at: usize, start: usize): usize {
  let before = at - 1;
  while (before > start) {
    if (isLead(before)) break;
    before--;
  }
  return before;
}

export function isAscii(at: usize, length: u32): bool {
  const whole = at + (length & ~15);
  for (; at < whole; at += 16) {
    if (i8x16.bitmask(v128.load(at)) != 0) return false;
  }
  const rest = length & 15;
  if (rest == 0) return true;
  return (<u32>i8x16.bitmask(v128.load(at)) & lowBits(rest)) == 0;
}

/** Bytes of the UTF-8 character at `at`, before `stop`; 0 if there is none: overlong, surrogate, beyond U+10FFFF, cut short, or no beginning. */
export function characterBytes(at: u32, stop: u32): u32 {
  const first = <u32>load<u8>(at);
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const bytes: u32 = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (stop - at < bytes) return 0;
  const second = <u32>load<u8>(at, 1);
  if ((second & 0xc0) != 0x80) return 0;
  if (bytes == 2) return 2;
  if (first == 0xe0 && second < 0xa0) return 0;
  if (first == 0xed && second > 0x9f) return 0;
  if (first == 0xf0 && second < 0x90) return 0;
  if (first == 0xf4 && second > 0x8f) return 0;
  if ((load<u8>(at, 2) & 0xc0) != 0x80) return 0;
  if (bytes == 3) return 3;
  return (load<u8>(at, 3) & 0xc0) == 0x80 ? 4 : 0;
}

/** First place of `needle` in the bytes from `at` up to `end`; 0 where it is not. Compares first and last byte of sixteen places at once. */
export function findBytes(at: usize, end: usize, needle: usize, length: u32): usize {
  if (length == 0) return at;
  if (<u32>(end - at) < length) return 0;
  const first = i8x16.splat(load<u8>(needle));
  const last = i8x16.splat(load<u8>(needle + length - 1));
  const stop = end - length;
  for (; at <= stop; at += 16) {
    let mask = <u32>i8x16.bitmask(
      v128.and(i8x16.eq(v128.load(at), first), i8x16.eq(v128.load(at + length - 1), last)),
    );
    const places = <u32>(stop - at) + 1;
    if (places < 16) mask &= lowBits(places);
    while (mask != 0) {
      const place = at + ctz<u32>(mask);
      if (length <= 2) return place;
      if (equalBytes(place + 1, needle + 1, length - 2)) return place;
      mask &= mask - 1;
    }
  }
  return 0;
}

/** Whether two spans hold the same bytes; short ones without a loop over words. */
export function equalBytes(a: usize, b: usize, length: u32): bool {
  while (length >= 8) {
    if (load<u64>(a) != load<u64>(b)) return false;
    a += 8;
    b += 8;
    length -= 8;
  }
  if (length == 0) return true;
  const mask = ((<u64>1) << (length << 3)) - 1;
  return ((load<u64>(a) ^ load<u64>(b)) & mask) == 0;
}

/** Where a view's bytes are. */
// @ts-ignore: decorator
@inline
export function bytesOf(view: usize): usize {
  return load<u32>(view) <= VIEW_INLINE_MAX ? view + VIEW_PREFIX : <usize>load<u32>(view, VIEW_REF);
}

/** Makes a view of bytes that stay where they are (short ones are copied into it). `out` may be a view they are in. */
export function setView(out: usize, at: usize, length: u32): void {
  if (length > VIEW_INLINE_MAX) {
    const prefix = load<u32>(at);
    store<u32>(out, length);
    store<u32>(out, prefix, VIEW_PREFIX);
    store<u64>(out, <u64>at, VIEW_REF);
    return;
  }
  const low = load<u64>(at);
  const high = load<u32>(at, 8);
  const lowMask: u64 = length >= 8 ? ~(<u64>0) : ((<u64>1) << (length << 3)) - 1;
  const highMask: u64 = length <= 8 ? 0 : ((<u64>1) << ((length - 8) << 3)) - 1;
  store<u32>(out, length);
  store<u64>(out, low & lowMask, VIEW_PREFIX);
  store<u32>(out, <u32>(<u64>high & highMask), 12);
}
