// Unsigned numbers of LIMBS 32-bit limbs, least first, in scratch memory: what decimals need beyond 128 bits. 320 bits hold the product of two 38-digit numbers
// and the dividends of divisions. Only slow paths come here.

export const LIMBS: u32 = 10;
export const LIMB_BYTES: u32 = 40;
const CHUNK: u32 = 1000000000;

// @ts-ignore: decorator
@inline
export function limb(at: usize, i: u32): u64 {
  return <u64>load<u32>(at + (i << 2));
}

export function limbsClear(at: usize): void {
  memory.fill(at, 0, LIMB_BYTES);
}

/** |value| of a 128-bit signed number. */
export function limbsFrom(at: usize, low: u64, high: u64): void {
  limbsClear(at);
  if (<i64>high < 0) {
    low = ~low + 1;
    high = ~high + (low == 0 ? 1 : 0);
  }
  store<u64>(at, low);
  store<u64>(at, high, 8);
}

export function limbsMulSmall(at: usize, factor: u32): void {
  let carry: u64 = 0;
  for (let i: u32 = 0; i < LIMBS; i++) {
    const product = limb(at, i) * <u64>factor + carry;
    store<u32>(at + (i << 2), <u32>product);
    carry = product >> 32;
  }
}

/** Remainder. */
export function limbsDivSmall(at: usize, divisor: u32): u32 {
  let rest: u64 = 0;
  for (let i: i32 = LIMBS - 1; i >= 0; i--) {
    const part = (rest << 32) | limb(at, i);
    store<u32>(at + (<u32>i << 2), <u32>(part / <u64>divisor));
    rest = part % <u64>divisor;
  }
  return <u32>rest;
}

function smallPower(n: u32): u32 {
  let power: u32 = 1;
  for (let i: u32 = 0; i < n; i++) power *= 10;
  return power;
}

export function limbsScaleUp(at: usize, digits: u32): void {
  for (; digits >= 9; digits -= 9) limbsMulSmall(at, CHUNK);
  if (digits > 0) limbsMulSmall(at, smallPower(digits));
}

/** Quotient by 10^digits; 1 if something was cut off. */
export function limbsScaleDown(at: usize, digits: u32): bool {
  let cut: u32 = 0;
  for (; digits >= 9; digits -= 9) cut |= limbsDivSmall(at, CHUNK);
  if (digits > 0) cut |= limbsDivSmall(at, smallPower(digits));
  return cut != 0;
}

export function limbsAdd(to: usize, from: usize): void {
  let carry: u64 = 0;
  for (let i: u32 = 0; i < LIMBS; i++) {
    const sum = limb(to, i) + limb(from, i) + carry;
    store<u32>(to + (i << 2), <u32>sum);
    carry = sum >> 32;
  }
}

/** to − from; to must not be less. */
export function limbsSub(to: usize, from: usize): void {
  let borrow: i64 = 0;
  for (let i: u32 = 0; i < LIMBS; i++) {
    const difference = <i64>limb(to, i) - <i64>limb(from, i) + borrow;
    store<u32>(to + (i << 2), <u32>difference);
    borrow = difference >> 32;
  }
}

export function limbsCompare(a: usize, b: usize): i32 {
  for (let i: i32 = LIMBS - 1; i >= 0; i--) {
    const x = limb(a, i);
    const y = limb(b, i);
    if (x != y) return x < y ? -1 : 1;
  }
  return 0;
}

export function limbsLength(at: usize): u32 {
  let n = LIMBS;
  while (n > 0) {
    if (limb(at, n - 1) != 0) break;
    n--;
  }
  return n;
}

/** out = a · b. */
export function limbsMul(out: usize, a: usize, b: usize): void {
  limbsClear(out);
  const lengthA = limbsLength(a);
  const lengthB = limbsLength(b);
  for (let i: u32 = 0; i < lengthA; i++) {
    let carry: u64 = 0;
    for (let j: u32 = 0; i + j < LIMBS; j++) {
      if (j >= lengthB) {
        if (carry == 0) break;
      }
      const place = out + ((i + j) << 2);
      const product = limb(a, i) * (j < lengthB ? limb(b, j) : 0) + <u64>load<u32>(place) + carry;
      store<u32>(place, <u32>product);
      carry = product >> 32;
    }
  }
}

export function limbsShiftLeft(at: usize, bits: u32): void {
  const words = bits >> 5;
  const rest = <u64>(bits & 31);
  for (let i: i32 = LIMBS - 1; i >= 0; i--) {
    const source = i - <i32>words;
    const high: u64 = source >= 0 ? limb(at, source) : 0;
    const low: u64 = source >= 1 ? limb(at, source - 1) : 0;
    store<u32>(at + (<u32>i << 2), <u32>(((high << 32) | low) << rest >> 32));
  }
}

