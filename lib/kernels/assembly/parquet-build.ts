// Dictionaries of Parquet column chunks while they are written: values to codes (u32, in the order of first appearance).
//
// A dictionary, words: 0 table's address (2^bits words: code plus one, 0 = free), 1 bits, 2 entries' address, 3 count, 4 count that it stops at,
// 5 heap's address, 6 heap's fill, 7 heap's size. Entries lie as the values do: 4, 8 or 16 bytes; of a long view the reference is an offset in the heap.

import { hashBytes, hashMix, sameBytes } from './hash';
import { VIEW_INLINE_MAX, VIEW_REF } from './layout';

const ENTRIES: usize = 8;
const COUNT: usize = 12;
const STOP: usize = 16;
const HEAP: usize = 20;
const HEAP_FILL: usize = 24;
const HEAP_SIZE: usize = 28;

// @ts-ignore: decorator
@inline
function hash64(value: u64): u64 {
  return hashMix(0, value);
}

// @ts-ignore: decorator
@inline
function hashView(low: u64, high: u64, base: usize): u64 {
  const length = <u32>low;
  if (length <= VIEW_INLINE_MAX) return hashMix(hashMix(0, low), high);
  return hashBytes(low, base + <usize>(<u32>high), length);
}

// @ts-ignore: decorator
@inline
function buildNumbers<T>(dictionary: usize, values: usize, n: u32, codes: usize): u32 {
  const table = <usize>load<u32>(dictionary);
  const shift = <u64>(64 - load<u32>(dictionary, 4));
  const mask = ((<u32>1 << load<u32>(dictionary, 4)) - 1) << 2;
  const entries = <usize>load<u32>(dictionary, ENTRIES) - sizeof<T>();
  const stop = load<u32>(dictionary, STOP);
  let count = load<u32>(dictionary, COUNT);
  let k: u32 = 0;
  for (; k < n; k++) {
    const value = load<T>(values + (<usize>k << alignof<T>()));
    let slot = <u32>(hash64(<u64>value) >> shift) << 2;
    let code = load<u32>(table + slot);
    while (code != 0) {
      if (load<T>(entries + (<usize>code << alignof<T>())) == value) break;
      slot = (slot + 4) & mask;
      code = load<u32>(table + slot);
    }
    if (code == 0) {
      if (count == stop) break;
      code = ++count;
      store<u32>(table + slot, code);
      store<T>(entries + (<usize>code << alignof<T>()), value);
    }
    store<u32>(codes + (<usize>k << 2), code - 1);
  }
  store<u32>(dictionary, count, COUNT);
  return k;
}

/** Codes of n values of 4 bytes. Returns of how many: fewer than n where the dictionary must grow before it takes another. */
export function build4(dictionary: usize, values: usize, n: u32, codes: usize): u32 {
  return buildNumbers<u32>(dictionary, values, n, codes);
}

/** The same of 8 bytes. */
export function build8(dictionary: usize, values: usize, n: u32, codes: usize): u32 {
  return buildNumbers<u64>(dictionary, values, n, codes);
}

/** The same of 16 bytes. */
export function build16(dictionary: usize, values: usize, n: u32, codes: usize): u32 {
  const table = <usize>load<u32>(dictionary);
  const shift = <u64>(64 - load<u32>(dictionary, 4));
  const mask = ((<u32>1 << load<u32>(dictionary, 4)) - 1) << 2;
  const entries = <usize>load<u32>(dictionary, ENTRIES) - 16;
  const stop = load<u32>(dictionary, STOP);
  let count = load<u32>(dictionary, COUNT);
  let k: u32 = 0;
  for (; k < n; k++) {
    const value = values + (<usize>k << 4);
    const low = load<u64>(value);
    const high = load<u64>(value, 8);
    let slot = <u32>(hashMix(hashMix(0, low), high) >> shift) << 2;
    let code = load<u32>(table + slot);
    while (code != 0) {
      const entry = entries + (<usize>code << 4);
      if (load<u64>(entry) == low) {
        if (load<u64>(entry, 8) == high) break;
      }
      slot = (slot + 4) & mask;
      code = load<u32>(table + slot);
    }
    if (code == 0) {
      if (count == stop) break;
      code = ++count;
      store<u32>(table + slot, code);
      v128.store(entries + (<usize>code << 4), v128.load(value));
    }
    store<u32>(codes + (<usize>k << 2), code - 1);
  }
  store<u32>(dictionary, count, COUNT);
  return k;
}

