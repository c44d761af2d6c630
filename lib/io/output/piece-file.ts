import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { writeFailure } from './write-failure.js';
import type { ByteSink, EncodeRequest, EncoderContext, FileEncoder, WriteFormat } from '../encoder.js';

/** A file written from its beginning. */
export class FileSink implements ByteSink {
  position = 0;
  #descriptor: number;

  /** @param shown - What errors call it: where the file will be. */
  constructor(
    readonly path: string,
    private readonly shown: string,
    flags: 'wx' | 'w' = 'wx',
  ) {
    try {
      this.#descriptor = openSync(path, flags);
    } catch (error) {
      throw writeFailure(error, shown);
    }
  }

  /** One that may be there already, from an attempt that did not end well. */
  static replacing(path: string, shown: string): FileSink {
    return new FileSink(path, shown, 'w');
  }

  write(bytes: Uint8Array): void {
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(this.#descriptor, bytes, at, bytes.length - at);
    } catch (error) {
      throw writeFailure(error, this.shown);
    }
    this.position += bytes.length;
  }

  close(): void {
    const descriptor = this.#descriptor;
    if (descriptor === -1) return;
    this.#descriptor = -1;
    try {
      closeSync(descriptor);
    } catch (error) {
      throw writeFailure(error, this.shown);
    }
  }
}

/** A piece of an output: what one task writes into one file. */
export class PieceFile {
  readonly #sink: FileSink;
  readonly #encoder: FileEncoder;

  constructor(context: EncoderContext, format: WriteFormat, request: EncodeRequest, path: string, shown: string) {
    this.#sink = new FileSink(path, shown);
    try {
      this.#encoder = format.open(context, request, this.#sink);
    } catch (error) {
      this.abort();
      throw error;
    }
  }

  writeBlock(address: number): void {
    this.#encoder.writeBlock(address);
  }

  /** Ends the file; returns its bytes. */
  finish(): number {
    this.#encoder.finish();
    this.#sink.close();
    return this.#sink.position;
  }

  /** Closes and removes it. */
  abort(): void {
    try {
      this.#sink.close();
    } finally {
      rmSync(this.#sink.path, { force: true });
    }
  }
}
