// Numbers: up to 16 bytes of text are parsed without a branch on their length, as words whose last byte is the text's last. What does not fit there
// (a quote, a plus, spaces, the null text, more digits, an exponent) goes the slow way.

import {
  COL_DECIMAL, COL_POWERS, COL_SIZE, COL_START, COL_TENS, COL_VALUES, bareField, markBad,
} from './csv-column';
import { NO_DOUBLE, doubleOf } from './decimal-double';

const ASCII_ZEROS: u64 = 0x3030303030303030;
const MINUS: u32 = 45;
const PLUS: u32 = 43;
const POINT: u32 = 46;
const I64_POWERS: u32 = 184;

// What a column is made of: constant in each kernel, so that only one of the branches on it is left.
export const INT: u32 = 0;
export const LONG: u32 = 1;
export const DOUBLE: u32 = 2;
export const DECIMAL_LONG: u32 = 3;
export const DECIMAL_WIDE: u32 = 4;

/** Whether a word of (byte xor '0') is digits. */
// @ts-ignore: decorator
@inline
function isDigits(word: u64): bool {
  return (((word + 0x7676767676767676) | word) & 0x8080808080808080) == 0;
}

/** The number that eight digit values are, first digit lowest. After Langdale and Lemire's parse_eight_digits. */
// @ts-ignore: decorator
@inline
function fromDigits(digits: u64): u64 {
  const pairs = (digits * 10 + (digits >> 8)) & 0x00ff00ff00ff00ff;
  const fours = (pairs * 100 + (pairs >> 16)) & 0x0000ffff0000ffff;
  return (fours * 10000 + (fours >> 32)) & 0xffffffff;
}

/** Place of the first point in a word of (byte xor '0'), in bits; 64 if there is none. */
// @ts-ignore: decorator
@inline
function pointAt(word: u64): u64 {
  const x = word ^ 0x1e1e1e1e1e1e1e1e;
  return <u64>ctz((x - 0x0101010101010101) & ~x & 0x8080808080808080) & ~7;
}

/** The word without its byte at bit `at`: what lies before it moves up, a zero comes in. */
// @ts-ignore: decorator
@inline
function withoutByte(word: u64, at: u64): u64 {
  const below = ((<u64>1) << at) - 1;
  return (word & (~below << 8)) | ((word & below) << 8);
}

// @ts-ignore: decorator
@inline
function fits32(value: i64): bool {
  return <i64>(<i32>value) == value;
}

/** Stores a mantissa of `scale` digits behind the point as the column's type; false if it does not fit. */
// @ts-ignore: decorator
@inline
function storeNumber(c: usize, kind: u32, values: u32, position: u32, negative: bool, mantissa: u64, scale: u32, powers: u32): bool {
  if (kind == INT) {
    const value = negative ? -(<i64>mantissa) : <i64>mantissa;
    store<i32>(values + (position << 2), <i32>value);
    return fits32(value);
  }
  if (kind == LONG) {
    store<i64>(values + (position << 3), negative ? -(<i64>mantissa) : <i64>mantissa);
    return true;
  }
  if (kind == DOUBLE) {
    const value = <f64>(<i64>mantissa) / load<f64>(powers + (scale << 3));
    store<f64>(values + (position << 3), negative ? -value : value);
    return true;
  }
  const decimal = load<u32>(c, COL_DECIMAL);
  const wanted = decimal >> 8;
  const precision = decimal & 255;
  let value = mantissa;
  if (scale < wanted) {
    // At most 16 digits and a factor of 10^18 must not overflow: too much goes the exact way.
    if (wanted - scale > 18) return false;
    const factor = load<u64>(powers + I64_POWERS + ((wanted - scale) << 3));
    if (mantissa > <u64>9223372036854775807 / factor) return false;
    value = mantissa * factor;
  } else if (scale > wanted) {
    const factor = load<u64>(powers + I64_POWERS + ((scale - wanted) << 3));
    value = mantissa / factor;
    if ((mantissa - value * factor) * 2 >= factor) value++;
  }
  if (precision <= 18) {
    if (value >= load<u64>(powers + I64_POWERS + (precision << 3))) return false;
  }
  const signed = negative ? -(<i64>value) : <i64>value;
  if (kind == DECIMAL_LONG) {
    store<i64>(values + (position << 3), signed);
  } else {
    store<i64>(values + (position << 4), signed);
    store<i64>(values + (position << 4), signed >> 63, 8);
  }
  return true;
}

