// Sorting: u64 keys that begin the order, radix passes over entries, comparison of whole rows where keys tie.
//
// An entry, 16 bytes: u64 key (ascending, unsigned), u32 address of the row, u32 task ordinal.
// A row is a record as in group-key.ts with the task ordinal where a group has its hash.
// A sort column, 24 bytes of u32: 0 kind (PHYSICAL_CODE), 4 offset in the row, 8 descending, 12 nulls first, 16 offset of its null bits, 20 bit.

import { VIEW_INLINE_MAX, ZEROS } from './layout';

const KIND_BOOL: u32 = 1;
const KIND_I32: u32 = 2;
const KIND_I64: u32 = 3;
const KIND_I128: u32 = 4;
const KIND_F64: u32 = 5;
const SIGN: u64 = 0x8000000000000000;
const SORT_COLUMN_BYTES: u32 = 24;
const ENTRY_SHIFT: u32 = 4;

/** Bits of a double in an order that unsigned comparison follows: -0 equal to 0, NaN largest. */
// @ts-ignore: decorator
@inline
function orderedF64(value: f64): u64 {
  if (value != value) return 0xffffffffffffffff;
  const bits = reinterpret<u64>(value + 0.0);
  return bits ^ (<u64>(<i64>bits >> 63) | SIGN);
}

/** A string's first eight bytes, big endian, zero padded. */
// @ts-ignore: decorator
@inline
function prefixOf(view: usize): u64 {
  const length = load<u32>(view);
  if (length <= VIEW_INLINE_MAX) return bswap<u64>(load<u64>(view + 4));
  return bswap<u64>(load<u64>(<usize>load<u32>(view + 8)));
}

// @ts-ignore: decorator
@inline
function ordered(kind: u32, values: usize, position: u32): u64 {
  if (kind == KIND_I32) return <u64>(load<u32>(values + (position << 2)) ^ 0x80000000) << 32;
  if (kind == KIND_F64) return orderedF64(load<f64>(values + (position << 3)));
  if (kind == KIND_I64) return load<u64>(values + (position << 3)) ^ SIGN;
  if (kind == KIND_I128) return load<u64>(values + (position << 4) + 8) ^ SIGN;
  if (kind == KIND_BOOL) return <u64>load<u8>(values + position) << 63;
  return prefixOf(values + (position << 4));
}

/**
 * Adds a column to the keys of the live rows: its highest `bits` bits, shifted left by `shift`; inverted when descending; and, if nullBit is below 64, the null flag there.
 * `first` sets, else ors.
 */
export function sortKey(kind: u32, values: usize, nulls: usize, sel: usize, n: u32, bits: u32, shift: u32, descending: u32, nullBit: u32, nullsFirst: u32, first: u32, out: usize): void {
  // One loop for each kind: the comparison of kinds must not be in the loop.
  if (kind == KIND_F64) keyLoop(KIND_F64, values, nulls, sel, n, bits, shift, descending, nullBit, nullsFirst, first, out);
  else if (kind == KIND_I32) keyLoop(KIND_I32, values, nulls, sel, n, bits, shift, descending, nullBit, nullsFirst, first, out);
  else if (kind == KIND_I64) keyLoop(KIND_I64, values, nulls, sel, n, bits, shift, descending, nullBit, nullsFirst, first, out);
  else keyLoop(kind, values, nulls, sel, n, bits, shift, descending, nullBit, nullsFirst, first, out);
}

