import { noFigures, SCAN_FIGURES, type ScanFigures } from '../types/scan-figures.js';
import type { Control } from './control.js';
import { QUERY_STAGE_COUNT, nowMicros, queryWord } from './control.js';
import type { EventHub } from './events.js';
import {
  STAGE_DONE,
  STAGE_DONE_AT,
  STAGE_ID,
  STAGE_OPENED_AT,
  STAGE_RUNNING,
  STAGE_STATE,
  STAGE_TASKS,
  stageWord,
} from './stage-entry.js';
import {
  RECORD_BYTES,
  RECORD_END,
  RECORD_FAILURES,
  RECORD_FIGURES,
  RECORD_REJECTED,
  RECORD_ROWS,
  RECORD_SLOT,
  RECORD_START,
  recordWord,
} from './task-table.js';
import { TASK_DONE, TASK_SKIPPED, attemptOf, slotOf, stateOf } from './task-word.js';

/** Of one stage; times in µs, absolute. `failures` counts attempts that failed, `skipped` tasks that a limit made needless. */
export interface StageMetrics {
  readonly stage: number;
  readonly tasks: number;
  readonly done: number;
  readonly skipped: number;
  readonly failures: number;
  readonly rows: number;
  readonly bytesRead: number;
  readonly rowsRejected: number;
  readonly figures: ScanFigures;
  /** Executor time in tasks, µs. */
  readonly taskMicros: number;
  readonly start: number;
  readonly end: number;
}

export interface QueryMetrics {
  readonly query: number;
  readonly stages: readonly StageMetrics[];
}

/** Sums the records of a query. The driver calls it while it keeps the query's domain alive. */
export function stageMetrics(control: Control, query: number): StageMetrics[] {
  const { i32, f64 } = control;
  const metrics: StageMetrics[] = [];
  const stages = i32[queryWord(control, query) + QUERY_STAGE_COUNT]!;
  for (let stage = 0; stage < stages; stage++) {
    const entry = stageWord(control, query, stage);
    const state = Atomics.load(i32, entry + STAGE_STATE);
    const sum = { done: 0, skipped: 0, failures: 0, rows: 0, bytesRead: 0, rowsRejected: 0, taskMicros: 0 };
    const figures = noFigures();
    const tasks = state >= STAGE_RUNNING ? i32[entry + STAGE_TASKS]! : 0;
    for (let ordinal = 0; ordinal < tasks; ordinal++) {
      const record = recordWord(control, entry, ordinal);
      const taskState = stateOf(Atomics.load(i32, record));
      sum.failures += i32[record + RECORD_FAILURES]!;
      if (taskState === TASK_SKIPPED) sum.skipped++;
      if (taskState !== TASK_DONE) continue;
      sum.done++;
      sum.rows += f64[(record + RECORD_ROWS) >>> 1]!;
      sum.bytesRead += f64[(record + RECORD_BYTES) >>> 1]!;
      sum.rowsRejected += i32[record + RECORD_REJECTED]!;
      for (let i = 0; i < SCAN_FIGURES.length; i++) figures[SCAN_FIGURES[i]!] += i32[record + RECORD_FIGURES + i]!;
      sum.taskMicros += f64[(record + RECORD_END) >>> 1]! - f64[(record + RECORD_START) >>> 1]!;
    }
    metrics.push({
      stage: i32[entry + STAGE_ID]!,
      tasks,
      ...sum,
      figures,
      start: f64[(entry + STAGE_OPENED_AT) >>> 1]!,
      end: state === STAGE_DONE ? f64[(entry + STAGE_DONE_AT) >>> 1]! : 0,
    });
  }
  return metrics;
}

/** What listeners were told already, by stage. */
export interface Reported {
  started: boolean;
  ended: boolean;
  tasks: Uint8Array;
  /** Failed attempts, by task. */
  readonly failures: Map<number, number>;
}

const nothingReported = (): Reported => ({ started: false, ended: false, tasks: new Uint8Array(0), failures: new Map() });

