import { Damage } from '../damage.js';
import { THRIFT, type ThriftReader } from './thrift.js';

export const PAGE = { data: 0, index: 1, dictionary: 2, dataV2: 3 } as const;

/** One page's header; the same object serves all pages of a reader. */
export interface PageHeader {
  type: number;
  /** Bytes of the header itself. */
  headerBytes: number;
  bytes: number;
  uncompressedBytes: number;
  /** −1: absent; else as an unsigned number. */
  crc: number;
  values: number;
  encoding: number;
  /** Of v1 pages. */
  definitionEncoding: number;
  repetitionEncoding: number;
  /** Of v2 pages: 0 elsewhere, and −1 of rows that are not told. */
  nulls: number;
  rows: number;
  definitionBytes: number;
  repetitionBytes: number;
  isCompressed: boolean;
}

export function newPageHeader(): PageHeader {
  return {
    type: -1,
    headerBytes: 0,
    bytes: 0,
    uncompressedBytes: 0,
    crc: -1,
    values: 0,
    encoding: 0,
    definitionEncoding: 0,
    repetitionEncoding: 0,
    nulls: 0,
    rows: -1,
    definitionBytes: 0,
    repetitionBytes: 0,
    isCompressed: true,
  };
}

/** Reads a header where the reader is. @throws Damage. */
export function readPageHeader(reader: ThriftReader, header: PageHeader): void {
  const start = reader.at;
  header.type = -1;
  header.bytes = -1;
  header.uncompressedBytes = -1;
  header.crc = -1;
  header.values = -1;
  header.encoding = -1;
  header.rows = -1;
  header.nulls = 0;
  header.definitionBytes = 0;
  header.repetitionBytes = 0;
  header.isCompressed = true;
  reader.id = 0;
  for (let type = reader.field(); type !== 0; type = reader.field()) {
    const { id } = reader;
    if (type === THRIFT.i32) {
      if (id === 1) header.type = reader.i32();
      else if (id === 2) header.uncompressedBytes = reader.size();
      else if (id === 3) header.bytes = reader.size();
      else if (id === 4) header.crc = reader.i32() >>> 0;
      else reader.i32();
    } else if (type === THRIFT.struct && (id === 5 || id === 7)) readV1(reader, header);
    else if (type === THRIFT.struct && id === 8) readV2(reader, header);
    else reader.skip(type);
  }
  header.headerBytes = reader.at - start;
  if (header.type < 0 || header.bytes < 0 || header.uncompressedBytes < 0)
    throw new Damage(start, 'a page header lacks the type or the sizes of its page');
  if (header.type !== PAGE.index && header.type <= PAGE.dataV2 && (header.values < 0 || header.encoding < 0))
    throw new Damage(start, 'a page header lacks the number or the encoding of its values');
}

/** Headers of data pages and of dictionary pages begin alike. */
function readV1(reader: ThriftReader, header: PageHeader): void {
  const outer = reader.enter();
  for (let type = reader.field(); type !== 0; type = reader.field()) {
    if (type !== THRIFT.i32) reader.skip(type);
    else if (reader.id === 1) header.values = reader.size();
    else if (reader.id === 2) header.encoding = reader.i32();
    else if (reader.id === 3) header.definitionEncoding = reader.i32();
    else if (reader.id === 4) header.repetitionEncoding = reader.i32();
    else reader.i32();
  }
  reader.leave(outer);
}

function readV2(reader: ThriftReader, header: PageHeader): void {
  const outer = reader.enter();
  for (let type = reader.field(); type !== 0; type = reader.field()) {
    const { id } = reader;
    if (type === THRIFT.true || type === THRIFT.false) {
      if (id === 7) header.isCompressed = reader.flag;
    } else if (type !== THRIFT.i32) reader.skip(type);
    else if (id === 1) header.values = reader.size();
    else if (id === 2) header.nulls = reader.size();
    else if (id === 3) header.rows = reader.size();
    else if (id === 4) header.encoding = reader.i32();
    else if (id === 5) header.definitionBytes = reader.size();
    else if (id === 6) header.repetitionBytes = reader.size();
    else reader.i32();
  }
  reader.leave(outer);
}
