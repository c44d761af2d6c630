import type { DataType } from '../../core/types/data-type.js';
import { hasDoubles, isNested, type NestedType } from '../../core/types/nested.js';
import { PHYSICAL_WIDTH, physicalTypeOf } from '../../core/types/physical-type.js';
import type { Space } from '../../memory/block-space.js';
import { FRAME_HEAP } from '../../memory/layout.js';
import { ValueMismatch, writeValue } from '../../memory/write-values.js';
import { EXACT_POWERS_BYTES, POWERS_OF_TEN_BYTES, writeExactPowers, writePowersOfTen } from '../powers-of-ten.js';
import type { DecoderContext } from '../source.js';
import type { TextWindow } from '../text-window.js';
import { badValue, malformedRow } from './errors.js';
import type { JsonDetail } from './inspect.js';
import type { JsonScan } from './scan.js';
import { hasProgram, writeProgram } from './type-program.js';
import { jsonParser, jsonValue, type JsonParser } from './values.js';

/** Words of a column record (kernels/assembly/csv-column.ts). */
const COLUMN = {
  spans: 1,
  sel: 3,
  n: 4,
  values: 5,
  nulls: 6,
  bad: 12,
  badCount: 13,
  nullCount: 14,
  heap: 16,
  powers: 18,
  decimal: 21,
  tens: 25,
  out: 26,
  outEnd: 27,
  outStart: 28,
  program: 29,
  resume: 30,
} as const;
const COLUMN_WORDS = 32;
const REPLACEMENT = '\ufffd';
/** Room for one nested value at first. */
const ROOM_BYTES = 64 * 1024;
const WIDEST_VALUE = PHYSICAL_WIDTH.i128;

const KERNELS: { readonly [K in DataType['kind']]?: string } = {
  int: 'jsonInt32',
  bigint: 'jsonInt64',
  double: 'jsonFloat64',
  date: 'jsonDate',
  timestamp: 'jsonTimestamp',
  timestamp_ntz: 'jsonTimestamp',
  boolean: 'jsonBoolean',
  string: 'jsonStrings',
};

/** The fields of a batch of rows, as typed columns. */
export class JsonFields {
  readonly #record: number;
  readonly #badRows: number;
  /** What says whether a value fits its type. */
  readonly #parsers: readonly JsonParser[];
  /** What makes values: of nested ones that do not fit, as much as does. */
  readonly #readers: readonly JsonParser[];
  /** Programs of nested types by column; 0: they have none. */
  readonly #programs = new Map<number, number>();
  /** Where kernels write nested values. */
  #room = 0;
  #roomBytes = 0;
  #window: TextWindow | undefined;
  /** Malformed rows of the batch, where a column wants their text. */
  #malformed: ReadonlySet<number> = new Set();
  /** Where values go that are only tried. */
  #trial = 0;

