import type { Control } from './control.js';
import {
  QUERIES_MAX, QUERY_CANCEL, QUERY_DOMAIN, QUERY_DONE, QUERY_HIGH, QUERY_ID, QUERY_ONLY_SLOT, QUERY_RUNNING, QUERY_SERVICE, QUERY_STAGE_COUNT,
  QUERY_STATE, QUERY_WEIGHT, nowMicros, queryWord, ringDriver,
} from './control.js'; // prettier-ignore
import {
  STAGE_DONE,
  STAGE_DONE_AT,
  STAGE_OPENING,
  STAGE_RUNNING,
  STAGE_STATE,
  STAGE_WAITING,
  inputsReady,
  stageWord,
} from './stage-entry.js';
import { allDone, anyPending, claimTask } from './task-table.js';

/**
 * The run queue is the query table: every running query with a runnable stage is in it from the start. An executor takes the query that
 * has had least executor time, and stays with its stage until another has had clearly less, because leaving seals a chunk.
 */

/** How far (µs of weighted service) a query may run ahead of another before its executors leave it. */
export const FAIRNESS_SLACK = 5_000;
/** A newcomer starts this far behind the others: short queries get the next task that ends. */
export const NEWCOMER_CREDIT = 10_000;

export type Work =
  | { readonly kind: 'task'; readonly query: number; readonly id: number; readonly stage: number; readonly ordinal: number }
  | { readonly kind: 'open'; readonly query: number; readonly id: number; readonly stage: number };

/** Entering and leaving a domain (memory/thread-arena.ts), as a value. */
export interface Hazard {
  enter(domain: number): void;
  leave(): void;
}

/** Whether the entry still is that query and runs. */
export function isLive(control: Control, query: number, id: number): boolean {
  const word = queryWord(control, query);
  return Atomics.load(control.i32, word + QUERY_ID) === id && Atomics.load(control.i32, word + QUERY_STATE) === QUERY_RUNNING;
}

export function eligible(control: Control, query: number, slot: number): boolean {
  const { i32 } = control;
  const word = queryWord(control, query);
  if (Atomics.load(i32, word + QUERY_STATE) !== QUERY_RUNNING || i32[word + QUERY_CANCEL] !== 0) return false;
  const only = i32[word + QUERY_ONLY_SLOT]!;
  return only === slot || (only === -1 && slot > 0);
}

/**
 * The next piece of work for a slot, with the slot's hazard word left naming its domain; undefined (and no hazard) when nothing is claimable.
 * `only` restricts it to one query (the inline runner); `current` is the query and stage whose chunk the executor holds open.
 */
export function findWork(
  control: Control,
  slot: number,
  hazard: Hazard,
  only = -1,
  current?: { readonly query: number; readonly stage: number },
): Work | undefined {
  const { i32 } = control;
  const high = Atomics.load(i32, control.word + QUERY_HIGH);
  const first = only < 0 ? 0 : only;
  const end = only < 0 ? high : only + 1;
  const tried: number[] = [];
  for (;;) {
    let best = -1;
    let least = 0;
    for (let query = first; query < end; query++) {
      if (!eligible(control, query, slot) || tried.includes(query)) continue;
      const bonus = current?.query === query ? FAIRNESS_SLACK : 0;
      const service = (i32[queryWord(control, query) + QUERY_SERVICE]! - bonus) | 0;
      if (best < 0 || ((service - least) | 0) < 0) {
        best = query;
        least = service;
      }
    }
    if (best < 0) return undefined;
    const work = workIn(control, best, slot, hazard, current?.query === best ? current.stage : -1);
    if (work !== undefined) return work;
    tried.push(best);
  }
}

