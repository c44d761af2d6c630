// Typed columns out of the fields that a scan found: one call parses one column for the live rows of a batch.

import { ROW_FIRST, ROW_LAST, ROW_RECORD_BYTES, ROW_START } from './csv-scan';
import { VIEW_BYTES, VIEW_INLINE_MAX, VIEW_PREFIX, VIEW_REF } from './layout';
import { allocate } from './heap';

/** Words of a column record, which the host fills. */
const COL_ROWS: u32 = 0; // row records
const COL_ENDS: u32 = 4;
const COL_FIELD: u32 = 8; // which field of the row
const COL_SEL: u32 = 12;
const COL_N: u32 = 16;
const COL_VALUES: u32 = 20;
const COL_NULLS: u32 = 24;
const COL_QUOTE: u32 = 28;
const COL_ESCAPE: u32 = 32;
const COL_NULL_TEXT: u32 = 36; // address, then length
const COL_NULL_LENGTH: u32 = 40;
const COL_TRIM: u32 = 44; // bit 0 leading, bit 1 trailing
const COL_BAD: u32 = 48; // u32 list of positions whose text did not parse
const COL_BAD_COUNT: u32 = 52;
const COL_NULL_COUNT: u32 = 56;
const COL_PARAMETER: u32 = 60; // decimal: scale | precision << 8
const COL_HEAP: u32 = 64;

// A field's place. Globals of the instance, so private to the thread.
let fieldStart: u32 = 0;
let fieldLength: u32 = 0;
let fieldQuoted: bool = false;

/** Finds the field of a row; false where the row is too short, or the text is the null text. Quotes and spaces to trim are outside. */
// @ts-ignore: decorator
@inline
function locate(c: usize, position: u32, field: u32, ends: u32, rows: u32, quote: u32): bool {
  const row = rows + position * ROW_RECORD_BYTES;
  const at = load<u32>(row, ROW_FIRST) + field;
  const last = load<u32>(row, ROW_LAST) - 1;
  if (at > last) return false;
  const end = ends + (at << 2);
  let start = field == 0 ? load<u32>(row, ROW_START) : load<u32>(end - 4) + 1;
  let stop = load<u32>(end);
  if (at == last) {
    if (stop > start) {
      if (load<u8>(stop - 1) == 13) stop--;
    }
  }
  fieldQuoted = false;
  if (stop > start) {
    if (<u32>load<u8>(start) == quote) {
      if (quote != 0) {
        if (<u32>load<u8>(stop - 1) == quote) {
          if (stop - start >= 2) {
            fieldQuoted = true;
            start++;
            stop--;
          }
        }
      }
    }
  }
  fieldStart = start;
  fieldLength = stop - start;
  return true;
}

/** Whether an unquoted field is the null text, or empty. */
// @ts-ignore: decorator
@inline
function isNullText(c: usize): bool {
  if (fieldLength == 0) return true;
  const length = load<u32>(c, COL_NULL_LENGTH);
  if (length == 0) return false;
  if (fieldLength != length) return false;
  return sameBytes(fieldStart, load<u32>(c, COL_NULL_TEXT), length);
}

function sameBytes(a: u32, b: u32, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) {
    if (load<u8>(a + i) != load<u8>(b + i)) return false;
  }
  return true;
}

function trimSpaces(flags: u32): void {
  if ((flags & 1) != 0) {
    while (fieldLength > 0) {
      if (load<u8>(fieldStart) > 32) break;
      fieldStart++;
      fieldLength--;
    }
  }
  if ((flags & 2) != 0) {
    while (fieldLength > 0) {
      if (load<u8>(fieldStart + fieldLength - 1) > 32) break;
      fieldLength--;
    }
  }
}

function markBad(c: usize, position: u32): void {
  const count = load<u32>(c, COL_BAD_COUNT);
  store<u32>(load<u32>(c, COL_BAD) + (count << 2), position);
  store<u32>(c, count + 1, COL_BAD_COUNT);
}

/**
 * The 8 bytes at an address as decimal digits; −1 if one is no digit. Three multiply steps: pairs, fours, eights.
 * After Langdale and Lemire's parse_eight_digits idea.
 */