// @ts-ignore: decorator
@inline
function keyLoop(kind: u32, values: usize, nulls: usize, sel: usize, n: u32, bits: u32, shift: u32, descending: u32, nullBit: u32, nullsFirst: u32, first: u32, out: usize): void {
  const invert: u64 = descending != 0 ? 0xffffffffffffffff : 0;
  const drop = <u64>(64 - bits);
  if (nullBit >= 64 || nulls == ZEROS) {
    let base: u64 = 0;
    if (nullBit < 64 && nullsFirst != 0) base = <u64>1 << nullBit;
    if (bits == 0) {
      for (let k: u32 = 0; k < n; k++) store<u64>(out + (k << 3), first != 0 ? base : load<u64>(out + (k << 3)) | base);
      return;
    }
    if (first != 0 && sel == 0) {
      for (let k: u32 = 0; k < n; k++) {
        store<u64>(out + (k << 3), base | (((ordered(kind, values, k) ^ invert) >> drop) << shift));
      }
      return;
    }
    for (let k: u32 = 0; k < n; k++) {
      const position = sel == 0 ? k : load<u32>(sel + (k << 2));
      const part = base | (((ordered(kind, values, position) ^ invert) >> drop) << shift);
      const at = out + (k << 3);
      store<u64>(at, first != 0 ? part : load<u64>(at) | part);
    }
    return;
  }
  const flagNull: u64 = <u64>(nullsFirst != 0 ? 0 : 1) << nullBit;
  const flagValue: u64 = <u64>(nullsFirst != 0 ? 1 : 0) << nullBit;
  for (let k: u32 = 0; k < n; k++) {
    const position = sel == 0 ? k : load<u32>(sel + (k << 2));
    let part = flagNull;
    if (load<u8>(nulls + position) == 0) part = bits == 0 ? flagValue : flagValue | (((ordered(kind, values, position) ^ invert) >> drop) << shift);
    const at = out + (k << 3);
    store<u64>(at, first != 0 ? part : load<u64>(at) | part);
  }
}

/** Entries of n rows that lie `stride` apart from `row` on. */
export function sortEntries(keys: usize, n: u32, row: usize, stride: u32, task: u32, out: usize): void {
  for (let k: u32 = 0; k < n; k++, row += stride, out += 16) {
    store<u64>(out, load<u64>(keys + (k << 3)));
    store<u64>(out + 8, <u64>row | (<u64>task << 32));
  }
}

/**
 * A sieve before keys are made: positions of rows 0..n that may come before `worst`, the value of a kept row's first sort column; ties, NaN and null rows' rubbish that
 * pass are looked at again. Kinds i32, i64 and f64. Returns how many.
 */
export function sortSieve(kind: u32, values: usize, n: u32, worst: usize, descending: u32, out: usize): u32 {
  if (kind == KIND_F64) return descending != 0 ? sieve(KIND_F64, 1, values, n, worst, out) : sieve(KIND_F64, 0, values, n, worst, out);
  if (kind == KIND_I32) return descending != 0 ? sieve(KIND_I32, 1, values, n, worst, out) : sieve(KIND_I32, 0, values, n, worst, out);
  return descending != 0 ? sieve(KIND_I64, 1, values, n, worst, out) : sieve(KIND_I64, 0, values, n, worst, out);
}

// @ts-ignore: decorator
@inline
function sieve(kind: u32, descending: u32, values: usize, n: u32, worst: usize, out: usize): u32 {
  const width: u32 = kind == KIND_I32 ? 2 : 3;
  const limit = kind == KIND_I32 ? v128.load32_splat(worst) : v128.load64_splat(worst);
  let count: u32 = 0;
  let k: u32 = 0;
  for (; k + 8 <= n; k += 8) {
    const at = values + (k << width);
    const a = loses(kind, descending, v128.load(at), limit);
    const b = loses(kind, descending, v128.load(at, 16), limit);
    let lost = v128.and(a, b);
    if (kind != KIND_I32) lost = v128.and(lost, v128.and(loses(kind, descending, v128.load(at, 32), limit), loses(kind, descending, v128.load(at, 48), limit)));
    // Nearly always all are.
    if (i32x4.all_true(lost)) continue;
    for (let i: u32 = k; i < k + 8; i++) count = keepPassing(kind, descending, values, i, worst, out, count);
  }
  for (; k < n; k++) count = keepPassing(kind, descending, values, k, worst, out, count);
  return count;
}

