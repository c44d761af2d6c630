import { FRAME_HEAP, PHYSICAL_CODE, VIEW_BYTES } from '../../memory/layout.js';
import type { ArrowColumn, Taken } from './column.js';
import { Offsets } from './offsets.js';
import type { ArrowSpace, OpenBatch } from './open-batch.js';
import { Validity } from './validity.js';

const FIELD_BYTES = 16;
/** Elements of one task at most where they take no bytes of the file, so that nobody can ask for any number of them. */
const WEIGHTLESS_MAX = 1 << 24;

function checkSpan(batch: OpenBatch, node: number, from: number, to: number): void {
  if (to - from > WEIGHTLESS_MAX && to - from > batch.file.facts.size * 8)
    throw batch.damage(`lists of column ${node} of a record batch have ${to - from} elements, more than the file has bits`);
}

/** Lists, whose elements become packed arrays (memory/packed.ts). */
export class ListColumn implements ArrowColumn {
  readonly physical = 'view';
  readonly #validity: Validity;
  readonly #offsets: Offsets;

  constructor(
    private readonly space: ArrowSpace,
    private readonly node: number,
    isWide: boolean,
    private readonly element: ArrowColumn,
  ) {
    this.#validity = new Validity(space);
    this.#offsets = new Offsets(space, node, isWide);
  }

  prepare(batch: OpenBatch, from: number, to: number): void {
    this.#validity.prepare(batch, this.node, from, to);
    const offsets = this.#offsets;
    offsets.prepare(batch, from, to);
    checkSpan(batch, this.node, offsets.first, offsets.last);
    this.element.prepare(batch, offsets.first, offsets.last);
  }

  take(first: number, count: number, outside: number): Taken {
    const nulls = this.#validity.take(first, count, outside);
    const values = this.space.transient(count * VIEW_BYTES);
    if (count === 0) return { values, nulls };
    const { from, to, relative } = elements(this.#offsets, first, count);
    const taken = this.element.take(from, to - from, 0);
    const code = PHYSICAL_CODE[this.element.physical];
    const heap = this.space.context.frame + FRAME_HEAP;
    this.space.kernel('packArrays')(code, taken.values, taken.nulls, relative, nulls, count, values, heap);
    return { values, nulls };
  }
}

/** The elements of lists: those that were prepared, and offsets counted from the first of them. */
function elements(offsets: Offsets, first: number, count: number): { from: number; to: number; relative: number } {
  const [from, to] = [offsets.at(first), offsets.at(first + count)];
  if (from < offsets.first || to < from || to > offsets.last) throw offsets.damage();
  return { from, to, relative: offsets.relative(first, count, to - from) };
}

/** Lists of one length. */
export class FixedListColumn implements ArrowColumn {
  readonly physical = 'view';
  readonly #validity: Validity;

  constructor(
    private readonly space: ArrowSpace,
    private readonly node: number,
    private readonly size: number,
    private readonly element: ArrowColumn,
  ) {
    this.#validity = new Validity(space);
  }

  prepare(batch: OpenBatch, from: number, to: number): void {
    this.#validity.prepare(batch, this.node, from, to);
    checkSpan(batch, this.node, from * this.size, to * this.size);
    this.element.prepare(batch, from * this.size, to * this.size);
  }

  take(first: number, count: number, outside: number): Taken {
    const { size, space } = this;
    const nulls = this.#validity.take(first, count, outside);
    const values = space.transient(count * VIEW_BYTES);
    const { u8, u32 } = space.context.executor.views;
    const offsets = space.transient((count + 1) * 4);
    for (let k = 0; k <= count; k++) u32[(offsets >>> 2) + k] = k * size;
    const inNull = nulls === 0 ? 0 : space.transient(count * size);
    if (nulls !== 0) for (let k = 0; k < count; k++) u8.fill(u8[nulls + k]!, inNull + k * size, inNull + (k + 1) * size);
    const taken = this.element.take(first * size, count * size, inNull);
    const code = PHYSICAL_CODE[this.element.physical];
    const heap = space.context.frame + FRAME_HEAP;
    space.kernel('packArrays')(code, taken.values, taken.nulls, offsets, nulls, count, values, heap);
    return { values, nulls };
  }
}

/** Structs, whose fields become packed structs. */
export class StructColumn implements ArrowColumn {
  readonly physical = 'view';
  readonly #validity: Validity;

