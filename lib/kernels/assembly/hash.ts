// Hashing of canonical key words. No crc32 or wide multiplication in WebAssembly: one 64-bit multiplication a word, folded.

const MULTIPLIER: u64 = 0x9e3779b97f4a7c15;
const FINISHER: u64 = 0xd6e8feb86659fd93;

/** Mixes a word in. The fold before the product brings high bits (floats have no others) down to where they spread. */
// @ts-ignore: decorator
@inline
export function hashMix(hash: u64, word: u64): u64 {
  const x = hash ^ word;
  return (x ^ (x >> 32)) * MULTIPLIER;
}

/** 32 good bits: tables take low ones, partitions high ones. */
// @ts-ignore: decorator
@inline
export function hashFinish(hash: u64): u32 {
  return <u32>(((hash ^ (hash >> 32)) * FINISHER) >> 32);
}

/** Content of a long string, eight bytes at a time. The last word is padded with zeros. */
export function hashBytes(hash: u64, at: usize, length: u32): u64 {
  let h = hash;
  const words = at + (length & ~7);
  for (; at < words; at += 8) h = hashMix(h, load<u64>(at));
  const rest = length & 7;
  if (rest != 0) {
    let last: u64 = 0;
    for (let i: u32 = 0; i < rest; i++) last |= <u64>load<u8>(at + i) << (i << 3);
    h = hashMix(h, last);
  }
  return h;
}

/** Whether two spans hold the same bytes. */
export function sameBytes(a: usize, b: usize, length: u32): bool {
  const end = a + (length & ~7);
  while (a < end) {
    if (load<u64>(a) != load<u64>(b)) return false;
    a += 8;
    b += 8;
  }
  for (let i: u32 = 0; i < (length & 7); i++) {
    if (load<u8>(a + i) != load<u8>(b + i)) return false;
  }
  return true;
}
