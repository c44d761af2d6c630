import { isNested } from '../core/types/nested.js';
import { civilFromDays } from '../core/types/javascript-values.js';
import { MAX_I64_PRECISION, physicalTypeOf } from '../core/types/physical-type.js';
import type { DataType } from '../core/types/data-type.js';
import { VIEW_BYTES, VIEW_INLINE_MAX, VIEW_PREFIX, VIEW_REF } from './layout.js';
import type { MemoryViews } from './memory-access.js';
import { PackedWriter } from './packed-writer.js';
import { ValueMismatch } from './value-mismatch.js';

export { describe, ValueMismatch } from './value-mismatch.js';

/** Where a column of JavaScript values goes: vectors of the layout of memory/layout.ts. */
export interface WriteTarget {
  readonly type: DataType;
  readonly values: number;
  readonly nulls: number;
}

/** Address of fresh bytes for a string longer than a view holds. */
export type AllocateBytes = (bytes: number) => number;

/** Writes a value at row `i`. null and undefined are null. Throws ValueMismatch. */
export function writeValue(views: MemoryViews, target: WriteTarget, i: number, value: unknown, allocate: AllocateBytes): void {
  if (value === null || value === undefined) {
    views.u8[target.nulls + i] = 1;
    if (physicalTypeOf(target.type) === 'view')
      views.u8.fill(0, target.values + i * VIEW_BYTES, target.values + (i + 1) * VIEW_BYTES);
    return;
  }
  views.u8[target.nulls + i] = 0;
  const { type } = target;
  switch (type.kind) {
    case 'boolean':
      if (typeof value !== 'boolean') throw new ValueMismatch(value, type);
      views.u8[target.values + i] = value ? 1 : 0;
      return;
    case 'tinyint':
    case 'smallint':
    case 'int':
      views.i32[(target.values >>> 2) + i] = integerOf(value, type, INT_LIMIT[type.kind]);
      return;
    case 'bigint':
      writeBigint(views, target, i, value);
      return;
    case 'float':
    case 'double':
      if (typeof value !== 'number' && typeof value !== 'bigint') throw new ValueMismatch(value, type);
      views.f64[target.values / 8 + i] = type.kind === 'float' ? Math.fround(Number(value)) : Number(value);
      return;
    case 'string':
      writeBytes(views, target.values + i * VIEW_BYTES, textOf(value, type), allocate);
      return;
    case 'binary':
      if (!(value instanceof Uint8Array)) throw new ValueMismatch(value, type);
      writeBytes(views, target.values + i * VIEW_BYTES, value, allocate);
      return;
    case 'date':
      views.i32[(target.values >>> 2) + i] = daysOf(value, type);
      return;
    case 'timestamp':
    case 'timestamp_ntz':
      views.i64[target.values / 8 + i] = microsOf(value, type);
      return;
    case 'day_time_interval':
      if (typeof value !== 'bigint') throw new ValueMismatch(value, type);
      views.i64[target.values / 8 + i] = value;
      return;
    case 'year_month_interval':
      views.i32[(target.values >>> 2) + i] = integerOf(value, type, 2_147_483_648);
      return;
    case 'decimal':
      writeDecimal(views, target, i, unscaledOf(value, type), type.precision);
      return;
    case 'array':
    case 'map':
    case 'struct':
      writeBytes(views, target.values + i * VIEW_BYTES, packedWriter.pack(type, value), allocate);
      return;
    default:
      throw new ValueMismatch(value, type);
  }
}

const noBytes: AllocateBytes = () => 0;
const packedWriter = new PackedWriter((cell, type, value) => writeValue(cell, { type, values: 0, nulls: 32 }, 0, value, noBytes));

/** Writes a literal's value (core/expr/expr.ts, LiteralValue): nested values as their bytes, dates as days, timestamps as microseconds, decimals unscaled. */
export function writeLiteral(views: MemoryViews, target: WriteTarget, i: number, value: unknown, allocate: AllocateBytes): void {
  const { type } = target;
  if (value === null) return writeValue(views, target, i, null, allocate);
  if (isNested(type)) {
    views.u8[target.nulls + i] = 0;
    return writeBytes(views, target.values + i * VIEW_BYTES, value as Uint8Array, allocate);
  }
  if (type.kind === 'date' || type.kind === 'timestamp' || type.kind === 'timestamp_ntz' || type.kind === 'decimal') {
    views.u8[target.nulls + i] = 0;
    if (type.kind === 'date') views.i32[(target.values >>> 2) + i] = value as number;
    else if (type.kind === 'decimal') writeDecimal(views, target, i, value as bigint, type.precision);
    else views.i64[target.values / 8 + i] = value as bigint;
    return;
  }
  writeValue(views, target, i, value, allocate);
}

const INT_LIMIT = { tinyint: 128, smallint: 32_768, int: 2_147_483_648 } as const;

