import { isNested } from '../../../core/types/nested.js';
import type { DataType, Field } from '../../../core/types/data-type.js';
import { PHYSICAL_WIDTH, physicalTypeOf } from '../../../core/types/physical-type.js';
import { ColumnWord, PHYSICAL_SHIFT, columnRecord } from '../../../memory/block.js';
import {
  BLOCK_FLAG_CODES,
  DICTIONARY_HEADER_BYTES,
  PACKED_ARRAY,
  PACKED_MAP,
  PACKED_STRUCT,
  PHYSICAL_CODE,
} from '../../../memory/layout.js';
import { SLOT_WIDTH, structLayout } from '../../../memory/packed-types.js';
import type { WorkSpace } from '../../parquet/write/work-space.js';
import { ArrayOutput } from './array-output.js';
import type { Body } from './body.js';

/** Takes a column's values out of blocks. */
export interface ColumnOutput {
  readonly bytes: number;
  /** Rows [from, from + rows) of a block's column. */
  append(block: number, from: number, rows: number): void;
  flush(body: Body): void;
}

export function openColumnOutput(work: WorkSpace, index: number, { type }: Field): ColumnOutput {
  return isNested(type) ? new NestedOutput(work, index, type) : new FlatOutput(work, index, type);
}

class FlatOutput implements ColumnOutput {
  readonly #array: ArrayOutput;
  readonly #shift: number;

  constructor(
    private readonly work: WorkSpace,
    private readonly index: number,
    type: DataType,
  ) {
    this.#array = new ArrayOutput(work, type);
    this.#shift = PHYSICAL_SHIFT[physicalTypeOf(type)];
  }

  get bytes(): number {
    return this.#array.bytes;
  }

  append(block: number, from: number, rows: number): void {
    const { work } = this;
    const record = columnRecord(block, this.index);
    const word = (at: number): number => work.views.u32[record + at]!;
    let nulls = 0;
    if (word(ColumnWord.nulls) !== 0) {
      work.levels.ensure(rows, 0);
      nulls = work.levels.address;
      work.kernel('bitmapToNulls')(block + word(ColumnWord.bitmap), from, rows, nulls);
    }
    const isCoded = (word(ColumnWord.flags) & BLOCK_FLAG_CODES) !== 0;
    let values = block + word(ColumnWord.values) + (isCoded ? from : from << this.#shift);
    if (isCoded) {
      work.decoded.ensure(rows << PHYSICAL_SHIFT.view, 0);
      const dictionary = block + word(ColumnWord.dictionary) + DICTIONARY_HEADER_BYTES;
      work.kernel('dictionaryDecode')(values, dictionary, 0, rows, work.decoded.address);
      values = work.decoded.address;
    }
    this.#array.append(values, nulls, rows, block);
  }

  flush(body: Body): void {
    this.#array.flush(body);
  }
}

/** Words of a node (kernels/assembly/arrow-unpack.ts). */
const Node = { kind: 0, count: 1, capacity: 2, nulls: 3, values: 4, physical: 5, before: 6, entryBytes: 7, children: 8 } as const;
const FIRST_CHILD = 9;
const FIRST_CAPACITY = 4096;
const OFFSET_BYTES = 4;

interface NodeOutput {
  /** Index into `u32`. */
  readonly at: number;
  readonly array: ArrayOutput;
  /** Bytes of a value, or of an offset. */
  readonly width: number;
}

/** An array in the order of the file. `rowsOf`: it has as many rows as that one: the pairs of a map. */
interface Placed {
  readonly array: ArrayOutput;
  readonly rowsOf: ArrayOutput | undefined;
}

/** Arrays, structs and maps: packed values are taken apart. */
class NestedOutput implements ColumnOutput {
  readonly #nodes: NodeOutput[] = [];
  readonly #placed: Placed[] = [];
  readonly #root: number;
  readonly #addresses: number;

