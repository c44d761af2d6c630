import { zstdDecoder } from '../zstd.js';
import { Damaged, type Inflater, type NextPiece } from './inflater.js';

/** The library's loop never ends where a frame is damaged: it gives empty pieces without asking for more input. A frame without text is one too, and of those a piece of input may have many. */
const EMPTY_MAX = 4096;

/** zstd for the Nodes that have none. */
export class ZstdInflater implements Inflater {
  #pieces: Iterator<Uint8Array>;
  #piece: Uint8Array = new Uint8Array(0);
  #at = 0;
  #isClosed = false;
  #isDamaged = false;
  #empties = 0;

  constructor(private readonly next: NextPiece) {
    this.#pieces = zstdDecoder().decodeStreaming(this.#input());
  }

  pull(target: Uint8Array): number {
    while (this.#at === this.#piece.length) {
      const piece = this.#nextPiece();
      if (piece === undefined) return 0;
      this.#piece = piece;
      this.#at = 0;
      this.#empties = piece.length === 0 ? this.#empties + 1 : 0;
      if (this.#empties > EMPTY_MAX) {
        this.#isDamaged = true;
        throw new Damaged('a frame is damaged');
      }
    }
    const bytes = Math.min(target.length, this.#piece.length - this.#at);
    target.set(this.#piece.subarray(this.#at, this.#at + bytes));
    this.#at += bytes;
    return bytes;
  }

  restart(): void {
    this.close();
    this.#isClosed = false;
    this.#isDamaged = false;
    this.#piece = new Uint8Array(0);
    this.#at = 0;
    this.#empties = 0;
    this.#pieces = zstdDecoder().decodeStreaming(this.#input());
  }

  /** The library frees its memory where its input ends. */
  close(): void {
    this.#isClosed = true;
    if (this.#isDamaged) return;
    try {
      while (this.#nextPiece() !== undefined);
    } catch (error) {
      if (!(error instanceof Damaged)) throw error;
    }
  }

  #nextPiece(): Uint8Array | undefined {
    let result: IteratorResult<Uint8Array>;
    try {
      result = this.#pieces.next();
    } catch (error) {
      // The library's own errors are plain.
      if (error instanceof Error && error.message.startsWith('Incomplete stream')) throw new Damaged('unexpected end of file');
      throw error;
    }
    return result.done === true ? undefined : result.value;
  }

  *#input(): Generator<Uint8Array> {
    while (!this.#isClosed) {
      this.#empties = 0;
      const piece = this.next();
      if (piece.length === 0) return;
      yield piece;
    }
  }
}
