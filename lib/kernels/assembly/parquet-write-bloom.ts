// Bloom filters of Parquet files: split blocks of 32 bytes, filled by XXH64 of values as plain pages have them.

import { VIEW_INLINE_MAX, VIEW_PREFIX, VIEW_REF } from './layout';

const PRIME1: u64 = 0x9e3779b185ebca87;
const PRIME2: u64 = 0xc2b2ae3d27d4eb4f;
const PRIME3: u64 = 0x165667b19e3779f9;
const PRIME4: u64 = 0x85ebca77c2b2ae63;
const PRIME5: u64 = 0x27d4eb2f165667c5;

// @ts-ignore: decorator
@inline
function round(lane: u64, word: u64): u64 {
  return rotl<u64>(lane + word * PRIME2, 31) * PRIME1;
}

// @ts-ignore: decorator
@inline
function avalanche(hash: u64): u64 {
  let h = hash;
  h = (h ^ (h >> 33)) * PRIME2;
  h = (h ^ (h >> 29)) * PRIME3;
  return h ^ (h >> 32);
}

// @ts-ignore: decorator
@inline
function mergeLane(hash: u64, lane: u64): u64 {
  return (hash ^ round(0, lane)) * PRIME1 + PRIME4;
}

/** XXH64 of bytes with seed 0. */
function hashOf(from: usize, length: u32): u64 {
  let at = from;
  const end = from + length;
  let hash: u64;
  if (length >= 32) {
    let a = PRIME1 + PRIME2;
    let b = PRIME2;
    let c: u64 = 0;
    let d: u64 = 0 - PRIME1;
    for (; end - at >= 32; at += 32) {
      a = round(a, load<u64>(at));
      b = round(b, load<u64>(at, 8));
      c = round(c, load<u64>(at, 16));
      d = round(d, load<u64>(at, 24));
    }
    hash = rotl<u64>(a, 1) + rotl<u64>(b, 7) + rotl<u64>(c, 12) + rotl<u64>(d, 18);
    hash = mergeLane(mergeLane(mergeLane(mergeLane(hash, a), b), c), d);
  } else {
    hash = PRIME5;
  }
  hash += length;
  for (; end - at >= 8; at += 8) hash = rotl<u64>(hash ^ round(0, load<u64>(at)), 27) * PRIME1 + PRIME4;
  if (end - at >= 4) {
    hash = rotl<u64>(hash ^ (<u64>load<u32>(at) * PRIME1), 23) * PRIME2 + PRIME3;
    at += 4;
  }
  for (; at < end; at++) hash = rotl<u64>(hash ^ (<u64>load<u8>(at) * PRIME5), 11) * PRIME1;
  return avalanche(hash);
}

/** Hashes (u64) of n values of `width` bytes, one after the other. */
export function parquetHashes(values: usize, n: u32, width: u32, out: usize): void {
  for (let k: u32 = 0; k < n; k++) store<u64>(out + (<usize>k << 3), hashOf(values + <usize>(k * width), width));
}

/** The same of views, references of long ones counted from `base`. */
export function parquetViewHashes(views: usize, n: u32, base: usize, out: usize): void {
  for (let k: u32 = 0; k < n; k++) {
    const view = views + (<usize>k << 4);
    const length = load<u32>(view);
    const from = length <= VIEW_INLINE_MAX ? view + VIEW_PREFIX : base + <usize>load<u32>(view, VIEW_REF);
    store<u64>(out + (<usize>k << 3), hashOf(from, length));
  }
}

// @ts-ignore: decorator
@inline
function mark(block: usize, word: usize, key: u32, salt: u32): void {
  const at = block + word;
  store<u32>(at, load<u32>(at) | ((<u32>1) << ((key * salt) >> 27)));
}

/** Puts n hashes into a filter of so many blocks, zeroed before. */
export function parquetBloom(hashes: usize, n: u32, filter: usize, blocks: u32): void {
  for (let k: u32 = 0; k < n; k++) {
    const hash = load<u64>(hashes + (<usize>k << 3));
    const block = filter + (<usize>(((hash >> 32) * <u64>blocks) >> 32) << 5);
    const key = <u32>hash;
    mark(block, 0, key, 0x47b6137b);
    mark(block, 4, key, 0x44974d91);
    mark(block, 8, key, 0x8824ad5b);
    mark(block, 12, key, 0xa2b7289d);
    mark(block, 16, key, 0x705495c7);
    mark(block, 20, key, 0x2df1424b);
    mark(block, 24, key, 0x9efc4947);
    mark(block, 28, key, 0x5c6bfb31);
  }
}
