import { FileSource, type ByteSource } from '../byte-source.js';
import type { FileFacts } from '../files.js';

/** Bytes with a name for errors. */
export interface ArrowInput extends ByteSource {
  readonly file: FileFacts;
  close(): void;
}

/** An open file. */
export const openInput = (facts: FileFacts): ArrowInput => new FileSource(facts);

/** Bytes that somebody has in memory. */
export class BytesInput implements ArrowInput {
  readonly file: FileFacts;
  readonly size: number;

  constructor(private readonly bytes: Uint8Array) {
    this.size = bytes.length;
    this.file = { path: 'bytes in memory', size: bytes.length, modified: 0 };
  }

  read(position: number, target: Uint8Array): number {
    const piece = this.bytes.subarray(position, position + target.length);
    target.set(piece);
    return piece.length;
  }

  close(): void {}
}
