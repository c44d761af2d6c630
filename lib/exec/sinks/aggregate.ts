import type { AggregateProgram } from '../../core/physical/stage-program.js';
import { BATCH_ROWS_MAX } from '../../memory/layout.js';
import { Space } from '../../memory/block-space.js';
import type { Batch, PipelineContext, SinkChunk, Task } from '../contracts.js';
import { PARTITIONS, PARTITION_SHIFT, chunkRecordBytes, writeAggregateChunk, type Interval } from './aggregate-chunk.js';
import { groupLayout, writeInitialState, type GroupLayout } from './group-layout.js';
import { GroupBins } from './group-bins.js';
import { GroupDirect } from './group-direct.js';
import { GroupFront } from './group-front.js';
import { GroupPartitions } from './group-partitions.js';
import { GroupRecords } from './group-records.js';
import { GroupTable, type RowSpan } from './group-table.js';
import { makeViews } from './make-views.js';
import { StateHeap } from './state-heap.js';

/** After this many groups the table asks whether it reduces anything. */
const CHECK_GROUPS = 32768;
/** A table is written out into partitions when its rows pass this, about what of the last-level cache a core has. */
const TABLE_BYTES_MAX = 24 * 1024 * 1024;
/** Rows a group below which looking up does not pay. */
const REDUCTION_MIN = 1.5;
/** Records of a piece of a batch, in bytes. */
const PIECE_BYTES = 24576;
/** After this many rows of not more than so many groups, keys that fit in 64 bits go through the front cache. */
const FRONT_ROWS = 4096;
const FRONT_GROUPS = 1024;
/** A table with more than so many bytes of rows and entries has its rows wait in bins. */
const BINS_TABLE_BYTES = 1024 * 1024;
/** Of a table at half its limit. */
const ENTRY_BYTES = 32;
/** From this many groups on, a chunk's rows are listed by partition so that many tasks can merge. */
const REFER_GROUPS = 4096;

/**
 * How many groups there are in all when `rows` rows drawn from them showed `groups`: of r draws from D, about r²/2D repeat an earlier one.
 * Too low for skewed keys, which is the safe side: lookups go on.
 */
function estimatedGroups(rows: number, groups: number): number {
  return (rows * rows) / (2 * Math.max(1, rows - groups));
}

export function aggregateChunk(context: PipelineContext, program: AggregateProgram): SinkChunk {
  return program.keys.length === 0 ? new SingleChunk(context, program) : new GroupedChunk(context, program);
}

/** No keys: one state, which is the chunk. */
class SingleChunk implements SinkChunk {
  taskRows = 0;
  readonly taskFull = false;
  readonly #context: PipelineContext;
  readonly #space: Space;
  readonly #state: number;
  readonly #heap: StateHeap | undefined;
  readonly #single: (frame: number, n: number, state: number) => number;
  readonly #singleSelected: (frame: number, sel: number, n: number, state: number) => number;

  constructor(context: PipelineContext, program: AggregateProgram) {
    this.#context = context;
    this.#space = new Space(context.chunkPages);
    this.#state = this.#space.allocate(program.stateBytes + 8);
    writeInitialState(context.executor.views.u8, program, this.#state, program.stateBytes);
    this.#heap = program.ownsHeap ? new StateHeap(context, this.#space, context.chunkPages) : undefined;
    this.#single = context.loops[program.single]!;
    this.#singleSelected = context.loops[`${program.single}_s`]!;
  }

  beginTask(_task: Task): void {
    this.taskRows = 0;
  }

  consume(batch: Batch): void {
    this.#heap?.enter();
    if (batch.sel === 0) this.#single(this.#context.frame, batch.n, this.#state);
    else this.#singleSelected(this.#context.frame, batch.sel, batch.n, this.#state);
    this.#heap?.leave();
    this.taskRows += batch.n;
  }

  endTask(): void {}

  seal(): number {
    const address = this.#space.allocate(chunkRecordBytes(0, 0));
    writeAggregateChunk(this.#context.executor.views, address, {
      groups: 0,
      rowBytes: 0,
      spans: [],
      intervals: [],
      partitions: 0,
      partitionRows: 0,
      directory: 0,
      state: this.#state,
      references: 0,
      long: false,
    });
    return address;
  }
}

/**
 * Thread-local pre-aggregation. Few groups: one table, whose rows are the chunk. Many: the table is written out into partitions by hash bits
 * whenever it is full; and when looking up finds hardly any group again, rows go to their partitions unlooked.
 */
