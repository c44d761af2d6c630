import { allocate } from './heap';
import { bytesOf, equalBytes, findBytes, nextCharacter, setView } from './utf8';

// LIKE. A compiled pattern is a view of bytes without escapes, where ANY_TEXT stands for `%` and ANY_CHARACTER for `_`: bytes that UTF-8 never has.
// codegen/like-pattern.ts makes the same of literal patterns.

export const ANY_CHARACTER: u32 = 0xfe;
export const ANY_TEXT: u32 = 0xff;

export const LIKE_OK: u32 = 0;
export const LIKE_ESCAPE_AT_END: u32 = 2;
export const LIKE_ESCAPE_IN_MIDDLE: u32 = 3;

/** Compiles a pattern to a view at `out`. The escape is one character; what follows it must be `_`, `%` or the escape itself. */
export function like_compile(heap: usize, out: usize, pattern: usize, escape: usize): u32 {
  const length = load<u32>(pattern);
  const to = allocate(heap, length);
  let place = to;
  let at = bytesOf(pattern);
  const end = at + length;
  const escapeBytes = bytesOf(escape);
  const escapeLength = load<u32>(escape);
  while (at < end) {
    if (escapeLength != 0) {
      if (<u32>(end - at) >= escapeLength) {
        if (equalBytes(at, escapeBytes, escapeLength)) {
          at += escapeLength;
          if (at >= end) return LIKE_ESCAPE_AT_END;
          const next = <u32>load<u8>(at);
          let width: u32 = 1;
          if (next != 37 && next != 95) {
            if (<u32>(end - at) < escapeLength) return LIKE_ESCAPE_IN_MIDDLE;
            if (!equalBytes(at, escapeBytes, escapeLength)) return LIKE_ESCAPE_IN_MIDDLE;
            width = escapeLength;
          }
          memory.copy(place, at, width);
          place += width;
          at += width;
          continue;
        }
      }
    }
    const byte = <u32>load<u8>(at);
    store<u8>(place, byte == 37 ? ANY_TEXT : byte == 95 ? ANY_CHARACTER : byte);
    place++;
    at++;
  }
  setView(out, to, <u32>(place - to));
  return LIKE_OK;
}

/** End of the bytes from `at` that stand for themselves. */
// @ts-ignore: decorator
@inline
function literalEnd(at: usize, end: usize): usize {
  while (at < end) {
    if (<u32>load<u8>(at) >= ANY_CHARACTER) break;
    at++;
  }
  return at;
}

/**
 * Whether a text matches a compiled pattern. A segment after `%` is searched for; when what follows fails, the search goes on one character later, from the
 * last `%` only: an earlier one cannot help.
 */
export function like_match(view: usize, pattern: usize): bool {
  let at = bytesOf(view);
  const end = at + load<u32>(view);
  let p = bytesOf(pattern);
  const pEnd = p + load<u32>(pattern);
  let retryPattern: usize = 0;
  let retryAt: usize = 0;
  while (true) {
    if (p < pEnd) {
      const byte = <u32>load<u8>(p);
      if (byte == ANY_TEXT) {
        p++;
        if (p == pEnd) return true;
        retryPattern = p;
        retryAt = at;
        // A segment of bytes: to where it is found, or nowhere.
        const stop = literalEnd(p, pEnd);
        if (stop > p) {
          const length = <u32>(stop - p);
          if (stop == pEnd) return <u32>(end - at) >= length ? equalBytes(end - length, p, length) : false;
          const found = findBytes(at, end, p, length);
          if (found == 0) return false;
          retryAt = found;
          at = found + length;
          p = stop;
        }
        continue;
      }
      if (at < end) {
        if (byte == ANY_CHARACTER) {
          at = nextCharacter(at, end);
          p++;
          continue;
        }
        if (byte == <u32>load<u8>(at)) {
          at++;
          p++;
          continue;
        }
      }
    } else if (at == end) {
      return true;
    }
    if (retryPattern == 0) return false;
    if (retryAt >= end) return false;
    retryAt = nextCharacter(retryAt, end);
    at = retryAt;
    p = retryPattern;
    const stop = literalEnd(p, pEnd);
    if (stop > p) {
      const length = <u32>(stop - p);
      const found = findBytes(at, end, p, length);
      if (found == 0) return false;
      retryAt = found;
      at = found + length;
      p = stop;
    }
  }
}
