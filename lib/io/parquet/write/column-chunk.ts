import { InternalError } from '../../../core/errors.js';
import type { ByteSink } from '../../encoder.js';
import { Bloom } from './bloom.js';
import type { ChunkFacts, LeafBatch, PageFacts } from './chunk-shapes.js';
import { CODECS, Encoding } from './codes.js';
import type { Compress } from './compressor.js';
import { Dictionary } from './dictionary.js';
import { LEAF_KINDS, type Leaf } from './leaf.js';
import { widen, type Limits } from './limits.js';
import type { ParquetWriteOptions } from './options.js';
import { limitsFinder, type FindLimits } from './page-limits.js';
import { PAGE_LEVELS_ROOM, PageWriter, SLACK } from './page-writer.js';
import { WorkBuffer, type Kernel, type WorkSpace } from './work-space.js';

const FEW_BYTES = 8192;
/** A dictionary stays if with it the first page takes less than this share of what plain values take. */
const DICTIONARY_SHARE_MAX = 0.85;
/** None is tried any longer if of so many first values more than this share differ: of a page they would be too many. */
const SAMPLE_ROWS = 4096;
const DIFFERENT_SHARE = 0.95;

/** Gathers the pages of one leaf for a row group. */
export class ColumnChunkWriter {
  readonly leaf: Leaf;
  readonly #work: WorkSpace;
  readonly #options: ParquetWriteOptions;
  readonly #page: PageWriter;
  readonly #findLimits: FindLimits;
  readonly #shift: number;
  readonly #plainWidth: number;
  /** Plain values lie as the leaf's do: limits of a page are found when it is closed. */
  readonly #isPlainAsIs: boolean;
  readonly #encodedViewBytes: Kernel;
  readonly #codes: WorkBuffer;
  readonly #plain: WorkBuffer;
  readonly #dictionary: Dictionary | undefined;
  readonly #bloom: Bloom | undefined;
  /** Whether values become codes now. */
  #isCoding = false;
  // The open page.
  #rows = 0;
  #entries = 0;
  #count = 0;
  #plainBytes = 0;
  #limits: Limits | undefined;
  #hasUnlimited = false;
  // The chunk.
  #pages: PageFacts[] = [];
  #groupRows = 0;
  #groupEntries = 0;
  #groupNulls = 0;
  #groupLimits: Limits | undefined;
  #groupUnlimited = false;
  #uncompressedBytes = 0;
  #dictionaryPages = 0;

  constructor(work: WorkSpace, leaf: Leaf, options: ParquetWriteOptions, compress: Compress) {
    this.leaf = leaf;
    this.#work = work;
    this.#options = options;
    this.#page = new PageWriter(work, leaf, options, compress);
    this.#findLimits = limitsFinder(work, leaf);
    this.#shift = LEAF_KINDS[leaf.kind].shift;
    this.#plainWidth = leaf.kind === 'fixed' ? leaf.fixedBytes : 1 << this.#shift;
    this.#isPlainAsIs = leaf.kind !== 'bytes' && leaf.kind !== 'fixed';
    this.#encodedViewBytes = work.kernel('encodedViewBytes');
    this.#codes = new WorkBuffer(work);
    this.#plain = new WorkBuffer(work);
    this.#dictionary = options.dictionary ? Dictionary.make(work, leaf, options.dictionaryBytes) : undefined;
    this.#bloom = Bloom.make(work, leaf, options);
    this.#isCoding = this.#dictionary !== undefined;
  }

  /** Whether values become codes, so that numbers in another dictionary are of use. */
  get isCoding(): boolean {
    return this.#isCoding;
  }

  /** Bytes that the row group's chunk holds by now. */
  get bufferedBytes(): number {
    const open = this.#isCoding ? this.#count * 4 + this.#dictionary!.count * this.#plainWidth : this.#plainBytes;
    return this.#page.storedBytes + open;
  }

