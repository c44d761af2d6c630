import { NO_DATE, NO_TIMESTAMP, parseDate, parseTimestamp } from './csv-moments';
import { viewBytes } from './view';

// Values of texts in their usual forms: a kernel that returns 0 leaves the text to JavaScript (codegen/text-parse.ts), which knows blanks, exponents,
// unusual dates and what is malformed. The value goes to `at`.

const MINUS: u32 = 45;
const PLUS: u32 = 43;
const POINT: u32 = 46;
/** So many digits fit 64 bits whatever they are. */
const DIGITS_MAX: u32 = 18;
/** So many digits are an exact double. */
const DOUBLE_DIGITS_MAX: u32 = 15;

/** A sign and 1 to 18 digits, as one number; i64.MAX_VALUE otherwise. */
// @ts-ignore: decorator
@inline
function integerOf(view: usize): i64 {
  let length = load<u32>(view);
  let from = viewBytes(view);
  if (length == 0) return i64.MAX_VALUE;
  const first = <u32>load<u8>(from);
  const isNegative = first == MINUS;
  if (isNegative || first == PLUS) {
    from++;
    length--;
  }
  if (length - 1 >= DIGITS_MAX) return i64.MAX_VALUE;
  let value: u64 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const digit = <u32>load<u8>(from + i) - 48;
    if (digit > 9) return i64.MAX_VALUE;
    value = value * 10 + digit;
  }
  return isNegative ? -(<i64>value) : <i64>value;
}

export function text_parse_int32(view: usize, at: usize, bits: u32): u32 {
  const value = integerOf(view);
  const limit = (<i64>1) << (bits - 1);
  if (value >= limit || value < -limit) return 0;
  store<i32>(at, <i32>value);
  return 1;
}

export function text_parse_int64(view: usize, at: usize): u32 {
  const value = integerOf(view);
  if (value == i64.MAX_VALUE) return 0;
  store<i64>(at, value);
  return 1;
}

/** Digits with at most one point among them: mantissa to `at`, digits behind the point returned; −1 where it is something else. */
function mantissaOf(view: usize, at: usize, digitsMax: u32): i32 {
  const length = load<u32>(view);
  const from = viewBytes(view);
  let i: u32 = 0;
  let isNegative = false;
  if (length > 0) {
    const first = <u32>load<u8>(from);
    isNegative = first == MINUS;
    if (isNegative || first == PLUS) i = 1;
  }
  let value: u64 = 0;
  let digits: u32 = 0;
  let scale: i32 = 0;
  let behind: i32 = 0;
  for (; i < length; i++) {
    const byte = <u32>load<u8>(from + i);
    if (byte == POINT) {
      if (behind != 0) return -1;
      behind = 1;
      continue;
    }
    const digit = byte - 48;
    if (digit > 9) return -1;
    digits++;
    if (digits > digitsMax) return -1;
    value = value * 10 + digit;
    scale += behind;
  }
  if (digits == 0) return -1;
  // The sign of −0 is JavaScript's.
  if (isNegative && value == 0) return -1;
  store<i64>(at, isNegative ? -(<i64>value) : <i64>value);
  return scale;
}

// @ts-ignore: decorator
@inline
function powerOfTen(n: i32): i64 {
  let power: i64 = 1;
  for (let i = 0; i < n; i++) power *= 10;
  return power;
}

/** Both mantissa and power of ten are exact doubles, so one division rounds once (Clinger's fast path). */
export function text_parse_double(view: usize, at: usize): u32 {
  const scale = mantissaOf(view, at, DOUBLE_DIGITS_MAX);
  if (scale < 0) return 0;
  store<f64>(at, <f64>load<i64>(at) / <f64>powerOfTen(scale));
  return 1;
}

/** Unscaled; where nothing is to be rounded and all fits 64 bits. */
export function text_parse_decimal(view: usize, at: usize, precision: u32, scale: u32): u32 {
  const found = mantissaOf(view, at, DIGITS_MAX);
  if (found < 0 || <u32>found > scale || scale > DIGITS_MAX || precision > DIGITS_MAX) return 0;
  const limit = powerOfTen(<i32>precision);
  const factor = powerOfTen(<i32>scale - found);
  const value = load<i64>(at);
  // |value| · factor < limit, without overflow.
  if (abs<i64>(value) > (limit - 1) / factor) return 0;
  store<i64>(at, value * factor);
  return 1;
}

/** YYYY-MM-DD. */
export function text_parse_date(view: usize, at: usize): u32 {
  if (load<u32>(view) != 10) return 0;
  const days = parseDate(<u32>viewBytes(view));
  if (days == NO_DATE) return 0;
  store<i32>(at, days);
  return 1;
}

/** YYYY-MM-DD HH:MM:SS[.ffffff][Z]. */
export function text_parse_timestamp(view: usize, at: usize): u32 {
  const micros = parseTimestamp(<u32>viewBytes(view), load<u32>(view));
  if (micros == NO_TIMESTAMP) return 0;
  store<i64>(at, micros);
  return 1;
}
