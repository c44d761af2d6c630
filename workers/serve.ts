import { CancelledError, InternalError, QuernError } from '../lib/core/errors.js';
import type { Control } from '../lib/core/scheduler/control.js';
import {
  DOORBELL, ERROR_NONE, ERROR_WRITING, ERROR_WRITTEN, QUERY_ERROR_ADDRESS, QUERY_ERROR_CAPACITY, QUERY_ERROR_LENGTH, QUERY_ERROR_STATE, QUERY_FAILED,
  QUERY_DOMAIN, QUERY_MAX_FAILURES, QUERY_RUNNING, QUERY_STATE, SLOT_FREE, SLOT_POSTED, SLOT_SERVED, SLOT_SERVING, SLOT_STATE, SLOT_TASKS, STOP, nowMicros,
  queryWord, ringDoorbell, ringDriver, slotWord,
} from '../lib/core/scheduler/control.js'; // prettier-ignore
import { addService, completeStage, findWork, isLive } from '../lib/core/scheduler/run-queue.js';
import type { Hazard, Work } from '../lib/core/scheduler/run-queue.js';
import {
  STAGE_OPENED_AT, STAGE_OPENING, STAGE_OPEN_FAILURES, STAGE_RECORDS, STAGE_RUNNING, STAGE_STATE, STAGE_TASKS, STAGE_WAITING, stageWord,
} from '../lib/core/scheduler/stage-entry.js'; // prettier-ignore
import { tasksBytes, writeTasks } from '../lib/core/scheduler/task-table.js';
import type { StageCode } from '../lib/core/scheduler/task-runner.js';
import type { ThreadArena } from '../lib/memory/thread-arena.js';
import { StageSession } from './stage-session.js';
import { InlineClock, InlineTimeOver } from './inline-clock.js';
import type { SessionPlace } from './stage-session.js';
import type { StageWork } from './stage-work.js';
import { encodeError } from './wire-error.js';

export interface Server {
  readonly control: Control;
  readonly arena: ThreadArena;
  readonly work: StageWork;
  readonly executors: number;
}

/** How long an executor without work waits on the doorbell before it gives up its slot. */
const IDLE_MS = 1;

/**
 * An executor's life from ring to rest: claims and runs tasks of all queries in turn until nothing has been claimable for a millisecond. Never throws; returns the number
 * of tasks run. What it does not commit before it dies is undone by the driver (void-executor.ts).
 */
export function serve(server: Server, slot: number): number {
  const { control, work } = server;
  const { i32 } = control;
  const state = slotWord(control, slot) + SLOT_STATE;
  if (Atomics.compareExchange(i32, state, SLOT_POSTED, SLOT_SERVING) !== SLOT_POSTED) return 0;
  work.probe?.('start');
  const loop = new ServeLoop(server, slot, -1);
  const bell = control.word + DOORBELL;
  for (;;) {
    const seen = Atomics.load(i32, bell);
    loop.run();
    if (Atomics.load(i32, control.word + STOP) === 0 && Atomics.wait(i32, bell, seen, IDLE_MS) !== 'timed-out') continue;
    work.probe?.('idle');
    loop.end();
    Atomics.store(i32, state, SLOT_FREE);
    // The driver rings first and looks at slots afterwards; we free the slot first and look at the bell afterwards. One of us sees the other.
    if (Atomics.load(i32, control.word + STOP) !== 0 || Atomics.load(i32, bell) === seen) break;
    if (Atomics.compareExchange(i32, state, SLOT_FREE, SLOT_SERVING) !== SLOT_FREE) break;
  }
  i32[slotWord(control, slot) + SLOT_SERVED]!++;
  return loop.tasks;
}

/** Serves one query on the driver's thread, as slot 0. False: it took longer than it may, and executors are to go on. */
export function serveInline(server: Server, query: number, stages: readonly StageCode[], limitMs: number): boolean {
  const clock = new InlineClock(limitMs);
  const loop = new ServeLoop(server, 0, query, { stages, clock });
  loop.run();
  loop.end();
  return !clock.isOver;
}

