import {
  MICROS_PER_DAY, firstOfMonth, floorDiv, floorMod, monthLength, monthOf, packedDate, plusMonths, weekdayOf,
} from './datetime-fields';
import { VIEW_INLINE_MAX, VIEW_PREFIX } from './layout';

// Dates and timestamps: moving, cutting and comparing. Functions that can fail write to `out` and return 1 where they do.

const LEVEL_MILLISECOND: i32 = 2;
const LEVEL_DAY: i32 = 6;
const LEVEL_WEEK: i32 = 7;
const LEVEL_MONTH: i32 = 8;
const LEVEL_QUARTER: i32 = 9;
const LEVEL_YEAR: i32 = 10;

function storeDays(days: i64, out: usize): u32 {
  if (days != <i64>(<i32>days)) return 1;
  store<i32>(out, <i32>days);
  return 0;
}

export function date_add_months(days: i32, months: i32, out: usize): u32 {
  return storeDays(plusMonths(days, months), out);
}

export function date_make(year: i32, month: i32, day: i32, out: usize): u32 {
  if (month < 1 || month > 12 || day < 1) return 1;
  const months = <i64>year * 12 + month - 1;
  return <i64>day > monthLength(months) ? 1 : storeDays(firstOfMonth(months) + day - 1, out);
}

export function timestamp_add_months(micros: i64, months: i64, out: usize): u32 {
  const days = floorDiv(micros, MICROS_PER_DAY);
  const moved = plusMonths(days, months);
  const ofDay = micros - days * MICROS_PER_DAY;
  // Two days beyond the range of an i64 either way: the sum shows by its sign whether it left it.
  if (moved > 106751991 || moved < -106751992) return 1;
  if (moved == -106751992) {
    const rest = (moved + 1) * MICROS_PER_DAY;
    const back = ofDay - MICROS_PER_DAY;
    if (rest < i64.MIN_VALUE - back) return 1;
    store<i64>(out, rest + back);
    return 0;
  }
  const start = moved * MICROS_PER_DAY;
  if (start > i64.MAX_VALUE - ofDay) return 1;
  store<i64>(out, start + ofDay);
  return 0;
}

/** What `date_trunc` and `trunc` cut at, of a level by trunc_level. */
export function date_trunc_days(days: i64, level: i32): i64 {
  if (level <= LEVEL_DAY) return days;
  if (level == LEVEL_WEEK) return days - weekdayOf(days);
  const months = monthOf(days);
  const width: i64 = level == LEVEL_YEAR ? 12 : level == LEVEL_QUARTER ? 3 : 1;
  return firstOfMonth(months - floorMod(months, width));
}

export function timestamp_trunc(micros: i64, level: i32): i64 {
  if (level < LEVEL_MILLISECOND) return micros;
  if (level < LEVEL_DAY) {
    const unit: i64 = level == LEVEL_MILLISECOND ? 1000 : level == 3 ? 1000000 : level == 4 ? 60000000 : 3600000000;
    return micros - floorMod(micros, unit);
  }
  return date_trunc_days(floorDiv(micros, MICROS_PER_DAY), level) * MICROS_PER_DAY;
}

/** Up to eight bytes of an inline view as one word, with capital letters made small. */
function word(view: usize, at: u32, length: u32): u64 {
  const bytes = view + VIEW_PREFIX;
  let result: u64 = 0;
  for (let i: u32 = 0; i < length; i++) {
    let byte = <u64>load<u8>(bytes + at + i);
    if (byte >= 65 && byte <= 90) byte |= 32;
    result = (result << 8) | byte;
  }
  return result;
}

