import { implicitCast, tightestCommonType, widerTypeOf } from '../../types/coercion.js';
import { array, BOOLEAN, field, INT, map, STRING, struct, type DataType, type TypeOf } from '../../types/data-type.js';
import { nestingDepth, NESTING_MAX } from '../../types/nested.js';
import type { Bound } from '../bound.js';
import { call, coerce } from '../build.js';
import { extractField, isExtractable, mapValue } from '../extract-value.js';
import { generator, scalar, sugar, type CallSite, type FunctionEntry, type Resolver } from './entry.js';
import { alike, arg, arity, coerceArg } from './resolve.js';

/** Arrays, structs and maps: made, looked into, taken apart. */

function made(site: CallSite, args: readonly Bound[], type: DataType): Bound {
  if (nestingDepth(type) > NESTING_MAX) {
    throw site.fail.tooDeep();
  }
  return call(site.name === 'named_struct' ? 'struct' : site.name, args, type, false, site.at);
}

function arrayOf(site: CallSite): Bound {
  const { args, type } = alike(site, site.args);
  return made(
    site,
    args,
    array(
      type,
      args.some((a) => a.nullable),
    ),
  );
}

/** Fields are named as columns and aliases are, others by their place. */
function structOf(site: CallSite): Bound {
  arity(site, 1, Infinity);
  const names = site.argNames();
  return made(site, site.args, struct(site.args.map((a, i) => field(names[i] ?? `col${i + 1}`, a.type, a.nullable))));
}

function namedStruct(site: CallSite): Bound {
  arity(site, 2, Infinity);
  if (site.args.length % 2 !== 0) {
    throw site.fail.wrongNumArgs('2n (n > 0)');
  }
  const values = site.args.filter((_, i) => i % 2 === 1);
  const fields = values.map((value, i) => {
    const name = arg(site, 2 * i).type.kind === 'string' ? site.constant(2 * i, 'a field name') : null;
    if (typeof name !== 'string') {
      throw site.fail.unexpectedInputType(2 * i, STRING);
    }
    return field(name, value.type, value.nullable);
  });
  return made(site, values, struct(fields));
}

function mapOf(site: CallSite): Bound {
  if (site.args.length % 2 !== 0) {
    throw site.fail.wrongNumArgs('2n (n >= 0)');
  }
  const keys = alike(
    site,
    site.args.filter((_, i) => i % 2 === 0),
  );
  const values = alike(
    site,
    site.args.filter((_, i) => i % 2 === 1),
  );
  if (hasMap(keys.type)) {
    throw site.fail.invalidMapKey(keys.type);
  }
  const args = keys.args.flatMap((key, i) => [key, values.args[i]!]);
  return made(
    site,
    args,
    map(
      keys.type,
      values.type,
      values.args.some((v) => v.nullable),
    ),
  );
}

function hasMap(type: DataType): boolean {
  switch (type.kind) {
    case 'map':
      return true;
    case 'array':
      return hasMap(type.element);
    case 'struct':
      return type.fields.some((f) => hasMap(f.type));
    default:
      return false;
  }
}

/** A key as the map has them. */
function keyArgument(site: CallSite, type: TypeOf<'map'>, index: number): Bound {
  const key = arg(site, index);
  const common = tightestCommonType(type.key, key.type);
  if (implicitCast(key.type, type.key) === undefined || common === undefined) {
    throw site.fail.unexpectedInputType(index, type.key);
  }
  return coerce(key, type.key);
}

/** `a[i]` counts from 0, `m[k]` looks a key up, `s['f']` is a field. */
function subscript(site: CallSite): Bound {
  arity(site, 2);
  const input = arg(site, 0);
  const { type } = input;
  if (type.kind === 'map') {
    return mapValue(input, type, keyArgument(site, type, 1), site.at);
  }
  if (arg(site, 1).type.kind === 'string' && isExtractable(type)) {
    const name = site.constant(1, 'the name of a field');
    if (typeof name === 'string') {
      return extractField(input, name, site.fail.extract, site.at);
    }
  }
  if (type.kind !== 'array') {
    throw site.fail.extract.notExtractable(type);
  }
  return call('element_at_index', [input, indexArgument(site)], type.element, true, site.at);
}

function indexArgument(site: CallSite): Bound {
  const index = coerceArg(site, 1, 'integral');
  return coerce(index, INT);
}

function arrayItem(fn: string): Resolver {
  return (site) => {
    arity(site, 2);
    const input = coerceArg(site, 0, fn === 'get' ? 'array' : ['array', 'map']);
    if (input.type.kind === 'map') {
      return mapValue(input, input.type, keyArgument(site, input.type, 1), site.at);
    }
    const element = input.type.kind === 'array' ? input.type.element : input.type;
    return call(fn, [input, indexArgument(site)], element, true, site.at);
  };
}

const size: Resolver = (site) => {
  arity(site, 1);
  const input = coerceArg(site, 0, site.name === 'array_size' ? 'array' : ['array', 'map']);
  return call('size', [input], INT, input.nullable, site.at);
};

function mapPart(fn: 'map_keys' | 'map_values'): Resolver {
  return (site) => {
    arity(site, 1);
    const input = coerceArg(site, 0, 'map');
    const type = input.type as TypeOf<'map'>;
    const of = fn === 'map_keys' ? array(type.key, false) : array(type.value, type.valueContainsNull);
    return call(fn, [input], of, input.nullable, site.at);
  };
}

