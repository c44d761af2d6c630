import {
  dateText,
  dayTimeIntervalText,
  decimalText,
  timestampText,
  yearMonthIntervalText,
} from '../core/types/javascript-values.js';
import { QueryError } from '../core/errors.js';
import type { DataType } from '../core/types/data-type.js';
import type { NestedType } from '../core/types/nested.js';
import { nestedText, type NestedTextStyle } from '../core/types/nested-text.js';
import type { Slicer } from '../memory/block.js';
import { packedReader } from '../memory/packed.js';
import { VIEW_BYTES, VIEW_INLINE_MAX, VIEW_PREFIX, VIEW_REF } from '../memory/layout.js';
import { parseBoolean, parseDate, parseDecimal, parseDouble, parseInteger, parseTimestamp } from './text-parse.js';
import { doubleText } from '../core/types/double-text.js';
import type { FunctionExports } from './instantiate.js';

/**
 * Functions of text that compiled code calls in JavaScript, a row at a time, where kernels leave off: letters beyond ASCII, regular expressions, unusual numbers.
 * Views come as addresses; a text result goes to the view at `out`, its bytes into the heap at `heap`.
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

  const nestedFormats = new Map<string, (view: number) => string>();
  const packed = { words: new DataView(memory.buffer), slicer: bytes as unknown as Slicer, bytes, structsAsLists: true };
  const nestedTexts = (typeText: string): ((view: number) => string) => {
    const known = nestedFormats.get(typeText);
    if (known !== undefined) return known;
    const type = JSON.parse(typeText) as NestedType;
    const read = packedReader(packed, type, TEXT_VALUES);
    const format = (view: number): string => {
      const length = words[view >>> 2]!;
      const at = length <= VIEW_INLINE_MAX ? view + VIEW_PREFIX : words[(view + VIEW_REF) >>> 2]!;
      return nestedText(read(at), type, CAST_STYLE);
    };
    nestedFormats.set(typeText, format);
    if (nestedFormats.size > 256) nestedFormats.delete(nestedFormats.keys().next().value!);
    return format;
  };

  return {
    upper: made((a) => a.toUpperCase()),
    lower: made((a) => a.toLowerCase()),
    initcap: made((a) => a.toLowerCase().replace(/(^| )([^ ])/gu, (_, space: string, c: string) => space + c.toUpperCase())),
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
    formatNested: (heap: number, out: number, value: number, type: number) => {
      const made = nestedTexts(text(type));
      write(heap, out, made(value >>> 0));
    },
    formatYearMonth: (heap: number, out: number, months: number) => write(heap, out, yearMonthIntervalText(months)),
  };
}

const TEXT_VALUES = { int64: 'string', decimal: 'string', date: 'string', timestamp: 'string', map: 'map' } as const;

/** Inside of nested values, as in a cast to string. */
const CAST_STYLE: NestedTextStyle = { leaf: sparkText, null: 'null' };

/** A value that is not nested as Spark's cast to string writes it; longer numbers and times are text already. */
function sparkText(value: unknown, type: DataType): string {
  if (typeof value === 'number' && (type.kind === 'double' || type.kind === 'float'))
    return doubleText(value, type.kind === 'float');
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  return String(value as string | number | boolean);
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
