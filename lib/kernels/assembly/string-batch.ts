// Functions of whole batches of strings. Strings of one page mostly lie one behind the other: what can be told of all their bytes at once is.

import { VIEW_BYTES, VIEW_INLINE_MAX, VIEW_REF, ZEROS } from './layout';
import { bytesOf, countCharacters, equalBytes, findBytes, lowBits } from './utf8';

/** A span of strings that has so many times their bytes, and so many more, is not looked through. */
const SPARSE: usize = 2;
const SPARSE_BYTES: usize = 4096;

/** Characters (i32) of `n` strings: all (sel 0), or those at the positions at `sel`, to the same positions. Of nulls, anything. */
export function stringLengths(views: usize, nulls: usize, sel: usize, n: u32, out: usize): void {
  if (sel == 0) {
    if (nulls == ZEROS) {
      if (asciiLengths(views, n, out)) return;
    }
  }
  for (let k: u32 = 0; k < n; k++) {
    const row = sel == 0 ? k : load<u32>(sel + (k << 2));
    if (load<u8>(nulls + row) != 0) continue;
    const view = views + row * VIEW_BYTES;
    store<u32>(out + (row << 2), countCharacters(bytesOf(view), load<u32>(view)));
  }
}

/** The lengths in bytes of strings without nulls; false if some byte, or one between two strings, is not ASCII. */
function asciiLengths(views: usize, n: u32, out: usize): bool {
  let firsts = i32x4.splat(-1);
  let lasts = i32x4.splat(0);
  let totals = i32x4.splat(0);
  let seen = i32x4.splat(0);
  let seenShort = i32x4.splat(0);
  const whole = views + (n & ~3) * VIEW_BYTES;
  let view = views;
  for (; view < whole; view += 4 * VIEW_BYTES) {
    const a = v128.load(view);
    const b = v128.load(view, 16);
    const c = v128.load(view, 32);
    const d = v128.load(view, 48);
    const ab = v128.shuffle<i32>(a, b, 0, 4, 2, 6);
    const cd = v128.shuffle<i32>(c, d, 0, 4, 2, 6);
    const lengths = v128.shuffle<i64>(ab, cd, 0, 2);
    const third = v128.shuffle<i64>(ab, cd, 1, 3);
    const isLong = i32x4.gt_s(lengths, i32x4.splat(VIEW_INLINE_MAX));
    v128.store(out, lengths);
    out += 16;
    seen = v128.or(seen, v128.or(v128.or(a, b), v128.or(c, d)));
    seenShort = v128.or(seenShort, v128.andnot(third, isLong));
    totals = i32x4.add(totals, v128.and(lengths, isLong));
    firsts = i32x4.min_u(firsts, v128.or(third, v128.not(isLong)));
    lasts = i32x4.max_u(lasts, v128.and(i32x4.add(third, lengths), isLong));
  }
  let first = <usize>smallestLane(firsts);
  let last = <usize>max<u32>(
    max<u32>(i32x4.extract_lane(lasts, 0), i32x4.extract_lane(lasts, 1)),
    max<u32>(i32x4.extract_lane(lasts, 2), i32x4.extract_lane(lasts, 3)),
  );
  let total = <usize>sumOfLanes(totals);
  for (const end = views + n * VIEW_BYTES; view < end; view += VIEW_BYTES) {
    const length = load<u32>(view);
    const four = v128.load(view);
    store<u32>(out, length);
    out += 4;
    seen = v128.or(seen, four);
    if (length > VIEW_INLINE_MAX) {
      const at = <usize>load<u32>(view, VIEW_REF);
      first = min<usize>(first, at);
      last = max<usize>(last, at + length);
      total += length;
    } else {
      seenShort = v128.or(seenShort, i32x4.splat(i32x4.extract_lane(four, 2)));
    }
  }
  // The first four bytes of every string, and the last four of twelve, which are zero in long ones.
  const words = i32x4.extract_lane(seen, 1) | i32x4.extract_lane(seen, 3);
  if ((words & 0x80808080) != 0) return false;
  if (i8x16.bitmask(seenShort) != 0) return false;
  if (last <= first) return true;
  if (last - first > total * SPARSE + SPARSE_BYTES) return false;
  return isAsciiSpan(first, last);
}

// @ts-ignore: decorator
@inline
function smallestLane(lanes: v128): u32 {
  return min<u32>(
    min<u32>(i32x4.extract_lane(lanes, 0), i32x4.extract_lane(lanes, 1)),
    min<u32>(i32x4.extract_lane(lanes, 2), i32x4.extract_lane(lanes, 3)),
  );
}

