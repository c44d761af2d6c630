import type { FileFormat } from '../source.js';
import { inspectCsv, type CsvDetail } from './inspect.js';
import { CsvSource } from './source.js';
import { splitCsv } from './splits.js';

export const CSV: FileFormat = {
  name: 'csv',
  extensions: ['csv', 'tsv', 'txt', 'psv'],
  inspect: ({ files, paths, options, schema }) => inspectCsv(files, paths, options, schema),
  splits: ({ detail }, { bytes, files }) => splitCsv(detail as CsvDetail, bytes, files),
  open: (context, { detail }, { columns, taskWords }) => new CsvSource(context, detail as CsvDetail, columns, taskWords),
};