// @ts-ignore: decorator
@inline
function eightDigits(at: u32): i64 {
  const word = load<u64>(at);
  if ((((word + 0x0606060606060606) | word) & 0xf0f0f0f0f0f0f0f0) != 0x3030303030303030) return -1;
  const digits = word & 0x0f0f0f0f0f0f0f0f;
  const pairs = (digits * 10 + (digits >> 8)) & 0x00ff00ff00ff00ff;
  const fours = (pairs * 100 + (pairs >> 16)) & 0x0000ffff0000ffff;
  return <i64>((fours * 10000 + (fours >> 32)) & 0xffffffff);
}

// An integer's magnitude and whether the text was one.
let parsedOk: bool = false;

function parseInteger(start: u32, length: u32, limit: u64): i64 {
  let at = start;
  const stop = start + length;
  let negative = false;
  parsedOk = false;
  const sign = <u32>load<u8>(at);
  if (sign == 45 || sign == 43) {
    negative = sign == 45;
    at++;
  }
  if (at >= stop) return 0;
  if (stop - at > 19) {
    while (at < stop - 1) {
      if (load<u8>(at) != 48) break;
      at++;
    }
    if (stop - at > 19) return 0;
  }
  let value: u64 = 0;
  while (stop - at >= 8) {
    const eight = eightDigits(at);
    if (eight < 0) return 0;
    value = value * 100000000 + <u64>eight;
    at += 8;
  }
  while (at < stop) {
    const digit = <u32>load<u8>(at) - 48;
    if (digit > 9) return 0;
    value = value * 10 + digit;
    at++;
  }
  if (value > limit) {
    if (!negative) return 0;
    if (value > limit + 1) return 0;
  }
  parsedOk = true;
  return negative ? -(<i64>value) : <i64>value;
}

// @ts-ignore: decorator
@inline
function positionOf(sel: u32, k: u32): u32 {
  return sel == 0 ? k : load<u32>(sel + (k << 2));
}

/** Begins a column: what the host reads afterwards. */
// @ts-ignore: decorator
@inline
function begin(c: usize): void {
  store<u32>(c, 0, COL_BAD_COUNT);
  store<u32>(c, 0, COL_NULL_COUNT);
}

export function csvInt32(c: usize): void {
  begin(c);
  const rows = load<u32>(c, COL_ROWS);
  const ends = load<u32>(c, COL_ENDS);
  const field = load<u32>(c, COL_FIELD);
  const sel = load<u32>(c, COL_SEL);
  const n = load<u32>(c, COL_N);
  const values = load<u32>(c, COL_VALUES);
  const nulls = load<u32>(c, COL_NULLS);
  const quote = load<u32>(c, COL_QUOTE);
  const trim = load<u32>(c, COL_TRIM);
  let nullCount: u32 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const position = positionOf(sel, k);
    let isNull = !locate(c, position, field, ends, rows, quote);
    if (!isNull) {
      if (trim != 0) trimSpaces(trim);
      isNull = isNullText(c);
    }
    store<u8>(nulls + position, isNull ? 1 : 0);
    if (isNull) {
      nullCount++;
      store<i32>(values + (position << 2), 0);
      continue;
    }
    const value = parseInteger(fieldStart, fieldLength, 2147483647);
    if (!parsedOk) {
      markBad(c, position);
      store<u8>(nulls + position, 1);
      nullCount++;
    }
    store<i32>(values + (position << 2), <i32>value);
  }
  store<u32>(c, nullCount, COL_NULL_COUNT);
}

