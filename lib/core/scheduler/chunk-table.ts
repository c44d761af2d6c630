import type { Control } from './control.js';
import { SLOT_EPOCH, slotWord } from './control.js';
import { STAGE_CHUNKS, STAGE_CHUNK_CAPACITY, STAGE_CHUNK_LIST } from './stage-entry.js';
import { CHUNK_WORDS } from './task-table.js';
import { CHUNK_OPEN, CHUNK_SEALED, CHUNK_VOID, epochOf, slotOf, stateOf, taskWord } from './task-word.js';

/**
 * The chunks of a stage: 4 words each: 0 state word {state, slot, epoch}, 1 address of what the sink sealed, 2 tasks in it, 3 zero. Sealing is one
 * compare-and-swap of the state word; folded tasks of a sealed (slot, epoch) are done from that moment, whoever writes so into their words.
 */
export interface OpenChunk {
  /** Index of the chunk's first word. */
  readonly word: number;
  readonly epoch: number;
}

/** Takes a fresh chunk for a slot; undefined when the stage's room is used up. */
export function openChunk(control: Control, entry: number, slot: number): OpenChunk | undefined {
  const { i32 } = control;
  const epoch = (Atomics.add(i32, slotWord(control, slot) + SLOT_EPOCH, 1) + 1) & 0xffff;
  const index = Atomics.add(i32, entry + STAGE_CHUNKS, 1);
  if (index >= i32[entry + STAGE_CHUNK_CAPACITY]!) return undefined;
  const word = (i32[entry + STAGE_CHUNK_LIST]! >>> 2) + index * CHUNK_WORDS;
  Atomics.store(i32, word, taskWord(CHUNK_OPEN, 0, slot, epoch));
  return { word, epoch };
}

/** The commit. False when the chunk was voided: then its tasks are no longer ours. */
export function sealChunk(control: Control, chunk: OpenChunk, slot: number, address: number, tasks: number): boolean {
  const { i32 } = control;
  i32[chunk.word + 1] = address;
  i32[chunk.word + 2] = tasks;
  const open = taskWord(CHUNK_OPEN, 0, slot, chunk.epoch);
  return Atomics.compareExchange(i32, chunk.word, open, taskWord(CHUNK_SEALED, 0, slot, chunk.epoch)) === open;
}

/** False when it is too late: the chunk is sealed, its tasks are done. */
export function voidChunk(control: Control, chunk: OpenChunk, slot: number): boolean {
  const open = taskWord(CHUNK_OPEN, 0, slot, chunk.epoch);
  return Atomics.compareExchange(control.i32, chunk.word, open, taskWord(CHUNK_VOID, 0, slot, chunk.epoch)) === open;
}

/** Voids the open chunk of a dead slot and collects the epochs it had sealed. */
export function settleChunks(control: Control, entry: number, slot: number): ReadonlySet<number> {
  const { i32 } = control;
  const sealed = new Set<number>();
  forEachChunk(control, entry, (word) => {
    let seen = Atomics.load(i32, word);
    if (slotOf(seen) !== slot) return;
    if (stateOf(seen) === CHUNK_OPEN) {
      voidChunk(control, { word, epoch: epochOf(seen) }, slot);
      seen = Atomics.load(i32, word);
    }
    if (stateOf(seen) === CHUNK_SEALED) sealed.add(epochOf(seen));
  });
  return sealed;
}

/** Addresses of what was sealed, in no particular order, empty chunks left out. Complete once the stage is done. */
export function sealedChunks(control: Control, entry: number): number[] {
  const { i32 } = control;
  const addresses: number[] = [];
  forEachChunk(control, entry, (word) => {
    if (stateOf(Atomics.load(i32, word)) !== CHUNK_SEALED) return;
    const address = i32[word + 1]! >>> 0;
    if (address !== 0) addresses.push(address);
  });
  return addresses;
}

function forEachChunk(control: Control, entry: number, visit: (word: number) => void): void {
  const { i32 } = control;
  const count = Math.min(Atomics.load(i32, entry + STAGE_CHUNKS), i32[entry + STAGE_CHUNK_CAPACITY]!);
  const first = i32[entry + STAGE_CHUNK_LIST]! >>> 2;
  for (let i = 0; i < count; i++) visit(first + i * CHUNK_WORDS);
}
