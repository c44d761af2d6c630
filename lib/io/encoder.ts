import type { Schema } from '../core/types/data-type.js';
import type { MemoryViews, PageSource } from '../memory/memory-access.js';

/** Where an encoder works. Everything is synchronous, on an executor's thread. */
export interface EncoderContext {
  readonly executor: {
    readonly views: MemoryViews;
    readonly kernels: { readonly [name: string]: (...args: number[]) => number };
  };
  /** Memory for the encoder's own buffers; ends with the encoder. */
  readonly pages: PageSource;
}

export interface EncodeRequest {
  /** Names and types of the columns of the blocks, in order. */
  readonly schema: Schema;
  /** By Spark's names, lower case. */
  readonly options: ReadonlyMap<string, string>;
}

/** The bytes of a file from its beginning. Views of shared memory may be passed: they are written before `write` returns. */
export interface ByteSink {
  write(bytes: Uint8Array): void;
  /** Bytes written so far. */
  readonly position: number;
}

/** A file that several encoders write into, each where it is given room; what tells where everything lies is written last, by `WriteFormat.join`. */
export interface ByteBody {
  /** Room for so many bytes, which must be written before the next call. */
  place(bytes: number): ByteSink;
}

/** Writes rows at rest into one file. */
export interface FileEncoder {
  /** The rows of a block (memory/block.ts). The block is the caller's and may be gone afterwards. */
  writeBlock(address: number): void;
  /**
   * The same of `n` live rows of a frame's slots (memory/layout.ts), a slot a column: rows 0..n (sel 0), or those at `n` positions at `sel`. Vectors may be gone afterwards. Encoders that have
   * it take rows so as well as in blocks, in any order.
   */
  writeBatch?(frame: number, slots: readonly number[], sel: number, n: number): void;
  /** Writes what is still to be written: a last row group, a footer. Nothing follows. */
  finish(): void;
}

/** A format that files are written in; its line in the table in io/formats.ts says which names of single files tell it. */
export interface WriteFormat {
  readonly name: string;
  /** End of a file's name without the dot, codec included where it is customary: `csv`, `snappy.parquet`. */
  extension(options: ReadonlyMap<string, string>): string;
  /** @throws QueryError for columns that the format cannot hold and for options that it does not have. */
  check(request: EncodeRequest): void;
  /** With a `body`, which only formats with `bodyHead` get, rows go there, and into `out` what `join` needs to know of them. */
  open(context: EncoderContext, request: EncodeRequest, out: ByteSink, body?: ByteBody): FileEncoder;
  /** What a file begins with whose rows may then lie in any order, because its end tells where: such files are not put together of copies. */
  readonly bodyHead?: Uint8Array;
  /**
   * Where the bytes of several files after each other are their rows in one file: how many bytes at the beginning of each but the first are left out (a header).
   * Such files are put together in place and not by `join`.
   */
  repeatedBytes?(request: EncodeRequest): number;
  /** Makes one file of several finished ones, whose rows follow each other. `hasBody`: the rows are there, before `out`'s position. */
  join?(parts: readonly string[], request: EncodeRequest, out: ByteSink, hasBody?: boolean): void;
}
