import { CancelledError, InternalError, ResourceError } from '../errors.js';
import { sealedChunks } from './chunk-table.js';
import type { Control } from './control.js';
import {
  CONTROL_BYTES, DRIVER_BELL, ERROR_WRITTEN, QUERIES_MAX, QUERY_CANCEL, QUERY_CANCELLED, QUERY_DONE, QUERY_ERROR_ADDRESS, QUERY_ERROR_LENGTH,
  QUERY_ERROR_STATE, QUERY_FAILED, QUERY_FREE, QUERY_ONLY_SLOT, QUERY_RUNNING, QUERY_STAGES, QUERY_STAGE_COUNT, QUERY_STATE, STOP, nowMicros, openControl, queryWord, ringDoorbell, ringDriver,
} from './control.js'; // prettier-ignore
import { EventHub } from './events.js';
import type { EventName, Listener } from './events.js';
import { announceQuery, programsBytes, writePrograms } from './query-area.js';
import type { StageSubmission } from './query-area.js';
import { drainEvents, reportFailure, stageMetrics } from './query-metrics.js';
import type { QueryMetrics, Reported } from './query-metrics.js';
import { cancelledBy, deferred, engineClosed, textOf, throwIfAborted, throwOutcome, tooManyFailures } from './query-outcome.js';
import { hasWork } from './run-queue.js';
import { stageWord } from './stage-entry.js';
import type { RunnerHost, SchedulerArena, TaskRunner } from './task-runner.js';
import { voidExecutor } from './void-executor.js';

/** A query to run. */
export interface QuerySubmission {
  readonly stages: readonly StageSubmission[];
  /** Run on the calling thread, before `submit` returns: for inputs that cost less than a thread. Should it take long nevertheless, executors go on. */
  readonly inline?: boolean;
  /** Looked at before the query starts unless it is `inline`, and while executors work on it. */
  readonly signal?: AbortSignal;
  /** ms */
  readonly timeout?: number;
  /** The action it is a job of; default: the job's own number. */
  readonly query?: number;
  /** Share of executor time beside other queries; default 1. */
  readonly weight?: number;
}

export interface QueryResult {
  readonly id: number;
  /** Domain of the query's memory. */
  readonly domain: number;
  /** What the last stage's executors sealed: addresses, in no particular order. Good until `release`. */
  readonly chunks: readonly number[];
  readonly metrics: QueryMetrics;
  /** Ends the query's memory. To be called once the results are copied out. Idempotent. */
  release(): void;
}

export interface Scheduler {
  readonly control: Control;
  submit(query: QuerySubmission): Promise<QueryResult>;
  /** Runs a query on this thread and returns when it has run. */
  submitInline(query: QuerySubmission): QueryResult;
  on<K extends EventName>(name: K, listener: Listener<K>): () => void;
  /** Queries submitted and not yet ended. */
  readonly running: number;
  /** Cancels what runs, ends all threads. Idempotent. */
  close(): Promise<void>;
}

export interface SchedulerOptions {
  readonly arena: SchedulerArena;
  readonly runner: TaskRunner;
  readonly events?: EventHub;
  /** Failures of one task before its query fails; default 4. */
  readonly maxTaskFailures?: number;
}

/** A query's entry is its own from submission until its domain has ended. */
interface Live {
  readonly query: number;
  readonly id: number;
  /** What listeners know it as a job of. */
  readonly action: number;
  readonly domain: number;
  readonly start: number;
  /** On this thread. */
  inline: boolean;
  readonly reported: Reported[];
  lastCause: unknown;
  settle: (outcome: Error | undefined) => void;
}

const DRAIN_MS = 100;
/** What runs on this thread keeps the event loop waiting: so long at most, about. */
const INLINE_MS = 10;
const REAP_MS = 2;
/** A cancelled query's promise waits this long for its executors to let go. */
const CANCEL_MS = 90;
/** An executor that has not let go of an ended query after this long hangs, in a JavaScript function most likely: its thread is replaced. */
const HUNG_MS = 1_000;

