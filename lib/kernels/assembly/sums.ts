// Sums of whole batches.

/** The sum of `n` i32 (fewer than 2^31). */
export function sumI32(values: usize, n: u32): i64 {
  let even = i64x2.splat(0);
  let odd = i64x2.splat(0);
  const whole = values + (<usize>(n & ~3) << 2);
  const end = values + (<usize>n << 2);
  for (; values < whole; values += 16) {
    const four = v128.load(values);
    even = i64x2.add(even, i64x2.extend_low_i32x4_s(four));
    odd = i64x2.add(odd, i64x2.extend_high_i32x4_s(four));
  }
  const both = i64x2.add(even, odd);
  let sum = i64x2.extract_lane(both, 0) + i64x2.extract_lane(both, 1);
  for (; values < end; values += 4) sum += <i64>load<i32>(values);
  return sum;
}
