import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { DataError } from '../../core/errors.js';
import { PHYSICAL_WIDTH } from '../../core/types/physical-type.js';
import { FRAME_HEAP, FRAME_SLOTS, SLOT_BYTES, SLOT_FLAG_NO_NULLS } from '../../memory/layout.js';
import type { DecoderContext, DecoderTask } from '../source.js';
import { fileChanged, malformedRow } from './errors.js';
import { CsvFields } from './fields.js';
import type { CsvDetail } from './inspect.js';
import { FIELD, INSIDE, QuoteStates, type QuoteKernels } from './quote-state.js';

/** Words of a scan record (kernels/assembly/csv-scan.ts). */
const SCAN = {
  start: 0,
  end: 1,
  limit: 2,
  capacity: 3,
  ends: 4,
  endsMax: 5,
  records: 6,
  delimiter: 8,
  quote: 9,
  escape: 10,
  comment: 11,
  rows: 12,
  next: 13,
  status: 14,
} as const;
const SCAN_WORDS = 16;
const ROW_WORDS = 3;
const STATUS_DATA = 0;
const STATUS_EXACT = 3;
const STATUS_FIELDS = 4;

/** What is read beyond a range at once: its last row mostly ends there. */
const TAIL_BYTES = 8 * 1024;
/** Bytes of a file lie at addresses of the same remainder: the system copies aligned pages four times as fast as others. */
const ALIGNMENT = 4096;
/** Scans read whole blocks of 64 bytes, fields up to 16 bytes. */
const SLACK_BYTES = 128;
/** A value cannot be longer than its length word says. */
const ROW_BYTES_MAX = 2 ** 31;

interface Buffer64 {
  readonly address: number;
  readonly bytes: number;
}

/** Reads CSV files range by range, straight into shared memory, and decodes the columns that are asked for. */
export class CsvSource {
  bytesRead = 0;
  rowsRejected = 0;
  readonly #fields: CsvFields;
  readonly #states: QuoteStates;
  readonly #scan: number;
  readonly #countsOnly: boolean;
  #ends: Buffer64;
  #buffer: Buffer64 | undefined;
  #file = -1;
  #descriptor = -1;
  /** Byte of the file that lies at `#base`. */
  #origin = 0;
  #base = 0;
  #position = 0;
  #dataEnd = 0;
  #limit = 0;
  #atFileEnd = false;
  #isPlain = false;
  #counted = 0;

