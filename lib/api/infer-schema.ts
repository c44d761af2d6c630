import { QueryError } from '../core/errors.js';
import {
  BIGINT,
  BINARY,
  BOOLEAN,
  DOUBLE,
  FLOAT,
  INT,
  NULL,
  SMALLINT,
  STRING,
  TIMESTAMP,
  TINYINT,
  array,
  field,
  map,
  sameType,
  schema,
  struct,
  typeName,
  type DataType,
  type Field,
  type TypeOf,
  type Schema,
} from '../core/types/data-type.js';
import { isNested, NESTING_MAX } from '../core/types/nested.js';
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

/** The columns of rows: in order of first appearance; whole numbers are bigint, others double, a Date is a timestamp, an array an array, a plain object a struct, a Map a map, and every column may be null. */
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
  return schema([...types].map(([name, type]) => field(name, known(type ?? NULL))));
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
      return field(name, known(type ?? NULL));
    }),
  );
}

/** The type that holds what was seen so far and this value too. */
function wider(seen: DataType | undefined, value: unknown, name: string, row: number): DataType | undefined {
  if (value === null || value === undefined) return seen;
  if (seen !== undefined && isNested(seen) && fits(seen, value)) return seen;
  const type = typeOf(value, 0);
  if (seen === type && type !== undefined) return type;
  if (type === undefined) {
    throw new QueryError({
      code: 'CANNOT_INFER_SCHEMA',
      message: `Column "${name}" of row ${row} is ${describe(value)}, which no column type holds${isObject(value) ? ', or holds something of the kind' : ''}.`,
      column: name,
      row,
    });
  }
  const both = seen === undefined ? type : merged(seen, type);
  if (both !== undefined) return both;
  throw new QueryError({
    code: 'CANNOT_MERGE_TYPE',
    message: `Column "${name}" holds ${typeName(known(seen!))} values, and ${describe(value)}${isObject(value) ? ` (${typeName(known(type))})` : ''} in row ${row}. Give createDataFrame a schema, or values of one kind.`,
    column: name,
    row,
  });
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !(value instanceof Date);

/** Of what is inside of nested values `NULL` says that nothing is known yet. */
function merged(a: DataType, b: DataType): DataType | undefined {
  if (a === b || b.kind === 'null') return a;
  if (a.kind === 'null') return b;
  if ((a === DOUBLE && b === BIGINT) || (a === BIGINT && b === DOUBLE)) return DOUBLE;
  if (a.kind === 'array' && b.kind === 'array') {
    const element = merged(a.element, b.element);
    return element === undefined ? undefined : element === a.element ? a : array(element);
  }
  if (a.kind === 'map' && b.kind === 'map') {
    const [key, value] = [merged(a.key, b.key), merged(a.value, b.value)];
    return key === undefined || value === undefined ? undefined : map(key, value);
  }
  if (a.kind !== 'struct' || b.kind !== 'struct') return sameType(a, b) ? a : undefined;
  const fields = new Map(a.fields.map((f) => [f.name, f.type]));
  for (const { name, type } of b.fields) {
    const seen = fields.get(name);
    const both = seen === undefined ? type : merged(seen, type);
    if (both === undefined) return undefined;
    fields.set(name, both);
  }
  return struct([...fields].map(([name, type]) => field(name, type)));
}

/** Whether a type that was seen holds a value, so that nothing need be made to find out. */
function fits(type: DataType, value: unknown): boolean {
  if (value === null || value === undefined) return true;
  switch (type.kind) {
    case 'boolean':
    case 'string':
      return typeof value === type.kind;
    case 'bigint':
      return typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value) && !Object.is(value, -0));
    case 'double':
      return typeof value === 'number' || typeof value === 'bigint';
    case 'timestamp':
      return value instanceof Date;
    case 'binary':
      return value instanceof Uint8Array;
    case 'array':
      return Array.isArray(value) && value.every((item) => fits(type.element, item));
    case 'map':
      if (!(value instanceof Map)) return false;
      for (const [key, item] of value as ReadonlyMap<unknown, unknown>)
        if (!fits(type.key, key) || !fits(type.value, item)) return false;
      return true;
    case 'struct':
      return fitsStruct(type, value);
    default:
      return false;
  }
}

const fieldTypes = new WeakMap<DataType, ReadonlyMap<string, DataType>>();

function fitsStruct(type: TypeOf<'struct'>, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const isPlain = Object.getPrototypeOf(value) === Object.prototype;
  if (!isPlain && Object.prototype.toString.call(value) !== '[object Object]') return false;
  let types = fieldTypes.get(type);
  if (types === undefined) fieldTypes.set(type, (types = new Map(type.fields.map((f) => [f.name, f.type]))));
  for (const name of Object.keys(value)) {
    const of = types.get(name);
    if (of === undefined || !fits(of, (value as Record<string, unknown>)[name])) return false;
  }
  return true;
}

/** A column where nothing but null was seen is text; so is a place inside of nested values. */
function known(type: DataType): DataType {
  switch (type.kind) {
    case 'null':
      return STRING;
    case 'array':
      return array(known(type.element));
    case 'map':
      return map(known(type.key), known(type.value));
    case 'struct':
      return struct(type.fields.map((f) => field(f.name, known(f.type))));
    default:
      return type;
  }
}

function typeOf(value: unknown, depth: number): DataType | undefined {
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
      if (value === null || value === undefined) return NULL;
      if (value instanceof Date) return TIMESTAMP;
      if (value instanceof Uint8Array) return BINARY;
      return typeof value === 'object' && depth < NESTING_MAX ? nestedType(value, depth + 1) : undefined;
  }
}

/** Of an array, a Map or an object: what an object of a class of its own holds counts too. */
function nestedType(value: object, depth: number): DataType | undefined {
  if (ArrayBuffer.isView(value)) {
    const typed = TYPED_ARRAYS.find(([constructor]) => value instanceof constructor);
    return typed === undefined ? undefined : array(typed[1]);
  }
  if (Array.isArray(value)) {
    const element = common(value, depth);
    return element === undefined ? undefined : array(element);
  }
  if (value instanceof Map) {
    const key = common(value.keys(), depth);
    const item = common(value.values(), depth);
    return key === undefined || item === undefined ? undefined : map(key, item);
  }
  if (Object.prototype.toString.call(value) !== '[object Object]') return undefined;
  const fields: Field[] = [];
  for (const [name, item] of Object.entries(value)) {
    const type = typeOf(item, depth);
    if (type === undefined) return undefined;
    fields.push(field(name, type));
  }
  return struct(fields);
}

function common(values: Iterable<unknown>, depth: number): DataType | undefined {
  let type: DataType | undefined = NULL;
  for (const value of values) {
    const next = typeOf(value, depth);
    type = next === undefined ? undefined : merged(type, next);
    if (type === undefined) return undefined;
  }
  return type;
}
