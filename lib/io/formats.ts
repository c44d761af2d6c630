import { createRequire } from 'node:module';
import { InternalError, QueryError } from '../core/errors.js';
import { CSV } from './csv/format.js';
import { extensionOf } from './file-name.js';
import type { WriteFormat } from './encoder.js';
import type { ParquetMetadata } from './parquet/describe.js';
import type * as JsonFormat from './json/format.js';
import type * as ParquetFormat from './parquet/format.js';
import type * as ArrowFormat from './arrow/format.js';
import type * as ArrowInMemory from './arrow/in-memory.js';
import type * as ArrowWriting from './arrow/write/format.js';
import type * as TextFormat from './text/format.js';
import type * as BinaryFileFormat from './binary-file/format.js';
import type * as CsvEncoding from './csv/encoder.js';
import type * as ParquetWriting from './parquet/write/format.js';
import type * as JsonEncoding from './json/encoder.js';
import type * as TextEncoding from './text/encoder.js';
import type * as ParquetDescribe from './parquet/describe.js';
import type { FileFacts } from './files.js';
import type { FileFormat, ReadRequest } from './source.js';

/**
 * Loads a module when it is first needed, at once: whoever looks at files or decodes them cannot wait. All threads pay for the length of what they load, and a query of CSV
 * files should not pay for Parquet.
 */
const load = createRequire(import.meta.url);

/** A format as far as names tell. */
interface Entry<Format> {
  readonly name: string;
  /** Ends of file names, lower case, without the dot. */
  readonly extensions: readonly string[];
  load(): Format;
}

/** The formats that files are read in. */
const FORMATS: readonly Entry<FileFormat>[] = [
  { name: 'csv', extensions: ['csv', 'tsv', 'txt', 'psv'], load: () => CSV },
  {
    name: 'json',
    extensions: ['json', 'jsonl', 'ndjson'],
    load: () => (load('./json/format.js') as typeof JsonFormat).JSON_FORMAT,
  },
  {
    name: 'parquet',
    extensions: ['parquet', 'parq', 'pq'],
    load: () => (load('./parquet/format.js') as typeof ParquetFormat).PARQUET,
  },
  {
    name: 'arrow',
    extensions: ['arrow', 'arrows', 'feather', 'ipc'],
    load: () => (load('./arrow/format.js') as typeof ArrowFormat).ARROW,
  },
  {
    name: 'text',
    extensions: ['text'],
    load: () => (load('./text/format.js') as typeof TextFormat).TEXT,
  },
  {
    name: 'binaryfile',
    extensions: [],
    load: () => (load('./binary-file/format.js') as typeof BinaryFileFormat).BINARY_FILE,
  },
];

/** The formats that files are written in. */
const WRITE_FORMATS: readonly Entry<WriteFormat>[] = [
  {
    name: 'csv',
    extensions: ['csv', 'tsv', 'psv'],
    load: () => (load('./csv/encoder.js') as typeof CsvEncoding).CSV_WRITE,
  },
  {
    name: 'parquet',
    extensions: ['parquet', 'parq', 'pq'],
    load: () => (load('./parquet/write/format.js') as typeof ParquetWriting).PARQUET_WRITE,
  },
  {
    name: 'json',
    extensions: ['json', 'jsonl', 'ndjson'],
    load: () => (load('./json/encoder.js') as typeof JsonEncoding).JSON_WRITE,
  },
  {
    name: 'arrow',
    extensions: ['arrow', 'feather', 'ipc'],
    load: () => (load('./arrow/write/format.js') as typeof ArrowWriting).ARROW_WRITE,
  },
  {
    name: 'arrows',
    extensions: ['arrows'],
    load: () => (load('./arrow/write/format.js') as typeof ArrowWriting).ARROW_STREAM_WRITE,
  },
  {
    name: 'text',
    extensions: ['txt', 'text'],
    load: () => (load('./text/encoder.js') as typeof TextEncoding).TEXT_WRITE,
  },
];

/** Formats that people will ask for and that are not there. */
const UNBUILT: ReadonlySet<string> = new Set(['orc', 'avro']);

function nameByExtension(formats: readonly Entry<unknown>[], path: string): string | undefined {
  const extension = extensionOf(path);
  const known = formats.find(({ extensions }) => extensions.includes(extension));
  return known?.name ?? (UNBUILT.has(extension) ? extension : undefined);
}

function namesOf(formats: readonly Entry<unknown>[]): string {
  return formats.map(({ name }) => name).join(', ');
}

/** The format that a file's name tells, if it tells one. */
export function formatOfName(path: string): string | undefined {
  return nameByExtension(FORMATS, path);
}

/** The format that somebody named. @throws QueryError listing the formats. */
export function formatNamed(name: string, at: ReadRequest['at']): FileFormat {
  const format = FORMATS.find((candidate) => candidate.name === name);
  if (format !== undefined) return format.load();
  throw new QueryError({
    code: 'UNSUPPORTED_FEATURE',
    message: `Reading ${name} files is not supported yet. Formats: ${namesOf(FORMATS)}.`,
    ...(at === undefined ? {} : { at }),
  });
}

/** The format of a source that was inspected. */
export function knownFormat(name: string): FileFormat {
  const format = FORMATS.find((candidate) => candidate.name === name);
  if (format === undefined) throw new InternalError(`No format is called ${name}.`);
  return format.load();
}

/** The format that a name means when files are written. @throws QueryError listing the formats. */
export function writeFormat(name: string): WriteFormat {
  const lower = name.toLowerCase();
  const format = WRITE_FORMATS.find((candidate) => candidate.name === lower);
  if (format !== undefined) return format.load();
  throw new QueryError({
    code: 'UNSUPPORTED_FEATURE',
    message: `Writing ${lower} files is not supported${UNBUILT.has(lower) ? ' yet' : ''}. Formats: ${namesOf(WRITE_FORMATS)}.`,
  });
}

/** The format that a path's end tells when files are written, if it tells one. */
export function writeFormatOf(path: string): string | undefined {
  return nameByExtension(WRITE_FORMATS, path);
}

/** Ends of names that tell a format to write. */
export const writeExtensions = (): readonly string[] => WRITE_FORMATS.flatMap(({ extensions }) => extensions);

/** What the footer of a Parquet file says. @throws DataError where there is none. */
export function describeParquet(file: FileFacts): ParquetMetadata {
  return (load('./parquet/describe.js') as typeof ParquetDescribe).describeParquet(file);
}

/** What makes Arrow of results, and rows of Arrow that somebody has in memory. */
export function arrowInMemory(): typeof ArrowInMemory {
  return load('./arrow/in-memory.js') as typeof ArrowInMemory;
}
