import type { DecoderContext } from '../source.js';
import { zstdDecompress } from '../zstd.js';

type Executor = DecoderContext['executor'];

/** LZ4's frames: magic, a byte of flags, a byte for the size of blocks, lengths that the flags tell of, a checksum of these; then blocks behind their lengths. */
const FRAME_MAGIC = 0x184d2204;
const FLAG = { version: 0xc0, blockChecksum: 0x10, contentSize: 0x08, contentChecksum: 0x04, dictionary: 0x01 } as const;
const VERSION_1 = 0x40;
const STORED = 0x80000000;

/**
 * Decompresses the LZ4 frame of `bytes` bytes at `source` to `out`, which has room for `room`. Returns how many bytes were written, or −1 where it is damaged or its text longer.
 */
export function lz4FrameDecompress(executor: Executor, source: number, bytes: number, out: number, room: number): number {
  const { kernels, views } = executor;
  const end = source + bytes;
  const word = (at: number): number => {
    const { u8 } = views;
    return (u8[at]! | (u8[at + 1]! << 8) | (u8[at + 2]! << 16) | (u8[at + 3]! << 24)) >>> 0;
  };
  if (bytes < 7 || word(source) !== FRAME_MAGIC) return -1;
  const flags = views.u8[source + 4]!;
  if ((flags & FLAG.version) !== VERSION_1 || (flags & FLAG.dictionary) !== 0) return -1;
  let at = source + 7 + ((flags & FLAG.contentSize) === 0 ? 0 : 8);
  let done = 0;
  while (end - at >= 4) {
    const length = word(at);
    at += 4;
    if (length === 0) return done;
    const size = length & ~STORED;
    if (size > end - at) return -1;
    if (length >= STORED) {
      if (size > room - done) return -1;
      kernels['memoryCopy']!(at, size, out + done);
      done += size;
    } else {
      // Blocks may refer to those before.
      const written = kernels['lz4Decompress']!(at, at + size, out, out + done, room - done);
      if (written < 0) return -1;
      done += written;
    }
    at += size + ((flags & FLAG.blockChecksum) === 0 ? 0 : 4);
  }
  return -1;
}

/** Decompresses zstd to `out`; as above. */
export function zstdFrameDecompress({ views }: Executor, source: number, bytes: number, out: number, room: number): number {
  let text: Uint8Array;
  try {
    text = zstdDecompress(views.u8.subarray(source, source + bytes), room);
  } catch {
    // Whatever the library says: the frame is damaged, or its text longer than it should be.
    return -1;
  }
  if (text.length > room) return -1;
  views.u8.set(text, out);
  return text.length;
}
