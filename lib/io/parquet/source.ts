import { PHYSICAL_WIDTH, physicalTypeOf } from '../../core/types/physical-type.js';
import { noFigures, type ScanFigures } from '../../core/types/scan-figures.js';
import { Space } from '../../memory/block-space.js';
import { FRAME_SLOTS, NUMBERS_HEADER_BYTES, SLOT_BYTES } from '../../memory/layout.js';
import { FileSource } from '../byte-source.js';
import type { DecoderContext, DecoderTask, OpenRequest, ScanReader, WantedColumn } from '../source.js';
import { ChunkWindow } from './chunk-window.js';
import { isUnreadable, leafType } from './column-types.js';
import { damagedFile, encryptedFile, unreadableColumn } from './errors.js';
import { fileColumn, type FileColumn } from './file-columns.js';
import { openFooter, type ParquetFile } from './footer.js';
import { GroupPruner } from './group-pruner.js';
import type { ParquetDetail } from './inspect.js';
import type { LeafColumn } from './leaf-column.js';
import type { LeafDictionary } from './leaf-dictionary.js';
import { LeafReader, type SlotRecord, type SlotVectors } from './leaf-reader.js';
import { NestedReader } from './nested-reader.js';
import type { RowRange } from './page-pruning.js';
import { ReaderSpace } from './reader-space.js';
import type { SchemaNode } from './schema.js';
import { CALENDAR_DEFAULTS, calendarSteps } from './legacy-calendar.js';
import { rowsOfGroup, SPLIT } from './splits.js';

const COUNTED = ['pagesRead', 'pagesPassed'] as const;
/** Vectors may be read and written so far beyond their ends. */
const SLACK_BYTES = 64;

/** Reads row groups of Parquet files and decodes the columns that are asked for, for the rows that are asked for. */
export class ParquetSource implements ScanReader {
  readonly rowsRejected = 0;
  readonly #shared: ReaderSpace;
  readonly #space: Space;
  /** By source column. */
  readonly #readers = new Map<number, LeafReader | NestedReader>();
  /** By slot. */
  readonly #vectors = new Map<number, SlotVectors>();
  readonly #record: SlotRecord = { values: 0, nulls: 0, flags: 0, codes: 0 };
  #split: readonly number[] = [];
  #file: ParquetFile | undefined;
  #open: FileSource | undefined;
  /** What the wanted columns are in the file. */
  #fileColumns = new Map<number, FileColumn>();
  #group = -1;
  /** Source columns whose readers have the group's chunk. */
  readonly #begun = new Set<number>();
  /** The next row of the group and the end of what the task wants of it. */
  #row = 0;
  #end = 0;
  #batchFirst = 0;
  #batchRows = 0;
  /** The ranges of the group that come after the one that is read. */
  #ranges: RowRange[] = [];
  #figures = noFigures();
  /** What readers had done when the task began, and what those had that are gone. */
  readonly #before = { pagesRead: 0, pagesPassed: 0 };
  readonly #forgotten = { pagesRead: 0, pagesPassed: 0 };
  /** Of the open file, by earlier tasks. */
  #bytesBefore = 0;
  readonly #pruner: GroupPruner;
  readonly #wanted: ReadonlySet<number>;

  constructor(
    private readonly context: DecoderContext,
    private readonly detail: ParquetDetail,
    request: OpenRequest,
  ) {
    this.#shared = new ReaderSpace(context);
    this.#space = new Space(context.scratch);
    this.#pruner = new GroupPruner(context, detail.columns, request.tests);
    this.#wanted = new Set(request.columns);
  }

