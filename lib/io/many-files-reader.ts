import { InternalError } from '../core/errors.js';
import type { ColumnTest } from '../core/types/column-test.js';
import type { ScanFigures } from '../core/types/scan-figures.js';
import { BATCH_ROWS_MAX, FRAME_SLOTS, SLOT_BYTES, SLOT_FLAG_NO_NULLS, ZEROS } from '../memory/layout.js';
import { Space } from '../memory/block-space.js';
import { ConstantVector } from './constant-vector.js';
import { factOf, factType } from './file-metadata.js';
import { formatTests, manyFiles, type ColumnPlace, type ManyFiles } from './many-files.js';
import type { DecoderContext, DecoderTask, FileFormat, InspectedFiles, OpenRequest, ScanReader, WantedColumn } from './source.js';

/** A reader of a source's splits: the format's own where nothing but its columns is asked for, by numbers that are the same. */
export function openManyFiles(
  context: DecoderContext,
  format: FileFormat,
  source: InspectedFiles,
  { columns, tests, taskWords }: OpenRequest,
): ScanReader {
  const all = manyFiles(source);
  const own = columns.flatMap((column) => {
    const place = placeOf(all, column);
    return place.from === 'format' ? [place.column] : [];
  });
  const ownTests: readonly ColumnTest[] = formatTests(all, tests);
  const reader = format.open(context, all.inner, { columns: own, tests: ownTests, taskWords });
  const isSame = own.length === columns.length && own.every((column, i) => column === columns[i]);
  return isSame ? reader : new ManyFilesReader(context, all, reader);
}

function placeOf({ places }: ManyFiles, column: number): ColumnPlace {
  const place = places[column];
  if (place === undefined) throw new InternalError(`The source has no column ${column}.`);
  return place;
}

/** What one load step asks for, taken apart. */
interface LoadPlan {
  readonly own: readonly WantedColumn[];
  readonly constants: readonly { readonly slot: number; readonly vector: ConstantVector; readonly place: ColumnPlace }[];
  readonly rowIndexes: readonly number[];
}

/** Fills the columns that have one value for a whole file, and leaves the others to the format's reader. */
class ManyFilesReader implements ScanReader {
  readonly #space: Space;
  /** By the list of a load step, which is the same object for every batch. */
  readonly #plans = new Map<readonly WantedColumn[], LoadPlan>();
  #file = -1;
  #rows = 0;
  /** Two i64 and a vector of row numbers. */
  #numbers = 0;

  constructor(
    private readonly context: DecoderContext,
    private readonly all: ManyFiles,
    private readonly inner: ScanReader,
  ) {
    this.#space = new Space(context.scratch);
  }

  get bytesRead(): number {
    return this.inner.bytesRead;
  }

  get rowsRejected(): number {
    return this.inner.rowsRejected;
  }

  get figures(): ScanFigures | undefined {
    return this.inner.figures;
  }

  open(task: DecoderTask): void {
    this.#file = task.split[0]!;
    this.inner.open(task);
  }

  next(capacity: number): number {
    this.#rows = this.inner.next(capacity);
    return this.#rows;
  }

  load(columns: readonly WantedColumn[], sel: number, n: number): void {
    const plan = this.#plans.get(columns) ?? this.#plan(columns);
    if (plan.own.length > 0) this.inner.load(plan.own, sel, n);
    for (const { vector, place } of plan.constants) {
      if (vector.file !== this.#file) vector.fill(this.#file, this.#valueOf(place));
      vector.bind();
    }
    if (plan.rowIndexes.length > 0) this.#loadRowIndexes(plan.rowIndexes);
  }

  endTask(): void {
    if (this.inner.endTask === undefined) this.inner.close();
    else this.inner.endTask();
  }

  close(): void {
    this.inner.close();
  }

  #plan(columns: readonly WantedColumn[]): LoadPlan {
    const own: WantedColumn[] = [];
    const constants: LoadPlan['constants'][number][] = [];
    const rowIndexes: number[] = [];
    for (const wanted of columns) {
      const place = placeOf(this.all, wanted.column);
      if (place.from === 'format') own.push({ ...wanted, column: place.column });
      else if (place.from === 'row_index') rowIndexes.push(wanted.slot);
      else {
        const type = place.from === 'fact' ? factType(place.fact) : this.all.partitions[place.partition]!.type;
        constants.push({
          slot: wanted.slot,
          vector: new ConstantVector(this.context, this.#space, wanted.slot, type, wanted.coded !== undefined),
          place,
        });
      }
    }
    const plan = { own, constants, rowIndexes };
    this.#plans.set(columns, plan);
    return plan;
  }

  #valueOf(place: ColumnPlace): string | number | boolean | null {
    if (place.from === 'partition') {
      const { values, codes } = this.all.partitions[place.partition]!;
      return values[codes[this.#file]!]!;
    }
    if (place.from !== 'fact') throw new InternalError('The column is no fact about a file.');
    return factOf(place.fact, this.all.files[this.#file]!);
  }

  #loadRowIndexes(slots: readonly number[]): void {
    const { kernels, views } = this.context.executor;
    if (this.#numbers === 0) {
      this.#numbers = this.#space.allocate(16 + BATCH_ROWS_MAX * 8);
      views.i64[this.#numbers / 8 + 1] = 1n;
    }
    const first = this.inner.rowIndex;
    if (first === undefined) throw new InternalError('The reader does not tell the numbers of its rows.');
    views.i64[this.#numbers / 8] = BigInt(first);
    kernels['rangeFill']!(this.#numbers, this.#numbers + 8, this.#rows, this.#numbers + 16);
    for (const slot of slots) {
      const record = (this.context.frame + FRAME_SLOTS + slot * SLOT_BYTES) >>> 2;
      views.u32[record] = this.#numbers + 16;
      views.u32[record + 1] = ZEROS;
      views.u32[record + 2] = SLOT_FLAG_NO_NULLS;
    }
  }
}
