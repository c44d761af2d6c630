import {
  dateText,
  dateValue,
  dayTimeIntervalText,
  decimalText,
  int64Value,
  timestampValue,
  yearMonthIntervalText,
  type ValueOptions,
} from '../core/types/javascript-values.js';
import type { NestedType } from '../core/types/nested.js';
import type { DataType } from '../core/types/data-type.js';
import { MAX_I64_PRECISION } from '../core/types/physical-type.js';
import type { MemoryViews } from './memory-access.js';
import { packedReader } from './packed.js';
import { VIEW_BYTES, VIEW_INLINE_MAX, VIEW_PREFIX, VIEW_REF } from './layout.js';

/**
 * A run of values in shared memory: `values` is the address of value 0; rows from..to are read. `nulls`, if any, has a byte a row (1 = null) at the
 * same positions. `base` is added to the references of long views (0 where they are addresses already).
 */
export interface ValueRun {
  readonly values: number;
  readonly nulls: Uint8Array | undefined;
  readonly base: number;
}

/**
 * JavaScript values of rows from..to, as a fresh array that holds nothing of shared memory. One loop a type, so each stays fast.
 */
export function readValues(
  views: MemoryViews,
  type: DataType,
  run: ValueRun,
  from: number,
  to: number,
  options: ValueOptions,
): unknown[] {
  const count = to - from;
  const out: unknown[] = new Array(count);
  fill(views, type, run, from, count, options, out);
  const { nulls } = run;
  if (nulls !== undefined) for (let i = 0; i < count; i++) if (nulls[from + i] === 1) out[i] = null;
  return out;
}

function fill(
  views: MemoryViews,
  type: DataType,
  run: ValueRun,
  from: number,
  count: number,
  options: ValueOptions,
  out: unknown[],
): void {
  switch (type.kind) {
    case 'null':
      return void out.fill(null);
    case 'boolean':
      return booleans(views, run.values + from, count, out);
    case 'tinyint':
    case 'smallint':
    case 'int':
      return ints(views, run.values + from * 4, count, out);
    case 'date':
      return dates(views, run.values + from * 4, count, options, out);
    case 'year_month_interval':
      return yearMonths(views, run.values + from * 4, count, out);
    case 'bigint':
      return options.int64 === 'auto'
        ? int64s(views, run.values + from * 8, count, out)
        : int64sAs(views, run.values + from * 8, count, options, out);
    case 'float':
    case 'double':
      return doubles(views, run.values + from * 8, count, out);
    case 'timestamp':
    case 'timestamp_ntz':
      return timestamps(views, run.values + from * 8, count, options, out);
    case 'day_time_interval':
      return dayTimes(views, run.values + from * 8, count, out);
    case 'decimal':
      return decimals(views, type, run.values, from, count, options, out);
    case 'string':
      return strings(views, run, from, count, out);
    case 'binary':
      return binaries(views, run, from, count, out);
    case 'array':
    case 'map':
    case 'struct':
      return nested(views, type, run, from, count, options, out);
  }
}

function booleans({ u8 }: MemoryViews, at: number, count: number, out: unknown[]): void {
  for (let i = 0; i < count; i++) out[i] = u8[at + i] === 1;
}

function ints({ i32 }: MemoryViews, at: number, count: number, out: unknown[]): void {
  const first = at >>> 2;
  for (let i = 0; i < count; i++) out[i] = i32[first + i];
}

function doubles({ f64 }: MemoryViews, at: number, count: number, out: unknown[]): void {
  const first = at / 8;
  for (let i = 0; i < count; i++) out[i] = f64[first + i];
}

/** Sorted or clustered dates repeat: the text of the last one is kept. */
function dates({ i32 }: MemoryViews, at: number, count: number, options: ValueOptions, out: unknown[]): void {
  const first = at >>> 2;
  let last = Number.NaN;
  let text = '';
  for (let i = 0; i < count; i++) {
    const days = i32[first + i]!;
    if (options.date === 'date') {
      out[i] = dateValue(days, 'date');
      continue;
    }
    if (days !== last) {
      last = days;
      text = dateText(days);
    }
    out[i] = text;
  }
}

function yearMonths({ i32 }: MemoryViews, at: number, count: number, out: unknown[]): void {
  const first = at >>> 2;
  for (let i = 0; i < count; i++) out[i] = yearMonthIntervalText(i32[first + i]!);
}

/** Safe integers become numbers without ever making a BigInt. */
function int64s({ i32 }: MemoryViews, at: number, count: number, out: unknown[]): void {
  const first = at >>> 2;
  for (let i = 0; i < count; i++) {
    const low = i32[first + 2 * i]!;
    const high = i32[first + 2 * i + 1]!;
    // What fits 32 bits is kept so: as a double it would be an object of its own in each row.
    if (high === low >> 31) out[i] = low;
    // |high| < 2^20 keeps the value under 2^52.
    else out[i] = high >= -1_048_576 && high < 1_048_576 ? high * 4_294_967_296 + (low >>> 0) : int64Value(low, high, 'auto');
  }
}

function int64sAs({ i32 }: MemoryViews, at: number, count: number, options: ValueOptions, out: unknown[]): void {
  const first = at >>> 2;
  for (let i = 0; i < count; i++) out[i] = int64Value(i32[first + 2 * i]!, i32[first + 2 * i + 1]!, options.int64);
}

