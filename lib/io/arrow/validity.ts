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

  /** Null bytes; 0 where no value is null. */
  take(first: number, count: number): number {
    if (this.#address === 0 || count === 0) return 0;
    const nulls = this.space.transient(count);
    this.space.kernel('bitmapToNulls')(this.#address, first - this.#firstBit, count, nulls);
    return nulls;
  }
}
