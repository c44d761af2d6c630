import { Space } from '../../memory/block-space.js';
import type { ChunkPages } from './chunk-pages.js';
import { ENCODING } from './encodings.js';
import type { LeafColumn } from './leaf-column.js';
import type { LeafDictionary } from './leaf-dictionary.js';
import type { ReaderSpace } from './reader-space.js';
import { ValueStream } from './value-stream.js';

const STATE_BYTES = 32;
const BYTE_BITS = 8;

/** The values of a page, or the numbers that they have in the dictionary. */
export class PageValues {
  /** Numbers, not values. */
  isCoded = false;
  /** The numbers have at most 8 bits: `readCodes` may be called. */
  hasBytes = false;
  readonly #stream: ValueStream;
  readonly #state: number;
  #pages: ChunkPages | undefined;

  constructor(
    private readonly space: ReaderSpace,
    private readonly dictionary: LeafDictionary,
  ) {
    this.#stream = new ValueStream(space);
    this.#state = new Space(space.context.scratch).allocate(STATE_BYTES);
  }

  begin(pages: ChunkPages, leaf: LeafColumn): void {
    this.#pages = pages;
    this.#stream.begin(pages, leaf);
  }

  forget(): void {
    this.#stream.forget();
  }

  /**
   * Reads the dictionary of the page that was sought, if it needs one. To be called before the page's data is looked for, which may lie in the window: a dictionary that is not in it moves the
   * window away.
   */
  readDictionary(): void {
    const { encoding } = this.#pages!.header;
    this.isCoded = encoding === ENCODING.rleDictionary || encoding === ENCODING.plainDictionary;
    if (this.isCoded && !this.dictionary.read())
      throw this.#pages!.damagedPage('its values are numbers in a dictionary, and the column chunk has none');
  }

  /** Starts at the values of the page that was sought, whose dictionary was read. */
  start(address: number, end: number): void {
    const { header } = this.#pages!;
    if (!this.isCoded) return this.#stream.start(header.encoding, address, end, header.values);
    const { kernels, views } = this.space.context.executor;
    // A page of nulls may have no width.
    const width = address < end ? views.u8[address]! : 0;
    this.hasBytes = width <= BYTE_BITS;
    if (kernels['hybridBegin']!(this.#state, Math.min(address + 1, end), end, width) !== 0)
      throw this.#pages!.damagedPage(`numbers in the dictionary have ${width} bits`);
  }

  inPlace(width: number): number {
    return this.isCoded ? 0 : this.#stream.inPlace(width);
  }

  skip(count: number): void {
    if (count === 0) return;
    if (!this.isCoded) this.#stream.skip(count);
    else if (this.space.context.executor.kernels['hybridSkip']!(this.#state, count) !== 0) throw this.#ends();
  }

  read(count: number, out: number): void {
    this.#stream.read(count, out);
  }

  /** Numbers of a dictionary of at most 256 values, a byte each. */
  readCodes(count: number, out: number): void {
    const { kernels } = this.space.context.executor;
    if (count > 0 && kernels['hybridBytes']!(this.#state, out, count) !== 0) throw this.#ends();
  }

  readIndices(count: number, out: number): void {
    if (count > 0 && this.space.context.executor.kernels['hybridDecode']!(this.#state, out, count) !== 0) throw this.#ends();
  }

  #ends(): Error {
    return this.#pages!.damagedPage('it has fewer values than it should, or damaged ones');
  }
}