  /** How many more rows the open page takes at most; 1 or more. */
  get roomRows(): number {
    const { pageRows, pageBytes } = this.#options;
    const byBytes = this.leaf.kind === 'bytes' ? pageRows : Math.max(1, Math.floor(pageBytes / this.#plainWidth));
    return Math.max(1, Math.min(pageRows, byBytes) - this.#rows);
  }

  /** Adds values; false, and nothing is added, when they are to be had in smaller pieces; but not if it `must`. */
  append(batch: LeafBatch, must: boolean): boolean {
    if (batch.count < batch.entries && this.leaf.maxDefinition === 0) {
      throw new InternalError(`Column "${this.leaf.path.join('.')}" has a null although it is not nullable.`);
    }
    if (this.#isCoding && !this.#appendCodes(batch)) this.#giveUpDictionary();
    if (!this.#isCoding && !this.#appendPlain(batch, must)) return false;
    this.#page.addLevels(batch);
    this.#rows += batch.rows;
    this.#entries += batch.entries;
    this.#count += batch.count;
    if (this.#isCoding && this.#pages.length === 0 && this.#areAllDifferent) this.#decodePage();
    if (this.#rows >= this.#options.pageRows || this.#openBytes >= this.#options.pageBytes) this.#closePage();
    return true;
  }

  get #openBytes(): number {
    return this.#isCoding ? (this.#count * this.#dictionary!.width) / 8 : this.#plainBytes;
  }

  #appendCodes({ values, count, base, numbered }: LeafBatch): boolean {
    const used = this.#count * 4;
    const need = used + count * 4 + SLACK;
    // Few, or as many as a page takes: growing in between leaves gaps in memory that wide tables would feel.
    this.#codes.ensure(need <= FEW_BYTES ? need : Math.max(need, this.#options.pageRows * 4 + SLACK), used);
    const codes = this.#codes.address + used;
    const isDone =
      numbered === undefined
        ? this.#dictionary!.encode(values, count, base, codes)
        : this.#dictionary!.encodeNumbered(numbered, count, codes);
    if (!isDone) return false;
    // What strings would take is asked for of the first page only.
    if (this.leaf.kind === 'bytes' && this.#pages.length === 0) {
      this.#plainBytes += this.#encodedViewBytes(values, count) >>> 0;
    }
    return true;
  }

  /** Whether so many of the first values differ that no dictionary will pay. */
  get #areAllDifferent(): boolean {
    return this.#count >= SAMPLE_ROWS && this.#dictionary!.count > this.#count * DIFFERENT_SHARE;
  }

  #addLimits(values: number, count: number, base: number): void {
    if (count === 0) return;
    const found = this.#findLimits(values, count, base, 0);
    if (found === undefined) this.#hasUnlimited = true;
    else this.#limits = widen(this.#limits, found);
  }

  #giveUpDictionary(): void {
    if (this.#entries > 0) this.#closePage();
    this.#isCoding = false;
  }

  #appendPlain({ values, count, base }: LeafBatch, must: boolean): boolean {
    const isBytes = this.leaf.kind === 'bytes';
    const need = isBytes ? this.#encodedViewBytes(values, count) >>> 0 : count * this.#plainWidth;
    const { pageBytes } = this.#options;
    if (this.#plainBytes + need > pageBytes) {
      if (need > pageBytes && !must) return false;
      if (this.#entries > 0) this.#closePage();
    }
    this.#writePlain(values, count, base, need);
    if (!this.#isPlainAsIs) this.#addLimits(values, count, base);
    if (this.#bloom !== undefined) this.#bloom.add(values, count, base);
    return true;
  }

  /** Values behind those of the open page. */
  #writePlain(values: number, count: number, base: number, bytes: number): void {
    const used = PAGE_LEVELS_ROOM + this.#plainBytes;
    this.#plain.ensure(used + bytes + SLACK, used);
    this.#putPlain(values, count, base, this.#plain.address + used);
    this.#plainBytes += bytes;
  }

  #putPlain(values: number, count: number, base: number, to: number): void {
    if (this.leaf.kind === 'bytes') this.#work.kernel('encodeViews')(values, count, base, to);
    else if (this.leaf.kind === 'fixed') this.#work.kernel('encodeDecimals')(values, count, 1, this.leaf.fixedBytes, to);
    else this.#work.copy(values, count << this.#shift, to);
  }

  #closePage(): void {
    if (this.#isCoding && this.#pages.length === 0 && !this.#isDictionaryWorthIt()) this.#decodePage();
    if (this.#isCoding) this.#closeCoded();
    else this.#closePlain();
    this.#rows = 0;
    this.#entries = 0;
    this.#count = 0;
    this.#plainBytes = 0;
    this.#limits = undefined;
    this.#hasUnlimited = false;
  }

  #isDictionaryWorthIt(): boolean {
    const { plainBytes, width } = this.#dictionary!;
    const plain = this.leaf.kind === 'bytes' ? this.#plainBytes : this.#count * this.#plainWidth;
    return plainBytes + (this.#count * width) / 8 < plain * DICTIONARY_SHARE_MAX;
  }

  /** The open page's codes become plain values, and so does what follows. */
  #decodePage(): void {
    const dictionary = this.#dictionary!;
    const { decoded } = this.#work;
    decoded.ensure(this.#count << this.#shift, 0);
    this.#work.kernel('blockCopy')(dictionary.entries, this.#codes.address, this.#count, this.#shift, decoded.address);
    const bytes = this.leaf.kind === 'bytes' ? this.#plainBytes : this.#count * this.#plainWidth;
    this.#plainBytes = 0;
    this.#writePlain(decoded.address, this.#count, dictionary.heap, bytes);
    if (!this.#isPlainAsIs) this.#addLimits(decoded.address, this.#count, dictionary.heap);
    if (this.#bloom !== undefined) this.#bloom.add(dictionary.entries, dictionary.count, dictionary.heap);
    dictionary.clear();
    this.#isCoding = false;
  }

  #closeCoded(): void {
    const { page, views } = this.#work;
    const { width } = this.#dictionary!;
    if (this.#count > 0) {
      this.#limits = this.#codedLimits();
      this.#hasUnlimited = this.#limits === undefined;
    }
    page.ensure(PAGE_LEVELS_ROOM + 1 + (this.#work.kernel('hybridBound')(this.#count, width) >>> 0), 0);
    const start = page.address + PAGE_LEVELS_ROOM;
    views.u8[start] = width;
    const bytes = 1 + this.#work.kernel('hybridEncode')(this.#codes.address, this.#count, width, start + 1);
    this.#dictionaryPages++;
    this.#finishPage(start, bytes, Encoding.plainDictionary);
  }

  /** Of the entries that the open page refers to. */
  #codedLimits(): Limits | undefined {
    const { seen, decoded } = this.#work;
    const { count, entries, heap } = this.#dictionary!;
    if (this.leaf.kind !== 'bytes' && count * 2 > this.#count) {
      decoded.ensure(this.#count << this.#shift, 0);
      this.#work.kernel('blockCopy')(entries, this.#codes.address, this.#count, this.#shift, decoded.address);
      return this.#findLimits(decoded.address, this.#count, 0, 0);
    }
    seen.ensure(count, 0);
    this.#work.kernel('fillBytes')(seen.address, count, 0);
    this.#work.kernel('codesSeen')(this.#codes.address, this.#count, seen.address);
    if (this.leaf.kind === 'bytes') return this.#findLimits(entries, count, heap, seen.address);
    decoded.ensure((count + 1) << this.#shift, 0);
    const different = this.#work.kernel('seenValues')(entries, seen.address, count, this.#shift, decoded.address);
    return this.#findLimits(decoded.address, different, 0, 0);
  }

  #closePlain(): void {
    const start = this.#plain.address + PAGE_LEVELS_ROOM;
    if (this.#isPlainAsIs) this.#addLimits(start, this.#count, 0);
    if (this.leaf.kind !== 'boolean') return this.#finishPage(start, this.#plainBytes, Encoding.plain);
    const { page } = this.#work;
    page.ensure(PAGE_LEVELS_ROOM + this.#count + SLACK, 0);
    this.#work.kernel('encodeBooleans')(start, this.#count, page.address + PAGE_LEVELS_ROOM);
    this.#finishPage(page.address + PAGE_LEVELS_ROOM, (this.#count + 7) >>> 3, Encoding.plain);
  }

  /** Keeps the page whose values lie at `start`. */
  #finishPage(start: number, valueBytes: number, encoding: number): void {
    const { offset, bytes, uncompressedBytes } = this.#page.finish(start, valueBytes, encoding);
    const nulls = this.#entries - this.#count;
    const isUnlimited = this.#hasUnlimited && this.leaf.kind === 'bytes';
    this.#pages.push({
      offset,
      bytes,
      firstRow: this.#groupRows,
      nulls,
      hasValues: this.#count > 0,
      limits: isUnlimited ? undefined : this.#limits,
    });
    this.#uncompressedBytes += uncompressedBytes;
    this.#groupRows += this.#rows;
    this.#groupEntries += this.#entries;
    this.#groupNulls += nulls;
    this.#groupUnlimited ||= isUnlimited;
    if (this.#limits !== undefined) this.#groupLimits = widen(this.#groupLimits, this.#limits);
  }

  /** Makes the last pages of the chunk; returns how many bytes it has. */
  close(): number {
    if (this.#entries > 0) this.#closePage();
    if (this.#dictionaryPages > 0) {
      this.#uncompressedBytes += this.#closeDictionary();
      const { entries, count, heap } = this.#dictionary!;
      this.#bloom?.add(entries, count, heap);
    }
    return this.#page.dictionaryBytes + this.#page.storedBytes;
  }

  /** Writes the chunk, which was closed, and is ready for the next row group. */
  finish(out: ByteSink): ChunkFacts {
    const start = out.position;
    const hasDictionary = this.#dictionaryPages > 0;
    const dataOffset = start + this.#page.dictionaryBytes;
    this.#page.drain(out);
    const facts: ChunkFacts = {
      leaf: this.leaf,
      codec: CODECS[this.#options.compression].code,
      entries: this.#groupEntries,
      nulls: this.#groupNulls,
      dictionaryOffset: hasDictionary ? start : undefined,
      dataOffset,
      bytes: out.position - start,
      uncompressedBytes: this.#uncompressedBytes,
      limits: this.#groupUnlimited ? undefined : this.#groupLimits,
      dictionaryPages: this.#dictionaryPages,
      plainPages: this.#pages.length - this.#dictionaryPages,
      pages: this.#pages,
      bloom: this.#bloom,
    };
    this.#reset();
    return facts;
  }

  #closeDictionary(): number {
    const dictionary = this.#dictionary!;
    const { page } = this.#work;
    const bytes = dictionary.plainBytes;
    page.ensure(bytes + SLACK, 0);
    this.#putPlain(dictionary.entries, dictionary.count, dictionary.heap, page.address);
    return this.#page.finishDictionary(page.address, bytes, dictionary.count);
  }

  #reset(): void {
    this.#dictionary?.clear();
    this.#isCoding = this.#dictionary !== undefined;
    this.#pages = [];
    this.#groupRows = 0;
    this.#groupEntries = 0;
    this.#groupNulls = 0;
    this.#groupLimits = undefined;
    this.#groupUnlimited = false;
    this.#uncompressedBytes = 0;
    this.#dictionaryPages = 0;
  }
}
