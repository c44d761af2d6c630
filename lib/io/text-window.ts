import { DataError } from '../core/errors.js';
import type { ByteSource } from './byte-source.js';
import { codecOf, type Compression } from './compression/codec.js';
import type { FileFacts } from './files.js';
import type { DecoderContext } from './source.js';
import { lineOf, openText } from './text-bytes.js';
import { textRanges } from './text-ranges.js';

/** What is read beyond a range at once: its last row mostly ends there. */
const TAIL_BYTES = 8 * 1024;
/** Bytes of a file lie at addresses of the same remainder: the system copies aligned pages four times as fast as others. */
const ALIGNMENT = 4096;
/** Kernels read whole blocks of 64 bytes on both sides of a text. */
export const SLACK_BYTES = 128;
/** A value cannot be longer than its length word says. */
const ROW_BYTES_MAX = 2 ** 31;
/** Text that is decompressed may have no end, nor its rows: so much of one takes three times as much memory, with the half of it that lay elsewhere and an index. */
const COMPRESSED_ROW_BYTES_MAX = 64 * 1024 * 1024;
const NEWLINE = 10;

/** Where something is in a text. Of a compressed file, the bytes are those of its text. */
export interface TextPlace {
  readonly path: string;
  readonly byte: number;
  /** 1-based line. */
  readonly row: number;
}

/** A piece of a file in shared memory, read straight into it. A file that does not end with a line end gets one. */
export class TextWindow {
  bytesRead = 0;
  /** Behind the last byte. */
  end = 0;
  /** The same without a line end that was added. */
  textEnd = 0;
  atFileEnd = false;
  #source: ReturnType<typeof openText> | undefined;
  #file: FileFacts | undefined;
  #address = 0;
  #bytes = 0;
  /** Byte of the file that lies at `#base`. */
  #origin = 0;
  #base = 0;

  constructor(
    private readonly context: DecoderContext,
    /** What a row without end may come of, for the message. */
    private readonly hint: string,
    private readonly compression: Compression,
    private readonly lineBreak = NEWLINE,
  ) {}

  get path(): string {
    return this.#file?.path ?? '';
  }

  get source(): ByteSource {
    return this.#source!;
  }

  /** The place of an address, for a message: the text is read again to tell the line. */
  placeOf(address: number): TextPlace {
    const file = this.#file!;
    const byte = this.byteOf(address);
    return { path: file.path, byte, row: lineOf(file, this.compression, byte) };
  }

  /** Bytes of a byte order mark, where the window is at the beginning of a file. */
  markBytes(): number {
    const { u8 } = this.context.executor.views;
    const at = this.#base;
    return this.textEnd - at >= 3 && u8[at] === 0xef && u8[at + 1] === 0xbb && u8[at + 2] === 0xbf ? 3 : 0;
  }

  /** Of a range that ends at `end`: behind where its last line may begin. A line belongs to the range that the line end before it is in; no line begins behind the text. */
  linesEnd(end: number): number {
    return end < this.source.size ? end + 1 : end;
  }

  /** Address of the first line of the range that begins at `start`, where the window does; `limit` if no line begins before it. */
  firstLine(start: number, limit: number): number {
    const first = this.addressOf(start);
    if (start === 0) return first + this.markBytes();
    const at = this.context.executor.views.u8.subarray(first, limit - 1).indexOf(this.lineBreak);
    return at === -1 ? limit : first + at + 1;
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

  /** Reads the bytes start..end of a text and some behind them, the first `rangeBytes` where its end is not known. One buffer serves all ranges of up to so many. */
  open(file: FileFacts, start: number, end: number, rangeBytes: number): void {
    this.#openFile(file);
    this.bytesRead = 0;
    const bytes = end === Infinity ? rangeBytes : end - start;
    const needed = Math.max(bytes, rangeBytes) + TAIL_BYTES + 2 * SLACK_BYTES + ALIGNMENT;
    if (this.#bytes < needed) this.#replace(needed);
    this.#place(start);
    this.#read(bytes + TAIL_BYTES);
  }

  /** First byte of the range that would begin at a byte, of a text that is read in ranges of `step`. */
  rangeStart(byte: number, step: number): number {
    return textRanges(this.#file!, this.compression, step)!.startAt(byte);
  }

  /** Reads on: what lies at `from` and behind moves to the head of a larger buffer. Returns how far it moved down. */
  extend(from: number): number {
    const held = this.end - from;
    const isCompressed = codecOf(this.path, this.compression) !== undefined;
    if (held > (isCompressed ? COMPRESSED_ROW_BYTES_MAX : ROW_BYTES_MAX))
      throw new DataError({
        code: 'ROW_TOO_LARGE',
        message: `A row of '${this.path}' is longer than ${isCompressed ? '64 MiB, which a row of a compressed file may not be' : '2 GiB'}. ${this.hint}`,
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
    this.#source?.close();
    this.#source = undefined;
    this.#file = undefined;
  }

  #openFile(file: FileFacts): void {
    if (this.#file === file && this.#source !== undefined) return;
    this.close();
    this.#source = openText(file, this.compression);
    this.#file = file;
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
    const source = this.#source!;
    const room = this.#address + this.#bytes - SLACK_BYTES - this.end;
    const wanted = Math.min(bytes, room, source.size - this.byteOf(this.end));
    if (wanted > 0) {
      const read = source.read(this.byteOf(this.end), u8.subarray(this.end, this.end + wanted));
      this.end += read;
      this.bytesRead += read;
    }
    this.textEnd = this.end;
    if (this.byteOf(this.end) < source.size) return;
    this.atFileEnd = true;
    if (u8[this.end - 1] !== this.lineBreak || this.end === this.#base) u8[this.end++] = this.lineBreak;
  }
}
