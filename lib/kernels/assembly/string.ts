import { allocate } from './heap';
import { VIEW_INLINE_MAX } from './layout';
import {
  bytesOf, countCharacters, equalBytes, findBytes, nextCharacter, previousCharacter, setView, skipCharacters,
} from './utf8';

// Parts and lengths of strings. Views are passed by address; a result is a view at `out`, which may be a view of the arguments' bytes.

const LENGTH_MAX: u64 = 0x7fffffff;
/** More than any memory has: the host answers with ResourceError. */
const TOO_MUCH: u32 = 0xfffffff0;

/** `bytes` of a heap, for a string of at most 2^31 − 1 bytes. */
export function room(heap: usize, bytes: u64): usize {
  if (bytes > LENGTH_MAX) {
    allocate(heap, TOO_MUCH);
    unreachable();
  }
  return allocate(heap, <u32>bytes);
}

/** Where a result of `length` bytes is written before `setView` makes a view of it: the heap, also for short ones, whose bytes are given back. */
// @ts-ignore: decorator
@inline
export function finishView(heap: usize, out: usize, at: usize, length: u32): void {
  setView(out, at, length);
  if (length <= VIEW_INLINE_MAX) store<u32>(heap, <u32>at);
}

export function string_length(view: usize): u32 {
  return countCharacters(bytesOf(view), load<u32>(view));
}

/** Code point of the first character; 0 of nothing. */
export function string_ascii(view: usize): u32 {
  if (load<u32>(view) == 0) return 0;
  const at = bytesOf(view);
  const lead = <u32>load<u8>(at);
  if (lead < 0x80) return lead;
  const second = <u32>load<u8>(at, 1) & 0x3f;
  if (lead < 0xe0) return ((lead & 0x1f) << 6) | second;
  const third = <u32>load<u8>(at, 2) & 0x3f;
  if (lead < 0xf0) return ((lead & 0x0f) << 12) | (second << 6) | third;
  return ((lead & 0x07) << 18) | (second << 12) | (third << 6) | (<u32>load<u8>(at, 3) & 0x3f);
}

/** From a position (1 is the first, 0 too, −1 the last) on; what lies before the text shortens the part. */
export function string_substring(out: usize, view: usize, start: i32, count: i32): void {
  const at = bytesOf(view);
  const length = load<u32>(view);
  const end = at + length;
  let from = <i64>start - 1;
  if (start == 0) from = 0;
  if (start < 0) from = <i64>countCharacters(at, length) + start;
  const to = from + <i64>count;
  if (from < 0) from = 0;
  if (to <= from) {
    setView(out, at, 0);
    return;
  }
  const first = skipCharacters(at, end, <u32>from);
  const past = to - from >= <i64>(end - first) ? end : skipCharacters(first, end, <u32>(to - from));
  setView(out, first, <u32>(past - first));
}

/** The same of bytes. */
export function binary_substring(out: usize, view: usize, start: i32, count: i32): void {
  const length = <i64>load<u32>(view);
  let from = start > 0 ? <i64>start - 1 : start < 0 ? length + start : 0;
  const to = min<i64>(length, from + count);
  from = max<i64>(0, from);
  setView(out, bytesOf(view) + <u32>min<i64>(from, length), to > from ? <u32>(to - from) : 0);
}

export function string_right(out: usize, view: usize, count: i32): void {
  const at = bytesOf(view);
  const length = load<u32>(view);
  const end = at + length;
  if (count <= 0) {
    setView(out, at, 0);
    return;
  }
  if (<u32>count >= length) {
    setView(out, at, length);
    return;
  }
  const all = countCharacters(at, length);
  const first = <u32>count >= all ? at : skipCharacters(at, end, all - count);
  setView(out, first, <u32>(end - first));
}

export function string_reverse(heap: usize, out: usize, view: usize): void {
  const length = load<u32>(view);
  const from = bytesOf(view);
  const to = room(heap, length);
  let place = to + length;
  let at = from;
  const end = from + length;
  while (at < end) {
    const next = nextCharacter(at, end);
    const bytes = next - at;
    place -= bytes;
    if (bytes == 1) store<u8>(place, load<u8>(at));
    else memory.copy(place, at, bytes);
    at = next;
  }
  finishView(heap, out, to, length);
}

