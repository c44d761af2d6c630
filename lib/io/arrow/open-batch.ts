import type { Buffer } from '../buffers.js';
import { BufferPool } from '../buffers.js';
import type { DataError } from '../../core/errors.js';
import { VIEW_BYTES } from '../../memory/layout.js';
import { fileChanged, notUtf8 } from '../errors.js';
import type { DecoderContext } from '../source.js';
import { lz4FrameDecompress, zstdFrameDecompress } from './body-codec.js';
import { damagedArrow } from './errors.js';
import type { ArrowFile, MessagePlace } from './file.js';
import type { ArrowInput } from './input.js';
import type { BatchHeader } from './message.js';
import type { ArrowField } from './schema.js';

/** Bytes of a file lie at addresses of the same remainder: the system copies aligned pages four times as fast as others. */
const ALIGNMENT = 4096;
/** Kernels and compiled code may read a little beyond on both sides. */
const SLACK_BYTES = 128;
/** Buffers of bodies may be longer than their values need. */
const PADDING_BYTES = 4096;
const LENGTH_BYTES = 8;
/** LZ4 makes at most so many bytes of one. */
const LZ4_RATIO = 256;

/** Memory of a reader. */
export class ArrowSpace {
  readonly pool: BufferPool;
  bytesRead = 0;

  constructor(readonly context: DecoderContext) {
    this.pool = new BufferPool(context.scratch);
  }

  /** Memory that is good until the next batch of rows. */
  transient(bytes: number): number {
    const buffer = this.pool.take(bytes + 2 * SLACK_BYTES);
    this.pool.retire(buffer);
    return buffer.address + SLACK_BYTES;
  }

  kernel(name: string): (...args: number[]) => number {
    return this.context.executor.kernels[name]!;
  }
}

/** Buffers of one record batch: they are read when they are asked for, and of them no more than is asked for. */
export class OpenBatch {
  readonly #held: Buffer[] = [];
  /** Whole buffers that were decompressed, by number. */
  readonly #whole = new Map<number, { readonly address: number; readonly bytes: number }>();
  /** By node: its first buffer, and the number of its first count of data buffers. */
  readonly #firstBuffer: Int32Array;
  readonly #firstVariadic: Int32Array;

  constructor(
    readonly space: ArrowSpace,
    readonly file: ArrowFile,
    private readonly open: ArrowInput,
    private readonly place: MessagePlace,
    readonly header: BatchHeader,
    fields: readonly ArrowField[],
  ) {
    const { lengths, offsets, bytes, variadic } = header;
    this.#firstBuffer = new Int32Array(fields.length);
    this.#firstVariadic = new Int32Array(fields.length);
    let [buffer, counts] = [0, 0];
    for (const [node, field] of fields.entries()) {
      this.#firstBuffer[node] = buffer;
      this.#firstVariadic[node] = counts;
      const isViews = field.dictionary === undefined && field.type.kind === 'bytes' && field.type.layout === 'views';
      buffer += buffersOf(field) + (isViews ? (variadic[counts++] ?? Infinity) : 0);
    }
    if (lengths.length !== fields.length || offsets.length !== buffer)
      throw this.damage(
        `a record batch has ${lengths.length} columns in ${offsets.length} buffers, and the schema asks for ${fields.length} in ${buffer}`,
      );
    for (let i = 0; i < offsets.length; i++) {
      if (offsets[i]! + bytes[i]! > place.bodyBytes)
        throw this.damage(`buffer ${i} of a record batch has ${bytes[i]} bytes from ${offsets[i]} of its ${place.bodyBytes}`);
    }
  }

  damage(what: string): DataError {
    return damagedArrow(this.file.facts.path, this.place.at, what);
  }

  /** @throws DataError where one of `count` strings is not UTF-8. All their bytes lie between `from` and `end`, or anywhere if that is nothing. */
  checkTexts(column: string, views: number, count: number, nulls: number, from: number, end: number): void {
    const bad = this.space.kernel('firstNotUtf8')(from, end, views, count, nulls);
    if (bad === -1) return;
    throw notUtf8(this.file.facts.path, this.place.at, column, this.space.context.executor.views, views + bad * VIEW_BYTES);
  }

  firstBuffer(node: number): number {
    return this.#firstBuffer[node]!;
  }

