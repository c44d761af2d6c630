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

/** A number's text by its column's type. */
export function typedText(value: unknown, type: DataType): string {
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
      return jsonObject(value);
  }
}

function jsonObject(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (value instanceof Date) return jsonString(value.toISOString());
  if (value instanceof Uint8Array) return `"${Buffer.from(value).toString('base64')}"`;
  if (Array.isArray(value)) return `[${value.map((item) => jsonText(item, undefined)).join(',')}]`;
  const entries = value instanceof Map ? [...(value as ReadonlyMap<unknown, unknown>)] : Object.entries(value as object);
  return `{${entries.map(([key, item]) => `${jsonString(String(key))}:${jsonText(item, undefined)}`).join(',')}}`;
}

export { jsonString };
