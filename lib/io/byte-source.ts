import { closeSync, fstatSync, readSync } from 'node:fs';
import { fileChanged, systemError } from './errors.js';
import { openUnchanged, type FileFacts } from './files.js';

/** Bytes that decoders read by ranges: a file, later an object store. */
export interface ByteSource {
  /** Bytes in all; Infinity as long as nobody knows, which is so for what is decompressed until its end was seen. */
  readonly size: number;
  /** Fills `target`, which may lie in shared memory, with what begins at `position`. Returns how many bytes those are: fewer only where the source ends. */
  read(position: number, target: Uint8Array): number;
}

/** An open file, checked to be what it was when it was inspected. @throws DataError where it is not, and where it may not be read. */
export class FileSource implements ByteSource {
  readonly size: number;
  bytesRead = 0;
  #descriptor: number;

  constructor(readonly file: FileFacts) {
    this.size = file.size;
    this.#descriptor = openUnchanged(file);
  }

  read(position: number, target: Uint8Array): number {
    const bytes = Math.min(target.length, this.size - position);
    let filled = 0;
    while (filled < bytes) {
      const read = this.#readPiece(position + filled, target, filled, bytes - filled);
      // It was longer when it was opened.
      if (read === 0) throw fileChanged(this.file.path);
      filled += read;
    }
    this.bytesRead += filled;
    return filled;
  }

  #readPiece(position: number, target: Uint8Array, at: number, bytes: number): number {
    try {
      return readSync(this.#descriptor, target, at, bytes, position);
    } catch (error) {
      throw systemError(error, this.file.path);
    }
  }

  /** For a file that stays open. @throws DataError where it is not what it was any more. */
  verify(): void {
    const { size, mtimeMs } = fstatSync(this.#descriptor);
    if (size !== this.file.size || mtimeMs !== this.file.modified) throw fileChanged(this.file.path);
  }

  close(): void {
    if (this.#descriptor !== -1) closeSync(this.#descriptor);
    this.#descriptor = -1;
  }
}
