import type { QueryError } from '../errors.js';
import { array, INT, STRING, type DataType, type TypeOf } from '../types/data-type.js';
import type { Bound } from './bound.js';
import { call, coerce, literal } from './build.js';
import type { Span } from './expr.js';

/** `value.name`, as Spark has it: a field of a struct, of each struct of an array, or the value of a map's key. */

export interface ExtractFailures {
  fieldNotFound(name: string, fields: readonly string[]): QueryError;
  ambiguousField(name: string, count: number): QueryError;
  notExtractable(type: DataType): QueryError;
}

export function isExtractable(type: DataType): boolean {
  return type.kind === 'struct' || type.kind === 'map' || (type.kind === 'array' && type.element.kind === 'struct');
}

export function extractField(input: Bound, name: string, fail: ExtractFailures, at: Span | undefined = input.at): Bound {
  const { type } = input;
  if (type.kind === 'struct') {
    return structField(input, type, fieldIndex(type, name, fail), at);
  }
  if (type.kind === 'array' && type.element.kind === 'struct') {
    const index = fieldIndex(type.element, name, fail);
    const field = type.element.fields[index]!;
    const of = array(field.type, type.containsNull || field.nullable);
    return call('get_array_fields', [input, literal(index, INT)], of, input.nullable, at);
  }
  if (type.kind === 'map') {
    return mapValue(input, type, literal(name, STRING), at);
  }
  throw fail.notExtractable(type);
}

/** The field at an index. */
export function structField(input: Bound, type: TypeOf<'struct'>, index: number, at: Span | undefined = input.at): Bound {
  const field = type.fields[index]!;
  return call('get_field', [input, literal(index, INT)], field.type, input.nullable || field.nullable, at);
}

/** The value of a key; null where the map has none. */
export function mapValue(input: Bound, type: TypeOf<'map'>, key: Bound, at: Span | undefined): Bound {
  return call('get_map_value', [input, coerce(key, type.key)], type.value, true, at);
}

function fieldIndex(type: TypeOf<'struct'>, name: string, fail: ExtractFailures): number {
  const wanted = name.toLowerCase();
  const found = type.fields.flatMap((field, i) => (field.name.toLowerCase() === wanted ? [i] : []));
  const exact = found.filter((i) => type.fields[i]!.name === name);
  const [index] = found.length > 1 && exact.length === 1 ? exact : found;
  if (index === undefined) {
    throw fail.fieldNotFound(
      name,
      type.fields.map((field) => field.name),
    );
  }
  if (found.length > 1 && exact.length !== 1) {
    throw fail.ambiguousField(name, found.length);
  }
  return index;
}