  constructor(
    private readonly space: ArrowSpace,
    private readonly node: number,
    private readonly fields: readonly ArrowColumn[],
  ) {
    this.#validity = new Validity(space);
  }

  prepare(batch: OpenBatch, from: number, to: number): void {
    this.#validity.prepare(batch, this.node, from, to);
    for (const field of this.fields) field.prepare(batch, from, to);
  }

  take(first: number, count: number, outside: number): Taken {
    const { space, fields } = this;
    const nulls = this.#validity.take(first, count, outside);
    const values = space.transient(count * VIEW_BYTES);
    const records = space.transient(fields.length * FIELD_BYTES);
    const { u32 } = space.context.executor.views;
    for (const [i, field] of fields.entries()) {
      const taken = field.take(first, count, nulls);
      const at = (records + i * FIELD_BYTES) >>> 2;
      u32[at] = PHYSICAL_CODE[field.physical];
      u32[at + 1] = taken.values;
      u32[at + 2] = taken.nulls;
      u32[at + 3] = 0;
    }
    space.kernel('packStructs')(records, fields.length, nulls, count, values, space.context.frame + FRAME_HEAP);
    return { values, nulls };
  }
}

/** Maps: lists of pairs. */
export class MapColumn implements ArrowColumn {
  readonly physical = 'view';
  readonly #validity: Validity;
  readonly #entries: Validity;
  readonly #offsets: Offsets;
  #batch: OpenBatch | undefined;

  constructor(
    private readonly space: ArrowSpace,
    private readonly node: number,
    private readonly entryNode: number,
    private readonly key: ArrowColumn,
    private readonly value: ArrowColumn,
  ) {
    this.#validity = new Validity(space);
    this.#entries = new Validity(space);
    this.#offsets = new Offsets(space, node, false);
  }

  prepare(batch: OpenBatch, from: number, to: number): void {
    this.#batch = batch;
    this.#validity.prepare(batch, this.node, from, to);
    const offsets = this.#offsets;
    offsets.prepare(batch, from, to);
    const { first, last } = offsets;
    checkSpan(batch, this.node, first, last);
    this.#entries.prepare(batch, this.entryNode, first, last);
    this.key.prepare(batch, first, last);
    this.value.prepare(batch, first, last);
  }

  take(first: number, count: number, outside: number): Taken {
    const { space, key, value } = this;
    const nulls = this.#validity.take(first, count, outside);
    const values = space.transient(count * VIEW_BYTES);
    if (count === 0) return { values, nulls };
    const { from, to, relative } = elements(this.#offsets, first, count);
    const keys = key.take(from, to - from, 0);
    const held = value.take(from, to - from, 0);
    this.#refuseNulls(keys.nulls, to - from);
    this.#refuseNulls(this.#entries.take(from, to - from, 0), to - from);
    space.kernel('packMaps')(
      PHYSICAL_CODE[key.physical],
      keys.values,
      PHYSICAL_CODE[value.physical],
      held.values,
      held.nulls,
      relative,
      nulls,
      count,
      values,
      space.context.frame + FRAME_HEAP,
    );
    return { values, nulls };
  }

  #refuseNulls(nulls: number, count: number): void {
    if (nulls !== 0 && this.space.kernel('anyNull')(nulls, 0, count) !== 0)
      throw this.#batch!.damage(`a key of column ${this.node} of a record batch, a map, is null`);
  }
}
