import { splitByBytes } from '../byte-ranges.js';
import type { FileFormat } from '../source.js';
import { describeCsv, inspectCsv, type CsvDetail } from './inspect.js';
import { MergedCsvSource, inspectMerged, isMerged, type MergedCsv } from './merged.js';
import { CsvSource } from './source.js';

export const CSV: FileFormat = {
  name: 'csv',
  extensions: ['csv', 'tsv', 'txt', 'psv'],
  inspect: (request) => {
    const { files, paths, options, schema, mergeSchema } = request;
    // A schema that is given is the columns' positions.
    return mergeSchema && schema === undefined ? inspectMerged(request) : inspectCsv(files, paths, options, schema);
  },
  describe: describeCsv,
  splits: ({ detail }, { bytes, files }) => splitByBytes((detail as CsvDetail | MergedCsv).files, bytes, files),
  open: (context, source, { columns, taskWords }) => {
    const detail = source.detail as CsvDetail | MergedCsv;
    return isMerged(detail)
      ? new MergedCsvSource(context, detail, columns, taskWords)
      : new CsvSource(context, detail, columns, taskWords);
  },
};
