import type { DataType } from '../../core/types/data-type.js';
import { hasDoubles } from '../../core/types/nested.js';
import { PHYSICAL_WIDTH, physicalTypeOf } from '../../core/types/physical-type.js';
import { VIEW_BYTES, VIEW_INLINE_MAX, VIEW_PREFIX, VIEW_REF } from '../../memory/layout.js';
import { ValueMismatch, writeValue } from '../../memory/write-values.js';
import { EXACT_POWERS_BYTES, POWERS_OF_TEN_BYTES, writeExactPowers, writePowersOfTen } from '../powers-of-ten.js';
import type { DecoderContext } from '../source.js';
import { badValue, malformedRow } from './errors.js';
import { textParser, type TextParser } from './formats.js';
import type { CsvDetail } from './inspect.js';
import type { RowScan } from './row-scan.js';
import { codeOf } from './text-index.js';
import type { TextWindow } from '../text-window.js';

/** Words of a column record (kernels/assembly/csv-column.ts). */
const COLUMN = {
  rows: 0,
  ends: 1,
  field: 2,
  sel: 3,
  n: 4,
  values: 5,
  nulls: 6,
  quote: 7,
  escape: 8,
  nullText: 9,
  nullLength: 10,
  trim: 11,
  bad: 12,
  badCount: 13,
  nullCount: 14,
  length: 15,
  heap: 16,
  stride: 17,
  powers: 18,
  slow: 19,
  return: 20,
  decimal: 21,
  tens: 25,
} as const;
const COLUMN_WORDS = 26;
const RETURN = 13;
const WIDEST_VALUE = PHYSICAL_WIDTH.i128;

/** The kernel that parses a column of a type; columns of other types are parsed here, text by text. */
function kernelOf(type: DataType): string | undefined {
  if (type.kind === 'decimal') return physicalTypeOf(type) === 'i64' ? 'csvDecimal64' : 'csvDecimal128';
  return KERNELS[type.kind];
}

const KERNELS: { readonly [K in DataType['kind']]?: string } = {
  int: 'csvInt32',
  bigint: 'csvInt64',
  double: 'csvFloat64',
  date: 'csvDate',
  timestamp: 'csvTimestamp',
  timestamp_ntz: 'csvTimestamp',
  boolean: 'csvBoolean',
  string: 'csvViews',
  binary: 'csvViews',
};

/** The fields of a batch of rows, as typed columns. */
export class CsvFields {
  /** The text has carriage returns: one before a line end is not part of the row. */
  hasReturns = true;
  readonly #record: number;
  readonly #badRows: number;
  readonly #parsers: readonly TextParser[];
  /** Types whose null text the kernels would take for a value: they look at every text twice. */
  readonly #nullLooksLikeValue: readonly boolean[];
  #window: TextWindow | undefined;
  /** Where values go that are only tried. */
  #trial = 0;

