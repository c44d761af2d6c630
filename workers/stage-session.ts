import { CancelledError } from '../lib/core/errors.js';
import { openChunk, sealChunk, sealedChunks, voidChunk } from '../lib/core/scheduler/chunk-table.js';
import type { OpenChunk } from '../lib/core/scheduler/chunk-table.js';
import type { Control } from '../lib/core/scheduler/control.js';
import {
  QUERY_CANCEL,
  QUERY_DOMAIN,
  QUERY_ID,
  QUERY_STAGE_COUNT,
  SLOT_HEARTBEAT,
  nowMicros,
  queryWord,
  slotWord,
} from '../lib/core/scheduler/control.js';
import {
  STAGE_ID, STAGE_MODULE, STAGE_MODULE_BYTES, STAGE_MODULE_KEY, STAGE_PROGRAM, STAGE_PROGRAM_BYTES, STAGE_RESULT_DOMAIN, STAGE_TAKEN, STAGE_TASKS, STAGE_TASK_WORDS,
  stageWord,
} from '../lib/core/scheduler/stage-entry.js'; // prettier-ignore
import {
  RECORD_END, RECORD_START, foldTask, readSpec, recordWord, returnTask, settleTask, skipBeyondLimit,
} from '../lib/core/scheduler/task-table.js'; // prettier-ignore
import type { StageCode } from '../lib/core/scheduler/task-runner.js';
import type { StageProgram } from '../lib/core/physical/stage-program.js';
import type { ThreadArena } from '../lib/memory/thread-arena.js';
import type { InlineClock } from './inline-clock.js';
import type { StageAccess, StageRunner, StageWork } from './stage-work.js';

/** A chunk is sealed when it has been open this long, so that a death costs no more. */
const SEAL_MS = 100;

export interface SessionPlace {
  readonly control: Control;
  readonly arena: ThreadArena;
  readonly work: StageWork;
  readonly slot: number;
  readonly executors: number;
  /** On the driver's thread, which has the query's code at hand and must not be held long. */
  readonly inline?: { readonly stages: readonly StageCode[]; readonly clock: InlineClock } | undefined;
}

/**
 * One executor's work on one stage: its runner, its open chunk, the tasks gathered in it. Every method but `abandon` is called inside the query's domain
 * (hazard word set, query seen alive).
 */
export class StageSession {
  readonly query: number;
  readonly id: number;
  readonly stage: number;
  readonly domain: number;
  readonly access: StageAccess;
  readonly #place: SessionPlace;
  readonly #entry: number;
  #runner: StageRunner | undefined;
  #chunk: OpenChunk | undefined;
  #openedAt = 0;
  /** Ordinals and state words of the open chunk's tasks. */
  #folded: { readonly ordinal: number; readonly word: number }[] = [];

