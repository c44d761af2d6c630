import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { DataError, InternalError } from '../../../core/errors.js';
import type { ByteSink, EncodeRequest } from '../../encoder.js';
import { MAGIC } from './codes.js';
import { endFile, writeFooter } from './footer.js';
import { parquetSchema } from './schema.js';
import { ThriftTree, writeFields, type ThriftField, type ThriftList, type ThriftStruct } from './thrift-tree.js';
import { THRIFT } from '../thrift.js';
import { ThriftWriter } from './thrift-writer.js';

const COPY_BYTES = 1024 * 1024;
const HEAD_BYTES = MAGIC.length;
/** The footer's length and the magic. */
const TAIL_BYTES = 8;

/** Field ids of the metadata. */
const File = { schema: 2, rows: 3, groups: 4 } as const;
const Group = { columns: 1, offset: 5, ordinal: 7 } as const;
const Chunk = { offset: 2, metadata: 3, offsetIndex: 4, offsetIndexLength: 5, columnIndex: 6, columnIndexLength: 7 } as const;
const Metadata = { dataOffset: 9, dictionaryOffset: 11, bloomOffset: 14 } as const;

/** The indexes of a column chunk, which lie behind all row groups. */
interface ChunkIndexes {
  readonly chunk: ThriftStruct;
  readonly columnIndex: Uint8Array | undefined;
  readonly offsetIndex: ThriftStruct | undefined;
}

/**
 * Makes one file of finished ones of the same schema: their row groups' bytes as they are (Bloom filters among them), indexes and footers anew because they tell places in
 * the file. With a body the row groups are in their places, and the parts have but indexes and footers.
 */
export function joinParquet(parts: readonly string[], request: EncodeRequest, out: ByteSink, hasBody = false): void {
  if (!hasBody) out.write(Buffer.from(MAGIC, 'latin1'));
  const joined = new JoinedFile(out, hasBody);
  for (const path of parts) joined.add(path);
  if (parts.length === 0) writeFooter(out, request.schema, parquetSchema(request.schema), []);
  else joined.finish();
}

class JoinedFile {
  readonly #out: ByteSink;
  readonly #hasBody: boolean;
  readonly #indexes: ChunkIndexes[] = [];
  readonly #groups: ThriftStruct[] = [];
  #footer: ThriftStruct | undefined;
  #schema: Uint8Array | undefined;
  #rows = 0;

  constructor(out: ByteSink, hasBody: boolean) {
    this.#out = out;
    this.#hasBody = hasBody;
  }