  constructor(
    private readonly work: WorkSpace,
    private readonly index: number,
    type: DataType,
  ) {
    this.#root = this.#plan(type, 0).address;
    this.#addresses = work.allocate(this.#nodes.length * 4);
    work.views.u32.set(
      this.#nodes.map(({ at }) => at * 4),
      this.#addresses >>> 2,
    );
    for (const node of this.#nodes) this.#makeRoom(node, FIRST_CAPACITY);
  }

  get bytes(): number {
    return this.#nodes.reduce((sum, { array }) => sum + array.bytes, 0);
  }

  append(block: number, from: number, rows: number): void {
    const { work } = this;
    const { u32 } = work.views;
    const record = columnRecord(block, this.index);
    const values = block + u32[record + ColumnWord.values]!;
    const bitmap = u32[record + ColumnWord.nulls] === 0 ? 0 : block + u32[record + ColumnWord.bitmap]!;
    const end = from + rows;
    for (let row = from; row < end;) {
      const done =
        work.kernel('arrowUnpack')(this.#root, this.#addresses, this.#nodes.length, values, block, bitmap, row, end - row) >>> 0;
      if (done === 0) this.#makeRoomFor(u32[(values >>> 2) + row * 4]!);
      for (const node of this.#nodes) this.#hand(node);
      row += done;
    }
  }

  #hand({ at, array }: NodeOutput): void {
    const { u32 } = this.work.views;
    const count = u32[at + Node.count]!;
    // References of long strings are addresses.
    array.append(u32[at + Node.values]!, u32[at + Node.nulls]!, count, 0);
    u32[at + Node.before] = u32[at + Node.before]! + count;
    u32[at + Node.count] = 0;
  }

  flush(body: Body): void {
    const rows = this.#placed.map(({ array, rowsOf }) => (rowsOf ?? array).rows);
    for (const [i, { array }] of this.#placed.entries()) array.flush(body, rows[i]);
    for (const { at } of this.#nodes) this.work.views.u32[at + Node.before] = 0;
  }

  /** Room for a packed value of so many bytes. */
  #makeRoomFor(bytes: number): void {
    for (const node of this.#nodes) {
      const least = this.work.views.u32[node.at + Node.entryBytes]!;
      this.#makeRoom(node, least === 0 ? 1 : Math.floor(bytes / least) + 1);
    }
  }

  /** What the kernel leaves is taken away after each call: there is nothing to keep. */
  #makeRoom({ at, width }: NodeOutput, capacity: number): void {
    const { u32 } = this.work.views;
    const before = u32[at + Node.capacity]!;
    if (capacity <= before) return;
    for (const [word, bytes] of [
      [Node.nulls, 1],
      [Node.values, width],
    ] as const) {
      if (before > 0) this.work.free(u32[at + word]!, before * bytes);
      u32[at + word] = this.work.allocate(capacity * bytes);
    }
    u32[at + Node.capacity] = capacity;
  }

  /** Writes the node of a type and those below it. `entryBytes`: of a slot of the arrays around it, the narrowest; 0: none. */
  #plan(type: DataType, entryBytes: number): { readonly address: number; readonly array: ArrayOutput } {
    const array = new ArrayOutput(this.work, type);
    this.#placed.push({ array, rowsOf: undefined });
    switch (type.kind) {
      case 'array': {
        const child = this.#element(type.element, entryBytes);
        return { array, address: this.#node(PACKED_ARRAY, array, OFFSET_BYTES, entryBytes, [child]) };
      }
      case 'map': {
        const place = this.#placed.length;
        const pair: DataType = { kind: 'struct', fields: [] };
        this.#placed.push({ array, rowsOf: undefined });
        const key = this.#element(type.key, entryBytes);
        this.#placed[place] = { array: new ArrayOutput(this.work, pair), rowsOf: key.array };
        const value = this.#element(type.value, entryBytes);
        return { array, address: this.#node(PACKED_MAP, array, OFFSET_BYTES, entryBytes, [key, value]) };
      }
      case 'struct': {
        const { slots } = structLayout(type);
        const fields = type.fields.map((field, i) => ({ ...this.#plan(field.type, entryBytes), place: slots[i]! }));
        return { array, address: this.#node(PACKED_STRUCT, array, 0, entryBytes, fields) };
      }
      default: {
        const physical = physicalTypeOf(type);
        return { array, address: this.#node(0, array, PHYSICAL_WIDTH[physical], entryBytes, [], PHYSICAL_CODE[physical]) };
      }
    }
  }

  #element(
    type: DataType,
    entryBytes: number,
  ): { readonly address: number; readonly array: ArrayOutput; readonly place: number } {
    const width = SLOT_WIDTH[physicalTypeOf(type)];
    return { ...this.#plan(type, entryBytes === 0 ? width : Math.min(entryBytes, width)), place: width };
  }

  #node(
    kind: number,
    array: ArrayOutput,
    width: number,
    entryBytes: number,
    children: readonly { readonly address: number; readonly place: number }[],
    physical = 0,
  ): number {
    const words = Array.from({ length: FIRST_CHILD }, () => 0);
    words[Node.kind] = kind;
    words[Node.physical] = physical;
    words[Node.entryBytes] = entryBytes;
    words[Node.children] = children.length;
    for (const { address, place } of children) words.push(address, place);
    const address = this.work.allocate(words.length * 4);
    this.work.views.u32.set(words, address >>> 2);
    this.#nodes.push({ at: address >>> 2, array, width });
    return address;
  }
}
