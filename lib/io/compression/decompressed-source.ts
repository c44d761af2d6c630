import { DataError, InternalError } from '../../core/errors.js';
import { FileSource, type ByteSource } from '../byte-source.js';
import type { FileFacts } from '../files.js';
import type { Codec } from './codec.js';
import { Damaged, type Inflater } from './inflater.js';
import { NodeInflater, hasNodeZstd } from './node-inflater.js';
import { ZstdInflater } from './zstd-inflater.js';

/** Small: what a piece may become is bounded by it where a library keeps the output. */
const PIECE_BYTES = 16 * 1024;
/** Text that is so many times as long as what it was made of, and longer than this, is an attack and not data. */
const RATIO_MAX = 20_000;
const SUSPECT_BYTES = 256 * 1024 * 1024;

/** The text of a compressed file, which is read from its beginning to its end. */
export class DecompressedSource implements ByteSource {
  size = Infinity;
  readonly #file: FileSource;
  readonly #inflater: Inflater;
  readonly #piece = new Uint8Array(PIECE_BYTES);
  /** Compressed bytes that were read, bytes of text that were made. */
  #taken = 0;
  #made = 0;

  constructor(
    private readonly facts: FileFacts,
    private readonly codec: Codec,
  ) {
    this.#file = new FileSource(facts);
    const next = (): Uint8Array => this.#nextPiece();
    this.#inflater = codec === 'zstd' && !hasNodeZstd ? new ZstdInflater(next) : new NodeInflater(codec, next);
  }

  read(position: number, target: Uint8Array): number {
    if (position !== this.#made) throw new InternalError('Compressed files are read in order.');
    let filled = 0;
    while (filled < target.length && this.size === Infinity) {
      const written = this.#pull(target.subarray(filled));
      filled += written;
      this.#made += written;
      if (written === 0) this.size = this.#made;
      if (this.#made > SUSPECT_BYTES && this.#made > this.#taken * RATIO_MAX) throw this.#bomb();
    }
    return filled;
  }

  close(): void {
    this.#inflater.close();
    this.#file.close();
  }

  #nextPiece(): Uint8Array {
    const bytes = this.#file.read(this.#taken, this.#piece);
    this.#taken += bytes;
    return this.#piece.subarray(0, bytes);
  }

  #pull(target: Uint8Array): number {
    try {
      return this.#inflater.pull(target);
    } catch (error) {
      if (!(error instanceof Damaged)) throw error;
      throw new DataError({
        code: 'DAMAGED_COMPRESSED_FILE',
        message: `'${this.facts.path}' is no whole ${this.codec} file: ${error.message}, before byte ${this.#taken} of it, behind byte ${this.#made} of its text. Compress it again, or set compression to what it is.`,
        path: this.facts.path,
        byte: this.#taken,
      });
    }
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
