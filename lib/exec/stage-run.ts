import { instantiateStage } from '../codegen/instantiate.js';
import { InternalError } from '../core/errors.js';
import { PHYSICAL_WIDTH } from '../core/types/physical-type.js';
import type { ScanFigures } from '../core/types/scan-figures.js';
import { openScan } from '../io/index.js';
import { Space } from '../memory/block-space.js';
import {
  FRAME_HEAP,
  FRAME_PARAMETERS,
  FRAME_SCRATCH,
  FRAME_SCRATCH_BYTES,
  FRAME_SLOTS,
  SLOT_BYTES,
  ZEROS,
} from '../memory/layout.js';
import { openChunk } from './sinks/open-chunk.js';
import { openSource } from './sources/open-source.js';
import { PipelineRun } from './pipeline-run.js';
import type { PipelineProgram, StageProgram } from '../core/physical/stage-program.js';
import type { Heaps } from '../memory/heaps.js';
import type { PageSource } from '../memory/memory-access.js';
import type { BatchSource, Executor, Kernels, PipelineContext, SinkChunk, Task } from './contracts.js';

/** What an executor is given to work on a stage. */
export interface StageAccess {
  readonly program: StageProgram;
  /** Bytes of the stage's WebAssembly module. */
  module(): Uint8Array;
  /** Lives while this executor works on the stage. */
  readonly scratch: PageSource;
  /** Private until the chunk that is open now is sealed. */
  readonly chunkPages: PageSource;
  readonly heaps: Heaps;
  /** Address of one i32 word for each task of the stage, zero at first: for what tasks of a source tell each other. */
  readonly taskWords: number;
  readonly tasks: number;
  /** Address of an i64, zero at first: bytes of an output that the stage's tasks have taken of it. */
  readonly takenBytes: number;
  inputChunks(stage: number): readonly number[];
  checkCancelled(): void;
}

/** Rows of a chunk that is sealed at the next chance. */
const SEAL_BYTES = 64 * 1024 * 1024;

/** A task's figures, for metrics. */
export interface TaskFigures {
  readonly rows: number;
  readonly bytesRead: number;
  readonly rowsRejected: number;
  readonly figures?: ScanFigures | undefined;
}

/** One stage on one executor: its pipelines bound to this thread, and the chunk that is open. */
export class StageRun {
  readonly #pipelines: readonly (PipelineRun | undefined)[];
  readonly #contexts: PipelineContext[] = [];
  #chunk: SinkChunk | undefined;
  readonly #heapIds: number[] = [];

  constructor(
    private readonly executor: Executor,
    private readonly access: StageAccess,
  ) {
    const { program } = access;
    const loops = instantiateStage(access.module(), executor.views.memory, executor.kernels) as Kernels;
    const parameters = this.#placeParameters();
    this.#pipelines = program.pipelines.map((pipeline) => this.#open(pipeline, loops, parameters));
  }