function integerOf(value: unknown, type: DataType, limit: number): number {
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < -limit || number >= limit)
    throw new ValueMismatch(value, type);
  return number;
}

function writeBigint(views: MemoryViews, target: WriteTarget, i: number, value: unknown): void {
  const at = (target.values >>> 2) + 2 * i;
  if (typeof value === 'number' && Number.isSafeInteger(value)) {
    views.i32[at] = value | 0;
    views.i32[at + 1] = Math.floor(value / 4_294_967_296);
    return;
  }
  if (typeof value !== 'bigint' || BigInt.asIntN(64, value) !== value) throw new ValueMismatch(value, target.type);
  views.i64[target.values / 8 + i] = value;
}

function writeDecimal(views: MemoryViews, target: WriteTarget, i: number, unscaled: bigint, precision: number): void {
  if (precision <= MAX_I64_PRECISION) {
    views.i64[target.values / 8 + i] = unscaled;
    return;
  }
  views.i64[target.values / 8 + 2 * i] = BigInt.asIntN(64, unscaled);
  views.i64[target.values / 8 + 2 * i + 1] = unscaled >> 64n;
}

const DECIMAL_TEXT = /^([+-]?)(\d*)(?:\.(\d*))?$/;

/** Exact: digits beyond the scale must be zeros. Numbers go by their shortest text. */
function unscaledOf(value: unknown, type: Extract<DataType, { kind: 'decimal' }>): bigint {
  const match = DECIMAL_TEXT.exec(
    typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'bigint' ? String(value) : '?',
  );
  if (match === null) throw new ValueMismatch(value, type);
  const [, sign, whole = '', fraction = ''] = match;
  const extra = fraction.slice(type.scale);
  if (whole + fraction === '' || /[^0]/.test(extra)) throw new ValueMismatch(value, type);
  const digits = BigInt(whole + fraction.slice(0, type.scale).padEnd(type.scale, '0'));
  if (digits >= 10n ** BigInt(type.precision)) throw new ValueMismatch(value, type);
  return sign === '-' ? -digits : digits;
}

const encoder = new TextEncoder();

function textOf(value: unknown, type: DataType): string {
  if (typeof value !== 'string') throw new ValueMismatch(value, type);
  return value;
}

/** A view of 16 bytes, with the bytes beside it when they are more than 12. */
function writeBytes(views: MemoryViews, view: number, value: string | Uint8Array, allocate: AllocateBytes): void {
  const { u8, u32, buffer } = views;
  u8.fill(0, view, view + VIEW_BYTES);
  // Three bytes a UTF-16 unit is the most UTF-8 needs.
  if (typeof value === 'string' && value.length * 3 <= VIEW_INLINE_MAX) {
    u32[view >>> 2] = buffer.utf8Write(value, view + VIEW_PREFIX, VIEW_INLINE_MAX);
    return;
  }
  const bytes = typeof value === 'string' ? encoder.encode(value) : value;
  u32[view >>> 2] = bytes.length;
  if (bytes.length <= VIEW_INLINE_MAX) {
    u8.set(bytes, view + VIEW_PREFIX);
    return;
  }
  const at = allocate(bytes.length);
  u8.set(bytes, at);
  u8.set(bytes.subarray(0, 4), view + VIEW_PREFIX);
  u32[(view + VIEW_REF) >>> 2] = at;
}

const MILLIS_PER_DAY = 86_400_000;
const DATE_TEXT = /^([+-]?\d{4,7})-(\d{1,2})-(\d{1,2})$/;

function daysOf(value: unknown, type: DataType): number {
  if (value instanceof Date && !Number.isNaN(value.getTime())) return Math.floor(value.getTime() / MILLIS_PER_DAY);
  const match = typeof value === 'string' ? DATE_TEXT.exec(value) : null;
  if (match === null) throw new ValueMismatch(value, type);
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const date = new Date(0);
  date.setUTCFullYear(year!, month! - 1, day!);
  const days = Math.floor(date.getTime() / MILLIS_PER_DAY);
  const back = civilFromDays(days);
  if (back.year !== year || back.month !== month || back.day !== day) throw new ValueMismatch(value, type);
  return days;
}

const TIMESTAMP_TEXT = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?)?Z?$/;

function microsOf(value: unknown, type: DataType): bigint {
  if (value instanceof Date && !Number.isNaN(value.getTime())) return BigInt(value.getTime()) * 1000n;
  const match = typeof value === 'string' ? TIMESTAMP_TEXT.exec(value) : null;
  if (match === null) throw new ValueMismatch(value, type);
  const [, date, hour = '0', minute = '0', second = '0', fraction = ''] = match;
  const seconds = BigInt(daysOf(date, type)) * 86_400n + BigInt(Number(hour) * 3600 + Number(minute) * 60 + Number(second));
  return seconds * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
}