/** Tells listeners at once of an attempt that died with its executor. */
export function reportFailure(
  control: Control,
  query: number,
  id: number,
  task: { readonly stage: number; readonly ordinal: number; readonly attempt: number },
  reported: Reported[],
  death: { readonly slot: number; readonly reason: string },
  events: EventHub,
): void {
  const seen = (reported[task.stage] ??= nothingReported());
  seen.failures.set(task.ordinal, task.attempt);
  const stage = control.i32[stageWord(control, query, task.stage) + STAGE_ID]!;
  events.emit('taskFailed', {
    job: id,
    stage,
    task: task.ordinal,
    attempt: task.attempt - 1,
    executor: death.slot,
    time: nowMicros(),
    reason: death.reason,
  });
}

/** Tells listeners what is new in a query's tables since the last time. */
export function drainEvents(control: Control, query: number, id: number, reported: Reported[], events: EventHub): void {
  if (!events.has('stageStart', 'stageEnd', 'taskStart', 'taskEnd', 'taskFailed', 'progress')) return;
  const metrics = stageMetrics(control, query);
  metrics.forEach((stage, i) => {
    const entry = stageWord(control, query, i);
    const seen = (reported[i] ??= nothingReported());
    if (stage.start === 0) return;
    if (!seen.started) {
      seen.started = true;
      seen.tasks = new Uint8Array(stage.tasks);
      events.emit('stageStart', { job: id, stage: stage.stage, time: stage.start, tasks: stage.tasks });
    }
    if (stage.failures > 0) drainFailures(control, entry, id, stage.stage, seen, events);
    if (events.has('taskStart', 'taskEnd')) drainTasks(control, entry, id, stage.stage, seen.tasks, events);
    if (stage.end === 0 || seen.ended) return;
    seen.ended = true;
    events.emit('stageEnd', {
      job: id,
      stage: stage.stage,
      time: stage.end,
      start: stage.start,
      tasks: stage.done,
      rows: stage.rows,
      bytes: stage.bytesRead,
    });
  });
  const total = (pick: (stage: StageMetrics) => number) => metrics.reduce((sum, stage) => sum + pick(stage), 0);
  events.emit('progress', {
    job: id,
    time: nowMicros(),
    tasksDone: total((stage) => stage.done + stage.skipped),
    tasksTotal: total((stage) => stage.tasks),
    rows: metrics[0]?.rows ?? 0,
    bytes: total((stage) => stage.bytesRead),
    stagesDone: metrics.filter((stage) => stage.end !== 0).length,
    stages: metrics.length,
  });
}

/** Attempts that failed on an executor that lives on. */
function drainFailures(control: Control, entry: number, job: number, stage: number, seen: Reported, events: EventHub): void {
  const { i32 } = control;
  for (let task = 0; task < seen.tasks.length; task++) {
    const record = recordWord(control, entry, task);
    const failures = i32[record + RECORD_FAILURES]!;
    for (let attempt = seen.failures.get(task) ?? 0; attempt < failures; attempt++) {
      seen.failures.set(task, attempt + 1);
      const reason = 'The task threw an error that is not of the query.';
      events.emit('taskFailed', { job, stage, task, attempt, executor: i32[record + RECORD_SLOT]!, time: nowMicros(), reason });
    }
  }
}

function drainTasks(control: Control, entry: number, job: number, stage: number, seen: Uint8Array, events: EventHub): void {
  const { i32, f64 } = control;
  for (let task = 0; task < seen.length; task++) {
    if (seen[task] !== 0) continue;
    const record = recordWord(control, entry, task);
    const word = Atomics.load(i32, record);
    if (stateOf(word) !== TASK_DONE) continue;
    seen[task] = 1;
    const start = f64[(record + RECORD_START) >>> 1]!;
    const common = { job, stage, task, attempt: attemptOf(word), executor: slotOf(word) };
    events.emit('taskStart', { ...common, time: start });
    events.emit('taskEnd', {
      ...common,
      start,
      time: f64[(record + RECORD_END) >>> 1]!,
      rows: f64[(record + RECORD_ROWS) >>> 1]!,
      bytes: f64[(record + RECORD_BYTES) >>> 1]!,
      rowsRejected: i32[record + RECORD_REJECTED]!,
    });
  }
}
