import type { SinkProgram } from '../../core/physical/stage-program.js';
import type { PhysicalType } from '../../core/types/physical-type.js';
import {
  BATCH_ROWS_MAX,
  FRAME_SLOTS,
  PHYSICAL_CODE,
  SLOT_BYTES,
  SLOT_FLAG_NO_NULLS,
  SLOT_FLAGS,
  SLOT_NULLS,
  ZEROS,
} from '../../memory/layout.js';
import { Space } from '../../memory/block-space.js';
import type { Batch, PipelineContext, SinkChunk, Task } from '../contracts.js';
import { recordLayout, type RecordLayout } from './group-layout.js';
import { codedSlots, makeViews } from './make-views.js';
import { ENTRY_BYTES, sortRecordBytes, writeSortChunk } from './sort-chunk.js';
import { sortEntries, type EntryPiece } from './sort-entries.js';
import { SortKeys } from './sort-keys.js';
import { SortRows } from './sort-rows.js';

type SortSink = Extract<SinkProgram, { kind: 'sort' }>;

const SEGMENT_ENTRIES_MIN = 256;
const SEGMENT_ENTRIES_MAX = 65536;
/** A top-N sorts its candidates when there are this many more than it may keep. */
const CANDIDATES = 8192;
/** First sort columns that rows are sifted by before anything else is done with them. */
const SIFTED: ReadonlySet<PhysicalType> = new Set(['i32', 'i64', 'f64']);

interface Segment {
  readonly address: number;
  readonly bytes: number;
  rows: number;
  readonly capacity: number;
}

export function sortChunk(context: PipelineContext, sink: SortSink): SinkChunk {
  return new SortChunk(context, sink);
}

/**
 * Rows and (key, row) entries; sealing sorts the entries. With a limit: only the best `limit` rows are kept, and a row whose key is beyond the worst of
 * them is dropped before anything of it is copied.
 */
class SortChunk implements SinkChunk {
  taskRows = 0;
  readonly taskFull = false;
  #context: PipelineContext;
  readonly #sink: SortSink;
  readonly #layout: RecordLayout;
  readonly #space: Space;
  readonly #rows: SortRows;
  readonly #keys: SortKeys;
  readonly #columnsAt: number;
  /** Addresses: keys of a batch, positions of candidates, the threshold (u64). */
  readonly #batchKeys: number;
  readonly #candidates: number;
  readonly #threshold: number;
  /** Value of the worst row kept in the first sort column, if it is of a kind that the sieve knows. */
  readonly #worst: number;
  #coded: ReadonlySet<number>;
  #hasThreshold = false;
  #hasWorst = false;
  #segments: Segment[] = [];
  /** Where each task's entries begin: (task, segment, row in it). */
  #marks: { task: number; segment: number; row: number }[] = [];
  #count = 0;
  #task = 0;

  constructor(context: PipelineContext, sink: SortSink) {
    this.#context = context;
    this.#sink = sink;
    const { executor, program } = context;
    const pipelines = context.stage.pipelines ?? [program];
    this.#layout = recordLayout(program.outputs.map((slot) => ({ slot, physical: program.slots[slot]!.physical })));
    const nullable = program.outputs.map((_, column) =>
      pipelines.some(({ outputs, slots }) => slots[outputs[column]!]!.nullable),
    );
    this.#space = new Space(context.chunkPages);
    const scratch = new Space(context.scratch);
    this.#rows = new SortRows(executor, this.#layout, this.#space, scratch);
    this.#keys = new SortKeys(sink.keys, this.#layout, nullable);
    this.#columnsAt = this.#keys.write(executor.views.u32, this.#space);
    this.#batchKeys = scratch.allocate(BATCH_ROWS_MAX * 8);
    this.#candidates = scratch.allocate(BATCH_ROWS_MAX * 4);
    this.#threshold = scratch.allocate(16);
    this.#worst = scratch.allocate(16);
    this.#coded = codedSlots(program);
  }

  usePipeline(context: PipelineContext): void {
    this.#context = context;
    this.#coded = codedSlots(context.program);
  }

