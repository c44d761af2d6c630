import type { Space } from '../../memory/block-space.js';
import type { DecoderContext } from '../source.js';

/** Words of an entry: u32 hash, u32 address of the name (0: free), u32 its length, u32 its number. */
const ENTRY_WORDS = 4;
/** Kernels compare eight bytes at a time. */
const SLACK_BYTES = 16;

/** A hash table of names in shared memory, as kernels/assembly/json-keys.ts looks them up. */
export interface NameTable {
  readonly address: number;
  /** Entries less one; their number is a power of two. */
  readonly mask: number;
}

export function writeNames({ executor }: DecoderContext, space: Space, names: readonly string[]): NameTable {
  const { u8, u32 } = executor.views;
  let slots = 4;
  while (slots < 2 * names.length) slots *= 2;
  const mask = slots - 1;
  const texts = names.map((name) => Buffer.from(name, 'utf8'));
  const address = space.allocate(slots * ENTRY_WORDS * 4);
  u32.fill(0, address >>> 2, (address >>> 2) + slots * ENTRY_WORDS);
  let at = space.allocate(texts.reduce((sum, text) => sum + text.length, SLACK_BYTES));
  for (const [number, text] of texts.entries()) {
    u8.set(text, at);
    const hash = executor.kernels['jsonNameHash']!(at, text.length) >>> 0;
    let slot = hash & mask;
    while (u32[(address >>> 2) + slot * ENTRY_WORDS + 1] !== 0) slot = (slot + 1) & mask;
    u32.set([hash, at, text.length, number], (address >>> 2) + slot * ENTRY_WORDS);
    at += text.length;
  }
  return { address, mask };
}
