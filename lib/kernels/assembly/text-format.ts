import { finishView, room } from './string';

// Values as text, the usual ones: a kernel that returns 0 has written nothing, and JavaScript (codegen/host-text.ts) writes the others. Results go to
// the heap at `heap`; `out` gets the view.

const MINUS: u32 = 45;
const POINT: u32 = 46;
const MICROS_A_DAY: i64 = 86400000000;

// @ts-ignore: decorator
@inline
function digitsOf(value: u64): u32 {
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
function writeDigits(end: usize, count: u32, value: u64): void {
  let v = value;
  let at = end;
  for (let i: u32 = 0; i < count; i++) {
    const rest = v / 10;
    at--;
    store<u8>(at, <u8>(48 + <u32>(v - rest * 10)));
    v = rest;
  }
}

// @ts-ignore: decorator
@inline
function magnitude(value: i64): u64 {
  return value < 0 ? 0 - <u64>value : <u64>value;
}

export function text_format_int(heap: usize, out: usize, value: i64): u32 {
  const size = magnitude(value);
  const sign = <u32>(value < 0);
  const length = digitsOf(size) + sign;
  const to = room(heap, length);
  if (sign != 0) store<u8>(to, <u8>MINUS);
  writeDigits(to + length, length - sign, size);
  finishView(heap, out, to, length);
  return 1;
}

/** An unscaled value of 64 bits. */
export function text_format_decimal(heap: usize, out: usize, low: i64, high: i64, scale: u32): u32 {
  if (high != low >> 63) return 0;
  if (scale == 0) return text_format_int(heap, out, low);
  const size = magnitude(low);
  const sign = <u32>(low < 0);
  const digits = max<u32>(digitsOf(size), scale + 1);
  const length = digits + 1 + sign;
  const to = room(heap, length);
  if (sign != 0) store<u8>(to, <u8>MINUS);
  const end = to + length;
  let v = size;
  let at = end;
  for (let i: u32 = 0; i < digits; i++) {
    if (i == scale) {
      at--;
      store<u8>(at, <u8>POINT);
    }
    const rest = v / 10;
    at--;
    store<u8>(at, <u8>(48 + <u32>(v - rest * 10)));
    v = rest;
  }
  finishView(heap, out, to, length);
  return 1;
}

/** Whole numbers below ten million, which have `.0` behind them; others have an exponent or a fraction. Not −0. */
export function text_format_double(heap: usize, out: usize, value: f64): u32 {
  if (!(abs<f64>(value) < 10000000.0)) return 0;
  const whole = <i64>value;
  if (<f64>whole != value || (whole == 0 && reinterpret<u64>(value) != 0)) return 0;
  const size = magnitude(whole);
  const sign = <u32>(whole < 0);
  const length = digitsOf(size) + sign + 2;
  const to = room(heap, length);
  if (sign != 0) store<u8>(to, <u8>MINUS);
  writeDigits(to + length - 2, length - sign - 2, size);
  store<u16>(to + length - 2, 0x302e);
  finishView(heap, out, to, length);
  return 1;
}

/** Days of the years 0 to 9999 as YYYY-MM-DD: 0 for others. After Neri and Schneider, "Euclidean affine functions and their application to calendar algorithms". */
function writeDate(to: usize, days: i32): bool {
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
  writeDigits(to + 4, 4, year);
  store<u8>(to, <u8>45, 4);
  writeDigits(to + 7, 2, late != 0 ? month - 12 : month);
  store<u8>(to, <u8>45, 7);
  writeDigits(to + 10, 2, day + 1);
  return true;
}

export function text_format_date(heap: usize, out: usize, days: i32): u32 {
  const to = room(heap, 10);
  if (!writeDate(to, days)) return 0;
  finishView(heap, out, to, 10);
  return 1;
}

/** YYYY-MM-DD HH:MM:SS[.ffffff], without trailing zeros. */
export function text_format_timestamp(heap: usize, out: usize, micros: i64): u32 {
  let days = micros / MICROS_A_DAY;
  let inDay = micros - days * MICROS_A_DAY;
  if (inDay < 0) {
    days--;
    inDay += MICROS_A_DAY;
  }
  if (days < -719528 || days > 2932896) return 0;
  const to = room(heap, 26);
  writeDate(to, <i32>days);
  const seconds = <u32>(inDay / 1000000);
  let fraction = <u32>(inDay % 1000000);
  store<u8>(to, <u8>32, 10);
  writeDigits(to + 13, 2, seconds / 3600);
  store<u8>(to, <u8>58, 13);
  writeDigits(to + 16, 2, (seconds / 60) % 60);
  store<u8>(to, <u8>58, 16);
  writeDigits(to + 19, 2, seconds % 60);
  let length: u32 = 19;
  if (fraction != 0) {
    let digits: u32 = 6;
    while (fraction % 10 == 0) {
      fraction /= 10;
      digits--;
    }
    store<u8>(to, <u8>POINT, 19);
    writeDigits(to + 20 + digits, digits, fraction);
    length = 20 + digits;
  }
  finishView(heap, out, to, length);
  return 1;
}

/** `true` or `false`. */
export function text_format_boolean(heap: usize, out: usize, value: u32): u32 {
  const to = room(heap, 8);
  store<u64>(to, value != 0 ? 0x65757274 : 0x65736c6166);
  finishView(heap, out, to, value != 0 ? 4 : 5);
  return 1;
}
