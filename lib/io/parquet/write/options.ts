import { QueryError } from '../../../core/errors.js';
import { booleanOption, invalid } from '../../options.js';
import { ZSTD_LEVEL } from '../../zstd.js';
import { CODECS, type CodecName } from './codes.js';

/** How a Parquet file is written, complete. Sizes are bytes. */
export interface ParquetWriteOptions {
  readonly compression: CodecName;
  readonly zstdLevel: number;
  /** A row group ends when what it holds comes to about this, or at so many rows. */
  readonly rowGroupBytes: number;
  readonly rowGroupRows: number;
  /** A page ends at about this, or at so many rows. */
  readonly pageBytes: number;
  readonly pageRows: number;
  readonly dictionary: boolean;
  readonly dictionaryBytes: number;
  readonly checksums: boolean;
  /** Lower-case names of the columns that get a Bloom filter, or all. */
  readonly bloomColumns: ReadonlySet<string> | 'all';
  /** Lower-case names of those that get none although all do. */
  readonly bloomExcept: ReadonlySet<string>;
  readonly bloomBytesMax: number;
  /** Share of values that are not there and seem to be, by lower-case name; '' for all others. */
  readonly bloomFpp: ReadonlyMap<string, number>;
  /** Different values of a row group, where somebody knows. */
  readonly bloomNdv: ReadonlyMap<string, number>;
}

const MIB = 1024 * 1024;

interface Draft {
  compression: CodecName;
  zstdLevel: number;
  rowGroupBytes: number;
  rowGroupRows: number;
  pageBytes: number;
  pageRows: number;
  dictionary: boolean;
  dictionaryBytes: number;
  checksums: boolean;
  bloomAll: boolean;
  readonly bloomColumns: Set<string>;
  readonly bloomExcept: Set<string>;
  bloomBytesMax: number;
  readonly bloomFpp: Map<string, number>;
  readonly bloomNdv: Map<string, number>;
}

type OptionReader = (draft: Draft, value: string, name: string, column: string) => void;

function readCount(name: string, value: string, least: number, most: number): number {
  const count = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
  if (!(count >= least && count <= most)) throw invalid(name, `a whole number from ${least} to ${most}`, value);
  return count;
}

function count(
  member: 'zstdLevel' | 'rowGroupBytes' | 'rowGroupRows' | 'pageBytes' | 'pageRows' | 'dictionaryBytes' | 'bloomBytesMax',
  least: number,
  most: number,
): OptionReader {
  return (draft, value, name) => void (draft[member] = readCount(name, value, least, most));
}

function readCodec(draft: Draft, value: string, name: string): void {
  const lower = value.toLowerCase();
  const codec = CODEC_SYNONYMS.get(lower) ?? lower;
  if (!Object.hasOwn(CODECS, codec)) throw invalid(name, `one of ${Object.keys(CODECS).join(', ')}`, value);
  draft.compression = codec as CodecName;
}

const CODEC_SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['none', 'uncompressed'],
  ['lz4', 'lz4_raw'],
  ['lz4raw', 'lz4_raw'],
]);

function readBloom(draft: Draft, value: string, name: string, column: string): void {
  const isOn = booleanOption(value, name);
  if (column === '') draft.bloomAll = isOn;
  else (isOn ? draft.bloomColumns : draft.bloomExcept).add(column);
}

/** By lower-case name; `name#column` is read with the name before the sign. */
const READERS: ReadonlyMap<string, OptionReader> = new Map<string, OptionReader>([
  ['compression', readCodec],
  ['parquet.compression', readCodec],
  ['parquet.compression.codec.zstd.level', count('zstdLevel', 1, 22)],
  ['parquet.block.size', count('rowGroupBytes', 1024, 2 ** 31 - 1)],
  ['rowgrouprows', count('rowGroupRows', 1, 2 ** 31 - 1)],
  // DuckDB's names.
  ['row_group_size', count('rowGroupRows', 1, 2 ** 31 - 1)],
  ['row_group_size_bytes', count('rowGroupBytes', 1024, 2 ** 31 - 1)],
  ['compression_level', count('zstdLevel', 1, 22)],
  ['parquet.page.size', count('pageBytes', 64, 256 * MIB)],
  ['parquet.page.row.count.limit', count('pageRows', 1, 1_000_000)],
  ['parquet.enable.dictionary', (draft, value, name) => void (draft.dictionary = booleanOption(value, name))],
  ['parquet.dictionary.page.size', count('dictionaryBytes', 64, 16 * MIB)],
  ['parquet.page.write-checksum.enabled', (draft, value, name) => void (draft.checksums = booleanOption(value, name))],
  ['parquet.bloom.filter.enabled', readBloom],
  ['parquet.bloom.filter.max.bytes', count('bloomBytesMax', 32, 128 * MIB)],
  [
    'parquet.bloom.filter.expected.ndv',
    (draft, value, name, column) => void draft.bloomNdv.set(column, readCount(name, value, 1, 2 ** 31 - 1)),
  ],
  [
    'parquet.bloom.filter.fpp',
    (draft, value, name, column) => {
      const share = Number(value);
      if (!(share > 0 && share < 1)) throw invalid(name, 'a number between 0 and 1', value);
      draft.bloomFpp.set(column, share);
    },
  ],
  [
    'bloomfilter',
    (draft, value) => {
      for (const column of value.split(',')) if (column.trim() !== '') draft.bloomColumns.add(column.trim().toLowerCase());
    },
  ],
]);

