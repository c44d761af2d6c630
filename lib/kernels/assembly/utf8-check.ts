import { VIEW_BYTES } from './layout';
import { bytesOf, isAscii } from './utf8';

/** Lengths below this are four bytes that begin characters, as ASCII does. */
const SHORT: u32 = 128;
const LENGTH_BYTES: u32 = 4;

/**
 * The first of `n` views whose bytes are not UTF-8, or −1. Those that are null by `nulls` (0: none) may be anything. Where from..end is not empty, the bytes of all lie in it, one behind the other,
 * with nothing between them or the length (u32) before each: then mostly no view is looked at by itself. Up to 15 bytes behind texts are read and ignored.
 */
export function firstNotUtf8(from: usize, end: usize, views: usize, n: u32, nulls: usize): i32 {
  if (from < end) {
    if (allAscii(from, end)) return -1;
    if (areText(from, end, views, n)) return -1;
  }
  for (let k: u32 = 0; k < n; k++, views += VIEW_BYTES) {
    if (nulls != 0) {
      if (load<u8>(nulls + k) != 0) continue;
    }
    const at = bytesOf(views);
    if (!isText(at, at + load<u32>(views))) return <i32>k;
  }
  return -1;
}

/** False: some view is not UTF-8, or who knows. Texts are looked at many at once: none begins within a character, and what lies between them ends those that are cut short. */
function areText(from: usize, end: usize, views: usize, n: u32): bool {
  const stop = views + <usize>n * VIEW_BYTES;
  let total: u32 = 0;
  for (let view = views; view < stop; view += VIEW_BYTES) total += load<u32>(view);
  const between = <u32>(end - from) - total;
  if (between != 0) {
    if (between != n * LENGTH_BYTES) return false;
  }
  const gap: u32 = between == 0 ? 0 : LENGTH_BYTES;
  let at = from;
  let tails: u32 = 0;
  for (let view = views; view < stop; view += VIEW_BYTES) {
    const length = load<u32>(view);
    const text = at + gap;
    tails |= <u32>((load<u8>(text) & 0xc0) == 0x80) & <u32>(length != 0);
    const isLong: u32 = gap != 0 ? <u32>(length >= SHORT) : 0;
    if (isLong != 0) {
      if (!isText(from, at)) return false;
      if (!isText(text, text + length)) return false;
      from = text + length;
    }
    at = text + length;
  }
  return tails != 0 ? false : isText(from, at);
}

function isText(at: usize, end: usize): bool {
  return allAscii(at, end) ? true : isUtf8(at, end);
}

/** As isAscii, 64 bytes at a time. */
function allAscii(at: usize, end: usize): bool {
  for (; at + 64 <= end; at += 64) {
    const bytes = v128.or(v128.or(v128.load(at), v128.load(at, 16)), v128.or(v128.load(at, 32), v128.load(at, 48)));
    if (i8x16.bitmask(bytes) != 0) return false;
  }
  return isAscii(at, <u32>(end - at));
}

// What two bytes that follow each other cannot be, as the first one's halves and the second one's upper half say it: where all three agree on a bit, that is what is wrong. Bit 7, a continuation behind
// another, is right behind the first of three bytes or four. (Keiser, Lemire: Validating UTF-8 in less than one instruction per byte, 2021.)
const TOO_SHORT: i8 = 1;
const TOO_LONG: i8 = 2;
const OVERLONG_3: i8 = 4;
const TOO_LARGE: i8 = 8;
const SURROGATE: i8 = 16;
const OVERLONG_2: i8 = 32;
/** Beyond U+10FFFF with F5 and more; or four bytes where three would do. */
const FAR: i8 = 64;
const TWO_TAILS: i8 = -128;
const ANY: i8 = TOO_SHORT | TOO_LONG | TWO_TAILS;
const LARGE: i8 = ANY | TOO_LARGE | FAR;
const TAIL: i8 = TOO_LONG | OVERLONG_2 | TWO_TAILS;

/** What is wrong with the characters that end in a block, behind the block before it. */
// @ts-ignore: decorator
@inline
function mistakes(before: v128, block: v128): v128 {
  const previous = i8x16.shuffle(before, block, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
  const upper = i8x16.swizzle(
    i8x16(
      TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TWO_TAILS, TWO_TAILS, TWO_TAILS, TWO_TAILS,
      TOO_SHORT | OVERLONG_2, TOO_SHORT, TOO_SHORT | OVERLONG_3 | SURROGATE, TOO_SHORT | TOO_LARGE | FAR,
    ),
    i8x16.shr_u(previous, 4),
  );
  const lower = i8x16.swizzle(
    i8x16(
      ANY | OVERLONG_3 | OVERLONG_2 | FAR, ANY | OVERLONG_2, ANY, ANY, ANY | TOO_LARGE, LARGE, LARGE, LARGE,
      LARGE, LARGE, LARGE, LARGE, LARGE, LARGE | SURROGATE, LARGE, LARGE,
    ),
    v128.and(previous, i8x16.splat(15)),
  );
  const second = i8x16.swizzle(
    i8x16(
      TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
      TAIL | OVERLONG_3 | FAR, TAIL | OVERLONG_3 | TOO_LARGE, TAIL | SURROGATE | TOO_LARGE, TAIL | SURROGATE | TOO_LARGE,
      TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
    ),
    i8x16.shr_u(block, 4),
  );
  const wrong = v128.and(v128.and(upper, lower), second);
  const second3 = i8x16.shuffle(before, block, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29);
  const second4 = i8x16.shuffle(before, block, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28);
  // From E0 on two bytes follow, from F0 on three: bit 7 is left of the difference.
  const tails = v128.or(i8x16.sub_sat_u(second3, i8x16.splat(0x60)), i8x16.sub_sat_u(second4, i8x16.splat(0x70)));
  return v128.xor(v128.and(tails, i8x16.splat(-128)), wrong);
}

function isUtf8(at: usize, end: usize): bool {
  let before = i8x16.splat(0);
  let wrong = i8x16.splat(0);
  for (; at + 16 <= end; at += 16) {
    const block = v128.load(at);
    wrong = v128.or(wrong, mistakes(before, block));
    before = block;
  }
  // What is behind the text is nothing: so a character that is cut short shows.
  const places = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const rest = v128.and(v128.load(at), i8x16.lt_u(places, i8x16.splat(<i8>(end - at))));
  return !v128.any_true(v128.or(wrong, mistakes(before, rest)));
}
