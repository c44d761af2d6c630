import type { DataType } from '../../../lib/core/types/data-type.js';

/** Whether a value is what a JSON file says: numbers as JSON can have them, bytes as text or numbers, maps as objects, missing fields as null; null for an empty list where `emptyIsNull`. */
export function matches(value: unknown, expected: unknown, type: DataType, emptyIsNull = false): boolean {
  if (value === null || value === undefined) return expected === null || expected === undefined;
  switch (type.kind) {
    case 'bigint':
    case 'decimal':
    case 'tinyint':
    case 'smallint':
    case 'int':
      return Math.abs(Number(value as number | string | bigint) - Number(expected)) <= Math.abs(Number(expected)) * 1e-15;
    case 'float':
    case 'double':
      return expected === null ? !Number.isFinite(value) : Object.is(value, expected) || value === expected;
    case 'timestamp':
    case 'timestamp_ntz':
      return (value as Date).getTime() === new Date(expected as string).getTime();
    case 'date':
      return value === (expected as string).slice(0, 10);
    case 'binary': {
      const bytes = value as Uint8Array;
      if (typeof expected === 'string') return Buffer.from(bytes).toString('utf8') === expected;
      return Array.isArray(expected) && expected.length === bytes.length && bytes.every((byte, i) => byte === expected[i]);
    }
    case 'array': {
      const list = value as unknown[];
      if (emptyIsNull && expected === null) return list.length === 0;
      return (
        Array.isArray(expected) &&
        list.length === expected.length &&
        list.every((v, i) => matches(v, expected[i], type.element, emptyIsNull))
      );
    }
    case 'struct': {
      const row = value as Readonly<Record<string, unknown>>;
      const json = expected as Readonly<Record<string, unknown>>;
      return (
        typeof expected === 'object' &&
        expected !== null &&
        type.fields.every((f) => matches(row[f.name], json[f.name], f.type, emptyIsNull))
      );
    }
    case 'map': {
      const entries = [...(value as Map<unknown, unknown>)];
      const json = Object.entries((expected ?? {}) as Readonly<Record<string, unknown>>);
      return (
        typeof expected === 'object' &&
        expected !== null &&
        entries.length === json.length &&
        entries.every(([key, v]) => json.some(([name, w]) => name === String(key) && matches(v, w, type.value, emptyIsNull)))
      );
    }
    default:
      return value === expected;
  }
}
