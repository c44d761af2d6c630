import { SCAN_FIGURES, type ScanFigures } from '../types/scan-figures.js';
import type { Control, SharedWords } from './control.js';
import { lowerTo, raiseTo } from './control.js';
import {
  STAGE_CHUNK_CAPACITY, STAGE_CHUNK_LIST, STAGE_LIMIT, STAGE_LIMITED, STAGE_NEXT, STAGE_PREFIX, STAGE_RECORDS, STAGE_SPECS, STAGE_TASKS,
  STAGE_TASK_WORDS,
} from './stage-entry.js'; // prettier-ignore
import {
  TASK_CLAIMED,
  TASK_DONE,
  TASK_FOLDED,
  TASK_PENDING,
  TASK_SKIPPED,
  attemptOf,
  slotOf,
  stateOf,
  taskWord,
} from './task-word.js';

/**
 * The tasks of a stage. A record is 20 words: 0 state (task-word.ts), 1 slot that ran it last, 2 f64 rows, 4 f64 start, 6 f64 end (µs), 8 f64 bytes
 * read, 10 rows rejected, 11 failed attempts, 12 what a scan read and left out (core/types/scan-figures.ts). The claimant alone writes the rest of a record, between claiming and folding; others read it once folded.
 */
export const RECORD_WORDS = 20;
export const RECORD_SLOT = 1;
export const RECORD_ROWS = 2;
export const RECORD_START = 4;
export const RECORD_END = 6;
export const RECORD_BYTES = 8;
export const RECORD_REJECTED = 10;
export const RECORD_FAILURES = 11;
export const RECORD_FIGURES = 12;

/** What a task is to do; its ordinal is its place in the list. */
export interface TaskSpec {
  readonly pipeline: number;
  readonly partition: number;
  /** Numbers, as the source understands them. */
  readonly split: readonly number[];
}

export interface TaskResult {
  readonly rows: number;
  readonly bytesRead: number;
  readonly rowsRejected: number;
  readonly figures?: ScanFigures | undefined;
}

/** Chunks a stage may open: one for each run of a task, of which four may fail, and some more for deaths that lost only finished tasks. */
export const chunkCapacity = (tasks: number): number => tasks * 4 + 64;
export const CHUNK_WORDS = 4;

/** Bytes that `writeTasks` needs. */
export function tasksBytes(specs: readonly TaskSpec[]): number {
  let words = specs.length * RECORD_WORDS + chunkCapacity(specs.length) * CHUNK_WORDS;
  words += specs.length + ((specs.length + 2) & ~1);
  for (const spec of specs) words += (3 + spec.split.length) * 2;
  return words * 4 + 16;
}

/**
 * Lays out records, chunks and the task list at `address` (multiple of 16) and enters them in the stage. Called by whoever opens the stage, before it runs.
 * Its thread may be ended between any two stores, and the next opener takes a stage that has records for complete: they are entered last.
 */
export function writeTasks({ i32, f64 }: SharedWords, entry: number, address: number, specs: readonly TaskSpec[]): void {
  const records = address >>> 2;
  const chunks = records + specs.length * RECORD_WORDS;
  const taskWords = chunks + chunkCapacity(specs.length) * CHUNK_WORDS;
  const offsets = taskWords + specs.length;
  i32.fill(0, records, offsets);
  let at = (offsets + specs.length + 1) >>> 1;
  specs.forEach((spec, ordinal) => {
    i32[offsets + ordinal] = at;
    f64[at] = spec.pipeline;
    f64[at + 1] = spec.partition;
    f64[at + 2] = spec.split.length;
    for (let i = 0; i < spec.split.length; i++) f64[at + 3 + i] = spec.split[i]!;
    at += 3 + spec.split.length;
  });
  i32[entry + STAGE_TASKS] = specs.length;
  i32[entry + STAGE_SPECS] = offsets * 4;
  i32[entry + STAGE_TASK_WORDS] = taskWords * 4;
  i32[entry + STAGE_CHUNK_LIST] = chunks * 4;
  i32[entry + STAGE_CHUNK_CAPACITY] = chunkCapacity(specs.length);
  Atomics.store(i32, entry + STAGE_RECORDS, address);
}

export function readSpec({ i32, f64 }: SharedWords, entry: number, ordinal: number): TaskSpec {
  const at = i32[(i32[entry + STAGE_SPECS]! >>> 2) + ordinal]! >>> 0;
  const split: number[] = [];
  for (let i = 0; i < f64[at + 2]!; i++) split.push(f64[at + 3 + i]!);
  return { pipeline: f64[at]!, partition: f64[at + 1]!, split };
}

/** Index of a task's record. */
export function recordWord(control: SharedWords, entry: number, ordinal: number): number {
  return (control.i32[entry + STAGE_RECORDS]! >>> 2) + ordinal * RECORD_WORDS;
}

/** Claims the first pending task for a slot: its ordinal, or -1 when none is claimable. */
export function claimTask(control: Control, entry: number, slot: number): number {
  const { i32 } = control;
  const hint = Atomics.load(i32, entry + STAGE_NEXT);
  const found = claimFrom(control, entry, slot, hint);
  if (found >= 0) {
    // Lost races leave the hint low, which costs a look. It can also come to lie above a task that a death gave back: hence the second look below.
    Atomics.compareExchange(i32, entry + STAGE_NEXT, hint, found + 1);
    return found;
  }
  const prefix = i32[entry + STAGE_PREFIX]!;
  return hint > prefix ? claimFrom(control, entry, slot, prefix) : -1;
}

