// Fields of dates (days since 1970-01-01, proleptic Gregorian) and of times of day (microseconds, UTC).

export const MICROS_PER_DAY: i64 = 86400000000;
const DAYS_PER_ERA: i64 = 146097;

// @ts-ignore: decorator
@inline
export function floorDiv(a: i64, b: i64): i64 {
  return a / b - ((a % b) < 0 ? 1 : 0);
}

// @ts-ignore: decorator
@inline
export function floorMod(a: i64, b: i64): i64 {
  const rest = a % b;
  return rest < 0 ? rest + b : rest;
}

/** Eras of 400 years that are added so that days of either sign are counted from a year that lies before them; and the days that are then divided without signs. */
const ERAS_ADDED: i64 = 3670;
const DAYS_ADDED: i64 = ERAS_ADDED * DAYS_PER_ERA + 719468;
const DAYS_END: u64 = 1 << 30;
const YEARS_ADDED: u32 = <u32>ERAS_ADDED * 400;

/**
 * Year (plus YEARS_ADDED), month and day in one word, for DAYS_ADDED + days below DAYS_END. After Neri and Schneider, "Euclidean affine functions and their application to calendar algorithms": each division is by a constant, of
 * 32 bits and without signs, which is a multiplication.
 */
// @ts-ignore: decorator
@inline
function packedNear(shifted: u32): u32 {
  // Unsigned numbers first: a literal in front would make the products signed.
  const quarters: u32 = shifted * 4 + 3;
  const century = quarters / 146097;
  const ofCentury = (quarters % 146097) | 3;
  const product = <u64>ofCentury * 2939745;
  const ofYear = <u32>product / 2939745 / 4;
  const marchMonth: u32 = ofYear * 2141 + 197913;
  const isNext = <u32>(ofYear >= 306);
  const year: u32 = century * 100 + <u32>(product >> 32) + isNext;
  const month: u32 = (marchMonth >> 16) - isNext * 12;
  return (year * 12 + month - 1) * 32 + (marchMonth & 0xffff) / 2141 + 1;
}

/** Year, month and day in one word: (year × 12 + month − 1) × 32 + day. */
export function packedDate(days: i64): i64 {
  const near = <u64>(days + DAYS_ADDED);
  if (near < DAYS_END) return <i64>packedNear(<u32>near) - <i64>(YEARS_ADDED * 12 * 32);
  // Years begin in March: the leap day is the last one.
  const shifted = days + 719468;
  const era = floorDiv(shifted, DAYS_PER_ERA);
  const ofEra = shifted - era * DAYS_PER_ERA;
  const yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36524 - ofEra / 146096) / 365;
  const ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const marchMonth = (5 * ofYear + 2) / 153;
  const day = ofYear - (153 * marchMonth + 2) / 5 + 1;
  return ((yearOfEra + era * 400) * 12 + marchMonth + 2) * 32 + day;
}

/** Days of the first of a month, counted from January of year 0. */
export function firstOfMonth(months: i64): i64 {
  const march = months - 2;
  const year = floorDiv(march, 12);
  const marchMonth = march - year * 12;
  const era = floorDiv(year, 400);
  const yearOfEra = year - era * 400;
  const ofYear = (153 * marchMonth + 2) / 5;
  return era * DAYS_PER_ERA + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + ofYear - 719468;
}

export function monthOf(days: i64): i64 {
  return packedDate(days) >> 5;
}

export function yearOf(days: i64): i64 {
  return floorDiv(monthOf(days), 12);
}

export function monthLength(months: i64): i64 {
  return firstOfMonth(months + 1) - firstOfMonth(months);
}

/** The same day so many months later, at most the last of the month. */
export function plusMonths(days: i64, count: i64): i64 {
  const packed = packedDate(days);
  const month = (packed >> 5) + count;
  return firstOfMonth(month) + min<i64>(packed & 31, monthLength(month)) - 1;
}

/** 0 is Monday. */
export function weekdayOf(days: i64): i64 {
  return floorMod(days + 3, 7);
}

/** The Thursday of an ISO week tells its year. */
function thursdayOf(days: i64): i64 {
  return days - weekdayOf(days) + 3;
}

export function date_year(days: i32): i32 {
  const near = <u64>(<i64>days + DAYS_ADDED);
  if (near < DAYS_END) return <i32>(packedNear(<u32>near) / 384) - <i32>YEARS_ADDED;
  return <i32>yearOf(days);
}

export function date_quarter(days: i32): i32 {
  return <i32>(floorMod(monthOf(days), 12) / 3) + 1;
}

export function date_month(days: i32): i32 {
  const near = <u64>(<i64>days + DAYS_ADDED);
  if (near < DAYS_END) return <i32>((packedNear(<u32>near) >> 5) % 12) + 1;
  return <i32>floorMod(monthOf(days), 12) + 1;
}

export function date_day(days: i32): i32 {
  const near = <u64>(<i64>days + DAYS_ADDED);
  if (near < DAYS_END) return <i32>(packedNear(<u32>near) & 31);
  return <i32>(packedDate(days) & 31);
}

export function date_weekday(days: i32): i32 {
  return <i32>weekdayOf(days);
}

/** 1 is Sunday. */
export function date_dayofweek(days: i32): i32 {
  return <i32>floorMod(<i64>days + 4, 7) + 1;
}

export function date_dayofyear(days: i32): i32 {
  return <i32>(<i64>days - firstOfMonth(yearOf(days) * 12)) + 1;
}

export function date_weekofyear(days: i32): i32 {
  const thursday = thursdayOf(days);
  return <i32>((thursday - firstOfMonth(yearOf(thursday) * 12)) / 7) + 1;
}

export function date_year_of_week(days: i32): i32 {
  return <i32>yearOf(thursdayOf(days));
}

export function date_last_day(days: i32): i32 {
  return <i32>(firstOfMonth(monthOf(days) + 1) - 1);
}

export function time_hour(micros: i64): i32 {
  return <i32>(floorMod(micros, MICROS_PER_DAY) / 3600000000);
}

export function time_minute(micros: i64): i32 {
  return <i32>(floorMod(micros, 3600000000) / 60000000);
}

export function time_second(micros: i64): i32 {
  return <i32>(floorMod(micros, 60000000) / 1000000);
}

/** Microseconds of the minute: the unscaled number of a decimal(8,6). */
export function time_second_micros(micros: i64): i64 {
  return floorMod(micros, 60000000);
}
