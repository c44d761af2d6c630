import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type * as Pools from 'piscina';
import type { RunnerHost, StageCode, TaskRunner } from '../lib/core/scheduler/task-runner.js';
import { SLOT_FREE, SLOT_POSTED, SLOT_STATE, SLOT_THREAD, ringDoorbell, slotWord } from '../lib/core/scheduler/control.js';
import type { Arena } from '../lib/memory/arena.js';
import { InlineRunner } from './inline-runner.js';
import type { StageWork } from './stage-work.js';
import type { ExecutorData } from './task-worker.js';
import { decodeError } from './wire-error.js';

export interface PiscinaRunnerOptions {
  readonly arena: Arena;
  /** Executor threads, 1 or more. */
  readonly workers: number;
  /** URL of the module that exports `createStageWork`; executors load it. A function is asked when the pool starts. */
  readonly work: string | (() => string);
  /** The driver's own stage work, for inline queries. */
  readonly inlineWork: () => StageWork;
  /** Compiled kernels. */
  readonly kernels?: WebAssembly.Module;
  /** MB of JavaScript heap of one executor, default 256. A thread without a limit of its own takes the process with it when a function never stops allocating. */
  readonly heapMegabytes?: number;
  /** ms that `close` waits for executors before it ends their threads. */
  readonly graceMs?: number;
}

/**
 * Executors as a Piscina pool, started by the first query that needs it. A message goes to an executor only when it rests: `serve` then runs tasks of all queries until there
 * are none (performance.md, K). The pool never keeps the process alive by itself.
 */
export class PiscinaRunner implements TaskRunner {
  readonly executors: number;
  readonly #options: PiscinaRunnerOptions;
  readonly #inline: InlineRunner;
  #host: RunnerHost | undefined;
  #pool: Pools.Piscina<number, number> | undefined;
  #isStarting = false;
  /** Slots whose `run` has not been answered. */
  readonly #pending = new Map<number, Promise<void>>();
  /** Thread ids that have loaded their code. */
  readonly #booted = new Set<number>();
  /** Slots that listeners believe alive. */
  readonly #up = new Set<number>();
  #closing: Promise<void> | undefined;
  /** Threads that died before they served, in a row. */
  #bootFailures = 0;
  #posts = 0;

  constructor(options: PiscinaRunnerOptions) {
    this.#options = options;
    this.executors = options.workers;
    this.#inline = new InlineRunner({ arena: options.arena, work: options.inlineWork, executors: options.workers });
  }

  attach(host: RunnerHost): void {
    this.#host = host;
    this.#inline.attach(host);
  }

  runInline(query: number, stages: readonly StageCode[], limitMs: number): boolean {
    return this.#inline.runInline(query, stages, limitMs);
  }

