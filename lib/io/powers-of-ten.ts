import type { MemoryViews } from '../memory/memory-access.js';

/** The powers that kernels/assembly/decimal-double.ts looks up. */
const EXPONENT_MIN = -342;
const EXPONENT_MAX = 308;

/** Bytes of the table. */
export const POWERS_OF_TEN_BYTES = (EXPONENT_MAX - EXPONENT_MIN + 1) * 16;

/** Powers of ten that doubles and 64-bit integers hold exactly; kernels expect them in this order. */
const EXACT_DOUBLES = 23;
const EXACT_INTEGERS = 19;

/** Bytes of `writeExactPowers`. */
export const EXACT_POWERS_BYTES = (EXACT_DOUBLES + EXACT_INTEGERS) * 8;

/** Writes 1, 10, 100… as doubles and then as 64-bit integers; the address is a multiple of 8. */
export function writeExactPowers({ f64, i64 }: MemoryViews, address: number): void {
  const first = address >>> 3;
  for (let i = 0; i < EXACT_DOUBLES; i++) f64[first + i] = Number(`1e${i}`);
  for (let i = 0; i < EXACT_INTEGERS; i++) i64[first + EXACT_DOUBLES + i] = 10n ** BigInt(i);
}

let table: BigUint64Array | undefined;

/** Writes u64 high, u64 low of the first 128 bits of each power of ten (of its power of five: twos are the exponent's). */
export function writePowersOfTen({ u8 }: MemoryViews, address: number): void {
  table ??= makeTable();
  u8.set(new Uint8Array(table.buffer), address);
}

function makeTable(): BigUint64Array {
  const words = new BigUint64Array(POWERS_OF_TEN_BYTES / 8);
  for (let exponent = EXPONENT_MIN; exponent <= EXPONENT_MAX; exponent++) {
    const bits = exponent < 0 ? reciprocal(5n ** BigInt(-exponent), exponent >= -27) : leading(5n ** BigInt(exponent));
    words[2 * (exponent - EXPONENT_MIN)] = bits >> 64n;
    words[2 * (exponent - EXPONENT_MIN) + 1] = BigInt.asUintN(64, bits);
  }
  return words;
}

const bitLength = (value: bigint): number => value.toString(2).length;

/** The first 128 bits, cut off. */
function leading(value: bigint): bigint {
  const shift = BigInt(128 - bitLength(value));
  return shift >= 0n ? value << shift : value >> -shift;
}

/** The first 128 bits of 1 / value, rounded up: exactly so where value has few bits, so that products of whole numbers come out whole. */
function reciprocal(value: bigint, isShort: boolean): bigint {
  // The smallest power of two that is not less.
  const bits = bitLength(value - 1n);
  if (isShort) return 2n ** BigInt(bits + 127) / value + 1n;
  return leading(2n ** BigInt(2 * bits + 128) / value + 1n);
}
