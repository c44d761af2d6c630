import { PHYSICAL_WIDTH, physicalTypeOf, type PhysicalType } from '../../core/types/physical-type.js';
import { Space } from '../../memory/block-space.js';
import { FRAME_HEAP, PHYSICAL_CODE, VIEW_BYTES } from '../../memory/layout.js';
import { isUnreadable, leafType, listElement, mapEntries } from './column-types.js';
import type { Buffer } from '../buffers.js';
import type { ChunkPages } from './chunk-pages.js';
import type { ChunkWindow } from './chunk-window.js';
import type { LeafColumn } from './leaf-column.js';
import type { SlotRecord, SlotVectors } from './leaf-reader.js';
import { REPETITION } from './metadata.js';
import { NestedLeaf } from './nested-leaf.js';
import type { ReaderSpace } from './reader-space.js';
import { leavesOf, type SchemaNode } from './schema.js';

const SLACK_BYTES = 64;
const FIELD_BYTES = 16;

/** Values of a place of the schema, one a slot of its depth. `nulls`: a byte a slot. */
interface Assembled {
  readonly physical: PhysicalType;
  readonly values: number;
  readonly nulls: number;
  readonly slots: number;
}

/**
 * A column of lists, structs or maps: the levels and values of its leaves become packed values (memory/packed.ts), from the leaves up. Depth k is that of the elements of lists in k - 1 others; a
 * row is a slot of depth 0.
 */
export class NestedReader {
  /** By leaf number. */
  readonly #leaves = new Map<number, NestedLeaf>();
  readonly #fields: number;
  readonly #heap: number;
  #used: Buffer[] = [];

  constructor(
    private readonly space: ReaderSpace,
    readonly node: SchemaNode,
  ) {
    let most = 1;
    const visit = (at: SchemaNode, elementDefs: readonly number[]): void => {
      const defs = at.element.repetition === REPETITION.repeated ? [...elementDefs, at.definition] : elementDefs;
      most = Math.max(most, at.children.length);
      if (at.leaf !== -1) this.#leaves.set(at.leaf, new NestedLeaf(space, defs, widthOf(at)));
      for (const child of at.children) visit(child, defs);
    };
    visit(node, [0]);
    // Structs are packed one within the other: each has records of its own.
    this.#fields = new Space(space.context.scratch).allocate(most * FIELD_BYTES);
    this.#heap = space.context.frame + FRAME_HEAP;
  }

  get windows(): readonly ChunkWindow[] {
    return [...this.#leaves.values()].map(({ pages }) => pages.window);
  }

  get pagesRead(): number {
    return this.#sum(({ pagesRead }) => pagesRead);
  }

  get pagesPassed(): number {
    return this.#sum(({ pagesPassed }) => pagesPassed);
  }

  #sum(count: (pages: ChunkPages) => number): number {
    let sum = 0;
    for (const { pages } of this.#leaves.values()) sum += count(pages);
    return sum;
  }

  /** `columnOf` tells of a leaf's chunk in the row group. */
  begin(columnOf: (leaf: SchemaNode) => LeafColumn): void {
    for (const leaf of leavesOf(this.node)) this.#leaves.get(leaf.leaf)!.begin(columnOf(leaf));
  }

  close(): void {
    for (const leaf of this.#leaves.values()) leaf.close();
  }

  /** Rows `first`..`first + rows` into a slot. */
  load(first: number, rows: number, vectors: SlotVectors, record: SlotRecord): void {
    for (const leaf of this.#leaves.values()) leaf.take(first, rows);
    const { values, nulls } = this.#place(this.node, 0, 0);
    const { kernels } = this.space.context.executor;
    kernels['memoryCopy']!(values, rows * VIEW_BYTES, vectors.values);
    kernels['memoryCopy']!(nulls, rows, vectors.nulls);
    for (const buffer of this.#used) this.space.pool.retire(buffer);
    this.#used = [];
    record.values = vectors.values;
    record.nulls = vectors.nulls;
    record.flags = 0;
    record.codes = 0;
  }

  /** A place with all that is below it. `slotDef`: the definition level at which a slot of the depth exists. */
  #place(node: SchemaNode, depth: number, slotDef: number): Assembled {
    if (node.element.repetition === REPETITION.repeated) {
      const element = this.#value(node, depth + 1, node.definition);
      return this.#list(node, node, depth, slotDef, node.definition - 1, element);
    }
    return this.#value(node, depth, slotDef);
  }

  #value(node: SchemaNode, depth: number, slotDef: number): Assembled {
    if (node.leaf !== -1) return this.#leaf(node, depth, slotDef);
    const list = listElement(node);
    if (list !== undefined) {
      const { repeated } = list;
      const element = list.isWrapped
        ? this.#place(list.node, depth + 1, repeated.definition)
        : this.#value(repeated, depth + 1, repeated.definition);
      return this.#list(node, repeated, depth, slotDef, node.definition, element);
    }
    const entries = mapEntries(node);
    return entries === undefined ? this.#struct(node, depth, slotDef) : this.#map(node, entries, depth, slotDef);
  }

  #leaf(node: SchemaNode, depth: number, slotDef: number): Assembled {
    const { kernels } = this.space.context.executor;
    const leaf = this.#leaves.get(node.leaf)!;
    const nulls = this.#take(leaf.entries + 1);
    const slots = kernels['slotNulls']!(leaf.defs, leaf.reps, leaf.entries, depth, slotDef, node.definition, nulls);
    const width = widthOf(node);
    const values = this.#take(slots * width);
    kernels['expandValues']!(leaf.dense, leaf.values, nulls, slots, Math.log2(width), values);
    return { physical: physicalOfLeaf(node), values, nulls, slots };
  }

  #list(node: SchemaNode, repeated: SchemaNode, depth: number, slotDef: number, listDef: number, element: Assembled): Assembled {
    const { kernels } = this.space.context.executor;
    const { offsets, nulls, slots } = this.#lists(node, repeated, depth, slotDef, listDef);
    const values = this.#take(slots * VIEW_BYTES);
    kernels['packArrays']!(
      PHYSICAL_CODE[element.physical],
      element.values,
      element.nulls,
      offsets,
      nulls,
      slots,
      values,
      this.#heap,
    );
    return { physical: 'view', values, nulls, slots };
  }

