import { PHYSICAL_WIDTH, type PhysicalType } from '../../core/types/physical-type.js';
import {
  DICTIONARY_MAX,
  NUMBERS_HEADER_BYTES,
  SLOT_BOUND_SHIFT,
  SLOT_FLAG_CODES,
  SLOT_FLAG_NO_NULLS,
  SLOT_FLAG_NUMBERS,
  ZEROS,
} from '../../memory/layout.js';
import type { WantedColumn } from '../source.js';
import { ChunkPages } from './chunk-pages.js';
import type { ChunkWindow } from './chunk-window.js';
import { LeafDictionary } from './leaf-dictionary.js';
import { LevelReader } from './level-reader.js';
import { PageValues } from './page-values.js';
import { PAGE } from './page-header.js';
import type { LeafColumn } from './leaf-column.js';
import type { ReaderSpace } from './reader-space.js';

const DENSE_FROM = 3;
/** Codes lie behind their record. */
const CODES_AT = 16;

/** A slot's own vectors. */
export interface SlotVectors {
  readonly values: number;
  readonly nulls: number;
  /** Codes of `batchRows` bytes, behind the 8 bytes of their record; 0 where they are not wanted. */
  readonly codes: number;
  /** A record and numbers in the dictionary (SLOT_FLAG_NUMBERS); 0 where they are not wanted. */
  readonly numbers: number;
}

/** A slot record (memory/layout.ts). */
export interface SlotRecord {
  values: number;
  nulls: number;
  flags: number;
  codes: number;
}

/**
 * A leaf's values as vectors, for leaves that are not repeated: a row has one value or none. Rows are those of the row group, and only go forward but when another task begins. Pages
 * without a wanted row are not decompressed.
 */
export class LeafReader {
  readonly pages: ChunkPages;
  readonly #levels: LevelReader;
  readonly #values: PageValues;
  readonly #dictionary: LeafDictionary;
  readonly #width: number;
  readonly #shift: number;
  #leaf: LeafColumn | undefined;
  /** Codes of any strings may stay codes, not only of those that lie within their views. */
  #takesLong = false;
  /** The page that is being read begins here; −1: none is. */
  #pageFirst = -1;
  /** Bytes of each number that was kept of this batch; 0: they are not wanted, or not all values have one; −1: of none so far. */
  #numberBytes = 0;
  /** Whether all values of this batch so far are the dictionary's. */
  #isOfDictionary = false;
  /** The next row of the page that levels and values have come to. */
  #row = 0;

  constructor(
    private readonly space: ReaderSpace,
    physical: PhysicalType,
  ) {
    this.pages = new ChunkPages(space);
    this.#levels = new LevelReader(space);
    this.#dictionary = new LeafDictionary(space);
    this.#values = new PageValues(space, this.#dictionary);
    this.#width = PHYSICAL_WIDTH[physical];
    this.#shift = Math.log2(this.#width);
  }

  get windows(): readonly ChunkWindow[] {
    return [this.pages.window];
  }

  get pagesRead(): number {
    return this.pages.pagesRead;
  }

  get pagesPassed(): number {
    return this.pages.pagesPassed;
  }

  /** Takes over a chunk; what is known of it stays known when it is the same as before. */
  begin(leaf: LeafColumn): void {
    this.#leaf = leaf;
    if (this.pages.isOf(leaf.file, leaf.chunk)) {
      this.pages.reopen(leaf.open);
      this.pages.expect(leaf.rows.from, leaf.rows.to);
      return;
    }
    this.#pageFirst = -1;
    this.#dictionary.forget();
    this.#values.forget();
    this.#levels.forget();
    this.pages.begin(leaf.file, leaf.open, leaf.chunk, leaf.groupRows);
    this.pages.expect(leaf.rows.from, leaf.rows.to);
    this.#dictionary.begin(this.pages, leaf);
    this.#values.begin(this.pages, leaf);
  }

  close(): void {
    this.#dictionary.forget();
    this.#values.forget();
    this.#levels.forget();
    this.pages.close();
    this.#pageFirst = -1;
    this.#leaf = undefined;
  }

  /** The dictionary, when all pages of the chunk are said to be coded with it. */
  get dictionary(): LeafDictionary {
    return this.#dictionary;
  }

