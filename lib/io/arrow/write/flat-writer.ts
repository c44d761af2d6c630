/** A FlatBuffers table as a tree: fields by number, absent ones undefined. */
export interface TableNode {
  readonly fields: readonly (FieldNode | undefined)[];
}

export type FieldNode =
  | { readonly bytes: 1 | 2 | 4 | 8; readonly value: number | bigint }
  | { readonly bytes: 'offset'; readonly to: TableNode | string | readonly TableNode[] | StructsNode };

/** Structs one after the other, as 64-bit words. */
export interface StructsNode {
  readonly words: Float64Array;
  readonly wordsEach: number;
}

export const u8 = (value: number): FieldNode => ({ bytes: 1, value });
export const i16 = (value: number): FieldNode => ({ bytes: 2, value });
export const i32 = (value: number): FieldNode => ({ bytes: 4, value });
export const i64 = (value: number): FieldNode => ({ bytes: 8, value: BigInt(value) });
export const ref = (to: TableNode | string | readonly TableNode[] | StructsNode): FieldNode => ({ bytes: 'offset', to });
export const table = (...fields: (FieldNode | undefined)[]): TableNode => ({ fields });
/** `words`: numbers of 64 bits, `wordsEach` to a struct. */
export const structs = (wordsEach: number, words: readonly number[]): StructsNode => ({
  words: Float64Array.from(words),
  wordsEach,
});

/** The bytes of a tree, its root first; a multiple of eight. */
export function writeFlat(root: TableNode): Uint8Array {
  const writer = new FlatWriter();
  writer.root(root);
  return writer.bytes();
}

/** Writes from the front: what a table refers to lies behind it. */
class FlatWriter {
  #view = new DataView(new ArrayBuffer(1024));
  #end = 4;

  root(node: TableNode): void {
    this.#point(0, this.#table(node));
  }

  bytes(): Uint8Array {
    this.#room(0, 8, 0);
    return new Uint8Array(this.#view.buffer, 0, this.#end);
  }

  /** Room for bytes at the next position that leaves `remainder` when divided by `alignment`. */
  #room(bytes: number, alignment: number, remainder: number): number {
    while (this.#end % alignment !== remainder) this.#end++;
    const at = this.#end;
    this.#end += bytes;
    if (this.#end + 8 > this.#view.byteLength) {
      const larger = new Uint8Array(Math.max(this.#end + 8, this.#view.byteLength * 2));
      larger.set(new Uint8Array(this.#view.buffer));
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }

  #point(at: number, to: number): void {
    this.#view.setUint32(at, to - at, true);
  }

  #table({ fields }: TableNode): number {
    const vtable = this.#room(4 + fields.length * 2, 2, 0);
    const sizeOf = (field: FieldNode): number => (field.bytes === 'offset' ? 4 : field.bytes);
    // Behind the offset of the list of fields, the widest first: all are aligned.
    const placed = fields
      .flatMap((field, id) => (field === undefined ? [] : [{ field, id, size: sizeOf(field) }]))
      .sort((a, b) => b.size - a.size);
    const size = placed.reduce((sum, field) => sum + field.size, 4);
    const at = this.#room(size, 8, 4);
    this.#view.setUint16(vtable, 4 + fields.length * 2, true);
    this.#view.setUint16(vtable + 2, size, true);
    this.#view.setInt32(at, at - vtable, true);
    let next = 4;
    for (const { field, id, size: bytes } of placed) {
      this.#view.setUint16(vtable + 4 + id * 2, next, true);
      if (field.bytes !== 'offset') this.#scalar(at + next, field.bytes, field.value);
      next += bytes;
    }
    for (const { field, id } of placed) {
      if (field.bytes === 'offset') this.#point(at + this.#view.getUint16(vtable + 4 + id * 2, true), this.#target(field.to));
    }
    return at;
  }

  #scalar(at: number, bytes: 1 | 2 | 4 | 8, value: number | bigint): void {
    if (bytes === 8) this.#view.setBigInt64(at, BigInt(value), true);
    else if (bytes === 4) this.#view.setInt32(at, Number(value), true);
    else if (bytes === 2) this.#view.setInt16(at, Number(value), true);
    else this.#view.setUint8(at, Number(value));
  }

  #target(to: TableNode | string | readonly TableNode[] | StructsNode): number {
    if (typeof to === 'string') return this.#text(to);
    if ('fields' in to) return this.#table(to);
    return 'words' in to ? this.#structs(to) : this.#tables(to);
  }

  #text(text: string): number {
    const bytes = new TextEncoder().encode(text);
    const at = this.#room(4 + bytes.length + 1, 4, 0);
    this.#view.setUint32(at, bytes.length, true);
    new Uint8Array(this.#view.buffer).set(bytes, at + 4);
    return at;
  }

  #structs({ words, wordsEach }: StructsNode): number {
    const at = this.#room(4 + words.length * 8, 8, 4);
    this.#view.setUint32(at, words.length / wordsEach, true);
    for (let i = 0; i < words.length; i++) this.#view.setBigInt64(at + 4 + i * 8, BigInt(words[i]!), true);
    return at;
  }

  #tables(nodes: readonly TableNode[]): number {
    const at = this.#room(4 + nodes.length * 4, 4, 0);
    this.#view.setUint32(at, nodes.length, true);
    for (const [i, node] of nodes.entries()) this.#point(at + 4 + i * 4, this.#table(node));
    return at;
  }
}
