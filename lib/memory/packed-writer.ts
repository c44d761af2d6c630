import type { DataType, TypeOf } from '../core/types/data-type.js';
import { isNested, type NestedType } from '../core/types/nested.js';
import { physicalTypeOf } from '../core/types/physical-type.js';
import { PACKED_HEADER_BYTES } from './layout.js';
import type { MemoryViews } from './memory-access.js';
import { nullBitsBytes, SLOT_WIDTH, structLayout } from './packed-types.js';
import { ValueMismatch } from './value-mismatch.js';

/** Writes a value of a fixed width at address 0 of a small memory of its own. Throws ValueMismatch. */
export type WriteFixed = (cell: MemoryViews, type: DataType, value: unknown) => void;

/** Longer values than this are no values: lengths are signed in places. */
const BYTES_MAX = 0x7fffffff;
const FIRST_BYTES = 4096;
const SHORT_TEXT_UNITS = 4096;
/** A buffer that one large value needed is let go. */
const KEPT_BYTES_MAX = 1024 * 1024;

/** Makes packed values (packed.ts) of JavaScript values: arrays and typed arrays, plain objects, Maps (or objects, as maps with keys that text can be). */
export class PackedWriter {
  #bytes = new Uint8Array(FIRST_BYTES);
  #words = new DataView(this.#bytes.buffer);
  #buffer = Buffer.from(this.#bytes.buffer);
  #end = 0;
  readonly #cell = cellViews();
  readonly #encoder = new TextEncoder();

  constructor(private readonly writeFixed: WriteFixed) {}

  /** The value's bytes: good until the next call. Throws ValueMismatch, with the place inside of the value. */
  pack(type: NestedType, value: unknown): Uint8Array {
    if (this.#bytes.length > KEPT_BYTES_MAX) this.#resize(FIRST_BYTES);
    this.#end = 0;
    this.#nested(type, value);
    return this.#bytes.subarray(0, this.#end);
  }

  #nested(type: NestedType, value: unknown): void {
    switch (type.kind) {
      case 'array':
        return this.#array(elementsOf(value, type), type.element, type.containsNull, type, (i) => `[${i}]`);
      case 'map':
        return this.#map(type, value);
      case 'struct':
        return this.#struct(type, value);
    }
  }

