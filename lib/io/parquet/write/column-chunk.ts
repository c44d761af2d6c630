import { crc32 } from 'node:zlib';
import { InternalError } from '../../../core/errors.js';
import type { ByteSink } from '../../encoder.js';
import { Bloom } from './bloom.js';
import { ByteStore } from './byte-store.js';
import { CODECS, Encoding, PageType } from './codes.js';
import type { Compress, Compressed } from './compressor.js';
import { Dictionary } from './dictionary.js';
import { LEAF_KINDS, type Leaf } from './leaf.js';
import { widen, type Limits } from './limits.js';
import type { ParquetWriteOptions } from './options.js';
import { limitsFinder, type FindLimits } from './page-limits.js';
import { ThriftWriter } from './thrift-writer.js';
import { WorkBuffer, type WorkSpace } from './work-space.js';

/** Values of a leaf for some rows, on their way into a page. */
export interface LeafBatch {
  readonly rows: number;
  /** Address of the values that are there, `count` of the leaf's kind without gaps, and what references of long views count from. */
  readonly values: number;
  readonly count: number;
  readonly base: number;
  /** How many values, nulls and empty lists there are: the rows where nothing repeats. */
  readonly entries: number;
  /** Addresses of the entries' levels, a byte each; 0: all of the highest, all zero. */
  readonly definition: number;
  readonly repetition: number;
}

/** What the indexes say of a page; offsets count from the first data page of the chunk. */
export interface PageFacts {
  readonly offset: number;
  /** With its header. */
  readonly bytes: number;
  readonly firstRow: number;
  readonly nulls: number;
  readonly hasValues: boolean;
  readonly limits: Limits | undefined;
}

/** What the footer says of a column chunk. Offsets are the file's. */
export interface ChunkFacts {
  readonly leaf: Leaf;
  readonly codec: number;
  readonly entries: number;
  readonly nulls: number;
  readonly dictionaryOffset: number | undefined;
  readonly dataOffset: number;
  readonly bytes: number;
  readonly uncompressedBytes: number;
  readonly limits: Limits | undefined;
  readonly dictionaryPages: number;
  readonly plainPages: number;
  readonly pages: readonly PageFacts[];
  readonly bloom: Bloom | undefined;
}

/** Room before a page's values, for its levels. */
const LEVELS_ROOM = 4096;
/** Kernels write a little beyond. */
const SLACK = 64;
/** A dictionary stays if with it the first page takes less than this share of what plain values take. */
const DICTIONARY_SHARE_MAX = 0.85;