/** As Spark spells them, for messages. */
const NAMES =
  'compression, rowGroupRows, bloomFilter, parquet.block.size, parquet.page.size, parquet.page.row.count.limit, parquet.enable.dictionary, ' +
  'parquet.dictionary.page.size, parquet.page.write-checksum.enabled, parquet.compression.codec.zstd.level, parquet.bloom.filter.enabled[#column], ' +
  'parquet.bloom.filter.expected.ndv[#column], parquet.bloom.filter.fpp[#column], parquet.bloom.filter.max.bytes';

/** Options that tell of one column. */
const OF_COLUMNS: ReadonlySet<string> = new Set([
  'parquet.bloom.filter.enabled',
  'parquet.bloom.filter.expected.ndv',
  'parquet.bloom.filter.fpp',
]);

/** Reads options by their lower-case names. @throws QueryError for one that Parquet files do not have, and for values out of range. */
export function readParquetWriteOptions(options: ReadonlyMap<string, string>): ParquetWriteOptions {
  const draft: Draft = {
    compression: 'snappy',
    zstdLevel: ZSTD_LEVEL,
    rowGroupBytes: 128 * MIB,
    rowGroupRows: 262_144,
    pageBytes: MIB,
    pageRows: 20_000,
    dictionary: true,
    dictionaryBytes: MIB,
    checksums: true,
    bloomAll: false,
    bloomColumns: new Set(),
    bloomExcept: new Set(),
    bloomBytesMax: MIB,
    bloomFpp: new Map(),
    bloomNdv: new Map(),
  };
  for (const [name, value] of options) {
    const sign = name.indexOf('#');
    const key = (sign === -1 ? name : name.slice(0, sign)).toLowerCase();
    const reader = READERS.get(key);
    if (reader === undefined || (sign !== -1 && !OF_COLUMNS.has(key))) {
      throw new QueryError({
        code: 'INVALID_OPTION',
        message: `Writing Parquet files has no option "${name}". Options: ${NAMES}.`,
      });
    }
    reader(draft, value, name, sign === -1 ? '' : name.slice(sign + 1).toLowerCase());
  }
  const { bloomAll, ...rest } = draft;
  return Object.freeze({ ...rest, bloomColumns: bloomAll ? 'all' : rest.bloomColumns });
}

/** @throws QueryError for an option that tells of a column that is not there. `names`: paths of leaves, joined by points. */
export function checkColumns(options: ParquetWriteOptions, names: readonly string[]): void {
  const known = new Set(names.map((name) => name.toLowerCase()));
  const told = options.bloomColumns === 'all' ? [] : options.bloomColumns;
  for (const name of [...told, ...options.bloomExcept, ...options.bloomFpp.keys(), ...options.bloomNdv.keys()]) {
    if (name === '' || known.has(name)) continue;
    throw new QueryError({
      code: 'UNRESOLVED_COLUMN',
      message: `An option of Bloom filters names the column "${name}", which is not in the file. Columns: ${names.join(', ')}.`,
      column: name,
    });
  }
}

/** Whether a column (its path joined by points) gets a Bloom filter. */
export function wantsBloom(options: ParquetWriteOptions, name: string): boolean {
  const lower = name.toLowerCase();
  if (options.bloomExcept.has(lower)) return false;
  return options.bloomColumns === 'all' || options.bloomColumns.has(lower);
}
