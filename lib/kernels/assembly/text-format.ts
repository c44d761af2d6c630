import { MINUS, POINT, digitsOf, magnitude, writeDate, writeDigits, writeTimestamp } from './digits';
import { finishView, room } from './string';

// Values as text, the usual ones: a kernel that returns 0 has written nothing, and JavaScript (codegen/host-text.ts) writes the others. Results go to
// the heap at `heap`; `out` gets the view.

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

export function text_format_date(heap: usize, out: usize, days: i32): u32 {
  const to = room(heap, 10);
  if (!writeDate(to, days)) return 0;
  finishView(heap, out, to, 10);
  return 1;
}

export function text_format_timestamp(heap: usize, out: usize, micros: i64): u32 {
  const to = room(heap, 26);
  const length = writeTimestamp(to, micros);
  if (length == 0) return 0;
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
