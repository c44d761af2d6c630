import { DEFAULT_VALUE_OPTIONS, javascriptValue } from '../../core/types/javascript-values.js';
import { typeName, type DataType } from '../../core/types/data-type.js';
import type { FileFacts } from '../files.js';
import { CODEC_NAMES } from './codecs.js';
import { isUnreadable, leafType } from './column-types.js';
import type { Comparable } from './comparable.js';
import { ENCODING } from './encodings.js';
import { openFooter, type ParquetFile } from './footer.js';
import { PHYSICAL, type ColumnChunk } from './metadata.js';
import type { SchemaNode } from './schema.js';
import { chunkRange } from './statistics.js';

/** What the footer of a Parquet file says. Sizes are bytes. */
export interface ParquetMetadata {
  readonly path: string;
  /** Of the whole file. */
  readonly bytes: number;
  /** Of the footer's metadata. */
  readonly footerBytes: number;
  readonly rows: number;
  /** The program that wrote the file. */
  readonly createdBy: string;
  readonly rowGroups: readonly ParquetRowGroup[];
}

export interface ParquetRowGroup {
  readonly rows: number;
  /** Compressed. */
  readonly bytes: number;
  readonly columns: readonly ParquetColumnChunk[];
}

/** A column of a row group. */
export interface ParquetColumnChunk {
  /** Names from the outermost struct inwards, with dots between them. */
  readonly name: string;
  /** How values lie in the file: `int64`, `byte_array`. */
  readonly physicalType: string;
  /** What they are to a query; absent for what cannot be read. */
  readonly type?: string;
  readonly codec: string;
  readonly encodings: readonly string[];
  /** Nulls and entries of lists among them. */
  readonly values: number;
  /** Compressed and not. */
  readonly bytes: number;
  readonly uncompressedBytes: number;
  /** Absent where the file does not say. */
  readonly nulls?: number;
  /** Bounds as text; they may be cut short. Absent where the file has none that count. */
  readonly min?: string;
  readonly max?: string;
  readonly hasDictionary: boolean;
  readonly hasBloomFilter: boolean;
  readonly hasPageIndex: boolean;
}

/** @throws DataError where the file is no Parquet, or damaged. */
export function describeParquet(facts: FileFacts): ParquetMetadata {
  const file = openFooter(facts);
  const { metadata, root } = file;
  const names = leafNames(root);
  const rowGroups = metadata.groups.map(({ rows, columns }): ParquetRowGroup => ({
    rows,
    bytes: columns.reduce((sum, chunk) => sum + chunk.bytes, 0),
    columns: columns.flatMap((chunk, leaf) => {
      const node = file.leaves[leaf];
      return node === undefined ? [] : [describeChunk(file, chunk, node, names[leaf]!, rows)];
    }),
  }));
  return {
    path: facts.path,
    bytes: facts.size,
    footerBytes: metadata.bytes.length,
    rows: metadata.rows,
    createdBy: metadata.createdBy,
    rowGroups,
  };
}

/** Names of the leaves, without the levels that lists and maps have only in files. */
function leafNames(root: SchemaNode): string[] {
  const names: string[] = [];
  const visit = (node: SchemaNode, path: readonly string[]): void => {
    if (node.leaf !== -1) names.push(path.join('.'));
    for (const child of node.children) visit(child, [...path, child.name]);
  };
  visit(root, []);
  return names;
}

const nameOf = (names: Readonly<Record<string, number>>, number: number): string =>
  (Object.entries(names).find(([, value]) => value === number)?.[0] ?? `number ${number}`).replace(
    /[A-Z]/g,
    (letter) => `_${letter.toLowerCase()}`,
  );

function describeChunk(
  { metadata }: ParquetFile,
  chunk: ColumnChunk,
  { element, repetition }: SchemaNode,
  name: string,
  rows: number,
): ParquetColumnChunk {
  const leaf = leafType(element);
  const known = isUnreadable(leaf)
    ? undefined
    : { type: leaf.type, ...chunkRange(metadata.bytes, chunk, element, leaf.conversion, rows) };
  const encodings = Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => ((chunk.encodings >>> bit) & 1) === 1);
  return {
    name,
    physicalType: nameOf(PHYSICAL, element.type),
    ...(known === undefined ? {} : { type: repetition > 0 ? `entries of ${typeName(known.type)}` : typeName(known.type) }),
    codec: CODEC_NAMES[chunk.codec] ?? `number ${chunk.codec}`,
    encodings: encodings.map((encoding) => nameOf(ENCODING, encoding)),
    values: chunk.values,
    bytes: chunk.bytes,
    uncompressedBytes: chunk.uncompressedBytes,
    ...(chunk.nulls === -1 ? {} : { nulls: chunk.nulls }),
    ...(known?.min === undefined ? {} : { min: boundText(known.min, known.type) }),
    ...(known?.max === undefined ? {} : { max: boundText(known.max, known.type) }),
    hasDictionary: chunk.dictionaryOffset !== -1,
    hasBloomFilter: chunk.bloomOffset !== -1,
    hasPageIndex: chunk.columnIndexOffset !== -1 && chunk.offsetIndexOffset !== -1,
  };
}

const TEXTS = { ...DEFAULT_VALUE_OPTIONS, int64: 'string', decimal: 'string', date: 'string', timestamp: 'string' } as const;

function boundText(bound: Comparable, type: DataType): string {
  if (bound instanceof Uint8Array) {
    const bytes = Buffer.from(bound);
    return type.kind === 'string' ? bytes.toString('utf8') : `0x${bytes.toString('hex')}`;
  }
  if (type.kind === 'boolean') return bound === 1 ? 'true' : 'false';
  return String(javascriptValue(bound, type, TEXTS));
}
