import type { Control } from './control.js';
import {
  ERROR_NONE, ERROR_WRITING, QUERY_ERROR_STATE, QUERY_MAX_FAILURES, QUERY_STAGE_COUNT, queryWord,
} from './control.js'; // prettier-ignore
import { settleChunks } from './chunk-table.js';
import { completeStage } from './run-queue.js';
import {
  STAGE_OPENING,
  STAGE_OPEN_FAILURES,
  STAGE_RUNNING,
  STAGE_STATE,
  STAGE_TASKS,
  STAGE_WAITING,
  stageWord,
} from './stage-entry.js';
import { recordWord, returnTask, settleTask } from './task-table.js';
import { TASK_CLAIMED, TASK_FOLDED, epochOf, slotOf, stateOf } from './task-word.js';

/** What a death took from a query. */
export interface Voided {
  /** (stage, task) that was running: the one attempt that counts. */
  readonly running: { readonly stage: number; readonly ordinal: number; readonly attempt: number } | undefined;
  /** Finished tasks whose chunk was not sealed: they run again without blame. */
  readonly lost: number;
  /** Some task, or the opening of some stage, has failed too often. */
  readonly exhausted: boolean;
}

/**
 * Undoes what a dead executor had not committed in one query, and finishes what it had. The driver calls it, after the thread's end and while it
 * keeps the query's domain alive; other executors go on meanwhile, which is harmless because nobody else changes words that carry the dead slot.
 */
export function voidExecutor(control: Control, query: number, slot: number): Voided {
  const { i32 } = control;
  const word = queryWord(control, query);
  const maxFailures = i32[word + QUERY_MAX_FAILURES]!;
  let running: Voided['running'];
  let lost = 0;
  let exhausted = false;
  const writing = ERROR_WRITING + slot;
  Atomics.compareExchange(i32, word + QUERY_ERROR_STATE, writing, ERROR_NONE);
  const stages = i32[word + QUERY_STAGE_COUNT]!;
  for (let stage = 0; stage < stages; stage++) {
    const entry = stageWord(control, query, stage);
    const state = Atomics.load(i32, entry + STAGE_STATE);
    if (state === (STAGE_OPENING | (slot << 8))) {
      if (Atomics.add(i32, entry + STAGE_OPEN_FAILURES, 1) + 1 >= maxFailures) exhausted = true;
      Atomics.store(i32, entry + STAGE_STATE, STAGE_WAITING);
    }
    if (state !== STAGE_RUNNING) continue;
    const sealed = settleChunks(control, entry, slot);
    const tasks = i32[entry + STAGE_TASKS]!;
    for (let ordinal = 0; ordinal < tasks; ordinal++) {
      const seen = Atomics.load(i32, recordWord(control, entry, ordinal));
      if (slotOf(seen) !== slot) continue;
      if (stateOf(seen) === TASK_CLAIMED) {
        const attempt = returnTask(control, entry, ordinal, seen, true);
        running = { stage, ordinal, attempt };
        if (attempt >= maxFailures) exhausted = true;
      } else if (stateOf(seen) === TASK_FOLDED) {
        const kept = sealed.has(epochOf(seen));
        settleTask(control, entry, ordinal, seen, kept);
        if (!kept) lost++;
      }
    }
    completeStage(control, query, stage);
  }
  // It may have died between the end of the last stage and the end of the query.
  completeStage(control, query, stages - 1);
  return { running, lost, exhausted };
}
