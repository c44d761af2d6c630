/** What the kernels of Bloom filters mean, a bit or a byte at a time. */

const MASK = 0xffffffffffffffffn;
const PRIMES = [
  0n,
  0x9e3779b185ebca87n,
  0xc2b2ae3d27d4eb4fn,
  0x165667b19e3779f9n,
  0x85ebca77c2b2ae63n,
  0x27d4eb2f165667c5n,
] as const;
const SALTS = [0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31];

const rotate = (value: bigint, by: number): bigint => ((value << BigInt(by)) | (value >> BigInt(64 - by))) & MASK;
const product = (a: bigint, b: bigint): bigint => (a * b) & MASK;
const round = (accumulator: bigint, word: bigint): bigint =>
  product(rotate((accumulator + product(word, PRIMES[2])) & MASK, 31), PRIMES[1]);

/** xxHash64 with seed 0. */
export function xxhash64Of(bytes: Uint8Array): bigint {
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  let hash: bigint = PRIMES[5];
  if (bytes.length >= 32) {
    const lanes: bigint[] = [(PRIMES[1] + PRIMES[2]) & MASK, PRIMES[2], 0n, -PRIMES[1] & MASK];
    for (; at + 32 <= bytes.length; at += 32)
      lanes.forEach((lane, i) => (lanes[i] = round(lane, words.getBigUint64(at + 8 * i, true))));
    hash = [1, 7, 12, 18].reduce<bigint>((sum, by, i) => (sum + rotate(lanes[i]!, by)) & MASK, 0n);
    for (const lane of lanes) hash = (product(hash ^ round(0n, lane), PRIMES[1]) + PRIMES[4]) & MASK;
  }
  hash = (hash + BigInt(bytes.length)) & MASK;
  for (; at + 8 <= bytes.length; at += 8) {
    hash = (product(rotate(hash ^ round(0n, words.getBigUint64(at, true)), 27), PRIMES[1]) + PRIMES[4]) & MASK;
  }
  if (at + 4 <= bytes.length) {
    hash = (product(rotate(hash ^ product(BigInt(words.getUint32(at, true)), PRIMES[1]), 23), PRIMES[2]) + PRIMES[3]) & MASK;
    at += 4;
  }
  for (; at < bytes.length; at++) hash = product(rotate(hash ^ product(BigInt(bytes[at]!), PRIMES[5]), 11), PRIMES[1]);
  hash = product(hash ^ (hash >> 33n), PRIMES[2]);
  hash = product(hash ^ (hash >> 29n), PRIMES[3]);
  return hash ^ (hash >> 32n);
}

/** The bits that a hash sets in a split-block filter of that many blocks of 256 bits. */
export function bloomBits(hash: bigint, blocks: number): number[] {
  const block = Number(((hash >> 32n) * BigInt(blocks)) >> 32n);
  const key = Number(hash & 0xffffffffn);
  return SALTS.map((salt, word) => block * 256 + word * 32 + (Math.imul(key, salt) >>> 27));
}