// @ts-ignore: decorator
@inline
function sumOfLanes(lanes: v128): u32 {
  return i32x4.extract_lane(lanes, 0) + i32x4.extract_lane(lanes, 1) + i32x4.extract_lane(lanes, 2) + i32x4.extract_lane(lanes, 3);
}

function isAsciiSpan(at: usize, end: usize): bool {
  let seen = i8x16.splat(0);
  while (end - at >= 64) {
    seen = v128.or(
      v128.or(seen, v128.or(v128.load(at), v128.load(at, 16))),
      v128.or(v128.load(at, 32), v128.load(at, 48)),
    );
    at += 64;
  }
  for (; end - at >= 16; at += 16) seen = v128.or(seen, v128.load(at));
  if (i8x16.bitmask(seen) != 0) return false;
  for (; at < end; at++) {
    if (load<u8>(at) >= 128) return false;
  }
  return true;
}

/** Whether `part` is in each of `n` strings (a byte, 0 or 1): of all (sel 0), or of those at the positions at `sel`, to the same positions. Of nulls, anything. */
export function stringsContain(views: usize, nulls: usize, sel: usize, n: u32, part: usize, out: usize): void {
  const needle = bytesOf(part);
  const length = load<u32>(part);
  if (sel == 0) {
    if (containInSpan(views, nulls, n, needle, length, out)) return;
  }
  for (let k: u32 = 0; k < n; k++) {
    const row = sel == 0 ? k : load<u32>(sel + (k << 2));
    if (load<u8>(nulls + row) == 0) store<bool>(out + row, contains(views + row * VIEW_BYTES, needle, length));
  }
}

// @ts-ignore: decorator
@inline
function contains(view: usize, needle: usize, length: u32): bool {
  const at = bytesOf(view);
  return findBytes(at, at + load<u32>(view), needle, length) != 0;
}

/**
 * Looks through all bytes from the first long string to the last, if not much is between them; else false. Strings that lie before one of an earlier row (a dictionary's, which come again) are
 * looked through by themselves, as short ones are.
 */
function containInSpan(views: usize, nulls: usize, n: u32, needle: usize, length: u32, out: usize): bool {
  if (length == 0) return false;
  const rare = i8x16.splat(load<u8>(needle + rarest(needle, length, length)));
  let firsts = i32x4.splat(-1);
  let totals = i32x4.splat(0);
  // Where the strings before end, in all lanes.
  let last = i32x4.splat(0);
  for (let k: u32 = 0; k < n; ) {
    if (k + 4 <= n) {
      const view = views + k * VIEW_BYTES;
      // Mostly no short one of four has a byte of the needle, and no long one lies before another.
      const a = v128.load(view);
      const b = v128.load(view, 16);
      const c = v128.load(view, 32);
      const d = v128.load(view, 48);
      const ab = v128.shuffle<i32>(a, b, 0, 4, 2, 6);
      const cd = v128.shuffle<i32>(c, d, 0, 4, 2, 6);
      const lengths = v128.shuffle<i64>(ab, cd, 0, 2);
      const refs = v128.shuffle<i64>(ab, cd, 1, 3);
      const isLong = i32x4.gt_s(lengths, i32x4.splat(VIEW_INLINE_MAX));
      const starts = v128.or(refs, v128.not(isLong));
      let ends = i32x4.max_u(last, v128.and(i32x4.add(refs, lengths), isLong));
      ends = i32x4.max_u(ends, v128.shuffle<i32>(last, ends, 0, 4, 5, 6));
      ends = i32x4.max_u(ends, v128.shuffle<i32>(last, ends, 0, 1, 4, 5));
      const inOrder = i32x4.ge_u(starts, v128.shuffle<i32>(last, ends, 0, 4, 5, 6));
      const abText = v128.shuffle<i32>(a, b, 1, 5, 3, 7);
      const cdText = v128.shuffle<i32>(c, d, 1, 5, 3, 7);
      const head = i8x16.eq(v128.shuffle<i64>(abText, cdText, 0, 2), rare);
      const tail = i8x16.eq(v128.shuffle<i64>(abText, cdText, 1, 3), rare);
      const isCandidate = v128.andnot(v128.or(v128.or(head, tail), i8x16.eq(refs, rare)), isLong);
      if (load<u32>(nulls + k) == 0 && !v128.any_true(v128.or(isCandidate, v128.not(inOrder)))) {
        firsts = i32x4.min_u(firsts, starts);
        totals = i32x4.add(totals, v128.and(lengths, isLong));
        last = v128.shuffle<i32>(ends, ends, 3, 3, 3, 3);
        store<u32>(out + k, 0);
        k += 4;
        continue;
      }
    }
    for (const stop = min<u32>(n, k + 4); k < stop; k++) {
      const view = views + k * VIEW_BYTES;
      const bytes = load<u32>(view) & (<u32>load<u8>(nulls + k) - 1);
      let found = false;
      if (isInSpan(view, bytes, <usize>i32x4.extract_lane(last, 0))) {
        const at = load<u32>(view, VIEW_REF);
        firsts = i32x4.min_u(firsts, i32x4.splat(at));
        totals = i32x4.add(totals, i32x4.replace_lane(i32x4.splat(0), 0, bytes));
        last = i32x4.splat(at + bytes);
      } else if (bytes >= length) {
        found = contains(view, needle, length);
      }
      store<bool>(out + k, found);
    }
  }
  const end = <usize>i32x4.extract_lane(last, 0);
  if (end == 0) return true;
  const first = <usize>smallestLane(firsts);
  if (end - first > <usize>sumOfLanes(totals) * SPARSE + SPARSE_BYTES) return false;
  if (end - first >= length) markRows(views, nulls, first, end, needle, length, out);
  return true;
}

