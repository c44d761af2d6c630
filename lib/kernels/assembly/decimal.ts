import {
  LIMB_BYTES, limb, limbsAdd, limbsBit, limbsBits, limbsCompare, limbsDivide, limbsFrom, limbsIncrement, limbsIsZero, limbsMul, limbsScaleDown, limbsScaleUp, limbsShiftLeft, limbsSub,
} from './limbs';

// Decimal arithmetic on unscaled 128-bit numbers, given as low and high word. Results go to `out` (16 bytes); the 4 KiB from `out` on are scratch.
// `bound` is 10^precision of the result: functions return 1 where the magnitude reaches it, and write nothing.

const A: u32 = 64;
const B: u32 = 128;
const C: u32 = 192;

export const ROUND_HALF_UP: u32 = 0;
export const ROUND_HALF_EVEN: u32 = 1;
export const ROUND_FLOOR: u32 = 2;
export const ROUND_CEILING: u32 = 3;
export const ROUND_DOWN: u32 = 4;

/** 1 where |x| ≥ bound. */
export function decimal_exceeds(low: u64, high: u64, boundLow: u64, boundHigh: u64): u32 {
  if (<i64>high < 0) {
    low = ~low + 1;
    high = ~high + (low == 0 ? 1 : 0);
  }
  return high > boundHigh || (high == boundHigh && low >= boundLow) ? 1 : 0;
}

/** Writes the magnitude with its sign, unless it reaches the bound. */
function finish(out: usize, at: usize, negative: bool, boundLow: u64, boundHigh: u64): u32 {
  if ((limb(at, 4) | limb(at, 5) | limb(at, 6) | limb(at, 7) | limb(at, 8) | limb(at, 9)) != 0) return 1;
  let low = load<u64>(at);
  let high = load<u64>(at, 8);
  if (high > boundHigh || (high == boundHigh && low >= boundLow)) return 1;
  if (negative) {
    low = ~low + 1;
    high = ~high + (low == 0 ? 1 : 0);
  }
  store<u64>(out, low);
  store<u64>(out, high, 8);
  return 0;
}

/** Divides the magnitude by 10^digits, rounding as told. */
function roundDown(at: usize, digits: u32, negative: bool, mode: u32): void {
  if (digits == 0) return;
  let sticky = limbsScaleDown(at, digits - 1);
  const digit = lastDigit(at);
  if (mode == ROUND_HALF_UP) {
    if (digit >= 5) limbsIncrement(at);
  } else if (mode == ROUND_HALF_EVEN) {
    if (digit > 5 || (digit == 5 && (sticky || (load<u32>(at) & 1) != 0))) limbsIncrement(at);
  } else {
    if (digit != 0) sticky = true;
    if (sticky && ((mode == ROUND_FLOOR && negative) || (mode == ROUND_CEILING && !negative))) limbsIncrement(at);
  }
}

/** Cuts the last digit off and gives it. */
function lastDigit(at: usize): u32 {
  let rest: u64 = 0;
  for (let i: i32 = 9; i >= 0; i--) {
    const part = (rest << 32) | limb(at, i);
    store<u32>(at + (<u32>i << 2), <u32>(part / 10));
    rest = part % 10;
  }
  return <u32>rest;
}

/** a·10^upA + b·10^upB, less `down` digits. Subtract by negating b. */
export function decimal_add(aLow: u64, aHigh: u64, bLow: u64, bHigh: u64, upA: u32, upB: u32, down: u32, boundLow: u64, boundHigh: u64, out: usize): u32 {
  const negativeA = <i64>aHigh < 0;
  const negativeB = <i64>bHigh < 0;
  if ((upA | upB | down) == 0) {
    const low = aLow + bLow;
    const high = aHigh + bHigh + (low < aLow ? 1 : 0);
    // Operands have at most 38 digits, so the sum stays within 128 bits: 2·10^38 > 2^127 only by sign, which shows here.
    const wrapped = negativeA == negativeB && <i64>high < 0 != negativeA;
    if (wrapped || decimal_exceeds(low, high, boundLow, boundHigh) != 0) return 1;
    store<u64>(out, low);
    store<u64>(out, high, 8);
    return 0;
  }
  limbsFrom(out + A, aLow, aHigh);
  limbsFrom(out + B, bLow, bHigh);
  limbsScaleUp(out + A, upA);
  limbsScaleUp(out + B, upB);
  let at = out + A;
  let negative = negativeA;
  if (negativeA == negativeB) {
    limbsAdd(at, out + B);
  } else if (limbsCompare(at, out + B) >= 0) {
    limbsSub(at, out + B);
  } else {
    at = out + B;
    negative = negativeB;
    limbsSub(at, out + A);
  }
  roundDown(at, down, negative, ROUND_HALF_UP);
  return finish(out, at, negative, boundLow, boundHigh);
}