  constructor(
    private readonly context: DecoderContext,
    private readonly detail: CsvDetail,
    private readonly scan: RowScan,
  ) {
    const { views } = context.executor;
    const nullText = Buffer.from(detail.nullValue, detail.encoding === 'latin1' ? 'latin1' : 'utf8');
    const powersAt = COLUMN_WORDS * 4;
    const textAt = powersAt + EXACT_POWERS_BYTES;
    this.#record = context.scratch.allocate(textAt + nullText.length + 16);
    this.#badRows = context.scratch.allocate(context.program.batchRows * 4 + 16);
    writeExactPowers(views, this.#record + powersAt);
    views.u8.set(nullText, this.#record + textAt);
    const { quote, escape } = detail.dialect;
    this.#set(COLUMN.rows, scan.records);
    this.#set(COLUMN.quote, codeOf(quote));
    this.#set(COLUMN.escape, codeOf(escape));
    this.#set(COLUMN.nullText, this.#record + textAt);
    this.#set(COLUMN.nullLength, nullText.length);
    this.#set(COLUMN.trim, (detail.trimLeading ? 1 : 0) | (detail.trimTrailing ? 2 : 0));
    this.#set(COLUMN.bad, this.#badRows);
    this.#set(COLUMN.powers, this.#record + powersAt);
    if (detail.types.some(hasDoubles)) {
      const tens = context.scratch.allocate(POWERS_OF_TEN_BYTES);
      writePowersOfTen(views, tens);
      this.#set(COLUMN.tens, tens);
    }
    this.#parsers = detail.types.map((type) => textParser(type, detail));
    this.#nullLooksLikeValue = this.#parsers.map((parse) => detail.nullValue !== '' && parse(detail.nullValue) !== undefined);
  }

  #set(word: number, value: number): void {
    this.context.executor.views.u32[(this.#record >>> 2) + word] = value;
  }

  #get(word: number): number {
    return this.context.executor.views.u32[(this.#record >>> 2) + word]!;
  }

  /** Takes over a scanned batch; returns the rows that stay. DROPMALFORMED takes rows out here, FAILFAST throws for them. */
  begin(window: TextWindow, columns: readonly number[]): number {
    this.#window = window;
    const { scan, detail } = this;
    if (detail.mode === 'PERMISSIVE') return scan.rows;
    const bad = new Set(scan.ragged(this.#badRows));
    if (bad.size > 0 && detail.mode === 'FAILFAST') {
      const row = Math.min(...bad);
      throw malformedRow(
        window.placeOf(scan.startOf(row)),
        `the row has ${scan.fieldsOf(row)} fields, ${this.#expectedFields()} were expected`,
      );
    }
    if (detail.mode === 'DROPMALFORMED') for (const column of columns) this.#collectBad(column, bad);
    scan.drop(bad);
    return scan.rows;
  }

  #expectedFields(): number {
    return this.detail.types.length - (this.detail.corruptRecord === -1 ? 0 : 1);
  }

  /** Rows whose text in this column no value can be made of. */
  #collectBad(column: number, bad: Set<number>): void {
    if (column === this.detail.corruptRecord) return;
    const { rows } = this.scan;
    const kernel = this.#kernelOf(column);
    if (kernel === 'csvViews') return;
    this.#place(column, 0, rows);
    let suspects = Array.from({ length: rows }, (_, row) => row);
    if (kernel !== undefined) {
      this.#trial ||= this.context.scratch.allocate(this.context.program.batchRows * (WIDEST_VALUE + 1));
      this.#set(COLUMN.values, this.#trial);
      this.#set(COLUMN.nulls, this.#trial + this.context.program.batchRows * WIDEST_VALUE);
      this.context.executor.kernels[kernel]!(this.#record);
      suspects = this.#badPositions();
    }
    for (const row of suspects) {
      const text = this.#textAt(row);
      if (text !== undefined && text !== '' && text !== this.detail.nullValue && this.#parsers[column]!(text) === undefined)
        bad.add(row);
    }
  }

  #badPositions(): number[] {
    const first = this.#badRows >>> 2;
    return Array.from(this.context.executor.views.u32.subarray(first, first + this.#get(COLUMN.badCount)));
  }

  #fieldIndex(column: number): number {
    const { corruptRecord } = this.detail;
    return corruptRecord !== -1 && column > corruptRecord ? column - 1 : column;
  }

  #kernelOf(column: number): string | undefined {
    const type = this.detail.types[column]!;
    const format =
      type.kind === 'date' ? this.detail.dateFormat : type.kind === 'timestamp' ? this.detail.timestampFormat : undefined;
    return format === undefined ? kernelOf(type) : undefined;
  }

  /** Which fields the kernels look at. */
  #place(column: number, sel: number, n: number): void {
    const type = this.detail.types[column]!;
    this.#set(COLUMN.ends, this.scan.ends);
    this.#set(COLUMN.stride, this.scan.stride);
    this.#set(COLUMN.field, this.#fieldIndex(column));
    this.#set(COLUMN.sel, sel);
    this.#set(COLUMN.n, n);
    this.#set(COLUMN.slow, this.#nullLooksLikeValue[column] ? 1 : 0);
    this.#set(COLUMN.return, this.hasReturns ? RETURN : 0);
    if (type.kind === 'decimal') this.#set(COLUMN.decimal, type.precision | (type.scale << 8));
  }

  /** Parses a column for the live rows into a vector; returns how many are null. */
  parse(column: number, values: number, nulls: number, sel: number, n: number, heap: number): number {
    const { kernels, views } = this.context.executor;
    const type = this.detail.types[column]!;
    this.#place(column, sel, n);
    this.#set(COLUMN.values, values);
    this.#set(COLUMN.nulls, nulls);
    this.#set(COLUMN.heap, heap);
    if (column === this.detail.corruptRecord) return this.#corruptRecords(values, nulls, sel, n, heap);
    const kernel = this.#kernelOf(column);
    if (kernel === undefined) return this.#parseTexts(column, type, values, nulls, sel, n, heap);
    kernels[kernel]!(this.#record);
    let nullCount = this.#get(COLUMN.nullCount);
    if (this.#get(COLUMN.badCount) > 0) {
      for (const row of this.#badPositions()) {
        const wasNull = views.u8[nulls + row]!;
        nullCount += this.#parseText(column, type, values, nulls, row, heap) - wasNull;
      }
    }
    if (this.detail.encoding === 'latin1' && kernel === 'csvViews') this.#transcode(values, sel, n, heap);
    return nullCount;
  }

  #parseTexts(column: number, type: DataType, values: number, nulls: number, sel: number, n: number, heap: number): number {
    const { u32 } = this.context.executor.views;
    let nullCount = 0;
    for (let k = 0; k < n; k++)
      nullCount += this.#parseText(column, type, values, nulls, sel === 0 ? k : u32[(sel >>> 2) + k]!, heap);
    return nullCount;
  }

  /** The exact way for one text. Returns 1 for a null. */
  #parseText(column: number, type: DataType, values: number, nulls: number, row: number, heap: number): number {
    const { views } = this.context.executor;
    const text = this.#textAt(row);
    const isNull = text === undefined || text === '' || text === this.detail.nullValue;
    const value = isNull ? null : this.#parsers[column]!(text);
    const target = { type, values, nulls };
    const allocate = (bytes: number): number => this.#allocateTransient(heap, bytes);
    if (value !== undefined) {
      try {
        writeValue(views, target, row, value, allocate);
        return value === null ? 1 : 0;
      } catch (error) {
        if (!(error instanceof ValueMismatch)) throw error;
      }
    }
    if (!this.detail.typesGiven || this.detail.mode === 'FAILFAST') {
      throw badValue(
        this.#window!.placeOf(this.scan.startOf(row)),
        this.detail.names[column]!,
        type,
        text ?? '',
        !this.detail.typesGiven,
      );
    }
    writeValue(views, target, row, null, allocate);
    return 1;
  }

  #allocateTransient(heap: number, bytes: number): number {
    const { kernels } = this.context.executor;
    return kernels['csvAllocate']!(heap, bytes) >>> 0;
  }

  #textAt(row: number): string | undefined {
    const { kernels, views } = this.context.executor;
    const at = kernels['csvFieldAt']!(this.#record, row) >>> 0;
    if (at === 0) return undefined;
    const length = this.#get(COLUMN.length);
    return this.detail.encoding === 'latin1'
      ? views.buffer.latin1Slice(at, at + length)
      : views.buffer.utf8Slice(at, at + length);
  }

  /** The text of rows that are malformed, null for the others. */
  #corruptRecords(values: number, nulls: number, sel: number, n: number, heap: number): number {
    const { views } = this.context.executor;
    const { u32 } = views;
    let nullCount = 0;
    for (let k = 0; k < n; k++) {
      const row = sel === 0 ? k : u32[(sel >>> 2) + k]!;
      const text = this.#isMalformed(row) ? views.buffer.utf8Slice(this.scan.startOf(row), this.scan.stopOf(row)) : null;
      if (text === null) nullCount++;
      writeValue(
        views,
        { type: { kind: 'string' }, values, nulls },
        row,
        text === null ? null : text.replace(/\r$/, ''),
        (bytes) => this.#allocateTransient(heap, bytes),
      );
    }
    return nullCount;
  }

  #isMalformed(row: number): boolean {
    if (this.scan.fieldsOf(row) !== this.#expectedFields()) return true;
    return this.detail.types.some((_, column) => {
      if (column === this.detail.corruptRecord) return false;
      this.#set(COLUMN.field, this.#fieldIndex(column));
      const text = this.#textAt(row);
      return text !== undefined && text !== '' && text !== this.detail.nullValue && this.#parsers[column]!(text) === undefined;
    });
  }

  /** latin1 bytes above 127 become two bytes of UTF-8. */
  #transcode(values: number, sel: number, n: number, heap: number): void {
    const { views } = this.context.executor;
    const { u32, u8, buffer } = views;
    for (let k = 0; k < n; k++) {
      const view = values + (sel === 0 ? k : u32[(sel >>> 2) + k]!) * VIEW_BYTES;
      const length = u32[view >>> 2]!;
      const at = length <= VIEW_INLINE_MAX ? view + VIEW_PREFIX : u32[(view + VIEW_REF) >>> 2]!;
      let isAscii = true;
      for (let i = 0; i < length; i++) isAscii &&= u8[at + i]! < 128;
      if (isAscii) continue;
      writeValue(
        views,
        { type: { kind: 'string' }, values: view, nulls: this.#badRows },
        0,
        buffer.latin1Slice(at, at + length),
        (bytes) => this.#allocateTransient(heap, bytes),
      );
    }
  }
}
