import { THRIFT } from '../thrift.js';

/** A type, as fields and list elements name it. */
export type ThriftCode = (typeof THRIFT)[keyof typeof THRIFT];

const GROWTH_MIN = 1024;

/** Writes structs in Thrift's compact protocol. Fields come in ascending order of their ids. */
export class ThriftWriter {
  #bytes = Buffer.allocUnsafe(GROWTH_MIN);
  #length = 0;
  /** Last field id of each open struct. */
  readonly #last: number[] = [0];

  /** Bytes written since `reset`: good until the next call. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  reset(): void {
    this.#length = 0;
    this.#last.length = 1;
    this.#last[0] = 0;
  }

  /** Ends the outermost struct. */
  end(): void {
    this.#byte(0);
  }

  field(id: number, type: ThriftCode): void {
    const depth = this.#last.length - 1;
    const delta = id - this.#last[depth]!;
    this.#last[depth] = id;
    if (delta >= 1 && delta <= 15) {
      this.#byte((delta << 4) | type);
    } else {
      this.#byte(type);
      this.#varint(id * 2);
    }
  }

  i8(id: number, value: number): void {
    this.field(id, THRIFT.i8);
    this.#byte(value & 255);
  }

  i16(id: number, value: number): void {
    this.field(id, THRIFT.i16);
    this.integer(value);
  }

  i32(id: number, value: number): void {
    this.field(id, THRIFT.i32);
    this.integer(value);
  }

  /** A whole number that a double holds. */
  i64(id: number, value: number): void {
    this.field(id, THRIFT.i64);
    this.integer(value);
  }

  bool(id: number, value: boolean): void {
    this.field(id, value ? THRIFT.true : THRIFT.false);
  }

  binary(id: number, value: Uint8Array | string): void {
    this.field(id, THRIFT.binary);
    this.bytesElement(value);
  }

  struct(id: number, body: () => void): void {
    this.field(id, THRIFT.struct);
    this.structElement(body);
  }

  list(id: number, type: ThriftCode, size: number): void {
    this.field(id, THRIFT.list);
    this.listHeader(type, size);
  }

  /** A list's elements follow. */
  listHeader(type: ThriftCode, size: number): void {
    if (size < 15) {
      this.#byte((size << 4) | type);
    } else {
      this.#byte(0xf0 | type);
      this.#varint(size);
    }
  }

  structElement(body: () => void): void {
    this.#last.push(0);
    body();
    this.#last.pop();
    this.#byte(0);
  }

  /** An i16, i32 or i64 in a list. */
  integer(value: number): void {
    this.#varint(value < 0 ? -value * 2 - 1 : value * 2);
  }

  boolElement(value: boolean): void {
    this.#byte(value ? THRIFT.true : THRIFT.false);
  }

  bytesElement(value: Uint8Array | string): void {
    const bytes = typeof value === 'string' ? Buffer.from(value) : value;
    this.#varint(bytes.length);
    this.raw(bytes);
  }

  /** Bytes as they are: of a value that is encoded already. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  #varint(value: number): void {
    this.#reserve(10);
    let rest = value;
    while (rest >= 128) {
      this.#bytes[this.#length++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + bytes));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
