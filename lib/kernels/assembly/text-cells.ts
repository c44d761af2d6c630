import { MINUS, POINT, digitsOf, magnitude, writeDate, writeDigits, writeSmall, writeTimestamp } from './digits';

// Columns as text, a cell a row: `stride` bytes, of which the first says how long the text behind it is. What a kernel does not write (years beyond four
// digits, doubles of more than 15 digits) it lists at `missed`, as u32 positions, for JavaScript; it returns how many those are. Null rows hold anything.

// @ts-ignore: decorator
@inline
function writeInt(cell: usize, value: i64): void {
  const size = magnitude(value);
  const sign = <u32>(value < 0);
  const digits = digitsOf(size);
  if (sign != 0) store<u8>(cell, <u8>MINUS, 1);
  const end = cell + 1 + sign + digits;
  if (size <= 0xffffffff) writeSmall(end, digits, <u32>size);
  else writeDigits(end, digits, size);
  store<u8>(cell, <u8>(sign + digits));
}

export function cellsInt32(values: usize, n: u32, cells: usize, stride: u32): u32 {
  for (let i: u32 = 0; i < n; i++, cells += stride) writeInt(cells, load<i32>(values + (i << 2)));
  return 0;
}

export function cellsInt64(values: usize, n: u32, cells: usize, stride: u32): u32 {
  for (let i: u32 = 0; i < n; i++, cells += stride) writeInt(cells, load<i64>(values + (i << 3)));
  return 0;
}

// @ts-ignore: decorator
@inline
function writeDecimal(cell: usize, value: i64, scale: u32): void {
  const size = magnitude(value);
  const sign = <u32>(value < 0);
  const digits = max<u32>(digitsOf(size), scale + 1);
  if (sign != 0) store<u8>(cell, <u8>MINUS, 1);
  let at = cell + 1 + sign + digits + 1;
  let v = size;
  let i: u32 = 0;
  for (; i < scale; i++) {
    const rest = v / 10;
    at--;
    store<u8>(at, <u8>(48 + <u32>(v - rest * 10)));
    v = rest;
  }
  at--;
  store<u8>(at, <u8>POINT);
  if (v <= 0xffffffff) writeSmall(at, digits - scale, <u32>v);
  else writeDigits(at, digits - scale, v);
  store<u8>(cell, <u8>(sign + digits + 1));
}

/** Unscaled values of 64 bits. */
export function cellsDecimal64(values: usize, n: u32, scale: u32, cells: usize, stride: u32): u32 {
  if (scale == 0) return cellsInt64(values, n, cells, stride);
  for (let i: u32 = 0; i < n; i++, cells += stride) writeDecimal(cells, load<i64>(values + (i << 3)), scale);
  return 0;
}

/** Unscaled values of 128 bits: those that need more than 64 are missed. */
export function cellsDecimal128(values: usize, n: u32, scale: u32, cells: usize, stride: u32, missed: usize): u32 {
  let misses: u32 = 0;
  for (let i: u32 = 0; i < n; i++, cells += stride) {
    const low = load<i64>(values + (i << 4));
    if (load<i64>(values + (i << 4), 8) != low >> 63) {
      store<u32>(missed + (misses << 2), i);
      misses++;
    } else if (scale == 0) writeInt(cells, low);
    else writeDecimal(cells, low, scale);
  }
  return misses;
}

export function cellsDate(values: usize, n: u32, cells: usize, stride: u32, missed: usize): u32 {
  let misses: u32 = 0;
  for (let i: u32 = 0; i < n; i++, cells += stride) {
    if (writeDate(cells + 1, load<i32>(values + (i << 2)))) {
      store<u8>(cells, 10);
      continue;
    }
    store<u32>(missed + (misses << 2), i);
    misses++;
  }
  return misses;
}

/** `between` stands between date and time, `behind` (0: nothing) after the time. */
export function cellsTimestamp(values: usize, n: u32, between: u32, behind: u32, cells: usize, stride: u32, missed: usize): u32 {
  let misses: u32 = 0;
  for (let i: u32 = 0; i < n; i++, cells += stride) {
    const length = writeTimestamp(cells + 1, load<i64>(values + (i << 3)));
    if (length != 0) {
      store<u8>(cells, <u8>between, 11);
      store<u8>(cells + 1 + length, <u8>behind);
      store<u8>(cells, <u8>(length + (behind != 0 ? 1 : 0)));
      continue;
    }
    store<u32>(missed + (misses << 2), i);
    misses++;
  }
  return misses;
}

