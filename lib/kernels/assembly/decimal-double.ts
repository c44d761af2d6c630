// Doubles of decimal digits, rounded right: Eisel and Lemire, "Number parsing at a gigabyte per second". The product of the digits and a power of ten in 128 bits says
// all bits of the double but for cases that are told apart and left to the host.

/** What the host must see to. A signalling NaN, which is no number's bits. */
export const NO_DOUBLE: u64 = 0x7ff0000000000001;

const EXPONENT_MIN: i32 = -342;
const EXPONENT_MAX: i32 = 308;
const POWER_BYTES: u32 = 16;
/** Bits of the product below those that a double keeps, one for rounding and one that normalising may take. */
const BELOW: u64 = 0x1ff;

// @ts-ignore: decorator
@inline
function highProduct(a: u64, b: u64): u64 {
  const aLow = a & 0xffffffff;
  const aHigh = a >> 32;
  const bLow = b & 0xffffffff;
  const bHigh = b >> 32;
  const middle = aHigh * bLow + ((aLow * bLow) >> 32);
  const other = aLow * bHigh + (middle & 0xffffffff);
  return aHigh * bHigh + (middle >> 32) + (other >> 32);
}

/** Bits of the double nearest to digits · 10^exponent. `powers`: u64 high, u64 low of each power's first 128 bits, from 10^-342 to 10^308 (lib/io/powers-of-ten.ts). */
export function doubleOf(digits: u64, exponent: i32, powers: u32): u64 {
  if (digits == 0 || exponent < EXPONENT_MIN) return 0;
  if (exponent > EXPONENT_MAX) return NO_DOUBLE;
  const shift = <u32>clz(digits);
  const w = digits << <u64>shift;
  const power = powers + <u32>(exponent - EXPONENT_MIN) * POWER_BYTES;
  const head = load<u64>(power);
  let low = w * head;
  let high = highProduct(w, head);
  if ((high & BELOW) == BELOW) {
    // The rest of the power may carry.
    const more = highProduct(w, load<u64>(power, 8));
    low += more;
    if (more > low) high++;
  }
  if (low == 0xffffffffffffffff) {
    if (exponent < -27 || exponent > 55) return NO_DOUBLE;
  }
  const upper = <u32>(high >> 63);
  let mantissa = high >> <u64>(upper + 9);
  let exponentBits = ((217706 * exponent) >> 16) + 63 + <i32>upper - <i32>shift + 1023;
  if (exponentBits <= 0) return NO_DOUBLE;
  if (low <= 1 && exponent >= -4 && exponent <= 23 && (mantissa & 3) == 1) {
    // Just between two doubles: to the even one.
    if (mantissa << <u64>(upper + 9) == high) mantissa &= ~(<u64>1);
  }
  mantissa += mantissa & 1;
  mantissa >>= 1;
  if (mantissa >= (<u64>1 << 53)) {
    mantissa = <u64>1 << 52;
    exponentBits++;
  }
  if (exponentBits >= 0x7ff) return NO_DOUBLE;
  return (mantissa & ~(<u64>1 << 52)) | (<u64>exponentBits << 52);
}
