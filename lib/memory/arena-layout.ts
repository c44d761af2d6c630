/**
 * What the arena keeps in page 0 behind the zeros, and what a word of the page table means. Only TypeScript reads these.
 * All words are changed with Atomics.
 */

/** Words of the arena's header, counted from ARENA_HEADER >>> 2. Counters are in pages. */
export const ARENA_HEADER = 8192;
/** Pages of this memory that exist (half of PAGE_COUNT where the system refused the whole). */
export const ARENA_PAGES = 0;
export const ARENA_BUDGET = 1;
/** No page below it is believed free. A hint: a claim that finds nothing looks again from FIRST_PAGE. */
export const ARENA_HINT = 2;
/** No page at or above it was ever claimed since the arena was made: where sweeps may stop. Raised before a claim. */
export const ARENA_HIGH = 3;
export const ARENA_USED = 4;
export const ARENA_PEAK = 5;
/** Used pages by kind of domain, one word each; then their peaks. */
export const ARENA_USED_BY_KIND = 8;
export const ARENA_PEAK_BY_KIND = 16;
export const ARENA_HEADER_WORDS = 64;

/** Hazard words, one a worker: the domain that its thread is in, 0 none. */
export const HAZARDS = 12288;
export const WORKERS_MAX = 511;

/** What owns a domain; `results` counts what was handed out to JavaScript and has no pages. */
export const DOMAIN_KINDS = ['engine', 'query', 'cache', 'results'] as const;
export type DomainKind = (typeof DOMAIN_KINDS)[number];

/**
 * A page's word: 0 free, else bit 0 published, bits 1..9 worker, bits 10..29 domain. A domain's two low bits are its kind,
 * the rest a number that comes round after 262,143 domains.
 */
export const WORD_PUBLISHED = 1;
export const WORD_WORKER_SHIFT = 1;
export const WORD_WORKER_MASK = 0x3fe;
export const WORD_DOMAIN_SHIFT = 10;
export const DOMAIN_NUMBER_MAX = 0x3ffff;

export function pageWord(domain: number, worker: number, published: number): number {
  return (domain << WORD_DOMAIN_SHIFT) | (worker << WORD_WORKER_SHIFT) | published;
}

export function kindOfDomain(domain: number): number {
  return domain & 3;
}