export function cellsBoolean(values: usize, n: u32, cells: usize, stride: u32): u32 {
  for (let i: u32 = 0; i < n; i++, cells += stride) {
    const isTrue = load<u8>(values + i) != 0;
    store<u64>(cells, isTrue ? 0x6575727404 : 0x65736c616605);
  }
  return 0;
}

/**
 * The shortest decimal that reads back as the value, as Java prints it: plain from 10^-3 up to 10^7, else with an exponent. Found where it has at most `digitsMax` digits (15 of a
 * double, 6 of a float: so few digits are never shared by two values, and a quotient of two exact numbers is rounded as reading rounds).
 */
function writeDouble(cell: usize, value: f64, digitsMax: u32): bool {
  const size = abs<f64>(value);
  const sign = <u32>(reinterpret<u64>(value) >> 63);
  if (sign != 0) store<u8>(cell, <u8>MINUS, 1);
  const at = cell + 1 + sign;
  if (size == 0) {
    store<u32>(at, 0x302e30);
    store<u8>(cell, <u8>(sign + 3));
    return true;
  }
  // False for NaN too.
  if (!(size < 1e15 && size >= 1e-7)) return false;
  const limit: f64 = digitsMax == 15 ? 1e15 : 1e6;
  let power: f64 = 1;
  let scale: u32 = 0;
  let whole: f64 = 0;
  for (; ; scale++, power *= 10) {
    whole = nearest<f64>(size * power);
    if (whole >= limit) return false;
    const back = whole / power;
    if (digitsMax == 15 ? back == size : <f64>(<f32>back) == size) break;
    if (scale == 22) return false;
  }
  const digits = <u64>whole;
  const count = digitsOf(digits);
  if (size >= 1e-3 && size < 1e7) {
    if (scale == 0) {
      writeDigits(at + count, count, digits);
      store<u16>(at + count, 0x302e);
      store<u8>(cell, <u8>(sign + count + 2));
      return true;
    }
    // Leading zeros of what is below 1 are digits too.
    const all = max<u32>(count, scale + 1);
    writeDigits(at + all + 1, scale, digits);
    const before = all - scale;
    store<u8>(at + before, <u8>POINT);
    let front = digits;
    for (let i: u32 = 0; i < scale; i++) front /= 10;
    writeDigits(at + before, before, front);
    store<u8>(cell, <u8>(sign + all + 1));
    return true;
  }
  // d.dddE±x without trailing zeros.
  let kept = digits;
  let keptCount = count;
  while (kept % 10 == 0) {
    kept /= 10;
    keptCount--;
  }
  const exponent = <i32>count - 1 - <i32>scale;
  const behind = max<u32>(keptCount - 1, 1);
  if (keptCount == 1) {
    store<u8>(at, <u8>(48 + <u32>kept));
    store<u16>(at, 0x302e, 1);
  } else {
    writeDigits(at + keptCount + 1, keptCount, kept);
    store<u8>(at, load<u8>(at, 1));
    store<u8>(at, <u8>POINT, 1);
  }
  let to = at + 2 + behind;
  store<u8>(to, 69);
  to++;
  if (exponent < 0) {
    store<u8>(to, <u8>MINUS);
    to++;
  }
  const power10 = <u32>(exponent < 0 ? -exponent : exponent);
  const powerDigits: u32 = power10 >= 10 ? 2 : 1;
  writeSmall(to + powerDigits, powerDigits, power10);
  store<u8>(cell, <u8>(to + powerDigits - cell - 1));
  return true;
}

export function cellsDouble(values: usize, n: u32, digitsMax: u32, cells: usize, stride: u32, missed: usize): u32 {
  let misses: u32 = 0;
  for (let i: u32 = 0; i < n; i++, cells += stride) {
    if (writeDouble(cells, load<f64>(values + (i << 3)), digitsMax)) continue;
    store<u32>(missed + (misses << 2), i);
    misses++;
  }
  return misses;
}

/** Every row is missed. */
export function cellsAll(missed: usize, n: u32): u32 {
  for (let i: u32 = 0; i < n; i++) store<u32>(missed + (i << 2), i);
  return n;
}
