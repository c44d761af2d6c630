import { VIEW_BYTES } from '../../../memory/layout.js';
import type { ByteSink } from '../../encoder.js';
import { LEAF_KINDS, type Leaf } from './leaf.js';
import { wantsBloom, type ParquetWriteOptions } from './options.js';
import { ThriftWriter } from './thrift-writer.js';
import { WorkBuffer, type WorkSpace } from './work-space.js';

const BLOCK_BYTES = 32;
const FPP = 0.01;

/** Where a Bloom filter lies in the file. */
export interface BloomPlace {
  readonly offset: number;
  readonly length: number;
}

/** A column chunk's Bloom filter while it is gathered: the hashes of its values, because only their number tells how large it should be. */
export class Bloom {
  readonly #work: WorkSpace;
  readonly #leaf: Leaf;
  readonly #fpp: number;
  readonly #ndv: number | undefined;
  readonly #bytesMax: number;
  readonly #hashes: WorkBuffer;
  #count = 0;

  /** Undefined for a leaf that gets none. */
  static make(work: WorkSpace, leaf: Leaf, options: ParquetWriteOptions): Bloom | undefined {
    const isWanted = leaf.kind !== 'boolean' && wantsBloom(options, leaf.path.join('.'));
    return isWanted ? new Bloom(work, leaf, options) : undefined;
  }

  private constructor(work: WorkSpace, leaf: Leaf, options: ParquetWriteOptions) {
    const name = leaf.path.join('.').toLowerCase();
    this.#work = work;
    this.#leaf = leaf;
    this.#fpp = options.bloomFpp.get(name) ?? options.bloomFpp.get('') ?? FPP;
    this.#ndv = options.bloomNdv.get(name) ?? options.bloomNdv.get('');
    this.#bytesMax = options.bloomBytesMax;
    this.#hashes = new WorkBuffer(work);
  }

  /** Values as they lie for the leaf's kind. */
  add(values: number, count: number, base: number): void {
    const used = this.#count * 8;
    this.#hashes.ensure(used + count * 8, used);
    const to = this.#hashes.address + used;
    const { kind, fixedBytes } = this.#leaf;
    if (kind === 'bytes') {
      this.#work.kernel('xxhashViews')(base === 0 ? values : this.#bound(values, count, base), count, to);
    } else if (kind === 'fixed') {
      const { converted } = this.#work;
      converted.ensure(count * fixedBytes + BLOCK_BYTES, 0);
      this.#work.kernel('encodeDecimals')(values, count, 1, fixedBytes, converted.address);
      this.#work.kernel('xxhashFixed')(converted.address, fixedBytes, count, to);
    } else {
      this.#work.kernel('xxhashFixed')(values, 1 << LEAF_KINDS[kind].shift, count, to);
    }
    this.#count += count;
  }

  /** Views whose references are addresses. */
  #bound(values: number, count: number, base: number): number {
    const { decoded } = this.#work;
    decoded.ensure(count * VIEW_BYTES, 0);
    this.#work.kernel('blockBindViews')(values, 0, count, decoded.address, base);
    return decoded.address;
  }

  /** Writes the filter to where there is room for so many bytes and is ready for the next row group; undefined where there were no values. */
  finish(place: (bytes: number) => ByteSink): BloomPlace | undefined {
    if (this.#count === 0) return undefined;
    const bytes = this.#filterBytes();
    const { page, views } = this.#work;
    page.ensure(bytes, 0);
    this.#work.kernel('fillBytes')(page.address, bytes, 0);
    this.#work.kernel('bloomInsert')(page.address, bytes / BLOCK_BYTES, this.#hashes.address, this.#count);
    this.#count = 0;
    const header = bloomHeader(bytes);
    const out = place(header.length + bytes);
    const offset = out.position;
    out.write(header);
    out.write(views.u8.subarray(page.address, page.address + bytes));
    return { offset, length: out.position - offset };
  }

  /** A power of two. */
  #filterBytes(): number {
    const values = this.#ndv ?? this.#count;
    const bits = (-8 * values) / Math.log(1 - this.#fpp ** (1 / 8));
    const bytes = Math.min(bits / 8, this.#bytesMax);
    let power = BLOCK_BYTES;
    while (power < bytes && power * 2 <= this.#bytesMax) power *= 2;
    return power;
  }
}

function bloomHeader(bytes: number): Buffer {
  const out = new ThriftWriter();
  out.i32(1, bytes);
  // Split blocks, XXH64, not compressed: each the first of a union.
  for (const id of [2, 3, 4]) out.struct(id, () => out.struct(1, () => {}));
  out.end();
  return out.bytes;
}
