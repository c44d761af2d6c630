import { Space } from '../../memory/block-space.js';
import type { DecoderContext, DecoderTask, WantedColumn } from '../source.js';
import { OwnVectors } from '../own-vectors.js';
import { TextWindow } from '../text-window.js';
import { brokenDocument } from './errors.js';
import { JsonFields } from './fields.js';
import type { JsonDetail } from './inspect.js';
import { JsonScan, SHAPE, STATUS } from './scan.js';

/** Of what cannot be read, in a message. */
const SHOWN_BYTES = 200;

/** Reads JSON files, lines range by range or documents from their beginning, and decodes the columns that are asked for. */
export class JsonSource {
  rowsRejected = 0;
  readonly #window: TextWindow;
  readonly #space: Space;
  readonly #scan: JsonScan;
  readonly #fields: JsonFields;
  readonly #vectors: OwnVectors;
  /** Rows begin before it, a byte of the text; Infinity where all of it is one range, read in pieces. */
  #endByte = 0;

  constructor(
    private readonly context: DecoderContext,
    private readonly detail: JsonDetail,
    columns: readonly number[],
  ) {
    const { types, names, corruptRecord, mode, isDocument } = detail;
    this.#space = new Space(context.scratch);
    this.#vectors = new OwnVectors(context, this.#space);
    const hint = isDocument ? 'A value must not be.' : 'Is it a document of many lines? Set multiLine to true.';
    this.#window = new TextWindow(context, hint, detail.compression);
    const showsMalformed = corruptRecord !== -1 && columns.includes(corruptRecord);
    // A row is malformed by any of its values.
    const found = (showsMalformed ? types.map((_, column) => column) : columns).filter((column) => column !== corruptRecord);
    const isStrict = mode !== 'PERMISSIVE' || showsMalformed;
    const onlyCounts = columns.length === 0 && !isStrict;
    const shape = isDocument ? SHAPE.document : onlyCounts ? SHAPE.count : SHAPE.lines;
    const fieldNames = found.map((column) => names[column]!);
    this.#scan = new JsonScan(context, this.#space, fieldNames, shape, isStrict);
    this.#fields = new JsonFields(context, this.#space, detail, this.#scan, found, showsMalformed);
  }

  get bytesRead(): number {
    return this.#window.bytesRead;
  }

  open({ split }: DecoderTask): void {
    const [file = 0, start = 0, end = 0, rangeBytes = 1] = split;
    const window = this.#window;
    this.rowsRejected = 0;
    window.open(this.detail.files[file]!, start, end, rangeBytes);
    this.#endByte = window.linesEnd(end);
    const first = window.firstLine(start, this.#limit());
    this.#scan.begin(first, window.end, this.#limit());
  }

  /** Locates the next rows; see BatchSource. */
  next(capacity: number): number {
    const scan = this.#scan;
    for (;;) {
      scan.find(capacity);
      if (scan.rows > 0) {
        this.rowsRejected += this.#fields.begin(this.#window);
        if (scan.rows > 0) return scan.rows;
        continue;
      }
      if (scan.status === STATUS.full) return 0;
      if (scan.status === STATUS.list) scan.grow();
      else if (scan.status === STATUS.broken) throw this.#broken(false);
      else if (!this.#window.atFileEnd) this.#extend();
      else if (this.#isAtEnd()) return 0;
      else throw this.#broken(true);
    }
  }

  load(columns: readonly WantedColumn[], sel: number, n: number): void {
    this.#vectors.load(columns, (column, values, nulls) => this.#fields.parse(column, values, nulls, sel, n));
  }

  close(): void {
    this.#window.close();
  }

  #limit(): number {
    return this.#endByte === Infinity ? 0xffff_ffff : this.#window.addressOf(this.#endByte);
  }

  #extend(): void {
    const distance = this.#window.extend(this.#scan.start);
    this.#scan.moved(distance, this.#window.end, this.#limit());
  }

  /** All that a range has was read; a document must have ended. */
  #isAtEnd(): boolean {
    if (!this.detail.isDocument) return true;
    return this.#scan.isOutside && this.#textAhead().trim() === '';
  }

  #textAhead(): string {
    const { start } = this.#scan;
    return this.context.executor.views.buffer.utf8Slice(start, Math.min(this.#window.end, start + SHOWN_BYTES));
  }

  #broken(isEnd: boolean): Error {
    return brokenDocument(this.#window.placeOf(this.#scan.start), this.#textAhead(), isEnd);
  }
}