/** Parses what lies at start..stop if it is at most 16 bytes of sign, digits and (but for integers) a point. */
// @ts-ignore: decorator
@inline
export function fastNumber(c: usize, kind: u32, values: u32, position: u32, from: u32, stop: u32, powers: u32): bool {
  const negative = <u32>load<u8>(from) == MINUS;
  const start = negative ? from + 1 : from;
  const length = stop - start;
  const isInteger = kind == INT || kind == LONG;
  if (length - 1 < 8) {
    const shift = <u64>(64 - (length << 3));
    let word = ((load<u64>(stop - 8) ^ ASCII_ZEROS) >> shift) << shift;
    let scale: u32 = 0;
    if (!isInteger) {
      const point = pointAt(word);
      if (point < 64) {
        word = withoutByte(word, point);
        scale = 7 - <u32>(point >> 3);
        if (length == 1) return false;
      }
    }
    if (!isDigits(word)) return false;
    return storeNumber(c, kind, values, position, negative, fromDigits(word), scale, powers);
  }
  if (length - 9 < 8) {
    const shift = <u64>(128 - (length << 3));
    let high = ((load<u64>(stop - 16) ^ ASCII_ZEROS) >> shift) << shift;
    let low = load<u64>(stop - 8) ^ ASCII_ZEROS;
    let scale: u32 = 0;
    let unit: u64 = 100000000;
    if (!isInteger) {
      const point = pointAt(low);
      if (point < 64) {
        low = withoutByte(low, point);
        scale = 7 - <u32>(point >> 3);
        unit = 10000000;
      } else {
        const before = pointAt(high);
        if (before < 64) {
          high = withoutByte(high, before);
          scale = 15 - <u32>(before >> 3);
        }
      }
    }
    if (!isDigits(low) || !isDigits(high)) return false;
    return storeNumber(c, kind, values, position, negative, fromDigits(high) * unit + fromDigits(low), scale, powers);
  }
  return false;
}

/** One field the slow way; returns 1 if it is null. A text that is no number, or one this cannot do exactly, is left to the host. */
function slowInteger(c: usize, isLong: bool, position: u32, from: u32, to: u32): u32 {
  const isNull = bareField(c, from, to);
  const values = load<u32>(c, COL_VALUES);
  if (isLong) store<i64>(values + (position << 3), 0);
  else store<i32>(values + (position << 2), 0);
  if (isNull) return 1;
  let at = load<u32>(c, COL_START);
  const stop = at + load<u32>(c, COL_SIZE);
  const sign = <u32>load<u8>(at);
  const negative = sign == MINUS;
  if (negative || sign == PLUS) at++;
  const digits = stop - at;
  let value: u64 = 0;
  let ok = digits >= 1 && digits <= 19;
  if (ok) {
    while (at < stop) {
      const digit = <u32>load<u8>(at) - 48;
      if (digit > 9) {
        ok = false;
        break;
      }
      value = value * 10 + digit;
      at++;
    }
  }
  const limit: u64 = isLong ? 9223372036854775807 : 2147483647;
  if (!ok || value > (negative ? limit + 1 : limit)) {
    markBad(c, position);
    return 1;
  }
  if (isLong) store<i64>(values + (position << 3), negative ? 0 - <i64>value : <i64>value);
  else store<i32>(values + (position << 2), <i32>(negative ? 0 - <i64>value : <i64>value));
  return 0;
}

