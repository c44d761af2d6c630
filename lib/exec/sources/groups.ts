import { BATCH_ROWS_MAX, FRAME_SLOTS, SLOT_BYTES, SLOT_FLAG_NO_NULLS } from '../../memory/layout.js';
import { PHYSICAL_SHIFT } from '../../memory/block.js';
import { Space } from '../../memory/block-space.js';
import type { AggregateProgram } from '../../core/physical/stage-program.js';
import type { BatchSource, PipelineContext, Task } from '../contracts.js';
import {
  PARTITIONS,
  PARTITION_SHIFT,
  partitionSlices,
  readAggregateChunk,
  type AggregateChunkRecord,
} from '../sinks/aggregate-chunk.js';
import { groupLayout, writeInitialState, type GroupLayout } from '../sinks/group-layout.js';
import type { RowSpan } from '../sinks/group-table.js';
import { StateHeap } from '../sinks/state-heap.js';
import { GroupMerge } from './group-merge.js';

type Run = RowSpan & { readonly isList: boolean };

interface Vector {
  readonly values: number;
  readonly nulls: number;
}

export function groupsSource(context: PipelineContext, stage: number, aggregate: AggregateProgram): BatchSource {
  return new GroupsSource(context, { stage, aggregate });
}

/**
 * Final groups of an aggregate stage. A split is [target, targets]: the target's share by the high bits of the hash (targets absent: 1, everything).
 * Columns: keys 0…, then the aggregates' results. Without keys there is exactly one row, whether or not anything came in. With one target and few
 * groups, rows come in the order in which groups first appeared, however many executors there were. After `next`, key i is in slot i and the
 * results are in the program's result slots.
 */
export class GroupsSource implements BatchSource {
  readonly bytesRead = 0;
  readonly rowsRejected = 0;
  readonly #context: PipelineContext;
  readonly #program: AggregateProgram;
  readonly #stage: number;
  readonly #layout: GroupLayout;
  readonly #scratch: Space;
  readonly #vectors: (Vector | undefined)[] = [];
  readonly #states: number;
  readonly #heap: StateHeap | undefined;
  #merge: GroupMerge | undefined;
  /** Addresses of the group rows (u32), `#groups` of them; owned (to be freed) when `#orderBytes` is not 0. */
  #order = 0;
  #orderBytes = 0;
  #groups = 0;
  #next = 0;
  #first = 0;
  #rows = 0;

  constructor(context: PipelineContext, source: { readonly stage: number; readonly aggregate: AggregateProgram }) {
    this.#context = context;
    this.#program = source.aggregate;
    this.#stage = source.stage;
    this.#layout = groupLayout(source.aggregate);
    this.#scratch = new Space(context.scratch);
    this.#states = this.#scratch.allocate(BATCH_ROWS_MAX * 4);
    this.#heap = this.#program.ownsHeap ? new StateHeap(context, this.#scratch, context.scratch) : undefined;
  }