  constructor(
    private readonly context: DecoderContext,
    private readonly detail: CsvDetail,
    private readonly columns: readonly number[],
    taskWords: number,
  ) {
    const { views, kernels } = context.executor;
    const { dialect } = detail;
    this.#states = new QuoteStates(views, kernels as unknown as QuoteKernels, taskWords, dialect);
    this.#countsOnly = columns.length === 0 && detail.mode === 'PERMISSIVE' && dialect.comment === '';
    const rowsMax = context.program.batchRows;
    const records = context.scratch.allocate((rowsMax + 2) * ROW_WORDS * 4);
    this.#scan = context.scratch.allocate(SCAN_WORDS * 4);
    this.#ends = this.#allocate(4 * (Math.min(rowsMax * (detail.types.length + 1), 1 << 20) + 256));
    const word = (index: number, value: number): void => void (views.u32[(this.#scan >>> 2) + index] = value);
    word(SCAN.records, records);
    word(SCAN.delimiter, dialect.sep.charCodeAt(0));
    word(SCAN.quote, dialect.quote === '' ? 0 : dialect.quote.charCodeAt(0));
    word(SCAN.escape, dialect.escape === '' ? 0 : dialect.escape.charCodeAt(0));
    word(SCAN.comment, dialect.comment === '' ? 0 : dialect.comment.charCodeAt(0));
    this.#fields = new CsvFields(context, detail, records);
  }

  open({ ordinal, split }: DecoderTask): void {
    const [file = 0, start = 0, end = 0, rangeBytes = 1] = split;
    this.bytesRead = 0;
    this.rowsRejected = 0;
    this.#counted = 0;
    this.#openFile(file);
    const needed = end - start + TAIL_BYTES + SLACK_BYTES + ALIGNMENT;
    if (this.#buffer === undefined || this.#buffer.bytes < Math.max(needed, rangeBytes + SLACK_BYTES))
      this.#replaceBuffer(Math.max(needed, rangeBytes + SLACK_BYTES));
    const isFirst = start === 0;
    this.#origin = isFirst ? 0 : start - 1;
    const base = this.#buffer!.address + (this.#origin % ALIGNMENT);
    this.#base = base;
    this.#dataEnd = base;
    this.#atFileEnd = false;
    this.#read(end - this.#origin + TAIL_BYTES);
    const first = base + (start - this.#origin);
    this.#limit = base + (end - this.#origin);
    this.#isPlain = this.#states.publish(ordinal, first, Math.min(this.#limit, this.#dataEnd));
    const state = isFirst ? FIELD : this.#startState(ordinal, start, rangeBytes);
    this.#position = isFirst ? this.#skipHeader(base) : this.#firstRow(first, state);
  }

  /** Another range is read only if nobody has published what it does: its bytes need room of their own. */
  #startState(ordinal: number, start: number, rangeBytes: number): number {
    const bytes = rangeBytes + SLACK_BYTES;
    let room = 0;
    const state = this.#states.startOf(
      ordinal,
      start,
      rangeBytes,
      this.#descriptor,
      () => (room ||= this.context.scratch.allocate(bytes)),
    );
    if (room !== 0) this.context.scratch.free(room, bytes);
    return state;
  }

  /** Locates the next rows; see BatchSource. */
  next(capacity: number): number {
    if (this.#countsOnly && this.#isPlain) return this.#count(capacity);
    const u32 = this.context.executor.views.u32;
    const scan = this.#scan >>> 2;
    let exact = this.detail.dialect.comment !== '' || this.detail.dialect.escape !== this.detail.dialect.quote;
    while (this.#position < this.#limit) {
      u32[scan + SCAN.start] = this.#position;
      u32[scan + SCAN.end] = this.#dataEnd;
      u32[scan + SCAN.limit] = this.#limit;
      u32[scan + SCAN.capacity] = capacity;
      u32[scan + SCAN.ends] = this.#ends.address;
      u32[scan + SCAN.endsMax] = this.#ends.bytes / 4;
      this.context.executor.kernels[exact ? 'csvScanExact' : 'csvScan']!(this.#scan);
      const rows = u32[scan + SCAN.rows]!;
      const status = u32[scan + SCAN.status]!;
      if (rows > 0) {
        const batchStart = this.#position;
        this.#position = u32[scan + SCAN.next]!;
        const kept = this.#fields.begin(
          rows,
          this.#ends.address,
          (at) => this.#origin + at - this.#base,
          this.detail.files[this.#file]!.path,
          this.columns,
        );
        this.rowsRejected += rows - kept;
        if (kept > 0) return kept;
        if (this.#position === batchStart) break;
        continue;
      }
      if (u32[scan + SCAN.next]! > this.#position) {
        this.#position = u32[scan + SCAN.next]!;
        continue;
      }
      if (status === STATUS_EXACT) exact = true;
      else if (status === STATUS_FIELDS) this.#growEnds();
      else if (status === STATUS_DATA && !this.#more()) break;
    }
    return 0;
  }

  load(columns: readonly { readonly column: number; readonly slot: number }[], sel: number, n: number): void {
    const { u32 } = this.context.executor.views;
    for (const { column, slot } of columns) {
      const vector = this.#vector(slot);
      const nullCount = this.#fields.parse(column, vector.values, vector.nulls, sel, n, this.context.frame + FRAME_HEAP);
      const record = (this.context.frame + FRAME_SLOTS + slot * SLOT_BYTES) >>> 2;
      u32[record] = vector.values;
      u32[record + 1] = vector.nulls;
      u32[record + 2] = nullCount === 0 ? SLOT_FLAG_NO_NULLS : 0;
    }
  }

  close(): void {
    if (this.#descriptor !== -1) closeSync(this.#descriptor);
    this.#descriptor = -1;
    this.#file = -1;
  }

  readonly #vectors = new Map<number, { readonly values: number; readonly nulls: number }>();

  #vector(slot: number): { readonly values: number; readonly nulls: number } {
    const known = this.#vectors.get(slot);
    if (known !== undefined) return known;
    const rows = this.context.program.batchRows;
    const { physical } = this.context.program.slots[slot]!;
    const made = {
      values: this.context.scratch.allocate(rows * PHYSICAL_WIDTH[physical]),
      nulls: this.context.scratch.allocate(rows),
    };
    this.#vectors.set(slot, made);
    return made;
  }

  #allocate(bytes: number): Buffer64 {
    return { address: this.context.scratch.allocate(bytes), bytes };
  }

  #replaceBuffer(bytes: number): void {
    if (this.#buffer !== undefined) this.context.scratch.free(this.#buffer.address, this.#buffer.bytes);
    this.#buffer = this.#allocate(bytes);
  }

  #growEnds(): void {
    const bytes = this.#ends.bytes * 4;
    this.context.scratch.free(this.#ends.address, this.#ends.bytes);
    this.#ends = this.#allocate(bytes);
  }

  #openFile(file: number): void {
    if (this.#file === file && this.#descriptor !== -1) return;
    this.close();
    const facts = this.detail.files[file]!;
    this.#descriptor = openSync(facts.path, 'r');
    this.#file = file;
    const now = fstatSync(this.#descriptor);
    if (now.size !== facts.size || now.mtimeMs !== facts.modified) throw fileChanged(facts.path);
  }

  /** Reads on, up to `bytes` behind what is there. */
  #read(bytes: number): void {
    const { u8 } = this.context.executor.views;
    const { address, bytes: room } = this.#buffer!;
    let wanted = Math.min(bytes, address + room - SLACK_BYTES - this.#dataEnd);
    while (wanted > 0) {
      const read = readSync(this.#descriptor, u8, this.#dataEnd, wanted, this.#origin + (this.#dataEnd - this.#base));
      if (read === 0) {
        this.#atFileEnd = true;
        return;
      }
      this.#dataEnd += read;
      this.bytesRead += read;
      wanted -= read;
    }
    this.#atFileEnd = this.#origin + (this.#dataEnd - this.#base) >= this.detail.files[this.#file]!.size;
  }

  /** The row at the position does not end in the data at hand. False: there is nothing more to find. */
  #more(): boolean {
    if (this.#atFileEnd) return this.#closeLastRow();
    const { address, bytes } = this.#buffer!;
    const held = this.#dataEnd - this.#position;
    if (held > ROW_BYTES_MAX)
      throw new DataError({
        code: 'CSV_ROW_TOO_LARGE',
        message: `A row of '${this.detail.files[this.#file]!.path}' is longer than 2 GiB.`,
        path: this.detail.files[this.#file]!.path,
        byte: this.#origin + this.#position - this.#base,
      });
    const next = this.#allocate(Math.max(2 * held + TAIL_BYTES + ALIGNMENT, bytes));
    const { u8 } = this.context.executor.views;
    this.#origin += this.#position - this.#base;
    this.#base = next.address + (this.#origin % ALIGNMENT);
    u8.copyWithin(this.#base, this.#position, this.#dataEnd);
    const shift = this.#position - this.#base;
    this.context.scratch.free(address, bytes);
    this.#buffer = next;
    this.#position -= shift;
    this.#limit -= shift;
    this.#dataEnd -= shift;
    this.#read(next.bytes);
    return true;
  }

  /** The last row of a file without a final line end gets one. False: it has been given one, or is nothing. */
  #closeLastRow(): boolean {
    const { u8 } = this.context.executor.views;
    if (this.#position >= this.#dataEnd) return false;
    if (u8[this.#dataEnd - 1] !== 10) {
      u8[this.#dataEnd++] = 10;
      return true;
    }
    throw malformedRow(
      this.detail.files[this.#file]!.path,
      this.#origin + this.#position - this.#base,
      'a quote that is opened here is not closed before the file ends',
    );
  }

  /** Behind the byte order mark and the header row. */
  #skipHeader(base: number): number {
    const { u8 } = this.context.executor.views;
    let at = base;
    if (u8[at] === 0xef && u8[at + 1] === 0xbb && u8[at + 2] === 0xbf) at += 3;
    if (!this.detail.header) return at;
    const comment = this.detail.dialect.comment === '' ? -1 : this.detail.dialect.comment.charCodeAt(0);
    while (at < this.#dataEnd && (u8[at] === 10 || u8[at] === 13 || u8[at] === comment)) {
      if (u8[at] === comment) while (at < this.#dataEnd && u8[at] !== 10) at++;
      at++;
    }
    return this.#firstRow(at, FIELD, true);
  }

  /** The first byte of the first row that begins at or behind `from`. */
  #firstRow(from: number, state: number, skipOne = false): number {
    const { views, kernels } = this.context.executor;
    const { sep, quote, escape } = this.detail.dialect;
    if (!skipOne && state === FIELD && views.u8[from - 1] === 10) return from;
    this.#position = from;
    for (;;) {
      const found =
        kernels['csvRowEnd']!(
          this.#position,
          this.#dataEnd,
          state,
          sep.charCodeAt(0),
          quote === '' ? 0 : quote.charCodeAt(0),
          escape === '' ? 0 : escape.charCodeAt(0),
        ) >>> 0;
      if (found !== 0) return found;
      if (this.#atFileEnd || this.#dataEnd > this.#limit) return this.#limit + 1;
      this.#more();
    }
  }

  /** Rows of a range where quotes stand as they should are its line ends outside them. */
  #count(capacity: number): number {
    if (this.#position < this.#limit) {
      const { kernels } = this.context.executor;
      const stop = Math.min(this.#limit, this.#dataEnd);
      const { quote } = this.detail.dialect;
      this.#counted += kernels['csvCountRows']!(this.#position, stop, quote === '' ? 0 : quote.charCodeAt(0));
      if (stop > this.#position && this.#isCut(stop) && this.#lastLineIsNotBlank(stop)) this.#counted++;
      this.#position = this.#limit;
    }
    const rows = Math.min(capacity, this.#counted);
    this.#counted -= rows;
    return rows;
  }

  /** Whether a row goes on beyond `stop`: what is before it is no line end, or one within quotes. */
  #isCut(stop: number): boolean {
    return this.context.executor.views.u8[stop - 1] !== 10 || this.#isInside(stop);
  }

  /** Whether an address behind the position lies within quotes. */
  #isInside(stop: number): boolean {
    const { sep, quote, escape } = this.detail.dialect;
    if (quote === '') return false;
    const codes = [sep.charCodeAt(0), quote.charCodeAt(0), escape.charCodeAt(0)];
    return this.context.executor.kernels['csvEndState']!(this.#position, stop, FIELD, ...codes) === INSIDE;
  }

  /** The line that is cut at `stop` begins before it: it counts here, unless a carriage return is all there is of it. */
  #lastLineIsNotBlank(stop: number): boolean {
    const { u8 } = this.context.executor.views;
    if (u8[stop - 1] !== 13 || this.#isInside(stop)) return true;
    const isBlank = stop - 1 === this.#position || u8[stop - 2] === 10;
    return !(isBlank && (stop >= this.#dataEnd || u8[stop] === 10));
  }
}
