import type { Space } from '../../memory/block-space.js';
import { FRAME_HEAP } from '../../memory/layout.js';
import type { DecoderContext } from '../source.js';
import { writeNames } from './names.js';

/** Words of a scan record (kernels/assembly/json-record.ts). */
const SCAN = {
  at: 0,
  end: 1,
  list: 2,
  listMax: 3,
  count: 4,
  next: 5,
  inside: 6,
  escaped: 7,
  shape: 8,
  strict: 9,
  limit: 10,
  capacity: 11,
  start: 12,
  spans: 13,
  spanStride: 14,
  wanted: 15,
  names: 16,
  namesMask: 17,
  layout: 18,
  rows: 19,
  rowSpans: 20,
  bad: 21,
  badCount: 22,
  status: 23,
  place: 24,
  heap: 25,
  zero: 27,
} as const;
const SCAN_WORDS = 28;
const LAYOUT_BYTES = (1024 + 1) * 48;
const LIST_ENTRIES = 64 * 1024;
const SPAN_BYTES = 8;

/** What a row is: a line that is an object; any line, only counted; an object of a document. */
export const SHAPE = { lines: 0, count: 1, document: 2 } as const;
export type Shape = (typeof SHAPE)[keyof typeof SHAPE];

/** Why a scan stopped: text is missing; rows are found; the list has no room for one row; the document is broken. */
export const STATUS = { data: 0, full: 1, list: 2, broken: 3 } as const;

/** Rows of JSON text, batch by batch: where each wanted field's value lies. */
export class JsonScan {
  rows = 0;
  status: number = STATUS.data;
  readonly #record: number;
  readonly #spans: number;
  readonly #stride: number;
  readonly #rowSpans: number;
  readonly #bad: number;
  #list: number;
  #listMax = LIST_ENTRIES;

  constructor(
    private readonly context: DecoderContext,
    space: Space,
    /** Names of the fields wanted. */
    private readonly names: readonly string[],
    shape: Shape,
    strict: boolean,
  ) {
    const { scratch, program, executor } = context;
    const rowsMax = program.batchRows;
    this.#stride = rowsMax * SPAN_BYTES;
    this.#record = space.allocate(SCAN_WORDS * 4);
    executor.views.u32.fill(0, this.#record >>> 2, (this.#record >>> 2) + SCAN_WORDS);
    this.#spans = space.allocate(Math.max(1, names.length) * this.#stride);
    this.#rowSpans = space.allocate(rowsMax * SPAN_BYTES);
    this.#bad = space.allocate(rowsMax * 4);
    this.#list = scratch.allocate(this.#listMax * 4);
    const layout = space.allocate(LAYOUT_BYTES);
    executor.kernels['jsonForget']!(layout);
    this.#set(SCAN.shape, shape);
    this.#set(SCAN.strict, strict ? 1 : 0);
    this.#set(SCAN.spans, this.#spans);
    this.#set(SCAN.spanStride, this.#stride);
    this.#set(SCAN.wanted, names.length);
    this.#set(SCAN.layout, layout);
    this.#set(SCAN.rowSpans, this.#rowSpans);
    this.#set(SCAN.bad, this.#bad);
    this.#set(SCAN.heap, context.frame + FRAME_HEAP);
    const table = writeNames(context, space, names);
    this.#set(SCAN.names, table.address);
    this.#set(SCAN.namesMask, table.mask);
  }

  /** A text: the next row is looked for at `start`. */
  begin(start: number, end: number, limit: number): void {
    this.#set(SCAN.place, 0);
    this.#set(SCAN.limit, limit);
    this.#restart(start, end);
  }

  /** The text from `start` on moved down by `distance`, and there is more of it. */
  moved(distance: number, end: number, limit: number): void {
    this.#set(SCAN.limit, limit);
    this.#restart(this.start - distance, end);
  }

  /** Where the next row is looked for. */
  get start(): number {
    return this.#get(SCAN.start);
  }

  /** Between documents, or behind the last one. */
  get isOutside(): boolean {
    return this.#get(SCAN.place) === 0;
  }

  /** Finds up to `capacity` rows. */
  find(capacity: number): void {
    this.#set(SCAN.capacity, capacity);
    this.context.executor.kernels['jsonRows']!(this.#record);
    this.rows = this.#get(SCAN.rows);
    this.status = this.#get(SCAN.status);
  }

  /** Room for four times as many entries; what was indexed is indexed anew. */
  grow(): void {
    const { scratch } = this.context;
    scratch.free(this.#list, this.#listMax * 4);
    this.#list = scratch.allocate(this.#listMax * 16);
    this.#listMax *= 4;
    this.#restart(this.start, this.#get(SCAN.end));
  }

  /** Positions of malformed rows. */
  get bad(): number[] {
    const first = this.#bad >>> 2;
    return Array.from(this.context.executor.views.u32.subarray(first, first + this.#get(SCAN.badCount)));
  }

  /** Address of the spans of a wanted field. */
  spansOf(wanted: number): number {
    return this.#spans + wanted * this.#stride;
  }

  /** Address of a row's first byte. */
  startOf(row: number): number {
    return this.context.executor.views.u32[(this.#rowSpans >>> 2) + 2 * row]!;
  }

  /** Address behind a row's last byte. */
  stopOf(row: number): number {
    return this.context.executor.views.u32[(this.#rowSpans >>> 2) + 2 * row + 1]!;
  }

  /** Takes rows out of the batch. */
  drop(rows: ReadonlySet<number>): void {
    if (rows.size === 0) return;
    const { u32 } = this.context.executor.views;
    const columns = [this.#rowSpans, ...this.names.map((_, wanted) => this.spansOf(wanted))];
    let kept = 0;
    for (let row = 0; row < this.rows; row++) {
      if (rows.has(row)) continue;
      if (kept < row)
        for (const column of columns)
          u32.copyWithin((column >>> 2) + 2 * kept, (column >>> 2) + 2 * row, (column >>> 2) + 2 * row + 2);
      kept++;
    }
    this.rows = kept;
  }

  #restart(start: number, end: number): void {
    this.#set(SCAN.at, start);
    this.#set(SCAN.start, start);
    this.#set(SCAN.end, end);
    this.#set(SCAN.list, this.#list);
    this.#set(SCAN.listMax, this.#listMax);
    this.#set(SCAN.count, 0);
    this.#set(SCAN.next, 0);
    this.#set(SCAN.inside, 0);
    this.#set(SCAN.escaped, 0);
    // The mark behind the last entry.
    this.context.executor.views.u32[this.#list >>> 2] = this.#record + SCAN.zero * 4;
  }

  #set(word: number, value: number): void {
    this.context.executor.views.u32[(this.#record >>> 2) + word] = value;
  }

  #get(word: number): number {
    return this.context.executor.views.u32[(this.#record >>> 2) + word]!;
  }
}