export function csvInt64(c: usize): void {
  begin(c);
  const rows = load<u32>(c, COL_ROWS);
  const ends = load<u32>(c, COL_ENDS);
  const field = load<u32>(c, COL_FIELD);
  const sel = load<u32>(c, COL_SEL);
  const n = load<u32>(c, COL_N);
  const values = load<u32>(c, COL_VALUES);
  const nulls = load<u32>(c, COL_NULLS);
  const quote = load<u32>(c, COL_QUOTE);
  const trim = load<u32>(c, COL_TRIM);
  let nullCount: u32 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const position = positionOf(sel, k);
    let isNull = !locate(c, position, field, ends, rows, quote);
    if (!isNull) {
      if (trim != 0) trimSpaces(trim);
      isNull = isNullText(c);
    }
    store<u8>(nulls + position, isNull ? 1 : 0);
    if (isNull) {
      nullCount++;
      store<i64>(values + (position << 3), 0);
      continue;
    }
    const value = parseInteger(fieldStart, fieldLength, 9223372036854775807);
    if (!parsedOk) {
      markBad(c, position);
      store<u8>(nulls + position, 1);
      nullCount++;
    }
    store<i64>(values + (position << 3), value);
  }
  store<u32>(c, nullCount, COL_NULL_COUNT);
}

/** 10 to the powers that a double holds exactly. */
function powerOfTen(exponent: i32): f64 {
  let value: f64 = 1;
  let base: f64 = 10;
  let e = exponent;
  while (e > 0) {
    if ((e & 1) != 0) value *= base;
    base *= base;
    e >>= 1;
  }
  return value;
}

// What parseDouble says of a text: 0 done, 1 it needs the slow way (correctly rounded elsewhere, or no number at all).
let doubleSlow: bool = false;

/**
 * Digits with at most one point, no exponent: exact when the digits are under 2^53 and the power of ten at most 22 (Clinger's fast path).
 * Everything else goes the slow way.
 */
function parseDouble(start: u32, length: u32): f64 {
  doubleSlow = false;
  let at = start;
  const stop = start + length;
  const sign = <u32>load<u8>(at);
  let negative = false;
  if (sign == 45 || sign == 43) {
    negative = sign == 45;
    at++;
  }
  const first = at;
  let mantissa: u64 = 0;
  while (at < stop) {
    const digit = <u32>load<u8>(at) - 48;
    if (digit > 9) break;
    mantissa = mantissa * 10 + digit;
    at++;
  }
  let digits = at - first;
  let scale: u32 = 0;
  if (at < stop) {
    if (load<u8>(at) != 46) {
      doubleSlow = true;
      return 0;
    }
    at++;
    const point = at;
    if (stop - at >= 8) {
      const eight = eightDigits(at);
      if (eight >= 0) {
        mantissa = mantissa * 100000000 + <u64>eight;
        at += 8;
      }
    }
    while (at < stop) {
      const digit = <u32>load<u8>(at) - 48;
      if (digit > 9) {
        doubleSlow = true;
        return 0;
      }
      mantissa = mantissa * 10 + digit;
      at++;
    }
    scale = at - point;
    digits += scale;
  }
  if (digits == 0 || digits > 18 || mantissa > 9007199254740992 || scale > 22) {
    doubleSlow = true;
    return 0;
  }
  const value = scale == 0 ? <f64>mantissa : scale == 2 ? <f64>mantissa / 100 : <f64>mantissa / powerOfTen(scale);
  return negative ? -value : value;
}

/** Texts that need the slow way are listed as bad; the host parses those. */
export function csvFloat64(c: usize): void {
  begin(c);
  const rows = load<u32>(c, COL_ROWS);
  const ends = load<u32>(c, COL_ENDS);
  const field = load<u32>(c, COL_FIELD);
  const sel = load<u32>(c, COL_SEL);
  const n = load<u32>(c, COL_N);
  const values = load<u32>(c, COL_VALUES);
  const nulls = load<u32>(c, COL_NULLS);
  const quote = load<u32>(c, COL_QUOTE);
  const trim = load<u32>(c, COL_TRIM);
  let nullCount: u32 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const position = positionOf(sel, k);
    let isNull = !locate(c, position, field, ends, rows, quote);
    if (!isNull) {
      if (trim != 0) trimSpaces(trim);
      isNull = isNullText(c);
    }
    store<u8>(nulls + position, isNull ? 1 : 0);
    if (isNull) {
      nullCount++;
      store<f64>(values + (position << 3), 0);
      continue;
    }
    const value = parseDouble(fieldStart, fieldLength);
    if (doubleSlow) markBad(c, position);
    store<f64>(values + (position << 3), value);
  }
  store<u32>(c, nullCount, COL_NULL_COUNT);
}

