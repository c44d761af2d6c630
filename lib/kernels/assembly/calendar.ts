// Days and times of the calendar that Java's older classes have (Julian before 1582-10-15, Gregorian from then on) to those of the Gregorian calendar alone: the day keeps its year, month and number.
// All take (from, n, to); `to` may be `from`.

import { floorDiv } from './datetime-fields';

/** 1582-10-15, in days since 1970. */
const GREGORIAN_FROM: i32 = -141427;
const DAY_MICROS: i64 = 86_400_000_000;
/** Of the Julian 0000-03-01, in days since 1970, and of four Julian years. */
const JULIAN_MARCH: i64 = -719470;
const FOUR_YEARS: i64 = 1461;

/** Years begin in March, so that leap days end them; a century that is no leap year moves what is behind it by a day. */
function gregorianDay(day: i64): i64 {
  const year = floorDiv(4 * (day - JULIAN_MARCH) + 3, FOUR_YEARS);
  return day + 2 - floorDiv(year, 100) + floorDiv(year, 400);
}

export function rebaseDays(from: usize, n: u32, to: usize): void {
  for (let k: u32 = 0; k < n; k++, from += 4, to += 4) {
    const day = load<i32>(from);
    store<i32>(to, day < GREGORIAN_FROM ? <i32>gregorianDay(<i64>day) : day);
  }
}

/** Microseconds, in UTC. */
export function rebaseMicros(from: usize, n: u32, to: usize): void {
  for (let k: u32 = 0; k < n; k++, from += 8, to += 8) {
    const micros = load<i64>(from);
    if (micros >= <i64>GREGORIAN_FROM * DAY_MICROS) store<i64>(to, micros);
    else {
      const day = floorDiv(micros, DAY_MICROS);
      store<i64>(to, micros + (gregorianDay(day) - day) * DAY_MICROS);
    }
  }
}

/** Whether one of the days is before `first`: 0, or −1. Nothing is changed. */
export function refuseDays(from: usize, n: u32, first: i32, _to: usize): i32 {
  let least = first;
  for (const end = from + (<usize>n << 2); from < end; from += 4) least = min<i32>(least, load<i32>(from));
  return least < first ? -1 : 0;
}

/** The same of microseconds; `first` is a day. */
export function refuseMicros(from: usize, n: u32, first: i32, _to: usize): i32 {
  const bound = <i64>first * DAY_MICROS;
  let least = bound;
  for (const end = from + (<usize>n << 3); from < end; from += 8) least = min<i64>(least, load<i64>(from));
  return least < bound ? -1 : 0;
}
