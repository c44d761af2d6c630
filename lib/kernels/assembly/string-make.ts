import { finishView, room } from './string';
import { bytesOf, countCharacters, findBytes, isAscii, nextCharacter, setView, skipCharacters } from './utf8';

// Strings that are made anew. Results are written to the heap at `heap`; `out` gets the view.

/** With every occurrence of one part replaced by another; of nothing: as it was. */
export function string_replace(heap: usize, out: usize, view: usize, part: usize, by: usize): void {
  const start = bytesOf(view);
  const end = start + load<u32>(view);
  const needle = bytesOf(part);
  const length = load<u32>(part);
  let count: u32 = 0;
  if (length != 0) {
    for (let at = findBytes(start, end, needle, length); at != 0; at = findBytes(at + length, end, needle, length)) count++;
  }
  if (count == 0) {
    setView(out, start, <u32>(end - start));
    return;
  }
  const byBytes = bytesOf(by);
  const byLength = load<u32>(by);
  const total = <u64>(end - start) - <u64>count * length + <u64>count * byLength;
  const to = room(heap, total);
  let place = to;
  let from = start;
  for (; count > 0; count--) {
    const at = findBytes(from, end, needle, length);
    memory.copy(place, from, at - from);
    place += at - from;
    memory.copy(place, byBytes, byLength);
    place += byLength;
    from = at + length;
  }
  memory.copy(place, from, end - from);
  finishView(heap, out, to, <u32>total);
}

export function string_repeat(heap: usize, out: usize, view: usize, times: i32): void {
  const length = load<u32>(view);
  if (times <= 0 || length == 0) {
    setView(out, view, 0);
    return;
  }
  const total = <u64>length * <u64>times;
  const to = room(heap, total);
  fillWith(to, <u32>total, bytesOf(view), length);
  finishView(heap, out, to, <u32>total);
}

/** `total` bytes of a text again and again: what is there already is copied, twice as much each time. */
function fillWith(to: usize, total: u32, from: usize, length: u32): void {
  if (length == 1) {
    memory.fill(to, load<u8>(from), total);
    return;
  }
  let done = min<u32>(length, total);
  memory.copy(to, from, done);
  while (done < total) {
    const more = min<u32>(done, total - done);
    memory.copy(to + done, to, more);
    done += more;
  }
}

/** Cut or filled to so many characters. With nothing to fill with: the text, cut only. */
export function string_pad(heap: usize, out: usize, view: usize, count: i32, fill: usize, atStart: u32): void {
  const at = bytesOf(view);
  const length = load<u32>(view);
  const end = at + length;
  if (count <= 0) {
    setView(out, at, 0);
    return;
  }
  const has = countCharacters(at, length);
  const fillLength = load<u32>(fill);
  if (has >= <u32>count || fillLength == 0) {
    const cut = has > <u32>count ? skipCharacters(at, end, count) : end;
    setView(out, at, <u32>(cut - at));
    return;
  }
  const fillBytes = bytesOf(fill);
  const fillCount = countCharacters(fillBytes, fillLength);
  const missing = <u32>count - has;
  const part = skipCharacters(fillBytes, fillBytes + fillLength, missing % fillCount) - fillBytes;
  const padding = <u64>(missing / fillCount) * fillLength + <u64>part;
  const to = room(heap, padding + length);
  const text = atStart == 0 ? to : to + <usize>padding;
  memory.copy(text, at, length);
  fillWith(atStart == 0 ? to + length : to, <u32>padding, fillBytes, fillLength);
  finishView(heap, out, to, <u32>padding + length);
}

