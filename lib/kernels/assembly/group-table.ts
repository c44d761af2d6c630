// The group table: u64 entries (low: 32-bit hash, high: u32 address of the group row, 0 = free), linear probing from the hash's low bits.
//
// The table's context, u32 words at `table`:
//   0 entries' address   4 mask            8 groups         12 groups at most before the table must grow
//  16 next row          20 end of rows    24 bytes of a row 28 bytes of a record (hash, nulls, key words)
//  32 fresh state       36 bytes of it    40 heap: next free byte, for long strings   44 its end
//  48 kinds of key words (a byte a word, 1 = first word of a view)   52 bytes of heap that were missing when a call stopped
//  56 pairs a merge left (group-merge.ts)

import { VIEW_INLINE_MAX } from './layout';
import { sameBytes } from './hash';

export const TABLE_ENTRIES: u32 = 0;
export const TABLE_MASK: u32 = 4;
export const TABLE_GROUPS: u32 = 8;
export const TABLE_LIMIT: u32 = 12;
export const TABLE_ROW_NEXT: u32 = 16;
export const TABLE_ROW_END: u32 = 20;
export const TABLE_ROW_BYTES: u32 = 24;
export const TABLE_RECORD_BYTES: u32 = 28;
export const TABLE_FRESH: u32 = 32;
export const TABLE_STATE_BYTES: u32 = 36;
export const TABLE_HEAP_NEXT: u32 = 40;
export const TABLE_HEAP_END: u32 = 44;
export const TABLE_KINDS: u32 = 48;
export const TABLE_HEAP_NEED: u32 = 52;

/** A new group row for a record; 0 when there is no room. The caller has checked the table's limit. */
export function newRow(table: usize, record: usize): usize {
  const row = <usize>load<u32>(table, TABLE_ROW_NEXT);
  const rowBytes = load<u32>(table, TABLE_ROW_BYTES);
  if (load<u32>(table, TABLE_ROW_END) - <u32>row < rowBytes) return 0;
  const recordBytes = load<u32>(table, TABLE_RECORD_BYTES);
  for (let i: u32 = 0; i < recordBytes; i += 8) store<u64>(row + i, load<u64>(record + i));
  const fresh = load<u32>(table, TABLE_FRESH);
  const stateBytes = load<u32>(table, TABLE_STATE_BYTES);
  const state = row + recordBytes;
  for (let i: u32 = 0; i < stateBytes; i += 8) store<u64>(state + i, load<u64>(fresh + i));
  store<u32>(table, <u32>row + rowBytes, TABLE_ROW_NEXT);
  store<u32>(table, load<u32>(table, TABLE_GROUPS) + 1, TABLE_GROUPS);
  return row;
}

// @ts-ignore: decorator
@inline
export function sameWords(a: usize, b: usize, words: u32): bool {
  for (let w: u32 = 1; w <= words; w++) {
    if (load<u64>(a + (w << 3)) != load<u64>(b + (w << 3))) return false;
  }
  return true;
}

/**
 * State addresses of records [from, n): record k lies at records + k * stride, or where list[k] (u32) says if list is not 0.
 * Returns how many are done (n, or fewer when rows or entries ran out: make room and call again from there). No long views.
 *
 * A call that begins with row 0 guesses first: loads the entries of all, then all their rows, without a branch on what it finds, so that cache misses
 * overlap (there is no prefetch); only wrong guesses, gathered at `misses` (n + 1 u32, the first their number), are looked up one by one. A later call goes on with those.
 */
export function groupFind(table: usize, records: usize, stride: u32, list: usize, from: u32, n: u32, states: usize, misses: usize): u32 {
  const words = (load<u32>(table, TABLE_RECORD_BYTES) >> 3) - 1;
  if (words == 1) {
    if (from == 0) guess<Words1>(table, records, stride, list, n, states, misses, 1);
    return find<Words1>(table, records, stride, list, from, n, states, misses, 1);
  }
  if (words == 2) {
    if (from == 0) guess<Words2>(table, records, stride, list, n, states, misses, 2);
    return find<Words2>(table, records, stride, list, from, n, states, misses, 2);
  }
  if (words == 4) {
    if (from == 0) guess<Words4>(table, records, stride, list, n, states, misses, 4);
    return find<Words4>(table, records, stride, list, from, n, states, misses, 4);
  }
  if (from == 0) guess<WordsN>(table, records, stride, list, n, states, misses, words);
  return find<WordsN>(table, records, stride, list, from, n, states, misses, words);
}

