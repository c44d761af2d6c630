import { closeSync, constants, ftruncateSync, openSync, rmSync, writeSync } from 'node:fs';
import { writeFailure } from './write-failure.js';
import type { ByteBody, ByteSink, EncodeRequest, EncoderContext, FileEncoder, WriteFormat } from '../encoder.js';

/** A file that is written, from its beginning unless `position` says otherwise. */
export class FileSink implements ByteSink {
  position = 0;
  #descriptor: number;

  /** @param shown - What errors call it: where the file will be. */
  constructor(
    readonly path: string,
    private readonly shown: string,
    flags: string | number = 'wx',
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

  /** One that is there and ends with its first `bytes` bytes, written on. */
  static behind(path: string, shown: string, bytes: number): FileSink {
    const sink = new FileSink(path, shown, 'r+');
    try {
      ftruncateSync(sink.#descriptor, bytes);
    } catch (error) {
      sink.close();
      throw writeFailure(error, shown);
    }
    sink.position = bytes;
    return sink;
  }

  write(bytes: Uint8Array): void {
    try {
      for (let at = 0; at < bytes.length;) {
        at += writeSync(this.#descriptor, bytes, at, bytes.length - at, this.position + at);
      }
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

/** Name of the file that all pieces of a single one lie in. */
export const BODY = 'body';

/** A file that the pieces of several tasks lie in together. */
export interface BodyPlace {
  readonly path: string;
  readonly head: Uint8Array;
  /** Takes so many bytes for nobody else; returns how many were taken before. */
  take(bytes: number): number;
}

/** One writer's hold of such a file. */
export class BodyFile implements ByteBody {
  readonly #sink: FileSink;
  /** Behind the last byte that was given to this writer. */
  end = 0;

  constructor(
    private readonly room: BodyPlace,
    shown: string,
  ) {
    this.#sink = new FileSink(room.path, shown, constants.O_CREAT | constants.O_WRONLY);
  }

  place(bytes: number): ByteSink {
    const { head, take } = this.room;
    this.#sink.position = head.length + take(bytes);
    this.end = Math.max(this.end, this.#sink.position + bytes);
    return this.#sink;
  }

  close(): void {
    this.#sink.close();
  }
}

/** A piece of an output: what one task writes into one file. */
export class PieceFile {
  readonly #sink: FileSink;
  readonly #encoder: FileEncoder;
  readonly #body: BodyFile | undefined;

  constructor(
    context: EncoderContext,
    format: WriteFormat,
    request: EncodeRequest,
    { path, shown, body }: { readonly path: string; readonly shown: string; readonly body?: BodyPlace | undefined },
  ) {
    this.#sink = new FileSink(path, shown);
    try {
      this.#body = body === undefined ? undefined : new BodyFile(body, shown);
      this.#encoder = format.open(context, request, this.#sink, this.#body);
    } catch (error) {
      this.abort();
      throw error;
    }
  }

  writeBlock(address: number): void {
    this.#encoder.writeBlock(address);
  }

  /** Whether `writeBatch` may be called. */
  get takesBatches(): boolean {
    return this.#encoder.writeBatch !== undefined;
  }

  writeBatch(frame: number, slots: readonly number[], sel: number, n: number): void {
    this.#encoder.writeBatch!(frame, slots, sel, n);
  }

  /** Ends the file; returns its bytes, and where what lies in the body ends. */
  finish(): { readonly bytes: number; readonly bodyEnd: number } {
    this.#encoder.finish();
    this.#body?.close();
    this.#sink.close();
    return { bytes: this.#sink.position, bodyEnd: this.#body?.end ?? 0 };
  }

  /** Closes and removes it. */
  abort(): void {
    try {
      this.#sink.close();
      this.#body?.close();
    } finally {
      rmSync(this.#sink.path, { force: true });
    }
  }
}
