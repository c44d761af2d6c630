import { Space } from '../../memory/block-space.js';
import { FRAME_HEAP } from '../../memory/layout.js';
import type { DecoderContext, DecoderTask } from '../source.js';
import { malformedRow } from './errors.js';
import { CsvFields } from './fields.js';
import type { FileFacts } from '../files.js';
import { headerTexts, requireHeader } from './header.js';
import type { CsvDetail } from './inspect.js';
import { RangeStates, isRight } from './range-states.js';
import { RowScan } from './row-scan.js';
import { INSIDE, ROW, TextIndex, type IndexFacts } from './text-index.js';
import { OwnVectors } from '../own-vectors.js';
import { TextWindow } from '../text-window.js';

/** Most headers end within so many bytes. */
const HEADER_BYTES = 4096;
const ADDRESS_MAX = 0xffff_ffff;
const NEWLINE = 10;
const RETURN = 13;

/** Reads CSV files range by range and decodes the columns that are asked for. A row belongs to the range that its first byte is in. */
export class CsvSource {
  rowsRejected = 0;
  readonly #window: TextWindow;
  readonly #index: TextIndex;
  readonly #states: RangeStates;
  readonly #scan: RowScan;
  readonly #fields: CsvFields;
  readonly #countsOnly: boolean;
  readonly #vectors: OwnVectors;
  /** The next row's first byte. */
  #position = 0;
  /** Behind the range. */
  #limit = 0;
  /** The automaton's state behind the window. */
  #endState = ROW;
  #isStream = false;
  /** Rows that were counted and not yet handed out. */
  #counted = 0;

  constructor(
    private readonly context: DecoderContext,
    private readonly detail: CsvDetail,
    private readonly columns: readonly number[],
    taskWords: number,
  ) {
    const { dialect, mode } = detail;
    this.#window = new TextWindow(context, 'Is a quote missing, or the option quote wrong?', detail.compression);
    this.#index = new TextIndex(context, dialect);
    this.#vectors = new OwnVectors(context, new Space(context.scratch));
    this.#states = new RangeStates(context, dialect, taskWords);
    this.#scan = new RowScan(context, detail, detail.types.length - (detail.corruptRecord === -1 ? 0 : 1));
    this.#fields = new CsvFields(context, detail, this.#scan);
    this.#countsOnly = columns.length === 0 && mode === 'PERMISSIVE';
  }

  get bytesRead(): number {
    return this.#window.bytesRead;
  }

  open({ ordinal, split }: DecoderTask): void {
    const [file = 0, start = 0, end = 0, rangeBytes = 1] = split;
    const facts = this.detail.files[file]!;
    this.rowsRejected = 0;
    this.#counted = 0;
    const window = this.#window;
    if (end === Infinity) return this.#openStream(facts, rangeBytes);
    window.open(facts, start, end, rangeBytes);
    this.#index.place(window);
    const first = window.addressOf(start) + (start === 0 ? window.markBytes() : 0);
    this.#isStream = false;
    this.#limit = window.addressOf(end);
    if (start === 0) this.#checkHeader(facts, first);
    const { state, index } = this.#indexRange(ordinal, start, rangeBytes, first);
    this.#states.publishEnd(ordinal, state, index.state);
    if (end < window.source.size) this.#states.publishStart(ordinal + 1, index.state);
    this.#endState = index.state;
    this.#fields.hasReturns = index.hasReturns;
    if (this.#countsOnly && index.byParity && !this.#isUnclosed()) {
      this.#counted = Math.max(0, this.#countRows(first, state, index) - (start === 0 && this.detail.header ? 1 : 0));
      this.#position = this.#limit;
      return;
    }
    this.#position = state === ROW ? first : this.#index.lineBehind(first, this.#limit) || this.#limit;
    // The row that is not closed began in an earlier range.
    if (this.#position >= this.#limit && this.#isUnclosed()) throw this.#unclosed(first);
    this.#indexTail();
    if (start === 0 && this.detail.header) this.#skipHeader();
  }

  /** A file that is compressed as a whole: from its beginning on, piece by piece. */
  #openStream(facts: FileFacts, pieceBytes: number): void {
    const window = this.#window;
    window.open(facts, 0, Infinity, pieceBytes);
    this.#index.place(window);
    const first = window.addressOf(0) + window.markBytes();
    this.#setStreamLimit();
    this.#checkHeader(facts, first);
    const index = this.#index.build(first, window.end, ROW);
    this.#endState = index.state;
    this.#fields.hasReturns = index.hasReturns;
    this.#position = first;
    if (this.detail.header) this.#skipHeader();
  }

