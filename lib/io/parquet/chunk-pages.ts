import type { FileSource } from '../byte-source.js';
import type { Buffer } from '../buffers.js';
import { ChunkWindow } from './chunk-window.js';
import { CODEC, decompress, textInPlace } from './codecs.js';
import { Damage } from '../damage.js';
import { damagedFile } from './errors.js';
import type { ParquetFile } from './footer.js';
import type { ColumnChunk } from './metadata.js';
import { newPageHeader, PAGE, readPageHeader, type PageHeader } from './page-header.js';
import { offsetIndexOf, pageOf } from './offset-index.js';
import type { OffsetIndex } from './page-index.js';
import type { ReaderSpace } from './reader-space.js';
import { ThriftReader } from './thrift.js';

/** Headers are mostly much shorter; those with long statistics are read in more than one go. */
const HEADER_BYTES = 1024;
const HEADER_BYTES_MAX = 16 * 1024 * 1024;
/** Kernels read and write a little beyond the ends. */
const SLACK_BYTES = 256;
/** Pages are not all alike. */
const READ_MARGIN = 1.25;
const HEADER_BYTES_AHEAD = 32 * 1024;
/** Some writers forgot the dictionary page's header when they added up a chunk's bytes. */
const FORGOTTEN_BYTES = 128;
/** A byte of these codecs' blocks becomes at most so many bytes of text. */
const EXPANSION_MAX: ReadonlyMap<number, number> = new Map([
  [CODEC.none, 1],
  [CODEC.snappy, 64],
  [CODEC.gzip, 1040],
  [CODEC.lz4, 256],
  [CODEC.lz4Raw, 256],
]);

/** Decompressed bytes. */
export interface PageData {
  address: number;
  end: number;
}

/**
 * The pages of a column chunk one after the other. `seek` finds the page with a row, passing over others without decompressing them; rows are those of the row group. What the
 * running batch's vectors may point into stays until the batch ends.
 */
export class ChunkPages {
  /** Of the page that was sought. */
  readonly header: PageHeader = newPageHeader();
  firstRow = 0;
  endRow = 0;
  /** Pages that were decompressed, and those that were passed over without. */
  pagesRead = 0;
  pagesPassed = 0;
  readonly window: ChunkWindow;
  #file: ParquetFile | undefined;
  #open: FileSource | undefined;
  #chunk: ColumnChunk | undefined;
  #groupRows = 0;
  /** Where the first header of the chunk is, and the one behind the page that was found last. */
  #start = 0;
  #next = 0;
  #nextRow = 0;
  /** Of the next page, where an index told of it; −1: nobody counts. */
  #pageNumber = -1;
  #index: OffsetIndex | undefined;
  #dictionaryAt = -1;
  #buffer: Buffer | undefined;
  readonly #dictionaryHeader = newPageHeader();

  constructor(private readonly space: ReaderSpace) {
    this.window = new ChunkWindow(space.context.executor.views, space.pool);
  }

  get path(): string {
    return this.#open!.file.path;
  }

  get chunk(): ColumnChunk {
    return this.#chunk!;
  }

  /** Whether these pages are of this chunk. */
  isOf(file: ParquetFile, chunk: ColumnChunk): boolean {
    return this.#file === file && this.#chunk === chunk;
  }