/**
 * quotient = dividend / divisor; the dividend becomes the remainder. The divisor is changed and restored. Knuth, volume 2, algorithm D.
 * The dividend must leave its highest limb free after normalising (at most 318 bits do).
 */
export function limbsDivide(quotient: usize, dividend: usize, divisor: usize): void {
  limbsClear(quotient);
  const n = limbsLength(divisor);
  const m = limbsLength(dividend);
  if (m < n) return;
  if (n == 1) {
    const rest = limbsDivSmallFrom(quotient, dividend, load<u32>(divisor));
    limbsClear(dividend);
    store<u32>(dividend, rest);
    return;
  }
  const shift = clz<u32>(load<u32>(divisor + ((n - 1) << 2)));
  limbsShiftLeft(divisor, shift);
  // The limb above the dividend's last is kept apart: the shift may reach it when all limbs are in use.
  let top: u64 = m == LIMBS ? (shift == 0 ? 0 : limb(dividend, LIMBS - 1) >> <u64>(32 - shift)) : 0;
  limbsShiftLeft(dividend, shift);
  const v1 = limb(divisor, n - 1);
  const v2 = limb(divisor, n - 2);
  for (let j: i32 = <i32>(m - n); j >= 0; j--) {
    const at = <u32>j + n;
    const u0: u64 = at < LIMBS ? limb(dividend, at) : top;
    const part = (u0 << 32) | limb(dividend, at - 1);
    let digit = part / v1;
    let rest = part % v1;
    while (digit >> 32 != 0 || digit * v2 > ((rest << 32) | limb(dividend, at - 2))) {
      digit--;
      rest += v1;
      if (rest >> 32 != 0) break;
    }
    let borrow: i64 = 0;
    let carry: u64 = 0;
    for (let i: u32 = 0; i < n; i++) {
      const product = digit * limb(divisor, i) + carry;
      carry = product >> 32;
      const place = dividend + ((<u32>j + i) << 2);
      const difference = <i64>(<u64>load<u32>(place)) - <i64>(product & 0xffffffff) + borrow;
      store<u32>(place, <u32>difference);
      borrow = difference >> 32;
    }
    const last = <i64>u0 - <i64>carry + borrow;
    if (at < LIMBS) store<u32>(dividend + (at << 2), <u32>last);
    else top = <u64>(<u32>last);
    if (last < 0) {
      digit--;
      let plus: u64 = 0;
      for (let i: u32 = 0; i < n; i++) {
        const place = dividend + ((<u32>j + i) << 2);
        const sum = <u64>load<u32>(place) + limb(divisor, i) + plus;
        store<u32>(place, <u32>sum);
        plus = sum >> 32;
      }
      if (at < LIMBS) store<u32>(dividend + (at << 2), <u32>(<u64>load<u32>(dividend + (at << 2)) + plus));
    }
    store<u32>(quotient + (<u32>j << 2), <u32>digit);
  }
  limbsShiftRightSmall(dividend, shift);
  limbsShiftRightSmall(divisor, shift);
}

function limbsDivSmallFrom(quotient: usize, dividend: usize, divisor: u32): u32 {
  memory.copy(quotient, dividend, LIMB_BYTES);
  return limbsDivSmall(quotient, divisor);
}

function limbsShiftRightSmall(at: usize, bits: u32): void {
  if (bits == 0) return;
  for (let i: u32 = 0; i < LIMBS; i++) {
    const high: u64 = i + 1 < LIMBS ? limb(at, i + 1) : 0;
    store<u32>(at + (i << 2), <u32>(((high << 32) | limb(at, i)) >> <u64>bits));
  }
}

export function limbsIncrement(at: usize): void {
  for (let i: u32 = 0; i < LIMBS; i++) {
    const next = load<u32>(at + (i << 2)) + 1;
    store<u32>(at + (i << 2), next);
    if (next != 0) return;
  }
}

export function limbsIsZero(at: usize): bool {
  return limbsLength(at) == 0;
}

/** Bits up to the highest that is set. */
export function limbsBits(at: usize): u32 {
  const n = limbsLength(at);
  return n == 0 ? 0 : (n << 5) - clz<u32>(load<u32>(at + ((n - 1) << 2)));
}

/** 1 if the bit is set. */
export function limbsBit(at: usize, bit: u32): u32 {
  return (load<u32>(at + ((bit >> 5) << 2)) >> (bit & 31)) & 1;
}
