// The front of a group table: keys that pack into 64 bits, and a direct-mapped cache from packed keys to state addresses. With few groups nearly every
// row ends here, without a record being made of it. An entry, 16 bytes: u64 packed key, u32 state address (0: free), u32 zero.
//
// Packing loops write (`first`) or or into `out`, u64 a row, the key's bits shifted left by `shift`.

// @ts-ignore: decorator
@inline
function put(at: usize, first: u32, bits: u64): void {
  store<u64>(at, first != 0 ? bits : load<u64>(at) | bits);
}

export function front8(values: usize, sel: usize, n: u32, first: u32, shift: u32, out: usize): void {
  for (let k: u32 = 0; k < n; k++, out += 8) {
    put(out, first, <u64>load<u8>(values + (sel == 0 ? k : load<u32>(sel + (k << 2)))) << shift);
  }
}

export function front32(values: usize, sel: usize, n: u32, first: u32, shift: u32, out: usize): void {
  if (sel == 0) {
    for (let k: u32 = 0; k < n; k++, out += 8) put(out, first, <u64>load<u32>(values + (k << 2)) << shift);
  } else {
    for (let k: u32 = 0; k < n; k++, out += 8) put(out, first, <u64>load<u32>(values + (load<u32>(sel + (k << 2)) << 2)) << shift);
  }
}

export function front64(values: usize, sel: usize, n: u32, first: u32, shift: u32, out: usize): void {
  for (let k: u32 = 0; k < n; k++, out += 8) store<u64>(out, load<u64>(values + ((sel == 0 ? k : load<u32>(sel + (k << 2))) << 3)));
}

/** Strings of fewer than `bytes` bytes: their bytes and, above those, their length. Returns not 0 when one is longer: the packed keys are then worth nothing. */
export function frontView(values: usize, sel: usize, n: u32, first: u32, shift: u32, out: usize, bytes: u32): u32 {
  const lengthShift = <u64>((bytes - 1) << 3);
  const mask = (<u64>1 << lengthShift) - 1;
  let longest: u32 = 0;
  if (sel == 0) {
    for (let k: u32 = 0; k < n; k++, out += 8, values += 16) {
      const length = load<u32>(values);
      longest = longest > length ? longest : length;
      put(out, first, ((load<u64>(values + 4) & mask) | (<u64>length << lengthShift)) << shift);
    }
  } else {
    for (let k: u32 = 0; k < n; k++, out += 8) {
      const view = values + (load<u32>(sel + (k << 2)) << 4);
      const length = load<u32>(view);
      longest = longest > length ? longest : length;
      put(out, first, ((load<u64>(view + 4) & mask) | (<u64>length << lengthShift)) << shift);
    }
  }
  return longest >= bytes ? 1 : 0;
}

// @ts-ignore: decorator
@inline
function place(cache: usize, mask: u32, key: u64): usize {
  return cache + ((<u32>(((key ^ (key >> 29)) * 0x9e3779b97f4a7c15) >> 40) & mask) << 4);
}

/** States of the keys that are cached; numbers of the others (u32) to `misses`. Returns how many are not. */
export function frontFind(cache: usize, mask: u32, keys: usize, n: u32, states: usize, misses: usize): u32 {
  let count: u32 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const key = load<u64>(keys + (k << 3));
    const entry = place(cache, mask, key);
    const state = load<u32>(entry, 8);
    store<u32>(states + (k << 2), state);
    store<u32>(misses + (count << 2), k);
    count += u32(load<u64>(entry) != key) | u32(state == 0);
  }
  return count;
}

/** Positions of the missed rows, to look them up. */
export function frontPositions(misses: usize, count: u32, sel: usize, out: usize): void {
  for (let m: u32 = 0; m < count; m++) {
    const k = load<u32>(misses + (m << 2));
    store<u32>(out + (m << 2), sel == 0 ? k : load<u32>(sel + (k << 2)));
  }
}

/** Puts the states found for missed rows in place and into the cache. */
export function frontLearn(cache: usize, mask: u32, keys: usize, misses: usize, count: u32, found: usize, states: usize): void {
  for (let m: u32 = 0; m < count; m++) {
    const k = load<u32>(misses + (m << 2));
    const state = load<u32>(found + (m << 2));
    store<u32>(states + (k << 2), state);
    const key = load<u64>(keys + (k << 3));
    const entry = place(cache, mask, key);
    store<u64>(entry, key);
    store<u32>(entry, state, 8);
  }
}
