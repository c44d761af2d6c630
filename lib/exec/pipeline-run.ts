import { FRAME_ERROR_CODE, FRAME_HEAP, FRAME_PARTITION, FRAME_ROWS, FRAME_TASK, HEAP_NEXT } from '../memory/layout.js';
import type { ScanFigures } from '../core/types/scan-figures.js';
import type { LoadedColumn, StepProgram } from '../core/physical/stage-program.js';
import type { Batch, BatchSource, PipelineContext, SinkChunk, Task } from './contracts.js';
import { CodedProjection } from './steps/coded-projection.js';
import { openGenerateStep, type GenerateStep } from './steps/generate.js';
import { openJavascriptStep, type JavascriptStep } from './steps/javascript.js';
import { forget, measure } from './measure.js';
import { throwFrameError } from './frame-error.js';

/** What is bound for one step: the two forms of its loop, or the JavaScript function. */
type BoundStep =
  | { readonly kind: 'load'; readonly columns: readonly LoadedColumn[]; readonly measured: readonly LoadedColumn[] }
  | { readonly kind: 'filter'; readonly dense: Loop; readonly selected: Loop }
  | { readonly kind: 'project'; readonly dense: Loop; readonly selected: Loop; readonly coded: CodedProjection | undefined }
  | { readonly kind: 'generate'; readonly step: GenerateStep }
  | { readonly kind: 'javascript'; readonly step: JavascriptStep };

type Loop = (...args: number[]) => number;

/**
 * Runs the tasks of one pipeline on one thread: source → steps → sink, batch by batch.
 * Rows never move: a filter leaves the positions that survived, and everything after it reads those.
 */
export class PipelineRun {
  readonly #steps: readonly BoundStep[];
  readonly #batch: Batch = { n: 0, sel: 0 };
  readonly #capacity: number;

  constructor(
    private readonly context: PipelineContext,
    private readonly source: BatchSource,
    /** Address of `batchRows` u32 for a selection. */
    private readonly selection: number,
  ) {
    this.#capacity = context.program.batchRows;
    this.#steps = context.program.steps.map((step) => bindStep(step, context));
  }

  runTask(task: Task, chunk: SinkChunk): void {
    const { frame, executor } = this.context;
    const { u32 } = executor.views;
    u32[(frame + FRAME_TASK) >>> 2] = task.ordinal;
    u32[(frame + FRAME_PARTITION) >>> 2] = task.partition;
    let heapStart = u32[(frame + FRAME_HEAP + HEAP_NEXT) >>> 2]!;
    let isDone = false;
    this.source.open(task);
    chunk.beginTask(task);
    try {
      while (!chunk.taskFull) {
        this.context.checkCancelled();
        const rows = this.source.next(this.#capacity);
        if (rows === 0) break;
        u32[(frame + FRAME_ROWS) >>> 2] = rows;
        this.#batch.n = rows;
        this.#batch.sel = 0;
        this.#run(0, this.#batch, chunk);
        if (u32[(frame + FRAME_HEAP + HEAP_NEXT) >>> 2] !== heapStart) {
          // Transient strings live for one batch.
          this.context.resetHeap();
          heapStart = u32[(frame + FRAME_HEAP + HEAP_NEXT) >>> 2]!;
        }
      }
      isDone = true;
    } finally {
      if (isDone && this.source.endTask !== undefined) this.source.endTask();
      else this.source.close();
    }
    chunk.endTask();
  }

  close(): void {
    this.source.close();
  }

  get rowsRejected(): number {
    return this.source.rowsRejected;
  }

  get figures(): ScanFigures | undefined {
    return this.source.figures;
  }

  get bytesRead(): number {
    return this.source.bytesRead;
  }

  /** Steps from `first` on over one batch. A flatMap runs the rest once for every batch of results. */
  #run(first: number, batch: Batch, chunk: SinkChunk): void {
    const { frame } = this.context;
    for (let i = first; i < this.#steps.length; i++) {
      const step = this.#steps[i]!;
      if (step.kind === 'load') {
        if (step.measured.length > 0) forget(this.context, step.measured);
        this.source.load(step.columns, batch.sel, batch.n);
        if (step.measured.length > 0) measure(this.context, step.measured, batch);
      } else if (step.kind === 'filter') {
        const kept =
          batch.sel === 0 ? step.dense(frame, batch.n, this.selection) : step.selected(frame, batch.sel, batch.n, this.selection);
        this.#checkError();
        if (kept === 0) return;
        if (kept !== batch.n || batch.sel !== 0) batch.sel = this.selection;
        batch.n = kept;
      } else if (step.kind === 'project') {
        if (step.coded?.run(batch) === true) continue;
        if (batch.sel === 0) step.dense(frame, batch.n);
        else step.selected(frame, batch.sel, batch.n);
        this.#checkError();
      } else if (step.kind === 'generate') {
        this.#generate(step.step, i + 1, batch, chunk);
        return;
      } else if (step.step.role === 'flatMap') {
        const mark = this.context.markHeap();
        step.step.flatMap(batch, this.#capacity, (results) => {
          this.#run(i + 1, results, chunk);
          this.context.rewindHeap(mark);
        });
        return;
      } else {
        step.step.apply(batch, this.selection);
        if (batch.n === 0) return;
      }
    }
    chunk.consume(batch);
    this.#checkError();
  }

  /** The rest of the steps, once for every batch of rows made. */
  #generate(step: GenerateStep, rest: number, batch: Batch, chunk: SinkChunk): void {
    const results: Batch = { n: 0, sel: 0 };
    const mark = this.context.markHeap();
    step.begin(batch);
    while (!chunk.taskFull && step.next(results)) {
      this.context.checkCancelled();
      this.#run(rest, results, chunk);
      this.context.rewindHeap(mark);
    }
  }

  #checkError(): void {
    const { frame, executor } = this.context;
    if (executor.views.i32[(frame + FRAME_ERROR_CODE) >>> 2] !== 0)
      throwFrameError(executor.views, frame, this.context.stage.sites);
  }
}

function bindStep(step: StepProgram, context: PipelineContext): BoundStep {
  if (step.kind === 'load')
    return { kind: 'load', columns: step.columns, measured: step.columns.filter((column) => column.measured !== undefined) };
  if (step.kind === 'generate') return { kind: 'generate', step: openGenerateStep(step, context) };
  if (step.kind === 'javascript') return { kind: 'javascript', step: openJavascriptStep(step, context) };
  const [dense, selected] = [context.loops[step.loop]!, context.loops[`${step.loop}_s`]!];
  if (step.kind === 'filter') return { kind: 'filter', dense, selected };
  const coded = step.over === undefined ? undefined : new CodedProjection(context, step.slots, step.over, dense);
  return { kind: 'project', dense, selected, coded };
}
