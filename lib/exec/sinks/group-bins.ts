import type { AggregateProgram } from '../../core/physical/stage-program.js';
import { BATCH_ROWS_MAX, FRAME_SLOTS, SLOT_BYTES, SLOT_FLAG_NO_NULLS, ZEROS } from '../../memory/layout.js';
import { PHYSICAL_SHIFT } from '../../memory/block.js';
import type { Space } from '../../memory/block-space.js';
import type { Batch, PipelineContext } from '../contracts.js';
import { PARTITIONS, PARTITION_SHIFT } from './aggregate-chunk.js';
import type { GroupLayout } from './group-layout.js';
import type { GroupPartitions } from './group-partitions.js';
import { GroupTable, type RowSpan } from './group-table.js';

/** What all bins may take: with fewer rows in a bin, each of its groups is met too seldom while they are in the cache. */
const BYTES_MAX = 40 * 1024 * 1024;
const ROWS_MAX_BITS = 14;
const ROWS_MIN_BITS = 12;
/** Of the memory that is left an executor's bins take at most one part in so many. */
const ROOM_SHARE = 16;
/** Rows of a bin's table come in pieces of at most so many bytes. */
const SPAN_BYTES = 65536;

/** An input of the update loop and where its values wait. */
interface BinColumn {
  readonly slot: number;
  readonly shift: number;
  readonly values: number;
  readonly nulls: number;
  /** Null bytes are kept from the first batch with a null on. */
  hasNulls: boolean;
}

/**
 * What stands in a group table's place when groups are many: a table for each partition of the hash, small enough for the cache of a core, and a bin before it, where
 * rows, key record and inputs, wait until so many are there that finding the table's rows in memory pays.
 */
export class GroupBins {
  /** In all tables. */
  groups = 0;
  readonly #context: PipelineContext;
  readonly #layout: GroupLayout;
  readonly #tables: readonly GroupTable[];
  readonly #scratch: Space;
  readonly #update: (frame: number, n: number, states: number) => number;
  readonly #rowBits: number;
  /** Address of each bin's records (u32). */
  readonly #bases: number;
  readonly #columns: readonly BinColumn[];
  readonly #fills: number;
  readonly #places: number;
  readonly #states: number;
  #rows = 0;

  /** Undefined when rows must not wait, or are too wide. */
  static open(
    context: PipelineContext,
    layout: GroupLayout,
    program: AggregateProgram,
    scratch: Space,
    rowSpace: Space,
  ): GroupBins | undefined {
    const { slots } = context.program;
    const { inputs } = program;
    if (inputs === undefined) return undefined;
    const rowBytes = inputs.reduce((sum, slot) => sum + (1 << PHYSICAL_SHIFT[slots[slot]!.physical]) + 1, layout.recordBytes);
    let rowBits = ROWS_MAX_BITS;
    const bytes = Math.min(BYTES_MAX, context.scratch.room() / ROOM_SHARE);
    while (rowBits >= ROWS_MIN_BITS && (PARTITIONS << rowBits) * rowBytes > bytes) rowBits--;
    return rowBits < ROWS_MIN_BITS ? undefined : new GroupBins(context, layout, program, inputs, scratch, rowSpace, rowBits);
  }

  private constructor(
    context: PipelineContext,
    layout: GroupLayout,
    program: AggregateProgram,
    inputs: readonly number[],
    scratch: Space,
    rowSpace: Space,
    rowBits: number,
  ) {
    const { executor } = context;
    this.#context = context;
    this.#layout = layout;
    this.#scratch = scratch;
    this.#update = context.loops[program.update]!;
    this.#rowBits = rowBits;
    this.#tables = Array.from(
      { length: PARTITIONS },
      () => new GroupTable(executor, layout, program, context.scratch, scratch, rowSpace, 0, SPAN_BYTES),
    );
    const places = PARTITIONS << rowBits;
    this.#bases = scratch.allocate(PARTITIONS * 4);
    for (let bin = 0; bin < PARTITIONS; bin++)
      executor.views.u32[(this.#bases >>> 2) + bin] = scratch.allocate(layout.recordBytes << rowBits);
    this.#columns = inputs.map((slot) => {
      const shift = PHYSICAL_SHIFT[context.program.slots[slot]!.physical];
      return { slot, shift, values: scratch.allocate(places << shift), nulls: scratch.allocate(places), hasNulls: false };
    });
    this.#fills = scratch.allocate(PARTITIONS * 4);
    executor.kernels['memoryClear']!(this.#fills, PARTITIONS * 4);
    this.#places = scratch.allocate(BATCH_ROWS_MAX * 4);
    this.#states = scratch.allocate(BATCH_ROWS_MAX * 4);
  }

