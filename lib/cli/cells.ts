import type { DataType, Field } from '../index.js';

/** Values as the command line takes them from the engine: exact digits of bigints and decimals, all microseconds, as text. */
export const TEXT_VALUES = { int64: 'string', decimal: 'string', date: 'string', timestamp: 'string' } as const;

/** A column of a result. */
export interface ResultColumn extends Field {
  /** The name under which rows hold its value: unique, unlike `name`. */
  readonly key: string;
}

/** A value other than null as text. Whole doubles keep their `.0`, so that a reader (and a later inference) sees a double. */
export function cellText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (value instanceof Uint8Array) return `0x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`;
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : jsonText(value, undefined);
}

export function isNested(type: DataType): boolean {
  return type.kind === 'array' || type.kind === 'struct' || type.kind === 'map';
}

/** Of values inside of others. */
const innerText = (value: unknown, type: DataType): string => (value == null ? 'NULL' : typedText(value, type));

/** The text of a value by its column's type: numbers with their point, nested values as Spark writes them. */
export function typedText(value: unknown, type: DataType): string {
  switch (type.kind) {
    case 'array':
      return `[${(value as readonly unknown[]).map((item) => innerText(item, type.element)).join(', ')}]`;
    case 'map': {
      const entries = [...(value as ReadonlyMap<unknown, unknown>)];
      return `{${entries.map(([key, item]) => `${innerText(key, type.key)} -> ${innerText(item, type.value)}`).join(', ')}}`;
    }
    case 'struct': {
      const members = value as Record<string, unknown>;
      return `{${type.fields.map((field) => innerText(members[field.name], field.type)).join(', ')}}`;
    }
    default:
  }
  if (typeof value !== 'number' || (type.kind !== 'double' && type.kind !== 'float')) return cellText(value);
  if (Object.is(value, -0)) return '-0.0';
  const text = String(value);
  return Number.isInteger(value) && !text.includes('e') ? `${text}.0` : text;
}

const NUMERIC: ReadonlySet<DataType['kind']> = new Set(['tinyint', 'smallint', 'int', 'bigint', 'float', 'double', 'decimal']);

export function isNumber(type: DataType): boolean {
  return NUMERIC.has(type.kind);
}

/** Characters that JSON may hold as they are and a terminal should not see. */
const JSON_UNPRINTABLE = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

const jsonString = (text: string): string =>
  JSON.stringify(text).replace(JSON_UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

/**
 * A value in JSON: bigints and decimals as numbers with all their digits, timestamps in ISO 8601, NaN and the infinities as
 * strings (as Spark's to_json), binary in base64.
 */
export function jsonText(value: unknown, type: DataType | undefined): string {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? String(value) : `"${value}"`;
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'string':
      if (type?.kind === 'bigint' || type?.kind === 'decimal') return value;
      if (type?.kind === 'timestamp') return jsonString(`${value.replace(' ', 'T')}Z`);
      if (type?.kind === 'timestamp_ntz') return jsonString(value.replace(' ', 'T'));
      return jsonString(value);
    default:
      return jsonObject(value, type);
  }
}

function jsonObject(value: unknown, type: DataType | undefined): string {
  if (value === null || value === undefined) return 'null';
  if (value instanceof Date) return jsonString(value.toISOString());
  if (value instanceof Uint8Array) return `"${Buffer.from(value).toString('base64')}"`;
  if (Array.isArray(value)) {
    const element = type?.kind === 'array' ? type.element : undefined;
    return `[${value.map((item) => jsonText(item, element)).join(',')}]`;
  }
  if (value instanceof Map) {
    const of = type?.kind === 'map' ? type.value : undefined;
    const entries = [...(value as ReadonlyMap<unknown, unknown>)];
    return jsonMembers(entries.map(([key, item]) => [cellText(key), jsonText(item, of)]));
  }
  const members = value as Record<string, unknown>;
  const fields = type?.kind === 'struct' ? type.fields : undefined;
  return jsonMembers(
    fields === undefined
      ? Object.entries(members).map(([key, item]) => [key, jsonText(item, undefined)])
      : fields.map(({ name, type: of }) => [name, jsonText(members[name], of)]),
  );
}

const jsonMembers = (members: readonly (readonly [name: string, json: string])[]): string =>
  `{${members.map(([name, json]) => `${jsonString(name)}:${json}`).join(',')}}`;

export { jsonString };
