import type { WriteFormat } from '../../encoder.js';
import { CODECS } from './codes.js';
import { checkCodec } from './compressor.js';
import { ParquetEncoder } from './encoder.js';
import { joinParquet } from './join.js';
import { checkColumns, readParquetWriteOptions } from './options.js';
import { parquetSchema } from './schema.js';

/** Parquet files, written. */
export const PARQUET_WRITE: WriteFormat = {
  name: 'parquet',
  extension: (options) => CODECS[readParquetWriteOptions(options).compression].extension,
  check: (request) => {
    const { leaves } = parquetSchema(request.schema);
    const options = readParquetWriteOptions(request.options);
    checkCodec(options);
    checkColumns(
      options,
      leaves.map(({ path }) => path.join('.')),
    );
  },
  open: (context, request, out) => new ParquetEncoder(context, request, out),
  join: (parts, request, out) => joinParquet(parts, request, out),
};
