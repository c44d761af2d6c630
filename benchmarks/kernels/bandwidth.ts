const BYTES = 256 << 20;
const PIECE_BYTES = 1 << 20;
const ROUNDS = 5;

/** Bytes a second that one thread moves: a copy reads and writes each byte. The ceiling of every kernel. */
export function copyBandwidth(): number {
  const bytes = new Uint8Array(BYTES);
  bytes.fill(1);
  const half = BYTES / 2;
  let best = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    for (let at = 0; at < half; at += PIECE_BYTES) bytes.copyWithin(half + at, at, at + PIECE_BYTES);
    best = Math.max(best, BYTES / ((performance.now() - start) / 1000));
  }
  return best;
}
