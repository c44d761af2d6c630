import { FRAME_HEAP, HEAP_BYTES, HEAP_END, HEAP_ID, HEAP_NEXT } from '../../memory/layout.js';
import type { Space } from '../../memory/block-space.js';
import type { PageSource } from '../../memory/memory-access.js';
import type { PipelineContext } from '../contracts.js';

/**
 * The heap of aggregate states that own bytes. Update loops allocate from the heap in their frame, which is for transient bytes: while an update runs, this
 * one stands in its place.
 */
export class StateHeap {
  /** Address of the heap (memory/layout.ts, HEAP_*). */
  readonly address: number;
  readonly #u32: Uint32Array;
  readonly #frameHeap: number;
  readonly #saved = [0, 0, 0, 0];

  constructor(context: PipelineContext, space: Space, pages: PageSource) {
    this.#u32 = context.executor.views.u32;
    this.#frameHeap = (context.frame + FRAME_HEAP) >>> 2;
    this.address = space.allocate(HEAP_BYTES);
    const at = this.address >>> 2;
    this.#u32[at + HEAP_NEXT / 4] = 0;
    this.#u32[at + HEAP_END / 4] = 0;
    this.#u32[at + HEAP_ID / 4] = context.openHeap(pages);
    this.#u32[at + 3] = 0;
  }

  /** Puts this heap into the frame. */
  enter(): void {
    const own = this.address >>> 2;
    for (let i = 0; i < 4; i++) {
      this.#saved[i] = this.#u32[this.#frameHeap + i] as number;
      this.#u32[this.#frameHeap + i] = this.#u32[own + i] as number;
    }
  }

  /** Puts the frame's own heap back. */
  leave(): void {
    const own = this.address >>> 2;
    for (let i = 0; i < 4; i++) {
      this.#u32[own + i] = this.#u32[this.#frameHeap + i] as number;
      this.#u32[this.#frameHeap + i] = this.#saved[i] as number;
    }
  }
}
