// The direct tier of a group table: keys of few values make an index, and an array of state addresses (u32, 0: not met yet) has no keys to compare.
// Index loops add to `out`, u32 a row: the key's number plus one, 0 for null, shifted left by `shift`. `nulls` is a byte a row (ZEROS where there are none);
// what a null row's value holds does not matter.

// @ts-ignore: decorator
@inline
function add(at: usize, number: u32, isNull: u32, shift: u32): void {
  store<u32>(at, load<u32>(at) + (((number + 1) & (isNull - 1)) << shift));
}

/** Codes by `numbers` (u32 for each code). */
export function directCodes(codes: usize, numbers: usize, nulls: usize, sel: usize, n: u32, shift: u32, out: usize): void {
  if (sel == 0) {
    for (let k: u32 = 0; k < n; k++, out += 4) add(out, load<u32>(numbers + (<u32>load<u8>(codes + k) << 2)), load<u8>(nulls + k), shift);
  } else {
    for (let k: u32 = 0; k < n; k++, out += 4) {
      const row = load<u32>(sel + (k << 2));
      add(out, load<u32>(numbers + (<u32>load<u8>(codes + row) << 2)), load<u8>(nulls + row), shift);
    }
  }
}

/** Booleans. */
export function direct8(values: usize, nulls: usize, sel: usize, n: u32, shift: u32, out: usize): void {
  for (let k: u32 = 0; k < n; k++, out += 4) {
    const row = sel == 0 ? k : load<u32>(sel + (k << 2));
    add(out, <u32>load<u8>(values + row) & 1, load<u8>(nulls + row), shift);
  }
}

/** Ints of 0 to limit - 1. Returns not 0 when one is outside: the indexes are then worth nothing. */
export function direct32(values: usize, nulls: usize, sel: usize, n: u32, shift: u32, out: usize, limit: u32): u32 {
  let outside: u32 = 0;
  if (sel == 0) {
    for (let k: u32 = 0; k < n; k++, out += 4) {
      const value = load<u32>(values + (k << 2));
      const isNull = <u32>load<u8>(nulls + k);
      outside |= u32(value >= limit) & (isNull ^ 1);
      add(out, value, isNull, shift);
    }
  } else {
    for (let k: u32 = 0; k < n; k++, out += 4) {
      const row = load<u32>(sel + (k << 2));
      const value = load<u32>(values + (row << 2));
      const isNull = <u32>load<u8>(nulls + row);
      outside |= u32(value >= limit) & (isNull ^ 1);
      add(out, value, isNull, shift);
    }
  }
  return outside;
}

/** States of the indexes that were met; numbers of the others (u32) to `misses`. Returns how many were not. */
export function directFind(array: usize, indexes: usize, n: u32, states: usize, misses: usize): u32 {
  let count: u32 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const state = load<u32>(array + (load<u32>(indexes + (k << 2)) << 2));
    store<u32>(states + (k << 2), state);
    store<u32>(misses + (count << 2), k);
    count += u32(state == 0);
  }
  return count;
}

/** Puts the states found for missed rows in place and into the array. */
export function directLearn(array: usize, indexes: usize, misses: usize, count: u32, found: usize, states: usize): void {
  for (let m: u32 = 0; m < count; m++) {
    const k = load<u32>(misses + (m << 2));
    const state = load<u32>(found + (m << 2));
    store<u32>(states + (k << 2), state);
    store<u32>(array + (load<u32>(indexes + (k << 2)) << 2), state);
  }
}
