import type { Control } from './control.js';
import { QUERY_STAGES, queryWord } from './control.js';

/**
 * A stage entry: 32 words in the query's domain, written by the driver before the query is announced. What a running stage changes are
 * state, hints and the chunk counter; the task list may be written later, by the executor that opens the stage.
 */
export const STAGE_WORDS = 32;
/** STAGE_WAITING and so on; while opening, the slot that opens it is in bits 8 and up. */
export const STAGE_STATE = 0;
/** The id by which programs name it. */
export const STAGE_ID = 1;
export const STAGE_PROGRAM = 2;
export const STAGE_PROGRAM_BYTES = 3;
export const STAGE_MODULE = 4;
export const STAGE_MODULE_BYTES = 5;
/** Whatever the driver uses to tell modules apart; equal keys mean equal bytes. */
export const STAGE_MODULE_KEY = 6;
export const STAGE_TASKS = 7;
/** Address of the task records, and of the encoded task list. */
export const STAGE_RECORDS = 8;
export const STAGE_SPECS = 9;
/** Hint: no task below it is believed pending. */
export const STAGE_NEXT = 10;
/** All tasks below it are done or skipped. Only ever rises. */
export const STAGE_PREFIX = 11;
/** Chunks handed out so far, their room, and where they are. */
export const STAGE_CHUNKS = 12;
export const STAGE_CHUNK_CAPACITY = 13;
export const STAGE_CHUNK_LIST = 14;
/** Bit i: needs the query's i-th stage complete. */
export const STAGE_INPUTS_LOW = 15;
export const STAGE_INPUTS_HIGH = 16;
/** Failed attempts to open it. */
export const STAGE_OPEN_FAILURES = 17;
/** Domain of what its chunks publish; 0: the query's. */
export const STAGE_RESULT_DOMAIN = 18;
/** 1: stop when the leading tasks hold STAGE_LIMIT rows (f64 at an even word). */
export const STAGE_LIMITED = 19;
export const STAGE_LIMIT = 20;
/** µs, absolute: opened, completed. */
export const STAGE_OPENED_AT = 22;
export const STAGE_DONE_AT = 24;

/** Address of one word for each task, zero at first, for what the tasks of a source tell each other. */
export const STAGE_TASK_WORDS = 26;
/** i64 at an even word: bytes of a shared output that tasks have taken so far. Only ever rises. */
export const STAGE_TAKEN = 28;

export const STAGE_WAITING = 0;
export const STAGE_OPENING = 1;
export const STAGE_RUNNING = 2;
export const STAGE_DONE = 3;

export const STAGES_MAX = 64;

/** Index of the entry of a query's `stage`-th stage. */
export function stageWord(control: Control, query: number, stage: number): number {
  return (control.i32[queryWord(control, query) + QUERY_STAGES]! >>> 2) + stage * STAGE_WORDS;
}

/** Whether all stages that it reads are complete. */
export function inputsReady(control: Control, query: number, stage: number): boolean {
  const { i32 } = control;
  const entry = stageWord(control, query, stage);
  for (let half = 0; half < 2; half++) {
    for (let bits = i32[entry + STAGE_INPUTS_LOW + half]!; bits !== 0; bits &= bits - 1) {
      const input = half * 32 + (31 - Math.clz32(bits & -bits));
      if (Atomics.load(i32, stageWord(control, query, input) + STAGE_STATE) !== STAGE_DONE) return false;
    }
  }
  return true;
}
