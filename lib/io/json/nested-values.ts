import type { DataType, TypeOf } from '../../core/types/data-type.js';
import type { NestedType } from '../../core/types/nested.js';
import { JsonMistake, TypeScan } from './scan-types.js';
import type { JsonParser } from './values.js';

/** Reads the texts of nested values, for what the kernel leaves: arrays as arrays, structs as objects, maps as Maps. */
export function nestedParser(type: NestedType, parserOf: (inner: DataType) => JsonParser, isLenient: boolean): JsonParser {
  const read = readerOf(type, parserOf);
  return (text) => {
    if (text === 'null') return null;
    const scan = new TypeScan(text, false);
    try {
      const value = read(scan, isLenient);
      return scan.at === text.length ? value : undefined;
    } catch (error) {
      if (error === MISFIT || error instanceof JsonMistake) return undefined;
      throw error;
    }
  };
}

/** A value that does not fit: the whole does not, unless that is forgiven. */
const MISFIT = Symbol('misfit');

type Reader = (scan: TypeScan, isLenient: boolean) => unknown;

function readerOf(type: NestedType, parserOf: (inner: DataType) => JsonParser): Reader {
  switch (type.kind) {
    case 'array': {
      const element = itemReader(type.element, parserOf);
      return (scan, isLenient) => {
        const items: unknown[] = [];
        scan.items('[', ']', () => {
          items.push(element(scan, isLenient));
        });
        return items;
      };
    }
    case 'map':
      return mapReader(type, parserOf);
    case 'struct': {
      const readers = new Map(type.fields.map((field) => [field.name, itemReader(field.type, parserOf)]));
      return (scan, isLenient) => {
        const value = Object.create(null) as Record<string, unknown>;
        for (const { name } of type.fields) value[name] = null;
        scan.items('{', '}', () => {
          const name = scan.key();
          const reader = readers.get(name);
          if (reader === undefined) scan.value();
          else value[name] = reader(scan, isLenient);
        });
        return value;
      };
    }
  }
}

function mapReader({ key, value }: TypeOf<'map'>, parserOf: (inner: DataType) => JsonParser): Reader {
  const item = itemReader(value, parserOf);
  const parseKey = parserOf(key);
  return (scan, isLenient) => {
    const entries = new Map<unknown, unknown>();
    scan.items('{', '}', () => {
      const name = scan.key();
      // Keys that are no strings are written in quotes all the same.
      const parsed = key.kind === 'string' ? name : (parseKey(name) ?? parseKey(JSON.stringify(name)));
      if (parsed === undefined || parsed === null) throw MISFIT;
      entries.set(parsed, item(scan, isLenient));
    });
    return entries;
  };
}

function itemReader(type: DataType, parserOf: (inner: DataType) => JsonParser): Reader {
  const nested = type.kind === 'array' || type.kind === 'struct' || type.kind === 'map' ? readerOf(type, parserOf) : undefined;
  const opening = type.kind === 'array' ? '[' : '{';
  const parse = nested === undefined ? parserOf(type) : () => undefined;
  return (scan, isLenient) => {
    scan.skipSpace();
    if (nested !== undefined && scan.text[scan.at] === opening) return nested(scan, isLenient);
    const start = scan.at;
    scan.value();
    const text = scan.text.slice(start, scan.at);
    const value = text === 'null' ? null : parse(text);
    if (value !== undefined) return value;
    if (isLenient) return null;
    throw MISFIT;
  };
}
