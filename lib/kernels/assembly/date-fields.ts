// Years, months and days of whole batches of dates. What each means is in datetime-fields.ts.

import { date_day, date_month, date_year } from './datetime-fields';

/** 1900-03-01, and how many days from it on every fourth year is a leap year. */
const FIRST_DAY: i32 = -25508;
const DAYS: i32 = 73049;
const FIRST_YEAR: i32 = 1900;
/** Quarters of a day in a year, four years on average. */
const YEAR_QUARTERS: i32 = 1461;
/** A little more than the quotient, so that rounding does not make less than a whole number of one; by less than what would make one of less. */
const YEARS_PER_QUARTER: f32 = 1.0000015 / 1461;
/** A float this large has whole numbers as its last 22 bits: what is added to it is rounded. */
const WHOLE: f32 = 12582912;

/**
 * Fields of `n` dates (days, i32), each (i32) to its address, or nowhere where that is 0. All dates one after the other (sel 0), or those at the positions at `sel`, to the same positions.
 * `scratch`: 16 bytes.
 */
export function dateFields(days: usize, sel: usize, n: u32, years: usize, months: usize, monthDays: usize, scratch: usize): void {
  if (sel != 0) {
    for (let k: u32 = 0; k < n; k++) one(days, <usize>load<u32>(sel + (k << 2)) << 2, years, months, monthDays);
    return;
  }
  // Fields that nobody wants are written again and again to one place. Branches around them would have engines compute in each what all have in common.
  const yearsEvery: usize = years == 0 ? 0 : usize.MAX_VALUE;
  const monthsEvery: usize = months == 0 ? 0 : usize.MAX_VALUE;
  const daysEvery: usize = monthDays == 0 ? 0 : usize.MAX_VALUE;
  const toYears = years == 0 ? scratch : years;
  const toMonths = months == 0 ? scratch : months;
  const toDays = monthDays == 0 ? scratch : monthDays;
  const whole = <usize>(n & ~3) << 2;
  let at: usize = 0;
  for (; at < whole; at += 16) {
    const day = i32x4.sub(v128.load(days + at), i32x4.splat(FIRST_DAY));
    if (v128.any_true(i32x4.ge_u(day, i32x4.splat(DAYS)))) {
      for (let i: usize = 0; i < 16; i += 4) one(days, at + i, years, months, monthDays);
      continue;
    }
    const quarters = v128.or(i32x4.shl(day, 2), i32x4.splat(3));
    const quotient = f32x4.mul(f32x4.convert_i32x4_s(quarters), f32x4.splat(YEARS_PER_QUARTER));
    const year = v128.and(f32x4.add(f32x4.sub(quotient, f32x4.splat(0.5)), f32x4.splat(WHOLE)), i32x4.splat(0x3fffff));
    // Factors of sixteen bits are multiplied at a third of the cost.
    const ofYear = i32x4.shr_u(i32x4.sub(quarters, i32x4.dot_i16x8_s(year, i32x4.splat(YEAR_QUARTERS))), 2);
    const isNext = i32x4.gt_s(ofYear, i32x4.splat(305));
    const marchMonth = i32x4.add(i32x4.dot_i16x8_s(ofYear, i32x4.splat(2141)), i32x4.splat(197913));
    const ofMonth = i32x4.shr_u(v128.and(marchMonth, i32x4.splat(0xffff)), 2);
    v128.store(toYears + (at & yearsEvery), i32x4.sub(i32x4.add(year, i32x4.splat(FIRST_YEAR)), isNext));
    v128.store(toMonths + (at & monthsEvery), i32x4.sub(i32x4.shr_u(marchMonth, 16), v128.and(isNext, i32x4.splat(12))));
    v128.store(toDays + (at & daysEvery), i32x4.add(i32x4.shr_u(i32x4.dot_i16x8_s(ofMonth, i32x4.splat(31345)), 24), i32x4.splat(1)));
  }
  for (const end = <usize>n << 2; at < end; at += 4) one(days, at, years, months, monthDays);
}

function one(days: usize, at: usize, years: usize, months: usize, monthDays: usize): void {
  const day = load<i32>(days + at);
  if (years != 0) store<i32>(years + at, date_year(day));
  if (months != 0) store<i32>(months + at, date_month(day));
  if (monthDays != 0) store<i32>(monthDays + at, date_day(day));
}
