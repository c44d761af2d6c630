import { joinSteps, runJoinStep, writeFormat } from '../../io/index.js';
import { planFiles, type OutputFile } from '../../io/output/plan-files.js';
import { readPieces } from './pieces-record.js';
import type { WriteSpec } from '../../core/physical/stage.js';
import type { EncodeRequest } from '../../io/encoder.js';
import type { MemoryViews } from '../../memory/memory-access.js';
import type { SourceSplit } from '../splits.js';
import type { PipelineContext, SinkChunk, Task } from '../contracts.js';

/** Bytes that are copied at a time. */
const COPY_BYTES = 4 * 1024 * 1024;

export function requestOf({ schema, options }: WriteSpec): EncodeRequest {
  return { schema, options: new Map(options) };
}

/** The tasks that put the files of a write stage together. */
export function joinTasks(views: MemoryViews, chunks: readonly number[], spec: WriteSpec): SourceSplit[] {
  const steps = joinSteps(planFiles(readPieces(views, chunks), spec), writeFormat(spec.format));
  return steps.map((split) => ({ partition: split[0], split }));
}

/** The files of the stages that this thread is bound to: pieces may be many, and chunks too. */
const plannedFiles = new WeakMap<PipelineContext, readonly OutputFile[]>();

function filesOf(context: PipelineContext, stage: number, spec: WriteSpec): readonly OutputFile[] {
  let files = plannedFiles.get(context);
  if (files === undefined) {
    files = planFiles(readPieces(context.executor.views, context.inputChunks(stage)), spec);
    plannedFiles.set(context, files);
  }
  return files;
}

/** Puts files together out of their pieces: a step a task. Nothing is published: a step done twice has the same end. */
export class JoinChunk implements SinkChunk {
  readonly taskRows = 0;
  readonly taskFull = true;
  readonly #files: readonly OutputFile[];
  #buffer = 0;

  constructor(
    private readonly context: PipelineContext,
    stage: number,
    private readonly spec: WriteSpec,
  ) {
    this.#files = filesOf(context, stage, spec);
  }

  beginTask(task: Task): void {
    const { context, spec } = this;
    if (this.#buffer === 0) this.#buffer = context.scratch.allocate(COPY_BYTES) >>> 0;
    const [file = 0, from = 0, to = 0] = task.split;
    runJoinStep([file, from, to], this.#files, writeFormat(spec.format), requestOf(spec), {
      pieces: spec.pieces,
      shown: spec.shown,
      views: context.executor.views,
      buffer: { address: this.#buffer, bytes: COPY_BYTES },
      checkCancelled: () => context.checkCancelled(),
    });
  }

  consume(): void {}

  endTask(): void {}

  seal(): number {
    if (this.#buffer !== 0) this.context.scratch.free(this.#buffer, COPY_BYTES);
    this.#buffer = 0;
    return 0;
  }
}
