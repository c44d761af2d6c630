import { codecOf, type Compression } from './compression/codec.js';
import { blocksOf } from './compression/find-blocks.js';
import type { FileFacts } from './files.js';

/** How a text that can be read from several places is cut into ranges: where the range begins that would begin at n·step, for n = 0, 1, 2, … None is empty. */
export interface TextRanges {
  /** Bytes of the text. */
  readonly size: number;
  readonly step: number;
  /** The first byte of a range: the one asked for, or less than a step before it. */
  startAt(byte: number): number;
}

/** Ranges of about `bytes`; undefined where a text is only read from its beginning on. Of a compressed one they begin where blocks do. Asked for `step`, it says the same again. */
export function textRanges(file: FileFacts, compression: Compression, bytes: number): TextRanges | undefined {
  const codec = codecOf(file.path, compression);
  if (codec === undefined) return { size: file.size, step: bytes, startAt: (byte) => byte };
  const blocks = blocksOf(file, codec);
  if (blocks === undefined) return undefined;
  // No block is longer than a step: one begins behind each n·step and not behind the next.
  const step = Math.max(bytes, blocks.longest);
  return { size: blocks.textBytes, step, startAt: (byte) => blocks.texts[blocks.at(byte)]! };
}