  /** How many data buffers a column of views has. */
  dataBuffers(node: number): number {
    return this.header.variadic[this.#firstVariadic[node]!]!;
  }

  /** Bytes of a buffer as they lie in the file. */
  storedBytes(buffer: number): number {
    return this.header.bytes[buffer]!;
  }

  /** Address of `bytes` bytes from byte `from` on of a buffer, which should have `whole` bytes in all. */
  slice(buffer: number, from: number, bytes: number, whole: number): number {
    const stored = this.header.bytes[buffer]!;
    if (this.header.codec !== 'none' && stored > 0) {
      const text = this.#decompressed(buffer, Math.max(whole, from + bytes));
      if (from + bytes > text.bytes) throw this.#tooShort(buffer, from + bytes, text.bytes);
      return text.address + from;
    }
    if (from + bytes > stored) throw this.#tooShort(buffer, from + bytes, stored);
    return this.#read(buffer, from, bytes);
  }

  /** A buffer with all its bytes. */
  wholeBuffer(buffer: number): { readonly address: number; readonly bytes: number } {
    const stored = this.header.bytes[buffer]!;
    if (this.header.codec !== 'none' && stored > 0) return this.#decompressed(buffer, Infinity);
    return { address: this.#read(buffer, 0, stored), bytes: stored };
  }

  #tooShort(buffer: number, wanted: number, bytes: number): DataError {
    return this.damage(`buffer ${buffer} of a record batch has ${bytes} bytes, and ${wanted} are needed`);
  }

  #read(buffer: number, from: number, bytes: number): number {
    const position = this.place.bodyAt + this.header.offsets[buffer]! + from;
    // Vectors are aligned; so is what well-made files have.
    return this.#readAt(position, bytes, position % 16 === 0 ? position % ALIGNMENT : 0);
  }

  #readAt(position: number, bytes: number, remainder: number): number {
    const taken = this.#take(bytes + ALIGNMENT);
    const address = taken + ((((remainder - taken) % ALIGNMENT) + ALIGNMENT) % ALIGNMENT);
    const { u8 } = this.space.context.executor.views;
    if (this.open.read(position, u8.subarray(address, address + bytes)) < bytes) throw fileChanged(this.file.facts.path);
    this.space.bytesRead += bytes;
    return address;
  }

  #take(bytes: number): number {
    const buffer = this.space.pool.take(bytes + 2 * SLACK_BYTES);
    this.#held.push(buffer);
    return buffer.address + SLACK_BYTES;
  }

  #decompressed(buffer: number, expected: number): { readonly address: number; readonly bytes: number } {
    const known = this.#whole.get(buffer);
    if (known !== undefined) return known;
    const made = this.#decompress(buffer, expected);
    this.#whole.set(buffer, made);
    return made;
  }

  #decompress(buffer: number, expected: number): { readonly address: number; readonly bytes: number } {
    const stored = this.header.bytes[buffer]!;
    if (stored < LENGTH_BYTES) throw this.#tooShort(buffer, LENGTH_BYTES, stored);
    const source = this.#readAt(this.place.bodyAt + this.header.offsets[buffer]!, stored, 0);
    const { executor } = this.space.context;
    const length = Number(executor.views.i64[source / 8]!);
    const bytes = stored - LENGTH_BYTES;
    // The buffer was not worth compressing.
    if (length === -1) return { address: source + LENGTH_BYTES, bytes };
    const isLz4 = this.header.codec === 'lz4';
    const most = Math.min(expected * 2 + PADDING_BYTES, isLz4 ? bytes * LZ4_RATIO + PADDING_BYTES : 2 ** 31 - 1, 2 ** 31 - 1);
    if (!(length >= 0 && length <= most))
      throw this.damage(
        `buffer ${buffer} of a record batch should have ${length} bytes of text, and at most ${most} are expected`,
      );
    const address = this.#take(length);
    const decompress = isLz4 ? lz4FrameDecompress : zstdFrameDecompress;
    if (decompress(executor, source + LENGTH_BYTES, bytes, address, length) !== length)
      throw this.damage(
        `buffer ${buffer} of a record batch should have ${length} bytes of ${this.header.codec} text and has not`,
      );
    return { address, bytes: length };
  }

  /** Vectors of the running batch of rows may point into the buffers. */
  close(): void {
    for (const buffer of this.#held) this.space.pool.retire(buffer);
    this.#held.length = 0;
    this.#whole.clear();
  }
}

/** Buffers of a field without its children; of views, without their data. */
function buffersOf({ type, dictionary }: ArrowField): number {
  if (dictionary !== undefined) return 2;
  switch (type.kind) {
    case 'null':
      return 0;
    case 'struct':
    case 'fixedList':
      return 1;
    case 'bytes':
      return type.layout === 'views' ? 2 : 3;
    default:
      return 2;
  }
}
