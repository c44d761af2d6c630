import { DecompressedSource } from './compression/decompressed-source.js';
import { codecOf, type Compression } from './compression/codec.js';
import { FileSource } from './byte-source.js';
import { readBytes, type FileFacts } from './files.js';

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
  const codec = codecOf(file.path, compression);
  if (codec === undefined) return { bytes: readBytes(file.path, 0, Math.min(size, file.size)), isWhole: size >= file.size };
  const source = new DecompressedSource(file, codec);
  try {
    const bytes = Buffer.alloc(size);
    const read = source.read(0, bytes);
    // One byte more tells whether it ends here.
    const isWhole = read < size || source.read(read, new Uint8Array(1)) === 0;
    return { bytes: bytes.subarray(0, read), isWhole };
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
