/**
 * The state word of a task, and of a chunk: bits 0..2 state, 3..6 attempt, 7..15 executor slot, 16..31 epoch (which of the slot's chunks).
 * pending → claimed (executor, attempt) → folded (executor, epoch) → done. A death or a failure takes it back to pending; done is for ever.
 */

export const TASK_PENDING = 0;
export const TASK_CLAIMED = 1;
/** Run, and gathered in a chunk that is not sealed yet. */
export const TASK_FOLDED = 2;
export const TASK_DONE = 3;
/** Not needed any more: the tasks before it hold enough rows. */
export const TASK_SKIPPED = 4;

export const CHUNK_FREE = 0;
export const CHUNK_OPEN = 1;
export const CHUNK_SEALED = 2;
export const CHUNK_VOID = 3;

export const ATTEMPT_MAX = 15;

export function taskWord(state: number, attempt: number, slot: number, epoch: number): number {
  return state | (attempt << 3) | (slot << 7) | (epoch << 16);
}

export const stateOf = (word: number): number => word & 7;
export const attemptOf = (word: number): number => (word >>> 3) & 15;
export const slotOf = (word: number): number => (word >>> 7) & 0x1ff;
export const epochOf = (word: number): number => word >>> 16;
