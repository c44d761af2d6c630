import { Damage } from '../damage.js';

const DECODER = new TextDecoder('utf-8', { fatal: false });

/** Elements of a vector that lie one after the other. */
export interface FlatVector {
  /** Offset of the first. */
  readonly at: number;
  readonly length: number;
}

const EMPTY: FlatVector = { at: 0, length: 0 };

/** Bytes of FlatBuffers that nobody may be trusted with: every offset is compared with the bytes that are there. Offsets in Damage are from the first byte. */
export class FlatBytes {
  readonly #view: DataView;

  constructor(readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The table that all others hang from. */
  root(): FlatTable {
    return new FlatTable(this, this.target(0));
  }

  #check(at: number, size: number): void {
    if (!(at >= 0 && at + size <= this.bytes.length))
      throw new Damage(
        Math.max(0, Math.min(at, this.bytes.length)),
        `metadata of ${this.bytes.length} bytes refers to its bytes ${at} to ${at + size}`,
      );
  }

  u8(at: number): number {
    this.#check(at, 1);
    return this.#view.getUint8(at);
  }

  u16(at: number): number {
    this.#check(at, 2);
    return this.#view.getUint16(at, true);
  }

  i32(at: number): number {
    this.#check(at, 4);
    return this.#view.getInt32(at, true);
  }

  u32(at: number): number {
    this.#check(at, 4);
    return this.#view.getUint32(at, true);
  }

  /** A 64-bit number of bytes or rows: what is negative, or no exact number here, is damage. */
  count(at: number): number {
    const value = this.u32(at) + this.i32(at + 4) * 2 ** 32;
    if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER)) throw new Damage(at, `a length is ${value}`);
    return value;
  }

  /** A 64-bit number that only names something. */
  i64(at: number): bigint {
    this.#check(at, 8);
    return this.#view.getBigInt64(at, true);
  }

  /** Where the offset at `at` leads. */
  target(at: number): number {
    const to = at + this.u32(at);
    this.#check(to, 4);
    return to;
  }

  text(at: number): string {
    const length = this.u32(at);
    this.#check(at + 4, length);
    return DECODER.decode(this.bytes.subarray(at + 4, at + 4 + length));
  }

  vector(at: number, size: number): FlatVector {
    const length = this.u32(at);
    this.#check(at + 4, length * size);
    return { at: at + 4, length };
  }
}

/** A table: fields by number, each with its default where it is not there. */
export class FlatTable {
  readonly #vtable: number;
  readonly #vtableBytes: number;

  constructor(
    readonly flat: FlatBytes,
    readonly at: number,
  ) {
    this.#vtable = at - flat.i32(at);
    this.#vtableBytes = flat.u16(this.#vtable);
    if (this.#vtableBytes < 4) throw new Damage(at, `a table's list of fields has ${this.#vtableBytes} bytes`);
  }

  /** Where a field lies; 0 where it is not there. */
  #field(id: number): number {
    const slot = 4 + id * 2;
    if (slot + 2 > this.#vtableBytes) return 0;
    const offset = this.flat.u16(this.#vtable + slot);
    return offset === 0 ? 0 : this.at + offset;
  }

  u8(id: number, otherwise = 0): number {
    const at = this.#field(id);
    return at === 0 ? otherwise : this.flat.u8(at);
  }

  /** Enumerations are short and not negative. */
  u16(id: number, otherwise = 0): number {
    const at = this.#field(id);
    return at === 0 ? otherwise : this.flat.u16(at);
  }

  i32(id: number, otherwise = 0): number {
    const at = this.#field(id);
    return at === 0 ? otherwise : this.flat.i32(at);
  }

  count(id: number): number {
    const at = this.#field(id);
    return at === 0 ? 0 : this.flat.count(at);
  }

  i64(id: number): bigint {
    const at = this.#field(id);
    return at === 0 ? 0n : this.flat.i64(at);
  }

  table(id: number): FlatTable | undefined {
    const at = this.#field(id);
    return at === 0 ? undefined : new FlatTable(this.flat, this.flat.target(at));
  }

  /** @throws Damage where it is not there. */
  required(id: number, what: string): FlatTable {
    const found = this.table(id);
    if (found === undefined) throw new Damage(this.at, `${what} is missing`);
    return found;
  }

  text(id: number): string | undefined {
    const at = this.#field(id);
    return at === 0 ? undefined : this.flat.text(this.flat.target(at));
  }

  /** Elements of `size` bytes. */
  vector(id: number, size: number): FlatVector {
    const at = this.#field(id);
    return at === 0 ? EMPTY : this.flat.vector(this.flat.target(at), size);
  }

  tables(id: number): FlatTable[] {
    const { at, length } = this.vector(id, 4);
    return Array.from({ length }, (_, i) => new FlatTable(this.flat, this.flat.target(at + i * 4)));
  }
}
