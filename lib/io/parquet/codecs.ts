import { brotliDecompressSync, unzipSync } from 'node:zlib';
import type { DecoderContext } from '../source.js';
import { Damage } from '../damage.js';
import { zstdDecompress } from '../zstd.js';

/** Codecs by number. */
export const CODEC = { none: 0, snappy: 1, gzip: 2, lzo: 3, brotli: 4, lz4: 5, zstd: 6, lz4Raw: 7 } as const;

export const CODEC_NAMES = ['uncompressed', 'snappy', 'gzip', 'lzo', 'brotli', 'lz4', 'zstd', 'lz4_raw'] as const;

type Executor = DecoderContext['executor'];

/**
 * Where the text of a compressed block lies if it needs no decompressing; 0 elsewhere.
 */
export function textInPlace({ kernels }: Executor, codec: number, source: number, bytes: number, textBytes: number): number {
  if (codec === CODEC.none) return bytes === textBytes ? source : 0;
  return codec === CODEC.snappy ? kernels['snappyLiteral']!(source, source + bytes, textBytes) >>> 0 : 0;
}

/**
 * Decompresses `bytes` at `source` to exactly `textBytes` at `out`, never writing beyond them.
 * @throws Damage, whose offset is that of the block.
 */
export function decompress(
  executor: Executor,
  codec: number,
  source: number,
  bytes: number,
  out: number,
  textBytes: number,
): void {
  const { kernels, views } = executor;
  const compressed = (): Uint8Array => views.u8.subarray(source, source + bytes);
  let written = -1;
  switch (codec) {
    case CODEC.none:
      written = bytes === textBytes ? kernels['memoryCopy']!(source, bytes, out) | textBytes : -1;
      break;
    case CODEC.snappy:
      written = kernels['snappyDecompress']!(source, source + bytes, out, textBytes);
      break;
    case CODEC.lz4Raw:
      written = kernels['lz4Decompress']!(source, source + bytes, out, out, textBytes);
      break;
    case CODEC.lz4:
      written = hadoopLz4(executor, source, bytes, out, textBytes);
      break;
    case CODEC.gzip:
      written = place(executor, out, textBytes, () => unzipSync(compressed(), { maxOutputLength: Math.max(1, textBytes) }));
      break;
    case CODEC.brotli:
      written = place(executor, out, textBytes, () =>
        brotliDecompressSync(compressed(), { maxOutputLength: Math.max(1, textBytes) }),
      );
      break;
    case CODEC.zstd:
      written = place(executor, out, textBytes, () => zstdDecompress(compressed(), textBytes));
      break;
    default:
      throw new Damage(0, `the codec has the number ${codec}, which is not supported`);
  }
  if (written !== textBytes)
    throw new Damage(0, `a ${CODEC_NAMES[codec]} block should have ${textBytes} bytes of text and has not`);
}

function place({ views }: Executor, out: number, room: number, run: () => Uint8Array): number {
  let text: Uint8Array;
  try {
    text = run();
  } catch {
    // Whatever the library says: the block is damaged, or its text longer than it should be.
    return -1;
  }
  if (text.length > room) return -1;
  views.u8.set(text, out);
  return text.length;
}

/**
 * What Hadoop writes for lz4: blocks behind big-endian lengths of the text and of the block. Other writers of the same codec number wrote bare blocks; what is no chain of
 * Hadoop's is taken for one.
 */
function hadoopLz4({ kernels, views }: Executor, source: number, bytes: number, out: number, textBytes: number): number {
  const word = (at: number): number =>
    views.u8[at]! * 0x1000000 + ((views.u8[at + 1]! << 16) | (views.u8[at + 2]! << 8) | views.u8[at + 3]!);
  let at = source;
  let done = 0;
  const end = source + bytes;
  while (end - at >= 8) {
    const [text, block] = [word(at), word(at + 4)];
    at += 8;
    if (text > textBytes - done || block > end - at) break;
    if (kernels['lz4Decompress']!(at, at + block, out + done, out + done, text) !== text) break;
    at += block;
    done += text;
  }
  if (at === end && done === textBytes) return done;
  return kernels['lz4Decompress']!(source, end, out, out, textBytes);
}
