// Digits of numbers, dates and times, written in place.

export const MINUS: u32 = 45;
export const POINT: u32 = 46;
const MICROS_A_DAY: i64 = 86400000000;

// @ts-ignore: decorator
@inline
export function digitsOf(value: u64): u32 {
  let count: u32 = 1;
  let v = value;
  while (v >= 10000) {
    v /= 10000;
    count += 4;
  }
  if (v >= 1000) return count + 3;
  if (v >= 100) return count + 2;
  return v >= 10 ? count + 1 : count;
}

/** The last `count` digits of a value, ending before `end`. */
export function writeDigits(end: usize, count: u32, value: u64): void {
  let v = value;
  let at = end;
  for (let i: u32 = 0; i < count; i++) {
    const rest = v / 10;
    at--;
    store<u8>(at, <u8>(48 + <u32>(v - rest * 10)));
    v = rest;
  }
}

/** The same of a value below 2^32. */
export function writeSmall(end: usize, count: u32, value: u32): void {
  let v = value;
  let at = end;
  for (let i: u32 = 0; i < count; i++) {
    const rest = v / 10;
    at--;
    store<u8>(at, <u8>(48 + v - rest * 10));
    v = rest;
  }
}

// @ts-ignore: decorator
@inline
export function magnitude(value: i64): u64 {
  return value < 0 ? 0 - <u64>value : <u64>value;
}

/** Days of the years 0 to 9999 as YYYY-MM-DD: false for others. After Neri and Schneider, "Euclidean affine functions and their application to calendar algorithms". */
export function writeDate(to: usize, days: i32): bool {
  if (days < -719528 || days > 2932896) return false;
  // Days since 1 March of the year −400.
  const n = <u32>(days + 865565);
  const n1 = 4 * n + 3;
  const century = n1 / 146097;
  const n2 = (n1 % 146097) | 3;
  const p = 2939745 * <u64>n2;
  const yearOfCentury = <u32>(p >> 32);
  const dayOfYear = <u32>(<u32>p / 2939745 / 4);
  const n3 = 2141 * dayOfYear + 197913;
  const month = n3 >> 16;
  const day = (n3 & 0xffff) / 2141;
  const late = <u32>(dayOfYear >= 306);
  const year = 100 * century + yearOfCentury + late - 400;
  writeSmall(to + 4, 4, year);
  store<u8>(to, <u8>45, 4);
  writeSmall(to + 7, 2, late != 0 ? month - 12 : month);
  store<u8>(to, <u8>45, 7);
  writeSmall(to + 10, 2, day + 1);
  return true;
}

/** YYYY-MM-DD HH:MM:SS[.ffffff], without trailing zeros, at most 26 bytes: their number, 0 beyond the years 0 to 9999. */
export function writeTimestamp(to: usize, micros: i64): u32 {
  let days = micros / MICROS_A_DAY;
  let inDay = micros - days * MICROS_A_DAY;
  if (inDay < 0) {
    days--;
    inDay += MICROS_A_DAY;
  }
  if (days < -719528 || days > 2932896) return 0;
  writeDate(to, <i32>days);
  const seconds = <u32>(inDay / 1000000);
  let fraction = <u32>(inDay % 1000000);
  store<u8>(to, <u8>32, 10);
  writeSmall(to + 13, 2, seconds / 3600);
  store<u8>(to, <u8>58, 13);
  writeSmall(to + 16, 2, (seconds / 60) % 60);
  store<u8>(to, <u8>58, 16);
  writeSmall(to + 19, 2, seconds % 60);
  if (fraction == 0) return 19;
  let digits: u32 = 6;
  while (fraction % 10 == 0) {
    fraction /= 10;
    digits--;
  }
  store<u8>(to, <u8>POINT, 19);
  writeSmall(to + 20 + digits, digits, fraction);
  return 20 + digits;
}
