import { PAGE_BYTES } from '../memory/layout.js';
import type { PageSource } from '../memory/memory-access.js';

/** Memory that a reader uses again and again. */
export interface Buffer {
  readonly address: number;
  readonly bytes: number;
}

/** Unused buffers that are kept, in bytes. */
const KEPT_BYTES = 16 * 1024 * 1024;
/** A buffer is not used for what needs less than this part of it. */
const WASTE_MAX = 4;

/**
 * Buffers of a reader. What a batch's vectors may still point into is given back with `retire`, and is free for others only when the next batch begins (`recycle`).
 */
export class BufferPool {
  readonly #free: Buffer[] = [];
  readonly #retired: Buffer[] = [];
  #freeBytes = 0;

  constructor(private readonly pages: PageSource) {}

  take(bytes: number): Buffer {
    let best = -1;
    for (let i = 0; i < this.#free.length; i++) {
      const size = this.#free[i]!.bytes;
      if (size >= bytes && size <= WASTE_MAX * Math.max(bytes, PAGE_BYTES) && (best === -1 || size < this.#free[best]!.bytes))
        best = i;
    }
    if (best === -1) {
      const size = roundUp(bytes);
      return { address: this.pages.allocate(size) >>> 0, bytes: size };
    }
    const found = this.#free[best]!;
    this.#free[best] = this.#free.at(-1)!;
    this.#free.pop();
    this.#freeBytes -= found.bytes;
    return found;
  }

  give(buffer: Buffer): void {
    if (this.#freeBytes + buffer.bytes > KEPT_BYTES) return this.pages.free(buffer.address, buffer.bytes);
    this.#free.push(buffer);
    this.#freeBytes += buffer.bytes;
  }

  retire(buffer: Buffer): void {
    this.#retired.push(buffer);
  }

  recycle(): void {
    while (this.#retired.length > 0) this.give(this.#retired.pop()!);
  }
}

/** Whole pages, a quarter more than asked for where that is much, so that the next page of a column fits too. */
function roundUp(bytes: number): number {
  const pages = Math.ceil(bytes / PAGE_BYTES);
  const step = pages <= 4 ? 1 : 2 ** (Math.floor(Math.log2(pages)) - 2);
  return Math.ceil(pages / step) * step * PAGE_BYTES;
}
