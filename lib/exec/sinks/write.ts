import { Space } from '../../memory/block-space.js';
import { ScopedPages } from '../../memory/scoped-pages.js';
import { PartitionRows } from './partition-rows.js';
import { PieceWriter } from './piece-writer.js';
import { writeRecord } from './json-record.js';
import type { WriteSpec } from '../../core/physical/stage.js';
import type { PhysicalType } from '../../core/types/physical-type.js';
import type { Piece } from '../../io/output/plan-files.js';
import type { Batch, PipelineContext, SinkChunk, Task } from '../contracts.js';

/** Rows of many directories are gathered up to this size before they are written. */
const HELD_BYTES = 96 * 1024 * 1024;

/**
 * Writes rows into files, a piece for each task and directory: what a chunk publishes are the names of its pieces. Those of a lost chunk are in no record; they go with the directory
 * that they lie in.
 */
export class WriteChunk implements SinkChunk {
  taskRows = 0;
  readonly taskFull = false;
  #context: PipelineContext;
  readonly #physicals: readonly PhysicalType[];
  readonly #pieces: Piece[] = [];
  #slots: readonly number[] = [];
  #task: Task | undefined;
  /** What blocks and tables lie in, from the first row of a task to its last. */
  #pages: ScopedPages | undefined;
  #space: Space | undefined;
  #partitions: PartitionRows | undefined;
  /** By directory's number; without partition columns there is one. */
  #writers: PieceWriter[] = [];

  constructor(
    context: PipelineContext,
    private readonly spec: WriteSpec,
  ) {
    const { outputs, slots } = context.program;
    this.#context = context;
    this.#physicals = spec.columns.map((column) => slots[outputs[column]!]!.physical);
  }

  usePipeline(context: PipelineContext): void {
    this.#context = context;
  }

  beginTask(task: Task): void {
    const { outputs } = this.#context.program;
    this.#task = task;
    this.taskRows = 0;
    this.#slots = this.spec.columns.map((column) => outputs[column]!);
  }

  consume(batch: Batch): void {
    const context = this.#context;
    const { frame } = context;
    const pages = (this.#pages ??= new ScopedPages(context.scratch));
    this.taskRows += batch.n;
    if (this.spec.partitionBy.length === 0) {
      this.#writer(0, '').append(frame, this.#slots, batch.sel, batch.n);
      return;
    }
    this.#partitions ??= new PartitionRows(context, this.spec, pages);
    this.#partitions.split(batch, (number, directory, sel, n) =>
      this.#writer(number, directory).append(frame, this.#slots, sel, n),
    );
    if (pages.held > HELD_BYTES) this.#flush();
  }

  #writer(number: number, directory: string): PieceWriter {
    this.#space ??= new Space(this.#pages!);
    return (this.#writers[number] ??= new PieceWriter(this.#context, this.spec, {
      physicals: this.#physicals,
      task: this.#task!,
      directory,
      space: this.#space,
      keepsBlocks: this.spec.partitionBy.length > 0,
    }));
  }

  endTask(): void {
    this.#flush();
  }

  /** Writes everything and gives all memory back. */
  #flush(): void {
    for (const writer of this.#writers) {
      writer.finish();
      this.#context.checkCancelled();
      this.#pieces.push(...writer.pieces);
    }
    this.#forget();
    this.#pages?.release();
    this.#pages = undefined;
  }

  #forget(): void {
    this.#writers = [];
    this.#partitions = undefined;
    this.#space = undefined;
  }

  seal(): number {
    return writeRecord(this.#context.executor.views, this.#pieces, new Space(this.#context.chunkPages));
  }

  drop(): void {
    for (const writer of this.#writers) writer.abort();
    this.#forget();
  }
}
