import { Damage } from '../damage.js';
import type { ValueRange } from './statistics.js';
import { THRIFT, ThriftReader } from './thrift.js';

/** Where the pages of a column chunk are. */
export interface OffsetIndex {
  readonly offsets: readonly number[];
  /** Header and data, compressed. */
  readonly sizes: readonly number[];
  /** Of the row group. */
  readonly firstRows: readonly number[];
}

/** What is in the pages of a column chunk. Values lie in `bytes`. */
export interface ColumnIndex {
  readonly bytes: Uint8Array;
  readonly nullPages: readonly boolean[];
  readonly minAt: readonly number[];
  readonly minLength: readonly number[];
  readonly maxAt: readonly number[];
  readonly maxLength: readonly number[];
  /** Absent where the file does not say. */
  readonly nulls: readonly number[] | undefined;
  /** What its bounds mean, by page, once somebody asked. */
  ranges: readonly ValueRange[] | undefined;
}

/** Indexes kept at most by a thread, of all its files. */
const INDEXES_MAX = 16_384;
let kept = 0;

/** Page indexes of one file that were read, by the offset they lie at. */
export class PageIndexes {
  readonly #known = new Map<number, OffsetIndex | ColumnIndex>();

  get<T extends OffsetIndex | ColumnIndex>(offset: number, read: () => T): T {
    const known = this.#known.get(offset);
    if (known !== undefined) return known as T;
    const made = read();
    if (kept >= INDEXES_MAX) this.forget();
    if (kept >= INDEXES_MAX) return made;
    this.#known.set(offset, made);
    kept++;
    return made;
  }

  forget(): void {
    kept -= this.#known.size;
    this.#known.clear();
  }
}

/** @throws Damage. `rows`: of the row group. */
export function readOffsetIndex(bytes: Uint8Array, rows: number): OffsetIndex {
  const reader = new ThriftReader(bytes, 0, bytes.length);
  const [offsets, sizes, firstRows]: number[][] = [[], [], []];
  for (let type = reader.field(); type !== 0; type = reader.field()) {
    const { id: part } = reader;
    if (part !== 1 || type !== THRIFT.list) {
      reader.skip(type);
      continue;
    }
    const count = reader.list();
    if (count > 0 && reader.elementType !== THRIFT.struct) throw new Damage(reader.at, 'page locations are not structures');
    for (let i = 0; i < count; i++) {
      const outer = reader.enter();
      let [offset, size, firstRow] = [0, 0, 0];
      for (let field = reader.field(); field !== 0; field = reader.field()) {
        if (reader.id === 1 && field === THRIFT.i64) offset = reader.size();
        else if (reader.id === 2 && field === THRIFT.i32) size = reader.size();
        else if (reader.id === 3 && field === THRIFT.i64) firstRow = reader.size();
        else reader.skip(field);
      }
      reader.leave(outer);
      if (i === 0 ? firstRow !== 0 : firstRow < firstRows![i - 1]!)
        throw new Damage(reader.at, `page ${i} begins at row ${firstRow}, before the page before it`);
      if (firstRow > rows) throw new Damage(reader.at, `page ${i} begins at row ${firstRow} of ${rows}`);
      offsets!.push(offset);
      sizes!.push(size);
      firstRows!.push(firstRow);
    }
  }
  return { offsets: offsets!, sizes: sizes!, firstRows: firstRows! };
}

/** @throws Damage. */
export function readColumnIndex(bytes: Uint8Array, pages: number): ColumnIndex {
  const reader = new ThriftReader(bytes, 0, bytes.length);
  const nullPages: boolean[] = [];
  const [minAt, minLength, maxAt, maxLength]: number[][] = [[], [], [], []];
  let nulls: number[] | undefined;
  for (let type = reader.field(); type !== 0; type = reader.field()) {
    if (type !== THRIFT.list || reader.id > 5) {
      reader.skip(type);
      continue;
    }
    const { id } = reader;
    const count = reader.list();
    if (count !== pages) throw new Damage(reader.at, `the column index has ${count} entries and there are ${pages} pages`);
    for (let i = 0; i < count; i++) {
      if (id === 1) nullPages.push(reader.byte() === THRIFT.true);
      else if (id === 2) keepBytes(reader, minAt!, minLength!);
      else if (id === 3) keepBytes(reader, maxAt!, maxLength!);
      else if (id === 5) (nulls ??= []).push(reader.size());
    }
  }
  if (nullPages.length !== pages || minAt!.length !== pages || maxAt!.length !== pages)
    throw new Damage(0, `the column index does not tell of all ${pages} pages`);
  return {
    bytes,
    nullPages,
    minAt: minAt!,
    minLength: minLength!,
    maxAt: maxAt!,
    maxLength: maxLength!,
    nulls,
    ranges: undefined,
  };
}

function keepBytes(reader: ThriftReader, at: number[], length: number[]): void {
  const bytes = reader.binary();
  at.push(reader.at - bytes);
  length.push(bytes);
}
