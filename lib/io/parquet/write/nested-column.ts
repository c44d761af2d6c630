import type { DataType, Field } from '../../../core/types/data-type.js';
import { physicalTypeOf } from '../../../core/types/physical-type.js';
import { ColumnWord, PHYSICAL_SHIFT, columnRecord } from '../../../memory/block.js';
import { PACKED_ARRAY, PACKED_MAP, PACKED_STRUCT, PHYSICAL_CODE } from '../../../memory/layout.js';
import { SLOT_WIDTH, structLayout } from '../../../memory/packed-types.js';
import type { ColumnChunkWriter } from './column-chunk.js';
import type { ColumnFeeder } from './flat-column.js';
import { LEAF_KINDS } from './leaf.js';
import type { WorkSpace } from './work-space.js';

/** Words of a leaf's record (kernels/assembly/parquet-shred.ts). */
const Record = {
  values: 0,
  definition: 1,
  repetition: 2,
  count: 3,
  entries: 4,
  capacity: 5,
  physical: 6,
  entryBytes: 7,
} as const;
const RECORD_WORDS = 8;
const FIRST_CAPACITY = 8192;

interface LeafOutput {
  readonly chunk: ColumnChunkWriter;
  /** Index into `u32` of its record. */
  readonly record: number;
  readonly shift: number;
}

/** A column of arrays, structs or maps: its packed values are taken apart into the leaves of the file. */
export class NestedColumn implements ColumnFeeder {
  readonly #work: WorkSpace;
  readonly #index: number;
  readonly #outputs: LeafOutput[] = [];
  readonly #root: number;
  readonly #records: number;
  readonly #isOptional: boolean;

  constructor(work: WorkSpace, index: number, { type, nullable }: Field, chunks: readonly ColumnChunkWriter[]) {
    this.#work = work;
    this.#index = index;
    this.#isOptional = nullable;
    this.#root = this.#plan(type, chunks[Symbol.iterator](), 0, 0);
    this.#records = work.allocate(this.#outputs.length * 4);
    this.#outputs.forEach(({ record }, i) => {
      work.views.u32[(this.#records >>> 2) + i] = record * 4;
    });
    for (const output of this.#outputs) this.#makeRoom(output, FIRST_CAPACITY);
  }

  append(block: number, from: number, n: number): void {
    const { u32 } = this.#work.views;
    const record = columnRecord(block, this.#index);
    const values = block + u32[record + ColumnWord.values]!;
    const bitmap = u32[record + ColumnWord.nulls] === 0 ? 0 : block + u32[record + ColumnWord.bitmap]!;
    const end = from + n;
    for (let row = from; row < end;) {
      let take = end - row;
      for (const { chunk, record: at } of this.#outputs) {
        take = Math.min(take, chunk.roomRows);
        u32[at + Record.count] = 0;
        u32[at + Record.entries] = 0;
      }
      const rows =
        this.#work.kernel('shredPacked')(
          this.#root,
          this.#records,
          this.#outputs.length,
          values,
          block,
          bitmap,
          row,
          take,
          this.#isOptional ? 1 : 0,
        ) >>> 0;
      if (rows === 0) this.#makeRoomFor(u32[(values >>> 2) + row * 4]!);
      for (const output of this.#outputs) this.#hand(output, rows);
      row += rows;
    }
  }

  /** What was shredded goes on to the leaf's chunk. */
  #hand({ chunk, record }: LeafOutput, rows: number): void {
    if (rows === 0) return;
    const { u32 } = this.#work.views;
    const count = u32[record + Record.count]!;
    const entries = u32[record + Record.entries]!;
    const { maxDefinition, maxRepetition, convert, kind } = chunk.leaf;
    let values = u32[record + Record.values]!;
    if (convert !== undefined) {
      const { converted } = this.#work;
      converted.ensure(count << LEAF_KINDS[kind].shift, 0);
      this.#work.kernel(convert)(values, count, converted.address);
      values = converted.address;
    }
    const definition = maxDefinition > 0 && count < entries ? u32[record + Record.definition]! : 0;
    const repetition = maxRepetition > 0 ? u32[record + Record.repetition]! : 0;
    // References of long strings are addresses.
    chunk.append({ rows, values, count, base: 0, entries, definition, repetition }, true);
  }

  /** Room for a packed value of so many bytes. */
  #makeRoomFor(bytes: number): void {
    const { u32 } = this.#work.views;
    for (const output of this.#outputs) {
      const least = u32[output.record + Record.entryBytes]!;
      this.#makeRoom(output, least === 0 ? 1 : Math.floor(bytes / least) + 1);
    }
  }

  #makeRoom({ record, shift }: LeafOutput, capacity: number): void {
    const { u32 } = this.#work.views;
    const before = u32[record + Record.capacity]!;
    if (capacity <= before) return;
    for (const [word, log2] of [
      [Record.values, shift],
      [Record.definition, 0],
      [Record.repetition, 0],
    ] as const) {
      if (before > 0) this.#work.free(u32[record + word]!, before << log2);
      u32[record + word] = this.#work.allocate(capacity << log2);
    }
    u32[record + Record.capacity] = capacity;
  }

  /** Writes the node of a type and those below; returns its address. `entryBytes`: of a slot of the arrays around it, the narrowest; 0: none. */
  #plan(type: DataType, chunks: Iterator<ColumnChunkWriter>, repetition: number, entryBytes: number): number {
    switch (type.kind) {
      case 'array':
        return this.#planArray(type.element, type.containsNull, chunks, repetition, entryBytes);
      case 'map': {
        const keys = this.#planArray(type.key, false, chunks, repetition, entryBytes);
        return this.#node([
          PACKED_MAP,
          keys,
          this.#planArray(type.value, type.valueContainsNull, chunks, repetition, entryBytes),
        ]);
      }
      case 'struct': {
        const { slots } = structLayout(type);
        const fields = type.fields.flatMap((field, i) => [
          this.#plan(field.type, chunks, repetition, entryBytes),
          isOptional(field.type, field.nullable),
          slots[i]!,
        ]);
        return this.#node([PACKED_STRUCT, type.fields.length, ...fields]);
      }
      default:
        return this.#node([0, this.#leaf(chunks.next().value as ColumnChunkWriter, entryBytes)]);
    }
  }

  #planArray(
    element: DataType,
    nullable: boolean,
    chunks: Iterator<ColumnChunkWriter>,
    repetition: number,
    entryBytes: number,
  ): number {
    const width = SLOT_WIDTH[physicalTypeOf(element)];
    const least = entryBytes === 0 ? width : Math.min(entryBytes, width);
    const node = this.#plan(element, chunks, repetition + 1, least);
    return this.#node([PACKED_ARRAY, node, isOptional(element, nullable), width, repetition + 1]);
  }

  #leaf(chunk: ColumnChunkWriter, entryBytes: number): number {
    const { physical } = chunk.leaf;
    const words = Array.from({ length: RECORD_WORDS }, () => 0);
    words[Record.physical] = PHYSICAL_CODE[physical];
    words[Record.entryBytes] = entryBytes;
    const address = this.#node(words);
    this.#outputs.push({ chunk, record: address >>> 2, shift: PHYSICAL_SHIFT[physical] });
    return address;
  }

  #node(words: readonly number[]): number {
    const address = this.#work.allocate(words.length * 4);
    this.#work.views.u32.set(words, address >>> 2);
    return address;
  }
}

/** 1 or 0, as in the file's schema. */
function isOptional(type: DataType, nullable: boolean): number {
  return nullable || type.kind === 'null' ? 1 : 0;
}
