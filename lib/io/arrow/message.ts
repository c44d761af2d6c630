import { Damage } from '../damage.js';
import { FlatBytes, type FlatTable } from './flat-table.js';

/** Kinds of messages, by number. */
export const MESSAGE = { schema: 1, dictionary: 2, batch: 3 } as const;

export type BodyCodec = 'none' | 'lz4' | 'zstd';

/** A message before its body. */
export interface Message {
  readonly kind: number;
  readonly header: FlatTable;
  readonly bodyBytes: number;
}

/** What a record batch says of its body. */
export interface BatchHeader {
  readonly rows: number;
  /** By node: its length, and how many of them are null. */
  readonly lengths: Float64Array;
  readonly nullCounts: Float64Array;
  /** By buffer: where it begins in the body, and its bytes. */
  readonly offsets: Float64Array;
  readonly bytes: Float64Array;
  readonly codec: BodyCodec;
  /** Data buffers of each column of views, in order. */
  readonly variadic: readonly number[];
}

/** Lengths are signed 32-bit numbers in most writers: more rows than that are no batch. */
const ROWS_MAX = 2 ** 31 - 1;
const CODECS: readonly BodyCodec[] = ['lz4', 'zstd'];

/** Reads the metadata of a message. @throws Damage. */
export function readMessage(bytes: Uint8Array): Message {
  const table = new FlatBytes(bytes).root();
  return { kind: table.u8(1), header: table.required(2, "the message's header"), bodyBytes: table.count(3) };
}

/** The record batch within a dictionary batch. */
export function dictionaryOf(header: FlatTable): { readonly id: bigint; readonly isDelta: boolean; readonly data: FlatTable } {
  return { id: header.i64(0), isDelta: header.u8(2) !== 0, data: header.required(1, "the dictionary's data") };
}

/** How many rows a batch has, and whether its body is compressed. */
export function batchFacts(table: FlatTable): { readonly rows: number; readonly codec: BodyCodec } {
  const rows = table.count(0);
  if (rows > ROWS_MAX) throw new Damage(table.at, `a record batch has ${rows} rows`);
  const nodes = table.vector(1, 16);
  if (nodes.length > 0 && table.flat.count(nodes.at) !== rows)
    throw new Damage(nodes.at, `a record batch has ${rows} rows and its first column ${table.flat.count(nodes.at)}`);
  return { rows, codec: codecOf(table) };
}

function codecOf(table: FlatTable): BodyCodec {
  const compression = table.table(3);
  if (compression === undefined) return 'none';
  const codec = CODECS[compression.u8(0)];
  if (codec === undefined || compression.u8(1) !== 0)
    throw new Damage(compression.at, `its compression has the number ${compression.u8(0)}, which does not exist`);
  return codec;
}

/** Reads a RecordBatch table. @throws Damage. */
export function readBatch(table: FlatTable): BatchHeader {
  const { flat } = table;
  const { rows, codec } = batchFacts(table);
  const nodes = table.vector(1, 16);
  const buffers = table.vector(2, 16);
  const counts = table.vector(4, 8);
  const header = {
    rows,
    codec,
    lengths: new Float64Array(nodes.length),
    nullCounts: new Float64Array(nodes.length),
    offsets: new Float64Array(buffers.length),
    bytes: new Float64Array(buffers.length),
    variadic: Array.from({ length: counts.length }, (_, i) => flat.count(counts.at + i * 8)),
  };
  for (let i = 0; i < nodes.length; i++) {
    header.lengths[i] = flat.count(nodes.at + i * 16);
    header.nullCounts[i] = flat.count(nodes.at + i * 16 + 8);
    if (header.lengths[i]! > ROWS_MAX) throw new Damage(nodes.at + i * 16, `a column has ${header.lengths[i]} values`);
  }
  for (let i = 0; i < buffers.length; i++) {
    header.offsets[i] = flat.count(buffers.at + i * 16);
    header.bytes[i] = flat.count(buffers.at + i * 16 + 8);
  }
  return header;
}