/** Stages that an executor keeps bound while it serves. */
const SESSIONS_MAX = 8;

class ServeLoop {
  tasks = 0;
  readonly #place: SessionPlace;
  readonly #only: number;
  readonly #hazard: Hazard;
  /** Bound stages, least recently used first. */
  readonly #sessions = new Map<string, StageSession>();
  /** The one that may have an open chunk. */
  #current: StageSession | undefined;

  constructor(server: Server, slot: number, only: number, inline?: SessionPlace['inline']) {
    this.#place = { ...server, slot, inline };
    this.#only = only;
    const { arena } = server;
    this.#hazard = { enter: (domain) => arena.enter(slot, domain), leave: () => arena.leave(slot) };
  }

  /** Works until nothing is claimable. */
  run(): void {
    const { control, slot, inline } = this.#place;
    while (Atomics.load(control.i32, control.word + STOP) === 0 || this.#only >= 0) {
      const current = this.#current?.hasOpenChunk === true ? this.#current : undefined;
      if (inline?.clock.isOver === true) {
        if (current !== undefined) this.#sealCurrent();
        return;
      }
      const work = findWork(control, slot, this.#hazard, this.#only, current);
      if (work !== undefined) {
        this.#do(work);
        this.#hazard.leave();
      } else if (current !== undefined) this.#sealCurrent();
      else return;
    }
  }

  /** Gives back what the executor holds. */
  end(): void {
    for (const session of this.#sessions.values()) session.abandon();
    this.#sessions.clear();
    this.#current = undefined;
  }

  #do(work: Work): void {
    const { control } = this.#place;
    if (
      this.#current !== undefined &&
      (this.#current.id !== work.id || this.#current.stage !== work.stage || work.kind === 'open')
    ) {
      if (this.#current.hasOpenChunk) {
        const domain = control.i32[queryWord(control, work.query) + QUERY_DOMAIN]!;
        this.#sealCurrent();
        this.#hazard.enter(domain);
        if (!isLive(control, work.query, work.id)) return;
      }
      this.#current = undefined;
    }
    const start = nowMicros();
    if (work.kind === 'open') this.#open(work);
    else this.#run(work);
    addService(control, work.query, nowMicros() - start);
  }

  #run(work: Work & { readonly kind: 'task' }): void {
    const { control, slot } = this.#place;
    let session: StageSession | undefined;
    this.#place.work.probe?.('claimed');
    let claimed: number | undefined = work.ordinal;
    try {
      session = this.#current ??= this.#session(work.query, work.id, work.stage);
      session.runTask(work.ordinal);
      claimed = undefined;
      this.tasks++;
      control.i32[slotWord(control, slot) + SLOT_TASKS]!++;
      if (session.wantsSeal) this.#seal(session);
    } catch (error) {
      this.#failed(session ?? new StageSession(this.#place, work.query, work.stage), claimed, error);
    }
  }

  #session(query: number, id: number, stage: number): StageSession {
    const key = `${id}/${stage}`;
    const known = this.#sessions.get(key);
    const session = known ?? new StageSession(this.#place, query, stage);
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    if (this.#sessions.size > SESSIONS_MAX) {
      const [oldest, dropped] = this.#sessions.entries().next().value!;
      this.#sessions.delete(oldest);
      dropped.abandon();
    }
    return session;
  }

  /** Seals the open chunk from outside its domain. */
  #sealCurrent(): void {
    const session = this.#current!;
    this.#current = undefined;
    this.#hazard.enter(session.domain);
    if (isLive(this.#place.control, session.query, session.id)) {
      try {
        this.#seal(session);
      } catch (error) {
        this.#failed(session, undefined, error);
      }
    } else this.#drop(session);
    this.#hazard.leave();
  }

  #seal(session: StageSession): void {
    const { control } = this.#place;
    session.seal();
    if (!completeStage(control, session.query, session.stage)) return;
    // Executors that went to rest are brought back by the driver, should a next stage need them.
    ringDoorbell(control);
    this.#drop(session);
  }