/** Lanes that come after the limit. */
// @ts-ignore: decorator
@inline
function loses(kind: u32, descending: u32, v: v128, limit: v128): v128 {
  if (kind == KIND_F64) return descending != 0 ? f64x2.lt(v, limit) : f64x2.gt(v, limit);
  if (kind == KIND_I32) return descending != 0 ? i32x4.lt_s(v, limit) : i32x4.gt_s(v, limit);
  return descending != 0 ? i64x2.lt_s(v, limit) : i64x2.gt_s(v, limit);
}

// @ts-ignore: decorator
@inline
function keepPassing(kind: u32, descending: u32, values: usize, k: u32, worst: usize, out: usize, count: u32): u32 {
  store<u32>(out + (count << 2), k);
  const v = kind == KIND_I32 ? v128.load32_splat(values + (k << 2)) : v128.load64_splat(values + (k << 3));
  const limit = kind == KIND_I32 ? v128.load32_splat(worst) : v128.load64_splat(worst);
  return count + (v128.any_true(loses(kind, descending, v, limit)) ? 0 : 1);
}

/** Positions (of the live rows) whose key is at most the threshold (u64 at `threshold`); keys are compacted too. Returns how many. */
export function sortBelow(keys: usize, sel: usize, n: u32, threshold: usize, out: usize): u32 {
  const limit = load<u64>(threshold);
  let count: u32 = 0;
  let k: u32 = 0;
  // Nearly always none of four is.
  for (; k + 4 <= n; k += 4) {
    const at = keys + (k << 3);
    const any = u32(load<u64>(at) <= limit) | u32(load<u64>(at, 8) <= limit) | u32(load<u64>(at, 16) <= limit) | u32(load<u64>(at, 24) <= limit);
    if (any == 0) continue;
    for (let i: u32 = k; i < k + 4; i++) count = keepBelow(keys, sel, i, limit, out, count);
  }
  for (; k < n; k++) count = keepBelow(keys, sel, k, limit, out, count);
  return count;
}

// @ts-ignore: decorator
@inline
function keepBelow(keys: usize, sel: usize, k: u32, limit: u64, out: usize, count: u32): u32 {
  const key = load<u64>(keys + (k << 3));
  if (key > limit) return count;
  store<u32>(out + (count << 2), sel == 0 ? k : load<u32>(sel + (k << 2)));
  store<u64>(keys + (count << 3), key);
  return count + 1;
}

/** Adds n entries to eight histograms of 256 u32. Returns 1 when they are in order (the one before `entries` included if `continued`). */
export function radixCount(entries: usize, n: u32, histograms: usize, continued: u32): u32 {
  let inOrder: u32 = 1;
  let previous = continued != 0 ? load<u64>(entries - 16) : 0;
  for (let k: u32 = 0; k < n; k++) {
    const key = load<u64>(entries + (k << ENTRY_SHIFT));
    if (key < previous) inOrder = 0;
    previous = key;
    for (let byte: u32 = 0; byte < 8; byte++) {
      const at = histograms + (byte << 10) + ((<u32>(key >> (byte << 3)) & 255) << 2);
      store<u32>(at, load<u32>(at) + 1);
    }
  }
  return inOrder;
}

/** Moves n entries to where offsets[digit] (u32 entry indexes, advanced) says. */
export function radixMove(entries: usize, n: u32, shift: u32, offsets: usize, out: usize): void {
  for (let k: u32 = 0; k < n; k++) {
    const entry = entries + (k << ENTRY_SHIFT);
    const at = offsets + ((<u32>(load<u64>(entry) >> shift) & 255) << 2);
    const index = load<u32>(at);
    store<u32>(at, index + 1);
    v128.store(out + (<usize>index << ENTRY_SHIFT), v128.load(entry));
  }
}

