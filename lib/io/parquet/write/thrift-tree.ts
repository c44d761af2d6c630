import { InternalError } from '../../../core/errors.js';
import { THRIFT } from '../thrift.js';
import type { ThriftCode, ThriftWriter } from './thrift-writer.js';

/** A struct of Thrift's compact protocol as a value that can be changed and written again. */
export type ThriftStruct = Map<number, ThriftField>;

export interface ThriftField {
  readonly type: ThriftCode;
  value: ThriftValue;
}

export interface ThriftList {
  readonly type: ThriftCode;
  readonly items: ThriftValue[];
}

export type ThriftValue = boolean | number | Uint8Array | ThriftList | ThriftStruct;

const DEPTH_MAX = 32;

/** Parses metadata that this writer wrote; for others' there is the reader's own. */
export class ThriftTree {
  readonly #bytes: Uint8Array;
  #at = 0;
  #depth = 0;

  private constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  static parse(bytes: Uint8Array): ThriftStruct {
    return new ThriftTree(bytes).#struct();
  }

  #struct(): ThriftStruct {
    if (++this.#depth > DEPTH_MAX) throw damaged();
    const fields: ThriftStruct = new Map();
    let last = 0;
    for (let head = this.#byte(); head !== 0; head = this.#byte()) {
      const delta = head >>> 4;
      const id = delta === 0 ? this.#integer() : last + delta;
      const type = (head & 15) as ThriftCode;
      last = id;
      const isFlag = type === THRIFT.true || type === THRIFT.false;
      fields.set(id, { type, value: isFlag ? type === THRIFT.true : this.#value(type) });
    }
    this.#depth--;
    return fields;
  }

  #value(type: ThriftCode): ThriftValue {
    switch (type) {
      case THRIFT.true:
      case THRIFT.false:
        return this.#byte() === THRIFT.true;
      case THRIFT.i8:
        return this.#byte();
      case THRIFT.i16:
      case THRIFT.i32:
      case THRIFT.i64:
        return this.#integer();
      case THRIFT.binary: {
        const length = this.#varint();
        if (length > this.#bytes.length - this.#at) throw damaged();
        this.#at += length;
        return this.#bytes.subarray(this.#at - length, this.#at);
      }
      case THRIFT.list:
        return this.#list();
      case THRIFT.struct:
        return this.#struct();
      default:
        throw damaged();
    }
  }

  #list(): ThriftList {
    const head = this.#byte();
    const size = head >>> 4 === 15 ? this.#varint() : head >>> 4;
    if (size > this.#bytes.length - this.#at) throw damaged();
    const type = (head & 15) as ThriftCode;
    return { type, items: Array.from({ length: size }, () => this.#value(type)) };
  }

  #integer(): number {
    const raw = this.#varint();
    return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
  }

  #varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.#byte();
      value += (byte & 127) * scale;
      if (byte < 128) break;
      scale *= 128;
    }
    if (!Number.isSafeInteger(value)) throw damaged();
    return value;
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw damaged();
    return byte;
  }
}

function damaged(): InternalError {
  return new InternalError('The metadata of a part that was just written cannot be read.');
}

/** Writes the fields of a struct, in the order of the map. */
export function writeFields(out: ThriftWriter, fields: ThriftStruct): void {
  for (const [id, { type, value }] of fields) {
    if (typeof value === 'boolean') {
      out.bool(id, value);
    } else {
      out.field(id, type);
      writeValue(out, type, value);
    }
  }
}

function writeValue(out: ThriftWriter, type: ThriftCode, value: ThriftValue): void {
  if (typeof value === 'boolean') out.boolElement(value);
  else if (typeof value === 'number') {
    if (type === THRIFT.i8) out.raw(Uint8Array.of(value));
    else out.integer(value);
  } else if (value instanceof Uint8Array) out.bytesElement(value);
  else if (value instanceof Map) out.structElement(() => writeFields(out, value));
  else {
    out.listHeader(value.type, value.items.length);
    for (const item of value.items) writeValue(out, value.type, item);
  }
}