/** Membership in a set of characters: ASCII ones by a bit of two words, others by their bytes. */
// @ts-ignore: decorator
@inline
function inSet(at: usize, bytes: u32, low: u64, high: u64, set: usize, setEnd: usize): bool {
  const byte = <u32>load<u8>(at);
  if (byte < 64) return ((low >> <u64>byte) & 1) != 0;
  if (byte < 128) return ((high >> <u64>(byte - 64)) & 1) != 0;
  return findBytes(set, setEnd, at, bytes) != 0;
}

/** Cuts characters of the set off: bit 0 of `sides` at the start, bit 1 at the end. */
export function string_trim(out: usize, view: usize, characters: usize, sides: u32): void {
  let start = bytesOf(view);
  let end = start + load<u32>(view);
  const set = bytesOf(characters);
  const setEnd = set + load<u32>(characters);
  let low: u64 = 0;
  let high: u64 = 0;
  for (let at = set; at < setEnd; at++) {
    const byte = <u32>load<u8>(at);
    if (byte < 64) low |= (<u64>1) << <u64>byte;
    else if (byte < 128) high |= (<u64>1) << <u64>(byte - 64);
  }
  if ((sides & 1) != 0) {
    while (start < end) {
      const next = nextCharacter(start, end);
      if (!inSet(start, <u32>(next - start), low, high, set, setEnd)) break;
      start = next;
    }
  }
  if ((sides & 2) != 0) {
    while (start < end) {
      const before = previousCharacter(end, start);
      if (!inSet(before, <u32>(end - before), low, high, set, setEnd)) break;
      end = before;
    }
  }
  setView(out, start, <u32>(end - start));
}

/** `count` views, whose addresses are listed, one after the other. */
export function string_concat(heap: usize, out: usize, views: usize, count: u32): void {
  let total: u64 = 0;
  for (let i: u32 = 0; i < count; i++) total += <u64>load<u32>(load<u32>(views + (i << 2)));
  const to = room(heap, total);
  let at = to;
  for (let i: u32 = 0; i < count; i++) at = append(at, load<u32>(views + (i << 2)));
  finishView(heap, out, to, <u32>total);
}

/** The same with a separator between each two. */
export function string_join(heap: usize, out: usize, separator: usize, views: usize, count: u32): void {
  let total: u64 = count == 0 ? 0 : <u64>load<u32>(separator) * <u64>(count - 1);
  for (let i: u32 = 0; i < count; i++) total += <u64>load<u32>(load<u32>(views + (i << 2)));
  const to = room(heap, total);
  let at = to;
  for (let i: u32 = 0; i < count; i++) {
    if (i > 0) at = append(at, separator);
    at = append(at, load<u32>(views + (i << 2)));
  }
  finishView(heap, out, to, <u32>total);
}

// @ts-ignore: decorator
@inline
function append(at: usize, view: usize): usize {
  const length = load<u32>(view);
  memory.copy(at, bytesOf(view), length);
  return at + length;
}

export function string_equal(a: usize, b: usize): bool {
  const length = load<u32>(a);
  if (length != load<u32>(b)) return false;
  return equalBytes(bytesOf(a), bytesOf(b), length);
}

export function string_startswith(view: usize, part: usize): bool {
  const length = load<u32>(part);
  if (length > load<u32>(view)) return false;
  return equalBytes(bytesOf(view), bytesOf(part), length);
}

export function string_endswith(view: usize, part: usize): bool {
  const length = load<u32>(part);
  const all = load<u32>(view);
  if (length > all) return false;
  return equalBytes(bytesOf(view) + (all - length), bytesOf(part), length);
}

export function string_contains(view: usize, part: usize): bool {
  const at = bytesOf(view);
  return findBytes(at, at + load<u32>(view), bytesOf(part), load<u32>(part)) != 0;
}

/** Position of the first occurrence from a position on, in characters from 1; 0: none. Of nothing: 1. */
export function string_locate(part: usize, view: usize, from: i32): u32 {
  if (from <= 0) return 0;
  if (load<u32>(part) == 0) return 1;
  const at = bytesOf(view);
  const end = at + load<u32>(view);
  const start = from == 1 ? at : skipCharacters(at, end, from - 1);
  const found = findBytes(start, end, bytesOf(part), load<u32>(part));
  return found == 0 ? 0 : countCharacters(at, <u32>(found - at)) + 1;
}
