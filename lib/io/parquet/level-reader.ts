import { Space } from '../../memory/block-space.js';
import type { ChunkPages } from './chunk-pages.js';
import type { Buffer } from '../buffers.js';
import { repackLevels } from './bit-packed-levels.js';
import { ENCODING } from './encodings.js';
import type { ReaderSpace } from './reader-space.js';

const STATE_BYTES = 32;
/** Levels are skipped in pieces of so many. */
const SKIP_ROWS = 2048;

/** Which rows of a page have a value, by its definition levels. */
export class LevelReader {
  readonly #state: number;
  /** For levels that nobody wants. */
  readonly #skipped: number;
  #definition = 0;
  #pages: ChunkPages | undefined;
  #repacked: Buffer | undefined;

  constructor(private readonly space: ReaderSpace) {
    const room = new Space(space.context.scratch);
    this.#state = room.allocate(STATE_BYTES);
    this.#skipped = room.allocate(SKIP_ROWS + 16);
  }

  /** A v1 page's levels, behind their length in front of the values. Returns where the values begin. */
  beginV1(pages: ChunkPages, definition: number, address: number, end: number): number {
    this.#pages = pages;
    this.#definition = definition;
    this.forget();
    if (definition === 0) return address;
    const { views } = this.space.context.executor;
    if (pages.header.definitionEncoding === ENCODING.bitPacked) {
      const levels = repackLevels(this.space, address, end, definition, pages.header.values);
      if (levels === undefined) throw pages.damagedPage('the definition levels should follow and the page ends');
      this.#repacked = levels.buffer;
      this.#begin(levels.buffer.address, levels.end);
      return address + levels.bytes;
    }
    if (pages.header.definitionEncoding !== ENCODING.rle)
      throw pages.damagedPage(`definition levels have the encoding ${pages.header.definitionEncoding}`);
    if (end - address < 4) throw pages.damagedPage('the definition levels should follow and the page ends');
    const bytes =
      views.u8[address]! + views.u8[address + 1]! * 256 + views.u8[address + 2]! * 65536 + views.u8[address + 3]! * 16777216;
    if (bytes > end - address - 4)
      throw pages.damagedPage(`the definition levels should have ${bytes} bytes and the page has ${end - address - 4} more`);
    this.#begin(address + 4, address + 4 + bytes);
    return address + 4 + bytes;
  }

  forget(): void {
    if (this.#repacked !== undefined) this.space.pool.retire(this.#repacked);
    this.#repacked = undefined;
  }

  beginV2(pages: ChunkPages, definition: number, address: number, end: number): void {
    this.#pages = pages;
    this.#definition = definition;
    if (definition > 0) this.#begin(address, end);
  }

  #begin(address: number, end: number): void {
    this.space.context.executor.kernels['hybridBegin']!(this.#state, address, end, 32 - Math.clz32(this.#definition));
  }

  /** Whether the next rows all have values, and nothing but that; then they are passed, and only then. */
  allThere(rows: number): boolean {
    return this.#definition === 0 || this.space.context.executor.kernels['hybridAll']!(this.#state, rows, this.#definition) !== 0;
  }

  /** Null bytes of the next rows, where there are nulls. Returns how many have values; when all, nothing may have been written. */
  nulls(rows: number, out: number): number {
    if (this.#definition === 0) return rows;
    const { kernels } = this.space.context.executor;
    const constant = kernels['hybridConstant']!(this.#state, rows);
    if (constant === this.#definition) return rows;
    if (constant !== -1 && constant < this.#definition) {
      this.space.context.executor.views.u8.fill(1, out, out + rows);
      return 0;
    }
    if (constant !== -1 || kernels['hybridBytes']!(this.#state, out, rows) !== 0) throw this.#damaged();
    const count = kernels['levelsToNulls']!(out, rows, this.#definition, out);
    if (count < 0) throw this.#damaged();
    return count;
  }

  /** Passes rows; returns how many of them have values. */
  skip(rows: number): number {
    if (this.#definition === 0) return rows;
    let count = 0;
    for (let done = 0; done < rows; done += SKIP_ROWS) count += this.nulls(Math.min(SKIP_ROWS, rows - done), this.#skipped);
    return count;
  }

  #damaged(): Error {
    return this.#pages!.damagedPage(`the definition levels are not levels of 0 to ${this.#definition} for all rows`);
  }
}