  open(task: Task): void {
    const { executor } = this.#context;
    const [target = 0, targets = 1] = task.split;
    const chunks = this.#context
      .inputChunks(this.#stage)
      .filter((address) => address !== 0)
      .map((address) => readAggregateChunk(executor.views, address));
    this.#next = 0;
    this.#rows = 0;
    if (this.#layout.keys.length === 0) this.#openSingle(chunks, target);
    else this.#openGrouped(chunks, target, targets);
  }

  next(capacity: number): number {
    this.#first = this.#next;
    this.#rows = Math.min(capacity, this.#groups - this.#next, BATCH_ROWS_MAX);
    this.#next += this.#rows;
    if (this.#rows === 0) return 0;
    const rows = this.#order + this.#first * 4;
    this.#layout.keys.forEach((_, column) => this.#fillKey(rows, column));
    this.#fillResults(rows);
    return this.#rows;
  }

  /** Everything is in its slot already; a column asked for elsewhere shares the vector. */
  load(columns: readonly { readonly column: number; readonly slot: number }[]): void {
    const { u32 } = this.#context.executor.views;
    const record = (slot: number): number => (this.#context.frame + FRAME_SLOTS + slot * SLOT_BYTES) >>> 2;
    const keys = this.#layout.keys.length;
    for (const { column, slot } of columns) {
      const own = column < keys ? column : this.#program.resultSlots[column - keys]!;
      if (own !== slot) for (let word = 0; word < 3; word++) u32[record(slot) + word] = u32[record(own) + word] as number;
    }
  }

  close(): void {
    this.#merge?.release();
    if (this.#orderBytes > 0) this.#scratch.free(this.#order, this.#orderBytes);
    this.#orderBytes = 0;
    this.#groups = 0;
  }

  #openSingle(chunks: readonly AggregateChunkRecord[], target: number): void {
    const { executor, loops } = this.#context;
    const { u8, u32 } = executor.views;
    this.#groups = target === 0 ? 1 : 0;
    if (target !== 0) return;
    const bytes = this.#program.stateBytes;
    let state = chunks[0]?.state ?? 0;
    if (chunks.length !== 1) {
      state = this.#scratch.allocate(bytes + 8);
      writeInitialState(u8, this.#program, state, bytes);
      const pair = this.#scratch.allocate(16);
      u32[pair >>> 2] = state;
      for (const chunk of chunks) {
        u32[(pair >>> 2) + 1] = chunk.state;
        loops[this.#program.merge]!(pair, pair + 4, 1, this.#heap?.address ?? 0);
      }
    }
    // The list holds rows, whose states lie behind their records.
    this.#order = this.#scratch.allocate(16);
    u32[this.#order >>> 2] = state - this.#layout.recordBytes;
  }

  #openGrouped(chunks: readonly AggregateChunkRecord[], target: number, targets: number): void {
    const runs = targets === 1 ? this.#allRuns(chunks) : this.#targetRuns(chunks, target, targets);
    const rows = runs.reduce((sum, run) => sum + run.rows, 0);
    const isFinal = chunks.length === 1 && chunks[0]!.partitions === 0;
    const only = runs[0];
    if (isFinal && runs.length === 1 && only !== undefined && only.isList) {
      this.#order = only.address;
      this.#groups = rows;
      return;
    }
    this.#orderBytes = Math.max(16, rows * 4);
    this.#order = this.#scratch.allocate(this.#orderBytes);
    if (isFinal) {
      this.#groups = rows;
      this.#listRuns(runs);
      return;
    }
    this.#merge ??= new GroupMerge(this.#context, this.#layout, this.#program, this.#scratch, this.#heap);
    this.#groups = this.#merge.run(
      runs,
      rows,
      this.#order,
      chunks.some((chunk) => chunk.long),
    );
  }

  #listRuns(runs: readonly Run[]): void {
    const { kernels } = this.#context.executor;
    let out = this.#order;
    for (const run of runs) {
      if (run.isList) kernels['memoryCopy']!(run.address, run.rows * 4, out);
      else kernels['addressList']!(run.address, this.#layout.rowBytes, run.rows, out);
      out += run.rows * 4;
    }
  }

  /** Everything, by the task in which rows first appeared. */
  #allRuns(chunks: readonly AggregateChunkRecord[]): Run[] {
    const tagged: { task: number; run: Run }[] = [];
    const { views } = this.#context.executor;
    for (const chunk of chunks) {
      for (let p = 0; p < chunk.partitions; p++) {
        for (const slice of partitionSlices(views, chunk, p)) tagged.push({ task: 0, run: { ...slice, isList: false } });
      }
      let before = 0;
      let interval = 0;
      for (const span of chunk.spans) {
        let row = 0;
        while (row < span.rows) {
          while ((chunk.intervals[interval + 1]?.firstRow ?? Infinity) <= before + row) interval++;
          const end = Math.min(span.rows, (chunk.intervals[interval + 1]?.firstRow ?? Infinity) - before);
          const run = { address: span.address + row * this.#layout.rowBytes, rows: end - row, isList: false };
          tagged.push({ task: chunk.intervals[interval]?.task ?? 0, run });
          row = end;
        }
        before += span.rows;
      }
    }
    return tagged.sort((a, b) => a.task - b.task).map(({ run }) => run);
  }

  /** The rows of one target. */
  #targetRuns(chunks: readonly AggregateChunkRecord[], target: number, targets: number): Run[] {
    const { kernels, views } = this.#context.executor;
    const low = (target * PARTITIONS) / targets;
    const high = ((target + 1) * PARTITIONS) / targets;
    const runs: Run[] = [];
    for (const chunk of chunks) {
      if (chunk.partitions > 0) {
        for (let p = low; p < high; p++) {
          for (const slice of partitionSlices(views, chunk, p)) runs.push({ ...slice, isList: false });
        }
      }
      if (chunk.references !== 0) {
        const offsets = chunk.references >>> 2;
        const from = views.u32[offsets + low] as number;
        const to = views.u32[offsets + high] as number;
        const list = chunk.references + (PARTITIONS + 1) * 4;
        if (to > from) runs.push({ address: list + from * 4, rows: to - from, isList: true });
      } else {
        for (const span of chunk.spans) {
          const list = this.#scratch.allocate(span.rows * 4 + 4);
          const rows =
            kernels['groupSelect']!(span.address, this.#layout.rowBytes, span.rows, PARTITION_SHIFT, low, high, list) >>> 0;
          if (rows > 0) runs.push({ address: list, rows, isList: true });
        }
      }
    }
    return runs;
  }

  #fillKey(rows: number, column: number): void {
    const { kernels } = this.#context.executor;
    const key = this.#layout.keys[column]!;
    const shift = PHYSICAL_SHIFT[key.physical];
    const vector = this.#vector(column, shift);
    kernels['groupOut']!(rows, this.#rows, key.offset, shift, vector.values);
    const any = kernels['groupOutNulls']!(rows, this.#rows, key.bitOffset, key.bit, vector.nulls);
    this.#setSlot(column, vector, any === 0 ? SLOT_FLAG_NO_NULLS : 0);
  }

  /** All results come from one `finish`. */
  #fillResults(rows: number): void {
    const { executor, frame, loops, program } = this.#context;
    this.#program.resultSlots.forEach((slot, index) => {
      const physical = program.slots[slot]!.physical;
      this.#setSlot(slot, this.#vector(this.#layout.keys.length + index, PHYSICAL_SHIFT[physical]), 0);
    });
    executor.kernels['addressAdd']!(rows, this.#rows, this.#layout.recordBytes, this.#states);
    loops[this.#program.finish]!(frame, this.#states, this.#rows);
  }

  #vector(index: number, shift: number): Vector {
    return (this.#vectors[index] ??= {
      values: this.#scratch.allocate(BATCH_ROWS_MAX << shift),
      nulls: this.#scratch.allocate(BATCH_ROWS_MAX),
    });
  }

  #setSlot(slot: number, vector: Vector, flags: number): void {
    const { u32 } = this.#context.executor.views;
    const record = (this.#context.frame + FRAME_SLOTS + slot * SLOT_BYTES) >>> 2;
    u32[record] = vector.values;
    u32[record + 1] = vector.nulls;
    u32[record + 2] = flags;
  }
}
