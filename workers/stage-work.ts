import type { TaskResult, TaskSpec } from '../lib/core/scheduler/task-table.js';
import type { StageProgram } from '../lib/core/physical/stage-program.js';
import type { Task } from '../lib/exec/contracts.js';
import type { Pages, ThreadArena, ZeroFill } from '../lib/memory/thread-arena.js';

/**
 * What an executor does inside a task, as the serve loop sees it. lib/exec implements it; tests bring their own. One object a thread, all calls on that
 * thread, all synchronous.
 */
export interface StageWork {
  /**
   * Decides the tasks of a stage whose inputs are complete. A pure function of the program and the inputs' chunks: it may run more than once, on
   * different executors, and must come to the same list.
   */
  openStage(access: StageAccess): readonly TaskSpec[];
  /** Compiles and binds a stage. Kept while the executor serves, also over work on other stages. */
  openRunner(access: StageAccess): StageRunner;
  /** `memory.fill` with zeros, when the kernels have it. */
  readonly zeroFill?: ZeroFill;
  /** Tests: called at the points where a thread may die. */
  probe?(point: ProbePoint): void;
}

export type ProbePoint =
  | 'start'
  | 'claimed'
  | 'ran'
  | 'folded'
  | 'sealing'
  | 'publishing'
  | 'committed'
  | 'opening'
  | 'opened'
  | 'idle';

/**
 * A stage bound to a thread. Tasks that it ran gather in its open chunk until `seal`. When anything throws, the runner is disposed of and never used again; the
 * tasks of its open chunk run again elsewhere.
 */
export interface StageRunner {
  runTask(task: Task): TaskResult;
  /** Whether the chunk has grown enough. Asked after every task; `isOld`: it has been open for about 100 ms. */
  wantsSeal(isOld: boolean): boolean;
  /** Finishes the chunk: the address of its record, 0 for nothing. The next task begins a new one. */
  seal(): number;
  /** Closes files and drops references. Touches no shared memory, which may have a new owner by then: pages go with their sources. */
  dispose(): void;
}

/** A stage as an executor gets it. */
export interface StageAccess {
  /** Slot of the executor, for as long as it serves. */
  readonly worker: number;
  /** Never repeated within an engine. */
  readonly query: number;
  readonly program: StageProgram;
  /** Equal keys mean equal module bytes; 0: unknown. */
  readonly moduleKey: number;
  /** Never shared memory, which engines do not compile. Not to be written to. */
  moduleBytes(): Uint8Array;
  /** Freed when the executor is done with the stage. */
  readonly scratch: Pages;
  /** Private to the open chunk; published when it is sealed, dropped when it is lost. */
  readonly chunkPages: Pages;
  /**
   * Address of one i32 word for each task of the stage, zero at first: for what the tasks of a source tell each other. Only atomic stores that are right
   * whoever makes them and however often. 0 while the stage is being opened.
   */
  readonly taskWords: number;
  /** How many tasks the stage has; 0 while it is being opened. */
  readonly tasks: number;
  /** Address of an i64, zero at first: bytes of an output that the stage's tasks have taken of it. Only added to. */
  readonly takenBytes: number;
  /** Addresses of the sealed chunks of an earlier stage, by its id. */
  inputChunks(stage: number): readonly number[];
  /** How many executors the engine has. */
  readonly executors: number;
  /** Throws CancelledError when the query was cancelled or has failed. One atomic load; called once a batch. */
  checkCancelled(): void;
}

/** What a thread has before it works. */
export interface WorkThread {
  readonly arena: ThreadArena;
  /** Compiled kernels, when the engine has some. */
  readonly kernels: WebAssembly.Module | undefined;
}

/** The named export `createStageWork` of the module that executors load. */
export type CreateStageWork = (thread: WorkThread) => StageWork;
