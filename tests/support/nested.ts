import fc from 'fast-check';
import * as T from '../../lib/core/types/data-type.js';
import type { DataType } from '../../lib/core/types/data-type.js';
import { dateText, decimalText } from '../../lib/core/types/javascript-values.js';

/** Generated nested types, and values of them as `collect` gives them by default. */

const FLAT: readonly DataType[] = [
  T.BOOLEAN,
  T.TINYINT,
  T.INT,
  T.BIGINT,
  T.DOUBLE,
  T.STRING,
  T.BINARY,
  T.DATE,
  T.TIMESTAMP,
  T.decimal(9, 2),
  T.decimal(30, 4),
];
const NAMES = ['a', 'b', 'C', 'with space', '__proto__', 'constructor', 'toString', 'quote\'"', 'naïve', '0'];

export const flatTypes: fc.Arbitrary<DataType> = fc.constantFrom(...FLAT);

const { type } = fc.letrec<{ type: DataType; nested: DataType }>((tie) => ({
  type: fc.oneof({ maxDepth: 3, withCrossShrink: true }, flatTypes, tie('nested')),
  nested: fc.oneof(
    tie('type').map((element) => T.array(element)),
    fc.tuple(fc.constantFrom<DataType>(T.INT, T.STRING, T.BOOLEAN, T.DATE), tie('type')).map(([key, value]) => T.map(key, value)),
    fc
      .tuple(
        fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 4 }),
        fc.array(tie('type'), { minLength: 4, maxLength: 4 }),
      )
      .map(([names, types]) => T.struct(names.map((name, i) => T.field(name, types[i]!)))),
  ),
}));

/** Any type, at most four levels deep. */
export const anyTypes: fc.Arbitrary<DataType> = type;

export const nestedTypes: fc.Arbitrary<DataType> = fc.oneof(
  anyTypes.map((element) => T.array(element)),
  fc.tuple(anyTypes, anyTypes).map(([a, b]) => T.struct([T.field('x', a), T.field('__proto__', b)])),
  anyTypes.map((value) => T.map(T.STRING, value)),
);

/** Values, null among them. */
export function valuesOf(of: DataType, nulls = true): fc.Arbitrary<unknown> {
  const values = present(of);
  return nulls ? fc.option(values, { freq: 4 }) : values;
}

function present(of: DataType): fc.Arbitrary<unknown> {
  switch (of.kind) {
    case 'boolean':
      return fc.boolean();
    case 'tinyint':
      return fc.integer({ min: -128, max: 127 });
    case 'int':
      return fc.integer();
    case 'bigint':
      return fc.maxSafeInteger();
    case 'double':
      return fc.double();
    case 'binary':
      return fc.uint8Array({ maxLength: 20 });
    case 'date':
      return fc.integer({ min: -700_000, max: 700_000 }).map(dateText);
    case 'timestamp':
      return fc.integer({ min: -(10 ** 13), max: 10 ** 13 }).map((millis) => new Date(millis));
    case 'decimal':
      return fc
        .bigInt({ min: -(10n ** BigInt(of.precision)) + 1n, max: 10n ** BigInt(of.precision) - 1n })
        .map((unscaled) => decimalText(unscaled, of.scale));
    case 'array':
      return fc.array(valuesOf(of.element), { maxLength: 70, size: 'small' });
    case 'map':
      return fc
        .uniqueArray(fc.tuple(valuesOf(of.key, false), valuesOf(of.value)), { maxLength: 5, selector: ([key]) => key })
        .map((entries) => new Map(entries));
    case 'struct':
      return fc.tuple(...of.fields.map((field) => valuesOf(field.type))).map((members) => objectOf(of, members));
    default:
      return fc.string({ unit: 'grapheme', maxLength: 20 });
  }
}

/** A plain object with members of its own, whatever their names. */
export function objectOf(of: T.TypeOf<'struct'>, members: readonly unknown[]): object {
  const object = {};
  of.fields.forEach(({ name }, i) =>
    Object.defineProperty(object, name, { value: members[i], enumerable: true, writable: true, configurable: true }),
  );
  return object;
}

/** A value as text in which -0, NaN, Maps and members called `__proto__` show. */
export function shown(value: unknown): string {
  if (value instanceof Map) return `Map{${[...value].map(([key, item]) => `${shown(key)}=>${shown(item)}`).join(',')}}`;
  if (Array.isArray(value)) return `[${value.map(shown).join(',')}]`;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return `x'${Buffer.from(value).toString('hex')}'`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([key, item]) => `${JSON.stringify(key)}:${shown(item)}`)
      .join(',')}}`;
  if (typeof value === 'string') return JSON.stringify(value);
  return Object.is(value, -0) ? '-0' : String(value as number | bigint | boolean | null);
}
