// Dictionaries for the writer: each different value once, in the order of appearance, and an index for each row. Bounded: where the values become too many, or their bytes, the caller writes
// them plainly.

import { hashBytes, hashFinish, hashMix, sameBytes } from './hash';
import { VIEW_BYTES, VIEW_INLINE_MAX, VIEW_REF } from './layout';

/**
 * The state: 32 bytes, 4-byte aligned: u32 address of the table (u32 slots: entry number plus one, 0 free), u32 mask (slots − 1), u32 address of the entries, u32 how many there are, u32 how many
 * there may be, u32 address of the entries' bytes, u32 bytes used, u32 bytes there.
 */
const BUILD_TABLE: u32 = 0;
const BUILD_MASK: u32 = 4;
const BUILD_ENTRIES: u32 = 8;
const BUILD_COUNT: u32 = 12;
const BUILD_LIMIT: u32 = 16;
const BUILD_BYTES: u32 = 20;
const BUILD_USED: u32 = 24;
const BUILD_ROOM: u32 = 28;

/**
 * An empty dictionary. `state`: 32 bytes, 4-byte aligned, of the caller's. `table`: 4 << tableBits bytes, 4-byte aligned, with at least two slots for each of the `limit` entries. `entries`: `limit` values of the width that is
 * added; `bytes`: `room` bytes for long strings (0 and 0 for numbers).
 */
export function buildBegin(state: usize, table: usize, tableBits: u32, entries: usize, limit: u32, bytes: usize, room: u32): void {
  memory.fill(table, 0, <usize>4 << tableBits);
  store<u32>(state, <u32>table, BUILD_TABLE);
  store<u32>(state, (1 << tableBits) - 1, BUILD_MASK);
  store<u32>(state, <u32>entries, BUILD_ENTRIES);
  store<u32>(state, 0, BUILD_COUNT);
  store<u32>(state, limit, BUILD_LIMIT);
  store<u32>(state, <u32>bytes, BUILD_BYTES);
  store<u32>(state, 0, BUILD_USED);
  store<u32>(state, room, BUILD_ROOM);
}

/** How many entries there are. */
export function buildCount(state: usize): u32 {
  return load<u32>(state, BUILD_COUNT);
}

/** Bytes of long strings' entries that were used. */
export function buildBytes(state: usize): u32 {
  return load<u32>(state, BUILD_USED);
}

/**
 * Indices (u32) of `n` values of 1 << shift bytes (2, 3 or 4; equal bits are equal values) to `out`; new values become entries. Returns how many rows have theirs: fewer than `n` where the next
 * one needs an entry more than there may be.
 */
export function buildFixed(state: usize, values: usize, n: u32, shift: u32, out: usize): u32 {
  if (shift == 2) return build4(state, values, n, out);
  if (shift == 3) return build8(state, values, n, out);
  return build16(state, values, n, out);
}

function build4(state: usize, values: usize, n: u32, out: usize): u32 {
  const table = <usize>load<u32>(state, BUILD_TABLE);
  const mask = load<u32>(state, BUILD_MASK);
  const entries = <usize>load<u32>(state, BUILD_ENTRIES);
  for (let k: u32 = 0; k < n; k++) {
    const value = load<u32>(values + (<usize>k << 2));
    let slot = hashFinish(hashMix(0, <u64>value)) & mask;
    let number: u32;
    for (;;) {
      number = load<u32>(table + (<usize>slot << 2));
      if (number == 0) break;
      if (load<u32>(entries + (<usize>(number - 1) << 2)) == value) break;
      slot = (slot + 1) & mask;
    }
    if (number == 0) {
      number = newEntry(state, table + (<usize>slot << 2));
      if (number == 0) return k;
      store<u32>(entries + (<usize>(number - 1) << 2), value);
    }
    store<u32>(out + (<usize>k << 2), number - 1);
  }
  return n;
}

function build8(state: usize, values: usize, n: u32, out: usize): u32 {
  const table = <usize>load<u32>(state, BUILD_TABLE);
  const mask = load<u32>(state, BUILD_MASK);
  const entries = <usize>load<u32>(state, BUILD_ENTRIES);
  for (let k: u32 = 0; k < n; k++) {
    const value = load<u64>(values + (<usize>k << 3));
    let slot = hashFinish(hashMix(0, value)) & mask;
    let number: u32;
    for (;;) {
      number = load<u32>(table + (<usize>slot << 2));
      if (number == 0) break;
      if (load<u64>(entries + (<usize>(number - 1) << 3)) == value) break;
      slot = (slot + 1) & mask;
    }
    if (number == 0) {
      number = newEntry(state, table + (<usize>slot << 2));
      if (number == 0) return k;
      store<u64>(entries + (<usize>(number - 1) << 3), value);
    }
    store<u32>(out + (<usize>k << 2), number - 1);
  }
  return n;
}