  #map(node: SchemaNode, entries: NonNullable<ReturnType<typeof mapEntries>>, depth: number, slotDef: number): Assembled {
    const { kernels } = this.space.context.executor;
    const { repeated } = entries;
    const key = this.#place(entries.key, depth + 1, repeated.definition);
    const value =
      entries.value === undefined ? this.#nothing(key.slots) : this.#place(entries.value, depth + 1, repeated.definition);
    const { offsets, nulls, slots } = this.#lists(node, repeated, depth, slotDef, node.definition);
    const values = this.#take(slots * VIEW_BYTES);
    kernels['packMaps']!(
      PHYSICAL_CODE[key.physical],
      key.values,
      PHYSICAL_CODE[value.physical],
      value.values,
      value.nulls,
      offsets,
      nulls,
      slots,
      values,
      this.#heap,
    );
    return { physical: 'view', values, nulls, slots };
  }

  /** Values of a map that has none. */
  #nothing(slots: number): Assembled {
    const { u8 } = this.space.context.executor.views;
    const values = this.#take(slots);
    const nulls = this.#take(slots);
    u8.fill(0, values, values + slots);
    u8.fill(1, nulls, nulls + slots);
    return { physical: 'bool', values, nulls, slots };
  }

  #lists(
    node: SchemaNode,
    repeated: SchemaNode,
    depth: number,
    slotDef: number,
    listDef: number,
  ): { readonly offsets: number; readonly nulls: number; readonly slots: number } {
    const leaf = this.#leaves.get(leavesOf(node)[0]!.leaf)!;
    const offsets = this.#take((leaf.entries + 1) * 4);
    const nulls = this.#take(leaf.entries + 1);
    const slots = this.space.context.executor.kernels['listOffsets']!(
      leaf.defs,
      leaf.reps,
      leaf.entries,
      depth + 1,
      slotDef,
      listDef,
      repeated.definition,
      offsets,
      nulls,
    );
    return { offsets, nulls, slots };
  }

  #struct(node: SchemaNode, depth: number, slotDef: number): Assembled {
    const { kernels, views } = this.space.context.executor;
    const fields = node.children.map((child) => this.#place(child, depth, slotDef));
    const leaf = this.#leaves.get(leavesOf(node)[0]!.leaf)!;
    const nulls = this.#take(leaf.entries + 1);
    const slots = kernels['slotNulls']!(leaf.defs, leaf.reps, leaf.entries, depth, slotDef, node.definition, nulls);
    if (fields.some((field) => field.slots !== slots))
      throw leaf.pages.damagedPage(`fields of "${node.name}" have different numbers of rows`);
    fields.forEach((field, i) => {
      const at = (this.#fields + i * FIELD_BYTES) >>> 2;
      views.u32[at] = PHYSICAL_CODE[field.physical];
      views.u32[at + 1] = field.values;
      views.u32[at + 2] = field.nulls;
      views.u32[at + 3] = 0;
    });
    const values = this.#take(slots * VIEW_BYTES);
    kernels['packStructs']!(this.#fields, fields.length, nulls, slots, values, this.#heap);
    return { physical: 'view', values, nulls, slots };
  }

  #take(bytes: number): number {
    const buffer = this.space.pool.take(bytes + SLACK_BYTES);
    this.#used.push(buffer);
    return buffer.address;
  }
}

function physicalOfLeaf({ element }: SchemaNode): PhysicalType {
  const leaf = leafType(element);
  return isUnreadable(leaf) ? 'bool' : physicalTypeOf(leaf.type)!;
}

function widthOf(node: SchemaNode): number {
  return PHYSICAL_WIDTH[physicalOfLeaf(node)];
}