/** The level of a unit's name, 0 where it is none. */
export function trunc_level(view: usize): i32 {
  const length = load<u32>(view);
  if (length < 2 || length > VIEW_INLINE_MAX) return 0;
  const head = word(view, 0, min<u32>(length, 8));
  if (length > 8) {
    const tail = word(view, 8, length - 8);
    // microsec + ond, millisec + ond
    if (length != 11 || tail != 0x6f6e64) return 0;
    return head == 0x6d6963726f736563 ? 1 : head == 0x6d696c6c69736563 ? LEVEL_MILLISECOND : 0;
  }
  if (head == 0x7365636f6e64) return 3; // second
  if (head == 0x6d696e757465) return 4; // minute
  if (head == 0x686f7572) return 5; // hour
  if (head == 0x646179 || head == 0x6464) return LEVEL_DAY; // day, dd
  if (head == 0x7765656b) return LEVEL_WEEK; // week
  if (head == 0x6d6f6e7468 || head == 0x6d6f6e || head == 0x6d6d) return LEVEL_MONTH; // month, mon, mm
  if (head == 0x71756172746572) return LEVEL_QUARTER; // quarter
  return head == 0x79656172 || head == 0x79797979 || head == 0x7979 ? LEVEL_YEAR : 0; // year, yyyy, yy
}

/** Days since Thursday of a weekday's name (two, three letters or all), −1 where it is none. */
export function weekday_named(view: usize): i32 {
  const length = load<u32>(view);
  if (length < 2 || length > 9) return -1;
  const two = word(view, 0, 2);
  const rest = word(view, 2, min<u32>(length - 2, 7));
  if (two == 0x7468) return named(length, rest, 0x75, 0x757273646179, 0); // th-u-rsday
  if (two == 0x6672) return named(length, rest, 0x69, 0x69646179, 1); // fr-i-day
  if (two == 0x7361) return named(length, rest, 0x74, 0x747572646179, 2); // sa-t-urday
  if (two == 0x7375) return named(length, rest, 0x6e, 0x6e646179, 3); // su-n-day
  if (two == 0x6d6f) return named(length, rest, 0x6e, 0x6e646179, 4); // mo-n-day
  if (two == 0x7475) return named(length, rest, 0x65, 0x6573646179, 5); // tu-e-sday
  return two == 0x7765 ? named(length, rest, 0x64, 0x646e6573646179, 6) : -1; // we-d-nesday
}

function named(length: u32, rest: u64, third: u64, full: u64, day: i32): i32 {
  return length == 2 || rest == third || rest == full ? day : -1;
}

export function date_next_day(days: i32, weekday: i32): i32 {
  return <i32>(<i64>days + 1 + floorMod(<i64>weekday - 1 - days, 7));
}

export function months_between(a: i64, b: i64, rounded: i32): f64 {
  const daysA = floorDiv(a, MICROS_PER_DAY);
  const daysB = floorDiv(b, MICROS_PER_DAY);
  const packedA = packedDate(daysA);
  const packedB = packedDate(daysB);
  const months = <f64>((packedA >> 5) - (packedB >> 5));
  const dayA = packedA & 31;
  const dayB = packedB & 31;
  if (dayA == dayB || (dayA == monthLength(packedA >> 5) && dayB == monthLength(packedB >> 5))) return months;
  const seconds = (dayA - dayB) * 86400 + floorMod(a, MICROS_PER_DAY) / 1000000 - floorMod(b, MICROS_PER_DAY) / 1000000;
  const difference = months + <f64>seconds / 2678400.0;
  return rounded ? floor<f64>(difference * 1e8 + 0.5) / 1e8 : difference;
}

/** Whole months from `start` to `end`. */
export function timestamp_months(start: i64, end: i64): i64 {
  const daysA = floorDiv(start, MICROS_PER_DAY);
  let daysB = floorDiv(end, MICROS_PER_DAY);
  const timeA = start - daysA * MICROS_PER_DAY;
  const timeB = end - daysB * MICROS_PER_DAY;
  if (daysB > daysA && timeB < timeA) daysB--;
  else if (daysB < daysA && timeB > timeA) daysB++;
  return (packedDate(daysB) - packedDate(daysA)) / 32;
}
