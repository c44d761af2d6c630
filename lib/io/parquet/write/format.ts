import type { WriteFormat } from '../../encoder.js';
import { CODECS } from './codes.js';
import { checkCodec } from './compressor.js';
import { ParquetEncoder } from './encoder.js';
import { joinParquet } from './join.js';
import { readParquetWriteOptions } from './options.js';
import { parquetSchema } from './schema.js';

/** Parquet files, written. */
export const PARQUET_WRITE: WriteFormat = {
  name: 'parquet',
  extension: (options) => CODECS[readParquetWriteOptions(options).compression].extension,
  check: (request) => {
    parquetSchema(request.schema);
    checkCodec(readParquetWriteOptions(request.options));
  },
  open: (context, request, out) => new ParquetEncoder(context, request, out),
  join: (parts, request, out) => joinParquet(parts, request, out),
};
