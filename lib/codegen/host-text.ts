import {
  dateText,
  dayTimeIntervalText,
  decimalText,
  timestampText,
  yearMonthIntervalText,
} from '../core/types/javascript-values.js';
import { QueryError } from '../core/errors.js';
import { VIEW_BYTES, VIEW_INLINE_MAX, VIEW_PREFIX, VIEW_REF } from '../memory/layout.js';
import { parseBoolean, parseDate, parseDecimal, parseDouble, parseInteger, parseTimestamp } from './text-parse.js';
import { doubleText, likeRegExp } from './text-format.js';
import type { FunctionExports } from './instantiate.js';

/**
 * Functions of text that compiled code calls in JavaScript, a row at a time: views come as addresses; a text result goes to the view at `out`, its bytes
 * into the heap at `heap`. Exact and unhurried: what queries spend their time in becomes a kernel.
 */
export function textImports(memory: WebAssembly.Memory, kernels: FunctionExports): WebAssembly.ModuleImports {
  const bytes = Buffer.from(memory.buffer as unknown as ArrayBuffer);
  const words = new Uint32Array(memory.buffer);
  const i32 = new Int32Array(memory.buffer);
  const i64 = new BigInt64Array(memory.buffer);
  const f64 = new Float64Array(memory.buffer);
  const encoder = new TextEncoder();

  const text = (view: number): string => {
    const at = view >>> 0;
    const length = words[at >>> 2]!;
    const start = length <= VIEW_INLINE_MAX ? at + VIEW_PREFIX : words[(at + VIEW_REF) >>> 2]!;
    return bytes.utf8Slice(start, start + length);
  };
  const byteLength = (view: number): number => words[view >>> 2]!;
  const write = (heap: number, out: number, value: string): void => {
    const at = out >>> 0;
    const encoded = encoder.encode(value);
    bytes.fill(0, at, at + VIEW_BYTES);
    words[at >>> 2] = encoded.length;
    if (encoded.length <= VIEW_INLINE_MAX) {
      bytes.set(encoded, at + VIEW_PREFIX);
      return;
    }
    const place = kernels['csvAllocate']!(heap, encoded.length) >>> 0;
    bytes.set(encoded, place);
    bytes.set(encoded.subarray(0, VIEW_REF - VIEW_PREFIX), at + VIEW_PREFIX);
    words[(at + VIEW_REF) >>> 2] = place;
  };
  const made =
    (f: (a: string) => string) =>
    (heap: number, out: number, a: number): void =>
      write(heap, out, f(text(a)));
  const madeOfTwo =
    (f: (a: string, b: string) => string) =>
    (heap: number, out: number, a: number, b: number): void =>
      write(heap, out, f(text(a), text(b)));
  const patterns = new Map<string, RegExp>();
  const matcher = (source: string, make: () => RegExp): RegExp => {
    let found = patterns.get(source);
    if (found === undefined) {
      found = make();
      patterns.set(source, found);
      if (patterns.size > 256) patterns.delete(patterns.keys().next().value!);
    }
    return found;
  };

  return {
    upper: made((a) => a.toUpperCase()),
    lower: made((a) => a.toLowerCase()),
    initcap: made((a) => a.toLowerCase().replace(/(^| )([^ ])/gu, (_, space: string, c: string) => space + c.toUpperCase())),
    reverse: made((a) => Array.from(a).reverse().join('')),
    length: (a: number) => characters(text(a)),
    octet_length: byteLength,
    bit_length: (a: number) => byteLength(a) * 8,
    ascii: (a: number) => text(a).codePointAt(0) ?? 0,
    btrim: madeOfTwo((a, set) => trimEnd(trimStart(a, set), set)),
    ltrim: madeOfTwo(trimStart),
    rtrim: madeOfTwo(trimEnd),
    concat: madeOfTwo((a, b) => a + b),
    substring: (heap: number, out: number, a: number, start: number, count = 0x7fffffff) =>
      write(heap, out, substring(text(a), start, count)),
    left: (heap: number, out: number, a: number, count: number) =>
      write(heap, out, count <= 0 ? '' : Array.from(text(a)).slice(0, count).join('')),
    right: (heap: number, out: number, a: number, count: number) =>
      write(heap, out, count <= 0 ? '' : Array.from(text(a)).slice(-count).join('')),
    repeat: (heap: number, out: number, a: number, times: number) => write(heap, out, times <= 0 ? '' : text(a).repeat(times)),
    replace: (heap: number, out: number, a: number, from: number, to: number) =>
      write(heap, out, text(from) === '' ? text(a) : text(a).replaceAll(text(from), () => text(to))),
    translate: (heap: number, out: number, a: number, from: number, to: number) =>
      write(heap, out, translate(text(a), text(from), text(to))),
    lpad: (heap: number, out: number, a: number, count: number, fill: number) =>
      write(heap, out, pad(text(a), count, text(fill), true)),
    rpad: (heap: number, out: number, a: number, count: number, fill: number) =>
      write(heap, out, pad(text(a), count, text(fill), false)),
    split_part: (heap: number, out: number, a: number, separator: number, part: number) =>
      write(heap, out, splitPart(text(a), text(separator), part)),
    contains: (a: number, b: number) => Number(text(a).includes(text(b))),
    startswith: (a: number, b: number) => Number(text(a).startsWith(text(b))),
    endswith: (a: number, b: number) => Number(text(a).endsWith(text(b))),
    locate: (part: number, a: number, from: number) => locate(text(part), text(a), from),
    /** 0, 1, or 2 and 3 for an escape that is the last character, or stands before an ordinary one. */
    like: (a: number, pattern: number, escape: number, fold: number) => {
      const source = text(pattern);
      const character = text(escape);
      const found = likeRegExp(source, character, fold === 1, (key, make) => matcher(key, make));
      return typeof found === 'number' ? found : Number(found.test(text(a)));
    },
    rlike: (a: number, pattern: number) => {
      const source = text(pattern);
      return Number(matcher(`/${source}`, () => regularExpression(source)).test(text(a)));
    },

    // Casts from text: 1 done, 0 malformed, 2 out of range; the value lies at `at`.
    parseBoolean: (a: number, at: number) => {
      const value = parseBoolean(text(a));
      if (value === undefined) return 0;
      i32[at >>> 2] = value ? 1 : 0;
      return 1;
    },
    parseInt32: (a: number, at: number, bits: number) => {
      const value = parseInteger(text(a), bits);
      if (value === undefined) return 0;
      i32[at >>> 2] = Number(value);
      return 1;
    },
    parseInt64: (a: number, at: number) => {
      const value = parseInteger(text(a), 64);
      if (value === undefined) return 0;
      i64[(at >>> 0) / 8] = value;
      return 1;
    },
    parseFloat64: (a: number, at: number, isFloat: number) => {
      const value = parseDouble(text(a));
      if (value === undefined) return 0;
      f64[(at >>> 0) / 8] = isFloat === 1 ? Math.fround(value) : value;
      return 1;
    },
    parseDecimal: (a: number, at: number, precision: number, scale: number) => {
      const value = parseDecimal(text(a), scale);
      if (value === undefined) return 0;
      const bound = 10n ** BigInt(precision);
      if (value >= bound || value <= -bound) return 2;
      i64[(at >>> 0) / 8] = BigInt.asIntN(64, value);
      i64[(at >>> 0) / 8 + 1] = value >> 64n;
      return 1;
    },
    parseDate: (a: number, at: number) => {
      const value = parseDate(text(a));
      if (value === undefined) return 0;
      i32[at >>> 2] = value;
      return 1;
    },
    parseTimestamp: (a: number, at: number) => {
      const value = parseTimestamp(text(a));
      if (value === undefined) return 0;
      i64[(at >>> 0) / 8] = value;
      return 1;
    },

    // Casts to text.
    formatBoolean: (heap: number, out: number, value: number) => write(heap, out, value === 1 ? 'true' : 'false'),
    formatInt32: (heap: number, out: number, value: number) => write(heap, out, String(value)),
    formatInt64: (heap: number, out: number, value: bigint) => write(heap, out, String(value)),
    formatFloat64: (heap: number, out: number, value: number, isFloat: number) =>
      write(heap, out, doubleText(value, isFloat === 1)),
    formatDecimal: (heap: number, out: number, low: bigint, high: bigint, scale: number) =>
      write(heap, out, decimalText((high << 64n) | BigInt.asUintN(64, low), scale)),
    formatDate: (heap: number, out: number, days: number) => write(heap, out, dateText(days)),
    formatTimestamp: (heap: number, out: number, micros: bigint) => write(heap, out, timestampText(micros)),
    formatDayTime: (heap: number, out: number, micros: bigint) => write(heap, out, dayTimeIntervalText(micros)),
    formatYearMonth: (heap: number, out: number, months: number) => write(heap, out, yearMonthIntervalText(months)),
  };
}

