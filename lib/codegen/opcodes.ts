/** The instructions compiled code uses, by their WebAssembly names with `_` for `.`. */
// prettier-ignore
export const OP = {
  unreachable: 0x00, block: 0x02, loop: 0x03, if_: 0x04, else_: 0x05, end: 0x0b, br: 0x0c, br_if: 0x0d, return_: 0x0f, call: 0x10,
  drop: 0x1a, select: 0x1b, local_get: 0x20, local_set: 0x21, local_tee: 0x22,
  i32_load: 0x28, i64_load: 0x29, f32_load: 0x2a, f64_load: 0x2b, i32_load8_s: 0x2c, i32_load8_u: 0x2d, i32_load16_s: 0x2e, i32_load16_u: 0x2f,
  i64_load8_u: 0x31, i64_load32_s: 0x34, i64_load32_u: 0x35,
  i32_store: 0x36, i64_store: 0x37, f32_store: 0x38, f64_store: 0x39, i32_store8: 0x3a, i32_store16: 0x3b, i64_store8: 0x3c, i64_store32: 0x3e,
  i32_const: 0x41, i64_const: 0x42, f32_const: 0x43, f64_const: 0x44,
  i32_eqz: 0x45, i32_eq: 0x46, i32_ne: 0x47, i32_lt_s: 0x48, i32_lt_u: 0x49, i32_gt_s: 0x4a, i32_gt_u: 0x4b, i32_le_s: 0x4c, i32_le_u: 0x4d, i32_ge_s: 0x4e, i32_ge_u: 0x4f,
  i64_eqz: 0x50, i64_eq: 0x51, i64_ne: 0x52, i64_lt_s: 0x53, i64_lt_u: 0x54, i64_gt_s: 0x55, i64_gt_u: 0x56, i64_le_s: 0x57, i64_le_u: 0x58, i64_ge_s: 0x59, i64_ge_u: 0x5a,
  f64_eq: 0x61, f64_ne: 0x62, f64_lt: 0x63, f64_gt: 0x64, f64_le: 0x65, f64_ge: 0x66,
  i32_clz: 0x67, i32_ctz: 0x68, i32_popcnt: 0x69, i32_add: 0x6a, i32_sub: 0x6b, i32_mul: 0x6c, i32_div_s: 0x6d, i32_div_u: 0x6e, i32_rem_s: 0x6f, i32_rem_u: 0x70,
  i32_and: 0x71, i32_or: 0x72, i32_xor: 0x73, i32_shl: 0x74, i32_shr_s: 0x75, i32_shr_u: 0x76, i32_rotl: 0x77,
  i64_clz: 0x79, i64_ctz: 0x7a, i64_popcnt: 0x7b, i64_add: 0x7c, i64_sub: 0x7d, i64_mul: 0x7e, i64_div_s: 0x7f, i64_div_u: 0x80, i64_rem_s: 0x81, i64_rem_u: 0x82,
  i64_and: 0x83, i64_or: 0x84, i64_xor: 0x85, i64_shl: 0x86, i64_shr_s: 0x87, i64_shr_u: 0x88, i64_rotl: 0x89,
  f64_abs: 0x99, f64_neg: 0x9a, f64_ceil: 0x9b, f64_floor: 0x9c, f64_trunc: 0x9d, f64_nearest: 0x9e, f64_sqrt: 0x9f,
  f64_add: 0xa0, f64_sub: 0xa1, f64_mul: 0xa2, f64_div: 0xa3, f64_min: 0xa4, f64_max: 0xa5, f64_copysign: 0xa6,
  i32_wrap_i64: 0xa7, i64_extend_i32_s: 0xac, i64_extend_i32_u: 0xad, f32_demote_f64: 0xb6, f64_convert_i32_s: 0xb7, f64_convert_i32_u: 0xb8, f64_convert_i64_s: 0xb9, f64_convert_i64_u: 0xba, f64_promote_f32: 0xbb,
  f32_convert_i64_s: 0xb4, f32_convert_i32_s: 0xb2,
  i64_reinterpret_f64: 0xbd, f64_reinterpret_i64: 0xbf, i32_extend8_s: 0xc0, i32_extend16_s: 0xc1,
} as const;

/** Saturating truncations: two bytes, used as `f.op(...TRUNC.i32_f64)`. Never trap. */
export const TRUNC = { i32_f64: [0xfc, 2], i64_f64: [0xfc, 6] } as const;

/** After the 0xfd prefix. */
// prettier-ignore
export const SIMD = {
  v128_load: 0, v128_load64_zero: 93, v128_store: 11, i32x4_splat: 17, i64x2_splat: 18, f64x2_splat: 20, v128_const: 12,
  i32x4_extract_lane: 27, i64x2_extract_lane: 29, f64x2_extract_lane: 33, f64x2_replace_lane: 34,
  i32x4_eq: 55, i32x4_ne: 56, i32x4_lt_s: 57, i32x4_gt_s: 59, i32x4_le_s: 61, i32x4_ge_s: 63,
  f64x2_eq: 71, f64x2_ne: 72, f64x2_lt: 73, f64x2_gt: 74, f64x2_le: 75, f64x2_ge: 76,
  v128_not: 77, v128_and: 78, v128_andnot: 79, v128_or: 80, v128_xor: 81, v128_bitselect: 82,
  i8x16_bitmask: 100, i32x4_bitmask: 164, i64x2_bitmask: 196, i8x16_shuffle: 13,
  i64x2_add: 206, i64x2_eq: 214, i64x2_ne: 215, i64x2_lt_s: 216, i64x2_gt_s: 217, i64x2_le_s: 218, i64x2_ge_s: 219,
  f64x2_add: 240, f64x2_sub: 241, f64x2_mul: 242, i64x2_extend_low_i32x4_s: 199, i64x2_extend_high_i32x4_s: 200, i32x4_add: 174, i32x4_min_s: 182, i32x4_max_s: 184,
} as const;
