import type { WriteFormat } from '../../encoder.js';
import { CODECS, MAGIC } from './codes.js';
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
    checkColumns(
      options,
      leaves.map(({ path }) => path.join('.')),
    );
  },
  bodyHead: Buffer.from(MAGIC, 'latin1'),
  open: (context, request, out, body) => new ParquetEncoder(context, request, out, body),
  join: (parts, request, out, hasBody) => joinParquet(parts, request, out, hasBody),
};