  #drop(session: StageSession): void {
    this.#forget(session);
    session.abandon();
  }

  #failed(session: StageSession, claimed: number | undefined, error: unknown): void {
    const { control } = this.#place;
    const cancelled = error instanceof CancelledError;
    const timeOver = error instanceof InlineTimeOver;
    // Errors of the query come again however often it runs. Anything else (a trap, a bug) may be this thread's bad luck.
    const final = timeOver || (error instanceof QuernError && !(error instanceof InternalError));
    try {
      this.#forget(session);
      const max = control.i32[queryWord(control, session.query) + QUERY_MAX_FAILURES]!;
      // The query ends before others can claim the task once more.
      if (final && !cancelled && !timeOver) this.#writeError(session.query, error);
      session.giveBack(claimed, !final, (attempts) => {
        if (!final && attempts >= max) this.#writeError(session.query, error);
      });
      if (!final) ringDoorbell(control);
    } catch (second) {
      this.#writeError(session.query, second);
    }
  }

  #forget(session: StageSession): void {
    if (this.#current === session) this.#current = undefined;
    this.#sessions.delete(`${session.id}/${session.stage}`);
  }

  #open({ query, stage }: Work): void {
    const { control, arena, slot, work } = this.#place;
    const { i32, f64 } = control;
    const entry = stageWord(control, query, stage);
    const opening = STAGE_OPENING | (slot << 8);
    let session: StageSession | undefined;
    try {
      work.probe?.('opening');
      if (i32[entry + STAGE_RECORDS] === 0) {
        session = new StageSession(this.#place, query, stage);
        const specs = work.openStage(session.access);
        const pages = arena.pageSource(session.domain, slot);
        const address = pages.allocate(tasksBytes(specs));
        pages.publish();
        writeTasks(control, entry, address, specs);
      }
      f64[(entry + STAGE_OPENED_AT) >>> 1] = nowMicros();
      work.probe?.('opened');
      Atomics.compareExchange(i32, entry + STAGE_STATE, opening, STAGE_RUNNING);
      if (i32[entry + STAGE_TASKS]! > 1) {
        ringDoorbell(control);
        if (this.#only < 0) ringDriver(control);
      }
    } catch (error) {
      const failures = Atomics.add(i32, entry + STAGE_OPEN_FAILURES, 1) + 1;
      Atomics.compareExchange(i32, entry + STAGE_STATE, opening, STAGE_WAITING);
      const final = error instanceof QuernError && !(error instanceof InternalError);
      if (error instanceof CancelledError) return;
      if (final || failures >= i32[queryWord(control, query) + QUERY_MAX_FAILURES]!) this.#writeError(query, error);
    } finally {
      session?.abandon();
    }
  }

  /** Ends the query with an error; the first one counts. */
  #writeError(query: number, error: unknown): void {
    const { control, slot } = this.#place;
    const { i32, u8 } = control;
    const word = queryWord(control, query);
    if (Atomics.compareExchange(i32, word + QUERY_ERROR_STATE, ERROR_NONE, ERROR_WRITING + slot) !== ERROR_NONE) return;
    const encoded = encodeError(error, i32[word + QUERY_ERROR_CAPACITY]!);
    u8.set(encoded, i32[word + QUERY_ERROR_ADDRESS]! >>> 0);
    i32[word + QUERY_ERROR_LENGTH] = encoded.length;
    Atomics.store(i32, word + QUERY_ERROR_STATE, ERROR_WRITTEN);
    Atomics.compareExchange(i32, word + QUERY_STATE, QUERY_RUNNING, QUERY_FAILED);
    ringDriver(control);
  }
}