// @ts-ignore: decorator
@inline
function differ<W>(a: usize, b: usize, words: u32): u64 {
  let bits = load<u64>(a) ^ load<u64>(b);
  bits |= load<u64>(a + 8) ^ load<u64>(b + 8);
  if (idof<W>() == idof<Words2>()) bits |= load<u64>(a + 16) ^ load<u64>(b + 16);
  if (idof<W>() == idof<Words4>()) {
    bits |= load<u64>(a + 16) ^ load<u64>(b + 16);
    bits |= load<u64>(a + 24) ^ load<u64>(b + 24);
    bits |= load<u64>(a + 32) ^ load<u64>(b + 32);
  }
  if (idof<W>() == idof<WordsN>()) {
    for (let w: u32 = 2; w <= words; w++) bits |= load<u64>(a + (w << 3)) ^ load<u64>(b + (w << 3));
  }
  return bits;
}

/** The row of the first of four entries from the hash's own on that has this hash; of none: some row or 0. Behind the entries lie GUARD more, free ones. */
// @ts-ignore: decorator
@inline
function guessRow(entries: usize, mask: u32, hash: u32): u32 {
  const at = entries + ((hash & mask) << 3);
  const hashes = i8x16.shuffle(v128.load(at), v128.load(at, 16), 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
  const hits = i32x4.bitmask(i32x4.eq(hashes, i32x4.splat(hash)));
  return load<u32>(at + ((ctz(hits) & 3) << 3), 4);
}

function guess<W>(table: usize, records: usize, stride: u32, list: usize, n: u32, states: usize, misses: usize, words: u32): void {
  const entries = <usize>load<u32>(table, TABLE_ENTRIES);
  const mask = load<u32>(table, TABLE_MASK);
  const stateOffset = load<u32>(table, TABLE_RECORD_BYTES);
  if (list == 0) {
    let record = records;
    for (let k: u32 = 0; k < n; k++, record += stride) store<u32>(states + (k << 2), guessRow(entries, mask, load<u32>(record)));
  } else {
    for (let k: u32 = 0; k < n; k++) store<u32>(states + (k << 2), guessRow(entries, mask, load<u32>(load<u32>(list + (k << 2)))));
  }
  let count: u32 = 0;
  let record = records;
  for (let k: u32 = 0; k < n; k++, record += stride) {
    if (list != 0) record = <usize>load<u32>(list + (k << 2));
    // A free entry makes this row 0: the first page, which no record is like, for its hash and nulls differ or its row is 0, checked here too.
    const row = load<u32>(states + (k << 2));
    const bits = differ<W>(row, record, words);
    store<u32>(states + (k << 2), row + stateOffset);
    store<u32>(misses + 4 + (count << 2), k);
    count += u32(bits != 0) | u32(row == 0);
  }
  store<u32>(misses, count);
}

// Type arguments stand for constants: each makes its own copy of the loop.
class Words1 {}
class Words2 {}
class Words4 {}
class WordsN {}

function find<W>(table: usize, records: usize, stride: u32, list: usize, from: u32, n: u32, states: usize, misses: usize, words: u32): u32 {
  const entries = <usize>load<u32>(table, TABLE_ENTRIES);
  const mask = load<u32>(table, TABLE_MASK);
  const stateOffset = load<u32>(table, TABLE_RECORD_BYTES);
  let groups = load<u32>(table, TABLE_GROUPS);
  const limit = load<u32>(table, TABLE_LIMIT);
  const count = load<u32>(misses);
  for (let m: u32 = 0; m < count; m++) {
    const k = load<u32>(misses + 4 + (m << 2));
    if (k < from) continue;
    const record = list == 0 ? records + k * stride : <usize>load<u32>(list + (k << 2));
    const hash = load<u32>(record);
    let slot = hash & mask;
    let row: usize = 0;
    for (;;) {
      const entry = load<u64>(entries + (slot << 3));
      row = <usize>(entry >> 32);
      if (row == 0) {
        if (groups >= limit) return k;
        row = newRow(table, record);
        if (row == 0) return k;
        groups++;
        store<u64>(entries + (slot << 3), <u64>hash | (<u64>row << 32));
        break;
      }
      if (<u32>entry == hash) {
        if (differ<W>(row, record, words) == 0) break;
      }
      slot = (slot + 1) & mask;
    }
    store<u32>(states + (k << 2), <u32>row + stateOffset);
  }
  return n;
}

/** groupFind where views may be long: compared by content, and copied to the heap with a new group. */
export function groupFindLong(table: usize, records: usize, stride: u32, list: usize, from: u32, n: u32, states: usize): u32 {
  const entries = <usize>load<u32>(table, TABLE_ENTRIES);
  const mask = load<u32>(table, TABLE_MASK);
  const stateOffset = load<u32>(table, TABLE_RECORD_BYTES);
  const words = (stateOffset >> 3) - 1;
  const kinds = <usize>load<u32>(table, TABLE_KINDS);
  for (let k = from; k < n; k++) {
    const record = list == 0 ? records + k * stride : <usize>load<u32>(list + (k << 2));
    const head = load<u64>(record);
    const hash = <u32>head;
    let slot = hash & mask;
    let row: usize = 0;
    for (;;) {
      const entry = load<u64>(entries + (slot << 3));
      row = <usize>(entry >> 32);
      if (row == 0) {
        if (load<u32>(table, TABLE_GROUPS) >= load<u32>(table, TABLE_LIMIT)) return k;
        const need = longBytes(record, words, kinds);
        if (need > load<u32>(table, TABLE_HEAP_END) - load<u32>(table, TABLE_HEAP_NEXT)) {
          store<u32>(table, need, TABLE_HEAP_NEED);
          return k;
        }
        row = newRow(table, record);
        if (row == 0) return k;
        keepLong(table, row, words, kinds);
        store<u64>(entries + (slot << 3), <u64>hash | (<u64>row << 32));
        break;
      }
      if (<u32>entry == hash) {
        if (load<u64>(row) == head) {
          if (sameKey(row, record, words, kinds)) break;
        }
      }
      slot = (slot + 1) & mask;
    }
    store<u32>(states + (k << 2), <u32>row + stateOffset);
  }
  return n;
}

export function sameKey(row: usize, record: usize, words: u32, kinds: usize): bool {
  for (let w: u32 = 0; w < words; w++) {
    const offset = 8 + (w << 3);
    const word = load<u64>(row + offset);
    if (word != load<u64>(record + offset)) return false;
    if (load<u8>(kinds + w) == 0) continue;
    if (<u32>word <= VIEW_INLINE_MAX) continue;
    if (!sameBytes(load<u32>(row + offset + 8), load<u32>(record + offset + 8), <u32>word)) return false;
    w++;
  }
  return true;
}

/** Bytes of a record's long views, each rounded up to 8. */
function longBytes(record: usize, words: u32, kinds: usize): u32 {
  let bytes: u32 = 0;
  for (let w: u32 = 0; w < words; w++) {
    if (load<u8>(kinds + w) == 0) continue;
    const length = load<u32>(record + 8 + (w << 3));
    if (length > VIEW_INLINE_MAX) bytes += (length + 7) & ~7;
  }
  return bytes;
}

/** Copies a row's long views' bytes into the table's heap. */
function keepLong(table: usize, row: usize, words: u32, kinds: usize): void {
  for (let w: u32 = 0; w < words; w++) {
    if (load<u8>(kinds + w) == 0) continue;
    const view = row + 8 + (w << 3);
    const length = load<u32>(view);
    if (length <= VIEW_INLINE_MAX) continue;
    const at = load<u32>(table, TABLE_HEAP_NEXT);
    memory.copy(<usize>at, <usize>load<u32>(view + 8), length);
    store<u64>(view + 8, <u64>at);
    store<u32>(table, at + ((length + 7) & ~7), TABLE_HEAP_NEXT);
  }
}

/** Moves the entries of a table into a larger, zeroed one. */
export function groupRehash(entries: usize, capacity: u32, to: usize, toMask: u32): void {
  for (let i: u32 = 0; i < capacity; i++) {
    const entry = load<u64>(entries + (i << 3));
    if (entry >> 32 == 0) continue;
    let slot = <u32>entry & toMask;
    while (load<u64>(to + (slot << 3)) >> 32 != 0) slot = (slot + 1) & toMask;
    store<u64>(to + (slot << 3), entry);
  }
}

/** Addresses start, start + stride, … of n rows. */
export function addressList(start: usize, stride: u32, n: u32, out: usize): void {
  for (let k: u32 = 0; k < n; k++, start += stride) store<u32>(out + (k << 2), <u32>start);
}

/** out[k] = list[k] + delta. */
export function addressAdd(list: usize, n: u32, delta: u32, out: usize): void {
  for (let k: u32 = 0; k < n; k++) store<u32>(out + (k << 2), load<u32>(list + (k << 2)) + delta);
}

/** Addresses of those of n rows whose hash begins (after shifting right) with a number in [low, high). Returns how many. */
export function groupSelect(start: usize, stride: u32, n: u32, shift: u32, low: u32, high: u32, out: usize): u32 {
  let count: u32 = 0;
  for (let k: u32 = 0; k < n; k++, start += stride) {
    const part = load<u32>(start) >> shift;
    store<u32>(out + (count << 2), <u32>start);
    if (part >= low) {
      if (part < high) count++;
    }
  }
  return count;
}

export function memoryClear(at: usize, bytes: u32): void {
  memory.fill(at, 0, bytes);
}

export function memoryCopy(from: usize, bytes: u32, to: usize): void {
  memory.copy(to, from, bytes);
}