function regularExpression(source: string): RegExp {
  try {
    return new RegExp(source, 'u');
  } catch (error) {
    throw new QueryError({
      code: 'INVALID_PARAMETER_VALUE.PATTERN',
      message: `The regular expression '${source}' is invalid: ${error instanceof Error ? error.message : 'it cannot be compiled'}.`,
      cause: error,
    });
  }
}

function characters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function trimStart(text: string, set: string): string {
  const all = Array.from(text);
  const first = all.findIndex((c) => !set.includes(c));
  return first === -1 ? '' : all.slice(first).join('');
}

function trimEnd(text: string, set: string): string {
  const all = Array.from(text);
  let end = all.length;
  while (end > 0 && set.includes(all[end - 1]!)) end--;
  return all.slice(0, end).join('');
}

/** Positions count from 1, negative ones from the end, and 0 is 1; what lies before the text shortens the part. */
function substring(text: string, start: number, count: number): string {
  const all = Array.from(text);
  const from = start > 0 ? start - 1 : start < 0 ? all.length + start : 0;
  const to = Math.min(all.length, from + count);
  return to <= from ? '' : all.slice(Math.max(0, from), Math.max(0, to)).join('');
}

function pad(text: string, count: number, fill: string, atStart: boolean): string {
  const all = Array.from(text);
  if (count <= 0) return '';
  if (all.length >= count) return all.slice(0, count).join('');
  const fillers = Array.from(fill);
  if (fillers.length === 0) return text;
  const missing = Array.from({ length: count - all.length }, (_, i) => fillers[i % fillers.length]).join('');
  return atStart ? missing + text : text + missing;
}

function translate(text: string, from: string, to: string): string {
  const target = Array.from(to);
  const table = new Map<string, string>();
  Array.from(from).forEach((c, i) => {
    if (!table.has(c)) table.set(c, target[i] ?? '');
  });
  return Array.from(text)
    .map((c) => table.get(c) ?? c)
    .join('');
}

function splitPart(text: string, separator: string, part: number): string {
  const parts = separator === '' ? [text] : text.split(separator);
  return parts.at(part > 0 ? part - 1 : part) ?? '';
}

/** Position of the first occurrence from a position on, in characters from 1; 0: none. */
function locate(part: string, text: string, from: number): number {
  if (from <= 0) return 0;
  if (part === '') return 1;
  const head = Array.from(text)
    .slice(0, from - 1)
    .join('').length;
  const at = text.indexOf(part, head);
  return at === -1 || from - 1 > characters(text) ? 0 : characters(text.slice(0, at)) + 1;
}
