import { DataError } from '../../core/errors.js';
import { FileSource, type ByteSource } from '../byte-source.js';
import type { FileFacts } from '../files.js';
import { Blocks, RATIO_MAX, isBomb } from './blocks.js';
import type { Codec } from './codec.js';
import { blocksOf } from './find-blocks.js';
import { Damaged, type Inflater } from './inflater.js';
import { NodeInflater, hasNodeZstd } from './node-inflater.js';
import { ZstdInflater } from './zstd-inflater.js';

/** Small: what a piece may become is bounded by it where a library keeps the output. */
const PIECE_BYTES = 16 * 1024;
const SKIP_BYTES = 64 * 1024;

/** The text of a compressed file. It is read from a block's beginning on: what lies between that and a position is decompressed for nothing. */
export class DecompressedSource implements ByteSource {
  /** Infinity until it is known: a file that is one block tells at its end. */
  size: number;
  readonly #blocks: Blocks;
  readonly #file: FileSource;
  readonly #inflater: Inflater;
  readonly #piece = new Uint8Array(PIECE_BYTES);
  readonly #beyond = new Uint8Array(1);
  #block = 0;
  /** Up to where the file was read, and up to where its text was made. */
  #taken = 0;
  #made = 0;

  constructor(
    private readonly facts: FileFacts,
    private readonly codec: Codec,
  ) {
    this.#blocks = blocksOf(facts, codec) ?? Blocks.one(facts.size);
    this.size = this.#blocks.textBytes;
    this.#file = new FileSource(facts);
    const next = (): Uint8Array => this.#nextPiece();
    this.#inflater = codec === 'zstd' && !hasNodeZstd() ? new ZstdInflater(next) : new NodeInflater(codec, next);
  }

  read(position: number, target: Uint8Array): number {
    if (position !== this.#made) this.#seek(position);
    let filled = 0;
    while (filled < target.length && this.#made < this.size) filled += this.#fill(target.subarray(filled));
    return filled;
  }

  close(): void {
    this.#inflater.close();
    this.#file.close();
  }

  #seek(position: number): void {
    const block = this.#blocks.at(position);
    if (block !== this.#block || position < this.#made) this.#enter(block);
    const skipped = new Uint8Array(Math.min(SKIP_BYTES, position - this.#made));
    while (this.#made < position && this.#made < this.size) this.#fill(skipped.subarray(0, position - this.#made));
  }

  #enter(block: number): void {
    this.#block = block;
    this.#taken = this.#blocks.starts[block]!;
    this.#made = this.#blocks.texts[block]!;
    this.#inflater.restart();
  }

  /** The next bytes of the text, of one block. */
  #fill(target: Uint8Array): number {
    const end = this.#blocks.texts[this.#block + 1]!;
    const written = this.#pull(target.subarray(0, end - this.#made));
    this.#made += written;
    if (written === 0 && end === Infinity) this.size = this.#made;
    if (written === 0 && end < Infinity) throw this.#damaged(`${this.#made} bytes of text where there should be ${end}`);
    if (this.#made === end) this.#leave();
    if (isBomb(this.#made, this.#taken)) throw this.#bomb();
    return written;
  }

  /** A block is whole when nothing is left of it: its checksum was compared then. */
  #leave(): void {
    if (this.#pull(this.#beyond) > 0) throw this.#damaged(`more than ${this.#made} bytes of text, which should be all`);
    if (this.#block + 1 < this.#blocks.count) this.#enter(this.#block + 1);
  }

  #nextPiece(): Uint8Array {
    const rest = this.#blocks.starts[this.#block + 1]! - this.#taken;
    const bytes = this.#file.read(this.#taken, this.#piece.subarray(0, rest));
    this.#taken += bytes;
    return this.#piece.subarray(0, bytes);
  }

  #pull(target: Uint8Array): number {
    try {
      return this.#inflater.pull(target);
    } catch (error) {
      if (!(error instanceof Damaged)) throw error;
      throw this.#damaged(error.message);
    }
  }

  #damaged(what: string): DataError {
    return new DataError({
      code: 'DAMAGED_COMPRESSED_FILE',
      message: `'${this.facts.path}' is no whole ${this.codec} file: ${what}, before byte ${this.#taken} of it, behind byte ${this.#made} of its text. Compress it again, or set compression to what it is.`,
      path: this.facts.path,
      byte: this.#taken,
    });
  }

  #bomb(): DataError {
    return new DataError({
      code: 'DECOMPRESSION_BOMB',
      message: `'${this.facts.path}' makes ${this.#made} bytes of text of ${this.#taken} bytes: more than ${RATIO_MAX} times as many are not read. Decompress it first if it is what it should be.`,
      path: this.facts.path,
      byte: this.#taken,
    });
  }
}