function claimFrom(control: Control, entry: number, slot: number, from: number): number {
  const { i32 } = control;
  const tasks = i32[entry + STAGE_TASKS]!;
  let record = recordWord(control, entry, from);
  for (let ordinal = from; ordinal < tasks; ordinal++, record += RECORD_WORDS) {
    const word = i32[record]!;
    if (stateOf(word) !== TASK_PENDING) continue;
    if (Atomics.compareExchange(i32, record, word, taskWord(TASK_CLAIMED, attemptOf(word), slot, 0)) !== word) continue;
    i32[record + RECORD_SLOT] = slot;
    return ordinal;
  }
  return -1;
}

export function anyPending(control: Control, entry: number): boolean {
  const { i32 } = control;
  const tasks = i32[entry + STAGE_TASKS]!;
  for (let ordinal = i32[entry + STAGE_PREFIX]!; ordinal < tasks; ordinal++) {
    if (stateOf(i32[recordWord(control, entry, ordinal)]!) === TASK_PENDING) return true;
  }
  return false;
}

/** The claimant has run the task into its open chunk. False when the claim was taken away. */
export function foldTask(
  control: Control,
  entry: number,
  ordinal: number,
  slot: number,
  epoch: number,
  result: TaskResult,
): boolean {
  const { i32, f64 } = control;
  const record = recordWord(control, entry, ordinal);
  const word = Atomics.load(i32, record);
  if (stateOf(word) !== TASK_CLAIMED || slotOf(word) !== slot) return false;
  f64[(record + RECORD_ROWS) >>> 1] = result.rows;
  f64[(record + RECORD_BYTES) >>> 1] = result.bytesRead;
  i32[record + RECORD_REJECTED] = result.rowsRejected;
  SCAN_FIGURES.forEach((figure, i) => {
    i32[record + RECORD_FIGURES + i] = result.figures?.[figure] ?? 0;
  });
  const folded = taskWord(TASK_FOLDED, attemptOf(word), slot, epoch);
  return Atomics.compareExchange(i32, record, word, folded) === word;
}

/** Moves a folded task on, to done when its chunk is sealed or back to pending when it is lost. Idempotent. */
export function settleTask(control: Control, entry: number, ordinal: number, folded: number, sealed: boolean): void {
  const to = sealed ? TASK_DONE : TASK_PENDING;
  const word = taskWord(to, attemptOf(folded), sealed ? slotOf(folded) : 0, 0);
  const before = Atomics.compareExchange(control.i32, recordWord(control, entry, ordinal), folded, word);
  if (before === folded && !sealed) lowerTo(control.i32, entry + STAGE_NEXT, ordinal);
}

/**
 * Gives a claimed task back. `failed`: it counts as an attempt. Returns the attempts so far; `before` hears of them while nobody else can claim the task,
 * so that a query can end before it runs once too often.
 */
export function returnTask(
  control: Control,
  entry: number,
  ordinal: number,
  claimed: number,
  failed: boolean,
  before: (attempts: number) => void = () => {},
): number {
  const { i32 } = control;
  const record = recordWord(control, entry, ordinal);
  const attempt = attemptOf(claimed) + (failed ? 1 : 0);
  if (failed) i32[record + RECORD_FAILURES] = attempt;
  before(attempt);
  if (Atomics.compareExchange(i32, record, claimed, taskWord(TASK_PENDING, attempt, 0, 0)) === claimed)
    lowerTo(i32, entry + STAGE_NEXT, ordinal);
  return attempt;
}

/** Advances the done prefix and says whether all tasks are done. Any thread. */
export function allDone(control: Control, entry: number): boolean {
  const { i32 } = control;
  const tasks = i32[entry + STAGE_TASKS]!;
  const from = Atomics.load(i32, entry + STAGE_PREFIX);
  let ordinal = from;
  while (ordinal < tasks && Atomics.load(i32, recordWord(control, entry, ordinal)) % 8 >= TASK_DONE) ordinal++;
  if (ordinal > from) raiseTo(i32, entry + STAGE_PREFIX, ordinal);
  return ordinal === tasks;
}

/**
 * Marks pending tasks as skipped when the leading tasks without a gap hold enough rows. Called after a fold in a stage with a limit. A leading
 * task whose chunk is lost afterwards runs again and brings the same rows; the skipped ones stay skipped.
 */
export function skipBeyondLimit(control: Control, entry: number): void {
  const { i32, f64 } = control;
  if (i32[entry + STAGE_LIMITED] === 0) return;
  const limit = f64[(entry + STAGE_LIMIT) >>> 1]!;
  const tasks = i32[entry + STAGE_TASKS]!;
  let rows = 0;
  let ordinal = 0;
  for (; ordinal < tasks && rows < limit; ordinal++) {
    const record = recordWord(control, entry, ordinal);
    const state = stateOf(Atomics.load(i32, record));
    if (state !== TASK_FOLDED && state !== TASK_DONE) return;
    rows += f64[(record + RECORD_ROWS) >>> 1]!;
  }
  if (rows < limit) return;
  for (; ordinal < tasks; ordinal++) {
    const record = recordWord(control, entry, ordinal);
    const word = i32[record]!;
    if (stateOf(word) === TASK_PENDING) Atomics.compareExchange(i32, record, word, taskWord(TASK_SKIPPED, attemptOf(word), 0, 0));
  }
}
