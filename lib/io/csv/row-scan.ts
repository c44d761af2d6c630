import type { DecoderContext } from '../source.js';
import type { CsvDetail } from './inspect.js';
import { codeOf, type TextIndex } from './text-index.js';

/** Words of a rows record (kernels/assembly/csv-rows.ts). */
const SCAN = {
  index: 0,
  block: 1,
  start: 2,
  end: 3,
  limit: 4,
  capacity: 5,
  ends: 6,
  endsMax: 7,
  records: 8,
  fields: 9,
  comment: 10,
  newline: 11,
  rows: 12,
  next: 13,
  status: 14,
  uniform: 15,
} as const;
const SCAN_WORDS = 16;
const STATUS_FIELDS = 2;
/** Words of a row record: index of its first field end, index behind its last, address of its first byte. */
const ROW_WORDS = 3;
/** Before the field ends, for the end before the first field. */
const ENDS_HEAD_BYTES = 16;
/** The kernel stops this many entries before the room is full. */
const ENDS_RESERVE = 256;
const NEWLINE = 10;

/** Rows of an indexed text, batch by batch: where each field ends. */
export class RowScan {
  rows = 0;
  /** Behind the last row that was found. */
  next = 0;
  /** There were more field ends than there was room for. */
  isFull = false;
  /** Fields of every row of the batch; 0: `records` tell. */
  stride = 0;
  readonly records: number;
  #endsAt: number;
  #endsBytes: number;
  readonly #record: number;
  #hasRecords = true;

  constructor(
    private readonly context: DecoderContext,
    { dialect, types }: CsvDetail,
    /** Fields that a row should have. */
    private readonly fields: number,
  ) {
    const rowsMax = context.program.batchRows;
    this.records = context.scratch.allocate((rowsMax + 2) * ROW_WORDS * 4);
    this.#endsBytes = ENDS_HEAD_BYTES + 4 * (Math.min(rowsMax * (types.length + 1), 1 << 20) + ENDS_RESERVE);
    this.#endsAt = context.scratch.allocate(this.#endsBytes);
    this.#record = context.scratch.allocate(SCAN_WORDS * 4);
    this.#set(SCAN.records, this.records);
    // Blank lines and comments are not rows: with comments, every line is looked at.
    this.#set(SCAN.fields, dialect.comment === '' ? fields : 0);
    this.#set(SCAN.comment, codeOf(dialect.comment));
    this.#set(SCAN.newline, NEWLINE);
  }

  /** Addresses of the field ends. */
  get ends(): number {
    return this.#endsAt + ENDS_HEAD_BYTES;
  }

  /** Finds up to `capacity` rows that begin in start..limit and end before `end`. */
  find(index: TextIndex, block: number, start: number, end: number, limit: number, capacity: number): void {
    this.#set(SCAN.index, index.address);
    this.#set(SCAN.block, block);
    this.#set(SCAN.start, start);
    this.#set(SCAN.end, end);
    this.#set(SCAN.limit, limit);
    this.#set(SCAN.capacity, capacity);
    this.#set(SCAN.ends, this.ends);
    this.#set(SCAN.endsMax, (this.#endsBytes - ENDS_HEAD_BYTES) / 4);
    this.context.executor.kernels['csvRows']!(this.#record);
    this.rows = this.#get(SCAN.rows);
    this.next = this.#get(SCAN.next);
    this.isFull = this.#get(SCAN.status) === STATUS_FIELDS;
    this.stride = this.#get(SCAN.uniform) === 0 ? 0 : this.fields;
    this.#hasRecords = this.stride === 0;
  }

  /** Room for four times as many field ends. */
  grow(): void {
    const bytes = this.#endsBytes * 4;
    this.context.scratch.free(this.#endsAt, this.#endsBytes);
    this.#endsBytes = 0;
    this.#endsAt = this.context.scratch.allocate(bytes);
    this.#endsBytes = bytes;
  }

  fieldsOf(row: number): number {
    if (this.stride !== 0) return this.stride;
    return this.#recordWord(row, 1) - this.#recordWord(row, 0);
  }

  /** Address of a row's first byte. */
  startOf(row: number): number {
    if (this.stride === 0) return this.#recordWord(row, 2);
    return this.context.executor.views.u32[(this.ends >>> 2) + row * this.stride - 1]! + 1;
  }

  /** Address of the line end behind a row. */
  stopOf(row: number): number {
    const last = this.stride === 0 ? this.#recordWord(row, 1) : (row + 1) * this.stride;
    return this.context.executor.views.u32[(this.ends >>> 2) + last - 1]!;
  }

  /** Positions of rows that have not the number of fields they should have. */
  ragged(list: number): number[] {
    if (this.stride !== 0) return [];
    const count = this.context.executor.kernels['csvRagged']!(this.records, this.rows, this.fields, list);
    return Array.from(this.context.executor.views.u32.subarray(list >>> 2, (list >>> 2) + count));
  }

  /** Takes rows out of the batch. */
  drop(rows: ReadonlySet<number>): void {
    if (rows.size === 0) return;
    if (!this.#hasRecords) this.context.executor.kernels['csvRecords']!(this.records, this.ends, this.rows, this.stride);
    this.#hasRecords = true;
    this.stride = 0;
    const { u32 } = this.context.executor.views;
    const first = this.records >>> 2;
    let kept = 0;
    for (let row = 0; row < this.rows; row++) {
      if (rows.has(row)) continue;
      u32.copyWithin(first + kept * ROW_WORDS, first + row * ROW_WORDS, first + (row + 1) * ROW_WORDS);
      kept++;
    }
    this.rows = kept;
  }

  #recordWord(row: number, word: number): number {
    return this.context.executor.views.u32[(this.records >>> 2) + row * ROW_WORDS + word]!;
  }

  #set(word: number, value: number): void {
    this.context.executor.views.u32[(this.#record >>> 2) + word] = value;
  }

  #get(word: number): number {
    return this.context.executor.views.u32[(this.#record >>> 2) + word]!;
  }
}
