import { InternalError, QueryError } from '../core/errors.js';
import { CSV } from './csv/format.js';
import { expandPaths, isUnchanged } from './files.js';
import type {
  DecoderContext,
  FileFormat,
  InspectedFiles,
  OpenRequest,
  ReadRequest,
  ScanReader,
  ScanSplit,
  SplitRequest,
} from './source.js';

export { createCsvWriter, type CsvFormat, type CsvWriter } from './csv/write.js';
export { describeCsv, type CsvDescription } from './csv/inspect.js';
export { readKernels } from './files.js';

/** The formats that files are read in. */
const FORMATS: readonly FileFormat[] = [CSV];
/** Formats that people will ask for and that are not there. */
const UNBUILT: ReadonlySet<string> = new Set(['parquet', 'json', 'jsonl', 'ndjson', 'arrow', 'orc', 'avro']);

/** A source with the means to see whether its files are still what they were. */
export interface InspectedSource {
  readonly source: InspectedFiles;
  isCurrent(): boolean;
}

/** The format that a path's name tells; CSV for anything that is no known other format. */
function formatOf(path: string): string {
  const extension = /\.([A-Za-z0-9]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  const known = FORMATS.find(({ extensions }) => extensions.includes(extension));
  return known?.name ?? (UNBUILT.has(extension) ? extension : 'csv');
}

function formatNamed(name: string, at: ReadRequest['at']): FileFormat {
  const format = FORMATS.find((candidate) => candidate.name === name);
  if (format !== undefined) return format;
  const known = FORMATS.map((candidate) => candidate.name).join(', ');
  throw new QueryError({
    code: 'UNSUPPORTED_FEATURE',
    message: `Reading ${name} files is not supported yet. Formats: ${known}.`,
    ...(at === undefined ? {} : { at }),
  });
}

/** Looks at the files of a read. @throws DataError, QueryError. */
export function inspectSource(read: ReadRequest): InspectedSource {
  const format = formatNamed(read.format?.toLowerCase() ?? formatOf(read.paths[0] ?? ''), read.at);
  const files = expandPaths(read.paths);
  const source = format.inspect({ ...read, files });
  // A pattern may match other files the next time, and so may a directory.
  const isFixed = files.length === 1 && read.paths.length === 1 && files[0]!.path === read.paths[0];
  return { source, isCurrent: () => isFixed && files.every(isUnchanged) };
}

function formatOfSource({ format: name }: InspectedFiles): FileFormat {
  const format = FORMATS.find((candidate) => candidate.name === name);
  if (format === undefined) throw new InternalError(`No format is called ${name}.`);
  return format;
}

/** The tasks of a source. */
export function scanSplits(source: InspectedFiles, request: SplitRequest): readonly ScanSplit[] {
  return formatOfSource(source).splits(source, request);
}

/** A reader of a source's splits. */
export function openScan(context: DecoderContext, source: InspectedFiles, request: OpenRequest): ScanReader {
  return formatOfSource(source).open(context, source, request);
}