function timestamps({ i64 }: MemoryViews, at: number, count: number, options: ValueOptions, out: unknown[]): void {
  const first = at / 8;
  for (let i = 0; i < count; i++) out[i] = timestampValue(i64[first + i]!, options.timestamp);
}

function dayTimes({ i64 }: MemoryViews, at: number, count: number, out: unknown[]): void {
  const first = at / 8;
  for (let i = 0; i < count; i++) out[i] = dayTimeIntervalText(i64[first + i]!);
}

function decimals(
  { i64 }: MemoryViews,
  type: Extract<DataType, { kind: 'decimal' }>,
  values: number,
  from: number,
  count: number,
  options: ValueOptions,
  out: unknown[],
): void {
  const narrow = type.precision <= MAX_I64_PRECISION;
  const first = values / 8 + (narrow ? from : 2 * from);
  for (let i = 0; i < count; i++) {
    const unscaled = narrow ? i64[first + i]! : (i64[first + 2 * i + 1]! << 64n) | BigInt.asUintN(64, i64[first + 2 * i]!);
    const text = decimalText(unscaled, type.scale);
    out[i] = options.decimal === 'number' ? Number(text) : text;
  }
}

/** Where a view's bytes are. */
function bytesAt(views: MemoryViews, view: number, base: number, length: number): number {
  return length <= VIEW_INLINE_MAX ? view + 4 : views.u32[(view + VIEW_REF) >>> 2]! + base;
}

/** Columns repeat values: short texts that came lately are kept, and the last long one. latin1Slice is the faster way for ASCII. */
function strings(views: MemoryViews, run: ValueRun, from: number, count: number, out: unknown[]): void {
  const { u32, buffer } = views;
  const { nulls } = run;
  let longText = '';
  let longLength = 0;
  let longRef = 0;
  for (let i = 0; i < count; i++) {
    // What lies in a null row is undefined: a view there may point anywhere.
    if (nulls !== undefined && nulls[from + i] === 1) continue;
    const view = run.values + (from + i) * VIEW_BYTES;
    const word = view >>> 2;
    const length = u32[word]!;
    if (length > VIEW_INLINE_MAX) {
      const ref = u32[(view + VIEW_REF) >>> 2]!;
      if (length !== longLength || ref !== longRef) {
        longText = buffer.utf8Slice(ref + run.base, ref + run.base + length);
        longLength = length;
        longRef = ref;
      }
      out[i] = longText;
      continue;
    }
    const w1 = u32[word + 1]!;
    const w2 = u32[word + 2]!;
    const w3 = u32[word + 3]!;
    let place = knownPlace(length, w1, w2, w3);
    if (!isKnown(place, length, w1, w2, w3)) {
      // The other place of the two; what is in neither goes there, and is the next to go only if it does not come again.
      place ^= 1;
      if (!isKnown(place, length, w1, w2, w3)) {
        const at = view + VIEW_PREFIX;
        const isAscii = ((w1 | w2 | w3) & 0x80808080) === 0;
        const known = place * 4;
        knownTexts[place] = isAscii ? buffer.latin1Slice(at, at + length) : buffer.utf8Slice(at, at + length);
        knownWords[known] = length;
        knownWords[known + 1] = w1;
        knownWords[known + 2] = w2;
        knownWords[known + 3] = w3;
      }
    }
    out[i] = knownTexts[place];
  }
}

/**
 * Short texts that came last, by their views' words, in either of two places: values repeat. A string made anew is work for the garbage collector, and the more so in rows
 * that are old by then.
 */
const KNOWN_BITS = 12;
const knownWords = new Uint32Array(4 << KNOWN_BITS);
const knownTexts: string[] = new Array<string>(1 << KNOWN_BITS).fill('');

function isKnown(place: number, length: number, w1: number, w2: number, w3: number): boolean {
  const known = place * 4;
  return (
    knownWords[known] === length && knownWords[known + 1] === w1 && knownWords[known + 2] === w2 && knownWords[known + 3] === w3
  );
}

function knownPlace(length: number, w1: number, w2: number, w3: number): number {
  return (
    Math.imul(Math.imul(w1, 0x9e3779b1) ^ Math.imul(w2, 0x85ebca77) ^ Math.imul(w3, 0xc2b2ae3d) ^ length, 0x27d4eb2f) >>>
    (32 - KNOWN_BITS)
  );
}

function binaries(views: MemoryViews, run: ValueRun, from: number, count: number, out: unknown[]): void {
  for (let i = 0; i < count; i++) {
    if (run.nulls !== undefined && run.nulls[from + i] === 1) continue;
    const view = run.values + (from + i) * VIEW_BYTES;
    const length = views.u32[view >>> 2]!;
    const at = bytesAt(views, view, run.base, length);
    const copy = new Uint8Array(length);
    copy.set(views.u8.subarray(at, at + length));
    out[i] = copy;
  }
}

function nested(
  views: MemoryViews,
  type: NestedType,
  run: ValueRun,
  from: number,
  count: number,
  options: ValueOptions,
  out: unknown[],
): void {
  const { u8, u32, buffer } = views;
  const read = packedReader({ words: new DataView(u8.buffer), bytes: u8, slicer: buffer }, type, options);
  for (let i = 0; i < count; i++) {
    if (run.nulls !== undefined && run.nulls[from + i] === 1) continue;
    const view = run.values + (from + i) * VIEW_BYTES;
    out[i] = read(bytesAt(views, view, run.base, u32[view >>> 2]!));
  }
}
