// How large the integers of a batch are, so that decimals are computed in 64 bits where they fit (codegen/bounds.ts).

/** What integers that do not fit 64 bits have. */
const UNBOUNDED: u32 = 129;

// x ^ 2x has its highest bit where the sign of x begins: the highest of all such is the highest of their union.

/**
 * Bound of `n` integers (i64, `wide`: i128) at `sel`, 0: the first n. None is above 2^(bound - 1) in magnitude. `nulls`: a byte a row, 0 where there are none; what a null
 * row holds does not count.
 */
export function decimalBound(values: usize, wide: u32, nulls: usize, sel: usize, n: u32): u32 {
  if (wide != 0) return boundOfWide(values, nulls, sel, n);
  let bits: u64 = 0;
  let k: u32 = 0;
  if (nulls != 0) {
    for (; k < n; k++) {
      const row = sel == 0 ? k : load<u32>(sel + (k << 2));
      const value = load<u64>(values + (row << 3)) & (<u64>load<u8>(nulls + row) - 1);
      bits |= value ^ (value + value);
    }
    return boundOf(bits);
  }
  if (sel != 0) {
    for (; k < n; k++) {
      const value = load<u64>(values + (load<u32>(sel + (k << 2)) << 3));
      bits |= value ^ (value + value);
    }
    return boundOf(bits);
  }
  let a = i64x2.splat(0);
  let b = i64x2.splat(0);
  for (; k + 4 <= n; k += 4) {
    const at = values + (k << 3);
    const x = v128.load(at);
    const y = v128.load(at, 16);
    a = v128.or(a, v128.xor(x, i64x2.add(x, x)));
    b = v128.or(b, v128.xor(y, i64x2.add(y, y)));
  }
  a = v128.or(a, b);
  bits = <u64>i64x2.extract_lane(a, 0) | <u64>i64x2.extract_lane(a, 1);
  for (; k < n; k++) {
    const value = load<u64>(values + (k << 3));
    bits |= value ^ (value + value);
  }
  return boundOf(bits);
}

// @ts-ignore: decorator
@inline
function boundOf(bits: u64): u32 {
  return bits == 0 ? 1 : 64 - <u32>clz(bits);
}

function boundOfWide(values: usize, nulls: usize, sel: usize, n: u32): u32 {
  let bits: u64 = 0;
  let beyond: u64 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const row = sel == 0 ? k : load<u32>(sel + (k << 2));
    const live = nulls == 0 ? <u64>-1 : <u64>load<u8>(nulls + row) - 1;
    const at = values + (row << 4);
    const low = load<u64>(at) & live;
    bits |= low ^ (low + low);
    beyond |= (load<u64>(at, 8) & live) ^ <u64>(<i64>low >> 63);
  }
  return beyond == 0 ? boundOf(bits) : UNBOUNDED;
}