/** Characters of `from` replaced by those of `to` at the same place; those without a partner are left out. */
export function string_translate(heap: usize, out: usize, view: usize, from: usize, to: usize): void {
  const length = load<u32>(view);
  let at = bytesOf(view);
  const end = at + length;
  const fromBytes = bytesOf(from);
  const fromEnd = fromBytes + load<u32>(from);
  const toBytes = bytesOf(to);
  const toEnd = toBytes + load<u32>(to);
  // One byte may become four.
  const result = room(heap, <u64>length * 4);
  let place = result;
  while (at < end) {
    const next = nextCharacter(at, end);
    const bytes = <u32>(next - at);
    const found = findBytes(fromBytes, fromEnd, at, bytes);
    if (found == 0) {
      memory.copy(place, at, bytes);
      place += bytes;
    } else {
      const partner = skipCharacters(toBytes, toEnd, countCharacters(fromBytes, <u32>(found - fromBytes)));
      if (partner < toEnd) {
        const width = nextCharacter(partner, toEnd) - partner;
        memory.copy(place, partner, width);
        place += width;
      }
    }
    at = next;
  }
  store<u32>(heap, <u32>((place + 7) & ~7));
  finishView(heap, out, result, <u32>(place - result));
}

/** The part of that number between separators, from 1, or from the end by negative ones; nothing where there are fewer. An empty separator separates nothing. */
export function string_split_part(out: usize, view: usize, separator: usize, part: i32): void {
  let start = bytesOf(view);
  const end = start + load<u32>(view);
  const needle = bytesOf(separator);
  const length = load<u32>(separator);
  let wanted = <i64>part;
  if (part < 0) {
    let parts: i64 = 1;
    if (length != 0) {
      for (let at = findBytes(start, end, needle, length); at != 0; at = findBytes(at + length, end, needle, length)) parts++;
    }
    wanted = parts + part + 1;
  }
  if (wanted < 1) {
    setView(out, start, 0);
    return;
  }
  for (; wanted > 1; wanted--) {
    const at: usize = length == 0 ? 0 : findBytes(start, end, needle, length);
    if (at == 0) {
      setView(out, start, 0);
      return;
    }
    start = at + length;
  }
  const stop: usize = length == 0 ? 0 : findBytes(start, end, needle, length);
  setView(out, start, <u32>((stop == 0 ? end : stop) - start));
}

/** Sixteen bytes with the letters from `first` on, 26 of them, in the other case. */
// @ts-ignore: decorator
@inline
function foldLetters(bytes: v128, first: i32): v128 {
  const shifted = i8x16.sub(bytes, i8x16.splat(<i8>first));
  const letters = i8x16.lt_u(shifted, i8x16.splat(26));
  return v128.xor(bytes, v128.and(letters, i8x16.splat(0x20)));
}

/** ASCII letters from `first` on ('a' or 'A') in the other case; false, and nothing done, where the text has other characters: those are the host's. */
function changeCase(heap: usize, out: usize, view: usize, first: i32): bool {
  const length = load<u32>(view);
  if (length <= 12) {
    const bytes = v128.load(view);
    // The length is a byte below the letters, so it stays; padding is zero.
    if (i8x16.bitmask(bytes) != 0) return false;
    v128.store(out, foldLetters(bytes, first));
    return true;
  }
  const at = bytesOf(view);
  if (!isAscii(at, length)) return false;
  const to = room(heap, <u64>length + 16);
  for (let i: u32 = 0; i < length; i += 16) v128.store(to + i, foldLetters(v128.load(at + i), first));
  setView(out, to, length);
  return true;
}

export function string_upper(heap: usize, out: usize, view: usize): bool {
  return changeCase(heap, out, view, 97);
}

export function string_lower(heap: usize, out: usize, view: usize): bool {
  return changeCase(heap, out, view, 65);
}

/** A capital after each blank, all else small; false for other than ASCII. */
export function string_initcap(heap: usize, out: usize, view: usize): bool {
  const length = load<u32>(view);
  const at = bytesOf(view);
  if (!isAscii(at, length)) return false;
  const to = room(heap, length);
  let before: u32 = 32;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    const folded = byte | 0x20;
    let result = byte;
    if (folded - 97 < 26) result = before == 32 ? byte & 0xdf : folded;
    store<u8>(to + i, result);
    before = byte;
  }
  finishView(heap, out, to, length);
  return true;
}
