import { InternalError } from '../../core/errors.js';
import { BlockWord, ColumnWord, columnRecord } from '../../memory/block.js';
import { Space } from '../../memory/block-space.js';
import { textColumn, type StringKind, type TextColumn } from './text-column.js';
import type { Schema } from '../../core/types/data-type.js';
import type { ByteSink, EncoderContext } from '../encoder.js';

/** How rows become lines. */
export interface LineLayout {
  /** Before the first value of a line and behind the last. */
  readonly head: string;
  readonly tail: string;
  /** What stands before each column's value; its first byte separates values and is left out of the first one in a line. */
  readonly prefixes: readonly string[];
  readonly nullText: string;
  readonly strings: StringKind;
  /** Dates, times and the like stand in double quotes. */
  readonly quotesMoments: boolean;
  readonly separator: string;
  /** Empty: values are never quoted. */
  readonly quote: string;
  readonly escape: string;
  readonly quoteAll: boolean;
  /** Numbers and dates may need quotes too. */
  readonly quoteCells: boolean;
  readonly skipNulls: boolean;
  /** An empty line is written as two quotes. */
  readonly marksEmpty: boolean;
}

/** Words of the kernel's state and of a column of it (kernels/assembly/text-rows.ts). */
const STATE_BYTES = 64;
const COLUMN_BYTES = 32;
const QUOTE_ALL = 1;
const SKIP_NULLS = 2;
const MARK_EMPTY = 4;
const QUOTE_CELLS = 8;
const NO_QUOTE = 256;

/** Rows whose cells are made at a time: their texts stay in the second-level cache. */
const BATCH_ROWS = 256;
/** The buffer begins small, for files of a few rows, and grows to a size worth a system call. */
const OUT_BYTES = 1 << 16;
const OUT_BYTES_AIM = 1 << 20;

/** Rows of blocks as lines of text, put together by kernels in a buffer of the arena. */
export class RowText {
  readonly #space: Space;
  readonly #state: number;
  readonly #columns: number;
  readonly #texts: readonly TextColumn[];
  #out: number;
  #outBytes = OUT_BYTES;
  #used = 0;

  constructor(
    private readonly context: EncoderContext,
    schema: Schema,
    layout: LineLayout,
    private readonly sink: ByteSink,
  ) {
    const { u32 } = context.executor.views;
    this.#space = new Space(context.pages);
    const { fields } = schema;
    this.#state = this.#space.allocate(STATE_BYTES);
    this.#columns = this.#space.allocate(Math.max(1, fields.length) * COLUMN_BYTES);
    this.#texts = fields.map(({ type }) => textColumn(context, this.#space, type, layout, BATCH_ROWS));
    this.#out = context.pages.allocate(OUT_BYTES) >>> 0;
    const state = this.#state >>> 2;
    u32[state] = fields.length;
    u32[state + 1] = this.#columns;
    this.#place(state + 2, layout.nullText);
    this.#place(state + 4, layout.tail);
    this.#place(state + 6, layout.head);
    const quote = layout.quote === '' ? NO_QUOTE : layout.quote.charCodeAt(0);
    u32[state + 8] = layout.separator.charCodeAt(0);
    u32[state + 9] = quote;
    u32[state + 10] = layout.escape === '' ? quote : layout.escape.charCodeAt(0);
    u32[state + 11] =
      (layout.quoteAll ? QUOTE_ALL : 0) |
      (layout.skipNulls ? SKIP_NULLS : 0) |
      (layout.marksEmpty ? MARK_EMPTY : 0) |
      (layout.quoteCells ? QUOTE_CELLS : 0);
    fields.forEach((_, c) => {
      const column = (this.#columns + c * COLUMN_BYTES) >>> 2;
      this.#place(column + 4, layout.prefixes[c]!);
    });
  }

  /** Writes text and its length into two words. */
  #place(word: number, text: string): void {
    const { u8, u32 } = this.context.executor.views;
    const bytes = Buffer.from(text);
    const address = this.#space.allocate(bytes.length + 16);
    u8.set(bytes, address);
    u32[word] = address;
    u32[word + 1] = bytes.length;
  }

  /** Text as it is, before the rows that follow. */
  writeText(text: string): void {
    this.flush();
    this.sink.write(Buffer.from(text));
  }

  writeBlock(address: number): void {
    const rows = this.context.executor.views.u32[(address >>> 2) + BlockWord.rows]!;
    for (let first = 0; first < rows; first += BATCH_ROWS) this.#writeRows(address, first, Math.min(BATCH_ROWS, rows - first));
  }

  #writeRows(block: number, first: number, n: number): void {
    const { views, kernels } = this.context.executor;
    const { u32 } = views;
    this.#texts.forEach((text, c) => {
      const record = columnRecord(block, c);
      const column = (this.#columns + c * COLUMN_BYTES) >>> 2;
      const bitmap = u32[record + ColumnWord.bitmap]!;
      u32[column + 2] = bitmap === 0 ? 0 : block + bitmap;
      u32[column + 7] = first;
      const made = text.make(block, c, first, n);
      u32[column] = made.kind;
      u32[column + 1] = made.address;
      u32[column + 3] = made.base;
      u32[column + 6] = made.stride;
    });
    let done = 0;
    while (done < n) {
      const written = kernels['textRows']!(this.#state, done, n, this.#out + this.#used, this.#out + this.#outBytes) >>> 0;
      this.#used = u32[(this.#state >>> 2) + 12]! - this.#out;
      done += written;
      if (done === n) break;
      const isFull = this.#used > 0;
      this.flush();
      if (!isFull || this.#outBytes < OUT_BYTES_AIM) this.#grow();
    }
  }

  /** For a row that the whole buffer has no room for, or because there are many. */
  #grow(): void {
    const { pages } = this.context;
    const bytes = this.#outBytes * 4;
    if (bytes > 2 ** 31) throw new InternalError('A row of more than a gigabyte of text.');
    pages.free(this.#out, this.#outBytes);
    this.#out = pages.allocate(bytes) >>> 0;
    this.#outBytes = bytes;
  }

  flush(): void {
    if (this.#used === 0) return;
    this.sink.write(this.context.executor.views.u8.subarray(this.#out, this.#out + this.#used));
    this.#used = 0;
  }
}
