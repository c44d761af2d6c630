import { BlockWord, ColumnWord, PHYSICAL_SHIFT, columnRecord } from '../../../memory/block.js';
import {
  BLOCK_FLAG_CODES,
  DICTIONARY_HEADER_BYTES,
  SLOT_CODES,
  SLOT_FLAG_NO_NULLS,
  SLOT_FLAG_NUMBERS,
  SLOT_FLAGS,
  SLOT_NULLS,
  ZEROS,
} from '../../../memory/layout.js';
import { InternalError } from '../../../core/errors.js';
import type { LeafBatch, NumberedValues } from './chunk-shapes.js';
import type { ColumnChunkWriter } from './column-chunk.js';
import { LEAF_KINDS } from './leaf.js';
import type { WorkSpace } from './work-space.js';

/** Of larger dictionaries values are looked up by themselves. */
const NUMBERED_MAX = 262_144;

/** Takes a column's values out of blocks and batches. */
export interface ColumnFeeder {
  /** Rows [from, from + n) of a block's column. */
  append(block: number, from: number, n: number): void;
  /** The same of the live rows of a slot, whose record is at index `record` of the words: all (sel 0), or those at the positions at `sel`. */
  appendBatch?(record: number, sel: number, from: number, n: number): void;
}

/** A column that is a leaf itself. */
export class FlatColumn implements ColumnFeeder {
  readonly #work: WorkSpace;
  readonly #index: number;
  readonly #chunk: ColumnChunkWriter;
  readonly #shift: number;

  constructor(work: WorkSpace, index: number, chunk: ColumnChunkWriter) {
    this.#work = work;
    this.#index = index;
    this.#chunk = chunk;
    this.#shift = PHYSICAL_SHIFT[chunk.leaf.physical];
  }

  append(block: number, from: number, n: number): void {
    const end = from + n;
    let pieceMax = n;
    for (let row = from; row < end;) {
      const take = Math.min(end - row, pieceMax, this.#chunk.roomRows);
      if (this.#chunk.append(this.#ofBlock(block, row, take), take === 1)) row += take;
      else pieceMax = take >>> 1;
    }
  }

  appendBatch(record: number, sel: number, from: number, n: number): void {
    const end = from + n;
    let pieceMax = n;
    for (let row = from; row < end;) {
      const take = Math.min(end - row, pieceMax, this.#chunk.roomRows);
      if (this.#chunk.append(this.#ofSlot(record, sel, row, take), take === 1)) row += take;
      else pieceMax = take >>> 1;
    }
  }

  #ofSlot(record: number, sel: number, from: number, rows: number): LeafBatch {
    const { views, levels, gathered } = this.#work;
    const { u32 } = views;
    const dense = sel === 0 ? from : 0;
    const selection = sel === 0 ? 0 : sel + from * 4;
    const nulls = u32[record + SLOT_NULLS / 4]!;
    let values = u32[record]! + (dense << this.#shift);
    let count = rows;
    let definition = 0;
    if (nulls !== ZEROS && (u32[record + SLOT_FLAGS / 4]! & SLOT_FLAG_NO_NULLS) === 0) {
      gathered.ensure((rows + 1) << this.#shift, 0);
      count = this.#work.kernel('compactValues')(values, nulls + dense, selection, rows, this.#shift, gathered.address);
      values = gathered.address;
      if (count < rows) {
        levels.ensure(rows, 0);
        definition = levels.address;
        this.#work.kernel('blockCopy')(nulls + dense, selection, rows, 0, definition);
        this.#work.kernel('nullsToLevels')(definition, rows, 1, definition);
      }
    } else if (sel !== 0) {
      gathered.ensure(rows << this.#shift, 0);
      this.#work.kernel('blockCopy')(values, selection, rows, this.#shift, gathered.address);
      values = gathered.address;
    }
    const numbered = this.#numbered(record, sel, from, rows, definition !== 0);
    return { rows, values: this.#convert(values, count), count, base: 0, entries: rows, definition, repetition: 0, numbered };
  }

  /** The numbers of the values that are there, where the slot has them and they are of use. */
  #numbered(record: number, sel: number, from: number, rows: number, hasNulls: boolean): NumberedValues | undefined {
    const { views, numbers } = this.#work;
    const { u32 } = views;
    if ((u32[record + SLOT_FLAGS / 4]! & SLOT_FLAG_NUMBERS) === 0) return undefined;
    const at = u32[record + SLOT_CODES / 4]! >>> 2;
    const [bytes, size] = [u32[at + 1]!, u32[at + 3]!];
    if (!this.#chunk.isCoding || this.#chunk.leaf.convert !== undefined || size > NUMBERED_MAX) return undefined;
    const shift = bytes === 4 ? 2 : 0;
    const dense = sel === 0 ? from : 0;
    const selection = sel === 0 ? 0 : sel + from * 4;
    let address = u32[at]! + (dense << shift);
    if (hasNulls || sel !== 0) {
      numbers.ensure((rows + 1) << shift, 0);
      const nulls = u32[record + SLOT_NULLS / 4]! + dense;
      if (hasNulls) this.#work.kernel('compactValues')(address, nulls, selection, rows, shift, numbers.address);
      else this.#work.kernel('blockCopy')(address, selection, rows, shift, numbers.address);
      address = numbers.address;
    }
    return { numbers: address, bytes, dictionary: u32[at + 2]!, size, id: u32[at + 4]! };
  }

  #ofBlock(block: number, from: number, rows: number): LeafBatch {
    const { views, levels, gathered } = this.#work;
    const record = columnRecord(block, this.#index);
    const word = (index: number): number => views.u32[record + index]!;
    if (from + rows > views.u32[(block >>> 2) + BlockWord.rows]!) throw new InternalError('A block ends before its rows.');
    const bitmap = word(ColumnWord.nulls) === 0 ? 0 : block + word(ColumnWord.bitmap);
    let values = block + word(ColumnWord.values) + (from << this.#shift);
    if ((word(ColumnWord.flags) & BLOCK_FLAG_CODES) !== 0) {
      values = this.#decode(block + word(ColumnWord.values) + from, block + word(ColumnWord.dictionary), rows);
    }
    let count = rows;
    let definition = 0;
    if (bitmap !== 0) {
      // Null bytes, which become levels in place.
      levels.ensure(rows, 0);
      gathered.ensure((rows + 1) << this.#shift, 0);
      this.#work.kernel('bitmapToNulls')(bitmap, from, rows, levels.address);
      count = this.#work.kernel('compactValues')(values, levels.address, 0, rows, this.#shift, gathered.address);
      if (count < rows) {
        this.#work.kernel('nullsToLevels')(levels.address, rows, 1, levels.address);
        definition = levels.address;
        values = gathered.address;
      }
    }
    return { rows, values: this.#convert(values, count), count, base: block, entries: rows, definition, repetition: 0 };
  }

  /** Codes of a block's own dictionary as views. */
  #decode(codes: number, dictionary: number, rows: number): number {
    const { converted } = this.#work;
    converted.ensure(rows << this.#shift, 0);
    this.#work.kernel('dictionaryDecode')(codes, dictionary + DICTIONARY_HEADER_BYTES, 0, rows, converted.address);
    return converted.address;
  }

  #convert(values: number, count: number): number {
    const { convert, kind } = this.#chunk.leaf;
    if (convert === undefined) return values;
    const { converted } = this.#work;
    converted.ensure(count << LEAF_KINDS[kind].shift, 0);
    this.#work.kernel(convert)(values, count, converted.address);
    return converted.address;
  }
}
