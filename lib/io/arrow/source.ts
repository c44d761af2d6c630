import { sameType, typeName } from '../../core/types/data-type.js';
import { PHYSICAL_WIDTH } from '../../core/types/physical-type.js';
import { FRAME_SLOTS, SLOT_BYTES, SLOT_FLAG_NO_NULLS, ZEROS } from '../../memory/layout.js';
import type { DecoderContext, DecoderTask, ScanReader, WantedColumn } from '../source.js';
import { wideningOf, type Widening } from '../widen.js';
import type { ArrowColumn } from './column.js';
import { isUnreadable, typeOfField } from './column-types.js';
import { Dictionaries } from './dictionaries.js';
import { readingArrow, unreadableArrow } from './errors.js';
import { FixedColumn } from './flat-columns.js';
import { messageBytes, openArrow, type ArrowFile } from './file.js';
import type { ArrowDetail } from './format.js';
import { openInput, type ArrowInput } from './input.js';
import { readBatch, readMessage } from './message.js';
import { ArrowSpace, OpenBatch } from './open-batch.js';
import { openColumn } from './open-column.js';
import { SPLIT } from './splits.js';

/** Rows whose bytes are read at once: what was copied is still near when it is decoded. */
const WINDOW_ROWS = 16_384;

/** A column of the read in one file. */
interface SourceColumn {
  readonly reader: ArrowColumn;
  readonly widening: Widening | undefined;
  /** The window whose rows it has, once it was asked for. */
  prepared: number;
}

/** Reads record batches of Arrow files: of the columns that are asked for, the bytes of the task's rows. */
export class ArrowSource implements ScanReader {
  readonly rowsRejected = 0;
  readonly #space: ArrowSpace;
  readonly #dictionaries: Dictionaries;
  /** By source column; undefined where the file has no such column. */
  readonly #columns = new Map<number, SourceColumn | undefined>();
  #bytesBefore = 0;
  #split: readonly number[] = [];
  #file: ArrowFile | undefined;
  #open: ArrowInput | undefined;
  #hasViews = false;
  #index = -1;
  #batch: OpenBatch | undefined;
  /** Rows of the record batch that the task wants. */
  #from = 0;
  #end = 0;
  #row = 0;
  /** Where the rows end that are read at once, and how many such windows there were. */
  #windowFrom = 0;
  #windowEnd = 0;
  #window = 0;
  #first = 0;
  #rows = 0;

  constructor(
    private readonly context: DecoderContext,
    private readonly detail: ArrowDetail,
    /** What is read instead of files. */
    private readonly given?: { readonly file: ArrowFile; readonly input: ArrowInput },
  ) {
    this.#space = new ArrowSpace(context);
    this.#dictionaries = new Dictionaries(context);
  }

  get bytesRead(): number {
    return this.#space.bytesRead + this.#dictionaries.bytesRead - this.#bytesBefore;
  }

  /** Number of the batch's first row in its file. */
  get rowIndex(): number {
    return this.#file!.batches[this.#index]!.firstRow + this.#first;
  }

