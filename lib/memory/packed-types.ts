import type { DataType, TypeOf } from '../core/types/data-type.js';
import type { NestedType } from '../core/types/nested.js';
import { physicalTypeOf, type PhysicalType } from '../core/types/physical-type.js';
import { PACKED_ARRAY, PACKED_MAP, PACKED_STRUCT, PHYSICAL_CODE } from './layout.js';

/** Where the parts of packed values lie, by their types (packed.ts), and descriptions of types for kernels. */

/** Bytes of an element's slot. */
export const SLOT_WIDTH: { readonly [P in PhysicalType]: number } = { bool: 1, i32: 4, i64: 8, f64: 8, i128: 16, view: 8 };

/** Bytes of the null bits of so many elements or fields. */
export function nullBitsBytes(count: number): number {
  return Math.ceil(count / 64) * 8;
}

export interface StructLayout {
  /** Offset of each field's slot. */
  readonly slots: readonly number[];
  /** Bytes before the first variable piece. */
  readonly fixedBytes: number;
}

const layouts = new WeakMap<TypeOf<'struct'>, StructLayout>();

export function structLayout(type: TypeOf<'struct'>): StructLayout {
  const known = layouts.get(type);
  if (known !== undefined) return known;
  let at = nullBitsBytes(type.fields.length);
  const slots = type.fields.map((field) => {
    const slot = at;
    at += physicalTypeOf(field.type) === 'i128' ? 16 : 8;
    return slot;
  });
  const layout = Object.freeze({ slots, fixedBytes: at });
  layouts.set(type, layout);
  return layout;
}

/** The description of a nested type that the kernels of kernels/assembly/packed-order.ts read. */
export function describePackedType(type: NestedType): Uint8Array {
  const words: number[] = [];
  writeNode(words, type);
  return new Uint8Array(Uint32Array.from(words).buffer);
}

/** Appends a node and those below it; returns its offset in bytes. */
function writeNode(words: number[], type: DataType): number {
  const at = words.length;
  switch (type.kind) {
    case 'array':
      words.push(PACKED_ARRAY, 0);
      words[at + 1] = writeNode(words, type.element);
      break;
    case 'map':
      words.push(PACKED_MAP, 0, 0);
      words[at + 1] = writeNode(words, type.key);
      words[at + 2] = writeNode(words, type.value);
      break;
    case 'struct':
      words.push(PACKED_STRUCT, type.fields.length);
      for (const slot of structLayout(type).slots) words.push(0, slot);
      type.fields.forEach((field, i) => {
        words[at + 2 + 2 * i] = writeNode(words, field.type);
      });
      break;
    default:
      words.push(PHYSICAL_CODE[physicalTypeOf(type)]);
  }
  return at * 4;
}