  /** All of the file's rows are this range's. */
  #setStreamLimit(): void {
    this.#isStream = true;
    this.#limit = this.#window.atFileEnd ? this.#window.end : ADDRESS_MAX;
  }

  /** Locates the next rows; see BatchSource. */
  next(capacity: number): number {
    if (this.#counted > 0) {
      const rows = Math.min(capacity, this.#counted);
      this.#counted -= rows;
      return rows;
    }
    for (;;) {
      if (!this.#find(capacity)) return 0;
      const found = this.#scan.rows;
      const kept = this.#fields.begin(this.#window, this.columns);
      this.rowsRejected += found - kept;
      if (kept > 0) return kept;
    }
  }

  load(columns: readonly { readonly column: number; readonly slot: number }[], sel: number, n: number): void {
    this.#vectors.load(columns, (column, values, nulls) =>
      this.#fields.parse(column, values, nulls, sel, n, this.context.frame + FRAME_HEAP),
    );
  }

  close(): void {
    this.#window.close();
  }

  /** Indexes the range and finds out in which state it begins. */
  #indexRange(
    ordinal: number,
    start: number,
    rangeBytes: number,
    first: number,
  ): { readonly state: number; readonly index: IndexFacts } {
    const known = start === 0 ? ROW : this.#states.known(ordinal);
    if (known !== -1) return { state: known, index: this.#index.build(first, this.#limit, known) };
    const guess = this.#states.guess(ordinal, this.#index, first, this.#limit);
    const state = this.#states.startOf(ordinal, start, rangeBytes, this.#window);
    if (guess === undefined || !isRight(guess, state)) return { state, index: this.#index.build(first, this.#limit, state) };
    const isBlank = state === ROW && this.context.executor.views.u8[first] === NEWLINE;
    return { state, index: isBlank ? { ...guess.facts, blanks: guess.facts.blanks + 1 } : guess.facts };
  }

  /** The text behind the range, in which its last row ends. */
  #indexTail(): void {
    const { end } = this.#window;
    if (end <= this.#limit) return;
    const tail = this.#index.build(this.#limit, end, this.#endState);
    this.#endState = tail.state;
    if (tail.hasReturns) this.#fields.hasReturns = true;
  }

  /** Finds the next rows of the range, reading on where the last one ends farther away. */
  #find(capacity: number): boolean {
    const scan = this.#scan;
    while (this.#position < this.#limit) {
      scan.find(this.#index, this.#window.block, this.#position, this.#window.end, this.#limit, capacity);
      const moved = scan.next > this.#position;
      const rowStart = this.#position;
      this.#position = scan.next;
      if (scan.rows > 0) return true;
      if (moved) continue;
      if (scan.isFull) scan.grow();
      else if (this.#window.atFileEnd) throw this.#unclosed(rowStart);
      else this.#extend();
    }
    return false;
  }

  #extend(): void {
    const distance = this.#window.extend(this.#position);
    this.#position -= distance;
    if (this.#isStream) this.#setStreamLimit();
    else this.#limit -= distance;
    this.#index.place(this.#window);
    const facts = this.#index.build(this.#position, this.#window.end, ROW);
    this.#endState = facts.state;
    this.#fields.hasReturns ||= facts.hasReturns;
  }

  #isUnclosed(): boolean {
    return this.#window.atFileEnd && this.#limit >= this.#window.end - 1 && this.#endState === INSIDE;
  }

  #unclosed(address: number): Error {
    return malformedRow(
      this.#window.placeOf(address),
      'a quote that is opened in this record is not closed before the file ends',
    );
  }

  /** Non-blank lines that begin in the range. */
  #countRows(first: number, state: number, { lines, blanks, hasReturns }: IndexFacts): number {
    const { u8 } = this.context.executor.views;
    const limit = this.#limit;
    if (limit <= first) return 0;
    // A line begins behind every line end but the last byte's, and with the range if that begins with a row.
    let rows = (state === ROW ? 1 : 0) + lines - (this.#endState === ROW ? 1 : 0) - blanks;
    if (!hasReturns) return rows;
    const firstLine = state === ROW ? first : this.#index.lineBehind(first, limit);
    if (firstLine === 0) return rows;
    rows -= this.#index.returnLines(firstLine, limit);
    // The last byte may be a line's first, and its line end the next range's.
    const isLineStart =
      limit - 1 === firstLine || (limit - 1 > firstLine && this.#index.lineBehind(limit - 2, limit) === limit - 1);
    return isLineStart &&
      u8[limit - 1] === RETURN &&
      this.#endState !== INSIDE &&
      (limit === this.#window.end || u8[limit] === NEWLINE)
      ? rows - 1
      : rows;
  }

  /** Another file than the one that the names are from must have the same ones. */
  #checkHeader({ path }: FileFacts, first: number): void {
    const { headerOf, dialect, encoding } = this.detail;
    if (headerOf === undefined || path === headerOf.path) return;
    const { end, atFileEnd } = this.#window;
    const { buffer } = this.context.executor.views;
    for (let bytes = HEADER_BYTES; ; bytes *= 16) {
      const isWhole = bytes >= end - first;
      const text = buffer.toString(encoding === 'latin1' ? 'latin1' : 'utf8', first, isWhole ? end : first + bytes);
      const texts = headerTexts(text, dialect, isWhole && atFileEnd);
      if (texts !== undefined) requireHeader(this.detail, path, texts);
      if (texts !== undefined || isWhole) return;
    }
  }

  #skipHeader(): void {
    if (this.#find(1)) return;
    this.#position = this.#limit;
  }
}
