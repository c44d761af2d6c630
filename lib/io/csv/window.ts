import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { DataError } from '../../core/errors.js';
import type { FileFacts } from '../files.js';
import type { DecoderContext } from '../source.js';
import { fileChanged } from './errors.js';

/** What is read beyond a range at once: its last row mostly ends there. */
const TAIL_BYTES = 8 * 1024;
/** Bytes of a file lie at addresses of the same remainder: the system copies aligned pages four times as fast as others. */
const ALIGNMENT = 4096;
/** Kernels read whole blocks of 64 bytes on both sides of a text. */
export const SLACK_BYTES = 128;
/** A value cannot be longer than its length word says. */
const ROW_BYTES_MAX = 2 ** 31;
const NEWLINE = 10;

/** A piece of a file in shared memory, read straight into it. A file that does not end with a line end gets one. */
export class FileWindow {
  bytesRead = 0;
  /** Behind the last byte. */
  end = 0;
  atFileEnd = false;
  #descriptor = -1;
  #file: FileFacts | undefined;
  #address = 0;
  #bytes = 0;
  /** Byte of the file that lies at `#base`. */
  #origin = 0;
  #base = 0;

  constructor(private readonly context: DecoderContext) {}

  get path(): string {
    return this.#file?.path ?? '';
  }

  get descriptor(): number {
    return this.#descriptor;
  }

  /** Bytes of the buffer: what an index of it must have room for. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The buffer's address, rounded down to a block of 64 bytes. */
  get block(): number {
    return this.#address & ~63;
  }

  byteOf(address: number): number {
    return this.#origin + address - this.#base;
  }

  addressOf(byte: number): number {
    return this.#base + byte - this.#origin;
  }

  /** Reads the bytes start..end of a file and some behind them. One buffer serves all ranges of up to `rangeBytes`. */
  open(file: FileFacts, start: number, end: number, rangeBytes: number): void {
    this.#openFile(file);
    this.bytesRead = 0;
    const needed = Math.max(end - start, rangeBytes) + TAIL_BYTES + 2 * SLACK_BYTES + ALIGNMENT;
    if (this.#bytes < needed) this.#replace(needed);
    this.#place(start);
    this.#read(end - start + TAIL_BYTES);
  }

  /** Reads on: what lies at `from` and behind moves to the head of a larger buffer. Returns how far it moved down. */
  extend(from: number): number {
    const held = this.end - from;
    if (held > ROW_BYTES_MAX)
      throw new DataError({
        code: 'CSV_ROW_TOO_LARGE',
        message: `A row of '${this.path}' is longer than 2 GiB. Is a quote missing, or the option quote wrong?`,
        path: this.path,
        byte: this.byteOf(from),
      });
    const address = this.#address;
    const bytes = this.#bytes;
    this.#address = 0;
    this.#replace(Math.max(2 * held + TAIL_BYTES + ALIGNMENT, bytes));
    this.#place(this.byteOf(from));
    this.context.executor.views.u8.copyWithin(this.#base, from, from + held);
    this.context.scratch.free(address, bytes);
    this.end = this.#base + held;
    this.#read(this.#bytes);
    return from - this.#base;
  }

  close(): void {
    if (this.#descriptor !== -1) closeSync(this.#descriptor);
    this.#descriptor = -1;
    this.#file = undefined;
  }

  #openFile(file: FileFacts): void {
    if (this.#file === file && this.#descriptor !== -1) return;
    this.close();
    this.#descriptor = openSync(file.path, 'r');
    this.#file = file;
    const now = fstatSync(this.#descriptor);
    if (now.size !== file.size || now.mtimeMs !== file.modified) throw fileChanged(file.path);
  }

  #replace(bytes: number): void {
    if (this.#address !== 0) this.context.scratch.free(this.#address, this.#bytes);
    this.#bytes = 0;
    this.#address = this.context.scratch.allocate(bytes);
    this.#bytes = bytes;
  }

  #place(byte: number): void {
    const first = this.#address + SLACK_BYTES;
    this.#origin = byte;
    this.#base = first + ((((byte - first) % ALIGNMENT) + ALIGNMENT) % ALIGNMENT);
    this.end = this.#base;
    this.atFileEnd = false;
  }

  #read(bytes: number): void {
    const { u8 } = this.context.executor.views;
    const { size, path } = this.#file!;
    const room = this.#address + this.#bytes - SLACK_BYTES - this.end;
    let wanted = Math.min(bytes, room, size - this.byteOf(this.end));
    while (wanted > 0) {
      const read = readSync(this.#descriptor, u8, this.end, wanted, this.byteOf(this.end));
      // It was longer when it was opened.
      if (read === 0) throw fileChanged(path);
      this.end += read;
      this.bytesRead += read;
      wanted -= read;
    }
    if (this.byteOf(this.end) < size) return;
    this.atFileEnd = true;
    if (u8[this.end - 1] !== NEWLINE || this.end === this.#base) u8[this.end++] = NEWLINE;
  }
}
