// From definition levels to null bytes, and values that lie close together to the rows they belong to.

/**
 * Null bytes (1 = null) of `n` rows from the definition levels (u8) of a column that is not repeated: a value is there where the level is `most`. `nulls` may be `levels`. Returns
 * how many values are there, or −1 where a level is more than `most`, which is damage.
 */
export function levelsToNulls(levels: usize, n: u32, most: u32, nulls: usize): i32 {
  const whole = i8x16.splat(<i8>most);
  const ones = i8x16.splat(1);
  let beyond = i8x16.splat(0);
  let count: u32 = 0;
  let k: u32 = 0;
  for (; k + 16 <= n; k += 16) {
    const sixteen = v128.load(levels + k);
    beyond = v128.or(beyond, i8x16.gt_u(sixteen, whole));
    const absent = i8x16.ne(sixteen, whole);
    count += 16 - popcnt<u32>(<u32>i8x16.bitmask(absent));
    v128.store(nulls + k, v128.and(absent, ones));
  }
  if (v128.any_true(beyond)) return -1;
  for (; k < n; k++) {
    const level = <u32>load<u8>(levels + k);
    if (level > most) return -1;
    store<u8>(nulls + k, <u8>(level != most));
    count += <u32>(level == most);
  }
  return <i32>count;
}

/** How many of `n` null bytes (0 or 1) say that a value is there. */
export function countValues(nulls: usize, n: u32): u32 {
  let count = n;
  let k: u32 = 0;
  const zeros = i8x16.splat(0);
  for (; k + 16 <= n; k += 16) count -= popcnt<u32>(<u32>i8x16.bitmask(i8x16.ne(v128.load(nulls + k), zeros)));
  for (; k < n; k++) count -= <u32>load<u8>(nulls + k);
  return count;
}

/**
 * Values of 1 << shift bytes (shift 0, 2, 3, 4) that lie close together at `dense`, `count` of them, to the rows at `out` whose null bytes are 0; there must be
 * `count` such rows among the `n` (countValues says). Null rows become zeros. `out` may be `dense`: it is filled from its end. One value behind the last of `dense`
 * is read and ignored.
 */
export function expandValues(dense: usize, count: u32, nulls: usize, n: u32, shift: u32, out: usize): void {
  if (shift == 4) {
    let from = dense + (<usize>count << 4);
    for (let row = n; row > 0; row--) {
      const isNull = <u32>load<u8>(nulls + row - 1);
      from -= <usize>(1 - isNull) << 4;
      v128.store(out + (<usize>(row - 1) << 4), v128.andnot(v128.load(from), i32x4.splat(0 - isNull)));
    }
  } else if (shift == 3) {
    let from = dense + (<usize>count << 3);
    for (let row = n; row > 0; row--) {
      const isNull = <u32>load<u8>(nulls + row - 1);
      from -= <usize>(1 - isNull) << 3;
      store<u64>(out + (<usize>(row - 1) << 3), load<u64>(from) & (<u64>isNull - 1));
    }
  } else if (shift == 2) {
    let from = dense + (<usize>count << 2);
    for (let row = n; row > 0; row--) {
      const isNull = <u32>load<u8>(nulls + row - 1);
      from -= <usize>(1 - isNull) << 2;
      store<u32>(out + (<usize>(row - 1) << 2), load<u32>(from) & (isNull - 1));
    }
  } else {
    let from = dense + <usize>count;
    for (let row = n; row > 0; row--) {
      const isNull = <u32>load<u8>(nulls + row - 1);
      from -= <usize>(1 - isNull);
      store<u8>(out + row - 1, <u32>load<u8>(from) & (isNull - 1));
    }
  }
}
