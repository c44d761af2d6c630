import { InternalError } from '../errors.js';
import type { DataType } from './data-type.js';

/**
 * How values look in JavaScript. Every choice has a default that `JSON.stringify` can take; README has the table.
 */
export interface ValueOptions {
  /** bigint columns: numbers where they are safe integers and bigints elsewhere ('auto'), or always one kind. */
  readonly int64: 'auto' | 'bigint' | 'number' | 'string';
  /** Decimals: text with exact digits, or the nearest number. */
  readonly decimal: 'string' | 'number';
  /** Dates: `YYYY-MM-DD`, or a Date at midnight UTC. */
  readonly date: 'string' | 'date';
  /** Timestamps: a Date (milliseconds), or text with all microseconds. */
  readonly timestamp: 'date' | 'string';
  /** Maps: a Map, or a plain object with the text of its keys, which `JSON.stringify` can take. */
  readonly map: 'map' | 'object';
}

export const DEFAULT_VALUE_OPTIONS: ValueOptions = Object.freeze({
  int64: 'auto',
  decimal: 'string',
  date: 'string',
  timestamp: 'date',
  map: 'map',
});

const MILLIS_PER_DAY = 86_400_000;
const MICROS_PER_SECOND = 1_000_000n;

/** Digits of an unscaled decimal with its point set: (-1234n, 2) is `-12.34`. */
export function decimalText(unscaled: bigint, scale: number): string {
  if (scale === 0) return unscaled.toString();
  const negative = unscaled < 0n;
  const digits = (negative ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const point = digits.length - scale;
  return `${negative ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** Days since 1970-01-01 as `YYYY-MM-DD`; years beyond four digits carry a sign, as Spark prints them. */
export function dateText(days: number): string {
  const { year, month, day } = civilFromDays(days);
  return `${yearText(year)}-${pad2(month)}-${pad2(day)}`;
}

/** Microseconds since the epoch as `YYYY-MM-DD HH:MM:SS[.ffffff]`, trailing zeros of the fraction cut, in UTC. */
export function timestampText(micros: bigint): string {
  const days = floorDiv(micros, 86_400n * MICROS_PER_SECOND);
  const inDay = micros - days * 86_400n * MICROS_PER_SECOND;
  const seconds = Number(inDay / MICROS_PER_SECOND);
  const fraction = Number(inDay % MICROS_PER_SECOND);
  const tail = fraction === 0 ? '' : `.${fraction.toString().padStart(6, '0').replace(/0+$/, '')}`;
  return `${dateText(Number(days))} ${pad2(Math.floor(seconds / 3600))}:${pad2(Math.floor(seconds / 60) % 60)}:${pad2(seconds % 60)}${tail}`;
}

export function floorDiv(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

function pad2(value: number): string {
  return value < 10 ? `0${value}` : `${value}`;
}

function yearText(year: number): string {
  if (year >= 0 && year <= 9999) return year.toString().padStart(4, '0');
  return `${year < 0 ? '-' : '+'}${Math.abs(year).toString().padStart(4, '0')}`;
}

/** Proleptic Gregorian date of a day number. After Howard Hinnant, "chrono-compatible low-level date algorithms". */
export function civilFromDays(days: number): { year: number; month: number; day: number } {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1;
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

/** A 64-bit integer from its halves, by the option. */
export function int64Value(low: number, high: number, policy: ValueOptions['int64']): number | bigint | string {
  const approximate = high * 4_294_967_296 + (low >>> 0);
  if (policy === 'number' || (policy === 'auto' && Number.isSafeInteger(approximate))) return approximate;
  const exact = (BigInt(high) << 32n) | BigInt(low >>> 0);
  return policy === 'string' ? exact.toString() : exact;
}

export function dateValue(days: number, policy: ValueOptions['date']): string | Date {
  return policy === 'string' ? dateText(days) : new Date(days * MILLIS_PER_DAY);
}

export function timestampValue(micros: bigint, policy: ValueOptions['timestamp']): string | Date {
  return policy === 'string' ? timestampText(micros) : new Date(Number(floorDiv(micros, 1000n)));
}

/** A day-time interval as Spark prints it: `INTERVAL '1 02:03:04.5' DAY TO SECOND`. */
export function dayTimeIntervalText(micros: bigint): string {
  const sign = micros < 0n ? '-' : '';
  const magnitude = micros < 0n ? -micros : micros;
  const seconds = magnitude / MICROS_PER_SECOND;
  const fraction = magnitude % MICROS_PER_SECOND;
  const tail = fraction === 0n ? '' : `.${fraction.toString().padStart(6, '0').replace(/0+$/, '')}`;
  const part = (value: bigint): string => value.toString().padStart(2, '0');
  return `INTERVAL '${sign}${seconds / 86_400n} ${part((seconds / 3600n) % 24n)}:${part((seconds / 60n) % 60n)}:${part(seconds % 60n)}${tail}' DAY TO SECOND`;
}

/** A year-month interval as Spark prints it: `INTERVAL '1-2' YEAR TO MONTH`. */
export function yearMonthIntervalText(months: number): string {
  const magnitude = Math.abs(months);
  return `INTERVAL '${months < 0 ? '-' : ''}${Math.floor(magnitude / 12)}-${magnitude % 12}' YEAR TO MONTH`;
}

/** The JavaScript value of a literal as the engine holds it (expr.ts, LiteralValue). */
export function javascriptValue(value: unknown, type: DataType, options: ValueOptions = DEFAULT_VALUE_OPTIONS): unknown {
  if (value === null) return null;
  switch (type.kind) {
    case 'bigint':
      return int64Value(Number(BigInt.asIntN(32, value as bigint)), Number((value as bigint) >> 32n), options.int64);
    case 'decimal': {
      const text = decimalText(value as bigint, type.scale);
      return options.decimal === 'number' ? Number(text) : text;
    }
    case 'date':
      return dateValue(value as number, options.date);
    case 'timestamp':
    case 'timestamp_ntz':
      return timestampValue(value as bigint, options.timestamp);
    case 'day_time_interval':
      return dayTimeIntervalText(value as bigint);
    case 'year_month_interval':
      return yearMonthIntervalText(value as number);
    case 'array':
    case 'map':
    case 'struct':
      throw new InternalError(`A value of type ${type.kind} reached a flat reader.`);
    default:
      return value;
  }
}
