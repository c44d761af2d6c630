import { BATCH_ROWS_MAX, FRAME_SLOTS, SLOT_BYTES, SLOT_FLAG_NO_NULLS, ZEROS } from '../../memory/layout.js';
import { Space } from '../../memory/block-space.js';
import type { BatchSource, PipelineContext, Task } from '../contracts.js';

/** start, start + step, … as bigint. A split is [first index, end index]; indexes are exact below 2^53. */
export class RangeSource implements BatchSource {
  readonly bytesRead = 0;
  readonly rowsRejected = 0;
  readonly #context: PipelineContext;
  readonly #start: bigint;
  readonly #step: bigint;
  /** Two i64: the window's first value and the step. */
  readonly #numbers: number;
  readonly #values: number;
  #next = 0;
  #end = 0;
  #first = 0;
  #rows = 0;

  constructor(context: PipelineContext, range: { readonly start: string; readonly step: string }) {
    this.#context = context;
    this.#start = BigInt(range.start);
    this.#step = BigInt(range.step);
    const scratch = new Space(context.scratch);
    this.#numbers = scratch.allocate(16);
    this.#values = scratch.allocate(BATCH_ROWS_MAX * 8);
  }

  open(task: Task): void {
    [this.#next = 0, this.#end = 0] = task.split;
  }

  next(capacity: number): number {
    this.#first = this.#next;
    this.#rows = Math.min(capacity, this.#end - this.#next);
    this.#next += this.#rows;
    return this.#rows;
  }

  load(columns: readonly { readonly column: number; readonly slot: number }[]): void {
    if (columns.length === 0) return;
    const { kernels, views } = this.#context.executor;
    const at = this.#numbers / 8;
    views.i64[at] = this.#start + this.#step * BigInt(this.#first);
    views.i64[at + 1] = this.#step;
    kernels['rangeFill']!(this.#numbers, this.#numbers + 8, this.#rows, this.#values);
    for (const { slot } of columns) {
      const record = (this.#context.frame + FRAME_SLOTS + slot * SLOT_BYTES) >>> 2;
      views.u32[record] = this.#values;
      views.u32[record + 1] = ZEROS;
      views.u32[record + 2] = SLOT_FLAG_NO_NULLS;
    }
  }

  close(): void {}
}