class GroupedChunk implements SinkChunk {
  taskRows = 0;
  readonly taskFull = false;
  readonly #context: PipelineContext;
  readonly #program: AggregateProgram;
  readonly #layout: GroupLayout;
  readonly #keySlots: readonly number[];
  readonly #space: Space;
  readonly #scratch: Space;
  readonly #table: GroupTable;
  readonly #records: GroupRecords;
  readonly #states: number;
  readonly #heap: StateHeap | undefined;
  readonly #update: (frame: number, n: number, states: number) => number;
  readonly #updateSelected: (frame: number, sel: number, n: number, states: number) => number;
  readonly #intervals: Interval[] = [];
  readonly #groupsMax: number;
  readonly #kinds: number;
  #front: GroupFront | undefined;
  #triedFront = false;
  #direct: GroupDirect | undefined;
  #triedDirect = false;
  #bins: GroupBins | undefined;
  #triedBins = false;
  readonly #pieceRows: number;
  #partitions: GroupPartitions | undefined;
  #skipsLookup = false;
  #checkAt = CHECK_GROUPS;
  /** Rows since the table was empty. */
  #tableRows = 0;
  #long = false;

  constructor(context: PipelineContext, program: AggregateProgram) {
    this.#context = context;
    this.#program = program;
    this.#layout = groupLayout(program);
    this.#keySlots = program.keys.map(({ slot }) => slot);
    this.#space = new Space(context.chunkPages);
    this.#scratch = new Space(context.scratch);
    const { executor } = context;
    this.#table = new GroupTable(executor, this.#layout, program, context.scratch, this.#scratch, this.#space);
    this.#records = new GroupRecords(executor, this.#layout, this.#scratch);
    this.#states = this.#scratch.allocate(BATCH_ROWS_MAX * 4);
    this.#kinds = this.#scratch.allocate(this.#layout.words + 8);
    executor.views.u8.set(this.#layout.kinds, this.#kinds);
    this.#heap = program.ownsHeap ? new StateHeap(context, this.#space, context.chunkPages) : undefined;
    this.#update = context.loops[program.update]!;
    this.#updateSelected = context.loops[`${program.update}_s`]!;
    this.#pieceRows = Math.max(256, Math.floor(PIECE_BYTES / this.#layout.recordBytes));
    this.#groupsMax = Math.max(CHECK_GROUPS, Math.floor(TABLE_BYTES_MAX / (this.#layout.rowBytes + 16)));
  }

  beginTask(task: Task): void {
    this.taskRows = 0;
    this.#intervals.push({ task: task.ordinal, firstRow: this.#table.groups });
  }

  consume(batch: Batch): void {
    const { frame } = this.#context;
    const { n, sel } = batch;
    this.taskRows += n;
    const groups = this.#bins?.groups ?? this.#table.groups;
    if (!this.#skipsLookup && groups >= this.#checkAt) this.#relieve(groups);
    if (this.#bins !== undefined && this.#wait(this.#bins, batch)) return;
    this.#tableRows += n;
    this.#findStates(batch);
    this.#heap?.enter();
    if (sel === 0) this.#update(frame, n, this.#states);
    else this.#updateSelected(frame, sel, n, this.#states);
    this.#heap?.leave();
  }

  endTask(): void {}

  seal(): number {
    const bins = this.#bins;
    bins?.flush();
    this.#dropDirect();
    this.#dropFront();
    this.#records.release();
    if (this.#partitions !== undefined) this.#flushTable(this.#partitions);
    const { views } = this.#context.executor;
    const spans = this.#table.spans();
    const groups = this.#table.groups;
    const flushed = this.#partitions;
    this.#table.release();
    const partitionRows = (flushed?.rows ?? 0) + (bins?.groups ?? 0);
    if (groups === 0 && partitionRows === 0) return 0;
    const references = groups >= REFER_GROUPS ? this.#refer(spans, groups) : 0;
    const directory = flushed?.seal((partition) => bins?.spans(partition) ?? []) ?? 0;
    bins?.release();
    const intervals = flushed === undefined ? this.#intervals : [];
    const address = this.#space.allocate(chunkRecordBytes(spans.length, intervals.length));
    writeAggregateChunk(views, address, {
      groups,
      rowBytes: this.#layout.rowBytes,
      spans,
      intervals,
      partitions: flushed === undefined ? 0 : PARTITIONS,
      partitionRows,
      directory,
      state: 0,
      references,
      long: this.#long,
    });
    return address;
  }

  /** The table is at a mark: goes on, or in bins, or is written out. */
  #relieve(groups: number): void {
    this.#tableRows += this.#bins?.takeRows() ?? 0;
    const isFull = groups >= this.#groupsMax;
    const reduces = isFull
      ? this.#tableRows >= groups * REDUCTION_MIN
      : estimatedGroups(this.#tableRows, groups) <= 2 * this.#groupsMax;
    if (reduces && !isFull) {
      this.#openBins(groups);
      this.#checkAt = Math.min(this.#groupsMax, groups * 2);
      return;
    }
    if (!reduces) this.#closeBins();
    this.#flush();
    this.#checkAt = CHECK_GROUPS;
    this.#skipsLookup = !reduces;
  }

  #openBins(groups: number): void {
    const isLarge = groups * (this.#layout.rowBytes + ENTRY_BYTES) > BINS_TABLE_BYTES;
    if (this.#triedBins || !isLarge || this.#direct !== undefined) return;
    this.#triedBins = true;
    const bins = GroupBins.open(this.#context, this.#layout, this.#program, this.#scratch, this.#space);
    if (bins === undefined) return;
    this.#flush();
    this.#bins = bins;
  }

  #closeBins(): void {
    const bins = this.#bins;
    if (bins === undefined) return;
    bins.flush();
    bins.spill(this.#partitions!);
    bins.release();
    this.#bins = undefined;
  }

  /** Has a batch wait; false, and nothing waits any more, when some key is a long string, whose bytes do not stay. */
  #wait(bins: GroupBins, batch: Batch): boolean {
    const { executor, frame } = this.#context;
    makeViews(executor, frame, this.#keySlots, batch);
    this.#records.fill(frame, batch);
    if (this.#records.long) this.#closeBins();
    else bins.add(batch, this.#records.address);
    return !this.#records.long;
  }

  #flush(): void {
    this.#partitions ??= new GroupPartitions(this.#context.executor, this.#space, this.#scratch, this.#layout.rowBytes);
    this.#bins?.spill(this.#partitions);
    this.#flushTable(this.#partitions);
  }

  #flushTable(partitions: GroupPartitions): void {
    partitions.scatter(this.#table.spans());
    this.#table.reset();
    this.#dropDirect();
    this.#dropFront();
    this.#tableRows = 0;
  }

  #keepLong(records: number, n: number): void {
    const { kernels } = this.#context.executor;
    const { recordBytes, words } = this.#layout;
    const bytes = kernels['groupLongBytes']!(records, recordBytes, n, words, this.#kinds) >>> 0;
    if (bytes > 0) kernels['groupKeepLong']!(records, recordBytes, n, words, this.#kinds, this.#space.allocate(bytes));
  }

  #dropDirect(): void {
    this.#direct?.release();
    this.#direct = undefined;
  }

  #dropFront(): void {
    this.#front?.release();
    this.#front = undefined;
  }

  #findStates(batch: Batch): void {
    const { frame } = this.#context;
    if (this.#direct?.find(frame, batch, this.#records, this.#table, this.#states) === true) return;
    if (this.#direct?.isHopeless === true) this.#dropDirect();
    makeViews(this.#context.executor, frame, this.#keySlots, batch);
    if (this.#front !== undefined && this.#front.isHopeless) this.#dropFront();
    if (this.#front?.find(frame, batch, this.#records, this.#table, this.#states) === true) return;
    // In pieces whose records stay in the first-level cache.
    for (let from = 0; from < batch.n; from += this.#pieceRows)
      this.#findPiece(frame, batch, from, Math.min(this.#pieceRows, batch.n - from));
    if (this.#skipsLookup || this.#tableRows <= FRONT_ROWS) return;
    if (!this.#triedDirect) {
      this.#triedDirect = true;
      this.#direct = GroupDirect.open(this.#context, this.#layout, this.#scratch);
      if (this.#direct !== undefined) return;
    }
    if (this.#triedFront) return;
    this.#triedFront = true;
    if (this.#table.groups < FRONT_GROUPS) this.#front = GroupFront.open(this.#context.executor, this.#layout, this.#scratch);
  }

  #findPiece(frame: number, batch: Batch, from: number, n: number): void {
    this.#records.fill(frame, batch, from, n);
    const { address, long } = this.#records;
    const states = this.#states + from * 4;
    if (long) this.#long = true;
    if (this.#skipsLookup) {
      if (long) this.#keepLong(address, n);
      this.#partitions!.append(this.#table.context, address, this.#layout.recordBytes, n, states);
    } else {
      this.#table.find(address, this.#layout.recordBytes, 0, 0, n, states, long);
    }
  }

  /** Rows' addresses by partition (aggregate-chunk.ts), by counting sort. */
  #refer(spans: readonly RowSpan[], groups: number): number {
    const { kernels, views } = this.#context.executor;
    const { rowBytes } = this.#layout;
    const offsets = this.#space.allocate((PARTITIONS + 1 + groups) * 4);
    const cursors = this.#scratch.allocate(PARTITIONS * 4);
    kernels['memoryClear']!(cursors, PARTITIONS * 4);
    for (const span of spans) kernels['groupCount']!(span.address, rowBytes, span.rows, PARTITION_SHIFT, cursors);
    let sum = 0;
    for (let p = 0; p < PARTITIONS; p++) {
      const count = views.u32[(cursors >>> 2) + p] as number;
      views.u32[(offsets >>> 2) + p] = sum;
      views.u32[(cursors >>> 2) + p] = sum;
      sum += count;
    }
    views.u32[(offsets >>> 2) + PARTITIONS] = sum;
    const out = offsets + (PARTITIONS + 1) * 4;
    for (const span of spans) kernels['groupRefer']!(span.address, rowBytes, span.rows, PARTITION_SHIFT, cursors, out);
    return offsets;
  }
}
