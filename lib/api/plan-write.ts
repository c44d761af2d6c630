import { QueryError } from '../core/errors.js';
import { typeName, type Field, type Schema } from '../core/types/data-type.js';
import { extensionOf, writeExtensions, writeFormat, writeFormatOf } from '../io/index.js';
import type { Span } from '../core/expr/expr.js';
import type { WriteSpec } from '../core/physical/stage.js';
import type { SaveMode, WriteTarget } from '../io/output/write-job.js';

/** A write as it was asked for. @internal */
export interface WriteRequest {
  readonly path: string;
  /** By name; absent: what the path's end tells, else Parquet. */
  readonly format?: string;
  readonly mode: SaveMode;
  readonly partitionBy: readonly string[];
  readonly options: ReadonlyMap<string, string>;
  /** One file, or not, whatever the path is called. */
  readonly single?: boolean;
  /** Place in SQL text. */
  readonly at?: Span;
  readonly sql?: string;
}

/** A write that can be done. @internal */
export interface PlannedWrite {
  readonly target: WriteTarget;
  /** All but the directory of the pieces. */
  readonly spec: Omit<WriteSpec, 'pieces'>;
}

/** Types whose values no directory is named after. */
const UNNAMEABLE: ReadonlySet<string> = new Set(['binary', 'array', 'map', 'struct']);

/** Spark's format of directories, when none is named. */
const DEFAULT_FORMAT = 'parquet';

/** What separates fields of CSV files, by the end of their name. */
const SEPARATORS: ReadonlyMap<string, string> = new Map([
  ['tsv', '\t'],
  ['psv', '|'],
]);

/** Checks a write: its format, options, columns. @throws QueryError. */
export function planWrite(schema: Schema, request: WriteRequest): PlannedWrite {
  const { path, mode } = request;
  if (path === '') throw invalid('Files are written to a path, which must not be empty.', request);
  const name = request.format ?? writeFormatOf(path) ?? defaultFormat(request);
  const format = placed(request, () => writeFormat(name));
  const { maxRecords, dynamic, options: given } = takeOwnOptions(request);
  const options = withSeparator(withCompression(given, path, format.name), path, format.name);
  const partitionBy = partitionColumns(schema, request);
  const columns = schema.fields.flatMap((_, i) => (partitionBy.some(({ column }) => column === i) ? [] : [i]));
  if (columns.length === 0 && partitionBy.length > 0)
    throw invalid(
      'Not all columns can be partition columns: the files would have none.',
      request,
      'ALL_PARTITION_COLUMNS_NOT_ALLOWED',
    );
  const written: Schema = { fields: columns.map((column) => schema.fields[column]!) };
  if (columns.length === 0) throw invalid('There are no columns to write.', request);
  placed(request, () => format.check({ schema: written, options }));
  const single = partitionBy.length === 0 && maxRecords === undefined && (request.single ?? isFileName(path));
  return {
    target: { path, mode, single, extension: format.extension(options), dynamic: dynamic && partitionBy.length > 0 },
    spec: {
      format: format.name,
      options: [...options],
      schema: written,
      columns,
      partitionBy,
      shown: path,
      single,
      ...(maxRecords === undefined ? {} : { maxRecords }),
    },
  };
}

/** @throws QueryError where the name means one file of another format. */
function defaultFormat(request: WriteRequest): string {
  if (!isFileName(request.path)) return DEFAULT_FORMAT;
  throw invalid(
    `The end of '${request.path}' tells no format. Ends that do: ${writeExtensions().join(', ')}. Or name the format: COPY … (FORMAT parquet), df.write.format('parquet'), quern convert … --option format=parquet.`,
    request,
  );
}

/** What the end of a file's name says of what separates its fields, where the options say nothing. */
function withSeparator(options: ReadonlyMap<string, string>, path: string, format: string): ReadonlyMap<string, string> {
  const separator = format === 'csv' ? SEPARATORS.get(extensionOf(path)) : undefined;
  const isGiven = ['sep', 'delimiter', 'delim'].some((name) => options.has(name));
  return separator === undefined || isGiven ? options : new Map([...options, ['sep', separator]]);
}

/** What the end of a file's name says of its compression, where the options say nothing. Parquet compresses inside. */
function withCompression(options: ReadonlyMap<string, string>, path: string, format: string): ReadonlyMap<string, string> {
  const [, end] = /\.(gz|gzip|zst|zstd|br|bz2|xz|lz4|snappy|deflate)$/i.exec(path) ?? [];
  if (end === undefined || format === 'parquet' || format === 'arrow') return options;
  return options.has('compression') || options.has('codec') ? options : new Map([...options, ['compression', end]]);
}

function isFileName(path: string): boolean {
  return !path.endsWith('/') && /^[a-z]/.test(extensionOf(path));
}

/** Options that mean the same for every format, and the rest by lower-case name. */
function takeOwnOptions(request: WriteRequest): {
  readonly maxRecords: number | undefined;
  readonly dynamic: boolean;
  readonly options: ReadonlyMap<string, string>;
} {
  const options = new Map([...request.options].map(([name, value]) => [name.toLowerCase(), value]));
  const records = options.get('maxrecordsperfile');
  const overwrite = options.get('partitionoverwritemode')?.toLowerCase() ?? 'static';
  options.delete('maxrecordsperfile');
  options.delete('partitionoverwritemode');
  if (overwrite !== 'static' && overwrite !== 'dynamic')
    throw invalid(`Option partitionOverwriteMode must be static or dynamic, not '${overwrite}'.`, request, 'INVALID_OPTION');
  if (records !== undefined && !/^-?\d+$/.test(records))
    throw invalid(`Option maxRecordsPerFile must be a whole number, not '${records}'.`, request, 'INVALID_OPTION');
  // As Spark has it: no limit below 1.
  const maxRecords = records === undefined || Number(records) < 1 ? undefined : Number(records);
  return { maxRecords, dynamic: overwrite === 'dynamic' && request.mode === 'overwrite', options };
}

function partitionColumns(schema: Schema, request: WriteRequest): WriteSpec['partitionBy'] {
  const taken = new Set<number>();
  return request.partitionBy.map((name) => {
    const column = columnNamed(schema, name);
    if (column === -1)
      throw invalid(
        `No column named "${name}" to partition by. Columns: ${schema.fields.map((field) => field.name).join(', ')}.`,
        request,
        'UNRESOLVED_COLUMN',
      );
    if (taken.has(column)) throw invalid(`Column "${name}" is a partition column twice.`, request, 'COLUMN_ALREADY_EXISTS');
    taken.add(column);
    const field: Field = schema.fields[column]!;
    if (UNNAMEABLE.has(field.type.kind))
      throw invalid(
        `Column "${name}" of type ${typeName(field.type)} cannot be in the names of directories.`,
        request,
        'INVALID_PARTITION_COLUMN_DATA_TYPE',
      );
    return { column, name: field.name, type: field.type };
  });
}

/** By exact name, else without regard to case. */
function columnNamed({ fields }: Schema, name: string): number {
  const exact = fields.findIndex((field) => field.name === name);
  return exact !== -1 ? exact : fields.findIndex((field) => field.name.toLowerCase() === name.toLowerCase());
}

function invalid(message: string, { at, sql }: WriteRequest, code = 'INVALID_PARAMETER_VALUE'): QueryError {
  return new QueryError({ code, message, ...(at === undefined ? {} : { at }), ...(sql === undefined ? {} : { sql }) });
}

/** Errors of a format know no place. */
function placed<T>(request: WriteRequest, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw error instanceof QueryError && request.sql !== undefined ? invalid(error.message, request, error.code) : error;
  }
}
