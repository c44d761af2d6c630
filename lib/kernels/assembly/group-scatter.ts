// Group rows into partitions by the high bits of their hash. `parts`: for each partition u32 next free byte, u32 end of its slice.

import { TABLE_FRESH, TABLE_RECORD_BYTES, TABLE_STATE_BYTES } from './group-table';

/** Copies rows [from, n) of `rowBytes` each to their partitions. Returns how many are done; fewer than n when a slice is full. */
export function groupScatter(parts: usize, shift: u32, rows: usize, rowBytes: u32, from: u32, n: u32): u32 {
  for (let k = from; k < n; k++) {
    const row = rows + k * rowBytes;
    const part = parts + ((load<u32>(row) >> shift) << 3);
    const to = <usize>load<u32>(part);
    if (load<u32>(part, 4) - <u32>to < rowBytes) return k;
    for (let i: u32 = 0; i < rowBytes; i += 8) store<u64>(to + i, load<u64>(row + i));
    store<u32>(part, <u32>to + rowBytes);
  }
  return n;
}

/**
 * Makes each of the records [from, n) a row of its own in its partition, with a fresh state whose address goes to `states`: for batches in which
 * nearly every key is new. `table` is a table's context (its fresh state and sizes). Returns how many are done.
 */
export function groupAppend(table: usize, parts: usize, shift: u32, records: usize, from: u32, n: u32, states: usize): u32 {
  const recordBytes = load<u32>(table, TABLE_RECORD_BYTES);
  const fresh = <usize>load<u32>(table, TABLE_FRESH);
  const stateBytes = load<u32>(table, TABLE_STATE_BYTES);
  const rowBytes = recordBytes + stateBytes;
  for (let k = from; k < n; k++) {
    const record = records + k * recordBytes;
    const part = parts + ((load<u32>(record) >> shift) << 3);
    const to = <usize>load<u32>(part);
    if (load<u32>(part, 4) - <u32>to < rowBytes) return k;
    for (let i: u32 = 0; i < recordBytes; i += 8) store<u64>(to + i, load<u64>(record + i));
    const state = to + recordBytes;
    for (let i: u32 = 0; i < stateBytes; i += 8) store<u64>(state + i, load<u64>(fresh + i));
    store<u32>(part, <u32>to + rowBytes);
    store<u32>(states + (k << 2), <u32>state);
  }
  return n;
}

/** Bytes of all long views of n records, each rounded up to 8. */
export function groupLongBytes(records: usize, stride: u32, n: u32, words: u32, kinds: usize): u32 {
  let bytes: u32 = 0;
  for (let k: u32 = 0; k < n; k++, records += stride) {
    for (let w: u32 = 0; w < words; w++) {
      if (load<u8>(kinds + w) == 0) continue;
      const length = load<u32>(records + 8 + (w << 3));
      if (length > 12) bytes += (length + 7) & ~7;
    }
  }
  return bytes;
}

/** Copies the long views' bytes of n records to `heap` and points the records there. */
export function groupKeepLong(records: usize, stride: u32, n: u32, words: u32, kinds: usize, heap: usize): void {
  for (let k: u32 = 0; k < n; k++, records += stride) {
    for (let w: u32 = 0; w < words; w++) {
      if (load<u8>(kinds + w) == 0) continue;
      const view = records + 8 + (w << 3);
      const length = load<u32>(view);
      if (length <= 12) continue;
      memory.copy(heap, <usize>load<u32>(view + 8), length);
      store<u64>(view + 8, <u64>heap);
      heap += (length + 7) & ~7;
    }
  }
}

/** Counts rows by partition; `counts` (u32) is added to. */
export function groupCount(rows: usize, rowBytes: u32, n: u32, shift: u32, counts: usize): void {
  for (let k: u32 = 0; k < n; k++, rows += rowBytes) {
    const at = counts + ((load<u32>(rows) >> shift) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
}

/** Writes rows' addresses grouped by partition: cursors[p] (u32) is the index in `out` where the next of partition p goes. */
export function groupRefer(rows: usize, rowBytes: u32, n: u32, shift: u32, cursors: usize, out: usize): void {
  for (let k: u32 = 0; k < n; k++, rows += rowBytes) {
    const at = cursors + ((load<u32>(rows) >> shift) << 2);
    const index = load<u32>(at);
    store<u32>(at, index + 1);
    store<u32>(out + (index << 2), <u32>rows);
  }
}
