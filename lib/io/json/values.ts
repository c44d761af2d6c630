import type { DataType, DecimalType } from '../../core/types/data-type.js';
import { textParser } from '../csv/formats.js';
import { nestedParser } from './nested-values.js';

/** A value that writeValue takes, made of the text of a JSON value; undefined if the type does not hold it. */
export type JsonParser = (text: string) => unknown;

/** What the text of a value says: what JSON.parse says, and NaN and Infinity, which Spark takes too. Undefined: it is no JSON. */
export function jsonValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return SPECIAL.get(text);
  }
}

const SPECIAL: ReadonlyMap<unknown, number> = new Map([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);

const INTEGER = /^-?\d+$/;
const MICROS = 1_000_000n;

/**
 * The exact reading of values of a type, for what the kernels leave: Spark's rules, by which a text in quotes is no number.
 * `isLenient`: what does not fit within a nested value is null there, not undefined for the whole.
 */
export function jsonParser(
  type: DataType,
  formats: { readonly dateFormat: string | undefined; readonly timestampFormat: string | undefined },
  isLenient = false,
): JsonParser {
  const parseText = textParser(type, formats);
  switch (type.kind) {
    case 'string':
      return stringValue;
    case 'boolean':
      return (text) => (text === 'true' ? true : text === 'false' ? false : nullOf(text));
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
      return (text) => (isNumber(text) ? parseText(text) : nullOf(text));
    case 'float':
    case 'double':
      return (text) => {
        const value = jsonValue(text);
        if (typeof value === 'number' || value === null) return value;
        return SPECIAL.get(value);
      };
    case 'decimal':
      return (text) => {
        const value = jsonValue(text);
        if (typeof value === 'number') return decimalText(text, type);
        return typeof value === 'string' ? decimalText(value, type) : value === null ? null : undefined;
      };
    case 'timestamp':
    case 'timestamp_ntz':
      return (text) => {
        const value = jsonValue(text);
        if (typeof value === 'string') return parseText(value);
        if (typeof value === 'number' && INTEGER.test(text)) return timestampText(BigInt(text));
        return value === null ? null : undefined;
      };
    case 'date':
      return (text) => {
        const value = jsonValue(text);
        return typeof value === 'string' ? parseText(value) : value === null ? null : undefined;
      };
    case 'binary':
      return (text) => {
        const value = jsonValue(text);
        return typeof value === 'string' ? Buffer.from(value, 'base64') : value === null ? null : undefined;
      };
    case 'array':
    case 'struct':
    case 'map':
      return nestedParser(type, (inner) => jsonParser(inner, formats, isLenient), isLenient);
    default:
      return (text) => nullOf(text);
  }
}

/** Values that are no strings keep their text. */
function stringValue(text: string): unknown {
  const value = jsonValue(text);
  if (typeof value === 'string') return value;
  return value === undefined ? undefined : value === null ? null : text;
}

function nullOf(text: string): null | undefined {
  return text === 'null' ? null : undefined;
}

function isNumber(text: string): boolean {
  return typeof jsonValue(text) === 'number';
}

/** Seconds since the epoch. */
function timestampText(seconds: bigint): string | undefined {
  const millis = Number(seconds) * 1000;
  const time = new Date(millis);
  if (BigInt.asIntN(64, seconds * MICROS) !== seconds * MICROS || Number.isNaN(time.getTime())) return undefined;
  const text = time.toISOString();
  return /^\d{4}-/.test(text) ? text.slice(0, 19).replace('T', ' ') : undefined;
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;
/** An exponent beyond this is zero or too large in any decimal type. */
const EXPONENT_MAX = 400;

/** A number's text rounded half up to a type's scale. */
function decimalText(text: string, { scale }: DecimalType): string | undefined {
  const match = DECIMAL.exec(text);
  if (match === null || (match[2] === '' && (match[3] ?? '') === '')) return undefined;
  const [, sign = '', whole = '', fraction = '', exponentText = '0'] = match;
  const exponent = Number(exponentText);
  let digits = BigInt(whole + fraction);
  if (digits === 0n) return '0';
  if (Math.abs(exponent) > EXPONENT_MAX) return exponent < 0 ? '0' : undefined;
  const shift = exponent - fraction.length + scale;
  if (shift >= 0) digits *= 10n ** BigInt(shift);
  else {
    const unit = 10n ** BigInt(-shift);
    digits = (digits * 2n + unit) / (unit * 2n);
  }
  const plain = String(digits).padStart(scale + 1, '0');
  const point = plain.length - scale;
  return `${sign}${plain.slice(0, point)}${scale === 0 ? '' : `.${plain.slice(point)}`}`;
}
