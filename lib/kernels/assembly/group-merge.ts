// Merging partial groups. The table's entries here are: low u32 hash, high u32 index into `order` plus one; order[i] (u32) is the address of group i's row:
// an input row as long as it is alone, a row of our own from its second part on. Groups stay in the order they came.

import {
  TABLE_ENTRIES,
  TABLE_GROUPS,
  TABLE_KINDS,
  TABLE_MASK,
  TABLE_RECORD_BYTES,
  TABLE_ROW_BYTES,
  TABLE_ROW_END,
  TABLE_ROW_NEXT,
  newRow,
  sameKey,
  sameWords,
} from './group-table';

/** Word of the context in which a call leaves how many pairs it made. */
const TABLE_PAIRS: u32 = 56;

// @ts-ignore: decorator
@inline
function copyRow(table: usize, from: usize): usize {
  const row = <usize>load<u32>(table, TABLE_ROW_NEXT);
  const rowBytes = load<u32>(table, TABLE_ROW_BYTES);
  for (let i: u32 = 0; i < rowBytes; i += 8) store<u64>(row + i, load<u64>(from + i));
  store<u32>(table, <u32>row + rowBytes, TABLE_ROW_NEXT);
  return row;
}

/**
 * Input rows [from, n) at list[k]. Pairs of state addresses that remain to be merged go to `into` and `parts`; their number to the context.
 * `copies`: states may be copied as bytes; else every group gets a fresh state and every part is merged. `isOwn` (a byte a group) says which rows are ours.
 * `long`: some key may be a long string. Returns how many rows are done; fewer than n when row memory ran out.
 */
export function groupMerge(table: usize, order: usize, isOwn: usize, list: usize, from: u32, n: u32, into: usize, parts: usize, copies: u32, long: u32): u32 {
  const entries = <usize>load<u32>(table, TABLE_ENTRIES);
  const mask = load<u32>(table, TABLE_MASK);
  const recordBytes = load<u32>(table, TABLE_RECORD_BYTES);
  const rowBytes = load<u32>(table, TABLE_ROW_BYTES);
  const words = (recordBytes >> 3) - 1;
  const kinds = <usize>load<u32>(table, TABLE_KINDS);
  let groups = load<u32>(table, TABLE_GROUPS);
  let pairs: u32 = 0;
  let k = from;
  for (; k < n; k++) {
    if (load<u32>(table, TABLE_ROW_END) - load<u32>(table, TABLE_ROW_NEXT) < rowBytes) break;
    const part = <usize>load<u32>(list + (k << 2));
    const head = load<u64>(part);
    const hash = <u32>head;
    let slot = hash & mask;
    let index: u32 = 0;
    for (;;) {
      const entry = load<u64>(entries + (slot << 3));
      index = <u32>(entry >> 32);
      if (index == 0) break;
      if (<u32>entry == hash) {
        const row = <usize>load<u32>(order + ((index - 1) << 2));
        if (load<u64>(row) == head) {
          if (long != 0) {
            if (sameKey(row, part, words, kinds)) break;
          } else {
            if (sameWords(row, part, words)) break;
          }
        }
      }
      slot = (slot + 1) & mask;
    }
    let row: usize;
    if (index == 0) {
      row = copies != 0 ? part : newRow(table, part);
      store<u32>(order + (groups << 2), <u32>row);
      store<u8>(isOwn + groups, copies != 0 ? 0 : 1);
      // newRow counts too; this count is the one that stands.
      groups++;
      store<u32>(table, groups, TABLE_GROUPS);
      store<u64>(entries + (slot << 3), <u64>hash | (<u64>groups << 32));
      if (copies != 0) continue;
    } else {
      row = <usize>load<u32>(order + ((index - 1) << 2));
      if (load<u8>(isOwn + (index - 1)) == 0) {
        row = copyRow(table, row);
        store<u32>(order + ((index - 1) << 2), <u32>row);
        store<u8>(isOwn + (index - 1), 1);
      }
    }
    store<u32>(into + (pairs << 2), <u32>row + recordBytes);
    store<u32>(parts + (pairs << 2), <u32>part + recordBytes);
    pairs++;
  }
  store<u32>(table, pairs, TABLE_PAIRS);
  return k;
}
