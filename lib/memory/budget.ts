import { totalmem } from 'node:os';
import { ResourceError } from '../core/errors.js';
import {
  ARENA_BUDGET, ARENA_HEADER, ARENA_PEAK, ARENA_PEAK_BY_KIND, ARENA_USED, ARENA_USED_BY_KIND, DOMAIN_KINDS,
} from './arena-layout.js'; // prettier-ignore
import { PAGE_BYTES, PAGE_COUNT } from './layout.js';

/**
 * The memory budget: counters of pages in shared memory. A claim is charged before it looks for pages, so the sum is never above the
 * budget; a thread that dies between charging and claiming leaves the counter a few pages too high until `recount`.
 */

const HEADER = ARENA_HEADER >>> 2;
const USED = HEADER + ARENA_USED;

/** The smaller of the address space and 60 % of what the machine or its control group has. */
export function defaultBudget(): number {
  const limit = process.constrainedMemory();
  const memory = limit > 0 && limit < totalmem() ? limit : totalmem();
  return Math.min(PAGE_COUNT * PAGE_BYTES, Math.floor(memory * 0.6));
}

/** Throws ResourceError, with nothing charged, when the budget does not allow it. */
export function charge(i32: Int32Array, pages: number, kind: number): void {
  const used = Atomics.add(i32, USED, pages) + pages;
  if (used > i32[HEADER + ARENA_BUDGET]!) {
    Atomics.sub(i32, USED, pages);
    throw overBudget(i32, pages, used - pages);
  }
  raise(i32, HEADER + ARENA_PEAK, used);
  const ofKind = Atomics.add(i32, USED + ARENA_USED_BY_KIND - ARENA_USED + kind, pages) + pages;
  raise(i32, HEADER + ARENA_PEAK_BY_KIND + kind, ofKind);
}

/** Bytes within the budget that nobody holds. */
export function roomOf(i32: Int32Array): number {
  return Math.max(0, i32[HEADER + ARENA_BUDGET]! - Atomics.load(i32, USED)) * PAGE_BYTES;
}

export function discharge(i32: Int32Array, pages: number, kind: number): void {
  if (pages === 0) return;
  Atomics.sub(i32, USED, pages);
  Atomics.sub(i32, HEADER + ARENA_USED_BY_KIND + kind, pages);
}

/** Sets the counters to what the page table says. For moments when nobody claims. */
export function recount(i32: Int32Array, byKind: readonly number[]): void {
  const results = i32[HEADER + ARENA_USED_BY_KIND + DOMAIN_KINDS.indexOf('results')]!;
  let sum = results;
  for (let kind = 0; kind < DOMAIN_KINDS.indexOf('results'); kind++) {
    const pages = byKind[kind] ?? 0;
    Atomics.store(i32, HEADER + ARENA_USED_BY_KIND + kind, pages);
    sum += pages;
  }
  Atomics.store(i32, USED, sum);
}

/** Pages that are charged but not free in the table: fragments, or a table smaller than the budget. */
export function noSpan(i32: Int32Array, pages: number): ResourceError {
  const used = i32[USED]!;
  return new ResourceError({
    code: 'OUT_OF_MEMORY',
    message:
      `No free span of ${bytesText(pages)} is left in shared memory: ${bytesText(used)} of ${bytesText(i32[HEADER + ARENA_BUDGET]!)} are in use. ` +
      'Unpersist cached DataFrames, run fewer queries at once, or let the query read less at a time.',
  });
}

function overBudget(i32: Int32Array, pages: number, used: number): ResourceError {
  const budget = i32[HEADER + ARENA_BUDGET]!;
  return new ResourceError({
    code: 'OUT_OF_MEMORY',
    message:
      `The memory budget of ${bytesText(budget)} is used up: asked for ${bytesText(pages)}, free are ${bytesText(Math.max(0, budget - used))}. ` +
      'Set a larger `memory` option, unpersist cached DataFrames, or run fewer queries at once.',
  });
}

function raise(i32: Int32Array, index: number, value: number): void {
  let seen = Atomics.load(i32, index);
  while (seen < value) {
    const before = Atomics.compareExchange(i32, index, seen, value);
    if (before === seen) return;
    seen = before;
  }
}

function bytesText(pages: number): string {
  const kib = (pages * PAGE_BYTES) / 1024;
  if (kib < 1024) return `${kib} KiB`;
  const mib = kib / 1024;
  return mib < 1024 ? `${trim(mib)} MiB` : `${trim(mib / 1024)} GiB`;
}

function trim(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}
