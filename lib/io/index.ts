import { DataError, QueryError } from '../core/errors.js';
import type { ColumnTest, FileCondition } from '../core/types/column-test.js';
import { field, schema as schemaOf, type Schema } from '../core/types/data-type.js';
import { asNullable } from '../core/types/nested.js';
import { takeFileOptions, type FileOptions } from './file-options.js';
import { isUnchanged, sameFacts, type FileFacts } from './files.js';
import { findFiles, type FoundFiles } from './find-files.js';
import { factsOf, manyFiles, narrowed, splitsOf, withFileColumns, withWanted } from './many-files.js';
import { formatOfMerged, inspectMerged } from './merged-files.js';
import { openManyFiles } from './many-files-reader.js';
import { partitionColumns, type PartitionColumn } from './partitions.js';
import { describeParquet, formatNamed, formatOfName, knownFormat, writeFormat } from './formats.js';
import type { ParquetMetadata } from './parquet/describe.js';
import { PieceFile, type BodyPlace } from './output/piece-file.js';
import type { EncodeRequest, EncoderContext } from './encoder.js';
import type {
  DecoderContext,
  FileFormat,
  FormatDescription,
  InspectRequest,
  InspectedFiles,
  OpenRequest,
  ReadRequest,
  ScanReader,
  ScanSplit,
  SourceFacts,
  SplitRequest,
} from './source.js';

export { readKernels } from './files.js';
export { arrowInMemory } from './formats.js';
export { extensionOf } from './file-name.js';
export { writeExtensions, writeFormat, writeFormatOf } from './formats.js';
export { joinTasks, runJoinTask } from './output/join-pieces.js';
export { WriteJob } from './output/write-job.js';
export { cacheFailure, CACHE_FORMAT, CacheDirectory } from './output/cache-directory.js';
export { directoryName } from './output/directory-name.js';

/** A source with the means to see whether its files are still what they were. */
export interface InspectedSource {
  readonly source: InspectedFiles;
  isCurrent(): boolean;
}

/**
 * The format of files whose format nobody named: by their names, else by the path's, else CSV.
 * @throws DataError where names tell different formats.
 */
function formatOfFiles(files: readonly FileFacts[], paths: readonly string[]): string {
  const [first] = files;
  const format = formatOfName(first!.path);
  const other = files.find(({ path }) => formatOfName(path) !== format);
  if (other !== undefined) throw mixedFormats(first!.path, other.path);
  return format ?? formatOfName(paths[0]!) ?? 'csv';
}

function mixedFormats(a: string, b: string): DataError {
  const said = (path: string): string => {
    const format = formatOfName(path);
    return format === undefined ? `'${path}', whose name tells no format` : `'${path}' (${format})`;
  };
  return new DataError({
    code: 'MIXED_FILE_FORMATS',
    message: `The files are of different formats: ${said(a)} and ${said(b)}. Name the format, or the files of one format (as 'folder/*.csv').`,
    path: b,
  });
}

/** A read, as far as names of files and directories tell. */
interface Looked {
  readonly format: FileFormat;
  readonly options: FileOptions;
  /** With empty files. */
  readonly found: FoundFiles;
  readonly partitions: readonly PartitionColumn[];
  readonly request: InspectRequest;
}

function lookAt(read: ReadRequest): Looked {
  const { file: options, format: formatOptions } = takeFileOptions(read.options);
  const named = read.format === undefined ? undefined : formatNamed(read.format.toLowerCase(), read.at);
  const found = findFiles(read.paths, options);
  const used = named?.countsEmpty?.(formatOptions) === true ? found : withoutEmpty(found);
  const format = named ?? formatNamed(formatOfFiles(used.files, read.paths), read.at);
  const partitions = partitionColumns(used, options, read.schema);
  const { schema: given, ...asked } = read;
  const request = {
    ...asked,
    options: formatOptions,
    files: used.files,
    mergeSchema: options.mergeSchema,
    ...(given === undefined ? {} : { schema: withoutPartitions(given, partitions) }),
  };
  return { format, options, found, partitions, request };
}

/** Looks at the files of a read. @throws DataError, QueryError. */
export function inspectSource(read: ReadRequest): InspectedSource {
  const { format, options, found, partitions, request } = lookAt(read);
  const inspected = options.mergeSchema ? inspectMerged(format, request) : format.inspect(request);
  const { files } = request;
  const inner = files.length === 1 && request.schema === undefined ? inspected : withNulls(inspected);
  return {
    source: withFileColumns(inner, format, files, partitions, descriptionOf(inner, read.paths, files)),
    isCurrent: () => isCurrent(read, options, found),
  };
}

/**
 * What one file says of itself holds for it alone, and a schema that somebody wrote holds for nothing: a file may have null where it says NOT NULL, as Spark has it.
 */
