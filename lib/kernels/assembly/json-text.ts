// JSON to the letter (RFC 8259): whether a text is a value, and what a string says. Depth is bounded; nothing recurses.

import { BACKSLASH, CLOSE_ARRAY, CLOSE_OBJECT, COLON, COMMA, DEPTH_MAX, OPEN_ARRAY, OPEN_OBJECT, QUOTE, skipSpace } from './json-record';
import { characterBytes } from './utf8';

const REPLACEMENT: u32 = 0xfffd;

// @ts-ignore: decorator
@inline
function hexDigit(byte: u32): u32 {
  if (byte - 48 < 10) return byte - 48;
  const letter = (byte | 32) - 97;
  return letter < 6 ? letter + 10 : 0x10000;
}

/** Four hexadecimal digits; 0x10000 or more if they are none. */
function hexUnit(at: u32): u32 {
  const high = (hexDigit(<u32>load<u8>(at)) << 4) | hexDigit(<u32>load<u8>(at, 1));
  const low = (hexDigit(<u32>load<u8>(at, 2)) << 4) | hexDigit(<u32>load<u8>(at, 3));
  return (high << 8) | low | ((high | low) > 0xff ? 0x10000 : 0);
}

/** What a backslash and this byte stand for; 0: nothing. */
function escapedByte(byte: u32): u32 {
  if (byte == QUOTE || byte == BACKSLASH || byte == 47) return byte;
  if (byte == 110) return 10;
  if (byte == 116) return 9;
  if (byte == 114) return 13;
  if (byte == 98) return 8;
  return byte == 102 ? 12 : 0;
}

function writeCharacter(out: u32, code: u32): u32 {
  if (code < 0x80) {
    store<u8>(out, code);
    return 1;
  }
  if (code < 0x800) {
    store<u8>(out, 0xc0 | (code >> 6));
    store<u8>(out, 0x80 | (code & 63), 1);
    return 2;
  }
  if (code < 0x10000) {
    store<u8>(out, 0xe0 | (code >> 12));
    store<u8>(out, 0x80 | ((code >> 6) & 63), 1);
    store<u8>(out, 0x80 | (code & 63), 2);
    return 3;
  }
  store<u8>(out, 0xf0 | (code >> 18));
  store<u8>(out, 0x80 | ((code >> 12) & 63), 1);
  store<u8>(out, 0x80 | ((code >> 6) & 63), 2);
  store<u8>(out, 0x80 | (code & 63), 3);
  return 4;
}

/**
 * What the string between two quotes says, as UTF-8, which is never longer. Returns how many bytes, or −1 if it is no JSON string: a control character, a quote, an escape that
 * does not exist, bytes that are not UTF-8. Half a surrogate pair becomes U+FFFD.
 */
export function unescapeText(out: u32, start: u32, stop: u32): i32 {
  let at = start;
  let to = out;
  while (at < stop) {
    const byte = <u32>load<u8>(at);
    if (byte == BACKSLASH) {
      if (stop - at < 2) return -1;
      const next = <u32>load<u8>(at, 1);
      if (next != 117) {
        const stands = escapedByte(next);
        if (stands == 0) return -1;
        store<u8>(to, stands);
        to++;
        at += 2;
        continue;
      }
      if (stop - at < 6) return -1;
      let code = hexUnit(at + 2);
      if (code > 0xffff) return -1;
      at += 6;
      if ((code & 0xf800) == 0xd800) {
        let low: u32 = 0;
        if (code < 0xdc00 && stop - at >= 6) {
          if (<u32>load<u8>(at) == BACKSLASH && load<u8>(at, 1) == 117) low = hexUnit(at + 2);
        }
        if ((low & 0xfffffc00) == 0xdc00) {
          code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
          at += 6;
        } else {
          code = REPLACEMENT;
        }
      }
      to += writeCharacter(to, code);
      continue;
    }
    if (byte < 32 || byte == QUOTE) return -1;
    const bytes = characterBytes(at, stop);
    if (bytes == 0) return -1;
    for (let i: u32 = 0; i < bytes; i++) store<u8>(to + i, load<u8>(at + i));
    to += bytes;
    at += bytes;
  }
  return <i32>(to - out);
}

/** Behind the string that begins at `at`; 0 if there is none. */
function stringEnd(at: u32, stop: u32): u32 {
  if (at >= stop || <u32>load<u8>(at) != QUOTE) return 0;
  let next = at + 1;
  while (next < stop) {
    const byte = <u32>load<u8>(next);
    if (byte == QUOTE) return next + 1;
    if (byte < 32) return 0;
    if (byte == BACKSLASH) {
      if (stop - next < 2) return 0;
      const escaped = <u32>load<u8>(next, 1);
      if (escaped == 117) {
        if (stop - next < 6 || hexUnit(next + 2) > 0xffff) return 0;
        next += 6;
      } else {
        if (escapedByte(escaped) == 0) return 0;
        next += 2;
      }
      continue;
    }
    const bytes = characterBytes(next, stop);
    if (bytes == 0) return 0;
    next += bytes;
  }
  return 0;
}

