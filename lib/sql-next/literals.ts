import type { Expr, LiteralExpr, Span } from '../core/expr/expr.js';
import * as T from '../core/types/data-type.js';
import type { Cursor } from './cursor.js';
import { errorAt } from './errors.js';
import { literal, stringLiteral } from './nodes.js';

const SUFFIX = /^(.*?)(BD|[LSYDF])?$/i;

const INTEGRAL = new Map<string, { readonly type: T.DataType; readonly bits: number }>([
  ['Y', { type: T.TINYINT, bits: 8 }],
  ['S', { type: T.SMALLINT, bits: 16 }],
  ['L', { type: T.BIGINT, bits: 64 }],
]);

const fits = (value: bigint, bits: number): boolean => BigInt.asIntN(bits, value) === value;

/** The literal of a number token; `negative` when a minus stands right before it. */
export function numberLiteral(c: Cursor, text: string, negative: boolean, at: Span): LiteralExpr {
  const [, digits = text, suffix = ''] = SUFFIX.exec(text) ?? [];
  const upper = suffix.toUpperCase();
  const signed = negative ? `-${digits}` : digits;
  const integral = INTEGRAL.get(upper);
  if (integral !== undefined) return suffixed(c, signed, upper, integral, at);
  if (upper === 'D') return double(c, signed, at);
  if (upper === 'F') return literal(T.FLOAT, Math.fround(Number(signed)), at);
  if (upper === 'BD') return decimalLiteral(c, digits, negative, at);
  if (/e/i.test(digits)) return double(c, signed, at);
  if (digits.includes('.')) return decimalLiteral(c, digits, negative, at);
  const value = BigInt(signed);
  if (fits(value, 32)) return literal(T.INT, Number(value), at);
  return fits(value, 64) ? literal(T.BIGINT, value, at) : decimalLiteral(c, digits, negative, at);
}

function suffixed(
  c: Cursor,
  signed: string,
  suffix: string,
  { type, bits }: { type: T.DataType; bits: number },
  at: Span,
): LiteralExpr {
  if (!/^-?\d+$/.test(signed)) {
    throw errorAt(c.sql, at, 'PARSE_SYNTAX_ERROR', `The suffix ${suffix} is for whole numbers; ${signed}${suffix} is none.`);
  }
  const value = BigInt(signed);
  if (!fits(value, bits)) throw outOfRange(c, `${signed}${suffix}`, T.typeName(type), at);
  return literal(type, type.kind === 'bigint' ? value : Number(value), at);
}

function double(c: Cursor, signed: string, at: Span): LiteralExpr {
  const value = Number(signed);
  if (!Number.isFinite(value)) throw outOfRange(c, signed, 'double', at);
  return literal(T.DOUBLE, value, at);
}

function outOfRange(c: Cursor, text: string, type: string, at: Span): Error {
  return errorAt(c.sql, at, 'INVALID_NUMERIC_LITERAL_RANGE', `The number ${text} is outside the range of ${type}.`);
}

/** `1.50` is decimal(3,2), `0.05` decimal(2,2), `1e3BD` decimal(4,0). */
function decimalLiteral(c: Cursor, text: string, negative: boolean, at: Span): LiteralExpr {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const shift = fraction.length - Number(exponent);
  let digits = `${whole}${fraction}`.replace(/^0+(?=\d)/, '');
  if (shift < 0 && -shift <= 2 * T.MAX_DECIMAL_PRECISION) digits = digits === '0' ? '0' : digits + '0'.repeat(-shift);
  const scale = Math.max(0, shift);
  const precision = Math.max(digits.length, scale, 1);
  if (precision > T.MAX_DECIMAL_PRECISION || -shift > 2 * T.MAX_DECIMAL_PRECISION) {
    const message = `The number ${text} needs ${precision} digits; decimals have up to ${T.MAX_DECIMAL_PRECISION}. Write it as a double: ${mantissa}e${exponent}.`;
    throw errorAt(c.sql, at, 'DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION', message);
  }
  const unscaled = BigInt(digits);
  return literal(T.decimal(precision, scale), negative ? -unscaled : unscaled, at);
}

/** `X'1F'`: hexadecimal digits, an odd first one padded. */
export function binaryLiteral(c: Cursor, digits: string, at: Span): Expr {
  if (!/^[0-9a-fA-F]*$/.test(digits)) {
    throw errorAt(
      c.sql,
      at,
      'INVALID_TYPED_LITERAL',
      `The value of the binary literal X'${digits}' is invalid: only digits 0-9 and A-F may stand in it.`,
    );
  }
  const even = digits.length % 2 === 1 ? `0${digits}` : digits;
  return literal(
    T.BINARY,
    Uint8Array.from(even.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)),
    at,
  );
}

/** One or more string tokens; neighbours are joined. */
export function strings(c: Cursor): LiteralExpr {
  const { start } = c.token;
  let text = c.next().text;
  while (c.token.kind === 'string') text += c.next().text;
  return stringLiteral(text, c.span(start));
}
