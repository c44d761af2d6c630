// Parquet's Bloom filters: xxHash64 (seed 0) of a value's plain bytes, and a bit set of blocks of eight words, in each of which a value sets one bit.

import { VIEW_BYTES, VIEW_INLINE_MAX, VIEW_PREFIX, VIEW_REF } from './layout';

const PRIME1: u64 = 0x9e3779b185ebca87;
const PRIME2: u64 = 0xc2b2ae3d27d4eb4f;
const PRIME3: u64 = 0x165667b19e3779f9;
const PRIME4: u64 = 0x85ebca77c2b2ae63;
const PRIME5: u64 = 0x27d4eb2f165667c5;

// @ts-ignore: decorator
@inline
function round(accumulator: u64, word: u64): u64 {
  return rotl<u64>(accumulator + word * PRIME2, 31) * PRIME1;
}

// @ts-ignore: decorator
@inline
function merge(hash: u64, accumulator: u64): u64 {
  return (hash ^ round(0, accumulator)) * PRIME1 + PRIME4;
}

// @ts-ignore: decorator
@inline
function wordIn(hash: u64, word: u64): u64 {
  return rotl<u64>(hash ^ round(0, word), 27) * PRIME1 + PRIME4;
}

// @ts-ignore: decorator
@inline
function halfIn(hash: u64, half: u32): u64 {
  return rotl<u64>(hash ^ (<u64>half * PRIME1), 23) * PRIME2 + PRIME3;
}

// @ts-ignore: decorator
@inline
function finish(hash: u64): u64 {
  hash = (hash ^ (hash >> 33)) * PRIME2;
  hash = (hash ^ (hash >> 29)) * PRIME3;
  return hash ^ (hash >> 32);
}

function hashOf(at: usize, length: u32): u64 {
  const end = at + length;
  let hash: u64 = PRIME5;
  if (length >= 32) {
    let a = PRIME1 + PRIME2;
    let b: u64 = PRIME2;
    let c: u64 = 0;
    let d = 0 - PRIME1;
    do {
      a = round(a, load<u64>(at));
      b = round(b, load<u64>(at, 8));
      c = round(c, load<u64>(at, 16));
      d = round(d, load<u64>(at, 24));
      at += 32;
    } while (<u32>(end - at) >= 32);
    hash = rotl<u64>(a, 1) + rotl<u64>(b, 7) + rotl<u64>(c, 12) + rotl<u64>(d, 18);
    hash = merge(merge(merge(merge(hash, a), b), c), d);
  }
  hash += <u64>length;
  while (<u32>(end - at) >= 8) {
    hash = wordIn(hash, load<u64>(at));
    at += 8;
  }
  if (<u32>(end - at) >= 4) {
    hash = halfIn(hash, load<u32>(at));
    at += 4;
  }
  for (; at < end; at++) hash = rotl<u64>(hash ^ (<u64>load<u8>(at) * PRIME5), 11) * PRIME1;
  return finish(hash);
}

/** xxHash64 with seed 0 of `n` values of `width` bytes each, one after the other, as u64 to `hashes` (8 bytes each). */
export function xxhashFixed(values: usize, width: u32, n: u32, hashes: usize): void {
  if (width == 8) {
    for (let k: u32 = 0; k < n; k++) store<u64>(hashes + (<usize>k << 3), finish(wordIn(PRIME5 + 8, load<u64>(values + (<usize>k << 3)))));
  } else if (width == 4) {
    for (let k: u32 = 0; k < n; k++) store<u64>(hashes + (<usize>k << 3), finish(halfIn(PRIME5 + 4, load<u32>(values + (<usize>k << 2)))));
  } else {
    for (let k: u32 = 0; k < n; k++) store<u64>(hashes + (<usize>k << 3), hashOf(values + <usize>k * width, width));
  }
}

/** The same of the bytes of `n` views. */
export function xxhashViews(views: usize, n: u32, hashes: usize): void {
  for (let k: u32 = 0; k < n; k++) {
    const view = views + <usize>k * VIEW_BYTES;
    const length = load<u32>(view);
    store<u64>(hashes + (<usize>k << 3), hashOf(length <= VIEW_INLINE_MAX ? view + VIEW_PREFIX : <usize>load<u32>(view, VIEW_REF), length));
  }
}

/** Where the block of a hash lies: high bits choose it, low bits what it says. */
// @ts-ignore: decorator
@inline
function blockOf(bits: usize, blocks: u32, hash: u64): usize {
  return bits + (<usize>(((hash >> 32) * <u64>blocks) >> 32) << 5);
}

/** The bits of words 0 to 3 or 4 to 7 that a value sets, by products with fixed odd numbers. */
// @ts-ignore: decorator
@inline
function bitsOf(key: u32, high: bool): v128 {
  const salts = high ? i32x4(0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31) : i32x4(0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d);
  const places = i32x4.shr_u(i32x4.mul(i32x4.splat(key), salts), 27);
  // 2 to the place: as the exponent of a float, whose 31st power is too large for a signed number and becomes the wanted bit when saturated as an unsigned one.
  return i32x4.trunc_sat_f32x4_u(i32x4.add(i32x4.shl(places, 23), i32x4.splat(0x3f800000)));
}

/** Sets the bits of `n` hashes (u64) in a filter of `blocks` blocks of 32 bytes at `bits`. */
export function bloomInsert(bits: usize, blocks: u32, hashes: usize, n: u32): void {
  for (let k: u32 = 0; k < n; k++) {
    const hash = load<u64>(hashes + (<usize>k << 3));
    const block = blockOf(bits, blocks, hash);
    v128.store(block, v128.or(v128.load(block), bitsOf(<u32>hash, false)));
    v128.store(block, v128.or(v128.load(block, 16), bitsOf(<u32>hash, true)), 16);
  }
}