/** The same of views, whose references of long ones count from `base`. It stops where the heap has no room for a new one's bytes, too. */
export function buildViews(dictionary: usize, views: usize, n: u32, base: usize, codes: usize): u32 {
  const table = <usize>load<u32>(dictionary);
  const shift = <u64>(64 - load<u32>(dictionary, 4));
  const mask = ((<u32>1 << load<u32>(dictionary, 4)) - 1) << 2;
  const entries = <usize>load<u32>(dictionary, ENTRIES) - 16;
  const stop = load<u32>(dictionary, STOP);
  const heap = <usize>load<u32>(dictionary, HEAP);
  const heapSize = load<u32>(dictionary, HEAP_SIZE);
  let heapFill = load<u32>(dictionary, HEAP_FILL);
  let count = load<u32>(dictionary, COUNT);
  let k: u32 = 0;
  for (; k < n; k++) {
    const view = views + (<usize>k << 4);
    const low = load<u64>(view);
    const high = load<u64>(view, 8);
    const length = <u32>low;
    let slot = <u32>(hashView(low, high, base) >> shift) << 2;
    let code = load<u32>(table + slot);
    while (code != 0) {
      const entry = entries + (<usize>code << 4);
      if (load<u64>(entry) == low) {
        if (length <= VIEW_INLINE_MAX) {
          if (load<u64>(entry, 8) == high) break;
        } else if (sameBytes(heap + <usize>load<u32>(entry, VIEW_REF), base + <usize>(<u32>high), length)) break;
      }
      slot = (slot + 4) & mask;
      code = load<u32>(table + slot);
    }
    if (code == 0) {
      if (count == stop) break;
      const entry = entries + (<usize>(count + 1) << 4);
      if (length <= VIEW_INLINE_MAX) {
        v128.store(entry, v128.load(view));
      } else {
        if (length > heapSize - heapFill) break;
        memory.copy(heap + heapFill, base + <usize>(<u32>high), length);
        store<u64>(entry, low);
        store<u64>(entry, <u64>heapFill, 8);
        heapFill += length;
      }
      code = ++count;
      store<u32>(table + slot, code);
    }
    store<u32>(codes + (<usize>k << 2), code - 1);
  }
  store<u32>(dictionary, count, COUNT);
  store<u32>(dictionary, heapFill, HEAP_FILL);
  return k;
}

/**
 * Codes of n values that have numbers (a byte each, or u32: `wide`) in another dictionary, whose values lie at `values` as those of `kind` do (of `buildTable`; references of long views are
 * addresses). `map`: a word for each of them, its code with the highest bit set, or 0 for those that have none yet. Returns of how many: fewer than n as the others do. Numbers are trusted.
 * `isNew`: all entries are values of that dictionary, which is said to have none twice: those that are not mapped are added without a look at the table, which `buildTable` has to fill before others are.
 */
export function buildNumbered(dictionary: usize, kind: u32, numbers: usize, wide: bool, n: u32, map: usize, values: usize, isNew: bool, codes: usize): u32 {
  let k: u32 = 0;
  while (k < n) {
    k += wide ? mappedCodes<u32>(numbers, k, n, map, codes) : mappedCodes<u8>(numbers, k, n, map, codes);
    // What follows is not mapped yet, or less than four values of which one may not be.
    for (const end = min<u32>(n, k + 4); k < end; k++) {
      const number = wide ? load<u32>(numbers + (<usize>k << 2)) : <u32>load<u8>(numbers + k);
      const mapped = map + (<usize>number << 2);
      const to = codes + (<usize>k << 2);
      const code = load<u32>(mapped);
      if (code != 0) store<u32>(to, code & ~MAPPED);
      else {
        const added = isNew ? addOne(dictionary, kind, values, number, to) : buildOne(dictionary, kind, values, number, to);
        if (added == 0) return k;
        store<u32>(mapped, load<u32>(to) | MAPPED);
      }
    }
  }
  return n;
}

/** A word of a map that has a code. */
const MAPPED: u32 = 0x80000000;

/** From the k-th value on as long as all of four are mapped; returns how many. */
// @ts-ignore: decorator
@inline
function mappedCodes<T>(numbers: usize, k: u32, n: u32, map: usize, codes: usize): u32 {
  const start = k;
  for (; k + 4 <= n; k += 4) {
    const at = numbers + (<usize>k << alignof<T>());
    const a = load<u32>(map + (<usize>load<T>(at) << 2));
    const b = load<u32>(map + (<usize>load<T>(at, sizeof<T>()) << 2));
    const c = load<u32>(map + (<usize>load<T>(at, 2 * sizeof<T>()) << 2));
    const d = load<u32>(map + (<usize>load<T>(at, 3 * sizeof<T>()) << 2));
    if (<i32>(a & b & c & d) >= 0) break;
    const to = codes + (<usize>k << 2);
    store<u32>(to, a & ~MAPPED);
    store<u32>(to, b & ~MAPPED, 4);
    store<u32>(to, c & ~MAPPED, 8);
    store<u32>(to, d & ~MAPPED, 12);
  }
  return k - start;
}

