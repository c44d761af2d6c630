import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { DataError } from '../core/errors.js';
import type { FileFacts } from './files.js';

/** Bytes that decoders read by ranges: a file, later an object store. */
export interface ByteSource {
  /** Bytes in all; Infinity as long as nobody knows, which is so for what is decompressed until its end was seen. */
  readonly size: number;
  /** Fills `target`, which may lie in shared memory, with what begins at `position`. Returns how many bytes those are: fewer only where the source ends. */
  read(position: number, target: Uint8Array): number;
}

/** An open file, checked to be what it was when it was inspected. @throws DataError where it is not. */
export class FileSource implements ByteSource {
  readonly size: number;
  #descriptor: number;

  constructor(readonly file: FileFacts) {
    this.size = file.size;
    this.#descriptor = openSync(file.path, 'r');
    const now = fstatSync(this.#descriptor);
    if (now.size === file.size && now.mtimeMs === file.modified) return;
    this.close();
    throw fileChanged(file.path);
  }

  read(position: number, target: Uint8Array): number {
    const bytes = Math.min(target.length, this.size - position);
    let filled = 0;
    while (filled < bytes) {
      const read = readSync(this.#descriptor, target, filled, bytes - filled, position + filled);
      // It was longer when it was opened.
      if (read === 0) throw fileChanged(this.file.path);
      filled += read;
    }
    return filled;
  }

  close(): void {
    if (this.#descriptor !== -1) closeSync(this.#descriptor);
    this.#descriptor = -1;
  }
}

export function fileChanged(path: string): DataError {
  return new DataError({
    code: 'FILE_CHANGED',
    message: `'${path}' changed while it was read: its size or time is not what it was when the query began. Run the query again.`,
    path,
  });
}
