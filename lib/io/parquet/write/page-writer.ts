import { crc32 } from 'node:zlib';
import type { ByteSink } from '../../encoder.js';
import { ByteStore } from './byte-store.js';
import type { LeafBatch } from './chunk-shapes.js';
import { Encoding, PageType } from './codes.js';
import type { Compress, Compressed } from './compressor.js';
import type { Leaf } from './leaf.js';
import type { ParquetWriteOptions } from './options.js';
import { ThriftWriter } from './thrift-writer.js';
import { WorkBuffer, type WorkSpace } from './work-space.js';

/** Room before a page's values, for its levels. */
export const PAGE_LEVELS_ROOM = 4096;
/** Kernels write a little beyond. */
export const SLACK = 64;

/** A page that was kept. The offset counts from the first of the chunk; bytes with the header. */
interface KeptPage {
  readonly offset: number;
  readonly bytes: number;
  readonly uncompressedBytes: number;
}

/** Makes pages of values and levels, and keeps them until the row group is written. */
export class PageWriter {
  readonly #work: WorkSpace;
  readonly #leaf: Leaf;
  readonly #options: ParquetWriteOptions;
  readonly #compress: Compress;
  readonly #store: ByteStore;
  /** The dictionary's page, once there is one. */
  readonly #dictionary: ByteStore;
  readonly #definition: WorkBuffer;
  readonly #repetition: WorkBuffer;
  readonly #header = new ThriftWriter();
  #entries = 0;
  /** Entries whose definition levels are written; none as long as all are of the highest. */
  #levels = 0;

  constructor(work: WorkSpace, leaf: Leaf, options: ParquetWriteOptions, compress: Compress) {
    this.#work = work;
    this.#leaf = leaf;
    this.#options = options;
    this.#compress = compress;
    this.#store = new ByteStore(work);
    this.#dictionary = new ByteStore(work);
    this.#definition = new WorkBuffer(work);
    this.#repetition = new WorkBuffer(work);
  }

  /** Bytes of the data pages kept. */
  get storedBytes(): number {
    return this.#store.length;
  }

  /** Bytes of the dictionary's page, which goes before them. */
  get dictionaryBytes(): number {
    return this.#dictionary.length;
  }

  /** The levels of values that join the open page. */
  addLevels({ entries, definition, repetition }: LeafBatch): void {
    if (repetition !== 0) {
      this.#repetition.ensure(this.#entries + entries, this.#entries);
      this.#work.copy(repetition, entries, this.#repetition.address + this.#entries);
    }
    if (definition !== 0 || this.#levels > 0) this.#addDefinition(entries, definition);
    this.#entries += entries;
  }

  #addDefinition(entries: number, definition: number): void {
    this.#definition.ensure(this.#entries + entries, this.#levels);
    const fill = this.#work.kernel('fillBytes');
    const { maxDefinition } = this.#leaf;
    const { address } = this.#definition;
    if (this.#levels < this.#entries) fill(address + this.#levels, this.#entries - this.#levels, maxDefinition);
    if (definition === 0) fill(address + this.#entries, entries, maxDefinition);
    else this.#work.copy(definition, entries, address + this.#entries);
    this.#levels = this.#entries + entries;
  }

  /** Ends the open page, whose values lie at `start` with room for levels before them, and keeps it. */
  finish(start: number, valueBytes: number, encoding: number): KeptPage {
    const levels = this.#encodeLevels();
    let from = start - levels;
    if (levels > PAGE_LEVELS_ROOM) {
      const { levelledPage } = this.#work;
      levelledPage.ensure(levels + valueBytes, 0);
      this.#work.copy(start, valueBytes, levelledPage.address + levels);
      from = levelledPage.address;
    }
    this.#work.copy(this.#work.encodedLevels.address, levels, from);
    const compressed = this.#compress(from, levels + valueBytes);
    const header = this.#pageHeader(PageType.data, levels + valueBytes, compressed, this.#entries, encoding);
    const offset = this.#store.length;
    keep(this.#store, header, compressed);
    this.#entries = 0;
    this.#levels = 0;
    return { offset, bytes: this.#store.length - offset, uncompressedBytes: header.length + levels + valueBytes };
  }

  /** Keeps a dictionary's page of `count` plain values at `start`; returns its bytes with the header, not compressed. */
  finishDictionary(start: number, bytes: number, count: number): number {
    const compressed = this.#compress(start, bytes);
    const header = this.#pageHeader(PageType.dictionary, bytes, compressed, count, Encoding.plainDictionary);
    keep(this.#dictionary, header, compressed);
    return header.length + bytes;
  }

  /** Writes the pages kept. */
  drain(out: ByteSink): void {
    this.#dictionary.drain(out);
    this.#store.drain(out);
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
    const { maxDefinition, maxRepetition } = this.#leaf;
    const { encodedLevels } = this.#work;
    encodedLevels.ensure(this.#entries * 3 + SLACK * 4, 0);
    let at = encodedLevels.address;
    if (maxRepetition > 0) at += this.#encodeLevel(this.#repetition.address, maxRepetition, at);
    if (maxDefinition > 0) at += this.#encodeLevel(this.#levels === 0 ? 0 : this.#definition.address, maxDefinition, at);
    return at - encodedLevels.address;
  }

  /** `levels` 0: all are the highest. */
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
      at += this.#work.kernel('hybridEncodeBytes')(levels, this.#entries, 32 - Math.clz32(highest), at);
    }
    const length = at - to - 4;
    for (let i = 0; i < 4; i++) u8[to + i] = (length >>> (8 * i)) & 255;
    return length + 4;
  }
}

function keep(store: ByteStore, header: Uint8Array, { address, bytes }: Compressed): void {
  store.appendBytes(header);
  if (address === 0) store.appendBytes(bytes);
  else store.append(address, bytes.length);
}
