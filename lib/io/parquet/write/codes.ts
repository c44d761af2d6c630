/** Numbers that Parquet's metadata has for things. */

export const ParquetType = { boolean: 0, int32: 1, int64: 2, int96: 3, float: 4, double: 5, byteArray: 6, fixed: 7 } as const;
export const Repetition = { required: 0, optional: 1, repeated: 2 } as const;
export const Converted = { utf8: 0, map: 1, list: 3, decimal: 5, date: 6, timestampMicros: 10, int8: 15, int16: 16 } as const;
export const Encoding = { plain: 0, plainDictionary: 2, rle: 3 } as const;
export const PageType = { data: 0, dictionary: 2 } as const;
export const MAGIC = 'PAR1';

/** Codecs that are written, by the names of option `compression`. */
export const CODECS = {
  uncompressed: { code: 0, extension: 'parquet' },
  snappy: { code: 1, extension: 'snappy.parquet' },
  gzip: { code: 2, extension: 'gz.parquet' },
  zstd: { code: 6, extension: 'zstd.parquet' },
  lz4_raw: { code: 7, extension: 'lz4raw.parquet' },
} as const;
export type CodecName = keyof typeof CODECS;
