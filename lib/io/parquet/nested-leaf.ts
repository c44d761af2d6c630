import { Space } from '../../memory/block-space.js';
import { repackLevels } from './bit-packed-levels.js';
import type { Buffer } from '../buffers.js';
import { ChunkPages, type PageData } from './chunk-pages.js';
import { ENCODING } from './encodings.js';
import type { LeafColumn } from './leaf-column.js';
import { LeafDictionary } from './leaf-dictionary.js';
import { PAGE } from './page-header.js';
import { PageValues } from './page-values.js';
import type { ReaderSpace } from './reader-space.js';

const STATE_BYTES = 32;
const SLACK_BYTES = 64;
/** Values are passed over and made in pieces of so many. */
const STEP = 2048;

/** A buffer that grows, with what was written to it. */
class Growing {
  #buffer: Buffer | undefined;

  constructor(private readonly space: ReaderSpace) {}

  get address(): number {
    return this.#buffer?.address ?? 0;
  }

  /** Room for `bytes` in all, of which the first `kept` stay. */
  reserve(bytes: number, kept: number): number {
    if (this.#buffer !== undefined && this.#buffer.bytes >= bytes + SLACK_BYTES) return this.#buffer.address;
    const larger = this.space.pool.take(Math.max(bytes, 2 * kept) + SLACK_BYTES);
    if (this.#buffer !== undefined) {
      this.space.context.executor.kernels['memoryCopy']!(this.#buffer.address, kept, larger.address);
      this.space.pool.retire(this.#buffer);
    }
    this.#buffer = larger;
    return larger.address;
  }

  /** The running batch may still point into it. */
  release(): void {
    if (this.#buffer !== undefined) this.space.pool.retire(this.#buffer);
    this.#buffer = undefined;
  }
}

/**
 * A leaf below lists: entries of levels, of which a row has one or more, and the values of those that have one. `take` gathers the entries of the next rows, across pages where a row goes on
 * in the next one.
 */
export class NestedLeaf {
  /** Entries of the rows that were taken, and how many of them have values. */
  entries = 0;
  values = 0;
  readonly pages: ChunkPages;
  readonly #dictionary: LeafDictionary;
  readonly #values: PageValues;
  readonly #state: number;
  readonly #elements: number;
  readonly #taken: { readonly defs: Growing; readonly reps: Growing; readonly values: Growing };
  /** Levels of the page, from `#at` to `#end` not taken yet. */
  readonly #page: { readonly defs: Growing; readonly reps: Growing };
  #at = 0;
  #end = 0;
  /** The row that the next entry belongs to, if it begins one. */
  #row = 0;
  #leaf: LeafColumn | undefined;

  constructor(
    private readonly space: ReaderSpace,
    /** Definition levels of the elements of each depth, from 0 for rows on. */
    private readonly elementDefs: readonly number[],
    private readonly width: number,
  ) {
    this.pages = new ChunkPages(space);
    this.#dictionary = new LeafDictionary(space);
    this.#values = new PageValues(space, this.#dictionary);
    const room = new Space(space.context.scratch);
    this.#state = room.allocate(STATE_BYTES);
    this.#elements = room.allocate(elementDefs.length);
    space.context.executor.views.u8.set(elementDefs, this.#elements);
    this.#taken = { defs: new Growing(space), reps: new Growing(space), values: new Growing(space) };
    this.#page = { defs: new Growing(space), reps: new Growing(space) };
  }

  get defs(): number {
    return this.#taken.defs.address;
  }

  get reps(): number {
    return this.#taken.reps.address;
  }

  /** Values of the entries that have one, one after the other. */
  get dense(): number {
    return this.#taken.values.address;
  }

  begin(leaf: LeafColumn): void {
    if (this.pages.isOf(leaf.file, leaf.chunk)) {
      this.pages.reopen(leaf.open);
      this.pages.expect(leaf.rows.from, leaf.rows.to);
      return;
    }
    this.close();
    this.#leaf = leaf;
    this.pages.begin(leaf.file, leaf.open, leaf.chunk, leaf.groupRows);
    this.pages.expect(leaf.rows.from, leaf.rows.to);
    this.#dictionary.begin(this.pages, leaf);
    this.#values.begin(this.pages, leaf);
  }

  close(): void {
    this.#dictionary.forget();
    this.#values.forget();
    this.pages.close();
    for (const buffer of [...Object.values(this.#taken), ...Object.values(this.#page)]) buffer.release();
    this.#at = 0;
    this.#end = 0;
    this.#row = 0;
  }

  /** Gathers the entries of rows `first`..`first + rows`. */
  take(first: number, rows: number): void {
    if (first < this.#row) {
      this.pages.restart();
      this.#at = 0;
      this.#end = 0;
      this.#row = 0;
    }
    if (first > this.#row) this.#skipTo(first);
    this.entries = 0;
    this.values = 0;
    this.#gather(rows, true);
  }

  #skipTo(row: number): void {
    if (this.#at === this.#end) this.#row = this.pages.jumpNear(row, this.#row);
    // The rows of the page that is open come first; behind it an index may tell where to go on.
    while (this.#row < row) this.#gather(Math.min(row - this.#row, STEP), false);
  }

  /** The entries of the next rows, kept or passed over. */
  #gather(rows: number, isKept: boolean): void {
    const { kernels } = this.space.context.executor;
    let begun = 0;
    for (;;) {
      if (this.#at === this.#end && !this.#nextPage()) break;
      const left = this.#end - this.#at;
      const reps = this.#page.reps.address + this.#at;
      const count = kernels['levelEntries']!(reps, left, rows - begun);
      begun += kernels['levelRows']!(reps, count);
      this.#pass(count, isKept);
      if (count < left) break;
    }
    this.#row += begun;
    if (begun < rows)
      throw this.pages.damagedPage(`its pages have ${this.#row} rows and there should be ${this.#leaf!.groupRows}`);
  }

  #pass(count: number, isKept: boolean): void {
    const { kernels } = this.space.context.executor;
    const defs = this.#page.defs.address + this.#at;
    const reps = this.#page.reps.address + this.#at;
    const there = kernels['levelsEqual']!(defs, count, this.#leaf!.definition);
    this.#at += count;
    if (!isKept) return this.#values.skip(there);
    const { entries, values } = this;
    kernels['memoryCopy']!(defs, count, this.#taken.defs.reserve(entries + count, entries) + entries);
    kernels['memoryCopy']!(reps, count, this.#taken.reps.reserve(entries + count, entries) + entries);
    const out = this.#taken.values.reserve((values + there) * this.width, values * this.width) + values * this.width;
    for (let done = 0; done < there; done += STEP) this.#readValues(Math.min(STEP, there - done), out + done * this.width);
    this.entries += count;
    this.values += there;
  }

  #readValues(count: number, out: number): void {
    if (!this.#values.isCoded) return this.#values.read(count, out);
    const { kernels } = this.space.context.executor;
    const step = this.space.context.program.batchRows;
    for (let done = 0; done < count; done += step) {
      const n = Math.min(step, count - done);
      const { indices } = this.space;
      this.#values.readIndices(n, indices);
      const { address, size } = this.#dictionary;
      if (this.width === 1) this.#gatherBytes(address, size, indices, n, out + done);
      else if (kernels['gatherValues']!(address, size, indices, n, Math.log2(this.width), out + done * this.width) !== 0)
        throw this.pages.damagedPage(`a value's number is not below ${size}, the size of the dictionary`);
    }
  }

  /** Booleans in a dictionary, which no writer makes. */
  #gatherBytes(dictionary: number, size: number, indices: number, n: number, out: number): void {
    const { u8, u32 } = this.space.context.executor.views;
    for (let i = 0; i < n; i++) {
      const index = u32[(indices >>> 2) + i]!;
      if (index >= size) throw this.pages.damagedPage(`a value's number is not below ${size}, the size of the dictionary`);
      u8[out + i] = u8[dictionary + index]!;
    }
  }

  /** Levels of the next page, and its values ready. False where there is none. */
  #nextPage(): boolean {
    const { pages } = this;
    const { kernels } = this.space.context.executor;
    if (!pages.nextPage()) return false;
    const { header } = pages;
    const { definition } = this.#leaf!;
    const repetition = this.elementDefs.length - 1;
    const count = header.values;
    const reps = this.#page.reps.reserve(count, 0);
    const defs = this.#page.defs.reserve(count, 0);
    const data: PageData = { address: 0, end: 0 };
    this.#values.readDictionary();
    if (header.type === PAGE.dataV2) {
      const levelBytes = header.repetitionBytes + header.definitionBytes;
      pages.raw(data, levelBytes);
      this.#decode(data.address, data.address + header.repetitionBytes, repetition, count, reps);
      this.#decode(data.address + header.repetitionBytes, data.end, definition, count, defs);
      pages.decompressed(data, levelBytes);
    } else {
      pages.decompressed(data, 0);
      data.address = this.#decodeV1(data, header.repetitionEncoding, repetition, count, reps);
      data.address = this.#decodeV1(data, header.definitionEncoding, definition, count, defs);
    }
    const goesOn = this.#row > 0 || this.entries > 0 ? 1 : 0;
    if (kernels['levelsCheck']!(defs, reps, count, definition, repetition, this.#elements, goesOn) !== 0)
      throw pages.damagedPage('definition and repetition levels do not fit together');
    this.#at = 0;
    this.#end = count;
    this.#values.start(data.address, data.end);
    return true;
  }

  /** Levels behind their length. Returns where the next part begins. */
  #decodeV1({ address, end }: PageData, encoding: number, most: number, count: number, out: number): number {
    const { u8 } = this.space.context.executor.views;
    if (most === 0) {
      this.#decode(0, 0, 0, count, out);
      return address;
    }
    if (encoding === ENCODING.bitPacked) {
      const levels = repackLevels(this.space, address, end, most, count);
      if (levels === undefined) throw this.pages.damagedPage('levels should follow and the page ends');
      this.#decode(levels.buffer.address, levels.end, most, count, out);
      this.space.pool.retire(levels.buffer);
      return address + levels.bytes;
    }
    if (encoding !== ENCODING.rle) throw this.pages.damagedPage(`levels have the encoding ${encoding}`);
    if (end - address < 4) throw this.pages.damagedPage('levels should follow and the page ends');
    const bytes = u8[address]! + u8[address + 1]! * 256 + u8[address + 2]! * 65536 + u8[address + 3]! * 16777216;
    if (bytes > end - address - 4)
      throw this.pages.damagedPage(`levels should have ${bytes} bytes and the page has ${end - address - 4} more`);
    this.#decode(address + 4, address + 4 + bytes, most, count, out);
    return address + 4 + bytes;
  }

  #decode(address: number, end: number, most: number, count: number, out: number): void {
    const { kernels, views } = this.space.context.executor;
    if (most === 0) {
      views.u8.fill(0, out, out + count);
      return;
    }
    kernels['hybridBegin']!(this.#state, address, end, 32 - Math.clz32(most));
    if (kernels['hybridBytes']!(this.#state, out, count) !== 0) throw this.pages.damagedPage('it has fewer levels than values');
  }
}