  get bytesRead(): number {
    return (this.#open?.bytesRead ?? 0) - this.#bytesBefore;
  }

  get figures(): ScanFigures {
    const figures = this.#figures;
    figures.pagesRead = this.#ever('pagesRead') - this.#before.pagesRead;
    figures.pagesPassed = this.#ever('pagesPassed') - this.#before.pagesPassed;
    return figures;
  }

  /** What all readers did since they were made. */
  #ever(what: 'pagesRead' | 'pagesPassed'): number {
    let sum = this.#forgotten[what];
    for (const reader of this.#readers.values()) sum += reader[what];
    return sum;
  }

  /** Number of the batch's first row in its file. */
  get rowIndex(): number {
    return this.#file!.metadata.groups[this.#group]!.firstRow + this.#batchFirst;
  }

  open({ split }: DecoderTask): void {
    this.#split = split;
    for (const what of COUNTED) this.#before[what] = this.#ever(what);
    this.#bytesBefore = this.#open?.bytesRead ?? 0;
    this.#figures = noFigures();
    this.#figures.groupsByStatistics = split[SPLIT.skipped]!;
    this.#row = 0;
    this.#end = 0;
    this.#ranges = [];
    const [first, last] = [split[SPLIT.first]!, split[SPLIT.last]!];
    if (last < first) return;
    const file = openFooter(this.detail.files[split[SPLIT.file]!]!);
    if (file !== this.#file) {
      this.#closeReaders();
      this.#file = file;
      this.#fileColumns.clear();
      this.#group = -1;
    }
    this.#openFile(file);
    this.#begun.clear();
    this.#beginGroup(first);
  }

  #openFile({ facts }: ParquetFile): void {
    if (this.#open?.file === facts) return this.#open.verify();
    this.#open?.close();
    this.#open = new FileSource(facts);
    this.#bytesBefore = 0;
  }

  #beginGroup(group: number): void {
    const file = this.#file!;
    if (group !== this.#group) this.#closeReaders();
    this.#group = group;
    this.#ranges = this.#pruner.survivors(
      file,
      this.#open!,
      group,
      rowsOfGroup(file, this.#split, group),
      (column) => this.#dictionaryOf(column),
      this.#figures,
    );
    this.#nextRange();
  }

  /** False where the group has no more rows that matter. */
  #nextRange(): boolean {
    const range = this.#ranges.shift();
    this.#row = range?.from ?? 0;
    this.#end = range?.to ?? 0;
    return range !== undefined;
  }

  #dictionaryOf(column: number): LeafDictionary | undefined {
    if (!this.#wanted.has(column)) return undefined;
    const reader = this.#reader(column);
    return reader instanceof LeafReader ? reader.dictionary : undefined;
  }

