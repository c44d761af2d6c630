import type { DataType, TypeOf } from '../core/types/data-type.js';
import {
  dateValue,
  dayTimeIntervalText,
  decimalText,
  int64Value,
  timestampValue,
  yearMonthIntervalText,
  type ValueOptions,
} from '../core/types/javascript-values.js';
import type { NestedType } from '../core/types/nested.js';
import { MAX_I64_PRECISION, physicalTypeOf } from '../core/types/physical-type.js';
import { unreachable } from '../core/errors.js';
import type { Slicer } from './block.js';
import { PACKED_HEADER_BYTES } from './layout.js';
import { nullBitsBytes, SLOT_WIDTH, structLayout } from './packed-types.js';

/**
 * Packed values: how an array, a struct or a map lies in memory. It is ONE run of bytes behind an ordinary view, so that filters, sorts, caches, exchanges and keys treat it like
 * a string. Little-endian. Offsets count from the value's first byte; no alignment may be assumed. packed-writer.ts makes them of JavaScript values; kernels/assembly/packed.ts reads and
 * makes them in WebAssembly.
 *
 * A slot holds a value by its physical type: bool 1 byte, i32 4, i64 and f64 8, i128 16; a view (string, binary, nested): u32 offset of its bytes, u32 byte length.
 *
 * - array:  u32 count, u32 zero; null bits (1 = null), ceil(count / 64) * 8 bytes; a slot for each element, padded to a multiple of 8; then the variable bytes.
 * - struct: null bits, ceil(fields / 64) * 8 bytes; a slot for each field, widened to 8 bytes (i128: 16); then the variable bytes.
 * - map:    u32 byte length of the keys, u32 zero; the keys, an array; the values, an array of as many.
 *
 * Variable bytes stand in order, each piece padded to a multiple of 8. Null slots and all padding are zero, so that equal values have equal bytes, doubles aside (-0, NaN).
 */
export type PackedReader = (base: number) => unknown;

/** Reads one element or field: `base` is the value's first byte, `slot` the slot's. */
type SlotReader = (base: number, slot: number) => unknown;

/** Bytes that packed values lie in. */
export interface PackedBytes {
  readonly words: DataView;
  readonly slicer: Slicer;
  readonly bytes: Uint8Array;
  /** Structs as lists of their fields' values, whose names may repeat. */
  readonly structsAsLists?: boolean;
}

/** What makes JavaScript values of packed ones: arrays, plain objects, Maps. */
export function packedReader(from: PackedBytes, type: NestedType, options: ValueOptions): PackedReader {
  switch (type.kind) {
    case 'array':
      return arrayReader(from, type.element, options);
    case 'map':
      return mapReader(from, type, options);
    case 'struct':
      return structReader(from, type, options);
  }
}

function arrayReader(from: PackedBytes, element: DataType, options: ValueOptions): (base: number) => unknown[] {
  const { words, bytes } = from;
  const read = slotReader(from, element, options);
  const width = SLOT_WIDTH[physicalTypeOf(element)];
  return (base) => {
    const count = words.getUint32(base, true);
    const bits = base + PACKED_HEADER_BYTES;
    const slots = bits + nullBitsBytes(count);
    const out: unknown[] = new Array(count);
    for (let i = 0; i < count; i++) {
      out[i] = isNullAt(bytes, bits, i) ? null : read(base, slots + i * width);
    }
    return out;
  };
}

function mapReader(from: PackedBytes, type: TypeOf<'map'>, options: ValueOptions): PackedReader {
  const keysOf = arrayReader(from, type.key, options);
  const valuesOf = arrayReader(from, type.value, options);
  const asObject = options.map === 'object';
  return (base) => {
    const keys = keysOf(base + PACKED_HEADER_BYTES);
    const values = valuesOf(base + PACKED_HEADER_BYTES + from.words.getUint32(base, true));
    return asObject ? objectOf(keys, values) : new Map(keys.map((key, i) => [key, values[i]]));
  };
}

/** Members of its own, whatever their names. */
function objectOf(keys: readonly unknown[], values: readonly unknown[]): unknown {
  return Object.fromEntries(keys.map((key, i) => [keyText(key), values[i]]));
}

function keyText(key: unknown): string {
  if (key instanceof Date) return key.toISOString();
  return typeof key === 'object' ? JSON.stringify(key) : String(key as string | number | bigint | boolean);
}

