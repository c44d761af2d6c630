// Intervals: months or microseconds. Results are 64-bit words at `out`; functions return 1 where they have none.

/** A number as an i64, halves away from zero. */
export function interval_round(value: f64, out: usize): u32 {
  let whole = nearest<f64>(value);
  if (abs<f64>(value - whole) == 0.5) whole = value + copysign<f64>(0.5, value);
  // False for NaN too.
  if (!(whole >= -9223372036854775808.0 && whole < 9223372036854775808.0)) return 1;
  store<i64>(out, <i64>whole);
  return 0;
}

/** a / b with halves away from zero; b is not 0. */
export function interval_divide_by(a: i64, b: i64, out: usize): u32 {
  if (b == -1) {
    store<i64>(out, 0 - a);
    return a == i64.MIN_VALUE ? 1 : 0;
  }
  const quotient = a / b;
  const rest = a % b;
  const size: u64 = rest < 0 ? <u64>(0 - rest) : <u64>rest;
  const whole: u64 = b < 0 ? <u64>(0 - b) : <u64>b;
  const away: i64 = (a < 0) == (b < 0) ? 1 : -1;
  store<i64>(out, size >= whole - size ? quotient + away : quotient);
  return 0;
}
