// Dates, timestamps and booleans. Texts of another form than the usual one are left to the host.

import { COL_SIZE, COL_START, bareField, markBad } from './csv-column';

/** What is no date: behind all that four digits of a year can say. */
export const NO_DATE: i32 = i32.MAX_VALUE;
export const NO_TIMESTAMP: i64 = i64.MAX_VALUE;

/** YYYY-MM-DD at an address, ten bytes. */
// @ts-ignore: decorator
@inline
export function parseDate(at: u32): i32 {
  const rest = <u32>load<u16>(at, 8) ^ 0x3030;
  // Bytes 4 and 7 are hyphens, the others digits.
  const digits = load<u64>(at) ^ 0x2d30302d30303030;
  const bad = ((digits + 0x7f76767f76767676) | digits) & 0x8080808080808080;
  if ((bad | <u64>(((rest + 0x7676) | rest) & 0x8080)) != 0) return NO_DATE;
  const pairs = digits * 10 + (digits >> 8);
  const year = <u32>(pairs & 0xff) * 100 + (<u32>(pairs >> 16) & 0xff);
  const month = <u32>(pairs >> 40) & 0xff;
  const day = (rest & 0xff) * 10 + (rest >> 8);
  if (month - 1 > 11 || day < 1) return NO_DATE;
  if (day > 28) {
    if (day > daysInMonth(year, month)) return NO_DATE;
  }
  return daysFromCivil(year, month, day);
}

/** Days since 1970-01-01 of a year 0..9999. A year begins in March; after Neri and Schneider, "Euclidean affine functions and their application to calendar algorithms". */
// @ts-ignore: decorator
@inline
function daysFromCivil(year: u32, month: u32, day: u32): i32 {
  const early = <u32>(month < 3);
  // Counted from 1 March of the year −400, so that nothing is negative.
  const y = year + 400 - early;
  const m = month + 12 * early;
  const century = y / 100;
  const days = ((1461 * y) >> 2) - century + (century >> 2) + ((979 * m - 2919) >> 5) + day - 1;
  return <i32>days - 865565;
}

function daysInMonth(year: u32, month: u32): u32 {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// @ts-ignore: decorator
@inline
function twoDigits(at: u32): u32 {
  const tens = <u32>load<u8>(at) - 48;
  const ones = <u32>load<u8>(at, 1) - 48;
  return tens > 9 ? 100 : ones > 9 ? 100 : tens * 10 + ones;
}

/** YYYY-MM-DD[ T]HH:MM:SS[.ffffff][Z]. */
export function parseTimestamp(at: u32, length: u32): i64 {
  if (length < 19) return NO_TIMESTAMP;
  const days = parseDate(at);
  if (days == NO_DATE) return NO_TIMESTAMP;
  const between = <u32>load<u8>(at, 10);
  if (between != 32) {
    if (between != 84) return NO_TIMESTAMP;
  }
  if (load<u8>(at, 13) != 58) return NO_TIMESTAMP;
  if (load<u8>(at, 16) != 58) return NO_TIMESTAMP;
  const hour = twoDigits(at + 11);
  const minute = twoDigits(at + 14);
  const second = twoDigits(at + 17);
  if (hour > 23) return NO_TIMESTAMP;
  if (minute > 59) return NO_TIMESTAMP;
  if (second > 59) return NO_TIMESTAMP;
  let fraction: i64 = 0;
  let unit: i64 = 100000;
  let i: u32 = 19;
  let stop = length;
  if (load<u8>(at + length - 1) == 90) stop--;
  if (i < stop) {
    if (load<u8>(at, 19) != 46) return NO_TIMESTAMP;
    i = 20;
    if (i >= stop) return NO_TIMESTAMP;
    if (stop - i > 6) return NO_TIMESTAMP;
    while (i < stop) {
      const digit = <u32>load<u8>(at + i) - 48;
      if (digit > 9) return NO_TIMESTAMP;
      fraction += <i64>digit * unit;
      unit /= 10;
      i++;
    }
  }
  return (<i64>days * 86400 + <i64>(hour * 3600 + minute * 60 + second)) * 1000000 + fraction;
}

/** 1, 0, or 2 for a text that is neither. */
// @ts-ignore: decorator
@inline
function parseBoolean(at: u32, length: u32): u32 {
  const folded = load<u32>(at) | 0x20202020;
  if (length == 4 && folded == 0x65757274) return 1;
  if (length == 5 && folded == 0x736c6166) return (<u32>load<u8>(at, 4) | 32) == 101 ? 0 : 2;
  return 2;
}

/** What a column is made of, behind the numbers of csv-numbers.ts. */
export const DATE: u32 = 5;
export const TIMESTAMP: u32 = 6;
export const BOOLEAN: u32 = 7;

// @ts-ignore: decorator
@inline
export function fastMoment(kind: u32, values: u32, position: u32, start: u32, length: u32): bool {
  if (kind == DATE) {
    const days = length == 10 ? parseDate(start) : NO_DATE;
    store<i32>(values + (position << 2), days);
    return days != NO_DATE;
  }
  if (kind == TIMESTAMP) {
    const micros = parseTimestamp(start, length);
    store<i64>(values + (position << 3), micros);
    return micros != NO_TIMESTAMP;
  }
  const value = parseBoolean(start, length);
  store<u8>(values + position, <u8>value);
  return value < 2;
}

/** One field the slow way; returns 1 if it is null. */
// @ts-ignore: decorator
@inline
export function slowMoment(c: usize, kind: u32, values: u32, position: u32, start: u32, stop: u32): u32 {
  if (bareField(c, start, stop)) return 1;
  if (!fastMoment(kind, values, position, load<u32>(c, COL_START), load<u32>(c, COL_SIZE))) markBad(c, position);
  return 0;
}