  /** Runs a task into the open chunk. */
  runTask(task: Task): TaskFigures {
    const pipeline = this.#pipelines[task.pipeline];
    if (pipeline === undefined) throw new InternalError(`Stage ${this.access.program.stage} has no pipeline ${task.pipeline}.`);
    this.#chunk ??= this.#openChunk();
    this.#chunk.usePipeline?.(this.#contexts[task.pipeline]!);
    pipeline.runTask(task, this.#chunk);
    const { bytesRead, rowsRejected, figures } = pipeline;
    return { rows: this.#chunk.taskRows, bytesRead, rowsRejected, figures };
  }

  /**
   * Sealing bounds what a death costs. Rows and single states can be sealed at any time; of groups and sorted runs more chunks mean more merging, so those wait for
   * the stage's end.
   */
  wantsSeal(isOld: boolean, heldBytes: number): boolean {
    const { sink } = this.access.program;
    if (sink.kind === 'collect') return isOld || heldBytes > SEAL_BYTES;
    // What a task wrote is in files of its own: nothing is gained by gathering more.
    if (sink.kind === 'write') return true;
    if (sink.kind === 'join') return isOld;
    return sink.kind === 'aggregate' && sink.aggregate.keys.length === 0 && isOld;
  }

  /** Ends the open chunk; returns its record's address, or 0 if there is none. */
  seal(): number {
    const address = this.#chunk?.seal() ?? 0;
    this.#chunk = undefined;
    return address;
  }

  /** Closes files. Touches no shared memory. */
  dispose(): void {
    this.#chunk?.drop?.();
    this.#chunk = undefined;
    for (const pipeline of this.#pipelines) pipeline?.close();
    for (const id of this.#heapIds) this.access.heaps.forget(id);
  }

  #placeParameters(): number {
    const bytes = Buffer.from(this.access.program.parameters, 'base64');
    if (bytes.length === 0) return 0;
    const address = this.access.scratch.allocate(bytes.length);
    this.executor.views.u8.set(bytes, address);
    return address;
  }

  #open(program: PipelineProgram, loops: Kernels, parameters: number): PipelineRun {
    const { executor, access } = this;
    const { u32 } = executor.views;
    const space = new Space(access.scratch);
    const frameBytes = FRAME_SLOTS + program.slots.length * SLOT_BYTES;
    const frame = space.allocate(frameBytes);
    u32.fill(0, frame >>> 2, (frame + frameBytes) >>> 2);
    u32[(frame + FRAME_PARAMETERS) >>> 2] = parameters;
    u32[(frame + FRAME_SCRATCH) >>> 2] = space.allocate(FRAME_SCRATCH_BYTES);
    this.#heapIds.push(access.heaps.open(frame + FRAME_HEAP, access.scratch));
    const context: PipelineContext = {
      executor,
      program,
      stage: access.program,
      frame,
      loops,
      scratch: access.scratch,
      chunkPages: access.chunkPages,
      tasks: access.tasks,
      takenBytes: access.takenBytes,
      inputChunks: (stage) => access.inputChunks(stage),
      allocateTransient: (heap, bytes) => access.heaps.allocate(heap, bytes),
      openHeap: (pages) => {
        const id = access.heaps.register(pages);
        this.#heapIds.push(id);
        return id;
      },
      resetHeap: () => access.heaps.reset(frame + FRAME_HEAP),
      markHeap: () => access.heaps.mark(frame + FRAME_HEAP),
      rewindHeap: (mark) => access.heaps.rewind(frame + FRAME_HEAP, mark),
      checkCancelled: () => access.checkCancelled(),
    };
    this.#contexts.push(context);
    this.#giveVectors(program, frame, space);
    return new PipelineRun(context, this.#source(context), space.allocate(program.batchRows * 4));
  }

  /** Vectors of their own for the slots that projections fill. */
  #giveVectors(program: PipelineProgram, frame: number, space: Space): void {
    const { u32 } = this.executor.views;
    for (const step of program.steps) {
      if (step.kind !== 'project') continue;
      for (const slot of step.slots) {
        const { physical, nullable } = program.slots[slot]!;
        const record = (frame + FRAME_SLOTS + slot * SLOT_BYTES) >>> 2;
        u32[record] = space.allocate(program.batchRows * PHYSICAL_WIDTH[physical]);
        u32[record + 1] = nullable ? space.allocate(program.batchRows) : ZEROS;
      }
    }
  }

  #source(context: PipelineContext): BatchSource {
    const { source } = context.program;
    return source.kind === 'scan'
      ? openScan(context, source.source, {
          columns: neededColumns(context.program),
          tests: source.tests,
          taskWords: this.access.taskWords,
        })
      : openSource(context)!;
  }

  #openChunk(): SinkChunk {
    return openChunk(this.#contexts[0]!);
  }
}

/** Source columns that some step loads. */
function neededColumns(program: PipelineProgram): number[] {
  return program.steps.flatMap((step) => (step.kind === 'load' ? step.columns.map(({ column }) => column) : []));
}
