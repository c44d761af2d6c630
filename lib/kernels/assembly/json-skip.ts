// What stands where in JSON text, without values: how far a string, a number or anything else goes. Up to 15 bytes behind the text are read and ignored.

import { BACKSLASH, CLOSE_OBJECT, COLON, COMMA, OPEN_OBJECT, QUOTE, isSpace, skipSpace } from './json-record';

// @ts-ignore: decorator
@inline
export function isNullAt(at: u32, stop: u32): bool {
  return stop - at >= 4 && load<u32>(at) == 0x6c6c756e;
}

// @ts-ignore: decorator
@inline
export function afterColon(at: u32, stop: u32): u32 {
  const colon = skipSpace(at, stop);
  if (colon >= stop || <u32>load<u8>(colon) != COLON) return 0;
  return skipSpace(colon + 1, stop);
}

/** Behind the string that begins at `at`, by quotes and backslashes alone; 0 if it does not end. */
export function skipString(at: u32, stop: u32): u32 {
  if (at >= stop || <u32>load<u8>(at) != QUOTE) return 0;
  const quote = i8x16.splat(<i8>QUOTE);
  const backslash = i8x16.splat(<i8>BACKSLASH);
  let next = at + 1;
  while (next < stop) {
    const text = v128.load(next);
    const found = <u32>i8x16.bitmask(v128.or(i8x16.eq(text, quote), i8x16.eq(text, backslash)));
    if (found == 0) {
      next += 16;
      continue;
    }
    next += ctz<u32>(found);
    if (next >= stop) return 0;
    if (<u32>load<u8>(next) == QUOTE) return next + 1;
    next += 2;
  }
  return 0;
}

/** Behind a number or a word. */
export function tokenEnd(at: u32, stop: u32): u32 {
  let next = at;
  while (next < stop) {
    const byte = <u32>load<u8>(next);
    if (byte == COMMA || (byte | 32) == CLOSE_OBJECT || isSpace(byte)) return next;
    next++;
  }
  return next;
}

/** Behind any value, by its structure; 0 if it does not end. */
export function skipValue(at: u32, stop: u32): u32 {
  if (at >= stop) return 0;
  const byte = <u32>load<u8>(at);
  if (byte == QUOTE) return skipString(at, stop);
  if ((byte | 32) != OPEN_OBJECT) {
    const end = tokenEnd(at, stop);
    return end == at ? 0 : end;
  }
  let depth: u32 = 0;
  let next = at;
  while (next < stop) {
    const c = <u32>load<u8>(next);
    if (c == QUOTE) {
      next = skipString(next, stop);
      if (next == 0) return 0;
      continue;
    }
    next++;
    if ((c | 32) == OPEN_OBJECT) depth++;
    else if ((c | 32) == CLOSE_OBJECT) {
      depth--;
      if (depth == 0) return next;
    }
  }
  return 0;
}

/** Items before the bracket that closes at the level of `from`; u32.MAX_VALUE if none does. */
export function countItems(from: u32, stop: u32): u32 {
  let at = skipSpace(from, stop);
  if (at >= stop) return u32.MAX_VALUE;
  if ((<u32>load<u8>(at) | 32) == CLOSE_OBJECT) return 0;
  let count: u32 = 1;
  let depth: u32 = 0;
  while (at < stop) {
    const byte = <u32>load<u8>(at);
    if (byte == QUOTE) {
      at = skipString(at, stop);
      if (at == 0) return u32.MAX_VALUE;
      continue;
    }
    at++;
    if (byte == COMMA) count += <u32>(depth == 0);
    else if ((byte | 32) == OPEN_OBJECT) depth++;
    else if ((byte | 32) == CLOSE_OBJECT) {
      if (depth == 0) return count;
      depth--;
    }
  }
  return u32.MAX_VALUE;
}
