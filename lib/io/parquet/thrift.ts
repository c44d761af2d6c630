import { Damage } from '../damage.js';

/** Types of the compact protocol, as they stand in field and list headers. */
export const THRIFT = {
  stop: 0,
  true: 1,
  false: 2,
  i8: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  map: 11,
  struct: 12,
  uuid: 13,
} as const;

const DEPTH_MAX = 64;
const VARINT_BYTES_MAX = 10;

/**
 * Reads Thrift's compact protocol. Nothing is trusted: every length is held against the bytes that are left before anything is made of it, and what is skipped may nest only
 * so deep. A struct is read by a loop over `field`, which keeps the number of the last field in `id`; a nested struct saves and restores it by `enter` and `leave`.
 */
export class ThriftReader {
  at: number;
  /** Of the field that `field` found last. */
  id = 0;
  /** Of the boolean field that `field` found last. */
  flag = false;
  #depth = 0;

  constructor(
    readonly bytes: Uint8Array,
    start: number,
    readonly end: number,
  ) {
    this.at = start;
  }

  /** The type of the next field of a struct, its number in `id`; 0 behind the last one. */
  field(): number {
    const head = this.byte();
    if (head === 0) return 0;
    const delta = head >>> 4;
    this.id = delta === 0 ? this.i32() : this.id + delta;
    const type = head & 15;
    this.flag = type === THRIFT.true;
    return type;
  }

  /** Begins a nested struct; returns what `leave` needs. */
  enter(): number {
    if (++this.#depth > DEPTH_MAX) throw new Damage(this.at, `structures nest more than ${DEPTH_MAX} deep`);
    const { id } = this;
    this.id = 0;
    return id;
  }

  leave(id: number): void {
    this.#depth--;
    this.id = id;
  }

  byte(): number {
    if (this.at >= this.end) throw new Damage(this.at, 'the metadata ends before it should');
    return this.bytes[this.at++]!;
  }

  /** An unsigned number of at most 2^53. */
  varint(): number {
    let byte = this.byte();
    if (byte < 128) return byte;
    let value = byte & 127;
    let scale = 128;
    const start = this.at - 1;
    do {
      if (this.at - start >= VARINT_BYTES_MAX) throw new Damage(start, 'a number has more than 10 bytes');
      byte = this.byte();
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte >= 128);
    return value;
  }

  /** A signed number; exact up to 2^53, as sizes and counts are. */
  integer(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  i32(): number {
    const start = this.at;
    const value = this.integer();
    if (value !== (value | 0)) throw new Damage(start, `a 32-bit number is ${value}`);
    return value;
  }

  /** A size, count or offset. */
  size(): number {
    const start = this.at;
    const value = this.integer();
    if (value < 0 || !Number.isSafeInteger(value)) throw new Damage(start, `a size or offset is ${value}`);
    return value;
  }

  /** Skips a binary and returns its length; its bytes end at `at`. */
  binary(): number {
    const start = this.at;
    const length = this.varint();
    if (length > this.end - this.at) throw new Damage(start, `${length} bytes should follow and ${this.end - this.at} are left`);
    this.at += length;
    return length;
  }

  text(): string {
    const length = this.binary();
    return decoder.decode(this.bytes.subarray(this.at - length, this.at));
  }

  /** The number of elements of a list or set, whose type goes to `elementType`. Every element takes a byte at least. */
  list(): number {
    const start = this.at;
    const head = this.byte();
    let count = head >>> 4;
    this.elementType = head & 15;
    if (count === 15) count = this.varint();
    if (count > this.end - this.at)
      throw new Damage(start, `a list should have ${count} elements and ${this.end - this.at} bytes are left`);
    return count;
  }

  elementType = 0;

  skip(type: number): void {
    switch (type) {
      case THRIFT.true:
      case THRIFT.false:
        return;
      case THRIFT.i8:
        this.byte();
        return;
      case THRIFT.i16:
      case THRIFT.i32:
      case THRIFT.i64:
        this.varint();
        return;
      case THRIFT.double:
        this.#pass(8);
        return;
      case THRIFT.uuid:
        this.#pass(16);
        return;
      case THRIFT.binary:
        this.binary();
        return;
      case THRIFT.list:
      case THRIFT.set: {
        const count = this.list();
        const { elementType } = this;
        for (let i = 0; i < count; i++) this.#skipElement(elementType);
        return;
      }
      case THRIFT.map: {
        const count = this.varint();
        if (count === 0) return;
        if (count > this.end - this.at) throw new Damage(this.at, `a map should have ${count} entries`);
        const types = this.byte();
        for (let i = 0; i < count; i++) {
          this.#skipElement(types >>> 4);
          this.#skipElement(types & 15);
        }
        return;
      }
      case THRIFT.struct: {
        const outer = this.enter();
        for (let field = this.field(); field !== 0; field = this.field()) this.skip(field);
        this.leave(outer);
        return;
      }
      default:
        throw new Damage(this.at, `a field has the type ${type}, which does not exist`);
    }
  }

  /** A boolean in a list takes a byte, as a field it is in the header. */
  #skipElement(type: number): void {
    if (type === THRIFT.true || type === THRIFT.false) this.byte();
    else if (++this.#depth > DEPTH_MAX) throw new Damage(this.at, `structures nest more than ${DEPTH_MAX} deep`);
    else {
      this.skip(type);
      this.#depth--;
    }
  }

  #pass(bytes: number): void {
    if (bytes > this.end - this.at) throw new Damage(this.at, 'the metadata ends before it should');
    this.at += bytes;
  }
}

const decoder = new TextDecoder();