  /** Gives the memory back but for the tables' rows. */
  release(): void {
    const places = PARTITIONS << this.#rowBits;
    const { u32 } = this.#context.executor.views;
    for (let bin = 0; bin < PARTITIONS; bin++)
      this.#scratch.free(u32[(this.#bases >>> 2) + bin] as number, this.#layout.recordBytes << this.#rowBits);
    for (const { values, nulls, shift } of this.#columns) {
      this.#scratch.free(values, places << shift);
      this.#scratch.free(nulls, places);
    }
    for (const table of this.#tables) table.release();
  }

  /** The live rows of a batch, whose records (without long strings) lie at `records`. */
  add({ sel, n }: Batch, records: number): void {
    const { executor, frame } = this.#context;
    const { kernels, views } = executor;
    const { recordBytes } = this.#layout;
    this.#makeRoom(n);
    kernels['binPlaces']!(records, recordBytes, n, PARTITION_SHIFT, this.#rowBits, this.#fills, this.#places);
    kernels['binRecords']!(records, recordBytes, n, this.#places, this.#rowBits, this.#bases);
    for (const column of this.#columns) {
      const { slot, shift, values, nulls } = column;
      const record = (frame + FRAME_SLOTS + slot * SLOT_BYTES) >>> 2;
      kernels['binColumn']!(views.u32[record] as number, sel, n, shift, this.#places, values);
      const without = views.u32[record + 1] === ZEROS || ((views.u32[record + 2] as number) & SLOT_FLAG_NO_NULLS) !== 0;
      if (without && !column.hasNulls) continue;
      if (!column.hasNulls) {
        kernels['memoryClear']!(nulls, PARTITIONS << this.#rowBits);
        column.hasNulls = true;
      }
      kernels['binColumn']!(without ? ZEROS : (views.u32[record + 1] as number), without ? 0 : sel, n, 0, this.#places, nulls);
    }
  }

  /** How many rows have been looked up since the last call. */
  takeRows(): number {
    const rows = this.#rows;
    this.#rows = 0;
    return rows;
  }

  /** Looks all waiting rows up. */
  flush(): void {
    for (let bin = 0; bin < PARTITIONS; bin++) this.#flushBin(bin);
  }

  /** Writes the tables' rows out and forgets them. */
  spill(partitions: GroupPartitions): void {
    for (const table of this.#tables) {
      partitions.scatter(table.spans());
      table.reset();
    }
    this.groups = 0;
  }

  /** The rows of a partition. */
  spans(partition: number): RowSpan[] {
    return this.#tables[partition]!.spans();
  }

  #makeRoom(n: number): void {
    const { u32 } = this.#context.executor.views;
    for (let bin = 0; bin < PARTITIONS; bin++) {
      if ((u32[(this.#fills >>> 2) + bin] as number) + n > 1 << this.#rowBits) this.#flushBin(bin);
    }
  }

  #flushBin(bin: number): void {
    const { executor, frame } = this.#context;
    const { u32 } = executor.views;
    const rows = u32[(this.#fills >>> 2) + bin] as number;
    if (rows === 0) return;
    const table = this.#tables[bin]!;
    const before = table.groups;
    // Slots that a projection fills keep their vectors.
    const saved = this.#columns.map(({ slot }) => {
      const record = (frame + FRAME_SLOTS + slot * SLOT_BYTES) >>> 2;
      return u32.slice(record, record + 3);
    });
    const { recordBytes } = this.#layout;
    const records = u32[(this.#bases >>> 2) + bin] as number;
    const first = bin << this.#rowBits;
    for (let done = 0; done < rows; done += BATCH_ROWS_MAX) {
      const n = Math.min(BATCH_ROWS_MAX, rows - done);
      table.find(records + done * recordBytes, recordBytes, 0, 0, n, this.#states, false);
      for (const { slot, shift, values, nulls, hasNulls } of this.#columns) {
        const record = (frame + FRAME_SLOTS + slot * SLOT_BYTES) >>> 2;
        u32[record] = values + ((first + done) << shift);
        u32[record + 1] = hasNulls ? nulls + first + done : ZEROS;
        u32[record + 2] = hasNulls ? 0 : SLOT_FLAG_NO_NULLS;
      }
      this.#update(frame, n, this.#states);
    }
    this.#columns.forEach(({ slot }, i) => u32.set(saved[i]!, (frame + FRAME_SLOTS + slot * SLOT_BYTES) >>> 2));
    u32[(this.#fills >>> 2) + bin] = 0;
    this.groups += table.groups - before;
    this.#rows += rows;
  }
}