  constructor(
    private readonly context: DecoderContext,
    private readonly space: Space,
    private readonly detail: JsonDetail,
    private readonly scan: JsonScan,
    /** Columns that the scan finds, in its order. */
    private readonly columns: readonly number[],
    /** The text of malformed rows is wanted. */
    private readonly showsMalformed: boolean,
  ) {
    const { views } = context.executor;
    const powersAt = COLUMN_WORDS * 4;
    this.#record = space.allocate(powersAt + EXACT_POWERS_BYTES);
    views.u32.fill(0, this.#record >>> 2, (this.#record >>> 2) + COLUMN_WORDS);
    this.#badRows = space.allocate(context.program.batchRows * 4 + 16);
    writeExactPowers(views, this.#record + powersAt);
    this.#set(COLUMN.bad, this.#badRows);
    this.#set(COLUMN.powers, this.#record + powersAt);
    if (detail.types.some(hasDoubles)) {
      const tens = space.allocate(POWERS_OF_TEN_BYTES);
      writePowersOfTen(views, tens);
      this.#set(COLUMN.tens, tens);
    }
    this.#set(COLUMN.heap, context.frame + FRAME_HEAP);
    this.#parsers = detail.types.map((type) => jsonParser(type, detail));
    const isLenient = detail.typesGiven && detail.mode === 'PERMISSIVE';
    this.#readers = isLenient ? detail.types.map((type) => jsonParser(type, detail, true)) : this.#parsers;
  }

  /** Takes over a scanned batch; returns how many rows it left out: DROPMALFORMED takes malformed ones out here, FAILFAST throws for them. */
  begin(window: TextWindow): number {
    this.#window = window;
    const { scan, detail } = this;
    const drops = detail.mode === 'DROPMALFORMED';
    const malformed = scan.bad;
    if (detail.mode === 'FAILFAST' && malformed.length > 0) throw this.#malformedRow(malformed[0]!);
    if (!drops && !this.showsMalformed) return 0;
    const bad = new Set(malformed);
    for (const column of this.columns) this.#collectBad(column, bad);
    if (drops) scan.drop(bad);
    this.#malformed = drops ? new Set() : bad;
    return drops ? bad.size : 0;
  }

  /** Parses a column for the live rows into a vector; returns how many are null. */
  parse(column: number, values: number, nulls: number, sel: number, n: number): number {
    if (column === this.detail.corruptRecord) return this.#corruptRecords(values, nulls, sel, n);
    const { views } = this.context.executor;
    const kernel = this.#place(column, sel, n);
    this.#set(COLUMN.values, values);
    this.#set(COLUMN.nulls, nulls);
    const target = { type: this.detail.types[column]!, values, nulls };
    let nullCount = 0;
    if (kernel === undefined) {
      const { u32 } = views;
      for (let k = 0; k < n; k++) nullCount += this.#parseText(column, target, sel === 0 ? k : u32[(sel >>> 2) + k]!);
      return nullCount;
    }
    this.#run(kernel);
    nullCount = this.#get(COLUMN.nullCount);
    if (this.#get(COLUMN.badCount) === 0) return nullCount;
    for (const row of this.#badPositions()) {
      const wasNull = views.u8[nulls + row]!;
      nullCount += this.#parseText(column, target, row) - wasNull;
    }
    return nullCount;
  }

  #malformedRow(row: number): Error {
    const start = this.scan.startOf(row);
    const text = this.context.executor.views.buffer.utf8Slice(start, this.scan.stopOf(row));
    return malformedRow(this.#window!.placeOf(start), text);
  }

  /** Rows whose value in this column the type does not hold. */
  #collectBad(column: number, bad: Set<number>): void {
    if (column === this.detail.corruptRecord) return;
    const { rows } = this.scan;
    const kernel = this.#place(column, 0, rows);
    let suspects: readonly number[];
    if (kernel === undefined) suspects = Array.from({ length: rows }, (_, row) => row);
    else {
      this.#trial ||= this.space.allocate(this.context.program.batchRows * (WIDEST_VALUE + 1));
      this.#set(COLUMN.values, this.#trial);
      this.#set(COLUMN.nulls, this.#trial + this.context.program.batchRows * WIDEST_VALUE);
      this.#run(kernel);
      suspects = this.#badPositions();
    }
    for (const row of suspects) {
      const text = this.#textAt(column, row);
      if (text !== undefined && this.#parsers[column]!(text) === undefined) bad.add(row);
    }
  }

  /** Which values the kernels look at; returns the kernel that does, if there is one for the type. */
  #place(column: number, sel: number, n: number): string | undefined {
    const type = this.detail.types[column]!;
    this.#set(COLUMN.spans, this.#spansOf(column));
    this.#set(COLUMN.sel, sel);
    this.#set(COLUMN.n, n);
    if (type.kind === 'decimal') {
      this.#set(COLUMN.decimal, type.precision | (type.scale << 8));
      return physicalTypeOf(type) === 'i64' ? 'jsonDecimal64' : 'jsonDecimal128';
    }
    if (type.kind === 'date' && this.detail.dateFormat !== undefined) return undefined;
    if (type.kind === 'timestamp' && this.detail.timestampFormat !== undefined) return undefined;
    return isNested(type) ? this.#placeNested(column, type) : KERNELS[type.kind];
  }

  #placeNested(column: number, type: NestedType): string | undefined {
    let program = this.#programs.get(column);
    if (program === undefined) {
      program = hasProgram(type, this.detail) ? writeProgram(this.context, this.space, type) : 0;
      this.#programs.set(column, program);
    }
    if (program === 0) return undefined;
    if (this.#room === 0) this.#makeRoom(ROOM_BYTES);
    this.#set(COLUMN.program, program);
    this.#set(COLUMN.resume, 0);
    return 'jsonNested';
  }

  #makeRoom(bytes: number): void {
    const { scratch } = this.context;
    if (this.#room !== 0) scratch.free(this.#room, this.#roomBytes);
    this.#room = 0;
    this.#room = scratch.allocate(bytes);
    this.#roomBytes = bytes;
    this.#set(COLUMN.outStart, this.#room);
    this.#set(COLUMN.outEnd, this.#room + bytes);
  }

  #run(kernel: string): void {
    const run = this.context.executor.kernels[kernel]!;
    if (kernel !== 'jsonNested') run(this.#record);
    else while (run(this.#record) !== 0) this.#makeRoom(this.#roomBytes * 4);
  }

  #spansOf(column: number): number {
    return this.scan.spansOf(this.columns.indexOf(column));
  }

  #badPositions(): number[] {
    const first = this.#badRows >>> 2;
    return Array.from(this.context.executor.views.u32.subarray(first, first + this.#get(COLUMN.badCount)));
  }

  /** The exact way for one value. Returns 1 for a null. */
  #parseText(
    column: number,
    target: { readonly type: DataType; readonly values: number; readonly nulls: number },
    row: number,
  ): number {
    const { views } = this.context.executor;
    const text = this.#textAt(column, row);
    const value = text === undefined ? null : this.#readers[column]!(text);
    const allocate = (bytes: number): number => this.#allocateTransient(bytes);
    if (value !== undefined) {
      try {
        writeValue(views, target, row, value, allocate);
        return value === null ? 1 : 0;
      } catch (error) {
        if (!(error instanceof ValueMismatch)) throw error;
      }
    }
    if (this.detail.mode === 'FAILFAST' || (!this.detail.typesGiven && jsonValue(text!) !== undefined))
      throw this.#badValue(column, row, text!);
    writeValue(views, target, row, null, allocate);
    return 1;
  }

  #badValue(column: number, row: number, text: string): Error {
    const place = this.#window!.placeOf(this.scan.startOf(row));
    return badValue(place, this.detail.names[column]!, this.detail.types[column]!, text, !this.detail.typesGiven);
  }

  #allocateTransient(bytes: number): number {
    return this.context.executor.kernels['csvAllocate']!(this.context.frame + FRAME_HEAP, bytes) >>> 0;
  }

  #textAt(column: number, row: number): string | undefined {
    const { kernels, views } = this.context.executor;
    const span = (this.#spansOf(column) >>> 2) + 2 * row;
    const [start, stop] = [views.u32[span]!, views.u32[span + 1]!];
    if (start === 0) return undefined;
    const text = views.buffer.utf8Slice(start, stop);
    // What is not UTF-8 became this character: no type takes that alone.
    return text.includes(REPLACEMENT) && kernels['jsonValid']!(start, stop) === 0 ? REPLACEMENT : text;
  }

  /** The text of rows that are malformed, null for the others. */
  #corruptRecords(values: number, nulls: number, sel: number, n: number): number {
    const { views } = this.context.executor;
    const target = { type: this.detail.types[this.detail.corruptRecord]!, values, nulls };
    let nullCount = 0;
    for (let k = 0; k < n; k++) {
      const row = sel === 0 ? k : views.u32[(sel >>> 2) + k]!;
      const text = this.#malformed.has(row) ? views.buffer.utf8Slice(this.scan.startOf(row), this.scan.stopOf(row)) : null;
      if (text === null) nullCount++;
      writeValue(views, target, row, text, (bytes) => this.#allocateTransient(bytes));
    }
    return nullCount;
  }

  #set(word: number, value: number): void {
    this.context.executor.views.u32[(this.#record >>> 2) + word] = value;
  }

  #get(word: number): number {
    return this.context.executor.views.u32[(this.#record >>> 2) + word]!;
  }
}
