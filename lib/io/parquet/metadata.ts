import { Damage } from '../damage.js';
import { SPARK_KEYS } from './legacy-calendar.js';
import { THRIFT, ThriftReader } from './thrift.js';

/** Physical types by number. */
export const PHYSICAL = {
  boolean: 0,
  int32: 1,
  int64: 2,
  int96: 3,
  float: 4,
  double: 5,
  byteArray: 6,
  fixed: 7,
} as const;

export const REPETITION = { required: 0, optional: 1, repeated: 2 } as const;

/** What a schema element's logical type says, or the converted type of older files. */
export type Logical =
  | {
      readonly kind:
        | 'string'
        | 'enum'
        | 'json'
        | 'bson'
        | 'uuid'
        | 'float16'
        | 'date'
        | 'list'
        | 'map'
        | 'null'
        | 'interval'
        | 'other';
    }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'time' | 'timestamp'; readonly unit: 'millis' | 'micros' | 'nanos'; readonly isUtc: boolean }
  | { readonly kind: 'integer'; readonly bits: number; readonly isSigned: boolean };

/** An element of the flattened schema. */
export interface SchemaElement {
  readonly name: string;
  /** −1: a group. */
  readonly type: number;
  readonly typeLength: number;
  readonly repetition: number;
  readonly children: number;
  readonly logical: Logical | undefined;
  /** Decimals of old files. */
  readonly precision: number;
  readonly scale: number;
}

/** A column chunk's metadata. Offsets are of the file, but statistics: those lie in the footer's bytes. −1: absent. */
export interface ColumnChunk {
  type: number;
  codec: number;
  /** Bit set of the encodings. */
  encodings: number;
  values: number;
  bytes: number;
  uncompressedBytes: number;
  dataOffset: number;
  dictionaryOffset: number;
  /** Whether encoding statistics say that all data pages are dictionary-coded: 1 yes, 0 no, −1 unknown. */
  allDictionary: number;
  nulls: number;
  minAt: number;
  minLength: number;
  maxAt: number;
  maxLength: number;
  isMinExact: boolean;
  isMaxExact: boolean;
  /** min and max are those of old files, whose order is the signed one of bytes. */
  isOldOrder: boolean;
  bloomOffset: number;
  bloomLength: number;
  columnIndexOffset: number;
  columnIndexLength: number;
  offsetIndexOffset: number;
  offsetIndexLength: number;
  isEncrypted: boolean;
  /** The chunk lies in another file. */
  isElsewhere: boolean;
}

export interface RowGroup {
  rows: number;
  /** Of the file. */
  firstRow: number;
  columns: ColumnChunk[];
}

export interface FileMetadata {
  readonly schema: readonly SchemaElement[];
  readonly rows: number;
  readonly groups: readonly RowGroup[];
  readonly createdBy: string;
  /** What Spark says in the file's own metadata, by key. */
  readonly spark: ReadonlyMap<string, string>;
  /** The footer itself, in which statistics lie. */
  readonly bytes: Uint8Array;
  readonly isEncrypted: boolean;
}

/** More elements than this are a mistake. */
const ELEMENTS_MAX = 100_000;
const KEYS_MAX = 100_000;

/** Parses a footer. @throws Damage. */
export function readMetadata(bytes: Uint8Array): FileMetadata {
  const reader = new ThriftReader(bytes, 0, bytes.length);
  let schema: SchemaElement[] = [];
  let groups: RowGroup[] = [];
  let createdBy = '';
  let isEncrypted = false;
  const spark = new Map<string, string>();
  for (let type = reader.field(); type !== 0; type = reader.field()) {
    if (reader.id === 2 && type === THRIFT.list) schema = readList(reader, ELEMENTS_MAX, readElement);
    else if (reader.id === 4 && type === THRIFT.list) groups = readList(reader, Infinity, readGroup);
    else if (reader.id === 5 && type === THRIFT.list) readList(reader, KEYS_MAX, (of) => readKey(of, spark));
    else if (reader.id === 6 && type === THRIFT.binary) createdBy = reader.text();
    else {
      isEncrypted ||= reader.id === 8;
      reader.skip(type);
    }
  }
  if (schema.length === 0) throw new Damage(0, 'the footer has no schema');
  // The footer has a number of its own, which some writers left at 0.
  let rows = 0;
  for (const group of groups) {
    group.firstRow = rows;
    rows += group.rows;
  }
  return { schema, rows, groups, createdBy, spark, bytes, isEncrypted };
}