function structReader(from: PackedBytes, type: TypeOf<'struct'>, options: ValueOptions): PackedReader {
  const { slots } = structLayout(type);
  const readers = type.fields.map((field) => slotReader(from, field.type, options));
  const { bytes } = from;
  if (from.structsAsLists !== true) return objectReader(type, readers, slots, bytes);
  return (base) => readers.map((read, i) => (isNullAt(bytes, base, i) ? null : read(base, base + slots[i]!)));
}

const isNullAt = (bytes: Uint8Array, bits: number, i: number): boolean => ((bytes[bits + (i >>> 3)]! >>> (i & 7)) & 1) === 1;

/** Objects of one shape, as V8 likes them. Generated, with names as string literals in brackets only: `__proto__` is a name like any other. */
function objectReader(
  type: TypeOf<'struct'>,
  readers: readonly SlotReader[],
  slots: readonly number[],
  bytes: Uint8Array,
): PackedReader {
  const member = ({ name }: { readonly name: string }, i: number): string =>
    `[${JSON.stringify(name)}]: (bytes[base + ${i >>> 3}] & ${1 << (i & 7)}) !== 0 ? null : r${i}(base, base + ${slots[i]})`;
  const source = `${readers.map((_, i) => `const r${i} = readers[${i}];`).join(' ')} return (base) => ({ ${type.fields.map(member).join(', ')} });`;
  return (new Function('readers', 'bytes', source) as (readers: readonly SlotReader[], bytes: Uint8Array) => PackedReader)(
    readers,
    bytes,
  );
}

function slotReader(from: PackedBytes, type: DataType, options: ValueOptions): SlotReader {
  const { words, slicer, bytes } = from;
  switch (type.kind) {
    case 'null':
      return () => null;
    case 'boolean':
      return (_, slot) => bytes[slot] === 1;
    case 'tinyint':
    case 'smallint':
    case 'int':
      return (_, slot) => words.getInt32(slot, true);
    case 'date':
      return (_, slot) => dateValue(words.getInt32(slot, true), options.date);
    case 'year_month_interval':
      return (_, slot) => yearMonthIntervalText(words.getInt32(slot, true));
    case 'bigint':
      return (_, slot) => int64Value(words.getInt32(slot, true), words.getInt32(slot + 4, true), options.int64);
    case 'float':
    case 'double':
      return (_, slot) => words.getFloat64(slot, true);
    case 'timestamp':
    case 'timestamp_ntz':
      return (_, slot) => timestampValue(words.getBigInt64(slot, true), options.timestamp);
    case 'day_time_interval':
      return (_, slot) => dayTimeIntervalText(words.getBigInt64(slot, true));
    case 'decimal':
      return decimalReader(words, type, options);
    case 'string':
      return (base, slot) => {
        const at = base + words.getUint32(slot, true);
        return slicer.utf8Slice(at, at + words.getUint32(slot + 4, true));
      };
    case 'binary':
      return (base, slot) => {
        const at = base + words.getUint32(slot, true);
        return Uint8Array.from(bytes.subarray(at, at + words.getUint32(slot + 4, true)));
      };
    case 'array':
    case 'map':
    case 'struct': {
      const read = packedReader(from, type, options);
      return (base, slot) => read(base + words.getUint32(slot, true));
    }
    default:
      return unreachable(type);
  }
}

function decimalReader(words: DataView, { precision, scale }: TypeOf<'decimal'>, options: ValueOptions): SlotReader {
  return (_, slot) => {
    const low = words.getBigInt64(slot, true);
    const unscaled = precision <= MAX_I64_PRECISION ? low : (words.getBigInt64(slot + 8, true) << 64n) | BigInt.asUintN(64, low);
    const text = decimalText(unscaled, scale);
    return options.decimal === 'number' ? Number(text) : text;
  };
}

/** The JavaScript value of bytes that stand alone: a literal's. */
export function unpackValue(bytes: Uint8Array, type: NestedType, options: ValueOptions): unknown {
  const { buffer, byteOffset, byteLength } = bytes;
  const words = new DataView(buffer, byteOffset, byteLength);
  const slicer = Buffer.from(buffer, byteOffset, byteLength) as unknown as Slicer;
  return packedReader({ words, slicer, bytes }, type, options)(0);
}
