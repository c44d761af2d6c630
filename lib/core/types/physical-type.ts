import type { DataType } from './data-type.js';

/**
 * How a value lies in a vector or a block. One row a physical type: everything that knows widths derives from here.
 *
 * - `bool`  1 byte, 0 or 1
 * - `i32`   tinyint, smallint, int, date (days since 1970-01-01), year-month interval (months)
 * - `i64`   bigint, timestamp (µs since the epoch, UTC), day-time interval (µs), decimal of at most 18 digits (unscaled)
 * - `i128`  decimal of more than 18 digits (unscaled, two's complement, low word first)
 * - `f64`   double, and float (a float is a double that was rounded to 32 bits)
 * - `view`  string, binary: 16 bytes, see memory/layout.ts; and array, struct, map: a view of one run of bytes, see memory/packed.ts
 */
export type PhysicalType = 'bool' | 'i32' | 'i64' | 'i128' | 'f64' | 'view';

export const PHYSICAL_WIDTH: { readonly [P in PhysicalType]: number } = {
  bool: 1,
  i32: 4,
  i64: 8,
  i128: 16,
  f64: 8,
  view: 16,
};

/** Decimals of at most this many digits are unscaled int64. */
export const MAX_I64_PRECISION = 18;

/** The physical type of a logical one. */
export function physicalTypeOf(type: DataType): PhysicalType {
  switch (type.kind) {
    case 'null':
    case 'boolean':
      return 'bool';
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'date':
    case 'year_month_interval':
      return 'i32';
    case 'bigint':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'day_time_interval':
      return 'i64';
    case 'decimal':
      return type.precision <= MAX_I64_PRECISION ? 'i64' : 'i128';
    case 'float':
    case 'double':
      return 'f64';
    case 'string':
    case 'binary':
    case 'array':
    case 'map':
    case 'struct':
      return 'view';
  }
}