export function decimal_multiply(aLow: u64, aHigh: u64, bLow: u64, bHigh: u64, down: u32, boundLow: u64, boundHigh: u64, out: usize): u32 {
  const negative = <i64>(aHigh ^ bHigh) < 0;
  limbsFrom(out + A, aLow, aHigh);
  limbsFrom(out + B, bLow, bHigh);
  limbsMul(out + C, out + A, out + B);
  roundDown(out + C, down, negative, ROUND_HALF_UP);
  return finish(out, out + C, negative, boundLow, boundHigh);
}

/** HALF_UP of a·10^up / b (up may be negative). b is not zero. */
export function decimal_divide(aLow: u64, aHigh: u64, bLow: u64, bHigh: u64, up: i32, boundLow: u64, boundHigh: u64, out: usize): u32 {
  const negative = <i64>(aHigh ^ bHigh) < 0;
  limbsFrom(out + A, aLow, aHigh);
  limbsFrom(out + B, bLow, bHigh);
  if (up >= 0) limbsScaleUp(out + A, up);
  else limbsScaleUp(out + B, -up);
  limbsDivide(out + C, out + A, out + B);
  // Twice the remainder against the divisor.
  limbsAdd(out + A, out + A);
  if (limbsCompare(out + A, out + B) >= 0) limbsIncrement(out + C);
  return finish(out, out + C, negative, boundLow, boundHigh);
}

/** Remainder with the dividend's sign, at the common scale. b is not zero. */
export function decimal_remainder(aLow: u64, aHigh: u64, bLow: u64, bHigh: u64, upA: u32, upB: u32, down: u32, boundLow: u64, boundHigh: u64, out: usize): u32 {
  limbsFrom(out + A, aLow, aHigh);
  limbsFrom(out + B, bLow, bHigh);
  limbsScaleUp(out + A, upA);
  limbsScaleUp(out + B, upB);
  limbsDivide(out + C, out + A, out + B);
  roundDown(out + A, down, <i64>aHigh < 0, ROUND_HALF_UP);
  return finish(out, out + A, <i64>aHigh < 0, boundLow, boundHigh);
}

/** pmod as Spark has it: the remainder, and where that is negative ((remainder + b) % b): b − |r| for a positive b, the remainder itself for a negative one. */
export function decimal_pmod(aLow: u64, aHigh: u64, bLow: u64, bHigh: u64, upA: u32, upB: u32, down: u32, boundLow: u64, boundHigh: u64, out: usize): u32 {
  limbsFrom(out + A, aLow, aHigh);
  limbsFrom(out + B, bLow, bHigh);
  limbsScaleUp(out + A, upA);
  limbsScaleUp(out + B, upB);
  limbsDivide(out + C, out + A, out + B);
  let at = out + A;
  let negative = <i64>aHigh < 0;
  if (negative && <i64>bHigh >= 0 && !limbsIsZero(at)) {
    limbsSub(out + B, at);
    at = out + B;
    negative = false;
  }
  roundDown(at, down, negative, ROUND_HALF_UP);
  return finish(out, at, negative, boundLow, boundHigh);
}

/** Whole quotient, towards zero. b is not zero. */
export function decimal_quotient(aLow: u64, aHigh: u64, bLow: u64, bHigh: u64, upA: u32, upB: u32, boundLow: u64, boundHigh: u64, out: usize): u32 {
  limbsFrom(out + A, aLow, aHigh);
  limbsFrom(out + B, bLow, bHigh);
  limbsScaleUp(out + A, upA);
  limbsScaleUp(out + B, upB);
  limbsDivide(out + C, out + A, out + B);
  return finish(out, out + C, <i64>(aHigh ^ bHigh) < 0, boundLow, boundHigh);
}