  add(path: string): void {
    const descriptor = openSync(path, 'r');
    try {
      this.#add(path, descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  #add(path: string, descriptor: number): void {
    const size = fstatSync(descriptor).size;
    const tail = readRange(path, descriptor, Math.max(0, size - TAIL_BYTES), TAIL_BYTES);
    const footerBytes = tail.readUInt32LE(0);
    if (tail.toString('latin1', 4) !== MAGIC || footerBytes > size - TAIL_BYTES - HEAD_BYTES) throw changed(path, size);
    const footerAt = size - TAIL_BYTES - footerBytes;
    const footer = ThriftTree.parse(readRange(path, descriptor, footerAt, footerBytes));
    this.#sameSchema(footer);
    this.#footer ??= footer;
    this.#rows += numberOf(footer, File.rows);
    const groups = structsOf(footer, File.groups);
    const shift = this.#hasBody ? 0 : this.#out.position - HEAD_BYTES;
    let dataEnd = footerAt;
    for (const group of groups) {
      shiftField(group, Group.offset, shift);
      if (this.#groups.length < 2 ** 15) group.set(Group.ordinal, { type: THRIFT.i16, value: this.#groups.length });
      else group.delete(Group.ordinal);
      this.#groups.push(group);
      for (const chunk of structsOf(group, Group.columns)) {
        for (const id of [Chunk.offsetIndex, Chunk.columnIndex]) dataEnd = Math.min(dataEnd, maybeNumber(chunk, id) ?? dataEnd);
        this.#indexes.push(readIndexes(path, descriptor, chunk, shift));
        shiftChunk(chunk, shift);
      }
    }
    if (!this.#hasBody) copyRange(path, descriptor, HEAD_BYTES, dataEnd, this.#out);
  }

  #sameSchema(footer: ThriftStruct): void {
    const thrift = new ThriftWriter();
    writeFields(thrift, new Map([[File.schema, fieldOf(footer, File.schema)]]));
    this.#schema ??= Uint8Array.from(thrift.bytes);
    if (!thrift.bytes.equals(this.#schema)) throw new InternalError('Parts of one file have different schemas.');
  }

  finish(): void {
    const out = this.#out;
    const thrift = new ThriftWriter();
    for (const { chunk, columnIndex } of this.#indexes) {
      if (columnIndex === undefined) continue;
      fieldOf(chunk, Chunk.columnIndex).value = out.position;
      out.write(columnIndex);
    }
    for (const { chunk, offsetIndex } of this.#indexes) {
      if (offsetIndex === undefined) continue;
      thrift.reset();
      writeFields(thrift, offsetIndex);
      thrift.end();
      fieldOf(chunk, Chunk.offsetIndex).value = out.position;
      fieldOf(chunk, Chunk.offsetIndexLength).value = thrift.bytes.length;
      out.write(thrift.bytes);
    }
    const footer = this.#footer!;
    fieldOf(footer, File.rows).value = this.#rows;
    fieldOf(footer, File.groups).value = { type: THRIFT.struct, items: this.#groups };
    thrift.reset();
    writeFields(thrift, footer);
    thrift.end();
    endFile(out, thrift.bytes);
  }
}

function readIndexes(path: string, descriptor: number, chunk: ThriftStruct, shift: number): ChunkIndexes {
  const read = (offset: number, length: number): Buffer | undefined =>
    chunk.has(offset) ? readRange(path, descriptor, numberOf(chunk, offset), numberOf(chunk, length)) : undefined;
  const bytes = read(Chunk.offsetIndex, Chunk.offsetIndexLength);
  const offsetIndex = bytes === undefined ? undefined : ThriftTree.parse(bytes);
  // Page locations, whose first field is the offset.
  if (offsetIndex !== undefined) for (const page of structsOf(offsetIndex, 1)) shiftField(page, 1, shift);
  return { chunk, columnIndex: read(Chunk.columnIndex, Chunk.columnIndexLength), offsetIndex };
}

function shiftChunk(chunk: ThriftStruct, shift: number): void {
  shiftField(chunk, Chunk.offset, shift);
  const metadata = fieldOf(chunk, Chunk.metadata).value as ThriftStruct;
  for (const id of [Metadata.dataOffset, Metadata.dictionaryOffset, Metadata.bloomOffset]) {
    if (metadata.has(id)) shiftField(metadata, id, shift);
  }
}

function fieldOf(fields: ThriftStruct, id: number): ThriftField {
  const field = fields.get(id);
  if (field === undefined) throw new InternalError(`The metadata of a part has no field ${id}.`);
  return field;
}

function maybeNumber(fields: ThriftStruct, id: number): number | undefined {
  return fields.has(id) ? numberOf(fields, id) : undefined;
}

function numberOf(fields: ThriftStruct, id: number): number {
  return fieldOf(fields, id).value as number;
}

function structsOf(fields: ThriftStruct, id: number): readonly ThriftStruct[] {
  return (fieldOf(fields, id).value as ThriftList).items as ThriftStruct[];
}

function shiftField(fields: ThriftStruct, id: number, shift: number): void {
  const field = fieldOf(fields, id);
  field.value = (field.value as number) + shift;
}

function readRange(path: string, descriptor: number, from: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const read = readSync(descriptor, bytes, done, length - done, from + done);
    if (read === 0) throw changed(path, from + done);
    done += read;
  }
  return bytes;
}

function copyRange(path: string, descriptor: number, from: number, to: number, out: ByteSink): void {
  const bytes = Buffer.allocUnsafe(Math.min(COPY_BYTES, Math.max(1, to - from)));
  for (let at = from; at < to;) {
    const read = readSync(descriptor, bytes, 0, Math.min(bytes.length, to - at), at);
    if (read === 0) throw changed(path, at);
    out.write(bytes.subarray(0, read));
    at += read;
  }
}

function changed(path: string, byte: number): DataError {
  return new DataError({
    code: 'FILE_CHANGED',
    message: `'${path}' is not the file that was written a moment ago (byte ${byte}); somebody changed it.`,
    path,
    byte,
  });
}