const arrayContains: Resolver = (site) => {
  arity(site, 2);
  const input = coerceArg(site, 0, 'array');
  const value = arg(site, 1);
  const { element, containsNull } = input.type as TypeOf<'array'>;
  const common = tightestCommonType(element, value.type) ?? numericType(element, value.type);
  if (common === undefined) {
    throw site.fail.dataDiffTypes([input.type, value.type]);
  }
  if (hasMap(common)) {
    throw site.fail.invalidOrdering(common);
  }
  return call('array_contains', [coerce(input, array(common, containsNull)), coerce(value, common)], BOOLEAN, true, site.at);
};

/** Decimals and other numbers meet; a string and a number do not. */
function numericType(a: DataType, b: DataType): DataType | undefined {
  return a.kind === 'string' || b.kind === 'string' ? undefined : widerTypeOf([a, b]);
}

const mapContainsKey: Resolver = (site) => {
  arity(site, 2);
  const input = coerceArg(site, 0, 'map');
  const key = keyArgument(site, input.type as TypeOf<'map'>, 1);
  return call('map_contains_key', [input, key], BOOLEAN, input.nullable || key.nullable, site.at);
};

export const NESTED: readonly FunctionEntry[] = [
  scalar({
    name: 'array',
    nulls: 'custom',
    result: 'transient',
    resolve: arrayOf,
    doc: 'An array of these values, all of one type.',
    example: 'array(1, 2, 3) → [1, 2, 3]',
  }),
  scalar({
    name: 'struct',
    nulls: 'custom',
    result: 'transient',
    resolve: structOf,
    doc: 'A struct of these values; columns and aliases name its fields.',
    example: "struct(1 AS a, 'x' AS b) → {1, x}",
  }),
  sugar({
    name: 'named_struct',
    resolve: namedStruct,
    doc: 'A struct of names and values, in turn.',
    example: "named_struct('a', 1, 'b', 'x') → {1, x}",
  }),
  scalar({
    name: 'map',
    nulls: 'custom',
    raises: 'always',
    result: 'transient',
    resolve: mapOf,
    doc: 'A map of keys and values, in turn. Keys are not null, and each stands once.',
    example: "map('a', 1, 'b', 2) → {a -> 1, b -> 2}",
  }),
  scalar({
    name: 'element_at_index',
    nulls: 'custom',
    raises: 'ansi',
    resolve: subscript,
    doc: 'The element at an index that counts from 0, the value of a key, or a field.',
    example: 'array(1, 2)[0] → 1',
  }),
  scalar({
    name: 'element_at',
    nulls: 'custom',
    raises: 'ansi',
    resolve: arrayItem('element_at'),
    doc: 'The element at a place that counts from 1, or from the end by negative numbers; the value of a key, null without it.',
    example: 'element_at(array(1, 2), -1) → 2',
  }),
  scalar({
    name: 'try_element_at',
    nulls: 'custom',
    raises: 'always',
    resolve: arrayItem('try_element_at'),
    doc: 'element_at, null where there is no such element.',
    example: 'try_element_at(array(1, 2), 5) → NULL',
  }),
  scalar({
    name: 'get',
    nulls: 'custom',
    resolve: arrayItem('get'),
    doc: 'The element at an index that counts from 0, null where there is none.',
    example: 'get(array(1, 2), 5) → NULL',
  }),
  scalar({
    name: 'size',
    aliases: ['cardinality'],
    resolve: size,
    doc: 'How many elements an array has, or entries a map.',
    example: 'size(array(1, 2)) → 2',
  }),
  sugar({ name: 'array_size', resolve: size, doc: 'How many elements an array has.', example: 'array_size(array(1, 2)) → 2' }),
  scalar({
    name: 'map_keys',
    resolve: mapPart('map_keys'),
    doc: 'The keys of a map.',
    example: "map_keys(map('a', 1)) → [a]",
  }),
  scalar({
    name: 'map_values',
    resolve: mapPart('map_values'),
    doc: 'The values of a map, in the order of its keys.',
    example: "map_values(map('a', 1)) → [1]",
  }),
  scalar({
    name: 'map_contains_key',
    resolve: mapContainsKey,
    doc: 'Whether a map has a key.',
    example: "map_contains_key(map('a', 1), 'a') → true",
  }),
  scalar({
    name: 'array_contains',
    nulls: 'custom',
    resolve: arrayContains,
    doc: 'Whether some element is equal; null when not and an element is null.',
    example: 'array_contains(array(1, 2), 2) → true',
  }),
  ...generators('explode', { position: false, fields: false }, 'A row for each element of an array, or entry of a map.'),
  ...generators('posexplode', { position: true, fields: false }, 'explode, with the positions from 0.'),
  ...generators('inline', { position: false, fields: true }, 'A row for each struct of an array, its fields as columns.'),
];

function generators(
  name: string,
  how: { readonly position: boolean; readonly fields: boolean },
  doc: string,
): readonly FunctionEntry[] {
  const argument = how.fields ? "array(struct(1, 'x'))" : 'array(1, 2)';
  return [
    generator({ name, ...how, outer: false, doc, example: `SELECT ${name}(${argument})` }),
    generator({
      name: `${name}_outer`,
      ...how,
      outer: true,
      doc: `${doc.slice(0, -1)}; a row of nulls for none.`,
      example: `SELECT ${name}_outer(${argument})`,
    }),
  ];
}
