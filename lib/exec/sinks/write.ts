import { Space } from '../../memory/block-space.js';
import { PieceWriter } from './piece-writer.js';
import { piecesBytes, writePieces } from './pieces-record.js';
import type { WriteSpec } from '../../core/physical/stage.js';
import type { PhysicalType } from '../../core/types/physical-type.js';
import type { Piece } from '../../io/output/plan-files.js';
import type { Batch, PipelineContext, SinkChunk, Task } from '../contracts.js';

/**
 * Writes rows into files, a piece for each task: what a chunk publishes are the names of its pieces. Those of a lost chunk are in no record; they go with the directory that
 * they lie in.
 */
export class WriteChunk implements SinkChunk {
  taskRows = 0;
  readonly taskFull = false;
  #context: PipelineContext;
  readonly #physicals: readonly PhysicalType[];
  readonly #pieces: Piece[] = [];
  #slots: readonly number[] = [];
  #writer: PieceWriter | undefined;
  #task: Task | undefined;

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
    this.#writer ??= new PieceWriter(this.#context, this.spec, this.#physicals, this.#task!, '');
    this.#writer.append(this.#context.frame, this.#slots, batch.sel, batch.n);
    this.taskRows += batch.n;
  }

  endTask(): void {
    this.#writer?.finish();
    this.#pieces.push(...(this.#writer?.pieces ?? []));
    this.#writer = undefined;
  }

  seal(): number {
    if (this.#pieces.length === 0) return 0;
    const space = new Space(this.#context.chunkPages);
    return writePieces(this.#context.executor.views, piecesBytes(this.#pieces), (bytes) => space.allocate(bytes));
  }

  drop(): void {
    this.#writer?.abort();
    this.#writer = undefined;
  }
}
