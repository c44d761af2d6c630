import { array, field, map, struct, type DataType, type TypeOf } from './data-type.js';

/** Types that hold others. */

export type NestedType = TypeOf<'array'> | TypeOf<'struct'> | TypeOf<'map'>;

export function isNested(type: DataType): type is NestedType {
  return type.kind === 'array' || type.kind === 'struct' || type.kind === 'map';
}

/** Types are nested at most so deep, the outermost counted. */
export const NESTING_MAX = 64;

/** Whether two equal values of a type may have different bytes: where there are doubles. */
export function hasDoubles(type: DataType): boolean {
  switch (type.kind) {
    case 'array':
      return hasDoubles(type.element);
    case 'map':
      return hasDoubles(type.key) || hasDoubles(type.value);
    case 'struct':
      return type.fields.some((field) => hasDoubles(field.type));
    default:
      return type.kind === 'double' || type.kind === 'float';
  }
}

/** Whether values have an order, and equality: maps have neither. */
export function isOrderable(type: DataType): boolean {
  switch (type.kind) {
    case 'array':
      return isOrderable(type.element);
    case 'map':
      return false;
    case 'struct':
      return type.fields.every((field) => isOrderable(field.type));
    default:
      return true;
  }
}

/** A type with the names of fields that another of the same shape has; `undefined` where shapes differ. */
export function withNamesOf(type: DataType, named: DataType): DataType | undefined {
  if (type.kind === 'struct' && named.kind === 'struct') {
    if (type.fields.length !== named.fields.length) return undefined;
    const types = type.fields.map((f, i) => withNamesOf(f.type, named.fields[i]!.type));
    if (types.includes(undefined)) return undefined;
    return struct(type.fields.map((f, i) => field(named.fields[i]!.name, types[i]!, f.nullable)));
  }
  if (type.kind === 'array' && named.kind === 'array') {
    const element = withNamesOf(type.element, named.element);
    return element === undefined ? undefined : array(element, type.containsNull);
  }
  if (type.kind === 'map' && named.kind === 'map') {
    const [key, value] = [withNamesOf(type.key, named.key), withNamesOf(type.value, named.value)];
    return key === undefined || value === undefined ? undefined : map(key, value, type.valueContainsNull);
  }
  return isNested(type) || isNested(named) ? undefined : type;
}

/** The type with null wherever it can be, inside of it too. */
export function asNullable(type: DataType): DataType {
  switch (type.kind) {
    case 'array':
      return array(asNullable(type.element), true);
    case 'map':
      return map(asNullable(type.key), asNullable(type.value), true);
    case 'struct':
      return struct(type.fields.map((f) => field(f.name, asNullable(f.type), true)));
    default:
      return type;
  }
}

/** Levels of nesting, 0 for a flat type. */
export function nestingDepth(type: DataType): number {
  switch (type.kind) {
    case 'array':
      return 1 + nestingDepth(type.element);
    case 'map':
      return 1 + Math.max(nestingDepth(type.key), nestingDepth(type.value));
    case 'struct':
      return 1 + type.fields.reduce((most, field) => Math.max(most, nestingDepth(field.type)), 0);
    default:
      return 0;
  }
}