  end(slot: number): void {
    const id = Atomics.load(this.#host!.control.i32, slotWord(this.#host!.control, slot) + SLOT_THREAD);
    void this.threads.find(({ threadId }) => threadId === id)?.terminate();
  }

  decodeError(text: string): Error {
    return decodeError(text);
  }

  /** Messages posted to executors so far; tests hold it to the budget. */
  get posts(): number {
    return this.#posts;
  }

  /** Thread ids of the executors; tests end them. */
  get threads(): readonly { terminate(): Promise<number>; readonly threadId: number }[] {
    return this.#pool?.threads ?? [];
  }

  ring(): void {
    if (this.#closing !== undefined) return;
    if (this.#pool === undefined) {
      this.#startSoon();
      return;
    }
    const { control } = this.#host!;
    for (let slot = 1; slot <= this.executors; slot++) {
      // Still out: it serves, or its answer is under way and brings us here again.
      if (this.#pending.has(slot)) continue;
      if (Atomics.compareExchange(control.i32, this.#stateWord(slot), SLOT_FREE, SLOT_POSTED) === SLOT_FREE) this.#post(slot);
    }
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  /** Loading the library and starting the threads take some 10 ms each: the event loop has its turn before each of them. Then rings. */
  #startSoon(): void {
    if (this.#isStarting) return;
    this.#isStarting = true;
    const inTurn = (step: () => void): void => {
      setImmediate(() => {
        try {
          if (this.#closing === undefined) step();
        } catch (cause) {
          this.#isStarting = false;
          this.#host!.cannotStart(cause);
        }
      });
    };
    inTurn(() => {
      // Loaded when a pool starts: what runs inline does without.
      const { Piscina: Pool } = createRequire(import.meta.url)('piscina') as typeof Pools;
      inTurn(() => {
        this.#pool = this.#start(Pool);
        this.#isStarting = false;
        this.ring();
      });
    });
  }

  #start(Pool: typeof Pools.Piscina): Pools.Piscina<number, number> {
    const { arena, workers, work, kernels, heapMegabytes = HEAP_MEGABYTES } = this.#options;
    const data: ExecutorData = {
      memory: arena.memory,
      control: this.#host!.control.address,
      executors: workers,
      work: typeof work === 'string' ? work : work(),
      kernels,
    };
    const pool = new Pool<number, number>({
      filename: fileURLToPath(new URL('./pool-entry.cjs', import.meta.url)),
      name: 'serve',
      minThreads: workers,
      maxThreads: workers,
      idleTimeout: Infinity,
      concurrentTasksPerWorker: 1,
      atomics: 'sync',
      recordTiming: false,
      workerData: data,
      // Flags of the host, such as --input-type, need not suit a thread that runs a file.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytes, maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
    });
    // Without a listener the error of a thread that dies at rest would end the process.
    pool.on('error', (cause: unknown) => this.#bootFailed(cause));
    pool.on('message', ({ booted }: { booted?: number }) => {
      if (booted === undefined) return;
      this.#booted.add(booted);
    });
    pool.on('workerDestroy', () => setImmediate(() => this.#wakePool()));
    return pool;
  }

  #post(slot: number): void {
    this.#posts++;
    if (!this.#up.has(slot)) {
      this.#up.add(slot);
      this.#host!.executorStarted(slot);
    }
    const run = this.#pool!.run(slot).then(
      () => {
        this.#bootFailures = 0;
        this.#pending.delete(slot);
        if (this.#closing === undefined) this.#host!.executorReturned(slot);
      },
      (cause: unknown) => this.#died(slot, cause),
    );
    this.#pending.set(slot, run);
  }

  /** A rejected run is a thread that has ended, or one that could not load its code. */
  #died(slot: number, cause: unknown): void {
    this.#pending.delete(slot);
    this.#up.delete(slot);
    const { control } = this.#host!;
    const served = Atomics.exchange(control.i32, this.#stateWord(slot), SLOT_FREE) !== SLOT_POSTED;
    // When the engine closes every run is rejected: asking for another would go on for ever.
    if (this.#closing !== undefined) return;
    if (served) this.#bootFailures = 0;
    else if (this.#bootFailed(cause)) return;
    this.#host!.executorDied(slot, cause);
  }

  /** True when it happened so often that there is no sense in going on. */
  #bootFailed(cause: unknown): boolean {
    this.#bootFailures++;
    if (this.#bootFailures < BOOT_FAILURES_MAX + this.executors) return false;
    this.#bootFailures = 0;
    const pool = this.#pool;
    this.#pool = undefined;
    this.#host!.cannotStart(cause);
    // What is still queued there will be rejected; the next query starts a fresh pool.
    void pool?.destroy();
    return true;
  }

  /** Piscina replaces no thread after one died while it started, until something is posted. */
  #wakePool(): void {
    const pool = this.#pool;
    if (pool === undefined || this.#closing !== undefined || this.#pending.size === 0 || pool.threads.length >= this.executors)
      return;
    pool.run(0).catch(() => {});
  }

  async #close(): Promise<void> {
    const pool = this.#pool;
    if (pool === undefined) return;
    const { graceMs = 2_000 } = this.#options;
    ringDoorbell(this.#host!.control);
    await within(graceMs, Promise.allSettled(this.#pending.values()));
    // Ending a thread that still loads its code can abort the process.
    const patience = performance.now() + BOOT_MS;
    while (pool.threads.some(({ threadId }) => threadId >= 0 && !this.#booted.has(threadId)) && performance.now() < patience)
      await within(2);
    await pool.destroy();
    this.#pool = undefined;
  }

  #stateWord(slot: number): number {
    return slotWord(this.#host!.control, slot) + SLOT_STATE;
  }
}

const HEAP_MEGABYTES = 256;
/** At its limit a heap gets 16 MB more to end in good order: a young generation that outlives a collection must fit in there, or the process aborts (Node 24). */
const YOUNG_MEGABYTES = 12;
/** Threads that die before they serve, besides one each. */
const BOOT_FAILURES_MAX = 4;
/** ms for a thread to load its code. */
const BOOT_MS = 10_000;

/** Resolves with the promise, or after so many ms. */
async function within(ms: number, promise?: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await Promise.race(promise === undefined ? [late] : [late, promise]);
  } finally {
    clearTimeout(timer);
  }
}