  begin(file: ParquetFile, open: FileSource, chunk: ColumnChunk, groupRows: number): void {
    this.close();
    this.#file = file;
    this.#open = open;
    this.#chunk = chunk;
    this.#groupRows = groupRows;
    const { dataOffset, dictionaryOffset, bytes } = chunk;
    this.#start = dictionaryOffset > 0 && dictionaryOffset < dataOffset ? dictionaryOffset : dataOffset;
    if (this.#start < 4 || this.#start + bytes > file.footerOffset)
      throw damagedFile(
        open.file.path,
        file.footerOffset,
        `a column chunk of ${bytes} bytes at byte ${this.#start} does not lie before the footer at ${file.footerOffset}`,
      );
    this.window.begin(open, this.#start, Math.min(file.footerOffset, this.#start + bytes + FORGOTTEN_BYTES));
    this.#rewind();
    this.#dictionaryAt = -1;
    this.#index = undefined;
  }

  /** For another task on the same rows: the file may have been closed and opened again. */
  reopen(open: FileSource): void {
    this.#open = open;
    this.window.reopen(open);
  }

  /** The task wants the rows up to `endRow`: so much of the chunk, about, is read ahead. */
  expect(row: number, endRow: number): void {
    const { bytes } = this.#chunk!;
    this.window.ahead =
      Math.ceil((bytes * READ_MARGIN * Math.max(0, endRow - row)) / Math.max(1, this.#groupRows)) + HEADER_BYTES_AHEAD;
  }

  close(): void {
    this.#releasePage();
    this.window.close();
    this.#chunk = undefined;
  }

  #rewind(): void {
    this.#next = this.#start;
    this.#nextRow = 0;
    this.#pageNumber = -1;
    this.firstRow = 0;
    this.endRow = 0;
  }

  /** Finds the page that has a row. Its rows are `firstRow`..`endRow`, its data is read by `decompressed`. @throws DataError. */
  seek(row: number): void {
    if (row >= this.firstRow && row < this.endRow) return;
    this.#releasePage();
    if (row < this.firstRow) this.#rewind();
    if (row > this.#nextRow) this.#jump(row);
    for (;;) {
      if (this.#nextRow >= this.#groupRows)
        throw this.damaged(this.#next, `the pages have ${this.#nextRow} rows and there should be more`);
      const at = this.#next;
      this.#readHeader(at, this.header);
      const { type, headerBytes, bytes, values } = this.header;
      this.#next = at + headerBytes + bytes;
      if (this.#next > this.window.limit) throw this.damaged(at, `a page of ${bytes} bytes does not end within its column chunk`);
      if (type === PAGE.dictionary) this.#dictionaryAt = at;
      if (type !== PAGE.data && type !== PAGE.dataV2) continue;
      if (values > this.#groupRows - this.#nextRow)
        throw this.damaged(at, `a page has ${values} values and ${this.#groupRows - this.#nextRow} rows are left`);
      this.firstRow = this.#nextRow;
      this.endRow = this.firstRow + values;
      this.#nextRow = this.endRow;
      if (row < this.endRow) return;
      this.pagesPassed++;
    }
  }

  /**
   * For columns whose values are not rows: the next page with values. False behind the last one.
   * @throws DataError.
   */
  nextPage(): boolean {
    this.#releasePage();
    for (;;) {
      if (this.#pageNumber === -1 ? this.#nextRow >= this.#chunk!.values : this.#pageNumber >= this.#index!.offsets.length)
        return false;
      const at = this.#next;
      this.#readHeader(at, this.header);
      const { type, headerBytes, bytes, values } = this.header;
      this.#next = at + headerBytes + bytes;
      if (this.#next > this.window.limit) throw this.damaged(at, `a page of ${bytes} bytes does not end within its column chunk`);
      if (type === PAGE.dictionary) this.#dictionaryAt = at;
      if (type !== PAGE.data && type !== PAGE.dataV2) continue;
      if (this.#pageNumber !== -1) this.#pageNumber++;
      this.#nextRow += values;
      return true;
    }
  }

  /**
   * For the same columns: makes the page that a row begins in the next one, if an offset index tells and that is not behind `from`, the first row of the next page. Returns the first row of the
   * next page.
   */
  jumpNear(row: number, from: number): number {
    const index = (this.#index ??= offsetIndexOf(this.#file!, this.#open!, this.#chunk!, this.#groupRows));
    if (index === undefined || index.firstRows.length < 2) return from;
    const page = pageOf(index, row);
    if (index.firstRows[page]! <= from) return from;
    this.#goTo(index, page);
    this.pagesPassed += page - pageOf(index, from);
    this.#pageNumber = page;
    return index.firstRows[page]!;
  }

  /** Goes back to the chunk's first page. */
  restart(): void {
    this.#releasePage();
    this.#rewind();
  }

  /** With an offset index, goes straight to the page of a row. */
  #jump(row: number): void {
    const index = (this.#index ??= offsetIndexOf(this.#file!, this.#open!, this.#chunk!, this.#groupRows));
    if (index === undefined || index.firstRows.length < 2) return;
    const page = pageOf(index, row);
    if (index.firstRows[page]! <= this.#nextRow) return;
    this.#goTo(index, page);
    this.pagesPassed += page - pageOf(index, this.#nextRow);
    this.#nextRow = index.firstRows[page]!;
  }

  #goTo(index: OffsetIndex, page: number): void {
    const offset = index.offsets[page]!;
    if (offset < this.#start || offset >= this.window.limit)
      throw this.damaged(this.#chunk!.offsetIndexOffset, `page ${page} at byte ${offset} is not in its column chunk`);
    if (this.#dictionaryAt === -1 && index.offsets[0]! > this.#start) this.#dictionaryAt = this.#start;
    this.#next = offset;
  }

  #readHeader(position: number, header: PageHeader): void {
    const { views } = this.space.context.executor;
    const { window } = this;
    for (let wanted = HEADER_BYTES; ; wanted *= 8) {
      const bytes = Math.min(wanted, window.limit - position);
      if (bytes <= 0) throw this.damaged(position, 'a page should begin here and its column chunk ends');
      const address = window.at(position, bytes);
      try {
        readPageHeader(new ThriftReader(views.u8, address, Math.min(window.endAddress, address + HEADER_BYTES_MAX)), header);
        return;
      } catch (error) {
        if (!(error instanceof Damage)) throw error;
        if (window.end >= window.limit || wanted >= HEADER_BYTES_MAX) throw this.damaged(window.byteOf(error.offset), error.what);
      }
    }
  }

  /** The dictionary page's values, or undefined where the chunk has none. */
  dictionary(): { readonly header: PageHeader; readonly data: PageData; readonly buffer: Buffer | undefined } | undefined {
    if (this.#dictionaryAt === -1) this.#dictionaryAt = this.#start;
    const header = this.#dictionaryHeader;
    this.#readHeader(this.#dictionaryAt, header);
    if (header.type !== PAGE.dictionary) return undefined;
    const at = this.#dictionaryAt + header.headerBytes;
    this.#checkSum(at, header);
    const data: PageData = { address: 0, end: 0 };
    const buffer = this.#decompress(at, header.bytes, header.uncompressedBytes, header, data);
    if (buffer === undefined) this.window.pin();
    return { header, data, buffer };
  }

  /** The data of the page that was sought, behind `skipped` bytes of levels that are not compressed (v2 pages). */
  decompressed(data: PageData, skipped: number): void {
    const { header } = this;
    this.pagesRead++;
    const at = this.#next - header.bytes;
    if (skipped > header.bytes || skipped > header.uncompressedBytes)
      throw this.damaged(at, `the levels of a page have ${skipped} bytes and the page has ${header.bytes}`);
    this.#checkSum(at, header);
    this.#buffer = this.#decompress(at + skipped, header.bytes - skipped, header.uncompressedBytes - skipped, header, data);
  }

  /** The page's bytes as they lie in the file: levels of v2 pages. */
  raw(data: PageData, bytes: number): void {
    const { header } = this;
    if (bytes > header.bytes)
      throw this.damaged(this.#next - header.bytes, `the levels of a page have ${bytes} bytes and the page has ${header.bytes}`);
    data.address = this.window.at(this.#next - header.bytes, header.bytes);
    data.end = data.address + bytes;
  }

  #checkSum(at: number, { crc, bytes }: PageHeader): void {
    if (crc === -1) return;
    const sum = this.space.checksum(this.window.at(at, bytes), bytes);
    if (sum !== crc) throw this.damaged(at, `a page's checksum is ${hex(sum)} and should be ${hex(crc)}`);
  }

  /** Returns the buffer that the data lies in, or undefined where it lies in the window. */
  #decompress(at: number, bytes: number, textBytes: number, { isCompressed }: PageHeader, data: PageData): Buffer | undefined {
    const { executor } = this.space.context;
    const chunk = this.#chunk!;
    const codec = isCompressed ? chunk.codec : CODEC.none;
    if (textBytes > bytes * (EXPANSION_MAX.get(codec) ?? Infinity) + 64)
      throw this.damaged(at, `a block of ${bytes} bytes should have ${textBytes} bytes of text, more than it can`);
    const source = this.window.at(at, bytes);
    if (textBytes === 0) {
      data.address = source;
      data.end = source;
      return undefined;
    }
    const inPlace = textInPlace(executor, codec, source, bytes, textBytes);
    if (inPlace !== 0) {
      data.address = inPlace;
      data.end = inPlace + textBytes;
      return undefined;
    }
    const text = this.space.pool.take(textBytes + 2 * SLACK_BYTES);
    data.address = text.address + SLACK_BYTES;
    data.end = data.address + textBytes;
    try {
      decompress(executor, codec, source, bytes, data.address, textBytes);
    } catch (error) {
      this.space.pool.give(text);
      if (error instanceof Damage) throw this.damaged(at, error.what);
      throw error;
    }
    return text;
  }

  #releasePage(): void {
    if (this.#buffer !== undefined) this.space.pool.retire(this.#buffer);
    this.#buffer = undefined;
  }

  damaged(byte: number, what: string): Error {
    return damagedFile(this.path, byte, what);
  }

  /** For what is wrong with the page that was sought. */
  damagedPage(what: string): Error {
    return this.damaged(this.pageByte, what);
  }

  /** Where the page that was sought begins, behind its header. */
  get pageByte(): number {
    return this.#next - this.header.bytes;
  }
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