/** Days since 1970-01-01. After Howard Hinnant, "chrono-compatible low-level date algorithms". */
// @ts-ignore: decorator
@inline
export function daysFromCivil(year: i32, month: i32, day: i32): i32 {
  const y = month <= 2 ? year - 1 : year;
  const era = (y >= 0 ? y : y - 399) / 400;
  const yearOfEra = y - era * 400;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
}

/** YYYY-MM-DD at an address, ten bytes; parsedOk tells. */
function parseDate(at: u32): i32 {
  parsedOk = false;
  const word = load<u64>(at);
  // Bytes 4 and 7 are hyphens, the others digits.
  if ((word & 0xff0000ff00000000) != 0x2d00002d00000000) return 0;
  const digits = word ^ 0x2d30302d30303030;
  if (((digits + 0x0076760076767676) & 0x0080800080808080) != 0) return 0;
  if ((digits & 0x0080800080808080) != 0) return 0;
  const tens = <u32>load<u8>(at, 8) - 48;
  const ones = <u32>load<u8>(at, 9) - 48;
  if (tens > 9) return 0;
  if (ones > 9) return 0;
  const year = <i32>((digits & 0xff) * 1000 + ((digits >> 8) & 0xff) * 100 + ((digits >> 16) & 0xff) * 10 + ((digits >> 24) & 0xff));
  const month = <i32>(((digits >> 40) & 0xff) * 10 + ((digits >> 48) & 0xff));
  const day = <i32>(tens * 10 + ones);
  if (<u32>(month - 1) > 11) return 0;
  if (day < 1) return 0;
  if (day > 28) {
    if (day > daysInMonth(year, month)) return 0;
  }
  parsedOk = true;
  return daysFromCivil(year, month, day);
}

function daysInMonth(year: i32, month: i32): i32 {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/** Dates of the form YYYY-MM-DD; other texts are listed as bad. */
export function csvDate(c: usize): void {
  begin(c);
  const rows = load<u32>(c, COL_ROWS);
  const ends = load<u32>(c, COL_ENDS);
  const field = load<u32>(c, COL_FIELD);
  const sel = load<u32>(c, COL_SEL);
  const n = load<u32>(c, COL_N);
  const values = load<u32>(c, COL_VALUES);
  const nulls = load<u32>(c, COL_NULLS);
  const quote = load<u32>(c, COL_QUOTE);
  const trim = load<u32>(c, COL_TRIM);
  let nullCount: u32 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const position = positionOf(sel, k);
    let isNull = !locate(c, position, field, ends, rows, quote);
    if (!isNull) {
      if (trim != 0) trimSpaces(trim);
      isNull = isNullText(c);
    }
    store<u8>(nulls + position, isNull ? 1 : 0);
    if (isNull) {
      nullCount++;
      store<i32>(values + (position << 2), 0);
      continue;
    }
    parsedOk = false;
    const days = fieldLength == 10 ? parseDate(fieldStart) : 0;
    if (!parsedOk) markBad(c, position);
    store<i32>(values + (position << 2), days);
  }
  store<u32>(c, nullCount, COL_NULL_COUNT);
}

/** Timestamps of the form YYYY-MM-DD[ T]HH:MM:SS[.ffffff], UTC; other texts are listed as bad. */
export function csvTimestamp(c: usize): void {
  begin(c);
  const rows = load<u32>(c, COL_ROWS);
  const ends = load<u32>(c, COL_ENDS);
  const field = load<u32>(c, COL_FIELD);
  const sel = load<u32>(c, COL_SEL);
  const n = load<u32>(c, COL_N);
  const values = load<u32>(c, COL_VALUES);
  const nulls = load<u32>(c, COL_NULLS);
  const quote = load<u32>(c, COL_QUOTE);
  const trim = load<u32>(c, COL_TRIM);
  let nullCount: u32 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const position = positionOf(sel, k);
    let isNull = !locate(c, position, field, ends, rows, quote);
    if (!isNull) {
      if (trim != 0) trimSpaces(trim);
      isNull = isNullText(c);
    }
    store<u8>(nulls + position, isNull ? 1 : 0);
    if (isNull) {
      nullCount++;
      store<i64>(values + (position << 3), 0);
      continue;
    }
    const micros = parseTimestamp(fieldStart, fieldLength);
    if (!parsedOk) markBad(c, position);
    store<i64>(values + (position << 3), micros);
  }
  store<u32>(c, nullCount, COL_NULL_COUNT);
}

