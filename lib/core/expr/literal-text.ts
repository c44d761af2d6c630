import { typeName, type DataType, type DayTimeUnit } from '../types/data-type.js';
import { isNested } from '../types/nested.js';
import type { LiteralValue } from './expr.js';

/** Literal values as SQL text, the way Spark prints them in column names and plans. */

const MICROS_PER_DAY = 86_400_000_000n;

const pad = (value: number | bigint, width: number): string => value.toString().padStart(width, '0');

/** `2024-02-29` of days since the epoch. */
export function dateText(days: number): string {
  // Howard Hinnant's civil-from-days, in whole numbers: Date would refuse years Spark has.
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
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const yearText = year > 9999 ? `+${year}` : year < 0 ? `-${pad(-year, 4)}` : pad(year, 4);
  return `${yearText}-${pad(month, 2)}-${pad(day, 2)}`;
}

/** `2024-02-29 12:34:56.5` of microseconds since the epoch, in UTC. */
export function timestampText(micros: bigint): string {
  const ofDay = ((micros % MICROS_PER_DAY) + MICROS_PER_DAY) % MICROS_PER_DAY;
  const days = Number((micros - ofDay) / MICROS_PER_DAY);
  const seconds = ofDay / 1_000_000n;
  const fraction = ofDay % 1_000_000n;
  const fractionText = fraction === 0n ? '' : `.${pad(fraction, 6).replace(/0+$/, '')}`;
  return `${dateText(days)} ${pad(seconds / 3600n, 2)}:${pad((seconds / 60n) % 60n, 2)}:${pad(seconds % 60n, 2)}${fractionText}`;
}

/** `1.50` of an unscaled value. */
export function decimalText(unscaled: bigint, scale: number): string {
  const sign = unscaled < 0n ? '-' : '';
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  return scale === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Java's text of a double: `1.0`, `1.0E10`, `NaN`. */
export function doubleText(value: number): string {
  if (!Number.isFinite(value)) {
    return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
  }
  if (value === 0) {
    return Object.is(value, -0) ? '-0.0' : '0.0';
  }
  const magnitude = Math.abs(value);
  if (magnitude >= 1e-3 && magnitude < 1e7) {
    const text = value.toString();
    return text.includes('.') ? text : `${text}.0`;
  }
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${Number(exponent)}`;
}

const UNIT_MICROS: { readonly [U in DayTimeUnit]: bigint } = {
  day: MICROS_PER_DAY,
  hour: 3_600_000_000n,
  minute: 60_000_000n,
  second: 1_000_000n,
};
const UNITS: readonly DayTimeUnit[] = ['day', 'hour', 'minute', 'second'];

function dayTimeText(micros: bigint, from: DayTimeUnit, to: DayTimeUnit): string {
  const sign = micros < 0n ? '-' : '';
  let rest = micros < 0n ? -micros : micros;
  let text = '';
  for (const unit of UNITS.slice(UNITS.indexOf(from), UNITS.indexOf(to) + 1)) {
    const count = rest / UNIT_MICROS[unit];
    rest %= UNIT_MICROS[unit];
    text +=
      unit === from ? (from === 'day' ? count.toString() : pad(count, 2)) : `${unit === 'hour' ? ' ' : ':'}${pad(count, 2)}`;
  }
  const fraction = to === 'second' && rest !== 0n ? `.${pad(rest, 6).replace(/0+$/, '')}` : '';
  return `${sign}${text}${fraction}`;
}

function intervalText(value: number | bigint, type: DataType): string {
  if (type.kind === 'day_time_interval') {
    const text = dayTimeText(BigInt(value), type.from, type.to);
    return type.from === type.to
      ? `INTERVAL '${text}' ${type.from.toUpperCase()}`
      : `INTERVAL '${text}' ${type.from.toUpperCase()} TO ${type.to.toUpperCase()}`;
  }
  const months = Number(value);
  const sign = months < 0 ? '-' : '';
  const years = Math.floor(Math.abs(months) / 12);
  if (type.kind === 'year_month_interval' && type.from === type.to) {
    return type.from === 'year' ? `INTERVAL '${sign}${years}' YEAR` : `INTERVAL '${months}' MONTH`;
  }
  return `INTERVAL '${sign}${years}-${Math.abs(months) % 12}' YEAR TO MONTH`;
}

/** Spark's `sql` of a literal; strings without quotes, as column names have them. */
export function literalText(value: LiteralValue, type: DataType): string {
  if (value === null) {
    return 'NULL';
  }
  if (isNested(type)) {
    return `${typeName(type)}(…)`;
  }
  if (value instanceof Uint8Array) {
    return `X'${Array.from(value, (b) => b.toString(16).padStart(2, '0').toUpperCase()).join('')}'`;
  }
  switch (type.kind) {
    case 'decimal':
      return decimalText(BigInt(value), type.scale);
    case 'float':
    case 'double':
      return doubleText(Number(value));
    case 'date':
      return `DATE '${dateText(Number(value))}'`;
    case 'timestamp':
      return `TIMESTAMP '${timestampText(BigInt(value))}'`;
    case 'timestamp_ntz':
      return `TIMESTAMP_NTZ '${timestampText(BigInt(value))}'`;
    case 'day_time_interval':
    case 'year_month_interval':
      return intervalText(typeof value === 'bigint' ? value : Number(value), type);
    default:
      return String(value);
  }
}

/** `DECIMAL(10,2)`: a type in SQL text. */
export function typeText(type: DataType): string {
  switch (type.kind) {
    case 'array':
      return `ARRAY<${typeText(type.element)}>`;
    case 'map':
      return `MAP<${typeText(type.key)}, ${typeText(type.value)}>`;
    case 'struct':
      return `STRUCT<${type.fields.map((f) => `${f.name}: ${typeText(f.type)}${f.nullable ? '' : ' NOT NULL'}`).join(', ')}>`;
    default:
      return typeName(type).toUpperCase();
  }
}