export function createScheduler({ arena, runner, events = new EventHub(), maxTaskFailures = 4 }: SchedulerOptions): Scheduler {
  const engineDomain = arena.openDomain('engine');
  const control = openControl(arena.views, arena.allocate(engineDomain, CONTROL_BYTES, true));
  const { i32 } = control;
  const bell = control.word + DRIVER_BELL;
  const live = new Map<number, Live>();
  const free: number[] = [];
  for (let query = QUERIES_MAX - 1; query >= 0; query--) free.push(query);
  const waitingForEntry: (() => void)[] = [];
  /** Ended queries whose domain some executor is still in. */
  const ending = new Map<number, { readonly domain: number; readonly done: () => void; patienceUntil: number }>();
  let nextId = 1;
  let timer: NodeJS.Timeout | undefined;
  let reaper: NodeJS.Timeout | undefined;
  let listening = false;
  let closing: Promise<void> | undefined;

  const host: RunnerHost = {
    control,
    executorStarted: (slot) => events.emit('executorStart', { executor: slot, time: nowMicros() }),
    executorReturned: () => {
      reap();
      lookAtAll();
    },
    executorDied,
    cannotStart(cause) {
      const error = new ResourceError({
        code: 'EXECUTORS_NOT_STARTED',
        message: `No executor thread could be started: ${textOf(cause)}. Lower the \`workers\` option or free memory.`,
        cause,
      });
      for (const entry of live.values()) if (!entry.inline) fail(entry, error);
    },
  };
  runner.attach(host);

  async function submit(submission: QuerySubmission): Promise<QueryResult> {
    const inline = submission.inline === true || runner.executors === 0;
    // Who runs it at once has looked itself, and need not have made a signal.
    if (submission.inline !== true) throwIfAborted(submission.signal);
    while (free.length === 0 && closing === undefined) await new Promise<void>((resolve) => waitingForEntry.push(resolve));
    const { entry, outcome } = start(submission, inline, runner.executors === 0 ? Infinity : INLINE_MS);
    const unwatch = entry.inline ? () => {} : watchCancel(entry, submission);
    try {
      if (live.has(entry.id)) await outcome.promise;
      else throwOutcome(outcome);
    } finally {
      unwatch();
    }
    return resultOf(entry);
  }

  function submitInline(submission: QuerySubmission): QueryResult {
    const { entry, outcome } = start(submission, true, Infinity);
    throwOutcome(outcome);
    return resultOf(entry);
  }

  /** Announces a query; an inline one has run when this returns. */
  function start(
    submission: QuerySubmission,
    inline: boolean,
    limitMs: number,
  ): { readonly entry: Live; readonly outcome: ReturnType<typeof deferred> } {
    if (closing !== undefined) throw engineClosed();
    const query = free.pop();
    if (query === undefined)
      throw new ResourceError({ code: 'TOO_MANY_QUERIES', message: `More than ${QUERIES_MAX} queries run at a time.` });
    const id = nextId;
    nextId = nextId === 0x7fffffff ? 1 : nextId + 1;
    const domain = arena.openDomain('query');
    const outcome = deferred();
    const entry: Live = {
      query,
      id,
      action: submission.query ?? id,
      domain,
      start: nowMicros(),
      inline,
      reported: [],
      lastCause: undefined,
      settle: outcome.settle,
    };
    try {
      const head = { id, domain, onlySlot: inline ? 0 : -1, weight: submission.weight ?? 1, maxFailures: maxTaskFailures };
      announceQuery(control, query, head, submission.stages, (bytes) => arena.allocate(domain, bytes));
    } catch (error) {
      endQuery(entry, () => {});
      throw error;
    }
    live.set(id, entry);
    events.emit('jobStart', { job: id, query: entry.action, time: entry.start, stages: submission.stages.length });
    if (inline) runInline(entry, submission.stages, limitMs);
    else callExecutors();
    return { entry, outcome };
  }

  function callExecutors(): void {
    keepAlive();
    listen();
    ringDoorbell(control);
    runner.ring();
  }

  function runInline(entry: Live, stages: readonly StageSubmission[], limitMs: number): void {
    const hasTime = runner.runInline(entry.query, stages, limitMs);
    look(entry);
    if (!live.has(entry.id)) return;
    if (hasTime) fail(entry, new InternalError("A query on the driver's thread came to a halt."));
    else handOver(entry, stages);
  }

  /** Executors go on with a query that took too long on this thread. */
  function handOver(entry: Live, stages: readonly StageSubmission[]): void {
    const word = queryWord(control, entry.query);
    try {
      writePrograms(control, i32[word + QUERY_STAGES]! >>> 0, stages, arena.allocate(entry.domain, programsBytes(stages)));
    } catch (error) {
      fail(entry, error as Error);
      return;
    }
    entry.inline = false;
    Atomics.store(i32, word + QUERY_ONLY_SLOT, -1);
    callExecutors();
  }

  function watchCancel(entry: Live, { signal, timeout }: QuerySubmission): () => void {
    const onAbort = () => cancel(entry, cancelledBy(signal!));
    signal?.addEventListener('abort', onAbort, { once: true });
    const clock =
      timeout === undefined
        ? undefined
        : setTimeout(
            () =>
              cancel(
                entry,
                new CancelledError({ code: 'TIMEOUT', message: `The query did not end within its timeout of ${timeout} ms.` }),
              ),
            timeout,
          );
    return () => {
      signal?.removeEventListener('abort', onAbort);
      clearTimeout(clock);
    };
  }

  /** Looks at one query's state word and acts on it. */
  function look(entry: Live): void {
    const state = Atomics.load(i32, queryWord(control, entry.query) + QUERY_STATE);
    if (state === QUERY_DONE) {
      drainEvents(control, entry.query, entry.id, entry.reported, events);
      conclude(entry, 'done', undefined);
    } else if (state === QUERY_FAILED || (state === QUERY_RUNNING && hasError(entry))) fail(entry, writtenError(entry));
  }

  function lookAtAll(): void {
    let more = false;
    for (const entry of live.values()) {
      look(entry);
      if (!entry.inline && live.has(entry.id) && hasWork(control, entry.query)) more = true;
    }
    if (more) runner.ring();
  }

  /** An executor may die between writing its error and failing the query. */
  function hasError(entry: Live): boolean {
    return Atomics.load(i32, queryWord(control, entry.query) + QUERY_ERROR_STATE) === ERROR_WRITTEN;
  }

  function writtenError(entry: Live): Error {
    const word = queryWord(control, entry.query);
    if (!hasError(entry)) return new InternalError('A query failed without an error.');
    const address = i32[word + QUERY_ERROR_ADDRESS]! >>> 0;
    return runner.decodeError(Buffer.from(control.u8.slice(address, address + i32[word + QUERY_ERROR_LENGTH]!)).toString());
  }

  function fail(entry: Live, error: Error): void {
    if (!live.has(entry.id) || ending.has(entry.query)) return;
    stopQuery(entry, QUERY_FAILED);
    drainEvents(control, entry.query, entry.id, entry.reported, events);
    // Executors let go within a batch; the caller hears of the error when the memory is free, or soon after.
    const patience = setTimeout(() => conclude(entry, 'failed', error), CANCEL_MS);
    endQuery(entry, () => {
      clearTimeout(patience);
      conclude(entry, 'failed', error);
    });
  }

  function cancel(entry: Live, error: Error): void {
    if (!live.has(entry.id) || ending.has(entry.query)) return;
    if (Atomics.load(i32, queryWord(control, entry.query) + QUERY_STATE) !== QUERY_RUNNING) return;
    stopQuery(entry, QUERY_CANCELLED);
    const patience = setTimeout(() => conclude(entry, 'cancelled', error), CANCEL_MS);
    endQuery(entry, () => {
      clearTimeout(patience);
      conclude(entry, 'cancelled', error);
    });
  }

  function stopQuery(entry: Live, state: number): void {
    const word = queryWord(control, entry.query);
    Atomics.store(i32, word + QUERY_CANCEL, 1);
    Atomics.store(i32, word + QUERY_STATE, state);
  }

  function conclude(entry: Live, outcome: 'done' | 'failed' | 'cancelled', error: Error | undefined): void {
    if (!live.delete(entry.id)) return;
    events.emit('jobEnd', {
      job: entry.id,
      query: entry.action,
      time: nowMicros(),
      start: entry.start,
      outcome,
      ...(error === undefined ? {} : { error }),
    });
    entry.settle(error);
    if (live.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  }

  function resultOf(entry: Live): QueryResult {
    const last = i32[queryWord(control, entry.query) + QUERY_STAGE_COUNT]! - 1;
    let released = false;
    return Object.freeze({
      id: entry.id,
      domain: entry.domain,
      chunks: sealedChunks(control, stageWord(control, entry.query, last)),
      metrics: { query: entry.id, stages: stageMetrics(control, entry.query) },
      release() {
        // Closing frees everything, and the memory may be another engine's by now.
        if (released || closing !== undefined) return;
        released = true;
        endQuery(entry, () => {});
      },
    });
  }

  /** Ends a query's domain as soon as no executor is in it, then frees its entry and calls `done`. */
  function endQuery(entry: { readonly query: number; readonly id: number; readonly domain: number }, done: () => void): void {
    if (ending.has(entry.query)) return;
    ending.set(entry.query, { domain: entry.domain, done, patienceUntil: performance.now() + HUNG_MS });
    reap();
  }

  function reap(): void {
    for (const [query, end] of ending) {
      const { domain, done } = end;
      if (!arena.endDomain(domain)) {
        if (performance.now() > end.patienceUntil) {
          end.patienceUntil += HUNG_MS;
          for (const slot of arena.insideOf(domain)) runner.end(slot);
        }
        continue;
      }
      ending.delete(query);
      Atomics.store(i32, queryWord(control, query) + QUERY_STATE, QUERY_FREE);
      free.push(query);
      waitingForEntry.shift()?.();
      done();
    }
    if (ending.size === 0) {
      clearInterval(reaper);
      reaper = undefined;
      if (live.size === 0 && closing === undefined) arena.recount();
    } else {
      // Not referenced: while a caller waits the drain timer keeps the process alive, and after that nobody does.
      reaper ??= setInterval(reap, REAP_MS).unref();
    }
  }

  function executorDied(slot: number, cause: unknown): void {
    events.emit('executorEnd', { executor: slot, time: nowMicros(), reason: textOf(cause) });
    for (const entry of live.values()) {
      if (entry.inline || ending.has(entry.query)) continue;
      const { running, exhausted } = voidExecutor(control, entry.query, slot);
      if (running !== undefined) {
        entry.lastCause = cause;
        reportFailure(control, entry.query, entry.id, running, entry.reported, { slot, reason: textOf(cause) }, events);
      }
      if (exhausted) fail(entry, tooManyFailures(maxTaskFailures, entry.lastCause ?? cause));
    }
    arena.sweep(slot);
    ringDoorbell(control);
    reap();
    lookAtAll();
  }

  /** The timer keeps the process alive while a caller waits, and drains events. */
  function keepAlive(): void {
    timer ??= setInterval(() => {
      for (const entry of live.values()) {
        if (!ending.has(entry.query)) drainEvents(control, entry.query, entry.id, entry.reported, events);
      }
      lookAtAll();
    }, DRAIN_MS);
  }

  /** Waits for the driver's bell without blocking. One wait at a time; it keeps nothing alive and ends when nothing runs. */
  function listen(): void {
    if (listening) return;
    listening = true;
    void (async () => {
      while (live.size > 0) {
        const seen = Atomics.load(i32, bell);
        lookAtAll();
        if (live.size === 0) break;
        const wait = waitAsync(i32, bell, seen);
        if (wait.async) await wait.value;
      }
      listening = false;
    })();
  }

  async function close(): Promise<void> {
    for (const entry of live.values()) cancel(entry, engineClosed());
    Atomics.store(i32, control.word + STOP, 1);
    ringDoorbell(control);
    for (const wake of waitingForEntry.splice(0)) wake();
    await runner.close();
    reap();
    clearInterval(reaper);
    for (const entry of live.values()) conclude(entry, 'cancelled', engineClosed());
    ringDriver(control);
    arena.endDomain(engineDomain);
  }

  return {
    control,
    submit,
    submitInline,
    on: (name, listener) => events.on(name, listener),
    get running() {
      return live.size;
    },
    close: () => (closing ??= close()),
  };
}

/** In every Node that quern runs on; TypeScript counts it to a later library. */
interface AsyncWait {
  readonly async: boolean;
  readonly value: unknown;
}
const waitAsync = (Atomics as unknown as { waitAsync(words: Int32Array, index: number, value: number): AsyncWait }).waitAsync;
