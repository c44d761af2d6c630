import type { PhysicalType } from '../../core/types/physical-type.js';
import { BATCH_ROWS_MAX, FRAME_SLOTS, PHYSICAL_CODE, SLOT_BYTES, SLOT_FLAG_NO_NULLS, ZEROS } from '../../memory/layout.js';
import { PHYSICAL_SHIFT } from '../../memory/block.js';
import { Space } from '../../memory/block-space.js';
import type { BatchSource, PipelineContext, Task } from '../contracts.js';
import { ENTRY_BYTES, readSortChunk, type SortChunkRecord, type SortField } from '../sinks/sort-chunk.js';
import { sourceSlots } from './source-slots.js';

/** Keys looked at to find where targets begin. */
const SAMPLES = 4096;

export function sortedSource(context: PipelineContext, stage: number): BatchSource {
  return new SortedSource(context, stage);
}

const SHIFT_BY_CODE: readonly number[] = (() => {
  const table: number[] = [];
  for (const [name, code] of Object.entries(PHYSICAL_CODE)) table[code] = PHYSICAL_SHIFT[name as PhysicalType];
  return table;
})();

/**
 * Rows of a sort stage. A split is [target, targets]: targets in order are the result. Where one ends is decided by samples of the chunks' sorted keys, the
 * same for whoever asks; rows with equal keys are never in two targets. Column i is ready in slot i after `next`.
 */
export class SortedSource implements BatchSource {
  readonly bytesRead = 0;
  readonly rowsRejected = 0;
  readonly #context: PipelineContext;
  readonly #stage: number;
  readonly #scratch: Space;
  readonly #slots: number;
  readonly #addresses: number;
  readonly #bound: number;
  readonly #vectors: { values: number; nulls: number }[] = [];
  #chunks: SortChunkRecord[] | undefined;
  #splitters: BigUint64Array | undefined;
  #splitterTargets = 0;
  /** Cursors (u32 next entry, u32 end) of the runs to merge. */
  #cursors = 0;
  #left = 0;

  constructor(context: PipelineContext, stage: number) {
    this.#context = context;
    this.#stage = stage;
    this.#scratch = new Space(context.scratch);
    this.#slots = sourceSlots(context.program);
    this.#addresses = this.#scratch.allocate(BATCH_ROWS_MAX * 4);
    this.#bound = this.#scratch.allocate(16);
  }

  open(task: Task): void {
    const [target = 0, targets = 1] = task.split;
    const { views } = this.#context.executor;
    this.#chunks ??= this.#context
      .inputChunks(this.#stage)
      .filter((address) => address !== 0)
      .map((address) => readSortChunk(views, address));
    if (this.#cursors === 0) this.#cursors = this.#scratch.allocate(this.#chunks.length * 8 + 8);
    const splitters = targets > 1 ? this.#splittersFor(targets) : undefined;
    let rows = 0;
    this.#chunks.forEach((chunk, index) => {
      const from = splitters === undefined || target === 0 ? 0 : this.#lowerBound(chunk, splitters[target - 1]!);
      const to = splitters === undefined || target === targets - 1 ? chunk.rows : this.#lowerBound(chunk, splitters[target]!);
      views.u32[(this.#cursors >>> 2) + 2 * index] = chunk.entries + from * ENTRY_BYTES;
      views.u32[(this.#cursors >>> 2) + 2 * index + 1] = chunk.entries + to * ENTRY_BYTES;
      rows += to - from;
    });
    this.#left = Math.min(rows, this.#chunks[0]?.limit ?? rows);
  }

  next(capacity: number): number {
    const n = Math.min(capacity, this.#left, BATCH_ROWS_MAX);
    if (n === 0) return 0;
    this.#left -= n;
    const { kernels, views } = this.#context.executor;
    const first = this.#chunks![0]!;
    if (this.#chunks!.length === 1) {
      const cursor = this.#cursors >>> 2;
      kernels['sortRows']!(views.u32[cursor] as number, n, this.#addresses);
      views.u32[cursor] = (views.u32[cursor] as number) + n * ENTRY_BYTES;
    } else {
      kernels['sortMerge']!(
        this.#cursors,
        this.#chunks!.length,
        n,
        first.columnsAt,
        first.columns,
        first.exact ? 1 : 0,
        this.#addresses,
      );
    }
    const count = Math.min(this.#slots, first.fields.length);
    for (let column = 0; column < count; column++) this.#fill(first.fields[column]!, column, n);
    return n;
  }

  /** Everything is in its slot already; a column asked for elsewhere shares the vector. */
  load(columns: readonly { readonly column: number; readonly slot: number }[]): void {
    const { u32 } = this.#context.executor.views;
    const record = (slot: number): number => (this.#context.frame + FRAME_SLOTS + slot * SLOT_BYTES) >>> 2;
    for (const { column, slot } of columns) {
      if (column !== slot) for (let word = 0; word < 3; word++) u32[record(slot) + word] = u32[record(column) + word] as number;
    }
  }

  close(): void {
    this.#left = 0;
  }

  #fill(field: SortField, column: number, n: number): void {
    const { kernels, views } = this.#context.executor;
    const shift = SHIFT_BY_CODE[field.code] as number;
    const vector = (this.#vectors[column] ??= {
      values: this.#scratch.allocate(BATCH_ROWS_MAX << shift),
      nulls: this.#scratch.allocate(BATCH_ROWS_MAX),
    });
    kernels['groupOut']!(this.#addresses, n, field.offset, shift, vector.values);
    const hasNulls = this.#chunks!.some(({ fields }) => fields[column]!.hasNulls);
    if (hasNulls) kernels['groupOutNulls']!(this.#addresses, n, field.bitOffset, field.bit, vector.nulls);
    const record = (this.#context.frame + FRAME_SLOTS + column * SLOT_BYTES) >>> 2;
    views.u32[record] = vector.values;
    views.u32[record + 1] = hasNulls ? vector.nulls : ZEROS;
    views.u32[record + 2] = hasNulls ? 0 : SLOT_FLAG_NO_NULLS;
  }

  #lowerBound(chunk: SortChunkRecord, key: bigint): number {
    const { kernels, views } = this.#context.executor;
    views.i64[this.#bound / 8] = BigInt.asIntN(64, key);
    return kernels['sortLowerBound']!(chunk.entries, chunk.rows, this.#bound) >>> 0;
  }

  /** The first keys of targets 1…, by evenly spaced samples of every chunk. */
  #splittersFor(targets: number): BigUint64Array {
    if (this.#splitters !== undefined && this.#splitterTargets === targets) return this.#splitters;
    const chunks = this.#chunks!;
    const { i64 } = this.#context.executor.views;
    const total = chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
    const every = Math.max(1, Math.floor(total / SAMPLES));
    const samples: bigint[] = [];
    for (const chunk of chunks) {
      for (let row = every >>> 1; row < chunk.rows; row += every)
        samples.push(BigInt.asUintN(64, i64[(chunk.entries + row * ENTRY_BYTES) / 8]!));
    }
    const sorted = BigUint64Array.from(samples).sort();
    const splitters = new BigUint64Array(targets - 1);
    for (let t = 1; t < targets; t++) splitters[t - 1] = sorted[Math.floor((t * sorted.length) / targets)] ?? 0n;
    this.#splitters = splitters;
    this.#splitterTargets = targets;
    return splitters;
  }
}
