import { QueryError } from '../../core/errors.js';
import { STRING, field, schema } from '../../core/types/data-type.js';
import { splitByBytes, splitByFiles } from '../byte-ranges.js';
import type { FileFacts } from '../files.js';
import type { FileFormat, InspectRequest, InspectedFiles } from '../source.js';
import { readTextOptions, type TextReadOptions } from './read-options.js';
import { TextSource } from './source.js';

/** What a task needs to read text files; goes to executors as JSON. */
export interface TextDetail extends TextReadOptions {
  readonly files: readonly FileFacts[];
}

function inspectText({ files, options: given, schema: wanted }: InspectRequest): InspectedFiles {
  const options = readTextOptions(given);
  const columns = wanted ?? schema([field('value', STRING)]);
  if (columns.fields.length !== 1 || columns.fields[0]!.type.kind !== 'string')
    throw new QueryError({
      code: 'UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE',
      message: `Text files have one column of strings, not ${columns.fields.length === 1 ? `one of type ${columns.fields[0]!.type.kind}` : `${columns.fields.length} columns`}.`,
    });
  const detail: TextDetail = { files, ...options };
  return Object.freeze({
    format: 'text',
    schema: columns,
    description: `text ${files[0]!.path}`,
    totalBytes: files.reduce((sum, { size }) => sum + size, 0),
    hidden: [],
    detail,
  });
}

/** Lines, or whole files, as the column `value`. */
export const TEXT: FileFormat = {
  name: 'text',
  countsEmpty: (options) => readTextOptions(options).wholeText,
  inspect: inspectText,
  splits: ({ detail }, { bytes, files: only }) => {
    const { files, wholeText, compression } = detail as TextDetail;
    return wholeText ? splitByFiles(files, bytes, only, true) : splitByBytes(files, compression, bytes, only);
  },
  open: (context, { detail }) => new TextSource(context, detail as TextDetail),
};