/** The same for numbers with a point: exact where digits and power of ten are both doubles (Clinger's fast path). */
function slowDouble(c: usize, position: u32, from: u32, to: u32): u32 {
  const isNull = bareField(c, from, to);
  const target = load<u32>(c, COL_VALUES) + (position << 3);
  store<f64>(target, 0);
  if (isNull) return 1;
  let at = load<u32>(c, COL_START);
  const stop = at + load<u32>(c, COL_SIZE);
  const sign = <u32>load<u8>(at);
  const negative = sign == MINUS;
  if (negative || sign == PLUS) at++;
  let mantissa: u64 = 0;
  let digits: u32 = 0;
  let scale: i32 = 0;
  let behind: i32 = 0;
  let ok = true;
  while (at < stop) {
    if (stop - at >= 8 && digits < 12) {
      const eight = load<u64>(at) ^ ASCII_ZEROS;
      if (isDigits(eight)) {
        mantissa = mantissa * 100000000 + fromDigits(eight);
        if (mantissa != 0) digits += 8;
        scale += behind << 3;
        at += 8;
        continue;
      }
    }
    const byte = <u32>load<u8>(at);
    if (byte - 48 < 10) {
      mantissa = mantissa * 10 + (byte - 48);
      if (mantissa != 0) digits++;
      scale += behind;
      if (digits > 19) break;
    } else if (byte == POINT && behind == 0) {
      behind = 1;
      // Not everywhere a number.
      if (at + 1 < stop && (<u32>load<u8>(at, 1) | 32) == 101) ok = false;
    } else {
      break;
    }
    at++;
  }
  if (at == load<u32>(c, COL_START) || digits > 19) ok = false;
  if (ok && at < stop) {
    // An exponent of at most three digits.
    if ((<u32>load<u8>(at) | 32) != 101) ok = false;
    at++;
    const exponentSign = at < stop ? <u32>load<u8>(at) : 0;
    if (exponentSign == MINUS || exponentSign == PLUS) at++;
    if (at >= stop || stop - at > 3) ok = false;
    let exponent: i32 = 0;
    while (ok && at < stop) {
      const digit = <u32>load<u8>(at) - 48;
      if (digit > 9) ok = false;
      exponent = exponent * 10 + <i32>digit;
      at++;
    }
    scale += exponentSign == MINUS ? exponent : -exponent;
  }
  const first = <u32>load<u8>(load<u32>(c, COL_START));
  if (digits == 0 && first - 48 > 9) ok = false;
  if (!ok) {
    markBad(c, position);
    return 0;
  }
  if (mantissa > 9007199254740992 || scale > 22 || scale < -22) {
    const tens = load<u32>(c, COL_TENS);
    const bits = tens == 0 ? NO_DOUBLE : doubleOf(mantissa, -scale, tens);
    if (bits == NO_DOUBLE) markBad(c, position);
    else store<u64>(target, negative ? bits | 0x8000000000000000 : bits);
    return 0;
  }
  const powers = load<u32>(c, COL_POWERS);
  const value = scale >= 0 ? <f64>mantissa / load<f64>(powers + (<u32>scale << 3)) : <f64>mantissa * load<f64>(powers + (<u32>-scale << 3));
  store<f64>(target, negative ? -value : value);
  return 0;
}

/** Decimals that are not plain are the host's. */
function slowDecimal(c: usize, position: u32, from: u32, to: u32): u32 {
  if (bareField(c, from, to)) return 1;
  markBad(c, position);
  return 0;
}

// @ts-ignore: decorator
@inline
export function slowNumber(c: usize, kind: u32, position: u32, start: u32, stop: u32): u32 {
  if (kind == INT) return slowInteger(c, false, position, start, stop);
  if (kind == LONG) return slowInteger(c, true, position, start, stop);
  return kind == DOUBLE ? slowDouble(c, position, start, stop) : slowDecimal(c, position, start, stop);
}
