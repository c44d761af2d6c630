// Rows out of packed arrays and maps.

import { BOOL, I128, I32, VIEW, packedPart, packedWidth, packed_element, packed_view, vectorWidth } from './packed';
import { viewBytes } from './view';

/**
 * The next rows that exploding makes: for each its row's position in the batch and the element's index (-1: `outer` keeps a row for nothing). `cursor`: u32 row (0..n of the live ones), u32 element; it moves on, and
 * all is done when its row is n. Returns how many rows, at most `capacity`.
 */
export function packed_explode_rows(values: usize, nulls: usize, sel: usize, n: u32, part: u32, outer: u32, cursor: usize, capacity: u32, rows: usize, indexes: usize): u32 {
  let k = load<u32>(cursor);
  let element = load<u32>(cursor, 4);
  let made: u32 = 0;
  while (k < n && made < capacity) {
    const position = sel == 0 ? k : load<u32>(sel + (<usize>k << 2));
    let count: u32 = 0;
    if (load<u8>(nulls + position) == 0) count = load<u32>(packedPart(viewBytes(values + (<usize>position << 4)), part));
    if (count == 0) {
      if (outer != 0) {
        store<u32>(rows + (<usize>made << 2), position);
        store<i32>(indexes + (<usize>made << 2), -1);
        made++;
      }
      k++;
      continue;
    }
    const take = min<u32>(count - element, capacity - made);
    for (let i: u32 = 0; i < take; i++) {
      store<u32>(rows + (<usize>(made + i) << 2), position);
      store<u32>(indexes + (<usize>(made + i) << 2), element + i);
    }
    made += take;
    element += take;
    if (element == count) {
      element = 0;
      k++;
    }
  }
  store<u32>(cursor, k);
  store<u32>(cursor, element, 4);
  return made;
}

/** Elements of rows that `packed_explode_rows` found, as a vector. Returns whether one is null. */
export function packed_explode(code: u32, values: usize, part: u32, rows: usize, indexes: usize, n: u32, out: usize, outNulls: usize): u32 {
  const width = packedWidth(code);
  const step = vectorWidth(code);
  let any: u32 = 0;
  for (let k: u32 = 0; k < n; k++, out += step) {
    const index = load<i32>(indexes + (<usize>k << 2));
    let slot: usize = 0;
    let array: usize = 0;
    if (index >= 0) {
      array = packedPart(viewBytes(values + (<usize>load<u32>(rows + (<usize>k << 2)) << 4)), part);
      slot = packed_element(array, index, width);
    }
    const isNull: u32 = slot == 0 ? 1 : 0;
    store<u8>(outNulls + k, isNull);
    any |= isNull;
    if (slot == 0) {
      if (code == VIEW) v128.store(out, i64x2.splat(0));
    } else if (code == VIEW) {
      packed_view(out, array, slot);
    } else if (code == I128) {
      v128.store(out, v128.load(slot));
    } else if (code == I32) {
      store<u32>(out, load<u32>(slot));
    } else if (code == BOOL) {
      store<u8>(out, load<u8>(slot));
    } else {
      store<u64>(out, load<u64>(slot));
    }
  }
  return any;
}

/** Null bytes of positions: index -1. Returns whether there is one. */
export function packed_explode_nulls(indexes: usize, n: u32, outNulls: usize): u32 {
  let any: u32 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const isNull = load<u32>(indexes + (<usize>k << 2)) >> 31;
    store<u8>(outNulls + k, isNull);
    any |= isNull;
  }
  return any;
}