/** A key of the metadata and its value, of which only Spark's are kept. */
function readKey(reader: ThriftReader, spark: Map<string, string>): void {
  let [key, value] = ['', ''];
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (reader.id === 1 && field === THRIFT.binary) key = reader.text();
    else if (reader.id === 2 && field === THRIFT.binary && SPARK_KEYS.has(key)) value = reader.text();
    else reader.skip(field);
  }
  if (SPARK_KEYS.has(key)) spark.set(key, value);
}

function readList<T>(reader: ThriftReader, max: number, read: (reader: ThriftReader) => T): T[] {
  const start = reader.at;
  const count = reader.list();
  if (count > max) throw new Damage(start, `a list has ${count} elements, more than ${max}`);
  if (count > 0 && reader.elementType !== THRIFT.struct)
    throw new Damage(start, `a list of structures has elements of type ${reader.elementType}`);
  const list: T[] = [];
  for (let i = 0; i < count; i++) {
    const outer = reader.enter();
    list.push(read(reader));
    reader.leave(outer);
  }
  return list;
}

function readElement(reader: ThriftReader): SchemaElement {
  let [type, typeLength, repetition, children, converted, scale, precision] = [-1, 0, 0, 0, -1, 0, 0];
  let name = '';
  let logical: Logical | undefined;
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (reader.id === 4 && field === THRIFT.binary) name = reader.text();
    else if (reader.id === 10 && field === THRIFT.struct) logical = readLogical(reader);
    else if (field !== THRIFT.i32) reader.skip(field);
    else if (reader.id === 1) type = reader.i32();
    else if (reader.id === 2) typeLength = reader.i32();
    else if (reader.id === 3) repetition = reader.i32();
    else if (reader.id === 5) children = reader.i32();
    else if (reader.id === 6) converted = reader.i32();
    else if (reader.id === 7) scale = reader.i32();
    else if (reader.id === 8) precision = reader.i32();
    else reader.i32();
  }
  logical ??= convertedType(converted, precision, scale);
  return { name, type: children > 0 ? -1 : type, typeLength, repetition, children, logical, precision, scale };
}

const UNITS = ['millis', 'micros', 'nanos'] as const;

function readLogical(reader: ThriftReader): Logical | undefined {
  const outer = reader.enter();
  let found: Logical | undefined;
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    const { id } = reader;
    if (field !== THRIFT.struct) reader.skip(field);
    else found = readLogicalKind(reader, id);
  }
  reader.leave(outer);
  return found;
}

const LOGICAL_KINDS: ReadonlyMap<number, Logical> = new Map<number, Logical>([
  [1, { kind: 'string' }],
  [2, { kind: 'map' }],
  [3, { kind: 'list' }],
  [4, { kind: 'enum' }],
  [6, { kind: 'date' }],
  [11, { kind: 'null' }],
  [12, { kind: 'json' }],
  [13, { kind: 'bson' }],
  [14, { kind: 'uuid' }],
  [15, { kind: 'float16' }],
]);

