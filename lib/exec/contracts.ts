import type { HeapMark } from '../memory/heaps.js';
import type { MemoryViews, PageSource } from '../memory/memory-access.js';
import type { ScanFigures } from '../core/types/scan-figures.js';
import type { LoadedColumn, PipelineProgram, StageProgram } from '../core/physical/stage-program.js';

/**
 * The contracts inside a task. One executor thread calls all of this; everything is synchronous.
 */

/** What an executor thread has for all stages. */
export interface Executor {
  /** 0 is the inline runner on the driver's thread; executors count from 1. */
  readonly worker: number;
  readonly views: MemoryViews;
  /** Exports of the kernel module. */
  readonly kernels: Kernels;
}

/** Exports of kernels/assembly, by name. All parameters and results are i32 (addresses unsigned: apply `>>> 0`), f64, or i64 as bigint. */
export type Kernels = { readonly [name: string]: (...args: number[]) => number };

/**
 * One piece of work: `split` is an entry of the stage's split list (what the source understands). `ordinal` counts the tasks of a stage
 * in row order: outputs are tagged with it.
 */
export interface Task {
  readonly ordinal: number;
  readonly pipeline: number;
  readonly partition: number;
  readonly split: Split;
}

/**
 * A contiguous piece of a source. scan: [file, start byte, end byte]; blocks and stage_blocks: [first block, first row, end block, end row];
 * range: [first index, end index]; groups and sorted: [target].
 */
export type Split = readonly number[];

/**
 * The source of a pipeline. `open` starts a split; each `next` locates at most `capacity` rows and returns how many (0: done); `load` makes source columns ready in
 * slots by setting their slot records and decoding the live rows: all (sel 0) or the `n` positions at `sel`. Pointers stay good until the next `next`.
 */
export interface BatchSource {
  open(task: Task): void;
  next(capacity: number): number;
  load(columns: readonly LoadedColumn[], sel: number, n: number): void;
  close(): void;
  /** Ends a task that succeeded: what the next one may use stays, open files too. Absent: `close` does. */
  endTask?(): void;
  /** Bytes read and rows rejected since `open`, for metrics. */
  readonly bytesRead: number;
  readonly rowsRejected: number;
  /** What a scan of files read and left out since `open`, where it can tell. */
  readonly figures?: ScanFigures | undefined;
}

/** The live rows of a batch: all of 0..n (sel 0), or the n positions (u32, ascending) at address sel. */
export interface Batch {
  n: number;
  sel: number;
}

/**
 * A sink's open chunk: what an executor gathers from the tasks it runs until the chunk is sealed. Nothing of it is visible to others before `seal`,
 * which returns the address of a chunk record in shared memory (sink-specific; readable by any thread, read-only from then on; 0: nothing).
 * If the executor dies before, its private pages are swept and its tasks run again elsewhere.
 */
export interface SinkChunk {
  /** Before the tasks of another pipeline than the last ones (a union's): where its outputs are. */
  usePipeline?(context: PipelineContext): void;
  beginTask(task: Task): void;
  consume(batch: Batch): void;
  /** The task is complete. A limit sink may say that it needs no more of this task. */
  endTask(): void;
  seal(): number;
  /** It will not be sealed: lets go of files. Touches no shared memory. */
  drop?(): void;
  /** Rows handed over so far in this task (for limit accounting and metrics). */
  readonly taskRows: number;
  /** This task needs no more rows. */
  readonly taskFull: boolean;
}

/** A pipeline bound to a thread: its frame, compiled loops, source. */
export interface PipelineContext {
  readonly executor: Executor;
  readonly program: PipelineProgram;
  readonly stage: StageProgram;
  /** Address of the frame (memory/layout.ts). */
  readonly frame: number;
  /** Compiled loops by name. */
  readonly loops: Kernels;
  /** Lives as long as this executor works on the stage: buffers, scratch. */
  readonly scratch: PageSource;
  /** Private to the chunk being gathered; what `seal` publishes lies here. */
  readonly chunkPages: PageSource;
  /** How many tasks the stage has. */
  readonly tasks: number;
  /** Address of an i64 that the stage's tasks add to: bytes that they have taken of an output which is theirs together. */
  readonly takenBytes: number;
  /** Sealed chunks of an earlier stage, by stage id, in no particular order. */
  inputChunks(stage: number): readonly number[];
  /** Address of fresh bytes in a heap of this thread (memory/layout.ts, HEAP_*). */
  allocateTransient(heap: number, bytes: number): number;
  /** Says where heaps that carry the returned id (HEAP_ID) get more room from: for states that own bytes. */
  openHeap(pages: PageSource): number;
  /** Empties the frame's heap of transient bytes after a batch, and gives back what it grew by. */
  resetHeap(): void;
  /** How full it is, and emptying it of what came since: of a batch that makes many. */
  markHeap(): HeapMark;
  rewindHeap(mark: HeapMark): void;
  /** Throws CancelledError when the query was cancelled. One atomic load. */
  checkCancelled(): void;
}
