import type { TestValue } from '../core/types/column-test.js';
import {
  BIGINT,
  DATE,
  DOUBLE,
  INT,
  MAX_DECIMAL_PRECISION,
  STRING,
  TIMESTAMP,
  decimal,
  type DataType,
} from '../core/types/data-type.js';

/** Values in the names of directories: text that means a number, a date, a moment or itself. As Spark has it. */

/** What null is called. */
export const NULL_DIRECTORY = '__HIVE_DEFAULT_PARTITION__';

const INTEGER = /^[+-]?\d+$/;
const REAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const DATE_TEXT = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIMESTAMP_TEXT = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?$/;
const DECIMAL_TEXT = /^([+-]?)(\d*)(?:\.(\d*))?$/;
const MICROS_PER_DAY = 86_400_000_000n;

/** Bytes as `%41` are what they stand for: UTF-8 where they are that, else Latin-1. */
export function unescapeName(text: string): string {
  return text.replace(/(?:%[0-9a-fA-F]{2})+/g, (escaped) => {
    const bytes = Buffer.from(escaped.replaceAll('%', ''), 'hex');
    const decoded = bytes.toString('utf8');
    return decoded.includes('\ufffd') ? bytes.toString('latin1') : decoded;
  });
}

/** The type that all texts are values of. */
export function typeOfTexts(texts: Iterable<string>): DataType {
  let common: DataType | undefined;
  for (const text of texts) {
    const type = typeOfText(text);
    common = common === undefined ? type : meet(common, type);
    if (common.kind === 'string') break;
  }
  return common ?? STRING;
}

function typeOfText(text: string): DataType {
  if (INTEGER.test(text)) {
    const value = BigInt(text.replace(/^\+/, ''));
    if (BigInt.asIntN(32, value) === value) return INT;
    if (BigInt.asIntN(64, value) === value) return BIGINT;
    const digits = text.replace(/^[+-]?0*/, '').length;
    return digits <= MAX_DECIMAL_PRECISION ? decimal(digits, 0) : isReal(text) ? DOUBLE : STRING;
  }
  if (isReal(text)) return DOUBLE;
  if (daysOf(text) !== undefined) return DATE;
  return microsOf(text) === undefined ? STRING : TIMESTAMP;
}

const DIGITS: { readonly [K in DataType['kind']]?: number } = { int: 10, bigint: 20 };

function meet(a: DataType, b: DataType): DataType {
  if (a.kind === b.kind) return a.kind === 'decimal' && b.kind === 'decimal' && b.precision > a.precision ? b : a;
  const kinds = new Set([a.kind, b.kind]);
  if (kinds.has('int') && kinds.has('bigint')) return BIGINT;
  if (kinds.has('int') && kinds.has('double')) return DOUBLE;
  if (kinds.has('date') && kinds.has('timestamp')) return TIMESTAMP;
  const [wide, other] = a.kind === 'decimal' ? [a, b] : [b, a];
  const digits = DIGITS[other.kind];
  // Digits of a bigint or decimal would be lost in a double.
  return wide.kind === 'decimal' && digits !== undefined ? decimal(Math.max(wide.precision, digits), 0) : STRING;
}

/** A text as a value of a type, in the form that tests have (core/types/column-test.ts); undefined if it is none. */
export function valueOfText(text: string, type: DataType): TestValue | undefined {
  switch (type.kind) {
    case 'string':
      return text;
    case 'boolean':
      return /^(?:true|false)$/i.test(text) ? text.toLowerCase() === 'true' : undefined;
    case 'tinyint':
      return integerOf(text, 8);
    case 'smallint':
      return integerOf(text, 16);
    case 'int':
      return integerOf(text, 32);
    case 'bigint':
      return INTEGER.test(text) && fits(text, 64) ? String(BigInt(text.replace(/^\+/, ''))) : undefined;
    case 'float':
    case 'double':
      return isReal(text) ? (type.kind === 'float' ? Math.fround(Number(text)) : Number(text)) : undefined;
    case 'decimal':
      return unscaledOf(text, type.precision, type.scale);
    case 'date':
      return daysOf(text);
    case 'timestamp':
    case 'timestamp_ntz': {
      const days = daysOf(text);
      const micros = days === undefined ? microsOf(text) : BigInt(days) * MICROS_PER_DAY;
      return micros === undefined ? undefined : String(micros);
    }
    default:
      return undefined;
  }
}

const isReal = (text: string): boolean => REAL.test(text) && Number.isFinite(Number(text));

function fits(text: string, bits: number): boolean {
  const value = BigInt(text.replace(/^\+/, ''));
  return BigInt.asIntN(bits, value) === value;
}

function integerOf(text: string, bits: number): number | undefined {
  return INTEGER.test(text) && fits(text, bits) ? Number(text) : undefined;
}

function unscaledOf(text: string, precision: number, scale: number): string | undefined {
  const match = DECIMAL_TEXT.exec(text);
  const [, sign = '', whole = '', fraction = ''] = match ?? [];
  if (whole + fraction === '' || /[^0]/.test(fraction.slice(scale))) return undefined;
  const digits = BigInt(whole + fraction.slice(0, scale).padEnd(scale, '0'));
  if (digits >= 10n ** BigInt(precision)) return undefined;
  return String(sign === '-' ? -digits : digits);
}

function daysOf(text: string): number | undefined {
  const match = DATE_TEXT.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() / 86_400_000 : undefined;
}

function microsOf(text: string): bigint | undefined {
  const match = TIMESTAMP_TEXT.exec(text);
  const days = match === null ? undefined : daysOf(match[1]!);
  if (match === null || days === undefined) return undefined;
  const [hour, minute, second] = [Number(match[2]), Number(match[3]), Number(match[4])];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const fraction = BigInt((match[5] ?? '').padEnd(6, '0'));
  return BigInt(days) * MICROS_PER_DAY + BigInt(hour * 3600 + minute * 60 + second) * 1_000_000n + fraction;
}