  beginTask(task: Task): void {
    this.taskRows = 0;
    this.#task = task.ordinal;
    const segment = Math.max(0, this.#segments.length - 1);
    this.#marks.push({ task: task.ordinal, segment, row: this.#segments[segment]?.rows ?? 0 });
  }

  consume(batch: Batch): void {
    const { executor, frame, program } = this.#context;
    const { outputs } = program;
    let { sel, n } = batch;
    this.taskRows += n;
    if (this.#sink.limit === 0) return;
    if (sel === 0 && this.#canSift(frame)) {
      n = this.#sift(frame, n);
      sel = this.#candidates;
      if (n === 0) return;
    }
    this.#keys.fill(executor, frame, outputs, sel, n, this.#batchKeys);
    if (this.#hasThreshold) {
      n = executor.kernels['sortBelow']!(this.#batchKeys, sel, n, this.#threshold, this.#candidates) >>> 0;
      sel = this.#candidates;
    }
    makeViews(executor, frame, this.#coded, { sel, n });
    for (let done = 0; done < n;) {
      const segment = this.#segment();
      const take = Math.min(n - done, this.#rows.room(), segment.capacity - segment.rows);
      const row = this.#rows.append(frame, outputs, sel, done, take);
      const out = segment.address + segment.rows * ENTRY_BYTES;
      executor.kernels['sortEntries']!(this.#batchKeys + done * 8, take, row, this.#layout.recordBytes, this.#task, out);
      segment.rows += take;
      this.#count += take;
      done += take;
    }
    const { limit } = this.#sink;
    if (limit !== undefined && this.#count >= Math.max(2 * limit, limit + CANDIDATES)) this.#keepBest(limit);
  }

  /** Whether the first sort column alone tells of most rows that they are beyond the worst one kept. */
  #canSift(frame: number): boolean {
    if (!this.#hasWorst) return false;
    const { u32 } = this.#context.executor.views;
    const record = (frame + FRAME_SLOTS + this.#firstSlot() * SLOT_BYTES) >>> 2;
    return u32[record + SLOT_NULLS / 4] === ZEROS || ((u32[record + SLOT_FLAGS / 4] as number) & SLOT_FLAG_NO_NULLS) !== 0;
  }

  /** Positions of the rows that may be wanted to `#candidates`; returns how many. */
  #sift(frame: number, n: number): number {
    const { kernels, views } = this.#context.executor;
    const { physical, descending } = this.#sink.keys[0]!;
    const values = views.u32[(frame + FRAME_SLOTS + this.#firstSlot() * SLOT_BYTES) >>> 2] as number;
    return kernels['sortSieve']!(PHYSICAL_CODE[physical], values, n, this.#worst, descending ? 1 : 0, this.#candidates) >>> 0;
  }

  #firstSlot(): number {
    return this.#context.program.outputs[this.#sink.keys[0]!.column]!;
  }

  /** Remembers the first sort column of the worst row kept, at `row`. */
  #learnWorst(row: number): void {
    const { kernels, views } = this.#context.executor;
    const { column, physical } = this.#sink.keys[0]!;
    const { offset, bytes, bitOffset, bit } = this.#layout.keys[column]!;
    const isNull = (((views.u32[(row + bitOffset) >>> 2] as number) >>> bit) & 1) === 1;
    this.#hasWorst = !isNull && SIFTED.has(physical);
    kernels['memoryCopy']!(row + offset, bytes, this.#worst);
  }

  endTask(): void {}

  seal(): number {
    if (this.#count === 0) return 0;
    const { limit } = this.#sink;
    if (limit !== undefined && this.#count > limit) this.#keepBest(limit);
    const sorted = this.#sort();
    const fields = this.#layout.keys.map((key, column) => ({
      code: PHYSICAL_CODE[key.physical],
      hasNulls: this.#rows.hasNulls[column] === true,
      offset: key.offset,
      bitOffset: key.bitOffset,
      bit: key.bit,
    }));
    const address = this.#space.allocate(sortRecordBytes(fields.length));
    writeSortChunk(this.#context.executor.views, address, {
      rows: this.#count,
      entries: sorted.address,
      columns: this.#keys.count,
      columnsAt: this.#columnsAt,
      exact: this.#keys.exact,
      limit,
      fields,
    });
    return address;
  }

  #segment(): Segment {
    const last = this.#segments.at(-1);
    if (last !== undefined && last.rows < last.capacity) return last;
    const capacity = Math.min(SEGMENT_ENTRIES_MAX, last === undefined ? SEGMENT_ENTRIES_MIN : last.capacity * 4);
    const bytes = capacity * ENTRY_BYTES;
    const segment = { address: this.#space.allocate(bytes), bytes, rows: 0, capacity };
    this.#segments.push(segment);
    return segment;
  }

  /** Entries in row order: by task, even if tasks ran in another order. */
  #pieces(): EntryPiece[] {
    const pieces: (EntryPiece & { readonly task: number })[] = [];
    this.#marks.forEach((mark, index) => {
      const end = this.#marks[index + 1] ?? { segment: this.#segments.length - 1, row: this.#segments.at(-1)?.rows ?? 0 };
      for (let s = mark.segment; s <= end.segment; s++) {
        const segment = this.#segments[s]!;
        const from = s === mark.segment ? mark.row : 0;
        const to = s === end.segment ? end.row : segment.rows;
        if (to > from) pieces.push({ task: mark.task, address: segment.address + from * ENTRY_BYTES, rows: to - from });
      }
    });
    return pieces.sort((a, b) => a.task - b.task);
  }

  #sort(): EntryPiece {
    const address = sortEntries(this.#context, this.#space, this.#pieces(), this.#count, this.#columnsAt, this.#keys);
    for (const segment of this.#segments) this.#space.free(segment.address, segment.bytes);
    this.#segments = [];
    return { address, rows: this.#count };
  }

  /** Sorts what there is, keeps the best and learns the threshold. */
  #keepBest(limit: number): void {
    const { u32 } = this.#context.executor.views;
    const bytes = this.#count * ENTRY_BYTES;
    const { address } = this.#sort();
    const kept = Math.min(limit, this.#count);
    this.#rows.compact(address, kept);
    const last = (address + (kept - 1) * ENTRY_BYTES) >>> 2;
    this.#learnWorst(u32[last + 2] as number);
    u32[this.#threshold >>> 2] = u32[last] as number;
    u32[(this.#threshold >>> 2) + 1] = u32[last + 1] as number;
    this.#hasThreshold = true;
    const capacity = Math.max(2 * kept, kept + SEGMENT_ENTRIES_MIN);
    const segment = {
      address: this.#space.allocate(capacity * ENTRY_BYTES),
      bytes: capacity * ENTRY_BYTES,
      rows: kept,
      capacity,
    };
    this.#context.executor.kernels['memoryCopy']!(address, kept * ENTRY_BYTES, segment.address);
    this.#space.free(address, bytes);
    this.#segments = [segment];
    this.#count = kept;
    // The kept rows count as older than whatever comes now: each entry knows its task, which decides ties between chunks only.
    this.#marks = [
      { task: -1, segment: 0, row: 0 },
      { task: this.#task, segment: 0, row: kept },
    ];
  }
}
