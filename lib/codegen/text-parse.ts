import { civilFromDays } from '../core/types/javascript-values.js';

/** Values of texts as Spark's casts read them: blanks and control characters at both ends do not count. `undefined`: malformed. */

const trimmed = (text: string): string => text.replace(/^[\u0000-\u0020]+|[\u0000-\u0020]+$/g, '');

const TRUE = new Set(['t', 'true', 'y', 'yes', '1']);
const FALSE = new Set(['f', 'false', 'n', 'no', '0']);

export function parseBoolean(text: string): boolean | undefined {
  const word = trimmed(text).toLowerCase();
  return TRUE.has(word) ? true : FALSE.has(word) ? false : undefined;
}

export function parseInteger(text: string, bits: number): bigint | undefined {
  const digits = trimmed(text);
  if (!/^[+-]?\d+$/.test(digits)) return undefined;
  const value = BigInt(digits.replace(/^\+/, ''));
  return BigInt.asIntN(bits, value) === value ? value : undefined;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[dDfF]?$/;

export function parseDouble(text: string): number | undefined {
  const word = trimmed(text);
  if (NUMBER.test(word)) return Number(word.replace(/[dDfF]$/, ''));
  switch (word.toLowerCase()) {
    case 'nan':
      return NaN;
    case 'inf':
    case '+inf':
    case 'infinity':
    case '+infinity':
      return Infinity;
    case '-inf':
    case '-infinity':
      return -Infinity;
    default:
      return undefined;
  }
}

const DECIMAL = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/;

/** Unscaled, rounded half up to the scale. */
export function parseDecimal(text: string, scale: number): bigint | undefined {
  const match = DECIMAL.exec(trimmed(text));
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  if (whole + fraction === '') return undefined;
  const digits = BigInt(whole + fraction);
  const shift = scale - fraction.length + Number(exponent);
  if (digits === 0n) return 0n;
  if (shift > 100) return 10n ** 60n;
  if (shift < -(whole.length + fraction.length) - 1) return 0n;
  const unit = 10n ** BigInt(Math.abs(shift));
  const value = shift >= 0 ? digits * unit : (digits * 2n + unit) / (unit * 2n);
  return sign === '-' ? -value : value;
}

const DATE = /^([+-]?\d{4,7})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T].*)?)?)?$/s;

/** Days since 1970-01-01. */
export function parseDate(text: string): number | undefined {
  const match = DATE.exec(trimmed(text));
  return match === null ? undefined : daysOf(Number(match[1]), Number(match[2] ?? '1'), Number(match[3] ?? '1'));
}

function daysOf(year: number, month: number, day: number): number | undefined {
  if (month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const days = era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
  const back = civilFromDays(days);
  return back.year === year && back.month === month && back.day === day ? days : undefined;
}

const TIMESTAMP =
  /^([+-]?\d{4,6})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T](\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d{0,9}))?)?)?\s*(\S+)?)?)?)?$/;
const ZONE = /^(?:(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{2}))?(?::?(\d{2}))?|Z|UTC|GMT|UT)$/;

/** Microseconds since the epoch; texts without a zone are UTC. */
export function parseTimestamp(text: string): bigint | undefined {
  const match = TIMESTAMP.exec(trimmed(text));
  if (match === null) return undefined;
  const [, year, month = '1', day = '1', hour = '0', minute = '0', second = '0', fraction = '', zone] = match;
  const days = daysOf(Number(year), Number(month), Number(day));
  if (days === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const offset = zone === undefined ? 0 : offsetSeconds(zone);
  if (offset === undefined) return undefined;
  const seconds = BigInt(days) * 86_400n + BigInt(Number(hour) * 3600 + Number(minute) * 60 + Number(second) - offset);
  return seconds * 1_000_000n + BigInt(fraction.slice(0, 6).padEnd(6, '0'));
}

function offsetSeconds(zone: string): number | undefined {
  const match = ZONE.exec(zone);
  if (match === null) return undefined;
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = match;
  if (Number(hours) > 18 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const offset = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return sign === '-' ? -offset : offset;
}
