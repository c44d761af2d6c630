import { InternalError, ResourceError } from '../core/errors.js';
import {
  ARENA_BUDGET, ARENA_HEADER, ARENA_HEADER_WORDS, ARENA_HIGH, ARENA_HINT, ARENA_PAGES, ARENA_PEAK, ARENA_PEAK_BY_KIND, ARENA_USED, ARENA_USED_BY_KIND,
  DOMAIN_KINDS, DOMAIN_NUMBER_MAX, HAZARDS, WORKERS_MAX, kindOfDomain,
} from './arena-layout.js'; // prettier-ignore
import type { DomainKind } from './arena-layout.js';
import { charge, defaultBudget, discharge, recount } from './budget.js';
import { FIRST_PAGE, PAGE_BYTES, PAGE_COUNT, PAGE_TABLE, ZEROS, ZEROS_BYTES } from './layout.js';
import { viewsOf } from './memory-access.js';
import { countByDomain, lowerHigh, sweepDomain, sweepWorker } from './page-table.js';
import { lowerHint, threadArena } from './thread-arena.js';
import type { ThreadArena, ZeroFill } from './thread-arena.js';

/**
 * The arena: one shared memory cut into pages. The driver makes it, opens and ends domains, and sweeps after dead executors; all threads
 * claim pages through `threadArena`. The only place that makes a shared memory.
 */
export interface Arena extends ThreadArena {
  readonly memory: WebAssembly.Memory;
  openDomain(kind: Exclude<DomainKind, 'results'>): number;
  /** Frees a domain whole. False, and nothing is done, while some executor is inside: call again later. */
  endDomain(domain: number): boolean;
  /** Workers that are inside a domain. */
  insideOf(domain: number): number[];
  /** Pages published from the start: for what the driver itself writes. */
  allocate(domain: number, bytes: number, zeroed?: boolean): number;
  /** Frees what a dead worker held privately and takes it out of whatever domain it was in. Returns pages. Only after the thread's end. */
  sweep(worker: number): number;
  /** Counts results handed to JavaScript against the budget, or throws ResourceError. Returned by `dropResult` with the same number. */
  holdResult(bytes: number): void;
  dropResult(bytes: number): void;
  usage(): MemoryUsage;
  /** Sets the counters right after deaths. Only while no task runs. */
  recount(): void;
  /** Frees everything. Only when all other threads over this memory have ended: the next engine of the process takes the memory over. */
  close(): void;
}

/** All in bytes. */
export interface MemoryUsage {
  readonly used: number;
  readonly peak: number;
  readonly budget: number;
  readonly kinds: { readonly [K in DomainKind]: { readonly used: number; readonly peak: number } };
  readonly domains: readonly { readonly id: number; readonly kind: DomainKind; readonly used: number }[];
}

export interface ArenaOptions {
  /** Bytes; default: the smaller of 4 GiB and 60 % of the machine's or control group's memory. */
  readonly budget?: number;
  readonly zeroFill?: ZeroFill;
}

const HEADER = ARENA_HEADER >>> 2;
const HAZARD = HAZARDS >>> 2;

/** Memories of closed engines. One is never dropped: its touched pages would stay until some far garbage collection. */
const idle: WebAssembly.Memory[] = [];

/** Never back to 1 with a new arena: a page source left over from a closed engine must not recognise its words in the next one's table. */
let nextNumber = 1;