  open({ split }: DecoderTask): void {
    this.#bytesBefore = this.#space.bytesRead + this.#dictionaries.bytesRead;
    this.#split = split;
    const file = this.given?.file ?? openArrow(this.detail.files[split[SPLIT.file]!]!);
    if (file !== this.#file) this.#columns.clear();
    this.#file = file;
    this.#hasViews = file.schema.nodes.some(({ type }) => type.kind === 'bytes' && type.layout === 'views');
    this.#open = this.given?.input ?? openInput(file.facts);
    this.#index = split[SPLIT.first]! - 1;
    [this.#row, this.#end] = [0, 0];
  }

  /** False where the task has no more record batches. */
  #nextBatch(): boolean {
    const split = this.#split;
    const last = split[SPLIT.last]!;
    if (this.#index >= last) return false;
    this.#index++;
    this.#closeBatch();
    const { rows } = this.#file!.batches[this.#index]!;
    const isPart = split[SPLIT.first] === last;
    this.#from = isPart ? split[SPLIT.from]! : 0;
    this.#end = isPart ? split[SPLIT.to]! : rows;
    this.#row = this.#from;
    this.#windowEnd = this.#from;
    return true;
  }

  next(capacity: number): number {
    this.#space.pool.recycle();
    while (this.#row >= this.#end) if (!this.#nextBatch()) return 0;
    if (this.#row >= this.#windowEnd) this.#nextWindow();
    this.#first = this.#row;
    this.#rows = Math.min(capacity, this.#windowEnd - this.#row);
    this.#row += this.#rows;
    return this.#rows;
  }

  #nextWindow(): void {
    this.#batch?.close();
    this.#window++;
    this.#windowFrom = this.#row;
    // What is compressed is so as a whole, and which data views refer to nobody knows before.
    const isWhole = this.#file!.batches[this.#index]!.codec !== 'none' || this.#hasViews;
    this.#windowEnd = isWhole ? this.#end : Math.min(this.#end, this.#row + WINDOW_ROWS);
  }

  load(columns: readonly WantedColumn[], sel: number, n: number): void {
    const { u32 } = this.context.executor.views;
    for (const { column, slot } of columns) {
      const at = (this.context.frame + FRAME_SLOTS + slot * SLOT_BYTES) >>> 2;
      const found = this.#column(column);
      const { values, nulls } = found === undefined ? this.#nothing(slot) : this.#take(found, sel, n);
      u32[at] = values;
      u32[at + 1] = nulls === 0 ? ZEROS : nulls;
      u32[at + 2] = nulls === 0 ? SLOT_FLAG_NO_NULLS : 0;
      u32[at + 3] = 0;
    }
  }

  #take(column: SourceColumn, sel: number, n: number): { readonly values: number; readonly nulls: number } {
    const batch = this.#openBatch();
    if (column.prepared !== this.#window) {
      column.reader.prepare(batch, this.#windowFrom, this.#windowEnd);
      column.prepared = this.#window;
    }
    if (column.widening === undefined && sel !== 0 && column.reader instanceof FixedColumn)
      return column.reader.takeSome(this.#first, this.#rows, sel, n);
    const taken = column.reader.take(this.#first, this.#rows, 0);
    if (column.widening === undefined) return taken;
    const { kernel, by } = column.widening;
    const values = this.#space.transient(this.#rows * 16);
    this.#space.kernel(kernel)(taken.values, this.#rows, values, by);
    return { values, nulls: taken.nulls };
  }

  /** The record batch, of which nothing is read before a column is asked for. */
  #openBatch(): OpenBatch {
    if (this.#batch !== undefined) return this.#batch;
    const file = this.#file!;
    const place = file.batches[this.#index]!;
    const open = this.#open!;
    const header = readingArrow(file.facts.path, place.at, () => readBatch(readMessage(messageBytes(open, place)).header));
    this.#dictionaries.begin(file, open, this.#index);
    this.#batch = new OpenBatch(this.#space, file, open, place, header, file.schema.nodes);
    return this.#batch;
  }

  #column(column: number): SourceColumn | undefined {
    if (this.#columns.has(column)) return this.#columns.get(column);
    const made = this.#makeColumn(column);
    this.#columns.set(column, made);
    return made;
  }

  #makeColumn(column: number): SourceColumn | undefined {
    const { name, type } = this.detail.columns[column]!;
    const { schema, facts } = this.#file!;
    const lower = name.toLowerCase();
    // Names may repeat: then columns are taken in order.
    const nth = this.detail.columns.slice(0, column).filter((other) => other.name === name).length;
    const same = schema.fields.filter((of) => of.name === name);
    const field = same[nth] ?? same[0] ?? schema.fields.find((of) => of.name.toLowerCase() === lower);
    if (field === undefined) return undefined;
    const found = typeOfField(field);
    if (isUnreadable(found)) throw unreadableArrow(facts.path, name, found.reason);
    if (found.kind === 'null') return undefined;
    const widening = sameType(found, type) ? 'same' : wideningOf(found, type);
    if (widening === undefined)
      throw unreadableArrow(facts.path, name, `it is ${typeName(found)} there, and ${typeName(type)} is wanted`);
    // Strings are checked where they are read as strings.
    const own = field.type.kind === 'bytes' ? { ...field, type: { ...field.type, isText: type.kind === 'string' } } : field;
    const reader = openColumn(this.#space, own, this.#dictionaries);
    return { reader, widening: widening === 'same' ? undefined : widening, prepared: -1 };
  }

  /** A column that the file has not. */
  #nothing(slot: number): { readonly values: number; readonly nulls: number } {
    const { u8 } = this.context.executor.views;
    const width = PHYSICAL_WIDTH[this.context.program.slots[slot]!.physical];
    const values = this.#space.transient(this.#rows * width);
    const nulls = this.#space.transient(this.#rows);
    u8.fill(0, values, values + this.#rows * width);
    u8.fill(1, nulls, nulls + this.#rows);
    return { values, nulls };
  }

  #closeBatch(): void {
    this.#batch?.close();
    this.#batch = undefined;
  }

  close(): void {
    this.#closeBatch();
    this.#open?.close();
    this.#open = undefined;
  }
}
