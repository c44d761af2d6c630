import { splitByBytes } from '../byte-ranges.js';
import type { FileFormat } from '../source.js';
import { describeCsv, inspectCsv, type CsvDetail } from './inspect.js';
import { CSV_MERGE } from './merge.js';
import { CsvSource } from './source.js';

export const CSV: FileFormat = {
  name: 'csv',
  inspect: ({ files, paths, options, schema }) => inspectCsv(files, paths, options, schema),
  merge: CSV_MERGE,
  describe: describeCsv,
  splits: ({ detail }, { bytes, files: only }) => {
    const { files, compression } = detail as CsvDetail;
    return splitByBytes(files, compression, bytes, only);
  },
  open: (context, { detail }, { columns, taskWords }) => new CsvSource(context, detail as CsvDetail, columns, taskWords),
};
