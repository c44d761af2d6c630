import type { FileFormat } from '../source.js';
import { parquetFacts } from './facts.js';
import { openFooter } from './footer.js';
import { fileSchema, inspectParquet, type ParquetDetail } from './inspect.js';
import { ParquetSource } from './source.js';
import { splitParquet } from './splits.js';
import { wantedOf } from './wanted.js';

export const PARQUET: FileFormat = {
  name: 'parquet',
  tellsRows: true,
  inspect: inspectParquet,
  merge: {
    kinds: (request) => ({
      kinds: request.files.map((file) => JSON.stringify(fileSchema(openFooter(file)))),
      request,
    }),
  },
  splits: ({ detail }, request) => splitParquet(detail as ParquetDetail, request),
  open: (context, { detail }, request) => new ParquetSource(context, detail as ParquetDetail, request),
  wanted: ({ detail }, columns, tests, files) => wantedOf(detail as ParquetDetail, columns, tests, files),
  facts: ({ detail }, columns, files) => parquetFacts(detail as ParquetDetail, columns, files),
};
