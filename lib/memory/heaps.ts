import { HEAP_END, HEAP_ID, HEAP_NEXT, PAGE_BYTES } from './layout.js';
import type { MemoryViews, PageSource } from './memory-access.js';

interface OpenHeap {
  readonly source: PageSource;
  readonly spans: { readonly start: number; readonly bytes: number }[];
}

/** See Heaps.mark. */
export interface HeapMark {
  readonly spans: number;
  readonly next: number;
  readonly end: number;
}

/** Spans double up to this, so that a heap of many strings takes few spans. */
const SPAN_STEP_MAX = 1024 * 1024;

/**
 * The growing side of heaps (memory/layout.ts, HEAP_*): compiled code bumps `next` and calls `heapMore` at `end`. One object a thread.
 * The host function that WebAssembly imports is `heaps.heapMore`.
 */
export class Heaps {
  readonly #views: MemoryViews;
  readonly #open = new Map<number, OpenHeap>();
  #nextId = 1;

  constructor(views: MemoryViews) {
    this.#views = views;
  }

  /** An id (HEAP_ID) for records that grow out of `source`. */
  register(source: PageSource): number {
    const id = this.#nextId++;
    this.#open.set(id, { source, spans: [] });
    return id;
  }

  /** Makes an empty heap record at `heap` that grows out of `source`. Returns its id. */
  open(heap: number, source: PageSource): number {
    const id = this.register(source);
    const u32 = this.#views.u32;
    u32[(heap + HEAP_NEXT) >>> 2] = 0;
    u32[(heap + HEAP_END) >>> 2] = 0;
    u32[(heap + HEAP_ID) >>> 2] = id;
    return id;
  }

  /** Address of fresh bytes, 8-byte aligned: what `allocate` of the kernels does, for JavaScript. */
  allocate(heap: number, bytes: number): number {
    const u32 = this.#views.u32;
    const rounded = (bytes + 7) & ~7;
    if (rounded > u32[(heap + HEAP_END) >>> 2]! - u32[(heap + HEAP_NEXT) >>> 2]!) this.heapMore(heap, rounded);
    const at = u32[(heap + HEAP_NEXT) >>> 2]!;
    u32[(heap + HEAP_NEXT) >>> 2] = at + rounded;
    return at;
  }

  /** Room for at least `bytes` contiguous bytes, or ResourceError. What was left of the last span is given up. */
  readonly heapMore = (address: number, bytes: number): void => {
    const heap = address >>> 0;
    const wanted = bytes >>> 0;
    const u32 = this.#views.u32;
    const open = this.#open.get(u32[(heap + HEAP_ID) >>> 2]!)!;
    const last = open.spans.at(-1);
    const step = last === undefined ? PAGE_BYTES : Math.min(SPAN_STEP_MAX, last.bytes * 2);
    const size = Math.max(step, Math.ceil(wanted / PAGE_BYTES) * PAGE_BYTES);
    const start = open.source.allocate(size) >>> 0;
    open.spans.push({ start, bytes: size });
    u32[(heap + HEAP_NEXT) >>> 2] = start;
    u32[(heap + HEAP_END) >>> 2] = start + size;
  };

  /** Empties a heap of transient bytes: its newest span stays if it is of usual size, the others go back. */
  reset(heap: number): void {
    const u32 = this.#views.u32;
    const open = this.#open.get(u32[(heap + HEAP_ID) >>> 2]!);
    if (open === undefined || open.spans.length === 0) return;
    const kept = open.spans.at(-1)!.bytes <= SPAN_STEP_MAX ? open.spans.pop() : undefined;
    for (const span of open.spans) open.source.free(span.start, span.bytes);
    open.spans.length = 0;
    if (kept !== undefined) open.spans.push(kept);
    u32[(heap + HEAP_NEXT) >>> 2] = kept?.start ?? 0;
    u32[(heap + HEAP_END) >>> 2] = kept === undefined ? 0 : kept.start + kept.bytes;
  }

  /** How full a heap of transient bytes is, for `rewind`. */
  mark(heap: number): HeapMark {
    const u32 = this.#views.u32;
    const open = this.#open.get(u32[(heap + HEAP_ID) >>> 2]!);
    return { spans: open?.spans.length ?? 0, next: u32[(heap + HEAP_NEXT) >>> 2]!, end: u32[(heap + HEAP_END) >>> 2]! };
  }

  /** Empties a heap of what came since. */
  rewind(heap: number, mark: HeapMark): void {
    if (mark.spans === 0) return this.reset(heap);
    const u32 = this.#views.u32;
    const open = this.#open.get(u32[(heap + HEAP_ID) >>> 2]!);
    for (const span of open?.spans.splice(mark.spans) ?? []) open!.source.free(span.start, span.bytes);
    u32[(heap + HEAP_NEXT) >>> 2] = mark.next;
    u32[(heap + HEAP_END) >>> 2] = mark.end;
  }

  /** Forgets the heap with this id (word HEAP_ID). Touches no memory: its pages go with their source. */
  forget(id: number): void {
    this.#open.delete(id);
  }
}
