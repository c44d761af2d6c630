import { PHYSICAL_WIDTH, physicalTypeOf, type PhysicalType } from '../../core/types/physical-type.js';
import { VIEW_BYTES } from '../../memory/layout.js';
import type { DataError } from '../../core/errors.js';
import type { ArrowColumn, Taken } from './column.js';
import type { FixedType } from './column-types.js';
import type { ArrowSpace, OpenBatch } from './open-batch.js';
import { Validity } from './validity.js';

/** Nothing but nulls: no buffers at all. */
export class NullColumn implements ArrowColumn {
  readonly physical = 'bool';

  constructor(
    private readonly space: ArrowSpace,
    private readonly node: number,
  ) {}

  prepare(batch: OpenBatch, _from: number, to: number): void {
    const length = batch.header.lengths[this.node]!;
    if (to > length) throw batch.damage(`column ${this.node} of a record batch has ${length} values, and ${to} are needed`);
  }

  take(_first: number, count: number): Taken {
    const { u8 } = this.space.context.executor.views;
    const values = this.space.transient(count);
    const nulls = this.space.transient(count);
    u8.fill(0, values, values + count);
    u8.fill(1, nulls, nulls + count);
    return { values, nulls };
  }
}

/** Booleans, a bit each. */
export class BoolColumn implements ArrowColumn {
  readonly physical = 'bool';
  readonly #validity: Validity;
  #address = 0;
  #bytes = 0;
  #firstBit = 0;

  constructor(
    private readonly space: ArrowSpace,
    private readonly node: number,
  ) {
    this.#validity = new Validity(space);
  }

  prepare(batch: OpenBatch, from: number, to: number): void {
    this.#validity.prepare(batch, this.node, from, to);
    const first = from >>> 3;
    this.#firstBit = from & ~7;
    this.#bytes = from === to ? 0 : Math.ceil(to / 8) - first;
    const whole = Math.ceil(batch.header.lengths[this.node]! / 8);
    this.#address = this.#bytes === 0 ? 0 : batch.slice(batch.firstBuffer(this.node) + 1, first, this.#bytes, whole);
  }

  take(first: number, count: number, outside: number): Taken {
    const nulls = this.#validity.take(first, count, outside);
    const values = this.space.transient(count);
    const [address, bit] = [this.#address, first - this.#firstBit];
    this.space.kernel('plainBooleans')(address, address + this.#bytes, bit, count, values);
    return { values, nulls };
  }
}

/** Values of a fixed width: in place where they lie as the engine has them. */
export class FixedColumn implements ArrowColumn {
  readonly physical: PhysicalType;
  readonly #validity: Validity;
  readonly #width: number;
  readonly #outWidth: number;
  #batch: OpenBatch | undefined;
  #address = 0;
  #from = 0;

  constructor(
    private readonly space: ArrowSpace,
    private readonly node: number,
    private readonly of: FixedType,
  ) {
    this.physical = physicalTypeOf(of.type);
    this.#validity = new Validity(space);
    this.#width = of.width;
    this.#outWidth = Math.max(PHYSICAL_WIDTH[this.physical], of.width);
  }

  prepare(batch: OpenBatch, from: number, to: number): void {
    this.#validity.prepare(batch, this.node, from, to);
    this.#batch = batch;
    this.#from = from;
    const width = this.#width;
    const whole = batch.header.lengths[this.node]! * width;
    this.#address = from === to ? 0 : batch.slice(batch.firstBuffer(this.node) + 1, from * width, (to - from) * width, whole);
  }

  take(first: number, count: number, outside: number): Taken {
    const { space } = this;
    const { steps } = this.of;
    const nulls = this.#validity.take(first, count, outside);
    if (count === 0) return { values: space.transient(16), nulls };
    let values = this.#address + (first - this.#from) * this.#width;
    if (steps.length === 0) return { values, nulls };
    if (nulls !== 0) space.kernel('arrowClear')(values, count, this.#width, nulls);
    const out = space.transient(count * this.#outWidth);
    for (const { kernel, args = [] } of steps) {
      if (space.kernel(kernel)(values, count, ...args, out) === -1) throw this.#tooGreat();
      values = out;
    }
    return { values, nulls };
  }

  /** The same where only the `n` values at positions `sel` are looked at, and making the others would take longer than looking for these. */
  takeSome(first: number, count: number, sel: number, n: number): Taken {
    const halves = this.#width === 16 && this.physical === 'i64';
    if (!halves || 2 * n > count) return this.take(first, count, 0);
    const { space } = this;
    const nulls = this.#validity.take(first, count, 0);
    const values = this.#address + (first - this.#from) * this.#width;
    const out = space.transient(count * PHYSICAL_WIDTH.i64);
    if (space.kernel('arrowDecimalsAt')(values, sel, n, nulls, out) === -1) throw this.#tooGreat();
    return { values: out, nulls };
  }

  #tooGreat(): DataError {
    return this.#batch!.damage(`a value of column ${this.node} of a record batch is greater than its type can be here`);
  }
}

/** Binary values of a fixed width. */
export class FixedBytesColumn implements ArrowColumn {
  readonly physical = 'view';
  readonly #validity: Validity;
  #address = 0;
  #from = 0;

  constructor(
    private readonly space: ArrowSpace,
    private readonly node: number,
    private readonly width: number,
  ) {
    this.#validity = new Validity(space);
  }

  prepare(batch: OpenBatch, from: number, to: number): void {
    this.#validity.prepare(batch, this.node, from, to);
    this.#from = from;
    const bytes = (to - from) * this.width;
    const whole = batch.header.lengths[this.node]! * this.width;
    this.#address =
      bytes === 0 ? this.space.transient(16) : batch.slice(batch.firstBuffer(this.node) + 1, from * this.width, bytes, whole);
  }

  take(first: number, count: number, outside: number): Taken {
    const nulls = this.#validity.take(first, count, outside);
    const values = this.space.transient(count * VIEW_BYTES);
    const at = this.#address + (first - this.#from) * this.width;
    this.space.kernel('fixedViews')(at, at + count * this.width, this.width, count, values);
    return { values, nulls };
  }
}
