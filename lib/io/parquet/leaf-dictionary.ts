import { PHYSICAL_WIDTH, physicalTypeOf } from '../../core/types/physical-type.js';
import { headDictionary } from '../../memory/dictionary.js';
import { BLOCK_BOUND_MAX, DICTIONARY_HEADER_BYTES, DICTIONARY_MAX, VIEW_BYTES, VIEW_INLINE_MAX } from '../../memory/layout.js';
import type { Buffer } from '../buffers.js';
import type { ChunkPages } from './chunk-pages.js';
import { ENCODING } from './encodings.js';
import type { LeafColumn } from './leaf-column.js';
import type { ReaderSpace } from './reader-space.js';
import { ValueStream } from './value-stream.js';

const SLACK_BYTES = 64;
/** Integers of a larger dictionary are measured a batch at a time: that is no more work, and bounds may be lower. */
const MEASURED_MAX = 4096;

let lastId = 0;

/** A chunk's dictionary as values of the column, read when it is first asked for. */
export class LeafDictionary {
  address = 0;
  size = 0;
  /** No other dictionary of the thread has it. */
  id = 0;
  /** Strings few enough for codes of a byte. */
  isSmall = false;
  /** And all lie within their views. */
  isShort = false;
  #isRead = false;
  /** −1: nobody asked. */
  #bound = -1;
  readonly #buffers: Buffer[] = [];
  #pages: ChunkPages | undefined;
  #leaf: LeafColumn | undefined;
  readonly #stream: ValueStream;

  constructor(private readonly space: ReaderSpace) {
    this.#stream = new ValueStream(space, this.#buffers);
  }

  begin(pages: ChunkPages, leaf: LeafColumn): void {
    this.#pages = pages;
    this.#leaf = leaf;
    this.#stream.begin(pages, leaf);
  }

  /** The running batch's vectors may point into it. */
  forget(): void {
    for (const buffer of this.#buffers) this.space.pool.retire(buffer);
    this.#buffers.length = 0;
    this.#stream.forget();
    this.#isRead = false;
    this.#bound = -1;
    this.size = 0;
    this.isSmall = false;
    this.isShort = false;
  }

  /** Reads it, if that was not done. False where the chunk has none. */
  read(): boolean {
    if (this.#isRead) return true;
    const pages = this.#pages!;
    const page = pages.dictionary();
    if (page === undefined) return false;
    const { header, data, buffer } = page;
    if (buffer !== undefined) this.#buffers.push(buffer);
    if (header.encoding !== ENCODING.plain && header.encoding !== ENCODING.plainDictionary)
      throw pages.damagedPage(`the dictionary has the encoding ${header.encoding}`);
    const physical = physicalTypeOf(this.#leaf!.target)!;
    const width = PHYSICAL_WIDTH[physical];
    // Every value takes a bit at least.
    if (header.values > (data.end - data.address) * 8)
      throw pages.damagedPage(`the dictionary should have ${header.values} values and has fewer bytes`);
    this.size = header.values;
    this.#stream.start(ENCODING.plain, data.address, data.end, header.values);
    const inPlace = this.#stream.inPlace(width);
    if (inPlace !== 0) {
      this.#stream.skip(this.size);
      this.address = inPlace;
    } else {
      const values = this.space.pool.take(this.size * width + SLACK_BYTES);
      this.#buffers.push(values);
      this.address = values.address;
      this.#stream.read(this.size, values.address);
    }
    this.isSmall = physical === 'view' && this.size <= DICTIONARY_MAX;
    this.isShort = this.isSmall && this.#areShort();
    if (this.isSmall) this.#head();
    lastId = lastId === 0xffff_ffff ? 1 : lastId + 1;
    this.id = lastId;
    this.#isRead = true;
    return true;
  }

  /** How large its integers are (SLOT_BOUND_SHIFT); 0: that is not known. */
  bound(physical: 'i64' | 'i128'): number {
    if (this.#bound !== -1) return this.#bound;
    const { kernels } = this.space.context.executor;
    const isWide = physical === 'i128' ? 1 : 0;
    const bound = this.size > MEASURED_MAX ? 0 : kernels['decimalBound']!(this.address, isWide, 0, 0, this.size) >>> 0;
    this.#bound = bound > BLOCK_BOUND_MAX ? 0 : bound;
    return this.#bound;
  }

  /** What codes refer to has a header, which tells it from the dictionaries that lay there before. */
  #head(): void {
    const { views, kernels } = this.space.context.executor;
    const bytes = this.size * VIEW_BYTES;
    const headed = this.space.pool.take(DICTIONARY_HEADER_BYTES + bytes + SLACK_BYTES);
    this.#buffers.push(headed);
    const address = headDictionary(views, headed.address, this.size);
    kernels['memoryCopy']!(this.address, bytes, address);
    this.address = address;
  }

  #areShort(): boolean {
    const { u32 } = this.space.context.executor.views;
    for (let i = 0; i < this.size; i++) if (u32[(this.address + i * VIEW_BYTES) >>> 2]! > VIEW_INLINE_MAX) return false;
    return true;
  }
}
