import { DataError } from '../core/errors.js';
import { decimalCommonType, tightestCommonType } from '../core/types/coercion.js';
import { array, field, map, schema, struct, typeName, type DataType, type Field, type Schema } from '../core/types/data-type.js';

/** The columns of one file. */
export interface FileColumns {
  readonly path: string;
  readonly schema: Schema;
}

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/**
 * The columns of all files by name: the first file's, then those that others have beside them. A column has the type that all its values fit in: numbers widen
 * (int → bigint → double, decimals to hold all digits), dates become timestamps, structs get each other's fields. What not every file has is nullable.
 * @throws DataError where two files' types have none in common.
 */
export function mergeSchemas(files: readonly FileColumns[]): Schema {
  const merged = new Map<string, { field: Field; readonly path: string; times: number }>();
  for (const { path, schema: own } of files) {
    for (const next of own.fields) {
      const key = next.name.toLowerCase();
      const known = merged.get(key);
      if (known === undefined) {
        merged.set(key, { field: next, path, times: 1 });
        continue;
      }
      known.times++;
      const type = mergedType(known.field.type, next.type);
      if (type === undefined) throw noCommonType(known.field, known.path, next, path);
      known.field = field(known.field.name, type, known.field.nullable || next.nullable);
    }
  }
  return schema(
    [...merged.values()].map(({ field: own, times }) =>
      times < files.length && !own.nullable ? field(own.name, own.type) : own,
    ),
  );
}

/** For each column the number of a file's own one, −1 where it has none. */
export function columnsIn(wanted: Schema, own: Schema): number[] {
  const exact = new Map(own.fields.map(({ name }, i) => [name, i]));
  const folded = new Map(own.fields.map(({ name }, i) => [name.toLowerCase(), i]));
  return wanted.fields.map(({ name }) => exact.get(name) ?? folded.get(name.toLowerCase()) ?? -1);
}

/** The type that values of both fit in without becoming something else; undefined where there is none. */
export function mergedType(a: DataType, b: DataType): DataType | undefined {
  if (a.kind === 'struct' && b.kind === 'struct') return mergedStruct(a.fields, b.fields);
  if (a.kind === 'array' && b.kind === 'array') {
    const element = mergedType(a.element, b.element);
    return element === undefined ? undefined : array(element, a.containsNull || b.containsNull);
  }
  if (a.kind === 'map' && b.kind === 'map') {
    const key = mergedType(a.key, b.key);
    const value = mergedType(a.value, b.value);
    return key === undefined || value === undefined ? undefined : map(key, value, a.valueContainsNull || b.valueContainsNull);
  }
  return tightestCommonType(a, b) ?? decimalCommonType(a, b);
}

function mergedStruct(a: readonly Field[], b: readonly Field[]): DataType | undefined {
  const fields: Field[] = [];
  for (const left of a) {
    const right = b.find(({ name }) => sameName(name, left.name));
    const type = right === undefined ? left.type : mergedType(left.type, right.type);
    if (type === undefined) return undefined;
    fields.push(field(left.name, type, right === undefined || left.nullable || right.nullable));
  }
  const added = b.filter(({ name }) => !a.some((left) => sameName(left.name, name)));
  return struct([...fields, ...added.map(({ name, type }) => field(name, type))]);
}

function noCommonType(a: Field, first: string, b: Field, second: string): DataError {
  return new DataError({
    code: 'CANNOT_MERGE_SCHEMAS',
    message: `The column "${a.name}" is ${typeName(a.type)} in '${first}' and ${typeName(b.type)} in '${second}': there is no type that both fit in. Give a schema, or read the files apart.`,
    path: second,
    column: a.name,
  });
}
