import { Space } from '../../memory/block-space.js';
import { FRAME_SLOTS, SLOT_BYTES, SLOT_FLAG_NO_NULLS, VIEW_BYTES, ZEROS } from '../../memory/layout.js';
import type { DecoderContext, DecoderTask, ScanReader, WantedColumn } from '../source.js';
import { TextWindow } from '../text-window.js';
import type { TextDetail } from './format.js';

/** Words of a lines record (kernels/assembly/text-lines.ts). */
const LINES = { start: 0, end: 1, limit: 2, capacity: 3, spans: 4, lineBreak: 5, ret: 6 } as const;
const LINES_WORDS = 7;
const SPAN_BYTES = 8;
const NEWLINE = 10;
const RETURN = 13;
const ADDRESS_MAX = 0xffff_ffff;

/** Reads text files line by line, range by range. With `wholeText` a file is a row. */
export class TextSource implements ScanReader {
  readonly rowsRejected = 0;
  readonly #window: TextWindow;
  readonly #record: number;
  readonly #spans: number;
  readonly #values: number;
  readonly #lineBreak: number;
  /** Lines begin before it, a byte of the text; Infinity where all of it is one range, read in pieces. */
  #endByte = 0;
  /** The whole file is still to be handed out. */
  #isPending = false;

  constructor(
    private readonly context: DecoderContext,
    private readonly detail: TextDetail,
  ) {
    const { program, executor, scratch } = context;
    const space = new Space(scratch);
    this.#lineBreak = detail.lineBreak ?? NEWLINE;
    this.#window = new TextWindow(context, 'Does another byte end its lines? Set lineSep.', detail.compression, this.#lineBreak);
    this.#record = space.allocate(LINES_WORDS * 4);
    this.#spans = space.allocate(program.batchRows * SPAN_BYTES);
    this.#values = space.allocate(program.batchRows * VIEW_BYTES);
    executor.views.u32.set(
      [0, 0, 0, 0, this.#spans, this.#lineBreak, detail.lineBreak === undefined ? RETURN : 0],
      this.#record >>> 2,
    );
  }

  get bytesRead(): number {
    return this.#window.bytesRead;
  }

  open({ split }: DecoderTask): void {
    const [file = 0, start = 0, end = 0, rangeBytes = 1] = split;
    const window = this.#window;
    window.open(this.detail.files[file]!, start, end, rangeBytes);
    this.#endByte = window.linesEnd(end);
    this.#isPending = this.detail.wholeText;
    this.#set(LINES.start, window.firstLine(start, this.#limit()));
  }

  next(capacity: number): number {
    if (this.detail.wholeText) return this.#nextFile();
    const { kernels } = this.context.executor;
    this.#set(LINES.capacity, capacity);
    for (;;) {
      this.#set(LINES.end, this.#window.end);
      this.#set(LINES.limit, this.#limit());
      const rows = kernels['textLines']!(this.#record);
      if (rows > 0) return rows;
      if (this.#window.atFileEnd || this.#get(LINES.start) >= this.#limit()) return 0;
      this.#extend();
    }
  }

  load(columns: readonly WantedColumn[], sel: number, n: number): void {
    const { kernels, views } = this.context.executor;
    kernels['textViews']!(this.#spans, sel, n, this.#values);
    for (const { slot } of columns) {
      const record = (this.context.frame + FRAME_SLOTS + slot * SLOT_BYTES) >>> 2;
      views.u32[record] = this.#values;
      views.u32[record + 1] = ZEROS;
      views.u32[record + 2] = SLOT_FLAG_NO_NULLS;
    }
  }

  close(): void {
    this.#window.close();
  }

  #nextFile(): number {
    if (!this.#isPending) return 0;
    this.#isPending = false;
    while (!this.#window.atFileEnd) this.#extend();
    const { u32 } = this.context.executor.views;
    u32[this.#spans >>> 2] = this.#get(LINES.start);
    u32[(this.#spans >>> 2) + 1] = this.#window.textEnd;
    return 1;
  }

  #extend(): void {
    const start = this.#get(LINES.start);
    this.#set(LINES.start, start - this.#window.extend(start));
  }

  /** Lines begin before it: behind the last byte of a file begins none. */
  #limit(): number {
    if (this.#endByte !== Infinity) return this.#window.addressOf(this.#endByte);
    return this.#window.atFileEnd ? this.#window.textEnd : ADDRESS_MAX;
  }

  #set(word: number, value: number): void {
    this.context.executor.views.u32[(this.#record >>> 2) + word] = value;
  }

  #get(word: number): number {
    return this.context.executor.views.u32[(this.#record >>> 2) + word]!;
  }
}
