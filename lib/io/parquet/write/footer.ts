import type { Schema } from '../../../core/types/data-type.js';
import type { ByteSink } from '../../encoder.js';
import type { BloomPlace } from './bloom.js';
import { Encoding, MAGIC, PageType } from './codes.js';
import type { ChunkFacts, PageFacts } from './chunk-shapes.js';
import { LEAF_KINDS, type Leaf } from './leaf.js';
import { boundaryOrder, type LimitValue } from './limits.js';
import { writeSchemaElement, type ParquetSchema } from './schema.js';
import { SPARK_SCHEMA_KEY, sparkSchema } from './spark-schema.js';
import { THRIFT } from '../thrift.js';
import { ThriftWriter } from './thrift-writer.js';

/** A row group that was written. */
export interface GroupFacts {
  readonly offset: number;
  readonly rows: number;
  readonly chunks: readonly ChunkFacts[];
  /** Of each chunk. */
  readonly blooms: readonly (BloomPlace | undefined)[];
}

/** Where the indexes of a chunk's pages lie. */
interface IndexPlaces {
  columnOffset: number;
  columnLength: number;
  offsetOffset: number;
  offsetLength: number;
}

const CREATED_BY = 'quern version 0.1.0';
const VERSION = 1;

/** Writes the indexes of all pages, the footer and the end mark. */
export function writeFooter(out: ByteSink, schema: Schema, parquet: ParquetSchema, groups: readonly GroupFacts[]): void {
  const places = writeIndexes(out, groups);
  const thrift = new ThriftWriter();
  thrift.i32(1, VERSION);
  thrift.list(2, THRIFT.struct, parquet.elements.length);
  for (const element of parquet.elements) writeSchemaElement(thrift, element);
  thrift.i64(
    3,
    groups.reduce((rows, group) => rows + group.rows, 0),
  );
  thrift.list(4, THRIFT.struct, groups.length);
  groups.forEach((group, ordinal) => writeGroup(thrift, group, ordinal, places[ordinal]!));
  thrift.list(5, THRIFT.struct, 1);
  thrift.structElement(() => {
    thrift.binary(1, SPARK_SCHEMA_KEY);
    thrift.binary(2, sparkSchema(schema.fields));
  });
  thrift.binary(6, CREATED_BY);
  thrift.list(7, THRIFT.struct, parquet.leaves.length);
  // The order of the type, the only one there is.
  for (const _ of parquet.leaves) thrift.structElement(() => thrift.struct(1, () => {}));
  thrift.end();
  endFile(out, thrift.bytes);
}

/** A footer's bytes and what follows them. */
export function endFile(out: ByteSink, footer: Uint8Array): void {
  out.write(footer);
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(footer.length, 0);
  tail.write(MAGIC, 4, 'latin1');
  out.write(tail);
}

function writeIndexes(out: ByteSink, groups: readonly GroupFacts[]): IndexPlaces[][] {
  const places = groups.map(({ chunks }) =>
    chunks.map(() => ({ columnOffset: 0, columnLength: 0, offsetOffset: 0, offsetLength: 0 })),
  );
  const thrift = new ThriftWriter();
  groups.forEach(({ chunks }, g) =>
    chunks.forEach((chunk, c) => {
      if (!hasColumnIndex(chunk)) return;
      thrift.reset();
      writeColumnIndex(thrift, chunk);
      const place = places[g]![c]!;
      place.columnOffset = out.position;
      place.columnLength = thrift.bytes.length;
      out.write(thrift.bytes);
    }),
  );
  groups.forEach(({ chunks }, g) =>
    chunks.forEach((chunk, c) => {
      thrift.reset();
      writeOffsetIndex(thrift, chunk.pages, chunk.dataOffset);
      const place = places[g]![c]!;
      place.offsetOffset = out.position;
      place.offsetLength = thrift.bytes.length;
      out.write(thrift.bytes);
    }),
  );
  return places;
}

/** Every page with values must have limits. */
function hasColumnIndex({ pages }: ChunkFacts): boolean {
  return pages.every(({ hasValues, limits }) => !hasValues || limits !== undefined);
}

function writeColumnIndex(thrift: ThriftWriter, { leaf, pages }: ChunkFacts): void {
  const nothing = new Uint8Array(0);
  thrift.list(1, THRIFT.true, pages.length);
  for (const { hasValues } of pages) thrift.boolElement(!hasValues);
  thrift.list(2, THRIFT.binary, pages.length);
  for (const { limits } of pages) thrift.bytesElement(limits === undefined ? nothing : limitBytes(leaf, limits.least));
  thrift.list(3, THRIFT.binary, pages.length);
  for (const { limits } of pages) thrift.bytesElement(limits === undefined ? nothing : limitBytes(leaf, limits.greatest));
  thrift.i32(4, boundaryOrder(pages.map(({ limits }) => limits)));
  thrift.list(5, THRIFT.i64, pages.length);
  for (const { nulls } of pages) thrift.integer(nulls);
  thrift.end();
}

