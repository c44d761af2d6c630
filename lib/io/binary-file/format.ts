import { QueryError } from '../../core/errors.js';
import { BIGINT, BINARY, STRING, TIMESTAMP, field, sameType, schema } from '../../core/types/data-type.js';
import { splitByFiles } from '../byte-ranges.js';
import type { FileFacts } from '../files.js';
import type { FileFormat, InspectRequest, InspectedFiles } from '../source.js';
import { BinaryFileSource } from './source.js';

/** What a task needs to read files as they are. */
export interface BinaryFileDetail {
  readonly files: readonly FileFacts[];
}

/** Spark's columns. */
export const COLUMNS = schema([
  field('path', STRING, false),
  field('modificationTime', TIMESTAMP, false),
  field('length', BIGINT, false),
  field('content', BINARY),
]);

function inspectBinaryFiles({ files, options, schema: given }: InspectRequest): InspectedFiles {
  const [option] = options.keys();
  if (option !== undefined)
    throw new QueryError({
      code: 'INVALID_OPTION',
      message: `binaryFile has no option "${option}". Options: pathGlobFilter, recursiveFileLookup, basePath.`,
    });
  const isSame =
    given === undefined ||
    (given.fields.length === COLUMNS.fields.length &&
      given.fields.every(({ name, type }, i) => name === COLUMNS.fields[i]!.name && sameType(type, COLUMNS.fields[i]!.type)));
  if (!isSame)
    throw new QueryError({
      code: 'UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE',
      message:
        'binaryFile has the columns path string, modificationTime timestamp, length bigint, content binary, and no others.',
    });
  const detail: BinaryFileDetail = { files };
  return Object.freeze({
    format: 'binaryfile',
    schema: COLUMNS,
    description: `binaryFile ${files[0]!.path}`,
    totalBytes: files.reduce((sum, { size }) => sum + size, 0),
    hidden: [],
    rowCount: files.length,
    detail,
  });
}

/** Files as rows: path, modificationTime, length, content. */
export const BINARY_FILE: FileFormat = {
  name: 'binaryfile',
  countsEmpty: () => true,
  inspect: inspectBinaryFiles,
  splits: ({ detail }, { bytes, files: only }) => splitByFiles((detail as BinaryFileDetail).files, bytes, only, true),
  open: (context, { detail }) => new BinaryFileSource(context, detail as BinaryFileDetail),
};
