import { joinTasks, runJoinTask, writeFormat } from '../../io/index.js';
import { planFiles, type OutputFile, type Piece, type WrittenFile } from '../../io/output/plan-files.js';
import { Space } from '../../memory/block-space.js';
import { readRecords, writeRecord } from './json-record.js';
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
export function joinSplits(views: MemoryViews, chunks: readonly number[], spec: WriteSpec): SourceSplit[] {
  const files = planFiles(readRecords<Piece>(views, chunks), spec);
  return joinTasks(files, writeFormat(spec.format)).map((split) => ({ partition: files[split[0]]!.partition, split }));
}

/** The files of the stages that this thread is bound to: pieces may be many, and chunks too. */
const plannedFiles = new WeakMap<PipelineContext, readonly OutputFile[]>();

function filesOf(context: PipelineContext, stage: number, spec: WriteSpec): readonly OutputFile[] {
  let files = plannedFiles.get(context);
  if (files === undefined) {
    files = planFiles(readRecords<Piece>(context.executor.views, context.inputChunks(stage)), spec);
    plannedFiles.set(context, files);
  }
  return files;
}

/** Puts files together out of their pieces, and publishes which files there are. A task done twice has the same end. */
export class JoinChunk implements SinkChunk {
  taskRows = 0;
  readonly taskFull = true;
  readonly #files: readonly OutputFile[];
  readonly #written: WrittenFile[] = [];
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
    const [from = 0, to = 0, firstPiece = 0, endPiece = 0] = task.split;
    const written = runJoinTask([from, to, firstPiece, endPiece], this.#files, {
      format: writeFormat(spec.format),
      request: requestOf(spec),
      pieces: spec.pieces,
      shown: spec.shown,
      views: context.executor.views,
      buffer: { address: this.#buffer, bytes: COPY_BYTES },
      checkCancelled: () => context.checkCancelled(),
    });
    this.#written.push(...written);
  }

  consume(): void {}

  endTask(): void {}

  seal(): number {
    const { context } = this;
    if (this.#buffer !== 0) context.scratch.free(this.#buffer, COPY_BYTES);
    this.#buffer = 0;
    return writeRecord(context.executor.views, this.#written, new Space(context.chunkPages));
  }
}
