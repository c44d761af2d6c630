import type { ArrowSpace, OpenBatch } from './open-batch.js';

/** Which values of a node are null. */
export class Validity {
  #address = 0;
  #firstBit = 0;

  constructor(private readonly space: ArrowSpace) {}

  /** @throws DataError where the node has fewer values. */
  prepare(batch: OpenBatch, node: number, from: number, to: number): void {
    const { lengths, nullCounts } = batch.header;
    if (to > lengths[node]!)
      throw batch.damage(`column ${node} of a record batch has ${lengths[node]} values, and ${to} are needed`);
    const buffer = batch.firstBuffer(node);
    this.#address = 0;
    if (nullCounts[node] === 0 || batch.storedBytes(buffer) === 0 || from === to) return;
    this.#firstBit = from & ~7;
    const first = from >>> 3;
    this.#address = batch.slice(buffer, first, Math.ceil(to / 8) - first, Math.ceil(lengths[node]! / 8));
  }

  /** Null bytes; 0 where no value is null. What lies in a null struct is null too, whatever the file says of it: `outside` are the struct's null bytes. */
  take(first: number, count: number, outside: number): number {
    if ((this.#address === 0 && outside === 0) || count === 0) return 0;
    const nulls = this.space.transient(count);
    const { u8 } = this.space.context.executor.views;
    if (this.#address !== 0) this.space.kernel('bitmapToNulls')(this.#address, first - this.#firstBit, count, nulls);
    else u8.copyWithin(nulls, outside, outside + count);
    if (this.#address !== 0 && outside !== 0) for (let k = 0; k < count; k++) u8[nulls + k]! |= u8[outside + k]!;
    return nulls;
  }
}