  /**
   * Rows `first`..`first + rows` into a slot: all of them (sel 0), or those at the `n` positions at `sel`.
   */
  load(
    first: number,
    rows: number,
    sel: number,
    n: number,
    { coded, measured }: WantedColumn,
    vectors: SlotVectors,
    record: SlotRecord,
  ): void {
    record.values = vectors.values;
    record.nulls = ZEROS;
    record.flags = SLOT_FLAG_NO_NULLS;
    record.codes = 0;
    let isCoded = coded !== undefined && vectors.codes !== 0;
    this.#takesLong = coded === 'any';
    this.#numberBytes = vectors.numbers === 0 ? 0 : -1;
    this.#isOfDictionary = true;
    let k = 0;
    for (let done = 0; done < rows;) {
      // Of the live rows, the first of this page or of a later one.
      if (sel !== 0) {
        if (k === n) break;
        const next = this.space.context.executor.views.u32[(sel >>> 2) + k]!;
        if (next > done && first + next >= this.pages.endRow) done = next;
      }
      this.#openPage(first + done);
      const take = Math.min(rows - done, this.pages.endRow - first - done);
      const end = sel === 0 ? take : this.#liveBefore(sel, k, n, done + take);
      const live = sel === 0 ? take : end - k;
      if (live > 0) {
        if (rows === take && this.#inPlace(record, take)) return;
        isCoded = this.#piece(done, take, sel === 0 ? 0 : sel + k * 4, live, isCoded, vectors, record);
      }
      k = end;
      done += take;
    }
    if (this.#numberBytes > 0) this.#tellNumbers(vectors, record);
    if (measured !== undefined && this.#isOfDictionary) record.flags |= this.#dictionary.bound(measured) << SLOT_BOUND_SHIFT;
    if (!isCoded || n === 0) return;
    const { u32 } = this.space.context.executor.views;
    u32[vectors.codes >>> 2] = vectors.codes + CODES_AT;
    u32[(vectors.codes >>> 2) + 1] = this.#dictionary.address;
    record.codes = vectors.codes;
    record.flags |= SLOT_FLAG_CODES;
  }

  #tellNumbers({ numbers }: SlotVectors, record: SlotRecord): void {
    const { u32 } = this.space.context.executor.views;
    const { address, size, id } = this.#dictionary;
    const words = [numbers + NUMBERS_HEADER_BYTES, this.#numberBytes, address, size, id];
    for (let i = 0; i < words.length; i++) u32[(numbers >>> 2) + i] = words[i]!;
    record.codes = numbers;
    record.flags |= SLOT_FLAG_NUMBERS;
  }

  /** Keeps the numbers of a page's part of a batch, as long as they are all of one width. */
  #keepNumbers({ numbers }: SlotVectors, at: number, rows: number, bytes: number, from: number): void {
    if (this.#numberBytes === 0) return;
    if (this.#numberBytes > 0 && this.#numberBytes !== bytes) {
      this.#numberBytes = 0;
      return;
    }
    this.#numberBytes = bytes;
    this.space.context.executor.kernels['memoryCopy']!(from, rows * bytes, numbers + NUMBERS_HEADER_BYTES + at * bytes);
  }

  /** How many of the live rows lie before a position. */
  #liveBefore(sel: number, from: number, n: number, position: number): number {
    const { u32 } = this.space.context.executor.views;
    const at = sel >>> 2;
    if (u32[at + n - 1]! < position) return n;
    let [low, high] = [from, n - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (u32[at + middle]! < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Makes the page of a row the one that is read, at that row. */
  #openPage(row: number): void {
    const { pages } = this;
    pages.seek(row);
    if (this.#pageFirst !== pages.firstRow || row < this.#row) {
      this.#pageFirst = pages.firstRow;
      this.#row = pages.firstRow;
      this.#startPage();
    }
    if (row > this.#row) this.#skip(row - this.#row);
  }

  #startPage(): void {
    const { pages } = this;
    const { header } = pages;
    const { definition } = this.#leaf!;
    const data = { address: 0, end: 0 };
    this.#values.readDictionary();
    if (header.type === PAGE.dataV2) {
      const levelBytes = header.repetitionBytes + header.definitionBytes;
      pages.raw(data, levelBytes);
      this.#levels.beginV2(pages, definition, data.address + header.repetitionBytes, data.end);
      pages.decompressed(data, levelBytes);
    } else {
      pages.decompressed(data, 0);
      data.address = this.#levels.beginV1(pages, definition, data.address, data.end);
    }
    this.#values.start(data.address, data.end);
  }

  #skip(rows: number): void {
    this.#values.skip(this.#levels.skip(rows));
    this.#row += rows;
  }

  /** Values that lie in memory as vectors do are not copied. */
  #inPlace(record: SlotRecord, rows: number): boolean {
    const address = this.#values.inPlace(this.#width);
    if (address === 0 || !this.#levels.allThere(rows)) return false;
    this.#values.skip(rows);
    this.#row += rows;
    record.values = address;
    return true;
  }

  /** A page's part of a batch: `rows` rows from position `at` on. Returns whether the batch is still one of codes. */
  #piece(
    at: number,
    rows: number,
    sel: number,
    live: number,
    isCoded: boolean,
    vectors: SlotVectors,
    record: SlotRecord,
  ): boolean {
    const { kernels, views } = this.space.context.executor;
    const nulls = vectors.nulls + at;
    const count = this.#levels.nulls(rows, nulls);
    this.#row += rows;
    if (count < rows) {
      if (record.nulls === ZEROS) views.u8.fill(0, vectors.nulls, nulls);
      record.nulls = vectors.nulls;
      record.flags &= ~SLOT_FLAG_NO_NULLS;
    } else if (record.nulls !== ZEROS) views.u8.fill(0, nulls, nulls + rows);
    const out = vectors.values + at * this.#width;
    if (!this.#values.isCoded) {
      if (isCoded && at > 0) this.#makeViews(at, vectors);
      this.#numberBytes = 0;
      this.#isOfDictionary = false;
      this.#values.read(count, out);
      if (count < rows) kernels['expandValues']!(out, count, nulls, rows, this.#shift, out);
      return false;
    }
    if (count === 0) {
      views.u8.fill(0, out, out + rows * this.#width);
      if (isCoded) views.u8.fill(0, vectors.codes + CODES_AT + at, vectors.codes + CODES_AT + at + rows);
      return isCoded;
    }
    const { address, size, isSmall, isShort } = this.#dictionary;
    let stays = isCoded && (this.#takesLong ? isSmall : isShort);
    // Values of all rows are made where so large a part of them is live: without positions that is faster.
    const isDense = sel === 0 || live * DENSE_FROM >= rows;
    if (this.#values.hasBytes) {
      const codes = stays ? vectors.codes + CODES_AT + at : this.space.indices + at;
      this.#values.readCodes(count, codes);
      if (!kernels['codesBelow']!(codes, count, size)) throw this.#noSuchNumber(size);
      if (count < rows) kernels['expandValues']!(codes, count, nulls, rows, 0, codes);
      this.#keepNumbers(vectors, at, rows, 1, codes);
      if (stays) return true;
      if (isCoded && at > 0) this.#makeViews(at, vectors);
      if (isDense) kernels['codesGather']!(address, codes, rows, this.#shift, out);
      else kernels['codesGatherSelected']!(address, this.space.indices, sel, live, this.#shift, vectors.values);
      return false;
    }
    const { indices } = this.space;
    const piece = indices + at * 4;
    this.#values.readIndices(count, piece);
    if (count < rows) kernels['expandValues']!(piece, count, nulls, rows, 2, piece);
    this.#keepNumbers(vectors, at, rows, 4, piece);
    stays &&= size <= DICTIONARY_MAX;
    if (isCoded && !stays && at > 0) this.#makeViews(at, vectors);
    const failed = stays
      ? kernels['indicesToCodes']!(piece, rows, size, vectors.codes + CODES_AT + at)
      : isDense
        ? kernels['gatherValues']!(address, size, piece, rows, this.#shift, out)
        : kernels['gatherSelected']!(address, size, indices, sel, live, this.#shift, vectors.values);
    if (failed !== 0) throw this.#noSuchNumber(size);
    return stays;
  }

  #noSuchNumber(size: number): Error {
    return this.pages.damagedPage(`a value's number is not below ${size}, the size of the dictionary`);
  }

  /** The batch began with codes and does not go on so. */
  #makeViews(rows: number, vectors: SlotVectors): void {
    this.space.context.executor.kernels['dictionaryDecode']!(
      vectors.codes + CODES_AT,
      this.#dictionary.address,
      0,
      rows,
      vectors.values,
    );
  }
}