export function createArena(options: ArenaOptions = {}): Arena {
  const memory = idle.pop() ?? makeMemory();
  const views = viewsOf(memory);
  const { i32 } = views;
  const pages = Math.min(PAGE_COUNT, views.u8.length / PAGE_BYTES);
  const budget = Math.max(1, Math.min(pages - FIRST_PAGE, Math.floor((options.budget ?? defaultBudget()) / PAGE_BYTES)));
  i32.fill(0, HEADER, HEADER + ARENA_HEADER_WORDS);
  i32.fill(0, HAZARD, HAZARD + WORKERS_MAX + 1);
  views.u8.fill(0, ZEROS, ZEROS + ZEROS_BYTES);
  i32[HEADER + ARENA_PAGES] = pages;
  i32[HEADER + ARENA_BUDGET] = budget;
  i32[HEADER + ARENA_HINT] = FIRST_PAGE;
  i32[HEADER + ARENA_HIGH] = FIRST_PAGE;

  const thread = threadArena(views, options.zeroFill);
  const live = new Set<number>();
  let closed = false;

  function openDomain(kind: Exclude<DomainKind, 'results'>): number {
    if (live.size >= DOMAIN_NUMBER_MAX - 1) throw new InternalError('Too many memory domains are open.');
    for (;;) {
      const domain = (nextNumber << 2) | DOMAIN_KINDS.indexOf(kind);
      nextNumber = nextNumber === DOMAIN_NUMBER_MAX ? 1 : nextNumber + 1;
      if (live.has(domain)) continue;
      live.add(domain);
      return domain;
    }
  }

  function insideOf(domain: number): number[] {
    const workers: number[] = [];
    for (let worker = 0; worker <= WORKERS_MAX; worker++) {
      if (Atomics.load(i32, HAZARD + worker) === domain) workers.push(worker);
    }
    return workers;
  }

  function endDomain(domain: number): boolean {
    if (!live.has(domain)) return true;
    if (insideOf(domain).length > 0) return false;
    live.delete(domain);
    const freed = new Int32Array(DOMAIN_KINDS.length);
    const lowest = sweepDomain(i32, domain, freed);
    account(freed);
    if (lowest > 0) lowerHint(i32, lowest);
    return true;
  }

  function sweep(worker: number): number {
    Atomics.store(i32, HAZARD + worker, 0);
    const freed = new Int32Array(DOMAIN_KINDS.length);
    sweepWorker(i32, worker, freed);
    lowerHint(i32, FIRST_PAGE);
    return account(freed);
  }

  function account(freed: Int32Array): number {
    let sum = 0;
    freed.forEach((count, kind) => {
      discharge(i32, count, kind);
      sum += count;
    });
    return sum;
  }

  function usage(): MemoryUsage {
    const bytes = (word: number) => Math.max(0, i32[HEADER + word]!) * PAGE_BYTES;
    const kinds = DOMAIN_KINDS.map((kind, i) => [
      kind,
      { used: bytes(ARENA_USED_BY_KIND + i), peak: bytes(ARENA_PEAK_BY_KIND + i) },
    ]);
    const domains = [...countByDomain(i32)].map(([id, count]) => ({
      id,
      kind: DOMAIN_KINDS[kindOfDomain(id)]!,
      used: count * PAGE_BYTES,
    }));
    return {
      used: bytes(ARENA_USED),
      peak: bytes(ARENA_PEAK),
      budget: bytes(ARENA_BUDGET),
      kinds: Object.fromEntries(kinds) as MemoryUsage['kinds'],
      domains,
    };
  }

  return Object.freeze({
    ...thread,
    memory,
    openDomain,
    endDomain,
    insideOf,
    allocate(domain: number, bytes: number, zeroed = false) {
      const source = thread.pageSource(domain, 0);
      const address = source.allocate(bytes, zeroed);
      source.publish();
      return address;
    },
    sweep,
    holdResult: (bytes: number) => charge(i32, Math.ceil(bytes / PAGE_BYTES), DOMAIN_KINDS.indexOf('results')),
    dropResult: (bytes: number) => discharge(i32, Math.ceil(bytes / PAGE_BYTES), DOMAIN_KINDS.indexOf('results')),
    usage,
    recount() {
      const byKind: number[] = DOMAIN_KINDS.map(() => 0);
      for (const [domain, count] of countByDomain(i32)) byKind[kindOfDomain(domain)]! += count;
      recount(i32, byKind);
      lowerHigh(i32);
    },
    close() {
      if (closed) return;
      closed = true;
      live.clear();
      i32.fill(0, PAGE_TABLE >>> 2, (PAGE_TABLE >>> 2) + PAGE_COUNT);
      idle.push(memory);
    },
  });
}

/** Address space only: what is never touched costs nothing. A process under `ulimit -v` may get half of it, or none. */
function makeMemory(): WebAssembly.Memory {
  let cause: unknown;
  for (const pages of [PAGE_COUNT, PAGE_COUNT / 2]) {
    try {
      return new WebAssembly.Memory({ shared: true, initial: pages, maximum: pages });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      cause = error;
    }
  }
  throw new ResourceError({
    code: 'OUT_OF_ADDRESS_SPACE',
    message:
      'The system refused the address space for shared memory: about 11 GiB of addresses, most of them never used. Raise the limit on virtual memory (`ulimit -v`) or close other engines of this process.',
    cause,
  });
}