function writeOffsetIndex(thrift: ThriftWriter, pages: readonly PageFacts[], dataOffset: number): void {
  thrift.list(1, THRIFT.struct, pages.length);
  for (const { offset, bytes, firstRow } of pages) {
    thrift.structElement(() => {
      thrift.i64(1, dataOffset + offset);
      thrift.i32(2, bytes);
      thrift.i64(3, firstRow);
    });
  }
  thrift.end();
}

function writeGroup(thrift: ThriftWriter, group: GroupFacts, ordinal: number, places: readonly IndexPlaces[]): void {
  const { chunks, blooms } = group;
  thrift.structElement(() => {
    thrift.list(1, THRIFT.struct, chunks.length);
    chunks.forEach((chunk, c) => writeChunk(thrift, chunk, blooms[c], places[c]!));
    thrift.i64(
      2,
      chunks.reduce((sum, { uncompressedBytes }) => sum + uncompressedBytes, 0),
    );
    thrift.i64(3, group.rows);
    thrift.i64(5, group.offset);
    thrift.i64(
      6,
      chunks.reduce((sum, { bytes }) => sum + bytes, 0),
    );
    // A number of 16 bits, and not required.
    if (ordinal < 2 ** 15) thrift.i16(7, ordinal);
  });
}

function writeChunk(thrift: ThriftWriter, chunk: ChunkFacts, bloom: BloomPlace | undefined, place: IndexPlaces): void {
  thrift.structElement(() => {
    thrift.i64(2, chunk.dictionaryOffset ?? chunk.dataOffset);
    thrift.struct(3, () => writeChunkMetadata(thrift, chunk, bloom));
    thrift.i64(4, place.offsetOffset);
    thrift.i32(5, place.offsetLength);
    if (place.columnLength > 0) {
      thrift.i64(6, place.columnOffset);
      thrift.i32(7, place.columnLength);
    }
  });
}

function writeChunkMetadata(thrift: ThriftWriter, chunk: ChunkFacts, bloom: BloomPlace | undefined): void {
  const { leaf, dictionaryPages, plainPages } = chunk;
  const encodings: number[] = [Encoding.rle];
  if (plainPages > 0) encodings.push(Encoding.plain);
  if (dictionaryPages > 0) encodings.push(Encoding.plainDictionary);
  thrift.i32(1, LEAF_KINDS[leaf.kind].parquetType);
  thrift.list(2, THRIFT.i32, encodings.length);
  for (const encoding of encodings) thrift.integer(encoding);
  thrift.list(3, THRIFT.binary, leaf.path.length);
  for (const name of leaf.path) thrift.bytesElement(name);
  thrift.i32(4, chunk.codec);
  thrift.i64(5, chunk.entries);
  thrift.i64(6, chunk.uncompressedBytes);
  thrift.i64(7, chunk.bytes);
  thrift.i64(9, chunk.dataOffset);
  if (chunk.dictionaryOffset !== undefined) thrift.i64(11, chunk.dictionaryOffset);
  writeStatistics(thrift, chunk);
  const kinds: [number, number, number][] = [];
  if (dictionaryPages > 0) kinds.push([PageType.dictionary, Encoding.plainDictionary, 1]);
  if (dictionaryPages > 0) kinds.push([PageType.data, Encoding.plainDictionary, dictionaryPages]);
  if (plainPages > 0) kinds.push([PageType.data, Encoding.plain, plainPages]);
  thrift.list(13, THRIFT.struct, kinds.length);
  for (const [page, encoding, count] of kinds) {
    thrift.structElement(() => {
      thrift.i32(1, page);
      thrift.i32(2, encoding);
      thrift.i32(3, count);
    });
  }
  if (bloom !== undefined) {
    thrift.i64(14, bloom.offset);
    thrift.i32(15, bloom.length);
  }
}

function writeStatistics(thrift: ThriftWriter, { leaf, nulls, limits }: ChunkFacts): void {
  thrift.struct(12, () => {
    thrift.i64(3, nulls);
    if (limits === undefined) return;
    thrift.binary(5, limitBytes(leaf, limits.greatest));
    thrift.binary(6, limitBytes(leaf, limits.least));
    thrift.bool(7, limits.isGreatestExact);
    thrift.bool(8, limits.isLeastExact);
  });
}

/** A limit as a plain value, a string without its length. */
function limitBytes(leaf: Leaf, value: LimitValue): Buffer {
  if (typeof value === 'object') return value;
  switch (leaf.kind) {
    case 'boolean':
      return Buffer.from([Number(value)]);
    case 'int32': {
      const bytes = Buffer.alloc(4);
      bytes.writeInt32LE(Number(value));
      return bytes;
    }
    case 'float': {
      const bytes = Buffer.alloc(4);
      bytes.writeFloatLE(Number(value));
      return bytes;
    }
    case 'double': {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleLE(Number(value));
      return bytes;
    }
    case 'int64': {
      const bytes = Buffer.alloc(8);
      bytes.writeBigInt64LE(BigInt(value));
      return bytes;
    }
    case 'fixed':
    case 'bytes':
      return fixedBytes(BigInt(value), leaf.fixedBytes);
  }
}

/** Two's complement, highest byte first. */
function fixedBytes(value: bigint, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = length - 1, rest = value; i >= 0; i--, rest >>= 8n) bytes[i] = Number(rest & 255n);
  return bytes;
}
