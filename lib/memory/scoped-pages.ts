import type { PageSource } from './memory-access.js';

/** Pages of another source that are given back together, before that source ends. */
export class ScopedPages implements PageSource {
  /** Address → bytes. */
  readonly #spans = new Map<number, number>();
  /** Bytes that are held. */
  held = 0;

  constructor(private readonly source: PageSource) {}

  allocate(bytes: number, zeroed = false): number {
    const address = this.source.allocate(bytes, zeroed) >>> 0;
    this.#spans.set(address, bytes);
    this.held += bytes;
    return address;
  }

  free(address: number, bytes: number): void {
    if (!this.#spans.delete(address)) return;
    this.held -= bytes;
    this.source.free(address, bytes);
  }

  room(): number {
    return this.source.room();
  }

  /** Gives back what is left. */
  release(): void {
    for (const [address, bytes] of this.#spans) this.source.free(address, bytes);
    this.#spans.clear();
    this.held = 0;
  }
}
