import { Space } from '../../../memory/block-space.js';
import type { MemoryViews, PageSource } from '../../../memory/memory-access.js';
import type { EncoderContext } from '../../encoder.js';

export type Kernel = (...args: number[]) => number;

/** A buffer of shared memory that grows. Its address changes when it does. */
export class WorkBuffer {
  address = 0;
  bytes = 0;

  constructor(private readonly space: WorkSpace) {}

  /** Room for so many bytes; the first `keep` of what was there stay. */
  ensure(bytes: number, keep: number): void {
    if (bytes <= this.bytes) return;
    const larger = Math.max(bytes, Math.min(this.bytes * 2, this.bytes + 4 * 1024 * 1024));
    const address = this.space.allocate(larger);
    if (keep > 0) this.space.copy(this.address, keep, address);
    if (this.bytes > 0) this.space.free(this.address, this.bytes);
    this.address = address;
    this.bytes = larger;
  }
}

/** What all columns of an encoder share: memory, kernels, and buffers that are free between two calls. */
export class WorkSpace {
  readonly views: MemoryViews;
  readonly #kernels: EncoderContext['executor']['kernels'];
  readonly #pages: PageSource;
  readonly #space: Space;
  readonly #copy: Kernel;
  /** 64 bytes where kernels leave results. */
  readonly results: number;
  /** Values of one column that were gathered, and those that were converted. */
  readonly gathered: WorkBuffer;
  readonly converted: WorkBuffer;
  readonly numbers: WorkBuffer;
  /** Values of codes: those of a batch may lie in `gathered` at that moment. */
  readonly decoded: WorkBuffer;
  readonly levels: WorkBuffer;
  /** A page before it is compressed, and after. */
  readonly page: WorkBuffer;
  readonly compressed: WorkBuffer;
  /** A page whose levels need more room than there is before its values. */
  readonly levelledPage: WorkBuffer;
  readonly encodedLevels: WorkBuffer;
  readonly seen: WorkBuffer;

  constructor(context: EncoderContext) {
    this.views = context.executor.views;
    this.#kernels = context.executor.kernels;
    this.#pages = context.pages;
    this.#space = new Space(context.pages);
    this.#copy = this.kernel('blockCopy');
    this.results = this.allocate(64);
    this.gathered = new WorkBuffer(this);
    this.converted = new WorkBuffer(this);
    this.numbers = new WorkBuffer(this);
    this.decoded = new WorkBuffer(this);
    this.levels = new WorkBuffer(this);
    this.page = new WorkBuffer(this);
    this.compressed = new WorkBuffer(this);
    this.levelledPage = new WorkBuffer(this);
    this.encodedLevels = new WorkBuffer(this);
    this.seen = new WorkBuffer(this);
  }

  /** Bytes that the memory budget has left. */
  get room(): number {
    return this.#pages.room();
  }

  kernel(name: string): Kernel {
    return this.#kernels[name]!;
  }

  allocate(bytes: number): number {
    return this.#space.allocate(bytes);
  }

  free(address: number, bytes: number): void {
    this.#space.free(address, bytes);
  }

  copy(from: number, bytes: number, to: number): void {
    this.#copy(from, 0, bytes, 0, to);
  }
}