/** x·10^up (up negative: rounded as told). */
export function decimal_rescale(low: u64, high: u64, up: i32, mode: u32, boundLow: u64, boundHigh: u64, out: usize): u32 {
  const negative = <i64>high < 0;
  limbsFrom(out + A, low, high);
  if (up >= 0) limbsScaleUp(out + A, up);
  else roundDown(out + A, -up, negative, mode);
  return finish(out, out + A, negative, boundLow, boundHigh);
}

/** The nearest double of a 128-bit integer. */
export function i128_to_f64(low: u64, high: u64): f64 {
  if (<i64>high == <i64>low >> 63) return <f64>(<i64>low);
  const negative = <i64>high < 0;
  if (negative) {
    low = ~low + 1;
    high = ~high + (low == 0 ? 1 : 0);
  }
  // 64 leading bits and a sticky one round like all 128.
  const shift: u64 = clz<u64>(high);
  let top = shift == 0 ? high : (high << shift) | (low >> (64 - shift));
  if (low << shift != 0) top |= 1;
  const magnitude = <f64>top * reinterpret<f64>((1023 + 64 - shift) << 52);
  return negative ? -magnitude : magnitude;
}

/** The double nearest to x / 10^scale. Fast where both are exact doubles: then one division rounds once. */
export function decimal_to_f64(low: u64, high: u64, scale: u32, out: usize): f64 {
  if (<i64>high == <i64>low >> 63 && scale <= 22) {
    const value = <i64>low;
    if (value <= 9007199254740992 && value >= -9007199254740992) {
      let power: f64 = 1;
      for (let i: u32 = 0; i < scale; i++) power *= 10;
      return <f64>value / power;
    }
  }
  if (scale == 0) return i128_to_f64(low, high);
  limbsFrom(out + A, low, high);
  if (limbsIsZero(out + A)) return 0;
  limbsFrom(out + B, 1, 0);
  limbsScaleUp(out + B, scale);
  // Shifted so that the quotient has at least 65 bits.
  const shift = 66 + limbsBits(out + B) - min<u32>(limbsBits(out + A), limbsBits(out + B));
  limbsShiftLeft(out + A, shift);
  limbsDivide(out + C, out + A, out + B);
  const bits = limbsBits(out + C);
  let top: u64 = 0;
  for (let i: u32 = 0; i < 64; i++) top = (top << 1) | <u64>limbsBit(out + C, bits - 1 - i);
  let sticky = !limbsIsZero(out + A);
  for (let i: u32 = 0; i + 64 < bits; i++) {
    if (limbsBit(out + C, i) != 0) {
      sticky = true;
      break;
    }
  }
  if (sticky) top |= 1;
  const exponent = <i64>bits - 64 - <i64>shift;
  const magnitude = <f64>top * reinterpret<f64>(<u64>(1023 + exponent) << 52);
  return <i64>high < 0 ? -magnitude : magnitude;
}

/** Σ(x − mean)² from n, Σx and Σx² in double-double. */
export function central_moment(n: f64, sumHi: f64, sumLo: f64, squaresHi: f64, squaresLo: f64): f64 {
  const s = sumHi + sumLo;
  if (s - s != 0) return NaN;
  // (Σx)² in double-double
  const e = sumLo - (s - sumHi);
  const p = s * s;
  if (p - p != 0) return NaN;
  const split = 134217729.0 * s;
  const high = split - (split - s);
  const low = s - high;
  const pe = high * high - p + 2 * high * low + low * low + 2 * s * e;
  // divided by n
  const q = p / n;
  const r = remainderOf(p, q, n) + pe;
  const qe = r / n;
  const d = squaresHi - q;
  const part = d - squaresHi;
  const de = squaresHi - (d - part) - (q + part);
  const moment = d + (de + squaresLo - qe);
  return moment > 0 ? moment : moment == moment ? 0 : NaN;
}

/** p − q·n without rounding. */
function remainderOf(p: f64, q: f64, n: f64): f64 {
  const product = q * n;
  const sq = 134217729.0 * q;
  const qh = sq - (sq - q);
  const ql = q - qh;
  const sn = 134217729.0 * n;
  const nh = sn - (sn - n);
  const nl = n - nh;
  const error = qh * nh - product + qh * nl + ql * nh + ql * nl;
  return p - product - error;
}
