import type { DataType } from '../../core/types/data-type.js';
import { VIEW_BYTES, VIEW_INLINE_MAX, VIEW_PREFIX, VIEW_REF } from '../../memory/layout.js';
import { ValueMismatch, writeValue } from '../../memory/write-values.js';
import type { DecoderContext } from '../source.js';
import { badValue, malformedRow } from './errors.js';
import { textParser, type TextParser } from './formats.js';
import type { CsvDetail } from './inspect.js';

/** Words of a column record (kernels/assembly/csv-fields.ts). */
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
} as const;
const COLUMN_WORDS = 20;
const ROW_WORDS = 3;

/** The kernel that parses a column of each type; other types are parsed here, text by text. */
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

/** The fields of a scanned batch, as typed columns. */
export class CsvFields {
  readonly #record: number;
  readonly #badRows: number;
  readonly #parsers: readonly TextParser[];
  #ends = 0;
  #rowCount = 0;
  #path = '';
  #byteOf: (address: number) => number = (address) => address;

  constructor(
    private readonly context: DecoderContext,
    private readonly detail: CsvDetail,
    /** Row records of the scan. */
    private readonly records: number,
  ) {
    const { views } = context.executor;
    const nullText = Buffer.from(detail.nullValue, detail.encoding === 'latin1' ? 'latin1' : 'utf8');
    this.#record = context.scratch.allocate(COLUMN_WORDS * 4 + nullText.length + 16);
    this.#badRows = context.scratch.allocate(context.program.batchRows * 4 + 16);
    const text = this.#record + COLUMN_WORDS * 4;
    views.u8.set(nullText, text);
    const { quote, escape } = detail.dialect;
    this.#set(COLUMN.rows, records);
    this.#set(COLUMN.quote, quote === '' ? 0 : quote.charCodeAt(0));
    this.#set(COLUMN.escape, escape === '' ? 0 : escape.charCodeAt(0));
    this.#set(COLUMN.nullText, text);
    this.#set(COLUMN.nullLength, nullText.length);
    this.#set(COLUMN.trim, (detail.trimLeading ? 1 : 0) | (detail.trimTrailing ? 2 : 0));
    this.#set(COLUMN.bad, this.#badRows);
    this.#parsers = detail.types.map((type) => textParser(type, detail));
  }

  #set(word: number, value: number): void {
    this.context.executor.views.u32[(this.#record >>> 2) + word] = value;
  }

  #get(word: number): number {
    return this.context.executor.views.u32[(this.#record >>> 2) + word]!;
  }

  /** Takes over a scanned batch; returns the rows that stay. DROPMALFORMED takes rows out here, FAILFAST throws for them. */
  begin(rows: number, ends: number, byteOf: (address: number) => number, path: string, columns: readonly number[]): number {
    this.#ends = ends;
    this.#rowCount = rows;
    this.#byteOf = byteOf;
    this.#path = path;
    if (this.detail.mode === 'PERMISSIVE') return rows;
    const ragged = this.context.executor.kernels['csvRagged']!(this.records, rows, this.#expectedFields(), this.#badRows);
    const { u32 } = this.context.executor.views;
    const bad = new Set<number>();
    for (let i = 0; i < ragged; i++) bad.add(u32[(this.#badRows >>> 2) + i]!);
    if (bad.size > 0 && this.detail.mode === 'FAILFAST') {
      const row = Math.min(...bad);
      throw malformedRow(
        path,
        byteOf(u32[(this.records >>> 2) + row * ROW_WORDS + 2]!),
        `the row has ${this.#fieldsOf(row)} fields, ${this.#expectedFields()} were expected`,
      );
    }
    if (this.detail.mode === 'DROPMALFORMED') for (const column of columns) this.#collectBad(column, rows, bad);
    return this.#dropRows(bad);
  }

  #expectedFields(): number {
    return this.detail.types.length - (this.detail.corruptRecord === -1 ? 0 : 1);
  }

  #fieldsOf(row: number): number {
    const { u32 } = this.context.executor.views;
    const at = (this.records >>> 2) + row * ROW_WORDS;
    return u32[at + 1]! - u32[at]!;
  }

  /** Rows whose text in this column no value can be made of. */
  #collectBad(column: number, rows: number, bad: Set<number>): void {
    const parser = this.#parsers[column]!;
    this.#set(COLUMN.ends, this.#ends);
    this.#set(COLUMN.field, this.#fieldIndex(column));
    for (let row = 0; row < rows; row++) {
      const text = this.#textAt(row);
      if (text === undefined || text === '' || text === this.detail.nullValue) continue;
      if (parser(text) === undefined) bad.add(row);
    }
  }

  #dropRows(bad: ReadonlySet<number>): number {
    if (bad.size === 0) return this.#rowCount;
    const { u32 } = this.context.executor.views;
    const first = this.records >>> 2;
    let kept = 0;
    for (let row = 0; row < this.#rowCount; row++) {
      if (bad.has(row)) continue;
      u32.copyWithin(first + kept * ROW_WORDS, first + row * ROW_WORDS, first + (row + 1) * ROW_WORDS);
      kept++;
    }
    this.#rowCount = kept;
    return kept;
  }

  #fieldIndex(column: number): number {
    const { corruptRecord } = this.detail;
    return corruptRecord !== -1 && column > corruptRecord ? column - 1 : column;
  }

  /** Parses a column for the live rows into a vector; returns how many are null. */
  parse(column: number, values: number, nulls: number, sel: number, n: number, heap: number): number {
    const { kernels } = this.context.executor;
    const type = this.detail.types[column]!;
    this.#set(COLUMN.ends, this.#ends);
    this.#set(COLUMN.field, this.#fieldIndex(column));
    this.#set(COLUMN.sel, sel);
    this.#set(COLUMN.n, n);
    this.#set(COLUMN.values, values);
    this.#set(COLUMN.nulls, nulls);
    this.#set(COLUMN.heap, heap);
    if (column === this.detail.corruptRecord) return this.#corruptRecords(values, nulls, sel, n, heap);
    const kernel = this.#formatOf(type) === undefined ? KERNELS[type.kind] : undefined;
    if (kernel === undefined) return this.#parseTexts(column, type, values, nulls, sel, n, heap);
    kernels[kernel]!(this.#record);
    let nullCount = this.#get(COLUMN.nullCount);
    const bad = this.#get(COLUMN.badCount);
    for (let i = 0; i < bad; i++) {
      const row = this.context.executor.views.u32[(this.#badRows >>> 2) + i]!;
      const wasNull = this.context.executor.views.u8[nulls + row]!;
      nullCount += this.#parseText(column, type, values, nulls, row, heap) - wasNull;
    }
    if (this.detail.encoding === 'latin1' && kernel === 'csvViews') this.#transcode(values, sel, n, heap);
    return nullCount;
  }

  #formatOf(type: DataType): string | undefined {
    return type.kind === 'date' ? this.detail.dateFormat : type.kind === 'timestamp' ? this.detail.timestampFormat : undefined;
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
      const at = views.u32[(this.records >>> 2) + row * ROW_WORDS + 2]!;
      throw badValue(this.#path, this.#byteOf(at), this.detail.names[column]!, type, text ?? '', !this.detail.typesGiven);
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
      const record = (this.records >>> 2) + row * ROW_WORDS;
      const text = this.#isMalformed(row)
        ? views.buffer.utf8Slice(u32[record + 2]!, u32[(this.#ends >>> 2) + u32[record + 1]! - 1]!)
        : null;
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
    if (this.#fieldsOf(row) !== this.#expectedFields()) return true;
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
