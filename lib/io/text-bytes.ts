import { DecompressedSource } from './compression/decompressed-source.js';
import { codecOf, type Compression } from './compression/codec.js';
import { FileSource } from './byte-source.js';
import type { FileFacts } from './files.js';

/** The bytes of a file of text, decompressed: whoever asked closes them. */
export function openText(file: FileFacts, compression: Compression): FileSource | DecompressedSource {
  const codec = codecOf(file.path, compression);
  return codec === undefined ? new FileSource(file) : new DecompressedSource(file, codec);
}

/** The first bytes of a text, and whether they are all of it. */
export function readHead(
  file: FileFacts,
  compression: Compression,
  size: number,
): { readonly bytes: Buffer; readonly isWhole: boolean } {
  const source = openText(file, compression);
  try {
    const bytes = Buffer.alloc(Math.min(size, source.size));
    const read = source.read(0, bytes);
    // One byte more tells whether it ends here.
    const isWhole = read < size || source.read(read, new Uint8Array(1)) === 0;
    return { bytes: bytes.subarray(0, read), isWhole };
  } finally {
    source.close();
  }
}

/** `size` bytes of a text from `position` on, fewer at its end: of one that has ranges. */
export function readText(file: FileFacts, compression: Compression, position: number, size: number): Buffer {
  const source = openText(file, compression);
  try {
    const bytes = Buffer.alloc(size);
    return bytes.subarray(0, source.read(position, bytes));
  } finally {
    source.close();
  }
}

const NEWLINE = 10;
const PIECE_BYTES = 1 << 20;

/** 1-based line of a byte of a text: counted only when an error needs it. */
export function lineOf(file: FileFacts, compression: Compression, byte: number): number {
  const source = openText(file, compression);
  try {
    const buffer = Buffer.alloc(PIECE_BYTES);
    let line = 1;
    for (let at = 0; at < byte;) {
      const read = source.read(at, buffer.subarray(0, Math.min(PIECE_BYTES, byte - at)));
      if (read === 0) break;
      for (let i = buffer.indexOf(NEWLINE); i !== -1 && i < read; i = buffer.indexOf(NEWLINE, i + 1)) line++;
      at += read;
    }
    return line;
  } finally {
    source.close();
  }
}
