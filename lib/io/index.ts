import { QueryError } from '../core/errors.js';
import { CsvSource } from './csv/source.js';
import { inspectCsv, type CsvDetail } from './csv/inspect.js';
import { splitCsv } from './csv/splits.js';
import { isUnchanged } from './files.js';
import type { DecoderContext, InspectedFiles, ReadRequest } from './source.js';

export { readKernels } from './files.js';
export { describeCsv, type CsvDescription } from './csv/inspect.js';

/** A source with the means to see whether its files are still what they were. */
export interface InspectedSource {
  readonly source: InspectedFiles;
  isCurrent(): boolean;
}

const EXTENSIONS: { readonly [extension: string]: string } = { csv: 'csv', tsv: 'csv', txt: 'csv', psv: 'csv' };

/** The format that a path's name tells; CSV for anything that is no known other format. */
function formatOf(path: string): string {
  const extension = /\.([A-Za-z0-9]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  return (
    EXTENSIONS[extension] ??
    (['parquet', 'json', 'jsonl', 'ndjson', 'arrow', 'orc', 'avro'].includes(extension) ? extension : 'csv')
  );
}

/** Looks at the files of a read. @throws DataError, QueryError. */
export function inspectSource(read: ReadRequest): InspectedSource {
  const format = read.format?.toLowerCase() ?? formatOf(read.paths[0] ?? '');
  if (format !== 'csv') {
    throw new QueryError({
      code: 'UNSUPPORTED_FEATURE',
      message: `Reading ${format} files is not supported yet; CSV is.`,
      ...(read.at === undefined ? {} : { at: read.at }),
    });
  }
  const source = inspectCsv(read.paths, read.options, read.schema);
  const { files } = source.detail as CsvDetail;
  // A pattern may match other files the next time, and so may a directory.
  const isFixed = files.length === 1 && read.paths.length === 1 && files[0]!.path === read.paths[0];
  return { source, isCurrent: () => isFixed && files.every(isUnchanged) };
}

/** The tasks of a source: pieces of about `bytes`. */
export function scanSplits(source: InspectedFiles, bytes: number): { partition: number; split: number[] }[] {
  return splitCsv(source.detail as CsvDetail, bytes);
}

/** A decoder of a source's splits. `taskWords`: address of one word a task, zero at first. */
export function openScanSource(
  context: DecoderContext,
  source: InspectedFiles,
  columns: readonly number[],
  taskWords: number,
): CsvSource {
  return new CsvSource(context, source.detail as CsvDetail, columns, taskWords);
}
export { createCsvWriter, type CsvFormat, type CsvWriter } from './csv/write.js';