/** -1, 0, 1 by the sort columns. */
export function sortCompare(a: usize, b: usize, columns: usize, count: u32): i32 {
  const end = columns + count * SORT_COLUMN_BYTES;
  for (let column = columns; column < end; column += SORT_COLUMN_BYTES) {
    const offset = load<u32>(column, 4);
    const bitOffset = load<u32>(column, 16);
    const bit = load<u32>(column, 20);
    const aNull = (load<u32>(a + bitOffset) >> bit) & 1;
    const bNull = (load<u32>(b + bitOffset) >> bit) & 1;
    if ((aNull | bNull) != 0) {
      if (aNull == bNull) continue;
      return (aNull != 0) == (load<u32>(column, 12) != 0) ? -1 : 1;
    }
    const order = compareField(load<u32>(column), a + offset, b + offset);
    if (order != 0) return load<u32>(column, 8) != 0 ? -order : order;
  }
  return 0;
}

function compareField(kind: u32, a: usize, b: usize): i32 {
  if (kind == KIND_I32 || kind == KIND_BOOL) {
    const x = load<i32>(a);
    const y = load<i32>(b);
    return i32(x > y) - i32(x < y);
  }
  if (kind == KIND_I64) {
    const x = load<i64>(a);
    const y = load<i64>(b);
    return i32(x > y) - i32(x < y);
  }
  if (kind == KIND_F64) {
    const x = orderedF64(load<f64>(a));
    const y = orderedF64(load<f64>(b));
    return i32(x > y) - i32(x < y);
  }
  if (kind == KIND_I128) {
    const x = load<i64>(a + 8);
    const y = load<i64>(b + 8);
    if (x != y) return x > y ? 1 : -1;
    const low = load<u64>(a);
    const other = load<u64>(b);
    return i32(low > other) - i32(low < other);
  }
  return compareViews(a, b);
}

function compareViews(a: usize, b: usize): i32 {
  const aLength = load<u32>(a);
  const bLength = load<u32>(b);
  const aBytes = aLength <= VIEW_INLINE_MAX ? a + 4 : <usize>load<u32>(a + 8);
  const bBytes = bLength <= VIEW_INLINE_MAX ? b + 4 : <usize>load<u32>(b + 8);
  const length = min<u32>(aLength, bLength);
  let i: u32 = 0;
  for (; i + 8 <= length; i += 8) {
    const x = load<u64>(aBytes + i);
    const y = load<u64>(bBytes + i);
    if (x != y) return bswap<u64>(x) > bswap<u64>(y) ? 1 : -1;
  }
  for (; i < length; i++) {
    const x = load<u8>(aBytes + i);
    const y = load<u8>(bBytes + i);
    if (x != y) return x > y ? 1 : -1;
  }
  return i32(aLength > bLength) - i32(aLength < bLength);
}

/** Sorts runs of equal keys among sorted entries [0, n) by whole rows; stable. `temp` has room for the longest run. */
export function sortTies(entries: usize, n: u32, columns: usize, count: u32, temp: usize): void {
  let start: u32 = 0;
  while (start < n) {
    const key = load<u64>(entries + (start << ENTRY_SHIFT));
    let end = start + 1;
    while (end < n) {
      if (load<u64>(entries + (end << ENTRY_SHIFT)) != key) break;
      end++;
    }
    if (end - start > 1) mergeSort(entries + (start << ENTRY_SHIFT), end - start, columns, count, temp);
    start = end;
  }
}

const INSERTION_ROWS: u32 = 8;

function insertionSort(entries: usize, n: u32, columns: usize, count: u32): void {
  for (let i: u32 = 1; i < n; i++) {
    const moving = v128.load(entries + (i << ENTRY_SHIFT));
    const row = <usize>load<u32>(entries + (i << ENTRY_SHIFT) + 8);
    let j = i;
    while (j > 0) {
      const before = entries + ((j - 1) << ENTRY_SHIFT);
      if (sortCompare(load<u32>(before + 8), row, columns, count) <= 0) break;
      v128.store(before + 16, v128.load(before));
      j--;
    }
    v128.store(entries + (j << ENTRY_SHIFT), moving);
  }
}

