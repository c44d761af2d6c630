/** More are put together in pairs. */
const BLOCKS_MAX = 128 * 1024;

/** Text that is so many times as long as what it was made of, and longer than this, is an attack and not data. */
export const RATIO_MAX = 20_000;
const SUSPECT_BYTES = 256 * 1024 * 1024;

export const isBomb = (textBytes: number, bytes: number): boolean => textBytes > SUSPECT_BYTES && textBytes > bytes * RATIO_MAX;

/**
 * Parts of a compressed file that can each be decompressed alone. They cover the file without gaps, and whoever reads one checks that it is whole and as long as it is said to be
 * here: so the text is that of the file read from its beginning on, whatever told where blocks begin.
 */
export class Blocks {
  /** Bytes of the longest block's text. */
  readonly longest: number;

  constructor(
    /** Where each block begins in the file, and where the last one ends. */
    readonly starts: readonly number[],
    /** The same in the text. */
    readonly texts: readonly number[],
  ) {
    this.longest = texts.reduce((longest, text, i) => Math.max(longest, text - (texts[i - 1] ?? 0)), 0);
  }

  /** A file of which nobody knows where blocks begin, nor how long its text is. */
  static one(bytes: number): Blocks {
    return new Blocks([0, bytes], [0, Infinity]);
  }

  get count(): number {
    return this.texts.length - 1;
  }

  get textBytes(): number {
    return this.texts[this.count]!;
  }

  /** The block that a byte of the text is in; the last one for those behind. */
  at(byte: number): number {
    let low = 0;
    let high = this.count - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.texts[middle]! <= byte) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** Blocks as they are found, one behind the other. Those without text belong to their neighbours. */
export class BlockList {
  /** Behind the last block. */
  end = 0;
  #textEnd = 0;
  #starts: number[] = [];
  #texts: number[] = [];

  add(bytes: number, textBytes: number): void {
    if (textBytes > 0) {
      this.#starts.push(this.#starts.length === 0 ? 0 : this.end);
      this.#texts.push(this.#textEnd);
      if (this.#starts.length > BLOCKS_MAX) this.#halve();
    }
    this.end += bytes;
    this.#textEnd += textBytes;
  }

  /** undefined: there is nothing to choose from. */
  blocks(): Blocks | undefined {
    if (this.#starts.length < 2) return undefined;
    return new Blocks([...this.#starts, this.end], [...this.#texts, this.#textEnd]);
  }

  #halve(): void {
    this.#starts = this.#starts.filter((_, i) => i % 2 === 0);
    this.#texts = this.#texts.filter((_, i) => i % 2 === 0);
  }
}