// @ts-ignore: decorator
@inline
function twoDigits(at: u32): u32 {
  const tens = <u32>load<u8>(at) - 48;
  const ones = <u32>load<u8>(at, 1) - 48;
  return tens > 9 ? 100 : ones > 9 ? 100 : tens * 10 + ones;
}

function parseTimestamp(at: u32, length: u32): i64 {
  parsedOk = false;
  if (length < 19) return 0;
  const days = parseDate(at);
  if (!parsedOk) return 0;
  parsedOk = false;
  const between = <u32>load<u8>(at, 10);
  if (between != 32) {
    if (between != 84) return 0;
  }
  if (load<u8>(at, 13) != 58) return 0;
  if (load<u8>(at, 16) != 58) return 0;
  const hour = twoDigits(at + 11);
  const minute = twoDigits(at + 14);
  const second = twoDigits(at + 17);
  if (hour > 23) return 0;
  if (minute > 59) return 0;
  if (second > 59) return 0;
  let fraction: i64 = 0;
  let unit: i64 = 100000;
  let i: u32 = 19;
  let stop = length;
  if (load<u8>(at + length - 1) == 90) stop--;
  if (i < stop) {
    if (load<u8>(at, 19) != 46) return 0;
    i = 20;
    if (i >= stop) return 0;
    if (stop - i > 6) return 0;
    while (i < stop) {
      const digit = <u32>load<u8>(at + i) - 48;
      if (digit > 9) return 0;
      fraction += <i64>digit * unit;
      unit /= 10;
      i++;
    }
  }
  parsedOk = true;
  return (<i64>days * 86400 + <i64>(hour * 3600 + minute * 60 + second)) * 1000000 + fraction;
}

export function csvBoolean(c: usize): void {
  begin(c);
  const rows = load<u32>(c, COL_ROWS);
  const ends = load<u32>(c, COL_ENDS);
  const field = load<u32>(c, COL_FIELD);
  const sel = load<u32>(c, COL_SEL);
  const n = load<u32>(c, COL_N);
  const values = load<u32>(c, COL_VALUES);
  const nulls = load<u32>(c, COL_NULLS);
  const quote = load<u32>(c, COL_QUOTE);
  const trim = load<u32>(c, COL_TRIM);
  let nullCount: u32 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const position = positionOf(sel, k);
    let isNull = !locate(c, position, field, ends, rows, quote);
    if (!isNull) {
      if (trim != 0) trimSpaces(trim);
      isNull = isNullText(c);
    }
    store<u8>(nulls + position, isNull ? 1 : 0);
    let value: u8 = 0;
    if (isNull) {
      nullCount++;
    } else {
      const folded = fieldLength >= 4 ? load<u32>(fieldStart) | 0x20202020 : 0;
      if (fieldLength == 4 && folded == 0x65757274) value = 1;
      else if (!(fieldLength == 5 && folded == 0x736c6166 && (load<u8>(fieldStart, 4) | 0x20) == 101)) markBad(c, position);
    }
    store<u8>(values + position, value);
  }
  store<u32>(c, nullCount, COL_NULL_COUNT);
}

