import { VIEW_BYTES, VIEW_INLINE_MAX, VIEW_PREFIX, VIEW_REF } from '../memory/layout.js';

const utf8 = new TextEncoder();

/** The constants of a stage: read-only bytes that compiled code finds through FRAME_PARAMETERS. Equal constants share a place. */
export class ParameterArea {
  private bytes = new Uint8Array(256);
  private length = 0;
  private readonly known = new Map<string, number>();

  /** Offset of these bytes in the area. */
  put(bytes: Uint8Array, align = 8): number {
    const key = `${align}:${Buffer.from(bytes).toString('latin1')}`;
    const at = this.known.get(key);
    if (at !== undefined) return at;
    const offset = Math.ceil(this.length / align) * align;
    while (offset + bytes.length > this.bytes.length) {
      const larger = new Uint8Array(this.bytes.length * 2);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes.set(bytes, offset);
    this.length = offset + bytes.length;
    this.known.set(key, offset);
    return offset;
  }

  i32(value: number): number {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setInt32(0, value, true);
    return this.put(bytes);
  }

  i64(value: bigint): number {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigInt64(0, BigInt.asIntN(64, value), true);
    return this.put(bytes);
  }

  i128(value: bigint): number {
    const bytes = new Uint8Array(16);
    const view = new DataView(bytes.buffer);
    view.setBigInt64(0, BigInt.asIntN(64, value), true);
    view.setBigInt64(8, BigInt.asIntN(64, value >> 64n), true);
    return this.put(bytes);
  }

  f64(value: number): number {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value, true);
    return this.put(bytes);
  }

  /** A 16-byte view. A long one refers to its bytes by offset in the area: whoever uses it adds the area's address. */
  view(value: string | Uint8Array): { readonly offset: number; readonly long: boolean } {
    const text = typeof value === 'string' ? utf8.encode(value) : value;
    const bytes = new Uint8Array(VIEW_BYTES);
    const words = new DataView(bytes.buffer);
    words.setUint32(0, text.length, true);
    const long = text.length > VIEW_INLINE_MAX;
    if (long) {
      bytes.set(text.subarray(0, VIEW_REF - VIEW_PREFIX), VIEW_PREFIX);
      words.setUint32(VIEW_REF, this.put(text), true);
    } else {
      bytes.set(text, VIEW_PREFIX);
    }
    return { offset: this.put(bytes), long };
  }

  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }
}