function readLogicalKind(reader: ThriftReader, kind: number): Logical {
  const outer = reader.enter();
  let [first, second] = [0, 0];
  let isSet = false;
  let unit: (typeof UNITS)[number] = 'millis';
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === THRIFT.true || field === THRIFT.false) isSet = reader.flag;
    else if (field === THRIFT.i32) {
      if (reader.id === 1) first = reader.i32();
      else second = reader.i32();
    } else if (field === THRIFT.i8) first = reader.byte();
    else if (field === THRIFT.struct && (kind === 7 || kind === 8)) {
      const inner = reader.enter();
      for (let type = reader.field(); type !== 0; type = reader.field()) {
        unit = UNITS[reader.id - 1] ?? 'millis';
        reader.skip(type);
      }
      reader.leave(inner);
    } else reader.skip(field);
  }
  reader.leave(outer);
  if (kind === 5) return { kind: 'decimal', scale: first, precision: second };
  if (kind === 7 || kind === 8) return { kind: kind === 7 ? 'time' : 'timestamp', unit, isUtc: isSet };
  if (kind === 10) return { kind: 'integer', bits: first, isSigned: isSet };
  return LOGICAL_KINDS.get(kind) ?? { kind: 'other' };
}

/** What older files say instead of a logical type. */
function convertedType(converted: number, precision: number, scale: number): Logical | undefined {
  switch (converted) {
    case 0:
      return { kind: 'string' };
    case 1:
    case 2:
      return { kind: 'map' };
    case 3:
      return { kind: 'list' };
    case 4:
      return { kind: 'enum' };
    case 5:
      return { kind: 'decimal', precision, scale };
    case 6:
      return { kind: 'date' };
    case 7:
      return { kind: 'time', unit: 'millis', isUtc: true };
    case 8:
      return { kind: 'time', unit: 'micros', isUtc: true };
    case 9:
      return { kind: 'timestamp', unit: 'millis', isUtc: true };
    case 10:
      return { kind: 'timestamp', unit: 'micros', isUtc: true };
    case 11:
    case 12:
    case 13:
    case 14:
      return { kind: 'integer', bits: 8 << (converted - 11), isSigned: false };
    case 15:
    case 16:
    case 17:
    case 18:
      return { kind: 'integer', bits: 8 << (converted - 15), isSigned: true };
    case 19:
      return { kind: 'json' };
    case 20:
      return { kind: 'bson' };
    case 21:
      return { kind: 'interval' };
    default:
      return undefined;
  }
}

function readGroup(reader: ThriftReader): RowGroup {
  const group: RowGroup = { rows: 0, firstRow: 0, columns: [] };
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (reader.id === 1 && field === THRIFT.list) group.columns = readList(reader, ELEMENTS_MAX, readChunk);
    else if (reader.id === 3 && field === THRIFT.i64) group.rows = reader.size();
    else reader.skip(field);
  }
  return group;
}

function readChunk(reader: ThriftReader): ColumnChunk {
  const chunk: ColumnChunk = {
    type: -1,
    codec: -1,
    encodings: 0,
    values: 0,
    bytes: 0,
    uncompressedBytes: 0,
    dataOffset: -1,
    dictionaryOffset: -1,
    allDictionary: -1,
    nulls: -1,
    minAt: -1,
    minLength: 0,
    maxAt: -1,
    maxLength: 0,
    isMinExact: true,
    isMaxExact: true,
    isOldOrder: false,
    bloomOffset: -1,
    bloomLength: -1,
    columnIndexOffset: -1,
    columnIndexLength: 0,
    offsetIndexOffset: -1,
    offsetIndexLength: 0,
    isEncrypted: false,
    isElsewhere: false,
  };
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    const { id } = reader;
    if (id === 3 && field === THRIFT.struct) readChunkMetadata(reader, chunk);
    else if (id === 4 && field === THRIFT.i64) chunk.offsetIndexOffset = reader.size();
    else if (id === 5 && field === THRIFT.i32) chunk.offsetIndexLength = reader.size();
    else if (id === 6 && field === THRIFT.i64) chunk.columnIndexOffset = reader.size();
    else if (id === 7 && field === THRIFT.i32) chunk.columnIndexLength = reader.size();
    else {
      chunk.isEncrypted ||= id === 8 || id === 9;
      if (id === 1 && field === THRIFT.binary) chunk.isElsewhere = reader.binary() > 0;
      else reader.skip(field);
    }
  }
  return chunk;
}

