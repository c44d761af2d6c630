import type { LiteralExpr, Span } from '../core/expr/expr.js';
import {
  BIGINT,
  BINARY,
  DOUBLE,
  FLOAT,
  INT,
  MAX_DECIMAL_PRECISION,
  SMALLINT,
  TINYINT,
  decimal,
  type DataType,
} from '../core/types/data-type.js';
import * as errors from './errors.js';
import { literal } from './nodes.js';

/** Numbers and binary text, by Spark's rules for their types. */

interface IntegerRange {
  readonly type: DataType;
  readonly least: bigint;
  readonly most: bigint;
}

const range = (type: DataType, bits: bigint): IntegerRange => ({
  type,
  least: -(1n << (bits - 1n)),
  most: (1n << (bits - 1n)) - 1n,
});

const INT_RANGE = range(INT, 32n);
const BIGINT_RANGE = range(BIGINT, 64n);
const BY_SUFFIX: ReadonlyMap<string, IntegerRange> = new Map([
  ['Y', range(TINYINT, 8n)],
  ['S', range(SMALLINT, 16n)],
  ['L', BIGINT_RANGE],
]);

const fits = (value: bigint, { least, most }: IntegerRange): boolean => value >= least && value <= most;

const NUMBER = /^(\d*)(\.?)(\d*)(?:[eE]([+-]?\d+))?(BD|[LSYDF])?$/i;

/** The literal of a number's text; `negative` when a minus stands before it. */
export function numberLiteral(written: string, negative: boolean, sql: string, at: Span): LiteralExpr {
  const place = { sql, at };
  const [, whole = '', point = '', fraction = '', exponent, suffixWritten] = NUMBER.exec(written)!;
  const suffix = suffixWritten?.toUpperCase();
  const sign = negative ? '-' : '';
  const digits = `${sign}${written.slice(0, written.length - (suffix?.length ?? 0))}`;
  if (suffix === 'D' || suffix === 'F' || (suffix === undefined && exponent !== undefined))
    return floating(digits, suffix === 'F', place);
  const integer = suffix === undefined ? undefined : BY_SUFFIX.get(suffix);
  if (integer !== undefined && point === '' && exponent === undefined) return suffixedInteger(digits, integer, place);
  if (point === '' && exponent === undefined && suffix === undefined) return plainInteger(whole, sign, place);
  return exactDecimal(whole, fraction, Number(exponent ?? 0), negative, place);
}

function floating(digits: string, single: boolean, place: errors.Place): LiteralExpr {
  const value = single ? Math.fround(Number(digits)) : Number(digits);
  const most = single ? '3.4028235E38' : '1.7976931348623157E308';
  if (!Number.isFinite(value)) throw errors.numericRange(digits, single ? 'float' : 'double', `-${most}`, most, place);
  return literal(value, single ? FLOAT : DOUBLE, place.at);
}

function suffixedInteger(digits: string, wanted: IntegerRange, place: errors.Place): LiteralExpr {
  const value = digits.length > MAX_DECIMAL_PRECISION ? undefined : BigInt(digits);
  if (value === undefined || !fits(value, wanted)) {
    throw errors.numericRange(digits, wanted.type.kind, String(wanted.least), String(wanted.most), place);
  }
  return literal(wanted.type.kind === 'bigint' ? value : Number(value), wanted.type, place.at);
}

/** int, bigint or decimal: the first that holds it. */
function plainInteger(whole: string, sign: string, place: errors.Place): LiteralExpr {
  const digits = whole.replace(/^0+(?=\d)/, '');
  if (digits.length > MAX_DECIMAL_PRECISION) throw errors.decimalTooLong(digits.length, place);
  const value = BigInt(sign + digits);
  if (fits(value, INT_RANGE)) return literal(Number(value), INT, place.at);
  if (fits(value, BIGINT_RANGE)) return literal(value, BIGINT, place.at);
  return literal(value, decimal(digits.length, 0), place.at);
}

/** Precision is the digits without leading zeros, at least the scale: 0.05 is decimal(2,2), 1.50 is decimal(3,2). */
function exactDecimal(whole: string, fraction: string, exponent: number, negative: boolean, place: errors.Place): LiteralExpr {
  let digits = (whole + fraction).replace(/^0+(?=\d)/, '');
  let scale = fraction.length - exponent;
  const precision = Math.max(digits.length, scale, digits.length - scale);
  if (precision > MAX_DECIMAL_PRECISION) throw errors.decimalTooLong(precision, place);
  if (scale < 0) {
    digits += '0'.repeat(-scale);
    scale = 0;
  }
  const unscaled = BigInt(digits);
  return literal(negative ? -unscaled : unscaled, decimal(Math.max(digits.length, scale), scale), place.at);
}

/** X'1F2E': an odd count of digits has a zero before it. */
export function binaryLiteral(digits: string, sql: string, at: Span): LiteralExpr {
  if (!/^[0-9a-fA-F]*$/.test(digits)) throw errors.invalidTypedLiteral('X', digits, { sql, at });
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  const bytes = Uint8Array.from({ length: even.length / 2 }, (_, i) => parseInt(even.slice(2 * i, 2 * i + 2), 16));
  return literal(bytes, BINARY, at);
}
