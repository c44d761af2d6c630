import { closeSync, readSync } from 'node:fs';
import { openFile } from './files.js';

/** 1-based line of a byte of a file: counted only when an error needs it. */
export function lineOf(path: string, byte: number): number {
  const descriptor = openFile(path);
  try {
    const buffer = Buffer.alloc(1 << 20);
    let line = 1;
    for (let at = 0; at < byte;) {
      const read = readSync(descriptor, buffer, 0, Math.min(buffer.length, byte - at), at);
      if (read === 0) break;
      for (let i = buffer.indexOf(10); i !== -1 && i < read; i = buffer.indexOf(10, i + 1)) line++;
      at += read;
    }
    return line;
  } finally {
    closeSync(descriptor);
  }
}
