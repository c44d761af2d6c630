import { PAGE_BYTES } from './layout.js';
import type { PageSource } from './memory-access.js';

/** From this size on an allocation is a span of its own, which can be given back. */
const OWN_SPAN_BYTES = 48 * 1024;

/**
 * Small pieces out of whole pages, so that a query of one row takes one page. Nothing is freed but large spans and, with their
 * domain, everything.
 */
export class Space {
  readonly #pages: PageSource;
  readonly #step: number;
  #next = 0;
  #end = 0;

  /** Small pieces come out of spans of `step` bytes. */
  constructor(pages: PageSource, step = PAGE_BYTES) {
    this.#pages = pages;
    this.#step = step;
  }

  /** Not zeroed, 16-byte aligned. */
  allocate(bytes: number): number {
    const rounded = (bytes + 15) & ~15;
    if (rounded >= OWN_SPAN_BYTES) return this.#pages.allocate(rounded) >>> 0;
    if (rounded > this.#end - this.#next) {
      this.#next = this.#pages.allocate(this.#step) >>> 0;
      this.#end = this.#next + this.#step;
    }
    const at = this.#next;
    this.#next += rounded;
    return at;
  }

  /** Gives a large span back; a small one stays until the pages go. */
  free(address: number, bytes: number): void {
    const rounded = (bytes + 15) & ~15;
    if (rounded >= OWN_SPAN_BYTES) this.#pages.free(address, rounded);
  }
}