function workIn(control: Control, query: number, slot: number, hazard: Hazard, currentStage: number): Work | undefined {
  const { i32 } = control;
  const word = queryWord(control, query);
  const id = Atomics.load(i32, word + QUERY_ID);
  hazard.enter(i32[word + QUERY_DOMAIN]!);
  // Between looking and entering the query may have ended and its pages gone: only what is seen after entering counts.
  if (!isLive(control, query, id) || !eligible(control, query, slot)) {
    hazard.leave();
    return undefined;
  }
  const stages = i32[word + QUERY_STAGE_COUNT]!;
  const order = currentStage >= 0 ? [currentStage] : [];
  for (let stage = 0; stage < stages; stage++) if (stage !== currentStage) order.push(stage);
  for (const stage of order) {
    const entry = stageWord(control, query, stage);
    const state = Atomics.load(i32, entry + STAGE_STATE);
    if (state === STAGE_RUNNING) {
      const ordinal = claimTask(control, entry, slot);
      if (ordinal >= 0) return { kind: 'task', query, id, stage, ordinal };
      completeStage(control, query, stage);
    }
  }
  // After the tasks: a stage that was completed just now may have made another one ready.
  for (let stage = 0; stage < stages; stage++) {
    const entry = stageWord(control, query, stage);
    if (Atomics.load(i32, entry + STAGE_STATE) !== STAGE_WAITING || !inputsReady(control, query, stage)) continue;
    const opening = STAGE_OPENING | (slot << 8);
    if (Atomics.compareExchange(i32, entry + STAGE_STATE, STAGE_WAITING, opening) === STAGE_WAITING)
      return { kind: 'open', query, id, stage };
  }
  hazard.leave();
  return undefined;
}

/** Ends the stage when its tasks are done, and the query with its last stage. Idempotent; any thread inside the query's domain. */
export function completeStage(control: Control, query: number, stage: number): boolean {
  const { i32 } = control;
  const entry = stageWord(control, query, stage);
  if (Atomics.load(i32, entry + STAGE_STATE) === STAGE_RUNNING && allDone(control, entry)) {
    // Written before the state, perhaps by several threads: each time is as good as the other.
    control.f64[(entry + STAGE_DONE_AT) >>> 1] = nowMicros();
    Atomics.compareExchange(i32, entry + STAGE_STATE, STAGE_RUNNING, STAGE_DONE);
  }
  if (Atomics.load(i32, entry + STAGE_STATE) !== STAGE_DONE) return false;
  const word = queryWord(control, query);
  if (stage !== i32[word + QUERY_STAGE_COUNT]! - 1) return true;
  if (Atomics.compareExchange(i32, word + QUERY_STATE, QUERY_RUNNING, QUERY_DONE) === QUERY_RUNNING) ringDriver(control);
  return true;
}

/** Whether an executor would find something to do. The driver asks, for queries whose domains it keeps alive. */
export function hasWork(control: Control, query: number): boolean {
  const { i32 } = control;
  if (!eligible(control, query, i32[queryWord(control, query) + QUERY_ONLY_SLOT]! === -1 ? 1 : 0)) return false;
  const stages = i32[queryWord(control, query) + QUERY_STAGE_COUNT]!;
  for (let stage = 0; stage < stages; stage++) {
    const entry = stageWord(control, query, stage);
    const state = Atomics.load(i32, entry + STAGE_STATE);
    if (state === STAGE_RUNNING && (anyPending(control, entry) || allDone(control, entry))) return true;
    if (state === STAGE_WAITING && inputsReady(control, query, stage)) return true;
  }
  return false;
}

export function addService(control: Control, query: number, micros: number): void {
  const word = queryWord(control, query);
  Atomics.add(control.i32, word + QUERY_SERVICE, Math.max(1, Math.round(micros / control.i32[word + QUERY_WEIGHT]!)));
}

/** Where a new query's service starts: a little behind the least of those running. */
export function newcomerService(control: Control): number {
  const { i32 } = control;
  let least: number | undefined;
  const high = Math.min(QUERIES_MAX, Atomics.load(i32, control.word + QUERY_HIGH));
  for (let query = 0; query < high; query++) {
    const word = queryWord(control, query);
    if (i32[word + QUERY_STATE] !== QUERY_RUNNING) continue;
    const service = i32[word + QUERY_SERVICE]!;
    if (least === undefined || ((service - least) | 0) < 0) least = service;
  }
  return least === undefined ? 0 : (least - NEWCOMER_CREDIT) | 0;
}
