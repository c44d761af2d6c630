import type { DataType } from '../../../core/types/data-type.js';
import { PHYSICAL_WIDTH, physicalTypeOf } from '../../../core/types/physical-type.js';
import { WorkBuffer, type WorkSpace } from '../../parquet/write/work-space.js';
import type { Body } from './body.js';

/** What an array's buffers hold. `fixed`: values that a kernel of (from, n, …args, to) makes `width` bytes wide, or as they are. */
type Layout =
  | { readonly kind: 'null' | 'bool' | 'strings' | 'list' | 'struct' }
  | { readonly kind: 'fixed'; readonly width: number; readonly kernel?: string; readonly args?: readonly number[] };

function layoutOf(type: DataType): Layout {
  switch (type.kind) {
    case 'null':
      return { kind: 'null' };
    case 'boolean':
      return { kind: 'bool' };
    case 'string':
    case 'binary':
      return { kind: 'strings' };
    case 'array':
    case 'map':
      return { kind: 'list' };
    case 'struct':
      return { kind: 'struct' };
    case 'tinyint':
      return { kind: 'fixed', width: 1, kernel: 'arrowNarrow', args: [1] };
    case 'smallint':
      return { kind: 'fixed', width: 2, kernel: 'arrowNarrow', args: [2] };
    case 'float':
      return { kind: 'fixed', width: 4, kernel: 'narrowF64' };
    case 'decimal':
      return physicalTypeOf(type) === 'i64' ? { kind: 'fixed', width: 16, kernel: 'widenI64' } : { kind: 'fixed', width: 16 };
    default:
      return { kind: 'fixed', width: PHYSICAL_WIDTH[physicalTypeOf(type)] };
  }
}

const OFFSET_BYTES = 4;
const SLACK_BYTES = 64;

/** An array of a record batch, as it grows. */
export class ArrayOutput {
  rows = 0;
  /** Bytes of text. */
  #dataBytes = 0;
  readonly #layout: Layout;
  /** A byte a row. */
  readonly #nulls: WorkBuffer;
  readonly #values: WorkBuffer;
  readonly #data: WorkBuffer;

  constructor(
    private readonly work: WorkSpace,
    type: DataType,
  ) {
    this.#layout = layoutOf(type);
    this.#nulls = new WorkBuffer(work);
    this.#values = new WorkBuffer(work);
    this.#data = new WorkBuffer(work);
  }

  /** Bytes that the array has by now, about. */
  get bytes(): number {
    const layout = this.#layout;
    return this.#dataBytes + this.rows * (layout.kind === 'fixed' ? layout.width : OFFSET_BYTES);
  }

  /**
   * `n` rows: values as they lie in blocks, references of long strings counted from `base`; for lists, where each ends among the elements. `nulls`: a byte a row, 0: none is null.
   */
  append(values: number, nulls: number, n: number, base: number): void {
    if (n === 0) return;
    this.#appendNulls(nulls, n);
    const [layout, work] = [this.#layout, this.work];
    switch (layout.kind) {
      case 'null':
      case 'struct':
        break;
      case 'bool':
        this.#fixed(values, nulls, n, 1);
        break;
      case 'list':
        work.copy(values, n * OFFSET_BYTES, this.#room(n, OFFSET_BYTES, OFFSET_BYTES));
        break;
      case 'strings':
        this.#appendStrings(values, n, base);
        break;
      case 'fixed':
        this.#fixed(values, nulls, n, layout.width, layout.kernel, layout.args);
        break;
    }
    this.rows += n;
  }

  #fixed(values: number, nulls: number, n: number, width: number, kernel?: string, args: readonly number[] = []): void {
    const { work } = this;
    const out = this.#room(n, width, 0);
    if (kernel === undefined) work.copy(values, n * width, out);
    else work.kernel(kernel)(values, n, ...args, out);
    // What blocks have where a value is null may be anything, and would spoil the bits of its neighbours or tell what lay there before.
    if (nulls !== 0) work.kernel('arrowClear')(out, n, width, nulls);
  }

  /** Address of the next `n` values, `head` bytes behind the first of the buffer. */
  #room(n: number, width: number, head: number): number {
    const used = head + this.rows * width;
    this.#values.ensure(used + n * width + SLACK_BYTES, used);
    return this.#values.address + used;
  }

  #appendNulls(nulls: number, n: number): void {
    this.#nulls.ensure(this.rows + n + SLACK_BYTES, this.rows);
    const at = this.#nulls.address + this.rows;
    if (nulls === 0) this.work.kernel('fillBytes')(at, n, 0);
    else this.work.copy(nulls, n, at);
  }

  #appendStrings(views: number, n: number, base: number): void {
    const used = this.#dataBytes;
    // The kernel counts four bytes more for each.
    const bytes = (this.work.kernel('encodedViewBytes')(views, n) >>> 0) - n * OFFSET_BYTES;
    this.#data.ensure(used + bytes + SLACK_BYTES, used);
    const offsets = this.#room(n, OFFSET_BYTES, OFFSET_BYTES);
    this.#dataBytes = this.work.kernel('arrowStrings')(views, n, base, this.#data.address, used, offsets) >>> 0;
  }

  /** Hands the array over and begins another one. `rows`: of structs without null bytes of their own. */
  flush(body: Body, rows = this.rows): void {
    const { kind } = this.#layout;
    if (kind === 'null') body.addNode(rows, rows);
    else {
      const nullCount = this.rows === 0 ? 0 : this.#flushNulls(body);
      if (this.rows === 0) body.addBuffer(0, 0);
      body.addNode(rows, nullCount);
    }
    if (kind === 'strings' || kind === 'list') {
      if (this.rows === 0) this.#values.ensure(OFFSET_BYTES, 0);
      this.work.views.u32[this.#values.address >>> 2] = 0;
      body.addBuffer(this.#values.address, (this.rows + 1) * OFFSET_BYTES);
    }
    if (kind === 'strings') body.addBuffer(this.#data.address, this.#dataBytes);
    if (kind === 'bool') body.addBuffer(this.#values.address, this.rows === 0 ? 0 : this.#bits());
    if (this.#layout.kind === 'fixed') body.addBuffer(this.#values.address, this.rows * this.#layout.width);
    this.rows = 0;
    this.#dataBytes = 0;
  }

  /** Null bytes become a bitmap, in place. Returns how many are null. */
  #flushNulls(body: Body): number {
    const { address } = this.#nulls;
    const count = this.work.kernel('bitmapAppend')(address, 0, this.rows, address, 0);
    body.addBuffer(address, count === 0 ? 0 : Math.ceil(this.rows / 8));
    return count;
  }

  #bits(): number {
    const { address } = this.#values;
    return this.work.kernel('encodeBooleans')(address, this.rows, address);
  }
}
