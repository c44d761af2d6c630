import { PHYSICAL_WIDTH, type PhysicalType } from '../../core/types/physical-type.js';
import type { ArrowColumn, Taken } from './column.js';
import type { Dictionaries, DictionaryValues } from './dictionaries.js';
import type { ArrowSpace, OpenBatch } from './open-batch.js';
import type { ArrowField } from './schema.js';
import { Validity } from './validity.js';

/** Values that are numbers in a dictionary. */
export class DictionaryColumn implements ArrowColumn {
  readonly #validity: Validity;
  readonly #width: number;
  #batch: OpenBatch | undefined;
  #address = 0;
  #from = 0;
  #dictionary: DictionaryValues | undefined;

  constructor(
    private readonly space: ArrowSpace,
    private readonly field: ArrowField,
    private readonly dictionaries: Dictionaries,
    readonly physical: PhysicalType,
  ) {
    this.#validity = new Validity(space);
    this.#width = field.dictionary!.bits / 8;
  }

  prepare(batch: OpenBatch, from: number, to: number): void {
    const { node } = this.field;
    this.#validity.prepare(batch, node, from, to);
    this.#batch = batch;
    this.#from = from;
    const width = this.#width;
    const whole = batch.header.lengths[node]! * width;
    this.#address = from === to ? 0 : batch.slice(batch.firstBuffer(node) + 1, from * width, (to - from) * width, whole);
    this.#dictionary = from === to ? undefined : this.dictionaries.of(this.field);
  }

  take(first: number, count: number, outside: number): Taken {
    const nulls = this.#validity.take(first, count, outside);
    if (count === 0) return { values: this.space.transient(16), nulls };
    const indices = this.#indices(first, count, nulls);
    const { values, nulls: ownNulls } = this.#dictionary!;
    const width = PHYSICAL_WIDTH[this.physical];
    const out = this.space.transient(count * width);
    if (width === 1) this.space.kernel('arrowGatherBytes')(values, indices, count, 0, out);
    else this.space.kernel('gatherValues')(values, this.#size, indices, count, Math.log2(width), out);
    return { values: out, nulls: this.#mergedNulls(ownNulls, indices, count, nulls) };
  }

  /** Where all are null, or there are none, the dictionary may be empty: there is a value to stand for one nevertheless. */
  get #size(): number {
    return Math.max(1, this.#dictionary!.size);
  }

  /** Numbers that are checked. */
  #indices(first: number, count: number, nulls: number): number {
    const { bits, signed } = this.field.dictionary!;
    const indices = this.space.transient(count * 4);
    const at = this.#address + (first - this.#from) * this.#width;
    this.space.kernel('arrowIndices')(at, count, bits / 8, signed ? 1 : 0, nulls, indices);
    const size = nulls === 0 ? this.#dictionary!.size : this.#size;
    if (this.space.kernel('indicesBelow')(indices, count, size) === 0)
      throw this.#batch!.damage(
        `a value of column ${this.field.node} of a record batch has a number that is not below ${size}, the size of its dictionary`,
      );
    return indices;
  }

  #mergedNulls(ownNulls: number, indices: number, count: number, nulls: number): number {
    if (ownNulls === 0) return nulls;
    const out = nulls === 0 ? this.space.transient(count) : nulls;
    this.space.kernel('arrowGatherBytes')(ownNulls, indices, count, nulls === 0 ? 0 : 1, out);
    return out;
  }
}
