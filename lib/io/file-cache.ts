import type { FileFacts } from './files.js';

/** What a thread keeps, in bytes, and of how many files. */
const BYTES_MAX = 24 * 1024 * 1024;
const FILES_MAX = 4096;

interface Known<T> {
  readonly facts: FileFacts;
  readonly value: T;
  readonly bytes: number;
}

/** What a thread knows of files while they have the same size and time: of those that were used last. */
export class FileCache<T> {
  /** The files that were used last come last. */
  readonly #known = new Map<string, Known<T>>();
  #bytes = 0;

  constructor(
    private readonly read: (facts: FileFacts) => T,
    /** Bytes that a value takes, about. */
    private readonly bytesOf: (value: T) => number,
    private readonly forgotten: (value: T) => void = () => {},
  ) {}

  get(facts: FileFacts): T {
    const known = this.#known.get(facts.path);
    if (known !== undefined && known.facts.size === facts.size && known.facts.modified === facts.modified) {
      this.#known.delete(facts.path);
      this.#known.set(facts.path, known);
      return known.value;
    }
    if (known !== undefined) this.#forget(known);
    const value = this.read(facts);
    return this.#remember({ facts, value, bytes: this.bytesOf(value) });
  }

  #remember(made: Known<T>): T {
    this.#known.set(made.facts.path, made);
    this.#bytes += made.bytes;
    for (const oldest of this.#known.values()) {
      if ((this.#bytes <= BYTES_MAX && this.#known.size <= FILES_MAX) || oldest === made) break;
      this.#forget(oldest);
    }
    return made.value;
  }

  #forget({ facts, value, bytes }: Known<T>): void {
    this.#known.delete(facts.path);
    this.#bytes -= bytes;
    this.forgotten(value);
  }
}