function readChunkMetadata(reader: ThriftReader, chunk: ColumnChunk): void {
  const outer = reader.enter();
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    const { id } = reader;
    if (field === THRIFT.i64) {
      if (id === 5) chunk.values = reader.size();
      else if (id === 6) chunk.uncompressedBytes = reader.size();
      else if (id === 7) chunk.bytes = reader.size();
      else if (id === 9) chunk.dataOffset = reader.size();
      // Some writers say −1 or 0 where there is no dictionary.
      else if (id === 11) chunk.dictionaryOffset = Math.max(reader.integer(), 0) || -1;
      else if (id === 14) chunk.bloomOffset = reader.size();
      else reader.integer();
    } else if (field === THRIFT.i32) {
      const value = reader.i32();
      if (id === 1) chunk.type = value;
      else if (id === 4) chunk.codec = value;
      else if (id === 15) chunk.bloomLength = value;
    } else if (id === 2 && field === THRIFT.list) {
      const count = reader.list();
      for (let i = 0; i < count; i++) chunk.encodings |= 1 << (reader.i32() & 31);
    } else if (id === 12 && field === THRIFT.struct) readStatistics(reader, chunk);
    else if (id === 13 && field === THRIFT.list) readEncodingStatistics(reader, chunk);
    else reader.skip(field);
  }
  reader.leave(outer);
}

function readEncodingStatistics(reader: ThriftReader, chunk: ColumnChunk): void {
  const count = reader.list();
  if (count > 0 && reader.elementType !== THRIFT.struct) throw new Damage(reader.at, 'encoding statistics are not structures');
  let others = 0;
  let coded = 0;
  for (let i = 0; i < count; i++) {
    const outer = reader.enter();
    let [page, encoding, pages] = [0, 0, 0];
    for (let field = reader.field(); field !== 0; field = reader.field()) {
      if (field !== THRIFT.i32) reader.skip(field);
      else if (reader.id === 1) page = reader.i32();
      else if (reader.id === 2) encoding = reader.i32();
      else pages = reader.i32();
    }
    reader.leave(outer);
    if (page !== 0 && page !== 3) continue;
    if (encoding === 2 || encoding === 8) coded += pages;
    else others += pages;
  }
  chunk.allDictionary = others > 0 ? 0 : coded > 0 ? 1 : -1;
}

/** Statistics in the footer. The newer fields win over the older ones. */
function readStatistics(reader: ThriftReader, chunk: ColumnChunk): void {
  const outer = reader.enter();
  let [oldMin, oldMinLength, oldMax, oldMaxLength] = [-1, 0, -1, 0];
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    const { id } = reader;
    if (field === THRIFT.binary) {
      const length = reader.binary();
      const at = reader.at - length;
      if (id === 5) [chunk.maxAt, chunk.maxLength] = [at, length];
      else if (id === 6) [chunk.minAt, chunk.minLength] = [at, length];
      else if (id === 1) [oldMax, oldMaxLength] = [at, length];
      else if (id === 2) [oldMin, oldMinLength] = [at, length];
    } else if (id === 3 && field === THRIFT.i64) chunk.nulls = reader.size();
    else if (field === THRIFT.true || field === THRIFT.false) {
      if (id === 7) chunk.isMaxExact = reader.flag;
      else if (id === 8) chunk.isMinExact = reader.flag;
    } else reader.skip(field);
  }
  if (chunk.minAt === -1 && chunk.maxAt === -1 && (oldMin !== -1 || oldMax !== -1)) {
    [chunk.minAt, chunk.minLength, chunk.maxAt, chunk.maxLength] = [oldMin, oldMinLength, oldMax, oldMaxLength];
    chunk.isOldOrder = true;
  }
  reader.leave(outer);
}