function build16(state: usize, values: usize, n: u32, out: usize): u32 {
  const table = <usize>load<u32>(state, BUILD_TABLE);
  const mask = load<u32>(state, BUILD_MASK);
  const entries = <usize>load<u32>(state, BUILD_ENTRIES);
  for (let k: u32 = 0; k < n; k++) {
    const low = load<u64>(values + (<usize>k << 4));
    const high = load<u64>(values + (<usize>k << 4), 8);
    let slot = hashFinish(hashMix(hashMix(0, low), high)) & mask;
    let number: u32;
    for (;;) {
      number = load<u32>(table + (<usize>slot << 2));
      if (number == 0) break;
      const entry = entries + (<usize>(number - 1) << 4);
      if (load<u64>(entry) == low) {
        if (load<u64>(entry, 8) == high) break;
      }
      slot = (slot + 1) & mask;
    }
    if (number == 0) {
      number = newEntry(state, table + (<usize>slot << 2));
      if (number == 0) return k;
      store<u64>(entries + (<usize>(number - 1) << 4), low);
      store<u64>(entries + (<usize>(number - 1) << 4), high, 8);
    }
    store<u32>(out + (<usize>k << 2), number - 1);
  }
  return n;
}

/** The next entry's number plus one, put into its slot; 0 where there may be no more. */
// @ts-ignore: decorator
@inline
function newEntry(state: usize, slot: usize): u32 {
  const count = load<u32>(state, BUILD_COUNT);
  if (count >= load<u32>(state, BUILD_LIMIT)) return 0;
  store<u32>(state, count + 1, BUILD_COUNT);
  store<u32>(slot, count + 1);
  return count + 1;
}

/**
 * The same of `n` views; entries are views (16 bytes) whose long bytes are copied to the state's bytes. Returns how many rows have their index: fewer than `n` where the next one needs an entry or
 * bytes more than there may be.
 */
export function buildViews(state: usize, views: usize, n: u32, out: usize): u32 {
  const table = <usize>load<u32>(state, BUILD_TABLE);
  const mask = load<u32>(state, BUILD_MASK);
  const entries = <usize>load<u32>(state, BUILD_ENTRIES);
  for (let k: u32 = 0; k < n; k++) {
    const view = views + <usize>k * VIEW_BYTES;
    const low = load<u64>(view);
    const length = <u32>low;
    const isLong = length > VIEW_INLINE_MAX;
    const high = load<u64>(view, 8);
    const hash = isLong ? hashBytes(hashMix(0, low), <usize>high, length) : hashMix(hashMix(0, low), high);
    let slot = hashFinish(hash) & mask;
    let number: u32;
    for (;;) {
      number = load<u32>(table + (<usize>slot << 2));
      if (number == 0) break;
      const entry = entries + <usize>(number - 1) * VIEW_BYTES;
      if (load<u64>(entry) == low) {
        if (isLong) {
          if (sameBytes(<usize>load<u32>(entry, VIEW_REF), <usize>high, length)) break;
        } else if (load<u64>(entry, 8) == high) {
          break;
        }
      }
      slot = (slot + 1) & mask;
    }
    if (number == 0) {
      const used = load<u32>(state, BUILD_USED);
      if (isLong) {
        if (length > load<u32>(state, BUILD_ROOM) - used) return k;
      }
      number = newEntry(state, table + (<usize>slot << 2));
      if (number == 0) return k;
      const entry = entries + <usize>(number - 1) * VIEW_BYTES;
      store<u64>(entry, low);
      if (isLong) {
        const bytes = load<u32>(state, BUILD_BYTES) + used;
        memory.copy(<usize>bytes, <usize>high, length);
        store<u64>(entry, <u64>bytes, VIEW_REF);
        store<u32>(state, used + length, BUILD_USED);
      } else {
        store<u64>(entry, high, 8);
      }
    }
    store<u32>(out + (<usize>k << 2), number - 1);
  }
  return n;
}