function mergeSort(entries: usize, n: u32, columns: usize, count: u32, temp: usize): void {
  for (let at: u32 = 0; at < n; at += INSERTION_ROWS) insertionSort(entries + (at << ENTRY_SHIFT), min<u32>(INSERTION_ROWS, n - at), columns, count);
  for (let width = INSERTION_ROWS; width < n; width <<= 1) {
    for (let at: u32 = 0; at + width < n; at += width << 1) {
      mergeRuns(entries + (at << ENTRY_SHIFT), width, min<u32>(width, n - at - width), columns, count, temp);
    }
  }
}

/** Two neighbouring sorted runs into one. */
function mergeRuns(entries: usize, left: u32, right: u32, columns: usize, count: u32, temp: usize): void {
  memory.copy(temp, entries, left << ENTRY_SHIFT);
  let a = temp;
  const aEnd = temp + (left << ENTRY_SHIFT);
  let b = entries + (left << ENTRY_SHIFT);
  const bEnd = b + (right << ENTRY_SHIFT);
  let out = entries;
  while (a < aEnd) {
    if (b == bEnd) {
      memory.copy(out, a, aEnd - a);
      return;
    }
    if (sortCompare(load<u32>(a + 8), load<u32>(b + 8), columns, count) <= 0) {
      v128.store(out, v128.load(a));
      a += 16;
    } else {
      v128.store(out, v128.load(b));
      b += 16;
    }
    out += 16;
  }
}

/** Index of the first of n sorted entries whose key is not below the u64 at `key`. */
export function sortLowerBound(entries: usize, n: u32, key: usize): u32 {
  const wanted = load<u64>(key);
  let low: u32 = 0;
  let high = n;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<u64>(entries + (middle << ENTRY_SHIFT)) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The next n rows of k sorted runs: cursors[i] is (u32 next entry, u32 end), advanced. Row addresses (u32) go to `out`. Ties by whole rows unless `exact`,
 * then by task. Returns how many there were.
 */
export function sortMerge(cursors: usize, k: u32, n: u32, columns: usize, count: u32, exact: u32, out: usize): u32 {
  let done: u32 = 0;
  for (; done < n; done++) {
    let best: usize = 0;
    let bestCursor: usize = 0;
    let bestKey: u64 = 0;
    for (let i: u32 = 0; i < k; i++) {
      const cursor = cursors + (i << 3);
      const entry = <usize>load<u32>(cursor);
      if (entry == <usize>load<u32>(cursor, 4)) continue;
      const key = load<u64>(entry);
      if (best != 0) {
        if (key > bestKey) continue;
        if (key == bestKey) {
          const order = exact != 0 ? 0 : sortCompare(load<u32>(best + 8), load<u32>(entry + 8), columns, count);
          if (order < 0) continue;
          if (order == 0) {
            if (load<u32>(best + 12) <= load<u32>(entry + 12)) continue;
          }
        }
      }
      best = entry;
      bestKey = key;
      bestCursor = cursor;
    }
    if (best == 0) return done;
    store<u32>(out + (done << 2), load<u32>(best + 8));
    store<u32>(bestCursor, <u32>best + 16);
  }
  return done;
}

/** Row addresses (u32) of n entries. */
export function sortRows(entries: usize, n: u32, out: usize): void {
  for (let k: u32 = 0; k < n; k++) store<u32>(out + (k << 2), load<u32>(entries + (k << ENTRY_SHIFT) + 8));
}

/** Copies the rows of n entries to `out`, one after the other, and points the entries there. */
export function sortCompact(entries: usize, n: u32, rowBytes: u32, out: usize): void {
  for (let k: u32 = 0; k < n; k++, out += rowBytes) {
    const entry = entries + (k << ENTRY_SHIFT);
    const from = <usize>load<u32>(entry + 8);
    for (let i: u32 = 0; i < rowBytes; i += 8) store<u64>(out + i, load<u64>(from + i));
    store<u32>(entry + 8, <u32>out);
  }
}