  constructor(place: SessionPlace, query: number, stage: number) {
    this.#place = place;
    this.query = query;
    this.stage = stage;
    const { i32 } = place.control;
    this.id = i32[queryWord(place.control, query) + QUERY_ID]!;
    this.domain = i32[queryWord(place.control, query) + QUERY_DOMAIN]!;
    this.#entry = stageWord(place.control, query, stage);
    this.access = accessOf(place, query, stage, this.#entry, this.id, this.domain);
  }

  get hasOpenChunk(): boolean {
    return this.#chunk !== undefined;
  }

  /** Runs a claimed task into the open chunk. Throws whatever the runner throws; the task is then still claimed. */
  runTask(ordinal: number): void {
    const { control, slot, work } = this.#place;
    const { f64 } = control;
    this.#runner ??= work.openRunner(this.access);
    if (this.#chunk === undefined) {
      this.#chunk = openChunk(control, this.#entry, slot);
      if (this.#chunk === undefined) throw new Error('A stage has no room for another chunk');
      this.#openedAt = performance.now();
    }
    const record = recordWord(control, this.#entry, ordinal);
    f64[(record + RECORD_START) >>> 1] = nowMicros();
    const result = this.#runner.runTask({ ordinal, ...readSpec(control, this.#entry, ordinal) });
    f64[(record + RECORD_END) >>> 1] = nowMicros();
    work.probe?.('ran');
    if (!foldTask(control, this.#entry, ordinal, slot, this.#chunk.epoch, result))
      throw new Error('A task was taken away from a living executor');
    this.#folded.push({ ordinal, word: Atomics.load(control.i32, record) });
    work.probe?.('folded');
    skipBeyondLimit(control, this.#entry);
  }

  get wantsSeal(): boolean {
    return this.#chunk !== undefined && this.#runner!.wantsSeal(performance.now() - this.#openedAt >= SEAL_MS);
  }

  /** Commits the open chunk: afterwards its tasks are done. Throws what the runner throws; the chunk is then still open. */
  seal(): void {
    const { control, slot, work } = this.#place;
    const chunk = this.#chunk;
    if (chunk === undefined) return;
    work.probe?.('sealing');
    const address = this.#runner!.seal();
    work.probe?.('publishing');
    // Before the commit: a death in between leaves pages that go with the domain, the other order would sweep pages in use.
    this.access.chunkPages.publish();
    if (!sealChunk(control, chunk, slot, address, this.#folded.length))
      throw new Error('A chunk was taken away from a living executor');
    work.probe?.('committed');
    for (const { ordinal, word } of this.#folded) settleTask(control, this.#entry, ordinal, word, true);
    this.#chunk = undefined;
    this.#folded = [];
  }

  /**
   * Gives everything uncommitted back after an error: the open chunk's tasks, and the claimed one when there is one. `before`
   * hears of the failed attempts of the task to blame, the claimed one, else the first of the chunk, before anybody can claim it again. `blame` false: none.
   */
  giveBack(claimed: number | undefined, blame: boolean, before: (attempts: number) => void): void {
    const { control, slot } = this.#place;
    const sealed = this.#chunk !== undefined && !voidChunk(control, this.#chunk, slot);
    this.#folded.forEach(({ ordinal, word }, i) => {
      if (sealed) settleTask(control, this.#entry, ordinal, word, true);
      else if (i === 0 && blame && claimed === undefined) returnTask(control, this.#entry, ordinal, word, true, before);
      else settleTask(control, this.#entry, ordinal, word, false);
    });
    if (claimed !== undefined) {
      const word = Atomics.load(control.i32, recordWord(control, this.#entry, claimed));
      returnTask(control, this.#entry, claimed, word, blame, before);
    }
    this.abandon();
  }

  /** Drops everything without looking at the query's memory, which may be gone. Pages that are still ours are freed. */
  abandon(): void {
    this.#chunk = undefined;
    this.#folded = [];
    try {
      this.#runner?.dispose();
    } finally {
      this.#runner = undefined;
      this.access.chunkPages.release();
      this.access.scratch.release();
    }
  }
}

function accessOf(place: SessionPlace, query: number, stage: number, entry: number, id: number, domain: number): StageAccess {
  const { control, arena, slot, executors, inline } = place;
  const code = inline?.stages[stage];
  const { i32, u8 } = control;
  const bytes = (address: number, length: number): Uint8Array => {
    const start = i32[entry + address]! >>> 0;
    return u8.slice(start, start + i32[entry + length]!);
  };
  const cancel = queryWord(control, query) + QUERY_CANCEL;
  const heartbeat = slotWord(control, slot) + SLOT_HEARTBEAT;
  let program = code?.program as StageProgram | undefined;
  const resultDomain = i32[entry + STAGE_RESULT_DOMAIN]!;
  return {
    worker: slot,
    query: id,
    get program() {
      return (program ??= JSON.parse(Buffer.from(bytes(STAGE_PROGRAM, STAGE_PROGRAM_BYTES)).toString()) as StageProgram);
    },
    moduleKey: i32[entry + STAGE_MODULE_KEY]!,
    moduleBytes: () => code?.module ?? new Uint8Array(bytes(STAGE_MODULE, STAGE_MODULE_BYTES)),
    scratch: arena.pageSource(domain, slot),
    chunkPages: arena.pageSource(resultDomain === 0 ? domain : resultDomain, slot),
    taskWords: i32[entry + STAGE_TASK_WORDS]! >>> 0,
    tasks: i32[entry + STAGE_TASKS]!,
    takenBytes: (entry + STAGE_TAKEN) * 4,
    inputChunks(stage) {
      const stages = i32[queryWord(control, query) + QUERY_STAGE_COUNT]!;
      for (let i = 0; i < stages; i++) {
        const other = stageWord(control, query, i);
        if (i32[other + STAGE_ID] === stage) return sealedChunks(control, other);
      }
      return [];
    },
    executors,
    checkCancelled() {
      i32[heartbeat]!++;
      inline?.clock.check();
      if (Atomics.load(i32, cancel) !== 0) throw new CancelledError({ code: 'CANCELLED', message: 'The query was cancelled.' });
    },
  };
}