  #array(values: ArrayLike<unknown>, element: DataType, nullable: boolean, type: DataType, step: (i: number) => string): void {
    const base = this.#end;
    const count = values.length;
    const width = SLOT_WIDTH[physicalTypeOf(element)];
    const bits = base + PACKED_HEADER_BYTES;
    const slots = bits + nullBitsBytes(count);
    this.#reserve(padded(slots - base + count * width), values, type);
    this.#words.setUint32(base, count, true);
    for (let i = 0; i < count; i++) {
      try {
        this.#slot(base, slots + i * width, bits, i, element, nullable, values[i]);
      } catch (error) {
        throw error instanceof ValueMismatch ? error.under(step(i)) : error;
      }
    }
  }

  #map(type: TypeOf<'map'>, value: unknown): void {
    const base = this.#end;
    const entries = entriesOf(value, type);
    const shown = entries.map(([key]) => `[${typeof key === 'string' ? JSON.stringify(key) : String(key)}]`);
    this.#reserve(PACKED_HEADER_BYTES, value, type);
    this.#array(
      entries.map(([key]) => key),
      type.key,
      false,
      type,
      () => '.key',
    );
    this.#words.setUint32(base, this.#end - base - PACKED_HEADER_BYTES, true);
    this.#array(
      entries.map(([, item]) => item),
      type.value,
      type.valueContainsNull,
      type,
      (i) => shown[i]!,
    );
  }

  #struct(type: TypeOf<'struct'>, value: unknown): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Map || value instanceof Date)
      throw new ValueMismatch(value, type);
    const base = this.#end;
    const { slots, fixedBytes } = structLayout(type);
    this.#reserve(fixedBytes, value, type);
    for (const [i, field] of type.fields.entries()) {
      try {
        this.#slot(base, base + slots[i]!, base, i, field.type, field.nullable, memberOf(value, field.name));
      } catch (error) {
        throw error instanceof ValueMismatch ? error.under(`.${field.name}`) : error;
      }
    }
  }

  #slot(base: number, slot: number, bits: number, i: number, type: DataType, nullable: boolean, value: unknown): void {
    if (value === null || value === undefined) {
      if (!nullable) throw new ValueMismatch(null, type);
      this.#bytes[bits + (i >>> 3)]! |= 1 << (i & 7);
      return;
    }
    if (isNested(type) || type.kind === 'string' || type.kind === 'binary') {
      const start = this.#end;
      const length = this.#piece(type, value);
      this.#words.setUint32(slot, start - base, true);
      this.#words.setUint32(slot + 4, length, true);
      return;
    }
    if (typeof value === 'number' && this.#number(slot, type, value)) return;
    this.writeFixed(this.#cell, type, value);
    this.#bytes.set(this.#cell.u8.subarray(0, SLOT_WIDTH[physicalTypeOf(type)]), slot);
  }

  /** The usual numbers, without a detour; false for what `writeFixed` has to look at. */
  #number(slot: number, type: DataType, value: number): boolean {
    if (type.kind === 'double') {
      this.#words.setFloat64(slot, value, true);
      return true;
    }
    if (type.kind === 'int' && (value | 0) === value) {
      this.#words.setInt32(slot, value, true);
      return true;
    }
    if (type.kind !== 'bigint' || !Number.isSafeInteger(value)) return false;
    this.#words.setInt32(slot, value | 0, true);
    this.#words.setInt32(slot + 4, Math.floor(value / 4_294_967_296), true);
    return true;
  }

  /** Appends a string, binary or nested value; returns its length without padding. */
  #piece(type: DataType, value: unknown): number {
    const start = this.#end;
    if (isNested(type)) {
      this.#nested(type, value);
      return this.#end - start;
    }
    if (type.kind === 'string' ? typeof value !== 'string' : !(value instanceof Uint8Array)) throw new ValueMismatch(value, type);
    // Three bytes a UTF-16 unit is the most UTF-8 needs.
    if (typeof value === 'string' && value.length < SHORT_TEXT_UNITS) {
      this.#reserve(padded(value.length * 3), value, type);
      const length = this.#buffer.utf8Write(value, start, value.length * 3);
      this.#end = start + padded(length);
      return length;
    }
    const bytes = typeof value === 'string' ? this.#encoder.encode(value) : (value as Uint8Array);
    this.#reserve(padded(bytes.length), value, type);
    this.#bytes.set(bytes, start);
    return bytes.length;
  }

  /** Zeroed room at the end. */
  #reserve(bytes: number, value: unknown, type: DataType): void {
    const end = this.#end + bytes;
    if (end > BYTES_MAX) throw new ValueMismatch(value, type);
    if (end > this.#bytes.length) this.#resize(Math.min(BYTES_MAX, Math.max(end, this.#bytes.length * 2)));
    this.#bytes.fill(0, this.#end, end);
    this.#end = end;
  }

  #resize(bytes: number): void {
    const larger = new Uint8Array(bytes);
    larger.set(this.#bytes.subarray(0, Math.min(this.#end, bytes)));
    this.#bytes = larger;
    this.#words = new DataView(larger.buffer);
    this.#buffer = Buffer.from(larger.buffer);
  }
}

const padded = (bytes: number): number => Math.ceil(bytes / 8) * 8;

/** A memory for one value of a fixed width. */
function cellViews(): MemoryViews {
  const buffer = new ArrayBuffer(64);
  return {
    u8: new Uint8Array(buffer),
    i32: new Int32Array(buffer),
    u32: new Uint32Array(buffer),
    i64: new BigInt64Array(buffer),
    f64: new Float64Array(buffer),
  } as Pick<MemoryViews, 'u8' | 'i32' | 'u32' | 'i64' | 'f64'> as MemoryViews;
}

function elementsOf(value: unknown, type: DataType): ArrayLike<unknown> {
  if (Array.isArray(value)) return value as unknown[];
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return value as unknown as ArrayLike<unknown>;
  throw new ValueMismatch(value, type);
}

function entriesOf(value: unknown, type: TypeOf<'map'>): readonly (readonly [unknown, unknown])[] {
  if (value instanceof Map) return [...(value as ReadonlyMap<unknown, unknown>)];
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value) || value instanceof Date)
    throw new ValueMismatch(value, type);
  return Object.entries(value);
}

/** An object's member, its own or one of its class; never what all objects inherit. */
function memberOf(value: object, name: string): unknown {
  if (!Object.hasOwn(value, name) && name in Object.prototype) return undefined;
  return (value as Record<string, unknown>)[name];
}
