import { QueryError } from '../core/errors.js';
import {
  BIGINT,
  BINARY,
  BOOLEAN,
  DOUBLE,
  FLOAT,
  INT,
  SMALLINT,
  STRING,
  TIMESTAMP,
  TINYINT,
  field,
  schema,
  type DataType,
  type Schema,
} from '../core/types/data-type.js';
import { describe } from '../memory/write-values.js';
import type { Row } from './user-functions.js';

/** A column given as an array: a typed array fixes the type, a plain one is inferred. */
export type ColumnData =
  | readonly unknown[]
  | Float64Array
  | Float32Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigInt64Array;

const TYPED_ARRAYS: readonly (readonly [abstract new (...args: never[]) => unknown, DataType])[] = [
  [Float64Array, DOUBLE],
  [Float32Array, FLOAT],
  [Int32Array, INT],
  [Int16Array, SMALLINT],
  [Int8Array, TINYINT],
  [Uint8Array, SMALLINT],
  [Uint16Array, INT],
  [Uint32Array, BIGINT],
  [BigInt64Array, BIGINT],
];

/** The columns of rows: in order of first appearance; whole numbers are bigint, others double, a Date is a timestamp, and every column may be null. */
export function schemaOfRows(rows: readonly Row[]): Schema {
  const types = new Map<string, DataType | undefined>();
  rows.forEach((row, i) => {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      throw new QueryError({
        code: 'CANNOT_INFER_SCHEMA',
        message: `Row ${i} is ${describe(row)}; rows are objects of column names to values.`,
      });
    }
    for (const [name, value] of Object.entries(row)) types.set(name, wider(types.get(name), value, name, i));
  });
  return schema([...types].map(([name, type]) => field(name, type ?? STRING)));
}

export function schemaOfColumns(columns: ReadonlyMap<string, ColumnData>): Schema {
  return schema(
    [...columns].map(([name, data]) => {
      const typed = TYPED_ARRAYS.find(([constructor]) => data instanceof constructor);
      if (typed !== undefined) return field(name, typed[1], false);
      let type: DataType | undefined;
      (data as readonly unknown[]).forEach((value, i) => {
        type = wider(type, value, name, i);
      });
      return field(name, type ?? STRING);
    }),
  );
}

/** The type that holds what was seen so far and this value too. */
function wider(seen: DataType | undefined, value: unknown, name: string, row: number): DataType | undefined {
  if (value === null || value === undefined) return seen;
  const type = typeOf(value);
  if (type === undefined) {
    throw new QueryError({
      code: 'CANNOT_INFER_SCHEMA',
      message: `Column "${name}" of row ${row} is ${describe(value)}, which no column type holds yet.`,
      column: name,
      row,
    });
  }
  if (seen === undefined || seen === type) return type;
  if ((seen === DOUBLE && type === BIGINT) || (seen === BIGINT && type === DOUBLE)) return DOUBLE;
  throw new QueryError({
    code: 'CANNOT_MERGE_TYPE',
    message: `Column "${name}" holds ${seen.kind} values, and ${describe(value)} in row ${row}. Give createDataFrame a schema, or values of one kind.`,
    column: name,
    row,
  });
}

function typeOf(value: unknown): DataType | undefined {
  switch (typeof value) {
    case 'boolean':
      return BOOLEAN;
    case 'bigint':
      return BIGINT;
    case 'string':
      return STRING;
    case 'number':
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? BIGINT : DOUBLE;
    default:
      if (value instanceof Date) return TIMESTAMP;
      return value instanceof Uint8Array ? BINARY : undefined;
  }
}
