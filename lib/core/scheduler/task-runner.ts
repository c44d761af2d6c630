import type { Control } from './control.js';

/**
 * Who runs tasks. The scheduler only ever asks for executors to come and serve; what they do is in shared memory. Implemented by workers/piscina-runner.ts
 * and workers/inline-runner.ts; all methods are called on the driver's thread.
 */
export interface TaskRunner {
  /** Executors that `ring` can bring; slots 1 to this number. 0: everything runs inline. */
  readonly executors: number;
  /** Once, before anything else. Starts no thread. */
  attach(host: RunnerHost): void;
  /** Asks every idle executor to serve. At most one message for each that is idle, none for those that serve. */
  ring(): void;
  /**
   * Serves one query on this thread, as slot 0, until nothing of it is claimable. Synchronous. False: it took longer than `limitMs`; what it did not commit was given back, and executors may
   * go on.
   */
  runInline(query: number, stages: readonly StageCode[], limitMs: number): boolean;
  /** Ends the thread that serves a slot, which does not let go of its work; `executorDied` follows. */
  end(slot: number): void;
  /** Makes an error of the text that an executor wrote. */
  decodeError(text: string): Error;
  /** Resolves when all threads have ended. Idempotent. The caller has set the stop word. */
  close(): Promise<void>;
}

/** A stage's code as the driver has it, by its place in the query. */
export interface StageCode {
  readonly program: { readonly stage: number };
  readonly module: Uint8Array;
}

/** What a runner tells the scheduler. */
export interface RunnerHost {
  readonly control: Control;
  /** The thread that served this slot has ended; nothing it does can come any more. Returns when its work is void; the slot may be served again. */
  executorDied(slot: number, cause: unknown): void;
  /** No executor can be started: running queries fail with this cause. */
  cannotStart(cause: unknown): void;
  executorStarted(slot: number): void;
  /** An executor went to rest. There may be new work for it. */
  executorReturned(slot: number): void;
}

/** The arena as the scheduler needs it (memory/arena.ts). */
export interface SchedulerArena {
  readonly views: { readonly i32: Int32Array; readonly f64: Float64Array; readonly u8: Uint8Array };
  openDomain(kind: 'engine' | 'query' | 'cache'): number;
  endDomain(domain: number): boolean;
  /** Slots of the executors that are inside a domain. */
  insideOf(domain: number): number[];
  allocate(domain: number, bytes: number, zeroed?: boolean): number;
  sweep(worker: number): number;
  recount(): void;
}
