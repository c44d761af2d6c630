import { typeName, type DataType, type DayTimeUnit } from '../types/data-type.js';
import { dateText, decimalText, timestampText } from '../types/javascript-values.js';
import { isNested } from '../types/nested.js';
import type { LiteralValue } from './expr.js';

/** Literal values as SQL text, the way Spark prints them in column names and plans. */

const MICROS_PER_DAY = 86_400_000_000n;

const pad = (value: number | bigint, width: number): string => value.toString().padStart(width, '0');

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
