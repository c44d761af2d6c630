// Numbers of few different values in cached blocks have, beside the values, a byte a row: the value's rank among the block's, which lie sorted (memory/layout.ts).
// Comparing with a constant is then a range of ranks, sixteen rows at a time.

import { hashMix } from './hash';
import { DICTIONARY_HEADER_BYTES, DICTIONARY_MAX } from './layout';

const KIND_F64: u32 = 5;
const TABLE_BITS: u32 = 10;
const TABLE_BYTES: usize = 2 << TABLE_BITS;

/**
 * Ranks (u8) of n numbers (kind i64 or f64) and the sorted values. Returns how many different ones, or 0 when they are more than `limit` (at most DICTIONARY_MAX) or
 * one is NaN. `table`: 2048 zeroed bytes, and behind them 256 for the ranks by number.
 */
export function rankEncode(kind: u32, values: usize, n: u32, limit: u32, table: usize, ranks: usize, sorted: usize): u32 {
  let count: u32 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const word = load<u64>(values + (k << 3));
    let at = table + (<usize>(hashMix(0, word) >> (64 - TABLE_BITS)) << 1);
    let number = <u32>load<u16>(at);
    while (number != 0) {
      if (load<u64>(sorted + ((number - 1) << 3)) == word) break;
      at = table + ((at - table + 2) & (TABLE_BYTES - 1));
      number = load<u16>(at);
    }
    if (number == 0) {
      if (count == limit) return 0;
      if (kind == KIND_F64) {
        const value = reinterpret<f64>(word);
        if (value != value) return 0;
      }
      store<u64>(sorted + (count << 3), word);
      number = ++count;
      store<u16>(at, <u16>number);
    }
    store<u8>(ranks + k, <u8>(number - 1));
  }
  const rankOf = table + TABLE_BYTES;
  sortRanks(kind, sorted, count, table, rankOf);
  for (let k: u32 = 0; k < n; k++) store<u8>(ranks + k, load<u8>(rankOf + load<u8>(ranks + k)));
  return count;
}

/** Sorts values by insertion; `rankOf` gets the rank of each number (u8); `order` is scratch of as many bytes. */
function sortRanks(kind: u32, sorted: usize, count: u32, order: usize, rankOf: usize): void {
  for (let i: u32 = 0; i < count; i++) {
    const word = load<u64>(sorted + (i << 3));
    let j = i;
    for (; j > 0; j--) {
      const before = load<u64>(sorted + ((j - 1) << 3));
      if (!isBefore(kind, word, before)) break;
      store<u64>(sorted + (j << 3), before);
      store<u8>(order + j, load<u8>(order + j - 1));
    }
    store<u64>(sorted + (j << 3), word);
    store<u8>(order + j, <u8>i);
  }
  for (let i: u32 = 0; i < count; i++) store<u8>(rankOf + load<u8>(order + i), <u8>i);
}

// @ts-ignore: decorator
@inline
function isBefore(kind: u32, a: u64, b: u64): bool {
  return kind == KIND_F64 ? reinterpret<f64>(a) < reinterpret<f64>(b) : <i64>a < <i64>b;
}

/** How many of a block's values are below a number (high half), and how many are not above it (low half). `codes`: a slot's codes record. */
export function rankOfF64(codes: usize, value: f64): u32 {
  const sorted = <usize>load<u32>(codes, 4);
  const count = load<u32>(sorted - DICTIONARY_HEADER_BYTES);
  let below: u32 = 0;
  let notAbove: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const other = load<f64>(sorted + (i << 3));
    below += u32(other < value);
    notAbove += u32(other <= value);
  }
  return (below << 16) | notAbove;
}

export function rankOfI64(codes: usize, value: i64): u32 {
  const sorted = <usize>load<u32>(codes, 4);
  const count = load<u32>(sorted - DICTIONARY_HEADER_BYTES);
  let below: u32 = 0;
  let notAbove: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const other = load<i64>(sorted + (i << 3));
    below += u32(other < value);
    notAbove += u32(other <= value);
  }
  return (below << 16) | notAbove;
}

/** Bits (one a row, least significant first) of the rows whose rank is in [low, high), written (`first`) or anded into `masks`. May read 15 ranks and write a byte beyond n. */
export function rankMask(codes: usize, low: u32, high: u32, n: u32, first: u32, masks: usize): void {
  const ranks = <usize>load<u32>(codes);
  const width = high > low ? high - low : 0;
  const base = i8x16.splat(<i8>low);
  const most = i8x16.splat(<i8>(width - 1));
  for (let k: u32 = 0; k < n; k += 16) {
    const bits = width == 0 ? 0 : i8x16.bitmask(i8x16.le_u(i8x16.sub(v128.load(ranks + k), base), most));
    const at = masks + (k >> 3);
    store<u16>(at, <u16>(first != 0 ? bits : bits & <i32>load<u16>(at)));
  }
}
