import type { Buffer } from '../buffers.js';
import type { ReaderSpace } from './reader-space.js';

const HEADER_BYTES_MAX = 5;

/**
 * Levels in the encoding of the oldest writers (BIT_PACKED: no runs, no length, the highest bit first), written anew as one packed run of the hybrid that all others use. Returns that
 * buffer, which is the caller's, its end, and how many bytes the levels had; undefined where they do not end before `end`.
 */
export function repackLevels(
  space: ReaderSpace,
  address: number,
  end: number,
  most: number,
  count: number,
): { readonly buffer: Buffer; readonly end: number; readonly bytes: number } | undefined {
  const { u8 } = space.context.executor.views;
  const width = 32 - Math.clz32(most);
  const bytes = Math.ceil((count * width) / 8);
  if (bytes > end - address) return undefined;
  const groups = Math.ceil(count / 8);
  const buffer = space.pool.take(HEADER_BYTES_MAX + groups * width + 32);
  let at = buffer.address;
  for (let header = groups * 2 + 1; ; header = Math.floor(header / 128)) {
    u8[at++] = header < 128 ? header : (header % 128) + 128;
    if (header < 128) break;
  }
  const start = at;
  u8.fill(0, start, start + groups * width);
  for (let i = 0; i < count * width; i++) {
    // Bit k of a value, counted from its highest, becomes the bit counted so from its lowest.
    const value = Math.floor(i / width);
    const to = value * width + (width - 1 - (i % width));
    const bit = (u8[address + (i >>> 3)]! >>> (7 - (i & 7))) & 1;
    u8[start + (to >>> 3)]! |= bit << (to & 7);
  }
  return { buffer, end: start + groups * width, bytes };
}
