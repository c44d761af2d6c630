// Strings of few different values, at rest as a byte a row: codes into a dictionary of views (memory/layout.ts). Only short views.

import { hashMix } from './hash';
import { DICTIONARY_MAX, VIEW_BYTES } from './layout';

/** A table is u16 numbers plus one. */
const TABLE_BITS: u32 = 10;
const TABLE_BYTES: usize = 2 << TABLE_BITS;

// @ts-ignore: decorator
@inline
function place(table: usize, low: u64, high: u64): usize {
  const hash = hashMix(hashMix(0, low), high);
  return table + (<usize>(hash >> (64 - TABLE_BITS)) << 1);
}

// @ts-ignore: decorator
@inline
function nextPlace(table: usize, at: usize): usize {
  return table + ((at - table + 2) & (TABLE_BYTES - 1));
}

/** Number of a view among `count` at `dictionary`; a new one is added. At most DICTIONARY_MAX: else that number comes back. */
// @ts-ignore: decorator
@inline
function numberOf(table: usize, dictionary: usize, count: u32, view: usize): u32 {
  const low = load<u64>(view);
  const high = load<u64>(view, 8);
  let at = place(table, low, high);
  for (;;) {
    const number = <u32>load<u16>(at);
    if (number == 0) break;
    const known = dictionary + (number - 1) * VIEW_BYTES;
    if (load<u64>(known) == low) {
      if (load<u64>(known, 8) == high) return number - 1;
    }
    at = nextPlace(table, at);
  }
  if (count < DICTIONARY_MAX) {
    store<u16>(at, <u16>(count + 1));
    v128.store(dictionary + count * VIEW_BYTES, v128.load(view));
  }
  return count;
}

/** Codes (u8) of n short views. Returns how many different ones, or 0 when they are more than DICTIONARY_MAX. `table`: 2048 zeroed bytes. */
export function dictionaryEncode(views: usize, n: u32, table: usize, codes: usize, dictionary: usize): u32 {
  let count: u32 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const code = numberOf(table, dictionary, count, views + k * VIEW_BYTES);
    if (code == count) {
      if (code == DICTIONARY_MAX) return 0;
      count++;
    }
    store<u8>(codes + k, <u8>code);
  }
  return count;
}

/** Views of the live rows, at their positions in `out`. */
export function dictionaryDecode(codes: usize, dictionary: usize, sel: usize, n: u32, out: usize): void {
  if (sel == 0) {
    for (let k: u32 = 0; k < n; k++) v128.store(out + (k << 4), v128.load(dictionary + (<u32>load<u8>(codes + k) << 4)));
  } else {
    for (let k: u32 = 0; k < n; k++) {
      const position = load<u32>(sel + (k << 2));
      v128.store(out + (position << 4), v128.load(dictionary + (<u32>load<u8>(codes + position) << 4)));
    }
  }
}

/**
 * Numbers of a dictionary's `n` views among `count` that several dictionaries have together at `known` (room for DICTIONARY_MAX), plus one and shifted left by
 * `shift`, as u32 to `out`.
 * Returns the new count, or DICTIONARY_MAX + 1 when they have become too many.
 */
export function dictionaryIntern(views: usize, n: u32, table: usize, known: usize, count: u32, shift: u32, out: usize): u32 {
  for (let k: u32 = 0; k < n; k++) {
    const number = numberOf(table, known, count, views + k * VIEW_BYTES);
    if (number == count) {
      if (number == DICTIONARY_MAX) return DICTIONARY_MAX + 1;
      count++;
    }
    store<u32>(out + (k << 2), (number + 1) << shift);
  }
  return count;
}
