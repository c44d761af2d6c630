import { VIEW_BYTES } from '../../memory/layout.js';
import type { ArrowColumn, Taken } from './column.js';
import { Offsets } from './offsets.js';
import type { ArrowSpace, OpenBatch } from './open-batch.js';
import type { ArrowField } from './schema.js';
import { Validity } from './validity.js';

/** What views can refer to in one piece. */
const SPAN_MAX = 2 ** 31 - 1;

const isText = ({ type }: ArrowField): boolean => type.kind === 'bytes' && type.isText;

/** Strings and binary values, as offsets into their data: views refer to the data where it was read. */
export class BytesColumn implements ArrowColumn {
  readonly physical = 'view';
  readonly #validity: Validity;
  readonly #offsets: Offsets;
  #batch: OpenBatch | undefined;
  #data = 0;

  constructor(
    private readonly space: ArrowSpace,
    private readonly field: ArrowField,
    isWide: boolean,
  ) {
    this.#validity = new Validity(space);
    this.#offsets = new Offsets(space, field.node, isWide);
  }

  prepare(batch: OpenBatch, from: number, to: number): void {
    const { node } = this.field;
    this.#batch = batch;
    this.#validity.prepare(batch, node, from, to);
    const offsets = this.#offsets;
    offsets.prepare(batch, from, to);
    const { first, last } = offsets;
    if (last - first > SPAN_MAX)
      throw batch.damage(`column ${node} of a record batch has ${last - first} bytes of text in one task`);
    const buffer = batch.firstBuffer(node) + 2;
    // A compressed buffer is decompressed as a whole, and how long that is what the last value says.
    this.#data =
      first === last
        ? this.space.transient(16)
        : batch.slice(buffer, first, last - first, Math.max(last, batch.storedBytes(buffer)));
  }

  take(first: number, count: number, outside: number): Taken {
    const nulls = this.#validity.take(first, count, outside);
    const values = this.space.transient(count * VIEW_BYTES);
    if (count === 0) return { values, nulls };
    this.#makeViews(first, count, values);
    if (!isText(this.field)) return { values, nulls };
    const { name } = this.field;
    const text = this.#data - this.#offsets.first;
    this.#batch!.checkTexts(name, values, count, nulls, text + this.#offsets.at(first), text + this.#offsets.at(first + count));
    return { values, nulls };
  }

  #makeViews(first: number, count: number, values: number): void {
    const offsets = this.#offsets;
    const span = offsets.last - offsets.first;
    if (!offsets.isWide) {
      if (this.space.kernel('arrowViews')(offsets.address(first), count, offsets.first, this.#data, span, values) !== 0)
        throw offsets.damage();
      return;
    }
    const start = offsets.at(first) - offsets.first;
    if (start < 0 || start > span) throw offsets.damage();
    const relative = offsets.relative(first, count, span - start);
    this.space.kernel('arrowViews')(relative, count, 0, this.#data + start, span - start, values);
  }
}

/** Strings and binary values as Arrow's views, whose data lies in any number of buffers. */
export class ViewsColumn implements ArrowColumn {
  readonly physical = 'view';
  readonly #validity: Validity;
  #batch: OpenBatch | undefined;
  #address = 0;
  #from = 0;
  /** Addresses and lengths of the data buffers. */
  #buffers: Uint32Array = new Uint32Array(0);

  constructor(
    private readonly space: ArrowSpace,
    private readonly field: ArrowField,
  ) {
    this.#validity = new Validity(space);
  }

  prepare(batch: OpenBatch, from: number, to: number): void {
    const { node } = this.field;
    this.#validity.prepare(batch, node, from, to);
    this.#batch = batch;
    this.#from = from;
    const first = batch.firstBuffer(node) + 1;
    const whole = batch.header.lengths[node]! * VIEW_BYTES;
    this.#address = from === to ? 0 : batch.slice(first, from * VIEW_BYTES, (to - from) * VIEW_BYTES, whole);
    // Which of them the views refer to nobody knows before.
    const count = from === to ? 0 : batch.dataBuffers(node);
    this.#buffers = new Uint32Array(count * 2);
    for (let i = 0; i < count; i++) {
      const { address, bytes } = batch.wholeBuffer(first + 1 + i);
      this.#buffers[i * 2] = address;
      this.#buffers[i * 2 + 1] = bytes;
    }
  }

  take(first: number, count: number, outside: number): Taken {
    const nulls = this.#validity.take(first, count, outside);
    const values = this.space.transient(count * VIEW_BYTES);
    if (count === 0) return { values, nulls };
    const table = this.space.transient(this.#buffers.length * 4);
    this.space.context.executor.views.u32.set(this.#buffers, table >>> 2);
    const at = this.#address + (first - this.#from) * VIEW_BYTES;
    if (this.space.kernel('arrowStringViews')(at, count, nulls, table, this.#buffers.length / 2, values) !== 0)
      throw this.#batch!.damage(`a value of column ${this.field.node} of a record batch does not lie within its data`);
    if (isText(this.field)) this.#batch!.checkTexts(this.field.name, values, count, nulls, 0, 0);
    return { values, nulls };
  }
}
