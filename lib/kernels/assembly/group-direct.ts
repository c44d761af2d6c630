// The direct tier of a group table: keys of few values make an index, and an array of state addresses (u32, 0: not met yet) has no keys to compare.
// Index loops add to `out`, u32 a row: the key's number plus one, 0 for null, shifted left by `shift`. `nulls` is a byte a row (ZEROS where there are none);
// what a null row's value holds does not matter.

// @ts-ignore: decorator
@inline
function add(at: usize, bits: u32, isNull: u32): void {
  store<u32>(at, load<u32>(at) + (bits & (isNull - 1)));
}

// @ts-ignore: decorator
@inline
function ofCode(codes: usize, numbers: usize, row: u32): u32 {
  return load<u32>(numbers + (<u32>load<u8>(codes + row) << 2));
}

/** Codes by `numbers` (u32 for each code, what is added as it is). */
export function directCodes(codes: usize, numbers: usize, nulls: usize, sel: usize, n: u32, out: usize): void {
  for (let k: u32 = 0; k < n; k++, out += 4) {
    const row = sel == 0 ? k : load<u32>(sel + (k << 2));
    add(out, ofCode(codes, numbers, row), load<u8>(nulls + row));
  }
}

/** Booleans. */
export function direct8(values: usize, nulls: usize, sel: usize, n: u32, shift: u32, out: usize): void {
  for (let k: u32 = 0; k < n; k++, out += 4) {
    const row = sel == 0 ? k : load<u32>(sel + (k << 2));
    add(out, ((<u32>load<u8>(values + row) & 1) + 1) << shift, load<u8>(nulls + row));
  }
}

/** Ints of 0 to limit - 1. Returns not 0 when one is outside: the indexes are then worth nothing. */
export function direct32(values: usize, nulls: usize, sel: usize, n: u32, shift: u32, out: usize, limit: u32): u32 {
  let outside: u32 = 0;
  for (let k: u32 = 0; k < n; k++, out += 4) {
    const row = sel == 0 ? k : load<u32>(sel + (k << 2));
    const value = load<u32>(values + (row << 2));
    const isNull = <u32>load<u8>(nulls + row);
    outside |= u32(value >= limit) & (isNull ^ 1);
    add(out, (value + 1) << shift, isNull);
  }
  return outside;
}

// The loops below branch on what is hardly ever true and keep nothing in memory that only missed rows need: they are bound by the number of instructions.

/** A row without a state yet: its number and index. Returns the new number of such rows. */
function missed(k: u32, index: u32, indexes: usize, misses: usize, count: u32): u32 {
  store<u32>(misses + (count << 2), k);
  store<u32>(indexes + (k << 2), index);
  return count + 1;
}

/** Index loop and directFind in one for two keys of codes (one key: numbers of zeros for the other) without nulls, the most frequent case. */
export function directFindCodes(codesA: usize, numbersA: usize, codesB: usize, numbersB: usize, array: usize, sel: usize, n: u32, indexes: usize, states: usize, misses: usize): u32 {
  let count: u32 = 0;
  if (sel == 0) {
    for (let k: u32 = 0; k < n; k++) {
      const index = ofCode(codesA, numbersA, k) + ofCode(codesB, numbersB, k);
      const state = load<u32>(array + (index << 2));
      store<u32>(states + (k << 2), state);
      if (state == 0) count = missed(k, index, indexes, misses, count);
    }
  } else {
    const end = states + (n << 2);
    for (let to = states; to < end; to += 4, sel += 4) {
      const row = load<u32>(sel);
      const index = ofCode(codesA, numbersA, row) + ofCode(codesB, numbersB, row);
      const state = load<u32>(array + (index << 2));
      store<u32>(to, state);
      if (state == 0) count = missed(<u32>(to - states) >> 2, index, indexes, misses, count);
    }
  }
  return count;
}

/** The same for one key of ints without nulls. 0xffffffff: some int is outside of 0 to limit - 1. */
export function directFindInts(values: usize, limit: u32, array: usize, sel: usize, n: u32, indexes: usize, states: usize, misses: usize): u32 {
  let count: u32 = 0;
  const end = states + (n << 2);
  for (let to = states; to < end; to += 4) {
    let value: u32;
    if (sel == 0) {
      value = load<u32>(values + (to - states));
    } else {
      value = load<u32>(values + (load<u32>(sel) << 2));
      sel += 4;
    }
    if (value >= limit) return 0xffffffff;
    const state = load<u32>(array + (value << 2), 4);
    store<u32>(to, state);
    if (state == 0) count = missed(<u32>(to - states) >> 2, value + 1, indexes, misses, count);
  }
  return count;
}

/** States of the indexes that were met; numbers of the others (u32) to `misses`. Returns how many were not. */
export function directFind(array: usize, indexes: usize, n: u32, states: usize, misses: usize): u32 {
  let count: u32 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const state = load<u32>(array + (load<u32>(indexes + (k << 2)) << 2));
    store<u32>(states + (k << 2), state);
    if (state != 0) continue;
    store<u32>(misses + (count << 2), k);
    count++;
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
