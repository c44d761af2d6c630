// Dictionary indices (u32) to values. Every index is compared with the dictionary's size before it is used.

/** Whether each of `n` indices is below `size`. */
export function indicesBelow(indices: usize, n: u32, size: u32): bool {
  let most = i32x4.splat(0);
  let k: u32 = 0;
  for (; k + 4 <= n; k += 4) most = i32x4.max_u(most, v128.load(indices + (<usize>k << 2)));
  let largest = max<u32>(
    max<u32>(i32x4.extract_lane(most, 0), i32x4.extract_lane(most, 1)),
    max<u32>(i32x4.extract_lane(most, 2), i32x4.extract_lane(most, 3)),
  );
  for (; k < n; k++) largest = max<u32>(largest, load<u32>(indices + (<usize>k << 2)));
  return n == 0 || largest < size;
}

/**
 * Values of 1 << shift bytes (shift 2, 3, 4) of a dictionary that has `size` of them, for `n` indices (u32), to `out`. `out` may be `indices` where shift is 2. Returns 0, or −1 where an
 * index is not below `size`; nothing is written then.
 */
export function gatherValues(dictionary: usize, size: u32, indices: usize, n: u32, shift: u32, out: usize): i32 {
  if (!indicesBelow(indices, n, size)) return -1;
  const end = indices + (<usize>n << 2);
  if (shift == 3) {
    for (; indices + 16 <= end; indices += 16) {
      const a = load<u64>(dictionary + (<usize>load<u32>(indices) << 3));
      const b = load<u64>(dictionary + (<usize>load<u32>(indices, 4) << 3));
      const c = load<u64>(dictionary + (<usize>load<u32>(indices, 8) << 3));
      const d = load<u64>(dictionary + (<usize>load<u32>(indices, 12) << 3));
      store<u64>(out, a);
      store<u64>(out, b, 8);
      store<u64>(out, c, 16);
      store<u64>(out, d, 24);
      out += 32;
    }
    for (; indices < end; indices += 4) {
      store<u64>(out, load<u64>(dictionary + (<usize>load<u32>(indices) << 3)));
      out += 8;
    }
  } else if (shift == 2) {
    for (; indices + 16 <= end; indices += 16) {
      const a = load<u32>(dictionary + (<usize>load<u32>(indices) << 2));
      const b = load<u32>(dictionary + (<usize>load<u32>(indices, 4) << 2));
      const c = load<u32>(dictionary + (<usize>load<u32>(indices, 8) << 2));
      const d = load<u32>(dictionary + (<usize>load<u32>(indices, 12) << 2));
      store<u32>(out, a);
      store<u32>(out, b, 4);
      store<u32>(out, c, 8);
      store<u32>(out, d, 12);
      out += 16;
    }
    for (; indices < end; indices += 4) {
      store<u32>(out, load<u32>(dictionary + (<usize>load<u32>(indices) << 2)));
      out += 4;
    }
  } else {
    for (; indices < end; indices += 4) {
      v128.store(out, v128.load(dictionary + (<usize>load<u32>(indices) << 4)));
      out += 16;
    }
  }
  return 0;
}

/**
 * The same for the rows of a selection only: for each of `n` positions (u32) at `sel`, out[position] becomes the value of indices[position]. Returns 0, or −1 where an index of these is
 * not below `size`; `out` then holds part of them.
 */
export function gatherSelected(dictionary: usize, size: u32, indices: usize, sel: usize, n: u32, shift: u32, out: usize): i32 {
  const end = sel + (<usize>n << 2);
  if (shift == 3) {
    for (; sel < end; sel += 4) {
      const position = <usize>load<u32>(sel);
      const index = load<u32>(indices + (position << 2));
      if (index >= size) return -1;
      store<u64>(out + (position << 3), load<u64>(dictionary + (<usize>index << 3)));
    }
  } else if (shift == 2) {
    for (; sel < end; sel += 4) {
      const position = <usize>load<u32>(sel);
      const index = load<u32>(indices + (position << 2));
      if (index >= size) return -1;
      store<u32>(out + (position << 2), load<u32>(dictionary + (<usize>index << 2)));
    }
  } else {
    for (; sel < end; sel += 4) {
      const position = <usize>load<u32>(sel);
      const index = load<u32>(indices + (position << 2));
      if (index >= size) return -1;
      v128.store(out + (position << 4), v128.load(dictionary + (<usize>index << 4)));
    }
  }
  return 0;
}

/**
 * Indices as bytes, for a dictionary of at most 256 values: codes of a batch. Returns 0, or −1 where an index is not below `size`. `codes` may be `indices`.
 */
export function indicesToCodes(indices: usize, n: u32, size: u32, codes: usize): i32 {
  if (!indicesBelow(indices, n, min<u32>(size, 256))) return -1;
  let k: u32 = 0;
  for (; k + 16 <= n; k += 16) {
    const at = indices + (<usize>k << 2);
    const low = i16x8.narrow_i32x4_u(v128.load(at), v128.load(at, 16));
    const high = i16x8.narrow_i32x4_u(v128.load(at, 32), v128.load(at, 48));
    v128.store(codes + k, i8x16.narrow_i16x8_u(low, high));
  }
  for (; k < n; k++) store<u8>(codes + k, load<u32>(indices + (<usize>k << 2)));
  return 0;
}