  next(capacity: number): number {
    this.#shared.pool.recycle();
    while (this.#row >= this.#end) {
      if (this.#nextRange()) continue;
      if (this.#group === -1 || this.#group >= (this.#split[SPLIT.last] ?? -1)) return 0;
      this.#beginGroup(this.#group + 1);
    }
    this.#batchFirst = this.#row;
    this.#batchRows = Math.min(capacity, this.#end - this.#row);
    this.#row += this.#batchRows;
    return this.#batchRows;
  }

  load(columns: readonly WantedColumn[], sel: number, n: number): void {
    const { u32 } = this.context.executor.views;
    const record = this.#record;
    if (columns.length > 1) this.#readTogether(columns);
    for (const wanted of columns) {
      const { column, slot, numbered } = wanted;
      const vectors = this.#slotVectors(slot, numbered === true);
      const reader = this.#reader(column);
      if (reader === undefined) this.#nothing(vectors, record);
      else if (reader instanceof NestedReader) reader.load(this.#batchFirst, this.#batchRows, vectors, record);
      else reader.load(this.#batchFirst, this.#batchRows, sel, n, wanted, vectors, record);
      const at = (this.context.frame + FRAME_SLOTS + slot * SLOT_BYTES) >>> 2;
      u32[at] = record.values;
      u32[at + 1] = record.nulls;
      u32[at + 2] = record.flags;
      u32[at + 3] = record.codes;
    }
  }

  /** Small chunks of columns that a step loads together, when all rows of the group are wanted. */
  #readTogether(columns: readonly WantedColumn[]): void {
    if (columns.every(({ column }) => this.#begun.has(column) || this.#fileColumns.get(column)?.kind === 'absent')) return;
    const { from, to } = rowsOfGroup(this.#file!, this.#split, this.#group);
    if (from > 0 || to < this.#file!.metadata.groups[this.#group]!.rows) return;
    ChunkWindow.readTogether(columns.flatMap(({ column }) => this.#reader(column)?.windows ?? []));
  }

  /** The file stays open for the next task. */
  endTask(): void {}

  /** Whatever a task that failed left half done is forgotten. */
  close(): void {
    this.#open?.close();
    this.#open = undefined;
    this.#closeReaders();
    this.#file = undefined;
    this.#group = -1;
  }

  #closeReaders(): void {
    for (const reader of this.#readers.values()) reader.close();
    this.#begun.clear();
  }

  /** The reader of a column, at the group's chunk; undefined where the file has no such column. */
  #reader(column: number): LeafReader | NestedReader | undefined {
    if (this.#begun.has(column)) return this.#readers.get(column);
    const file = this.#file!;
    let place = this.#fileColumns.get(column);
    if (place === undefined) {
      place = fileColumn(file, this.detail.columns[column]!);
      this.#fileColumns.set(column, place);
    }
    if (place.kind === 'absent') return undefined;
    let reader = this.#readers.get(column);
    if (place.kind === 'nested') {
      if (!(reader instanceof NestedReader) || reader.node !== place.node) {
        for (const what of COUNTED) this.#forgotten[what] += reader?.[what] ?? 0;
        reader = new NestedReader(this.#shared, place.node);
        this.#readers.set(column, reader);
      }
      reader.begin((leaf) => this.#leafColumn(column, leaf));
    } else {
      reader ??= new LeafReader(this.#shared, physicalTypeOf(this.detail.columns[column]!.type)!);
      this.#readers.set(column, reader);
      (reader as LeafReader).begin({
        ...this.#leafColumn(column, place.node),
        widening: place.widening,
        target: this.detail.columns[column]!.type,
      });
    }
    this.#begun.add(column);
    return reader;
  }

  /** A leaf's chunk in the row group. */
  #leafColumn(column: number, node: SchemaNode): LeafColumn {
    const file = this.#file!;
    const group = file.metadata.groups[this.#group]!;
    const chunk = group.columns[node.leaf];
    if (chunk === undefined || group.columns.length !== file.leaves.length)
      throw damagedFile(
        file.facts.path,
        file.footerOffset,
        `row group ${this.#group} has ${group.columns.length} columns and the schema has ${file.leaves.length}`,
      );
    const name = this.detail.columns[column]!.path.join('.');
    if (chunk.isEncrypted) throw encryptedFile(file.facts.path, `its column "${name}" is encrypted`);
    if (chunk.isElsewhere) throw unreadableColumn(file.facts.path, name, 'its bytes lie in another file');
    const leaf = leafType(node.element);
    if (isUnreadable(leaf)) throw unreadableColumn(file.facts.path, name, leaf.reason);
    return {
      file,
      open: this.#open!,
      chunk,
      groupRows: group.rows,
      rows: rowsOfGroup(file, this.#split, this.#group),
      element: node.element,
      definition: node.definition,
      name,
      ...leaf,
      widening: calendarSteps(file, node.element, leaf.type, this.detail.columns[column]!.calendar ?? CALENDAR_DEFAULTS),
      target: leaf.type,
    };
  }

  /** A column that the file has not. */
  #nothing({ values, nulls }: SlotVectors, record: SlotRecord): void {
    const { u8 } = this.context.executor.views;
    u8.fill(1, nulls, nulls + this.#batchRows);
    u8.fill(0, values, values + this.#batchRows * 16);
    record.values = values;
    record.nulls = nulls;
    record.flags = 0;
    record.codes = 0;
  }

  #slotVectors(slot: number, isNumbered: boolean): SlotVectors {
    const known = this.#vectors.get(slot);
    if (known !== undefined) return known;
    const rows = this.context.program.batchRows;
    const { physical } = this.context.program.slots[slot]!;
    const made: SlotVectors = {
      values: this.#space.allocate(rows * Math.max(16, PHYSICAL_WIDTH[physical]) + SLACK_BYTES),
      nulls: this.#space.allocate(rows + SLACK_BYTES),
      codes: physical === 'view' ? this.#space.allocate(16 + rows + SLACK_BYTES) : 0,
      numbers: isNumbered ? this.#space.allocate(NUMBERS_HEADER_BYTES + rows * 4 + SLACK_BYTES) : 0,
    };
    this.#vectors.set(slot, made);
    return made;
  }
}
