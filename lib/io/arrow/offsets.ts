import type { DataError } from '../../core/errors.js';
import type { ArrowSpace, OpenBatch } from './open-batch.js';

/** Offsets of a column of lists or strings, of 32 or 64 bits. */
export class Offsets {
  #batch: OpenBatch | undefined;
  #address = 0;
  #from = 0;
  /** What the first and the last of those prepared say. */
  first = 0;
  last = 0;

  constructor(
    private readonly space: ArrowSpace,
    private readonly node: number,
    readonly isWide: boolean,
  ) {}

  get #width(): number {
    return this.isWide ? 8 : 4;
  }

  prepare(batch: OpenBatch, from: number, to: number): void {
    this.#batch = batch;
    this.#from = from;
    [this.first, this.last] = [0, 0];
    // Without values there need not be an offset either.
    if (from === to) return;
    const width = this.#width;
    const whole = (batch.header.lengths[this.node]! + 1) * width;
    this.#address = batch.slice(batch.firstBuffer(this.node) + 1, from * width, (to - from + 1) * width, whole);
    this.first = this.at(from);
    this.last = this.at(to);
    if (this.first > this.last) throw this.damage();
  }

  damage(): DataError {
    return this.#batch!.damage(`offsets of column ${this.node} of a record batch go down or lead beyond its values`);
  }

  /** One offset. */
  at(row: number): number {
    const { u32, i64 } = this.space.context.executor.views;
    const value = this.isWide ? Number(i64[this.address(row) / 8]!) : u32[this.address(row) / 4]!;
    if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER)) throw this.damage();
    return value;
  }

  address(row: number): number {
    return this.#address + (row - this.#from) * this.#width;
  }

  /** `count + 1` offsets from `first` on as u32, counted from the first of them, which come to `span` at most. */
  relative(first: number, count: number, span: number): number {
    const out = this.space.transient((count + 1) * 4);
    if (this.space.kernel('arrowOffsets')(this.address(first), count, this.isWide ? 1 : 0, span, out) !== 0) throw this.damage();
    return out;
  }
}