function withNulls(inspected: InspectedFiles): InspectedFiles {
  const { fields } = inspected.schema;
  return Object.freeze({
    ...inspected,
    schema: schemaOf(fields.map(({ name, type }) => field(name, asNullable(type), true))),
    hidden: inspected.hidden.map((own) => ({ ...own, nullable: true })),
  });
}

/** How files are written and what is in them, for people. @throws DataError, QueryError. */
export function describeFiles(read: ReadRequest): FormatDescription {
  const { format, options, partitions, request } = lookAt(read);
  const { files } = request;
  const own = options.mergeSchema
    ? describeSchema(inspectMerged(format, request))
    : (format.describe?.(request) ?? describeSchema(format.inspect(request)));
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const names = new Set(partitions.map(({ field }) => field.name.toLowerCase()));
  return {
    lines: [`format ${format.name}`, ...(files.length > 1 ? [`files ${files.length}`, `bytes ${bytes}`] : []), ...own.lines],
    columns: [
      ...own.columns.filter(({ name }) => !names.has(name.toLowerCase())),
      ...partitions.map(({ field: { name, type } }) => ({ name, type, note: 'from the names of directories' })),
    ],
  };
}

function describeSchema({ schema }: InspectedFiles): FormatDescription {
  return { lines: [], columns: schema.fields.map(({ name, type }) => ({ name, type, note: '' })) };
}

/** Empty files have no rows and may have no header either. If there are no others, the format says what it makes of one. */
function withoutEmpty({ files, roots }: FoundFiles): FoundFiles {
  if (files.every(({ size }) => size > 0)) return { files, roots };
  const kept = files.flatMap(({ size }, i) => (size > 0 ? [i] : []));
  const numbers = kept.length === 0 ? [0] : kept;
  return { files: numbers.map((i) => files[i]!), roots: numbers.map((i) => roots[i]!) };
}

/** Columns of a schema that somebody gave are the files', but for those that directories make. */
function withoutPartitions(given: Schema, partitions: readonly PartitionColumn[]): Schema {
  const names = new Set(partitions.map(({ field }) => field.name.toLowerCase()));
  return names.size === 0 ? given : { fields: given.fields.filter(({ name }) => !names.has(name.toLowerCase())) };
}

function descriptionOf({ format, description }: InspectedFiles, paths: readonly string[], files: readonly FileFacts[]): string {
  if (files.length === 1) return description;
  return `${format} ${paths[0]!}${paths.length > 1 ? ', …' : ''} (${files.length} files)`;
}

/** A directory or a pattern may mean other files than before: it is looked through again, but no file is opened. */
function isCurrent({ paths }: ReadRequest, options: FileOptions, found: FoundFiles): boolean {
  const { files } = found;
  const isFixed = files.length === paths.length && files.every(({ path }, i) => path === paths[i]);
  if (isFixed) return files.every(isUnchanged);
  const now = findFiles(paths, options);
  return now.files.length === files.length && now.files.every((file, i) => sameFacts(file, files[i]!));
}

function formatOfSource(source: InspectedFiles): FileFormat {
  return formatOfMerged(knownFormat(source.format), manyFiles(source).inner);
}

/** A source as one query needs it: without files of which no row can pass the tests and conditions. `columns`: those that the query loads. */
export function narrowScan(
  source: InspectedFiles,
  columns: readonly number[],
  tests: readonly ColumnTest[],
  conditions: readonly FileCondition[],
): InspectedFiles {
  return withWanted(formatOfSource(source), narrowed(source, columns, tests, conditions), columns, tests);
}

/** What a Parquet file's footer says. @throws DataError where there is none; QueryError for more than one file. */
export function parquetMetadata(path: string): ParquetMetadata {
  const { files } = findFiles([path]);
  if (files.length === 1) return describeParquet(files[0]!);
  throw new QueryError({
    code: 'INVALID_PARAMETER_VALUE',
    message: `'${path}' stands for ${files.length} files, and the metadata of one can be shown: as '${files[0]!.path}'.`,
  });
}

/** The tasks of a source. */
export function scanSplits(source: InspectedFiles, request: SplitRequest): readonly ScanSplit[] {
  return splitsOf(formatOfSource(source), source, request);
}

/** Exact facts about all rows of a source, where its files have them. */
export function scanFacts(source: InspectedFiles, columns: readonly number[]): SourceFacts | undefined {
  return factsOf(formatOfSource(source), source, columns);
}

/** A reader of a source's splits. */
export function openScan(context: DecoderContext, source: InspectedFiles, request: OpenRequest): ScanReader {
  return openManyFiles(context, formatOfSource(source), source, request);
}

/** A task's piece of an output file, in a file of its own. `shown` is what errors call the output. */
export function openPiece(
  context: EncoderContext,
  format: string,
  request: EncodeRequest,
  place: { readonly path: string; readonly shown: string; readonly body?: BodyPlace | undefined },
): PieceFile {
  return new PieceFile(context, writeFormat(format), request, place);
}
