import { FIRST_PAGE, PAGE_TABLE } from './layout.js';
import {
  ARENA_HEADER,
  ARENA_HIGH,
  WORD_DOMAIN_SHIFT,
  WORD_PUBLISHED,
  WORD_WORKER_MASK,
  WORD_WORKER_SHIFT,
  kindOfDomain,
} from './arena-layout.js';

/**
 * The page table: one word a page, changed only by compare-and-swap, so that a page is always either free or owned and whatever
 * a dead executor held is found by looking. Any thread calls any of these at any time; plain loads only choose where to try.
 */

const TABLE = PAGE_TABLE >>> 2;
const HIGH = (ARENA_HEADER >>> 2) + ARENA_HIGH;

/** First page of `count` free neighbours at or above `from`, now owned by `word`; 0 when there are none. Lowest first. */
export function claimPages(i32: Int32Array, pages: number, count: number, word: number, from: number): number {
  let start = from;
  while (start + count <= pages) {
    let free = 0;
    while (free < count && i32[TABLE + start + free] === 0) free++;
    if (free < count) {
      start += free + 1;
      continue;
    }
    raiseHigh(i32, start + count);
    let got = 0;
    while (got < count && Atomics.compareExchange(i32, TABLE + start + got, 0, word) === 0) got++;
    if (got === count) return start;
    // Another thread took one in the middle. What we took is ours alone, so a plain atomic store gives it back.
    for (let i = 0; i < got; i++) Atomics.store(i32, TABLE + start + i, 0);
    start += got + 1;
  }
  return 0;
}

/** Frees those of the pages that still carry `word`, and says how many did. A page with another owner is left alone. */
export function freePages(i32: Int32Array, first: number, count: number, word: number): number {
  let freed = 0;
  for (let page = first; page < first + count; page++) {
    if (Atomics.compareExchange(i32, TABLE + page, word, 0) === word) freed++;
  }
  return freed;
}

/** Makes the pages outlive their worker. Only the owner calls it. */
export function publishPages(i32: Int32Array, first: number, count: number, word: number): void {
  for (let page = first; page < first + count; page++) {
    Atomics.compareExchange(i32, TABLE + page, word, word | WORD_PUBLISHED);
  }
}

/** Frees what a dead worker held and had not published. `freed` is counted by kind of domain. */
export function sweepWorker(i32: Int32Array, worker: number, freed: Int32Array): void {
  const pages = Atomics.load(i32, HIGH);
  const key = worker << WORD_WORKER_SHIFT;
  for (let page = FIRST_PAGE; page < pages; page++) {
    const word = i32[TABLE + page]!;
    if (word === 0 || (word & (WORD_WORKER_MASK | WORD_PUBLISHED)) !== key) continue;
    if (Atomics.compareExchange(i32, TABLE + page, word, 0) === word) addTo(freed, kindOfDomain(word >>> WORD_DOMAIN_SHIFT));
  }
}

/** Frees all pages of a domain, whoever claimed them. The lowest freed page is returned, 0 for none. */
export function sweepDomain(i32: Int32Array, domain: number, freed: Int32Array): number {
  const pages = Atomics.load(i32, HIGH);
  let lowest = 0;
  for (let page = FIRST_PAGE; page < pages; page++) {
    let word = i32[TABLE + page]!;
    // The owner may publish while we look: try again with the word it made.
    while (word !== 0 && word >>> WORD_DOMAIN_SHIFT === domain) {
      const seen = Atomics.compareExchange(i32, TABLE + page, word, 0);
      if (seen === word) {
        addTo(freed, kindOfDomain(domain));
        if (lowest === 0) lowest = page;
        break;
      }
      word = seen;
    }
  }
  return lowest;
}

/** Pages in use by domain. */
export function countByDomain(i32: Int32Array): Map<number, number> {
  const counts = new Map<number, number>();
  const pages = Atomics.load(i32, HIGH);
  let last = 0;
  let run = 0;
  for (let page = FIRST_PAGE; page <= pages; page++) {
    const domain = page < pages ? i32[TABLE + page]! >>> WORD_DOMAIN_SHIFT : 0;
    if (domain === last) {
      run++;
      continue;
    }
    if (last !== 0) counts.set(last, (counts.get(last) ?? 0) + run);
    last = domain;
    run = 1;
  }
  return counts;
}

/** Lets sweeps stop at the last page in use again. Only while nobody claims. */
export function lowerHigh(i32: Int32Array): void {
  let page = Atomics.load(i32, HIGH);
  while (page > FIRST_PAGE && i32[TABLE + page - 1] === 0) page--;
  Atomics.store(i32, HIGH, page);
}

function raiseHigh(i32: Int32Array, page: number): void {
  let seen = Atomics.load(i32, HIGH);
  while (page > seen) {
    const before = Atomics.compareExchange(i32, HIGH, seen, page);
    if (before === seen) return;
    seen = before;
  }
}

function addTo(counts: Int32Array, kind: number): void {
  counts[kind]!++;
}
