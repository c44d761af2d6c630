import { DICTIONARY_HEADER_BYTES } from './layout.js';
import type { MemoryViews } from './memory-access.js';

let generation = 0;

/**
 * Heads a dictionary of `count` views that is about to lie behind `header`, in memory that others lay in before: it gets a number that none of this thread had. Returns the
 * address of its first view.
 */
export function headDictionary({ u32 }: MemoryViews, header: number, count: number): number {
  generation = generation === 0xffff_ffff ? 1 : generation + 1;
  u32.fill(0, header >>> 2, (header + DICTIONARY_HEADER_BYTES) >>> 2);
  u32[header >>> 2] = count;
  u32[(header >>> 2) + 1] = generation;
  return header + DICTIONARY_HEADER_BYTES;
}

/** How many views a dictionary has, and which one at its address it is: 0 in blocks, which never change. */
export function dictionaryFacts(
  { u32 }: MemoryViews,
  dictionary: number,
): { readonly count: number; readonly generation: number } {
  const header = (dictionary - DICTIONARY_HEADER_BYTES) >>> 2;
  return { count: u32[header]!, generation: u32[header + 1]! };
}