/** A value that is not among the entries; the table does not get it. */
function addOne(dictionary: usize, kind: u32, values: usize, number: u32, to: usize): u32 {
  const count = load<u32>(dictionary, COUNT);
  if (count == load<u32>(dictionary, STOP)) return 0;
  const entries = <usize>load<u32>(dictionary, ENTRIES);
  if (kind == 0) store<u32>(entries + (<usize>count << 2), load<u32>(values + (<usize>number << 2)));
  else if (kind == 1) store<u64>(entries + (<usize>count << 3), load<u64>(values + (<usize>number << 3)));
  else {
    const value = values + (<usize>number << 4);
    const entry = entries + (<usize>count << 4);
    const length = load<u32>(value);
    if (kind == 2 || length <= VIEW_INLINE_MAX) v128.store(entry, v128.load(value));
    else {
      const fill = load<u32>(dictionary, HEAP_FILL);
      if (length > load<u32>(dictionary, HEAP_SIZE) - fill) return 0;
      memory.copy(<usize>load<u32>(dictionary, HEAP) + fill, <usize>load<u32>(value, VIEW_REF), length);
      store<u64>(entry, load<u64>(value));
      store<u64>(entry, <u64>fill, 8);
      store<u32>(dictionary, fill + length, HEAP_FILL);
    }
  }
  store<u32>(to, count);
  store<u32>(dictionary, count + 1, COUNT);
  return 1;
}

function buildOne(dictionary: usize, kind: u32, values: usize, number: u32, to: usize): u32 {
  if (kind == 0) return build4(dictionary, values + (<usize>number << 2), 1, to);
  if (kind == 1) return build8(dictionary, values + (<usize>number << 3), 1, to);
  const value = values + (<usize>number << 4);
  return kind == 2 ? build16(dictionary, value, 1, to) : buildViews(dictionary, value, 1, 0, to);
}

/** Fills a table that is new and all zeros. `kind`: 0 four bytes, 1 eight, 2 sixteen, 3 views. */
export function buildTable(dictionary: usize, kind: u32): void {
  const table = <usize>load<u32>(dictionary);
  const shift = <u64>(64 - load<u32>(dictionary, 4));
  const mask = ((<u32>1 << load<u32>(dictionary, 4)) - 1) << 2;
  const entries = <usize>load<u32>(dictionary, ENTRIES);
  const heap = <usize>load<u32>(dictionary, HEAP);
  const count = load<u32>(dictionary, COUNT);
  for (let k: u32 = 0; k < count; k++) {
    let hash: u64;
    if (kind == 0) hash = hash64(load<u32>(entries + (<usize>k << 2)));
    else if (kind == 1) hash = hash64(load<u64>(entries + (<usize>k << 3)));
    else {
      const entry = entries + (<usize>k << 4);
      const low = load<u64>(entry);
      const high = load<u64>(entry, 8);
      hash = kind == 2 ? hashMix(hashMix(0, low), high) : hashView(low, high, heap);
    }
    let slot = <u32>(hash >> shift) << 2;
    while (load<u32>(table + slot) != 0) slot = (slot + 4) & mask;
    store<u32>(table + slot, k + 1);
  }
}

/** Entries (1 << shift bytes: shift 2, 3, 4) whose byte of `seen` is not 0, close together to `out`. Room for one more is written to. Returns how many. */
export function seenValues(entries: usize, seen: usize, n: u32, shift: u32, out: usize): u32 {
  const start = out;
  for (let k: u32 = 0; k < n; k++) {
    const from = entries + (<usize>k << shift);
    if (shift == 4) v128.store(out, v128.load(from));
    else if (shift == 3) store<u64>(out, load<u64>(from));
    else store<u32>(out, load<u32>(from));
    out += <usize>load<u8>(seen + k) << shift;
  }
  return <u32>(out - start) >> shift;
}

/** Marks the codes that occur: a byte of `seen` each, which were all zero. */
export function codesSeen(codes: usize, n: u32, seen: usize): void {
  for (let k: u32 = 0; k < n; k++) store<u8>(seen + load<u32>(codes + (<usize>k << 2)), 1);
}