// @ts-ignore: decorator
@inline
function skipDigits(at: u32, stop: u32): u32 {
  let next = at;
  while (next < stop) {
    if (<u32>load<u8>(next) - 48 > 9) break;
    next++;
  }
  return next;
}

/** Behind the number that begins at `at`; 0 if there is none. */
export function numberEnd(at: u32, stop: u32): u32 {
  let next = at;
  if (next < stop && load<u8>(next) == 45) next++;
  const whole = next;
  next = skipDigits(next, stop);
  if (next == whole) return 0;
  if (next - whole > 1 && load<u8>(whole) == 48) return 0;
  if (next < stop && load<u8>(next) == 46) {
    const fraction = next + 1;
    next = skipDigits(fraction, stop);
    if (next == fraction) return 0;
  }
  if (next < stop && (load<u8>(next) | 32) == 101) {
    next++;
    if (next < stop && (load<u8>(next) == 43 || load<u8>(next) == 45)) next++;
    const exponent = next;
    next = skipDigits(exponent, stop);
    if (next == exponent) return 0;
  }
  return next;
}

/** Behind true, false or null; 0 if there is none. */
export function literalEnd(at: u32, stop: u32): u32 {
  if (stop - at < 4) return 0;
  const word = load<u32>(at);
  if (word == 0x65757274 || word == 0x6c6c756e) return at + 4;
  if (word == 0x736c6166 && stop - at >= 5 && load<u8>(at, 4) == 101) return at + 5;
  return 0;
}

/** Behind NaN, Infinity or -Infinity, which Spark takes too; 0 if there is none. */
export function specialEnd(at: u32, stop: u32): u32 {
  if (stop - at >= 3) {
    if ((load<u32>(at) & 0xffffff) == 0x4e614e) return at + 3;
  }
  const from = load<u8>(at) == 45 ? at + 1 : at;
  if (stop < from + 8 || load<u64>(from) != 0x7974696e69666e49) return 0;
  return from + 8;
}

/** Behind a key and its colon and the space around them. */
function keyEnd(at: u32, stop: u32): u32 {
  const end = stringEnd(at, stop);
  if (end == 0) return 0;
  const colon = skipSpace(end, stop);
  if (colon >= stop || <u32>load<u8>(colon) != COLON) return 0;
  return skipSpace(colon + 1, stop);
}

/** 1 if a text is one value with white space around it, nested at most DEPTH_MAX deep. */
export function jsonValid(start: u32, stop: u32): u32 {
  let at = skipSpace(start, stop);
  let depth: u32 = 0;
  // One bit a level, the innermost lowest: whether it is an object.
  let kinds: u64 = 0;
  while (true) {
    if (at >= stop) return 0;
    const byte = <u32>load<u8>(at);
    if (byte == OPEN_OBJECT || byte == OPEN_ARRAY) {
      const isObject = byte == OPEN_OBJECT;
      at = skipSpace(at + 1, stop);
      if (at >= stop) return 0;
      if (<u32>load<u8>(at) == (isObject ? CLOSE_OBJECT : CLOSE_ARRAY)) {
        if (depth == DEPTH_MAX) return 0;
        at++;
      } else {
        if (depth == DEPTH_MAX) return 0;
        depth++;
        kinds = (kinds << 1) | <u64>isObject;
        if (isObject) {
          at = keyEnd(at, stop);
          if (at == 0) return 0;
        }
        continue;
      }
    } else {
      let end = byte == QUOTE ? stringEnd(at, stop) : byte == 45 || byte - 48 < 10 ? numberEnd(at, stop) : literalEnd(at, stop);
      if (end == 0) {
        end = specialEnd(at, stop);
        if (end == 0) return 0;
      }
      at = end;
    }
    // Behind a value: up, as long as something closes.
    while (true) {
      at = skipSpace(at, stop);
      if (depth == 0) return at == stop ? 1 : 0;
      if (at >= stop) return 0;
      const next = <u32>load<u8>(at);
      const isObject = (kinds & 1) != 0;
      if (next == COMMA) {
        at = skipSpace(at + 1, stop);
        if (isObject) {
          at = keyEnd(at, stop);
          if (at == 0) return 0;
        }
        break;
      }
      if (next != (isObject ? CLOSE_OBJECT : CLOSE_ARRAY)) return 0;
      at++;
      depth--;
      kinds >>= 1;
    }
  }
}
