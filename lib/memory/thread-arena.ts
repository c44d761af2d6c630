import { ARENA_HEADER, ARENA_HINT, ARENA_PAGES, HAZARDS, kindOfDomain, pageWord } from './arena-layout.js';
import { charge, discharge, noSpan, roomOf } from './budget.js';
import { FIRST_PAGE, PAGE_BYTES } from './layout.js';
import type { MemoryViews, PageSource } from './memory-access.js';
import { claimPages, freePages, publishPages } from './page-table.js';

/**
 * The arena as one thread sees it. Every thread makes its own over the same memory; the objects hold no state that others need.
 */
export interface ThreadArena {
  readonly views: MemoryViews;
  /** Pages claimed through it belong to the domain and, until published, to the worker. */
  pageSource(domain: number, worker: number): Pages;
  /**
   * "I am in domain d": as long as the word stands, the domain's pages stay as they are. After `enter` the caller looks again whether
   * the domain's owner still lives, and only then touches its memory.
   */
  enter(worker: number, domain: number): void;
  leave(worker: number): void;
}

/** Fills memory with zeros: `memory.fill` of the kernels, ten times faster than a typed array's on shared memory. */
export type ZeroFill = (address: number, bytes: number) => void;

export function threadArena(views: MemoryViews, zeroFill?: ZeroFill): ThreadArena {
  const zero = zeroFill ?? ((address, bytes) => void views.u8.fill(0, address, address + bytes));
  return Object.freeze({
    views,
    pageSource: (domain: number, worker: number) => new Pages(views, domain, worker, zero),
    enter: (worker: number, domain: number) => void Atomics.store(views.i32, (HAZARDS >>> 2) + worker, domain),
    leave: (worker: number) => void Atomics.store(views.i32, (HAZARDS >>> 2) + worker, 0),
  });
}

const HEADER = ARENA_HEADER >>> 2;
const HINT = HEADER + ARENA_HINT;

/**
 * A page source that remembers its spans, so that they are published or given back together. Used by one thread. Giving back is safe at any
 * time, even after the domain ended and its pages found new owners: a page is freed only while its word is the one this source wrote.
 */
export class Pages implements PageSource {
  readonly domain: number;
  readonly #views: MemoryViews;
  readonly #word: number;
  readonly #kind: number;
  readonly #zero: ZeroFill;
  /** First page → pages. */
  readonly #spans = new Map<number, number>();
  #held = 0;

  constructor(views: MemoryViews, domain: number, worker: number, zero: ZeroFill) {
    this.domain = domain;
    this.#views = views;
    this.#word = pageWord(domain, worker, 0);
    this.#kind = kindOfDomain(domain);
    this.#zero = zero;
  }

  /** Bytes held and not yet published. */
  get heldBytes(): number {
    return this.#held * PAGE_BYTES;
  }

  room(): number {
    return roomOf(this.#views.i32);
  }

  allocate(bytes: number, zeroed = false): number {
    const i32 = this.#views.i32;
    const count = Math.max(1, Math.ceil(bytes / PAGE_BYTES));
    charge(i32, count, this.#kind);
    const first = this.#claim(count);
    if (first === 0) {
      discharge(i32, count, this.#kind);
      throw noSpan(i32, count);
    }
    this.#spans.set(first, count);
    this.#held += count;
    const address = first * PAGE_BYTES;
    if (zeroed) this.#zero(address, count * PAGE_BYTES);
    return address;
  }

  free(address: number, bytes: number): void {
    const first = (address >>> 0) / PAGE_BYTES;
    const count = Math.max(1, Math.ceil(bytes / PAGE_BYTES));
    if (this.#spans.get(first) !== count) return;
    this.#spans.delete(first);
    this.#give(first, count);
  }

  /** From now on the pages live until their domain ends. Done before their address is shown to anybody. */
  publish(): void {
    for (const [first, count] of this.#spans) publishPages(this.#views.i32, first, count, this.#word);
    this.#spans.clear();
    this.#held = 0;
  }

  /** Gives back all that was not published. */
  release(): void {
    for (const [first, count] of this.#spans) this.#give(first, count);
    this.#spans.clear();
  }

  #claim(count: number): number {
    const i32 = this.#views.i32;
    const pages = i32[HEADER + ARENA_PAGES]!;
    const hint = Atomics.load(i32, HINT);
    const found = claimPages(i32, pages, count, this.#word, hint);
    if (found === 0) return claimPages(i32, pages, count, this.#word, FIRST_PAGE);
    // Raised only by single pages, which take the first free one, and only when nobody moved it meanwhile.
    if (count === 1) Atomics.compareExchange(i32, HINT, hint, found + 1);
    return found;
  }

  #give(first: number, count: number): void {
    const i32 = this.#views.i32;
    discharge(i32, freePages(i32, first, count, this.#word), this.#kind);
    this.#held -= count;
    lowerHint(i32, first);
  }
}

export function lowerHint(i32: Int32Array, page: number): void {
  let seen = Atomics.load(i32, HINT);
  while (page < seen) {
    const before = Atomics.compareExchange(i32, HINT, seen, page);
    if (before === seen) return;
    seen = before;
  }
}