/** Gathers the pages of one leaf for a row group. */
export class ColumnChunkWriter {
  readonly leaf: Leaf;
  readonly #work: WorkSpace;
  readonly #options: ParquetWriteOptions;
  readonly #compress: Compress;
  readonly #findLimits: FindLimits;
  readonly #shift: number;
  readonly #plainWidth: number;
  readonly #store: ByteStore;
  readonly #codes: WorkBuffer;
  readonly #plain: WorkBuffer;
  readonly #definition: WorkBuffer;
  readonly #repetition: WorkBuffer;
  readonly #header = new ThriftWriter();
  readonly #dictionary: Dictionary | undefined;
  readonly #bloom: Bloom | undefined;
  /** Whether values become codes now. */
  #isCoding = false;
  // The open page.
  #rows = 0;
  #entries = 0;
  #count = 0;
  /** Entries whose definition levels are written; none as long as all are of the highest. */
  #levels = 0;
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
    this.#compress = compress;
    this.#findLimits = limitsFinder(work, leaf);
    this.#shift = LEAF_KINDS[leaf.kind].shift;
    this.#plainWidth = leaf.kind === 'fixed' ? leaf.fixedBytes : 1 << this.#shift;
    this.#store = new ByteStore(work);
    this.#codes = new WorkBuffer(work);
    this.#plain = new WorkBuffer(work);
    this.#definition = new WorkBuffer(work);
    this.#repetition = new WorkBuffer(work);
    this.#dictionary = options.dictionary ? Dictionary.make(work, leaf, options.dictionaryBytes) : undefined;
    this.#bloom = Bloom.make(work, leaf, options);
    this.#isCoding = this.#dictionary !== undefined;
  }

  /** Bytes that the row group's chunk holds by now. */
  get bufferedBytes(): number {
    const open = this.#isCoding ? this.#count * 4 + this.#dictionary!.count * this.#plainWidth : this.#plainBytes;
    return this.#store.length + open;
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
    this.#appendLevels(batch);
    this.#rows += batch.rows;
    this.#entries += batch.entries;
    this.#count += batch.count;
    if (this.#rows >= this.#options.pageRows || this.#openBytes >= this.#options.pageBytes) this.#closePage();
    return true;
  }

  get #openBytes(): number {
    return this.#isCoding ? (this.#count * this.#dictionary!.width) / 8 : this.#plainBytes;
  }

  #appendCodes({ values, count, base }: LeafBatch): boolean {
    const used = this.#count * 4;
    this.#codes.ensure(used + count * 4 + SLACK, used);
    if (!this.#dictionary!.encode(values, count, base, this.#codes.address + used)) return false;
    if (this.leaf.kind === 'bytes') this.#plainBytes += this.#work.kernel('parquetViewBytes')(values, count) >>> 0;
    // Strings' are found among the entries when the page is closed.
    else this.#addLimits(values, count, 0);
    return true;
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
    const need = isBytes ? this.#work.kernel('parquetViewBytes')(values, count) >>> 0 : count * this.#plainWidth;
    const { pageBytes } = this.#options;
    if (this.#plainBytes + need > pageBytes) {
      if (need > pageBytes && !must) return false;
      if (this.#entries > 0) this.#closePage();
    }
    this.#writePlain(values, count, base, need);
    this.#addLimits(values, count, base);
    if (this.#bloom !== undefined) this.#bloom.add(values, count, base);
    return true;
  }

  /** Values behind those of the open page. */
  #writePlain(values: number, count: number, base: number, bytes: number): void {
    const used = LEVELS_ROOM + this.#plainBytes;
    this.#plain.ensure(used + bytes + SLACK, used);
    this.#putPlain(values, count, base, this.#plain.address + used);
    this.#plainBytes += bytes;
  }

  #putPlain(values: number, count: number, base: number, to: number): void {
    if (this.leaf.kind === 'bytes') this.#work.kernel('parquetPlainViews')(values, count, base, to);
    else if (this.leaf.kind === 'fixed') this.#work.kernel('parquetFixed')(values, count, this.leaf.fixedBytes, to);
    else this.#work.copy(values, count << this.#shift, to);
  }

  #appendLevels({ entries, definition, repetition }: LeafBatch): void {
    if (repetition !== 0) {
      this.#repetition.ensure(this.#entries + entries, this.#entries);
      this.#work.copy(repetition, entries, this.#repetition.address + this.#entries);
    }
    if (definition === 0 && this.#levels === 0) return;
    this.#definition.ensure(this.#entries + entries, this.#levels);
    const fill = this.#work.kernel('parquetFill');
    const { maxDefinition } = this.leaf;
    if (this.#levels < this.#entries) {
      fill(this.#definition.address + this.#levels, this.#entries - this.#levels, maxDefinition);
    }
    const to = this.#definition.address + this.#entries;
    if (definition === 0) fill(to, entries, maxDefinition);
    else this.#work.copy(definition, entries, to);
    this.#levels = this.#entries + entries;
  }

  #closePage(): void {
    if (this.#isCoding && this.#pages.length === 0 && !this.#isDictionaryWorthIt()) this.#decodePage();
    if (this.#isCoding) this.#closeCoded();
    else this.#closePlain();
    this.#rows = 0;
    this.#entries = 0;
    this.#count = 0;
    this.#levels = 0;
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
    const { gathered } = this.#work;
    gathered.ensure(this.#count << this.#shift, 0);
    this.#work.kernel('blockCopy')(dictionary.entries, this.#codes.address, this.#count, this.#shift, gathered.address);
    const bytes = this.leaf.kind === 'bytes' ? this.#plainBytes : this.#count * this.#plainWidth;
    this.#plainBytes = 0;
    this.#writePlain(gathered.address, this.#count, dictionary.heap, bytes);
    if (this.leaf.kind === 'bytes') this.#addLimits(gathered.address, this.#count, dictionary.heap);
    if (this.#bloom !== undefined) this.#bloom.add(dictionary.entries, dictionary.count, dictionary.heap);
    dictionary.clear();
    this.#isCoding = false;
  }

  #closeCoded(): void {
    const { page, views, seen } = this.#work;
    const { width, count, entries, heap } = this.#dictionary!;
    if (this.leaf.kind === 'bytes' && this.#count > 0) {
      seen.ensure(count, 0);
      this.#work.kernel('parquetFill')(seen.address, count, 0);
      this.#work.kernel('parquetSeen')(this.#codes.address, this.#count, seen.address);
      this.#limits = this.#findLimits(entries, count, heap, seen.address);
      this.#hasUnlimited = this.#limits === undefined;
    }
    page.ensure(LEVELS_ROOM + this.#count * 4 + (this.#count >>> 3) + SLACK + 64, 0);
    const start = page.address + LEVELS_ROOM;
    views.u8[start] = width;
    const bytes = 1 + this.#work.kernel('parquetHybrid')(this.#codes.address, this.#count, width, start + 1);
    this.#dictionaryPages++;
    this.#finishPage(start, bytes, Encoding.plainDictionary);
  }

  #closePlain(): void {
    const start = this.#plain.address + LEVELS_ROOM;
    if (this.leaf.kind !== 'boolean') return this.#finishPage(start, this.#plainBytes, Encoding.plain);
    const { page } = this.#work;
    page.ensure(LEVELS_ROOM + this.#count + SLACK, 0);
    this.#work.kernel('parquetBits')(start, this.#count, page.address + LEVELS_ROOM);
    this.#finishPage(page.address + LEVELS_ROOM, (this.#count + 7) >>> 3, Encoding.plain);
  }

  /** Levels before the values at `start`, compressed, with a header, into the store. */
  #finishPage(start: number, valueBytes: number, encoding: number): void {
    const levels = this.#encodeLevels();
    let from = start - levels;
    if (levels > LEVELS_ROOM) {
      const { words } = this.#work;
      words.ensure(levels + valueBytes, 0);
      this.#work.copy(start, valueBytes, words.address + levels);
      from = words.address;
    }
    this.#work.copy(this.#work.encodedLevels.address, levels, from);
    const bytes = levels + valueBytes;
    const compressed = this.#compress(from, bytes);
    const header = this.#pageHeader(PageType.data, bytes, compressed, this.#entries, encoding);
    const offset = this.#store.length;
    this.#keep(header, compressed);
    this.#uncompressedBytes += header.length + bytes;
    const nulls = this.#entries - this.#count;
    this.#pages.push({
      offset,
      bytes: this.#store.length - offset,
      firstRow: this.#groupRows,
      nulls,
      hasValues: this.#count > 0,
      limits: this.#hasUnlimited && this.leaf.kind === 'bytes' ? undefined : this.#limits,
    });
    this.#groupRows += this.#rows;
    this.#groupEntries += this.#entries;
    this.#groupNulls += nulls;
    if (this.#hasUnlimited && this.leaf.kind === 'bytes') this.#groupUnlimited = true;
    if (this.#limits !== undefined) this.#groupLimits = widen(this.#groupLimits, this.#limits);
  }

  #keep(header: Buffer, { address, bytes }: Compressed): void {
    this.#store.appendBytes(header);
    if (address === 0) this.#store.appendBytes(bytes);
    else this.#store.append(address, bytes.length);
  }

  #pageHeader(type: number, bytes: number, compressed: Compressed, values: number, encoding: number): Buffer {
    const out = this.#header;
    out.reset();
    out.i32(1, type);
    out.i32(2, bytes);
    out.i32(3, compressed.bytes.length);
    if (this.#options.checksums) out.i32(4, crc32(compressed.bytes) | 0);
    out.struct(type === PageType.data ? 5 : 7, () => {
      out.i32(1, values);
      out.i32(2, encoding);
      if (type !== PageType.data) return;
      out.i32(3, Encoding.rle);
      out.i32(4, Encoding.rle);
    });
    out.end();
    return out.bytes;
  }

  /** The open page's levels into the buffer for them, each kind with its length before it. Returns the bytes. */
  #encodeLevels(): number {
    const { maxDefinition, maxRepetition } = this.leaf;
    const { encodedLevels } = this.#work;
    encodedLevels.ensure(this.#entries * 3 + SLACK * 4, 0);
    let at = encodedLevels.address;
    if (maxRepetition > 0) at += this.#encodeLevel(this.#repetition.address, maxRepetition, at);
    if (maxDefinition > 0) at += this.#encodeLevel(this.#levels === 0 ? 0 : this.#definition.address, maxDefinition, at);
    return at - encodedLevels.address;
  }

  #encodeLevel(levels: number, highest: number, to: number): number {
    const { u8 } = this.#work.views;
    let at = to + 4;
    if (levels === 0) {
      // One run.
      for (let rest = this.#entries * 2; ; rest >>>= 7) {
        u8[at++] = rest >= 128 ? (rest & 127) | 128 : rest;
        if (rest < 128) break;
      }
      u8[at++] = highest;
    } else {
      const { words } = this.#work;
      words.ensure(this.#entries * 4 + SLACK, 0);
      this.#work.kernel('parquetWiden')(levels, this.#entries, words.address);
      at += this.#work.kernel('parquetHybrid')(words.address, this.#entries, 32 - Math.clz32(highest), at);
    }
    const length = at - to - 4;
    for (let i = 0; i < 4; i++) u8[to + i] = (length >>> (8 * i)) & 255;
    return length + 4;
  }

  /** Writes the chunk and is ready for the next row group. */
  finish(out: ByteSink): ChunkFacts {
    if (this.#entries > 0) this.#closePage();
    const start = out.position;
    const hasDictionary = this.#dictionaryPages > 0;
    if (hasDictionary) this.#writeDictionary(out);
    if (hasDictionary && this.#bloom !== undefined) {
      const { entries, count, heap } = this.#dictionary!;
      this.#bloom.add(entries, count, heap);
    }
    const dataOffset = out.position;
    this.#store.drain(out);
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

  #writeDictionary(out: ByteSink): void {
    const dictionary = this.#dictionary!;
    const { page } = this.#work;
    const bytes = dictionary.plainBytes;
    page.ensure(bytes + SLACK, 0);
    this.#putPlain(dictionary.entries, dictionary.count, dictionary.heap, page.address);
    const compressed = this.#compress(page.address, bytes);
    const header = this.#pageHeader(PageType.dictionary, bytes, compressed, dictionary.count, Encoding.plainDictionary);
    out.write(header);
    out.write(compressed.bytes);
    this.#uncompressedBytes += header.length + bytes;
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
