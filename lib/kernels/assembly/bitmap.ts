// Validity bitmaps (Arrow: bit set = valid, least significant first) to and from null bytes (1 = null).

import { ZEROS } from './layout';

/** Sets bits [from, to). */
export function bitmapFill(bitmap: usize, from: u32, to: u32): void {
  let bit = from;
  for (; bit < to && (bit & 7) != 0; bit++) setBit(bitmap, bit);
  const bytes = (to - bit) >> 3;
  if (to > bit) {
    memory.fill(bitmap + (bit >> 3), 0xff, bytes);
    bit += bytes << 3;
  }
  for (; bit < to; bit++) setBit(bitmap, bit);
}

// @ts-ignore: decorator
@inline
function setBit(bitmap: usize, bit: u32): void {
  const at = bitmap + (bit >> 3);
  store<u8>(at, <u32>load<u8>(at) | (<u32>1 << (bit & 7)));
}

/**
 * Appends the validity of n rows (all of 0..n, or the positions at `sel`) at bit `row`. Returns how many are null.
 * Bits from `row` on may hold anything before.
 */
export function bitmapAppend(nulls: usize, sel: usize, n: u32, bitmap: usize, row: u32): u32 {
  let count: u32 = 0;
  let at = bitmap + (row >> 3);
  let used = row & 7;
  let byte: u32 = used == 0 ? 0 : <u32>load<u8>(at) & ((1 << used) - 1);
  let k: u32 = 0;
  if (sel == 0) {
    for (; k + 8 <= n; k += 8) {
      // The lowest bit of byte i goes to bit i of the top byte.
      const isNull = <u32>((load<u64>(nulls + k) * 0x0102040810204080) >> 56);
      count += popcnt<u32>(isNull);
      byte |= (isNull ^ 0xff) << used;
      store<u8>(at, byte);
      at++;
      byte >>= 8;
    }
  }
  for (; k < n; k++) {
    const position = sel == 0 ? k : load<u32>(sel + (k << 2));
    const isNull = <u32>load<u8>(nulls + position);
    count += isNull;
    byte |= (isNull ^ 1) << used;
    used++;
    if (used == 8) {
      store<u8>(at, byte);
      at++;
      used = 0;
      byte = 0;
    }
  }
  if (used != 0) store<u8>(at, byte);
  return count;
}

/** Null bytes of rows [row, row + n). Eight at a time through one multiplication once the bits are aligned. */
export function bitmapToNulls(bitmap: usize, row: u32, n: u32, out: usize): void {
  let k: u32 = 0;
  for (; k < n && ((row + k) & 7) != 0; k++) putNull(bitmap, row + k, out + k);
  for (; k + 8 <= n; k += 8) {
    const bits = <u64>load<u8>(bitmap + ((row + k) >> 3)) ^ 0xff;
    // Bit i goes to byte i: every byte gets all bits, keeps its own; adding 127 carries any bit into the top one.
    const spread = (bits * 0x0101010101010101) & 0x8040201008040201;
    store<u64>(out + k, ((spread + 0x7f7f7f7f7f7f7f7f) >> 7) & 0x0101010101010101);
  }
  for (; k < n; k++) putNull(bitmap, row + k, out + k);
}

// @ts-ignore: decorator
@inline
function putNull(bitmap: usize, bit: u32, out: usize): void {
  store<u8>(out, ((<u32>load<u8>(bitmap + (bit >> 3)) >> (bit & 7)) & 1) ^ 1);
}

/** Whether any of the n rows is null. */
export function anyNull(nulls: usize, sel: usize, n: u32): u32 {
  if (nulls == ZEROS) return 0;
  for (let k: u32 = 0; k < n; k++) {
    const position = sel == 0 ? k : load<u32>(sel + (k << 2));
    if (load<u8>(nulls + position) != 0) return 1;
  }
  return 0;
}