/** Whether a string is a long one that lies behind those of the rows before. */
// @ts-ignore: decorator
@inline
function isInSpan(view: usize, bytes: u32, last: usize): bool {
  return bytes > VIEW_INLINE_MAX ? <usize>load<u32>(view, VIEW_REF) >= last : false;
}

/** How rare letters are, two bits each from `a` on: e t a o i n s r, then h l d c u m p f g, then w y b v k, then j q x z. */
const RARITY: u64 = 0xee903416c5458;

// @ts-ignore: decorator
@inline
function rarity(byte: u32): u32 {
  if (byte - 97 < 26) return <u32>(RARITY >> ((byte - 97) << 1)) & 3;
  return byte == 32 ? 0 : byte - 48 < 10 ? 1 : 2;
}

/** Which of a text's bytes is the rarest, of the positions other than `but`. */
function rarest(text: usize, length: u32, but: u32): u32 {
  let found: u32 = but == 0 ? min<u32>(1, length - 1) : 0;
  for (let i = found + 1; i < length; i++) {
    if (i != but) {
      if (rarity(load<u8>(text + i)) > rarity(load<u8>(text + found))) found = i;
    }
  }
  return found;
}

/** Marks the rows of long strings that the needle is in. Every place it may begin at is compared in its two rarest bytes, sixty-four at once. */
function markRows(views: usize, nulls: usize, at: usize, end: usize, needle: usize, length: u32, out: usize): void {
  const one = rarest(needle, length, length);
  const other = rarest(needle, length, one);
  const ones = i8x16.splat(load<u8>(needle + one));
  const others = i8x16.splat(load<u8>(needle + other));
  const stop = end - length;
  // The row that is being looked at, and where the strings before it end.
  let row: u32 = 0;
  let last: usize = 0;
  while (at <= stop) {
    let mask: u64;
    let step: usize = 64;
    if (stop - at >= 64) {
      const a = v128.and(i8x16.eq(v128.load(at + one), ones), i8x16.eq(v128.load(at + other), others));
      const b = v128.and(i8x16.eq(v128.load(at + one, 16), ones), i8x16.eq(v128.load(at + other, 16), others));
      const c = v128.and(i8x16.eq(v128.load(at + one, 32), ones), i8x16.eq(v128.load(at + other, 32), others));
      const d = v128.and(i8x16.eq(v128.load(at + one, 48), ones), i8x16.eq(v128.load(at + other, 48), others));
      if (!v128.any_true(v128.or(v128.or(a, b), v128.or(c, d)))) {
        at += 64;
        continue;
      }
      mask = <u64>(i8x16.bitmask(c) | (i8x16.bitmask(d) << 16)) << 32;
      mask |= <u64><u32>(i8x16.bitmask(a) | (i8x16.bitmask(b) << 16));
    } else {
      step = 16;
      mask = <u64>i8x16.bitmask(v128.and(i8x16.eq(v128.load(at + one), ones), i8x16.eq(v128.load(at + other), others)));
      const places = stop - at + 1;
      if (places < 16) mask &= lowBits(<u32>places);
    }
    for (; mask != 0; mask &= mask - 1) {
      const place = at + <usize>ctz<u64>(mask);
      if (!equalBytes(place, needle, length)) continue;
      // The first row that ends behind the place: there is one.
      for (; ; row++) {
        const view = views + row * VIEW_BYTES;
        const bytes = load<u32>(view) & (<u32>load<u8>(nulls + row) - 1);
        const from = <usize>load<u32>(view, VIEW_REF);
        const end = select<usize>(from + bytes, last, <u32>(bytes > VIEW_INLINE_MAX) & <u32>(from >= last));
        if (end > place) {
          if (place >= from && place + length <= end) store<bool>(out + row, true);
          break;
        }
        last = end;
      }
    }
    at += step;
  }
}