/** Strings as views: short ones inline, long ones refer to the text; quoted ones with doubled or escaped quotes are rewritten into the heap. */
export function csvViews(c: usize): void {
  begin(c);
  const rows = load<u32>(c, COL_ROWS);
  const ends = load<u32>(c, COL_ENDS);
  const field = load<u32>(c, COL_FIELD);
  const sel = load<u32>(c, COL_SEL);
  const n = load<u32>(c, COL_N);
  const values = load<u32>(c, COL_VALUES);
  const nulls = load<u32>(c, COL_NULLS);
  const quote = load<u32>(c, COL_QUOTE);
  const escape = load<u32>(c, COL_ESCAPE);
  const trim = load<u32>(c, COL_TRIM);
  const heap = load<u32>(c, COL_HEAP);
  let nullCount: u32 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const position = positionOf(sel, k);
    const view = values + position * VIEW_BYTES;
    let isNull = !locate(c, position, field, ends, rows, quote);
    if (!isNull) {
      if (!fieldQuoted) {
        if (trim != 0) trimSpaces(trim);
        isNull = isNullText(c);
      }
    }
    store<u8>(nulls + position, isNull ? 1 : 0);
    if (isNull) {
      nullCount++;
      v128.store(view, i64x2.splat(0));
      continue;
    }
    if (fieldQuoted) {
      if (hasByte(fieldStart, fieldLength, escape)) unescape(heap, quote, escape);
    }
    writeView(view, fieldStart, fieldLength);
  }
  store<u32>(c, nullCount, COL_NULL_COUNT);
}

function hasByte(start: u32, length: u32, byte: u32): bool {
  for (let i: u32 = 0; i < length; i++) {
    if (<u32>load<u8>(start + i) == byte) return true;
  }
  return false;
}

/** The field without its escapes, as fresh bytes. */
function unescape(heap: u32, quote: u32, escape: u32): void {
  const out = <u32>allocate(heap, fieldLength + 16);
  let length: u32 = 0;
  for (let i: u32 = 0; i < fieldLength; i++) {
    let byte = <u32>load<u8>(fieldStart + i);
    if (byte == escape) {
      if (i + 1 < fieldLength) {
        const next = <u32>load<u8>(fieldStart + i + 1);
        if (next == quote || next == escape) {
          i++;
          byte = next;
        }
      }
    }
    store<u8>(out + length, byte);
    length++;
  }
  fieldStart = out;
  fieldLength = length;
}

/** Masks the 12 bytes behind the length: branch-free, since strings' lengths vary. Reads up to 12 bytes past a short field, which scans leave readable. */
// @ts-ignore: decorator
@inline
function writeView(view: u32, start: u32, length: u32): void {
  store<u32>(view, length);
  if (length > VIEW_INLINE_MAX) {
    store<u32>(view, load<u32>(start), VIEW_PREFIX);
    store<u64>(view, <u64>start, VIEW_REF);
    return;
  }
  const low = load<u64>(start);
  const high = <u64>load<u32>(start, 8);
  const lowMask: u64 = length >= 8 ? ~(<u64>0) : ((<u64>1) << (length << 3)) - 1;
  const highMask: u64 = length <= 8 ? 0 : length >= 12 ? 0xffffffff : ((<u64>1) << ((length - 8) << 3)) - 1;
  store<u64>(view, low & lowMask, VIEW_PREFIX);
  store<u32>(view, <u32>(high & highMask), 12);
}

/** Address of a field's text for messages and slow parses; its length is at `c` + COL_PARAMETER afterwards. 0: the row has no such field. */
export function csvFieldAt(c: usize, position: u32): u32 {
  const found = locate(c, position, load<u32>(c, COL_FIELD), load<u32>(c, COL_ENDS), load<u32>(c, COL_ROWS), load<u32>(c, COL_QUOTE));
  if (!found) return 0;
  trimSpaces(load<u32>(c, COL_TRIM));
  store<u32>(c, fieldLength, COL_PARAMETER);
  return fieldStart;
}

/** Rows of a batch whose number of fields is not `expected`; their positions go to `out`. */
export function csvRagged(rows: u32, n: u32, expected: u32, out: u32): u32 {
  let count: u32 = 0;
  for (let r: u32 = 0; r < n; r++) {
    const row = rows + r * ROW_RECORD_BYTES;
    if (load<u32>(row, ROW_LAST) - load<u32>(row, ROW_FIRST) == expected) continue;
    store<u32>(out + (count << 2), r);
    count++;
  }
  return count;
}

/** Fresh bytes of a heap, for texts that the host parsed. */
export function csvAllocate(heap: u32, bytes: u32): u32 {
  return <u32>allocate(heap, bytes);
}
