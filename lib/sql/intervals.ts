import type { LiteralExpr } from '../core/expr/expr.js';
import type { Cursor } from './cursor.js';
import * as errors from './errors.js';
import { literal } from './nodes.js';
import { intervalTypeOf } from './types.js';

/** INTERVAL literals: every form ends as months, or as microseconds. */

/** A unit by its name: how many of the base it is, and which field of the type it belongs to. */
interface Unit {
  readonly field: 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second';
  /** Months of year and month; nanoseconds of the others, as a nanosecond is a unit too. */
  readonly size: bigint;
}

const SECOND = 1_000_000_000n;
const UNITS: ReadonlyMap<string, Unit> = new Map<string, Unit>([
  ['year', { field: 'year', size: 12n }],
  ['month', { field: 'month', size: 1n }],
  ['week', { field: 'day', size: 7n * 86_400n * SECOND }],
  ['day', { field: 'day', size: 86_400n * SECOND }],
  ['hour', { field: 'hour', size: 3600n * SECOND }],
  ['minute', { field: 'minute', size: 60n * SECOND }],
  ['second', { field: 'second', size: SECOND }],
  ['millisecond', { field: 'second', size: 1_000_000n }],
  ['microsecond', { field: 'second', size: 1000n }],
  ['nanosecond', { field: 'second', size: 1n }],
]);

/** Largest first. */
const FIELDS: readonly Unit['field'][] = ['year', 'month', 'day', 'hour', 'minute', 'second'];

const unitOf = (word: string): Unit | undefined =>
  UNITS.get(word.toLowerCase()) ?? UNITS.get(word.toLowerCase().replace(/s$/, ''));

const isMonths = (unit: Unit): boolean => unit.field === 'year' || unit.field === 'month';

interface Part {
  readonly value: string;
  readonly unit: Unit;
}

/** Whether INTERVAL here begins a literal rather than being a name. */
export function atInterval(c: Cursor): boolean {
  if (c.token.key !== 'INTERVAL') return false;
  const first = c.ahead(1);
  if (first.kind === 'string') return true;
  const signed = first.key === '-' || first.key === '+' ? 1 : 0;
  const value = c.ahead(1 + signed);
  return (value.kind === 'number' || value.kind === 'string') && unitOf(c.ahead(2 + signed).key) !== undefined;
}

/** `INTERVAL …`, where `atInterval` holds. */
export function intervalLiteral(c: Cursor): LiteralExpr {
  const { start } = c.next();
  const first = signedValue(c);
  const unit = unitOf(c.token.key);
  if (unit === undefined) {
    if (first.quoted) return fromParts(c, textParts(first.value, c.since(start)), first.value, start);
    return c.fail('a unit of time, like DAY');
  }
  const word = c.next().key.toLowerCase();
  if (c.take('TO')) return fromTo(c, first.value, word, start);
  const parts: Part[] = [{ value: first.value, unit }];
  while (startsPart(c)) {
    const { value } = signedValue(c);
    parts.push({ value, unit: unitOf(c.next().key)! });
  }
  return fromParts(c, parts, parts.map((part) => part.value).join(' '), start);
}

function startsPart(c: Cursor): boolean {
  // Without a sign only: `INTERVAL 1 DAY - 2 …` is a subtraction.
  return (c.token.kind === 'number' || c.token.kind === 'string') && unitOf(c.ahead(1).key) !== undefined;
}

function signedValue(c: Cursor): { readonly value: string; readonly quoted: boolean } {
  const negative = c.at('-');
  if (negative || c.at('+')) c.next();
  if (c.token.kind !== 'number' && c.token.kind !== 'string') c.fail('a number or a string');
  const { kind, text } = c.next();
  return { value: negative ? negated(text.trim()) : text.trim(), quoted: kind === 'string' };
}

const negated = (value: string): string => (value.startsWith('-') ? value.slice(1) : `-${value.replace(/^\+/, '')}`);

/** The parts of INTERVAL '1 day 2 hours'. */
function textParts(written: string, place: errors.Place): Part[] {
  const words = written
    .replace(/^interval\s/i, '')
    .trim()
    .replace(/([+-])\s+/g, '$1')
    .split(/\s+/);
  const parts: Part[] = [];
  for (let i = 0; i < words.length; i += 2) {
    const unit = unitOf(words[i + 1] ?? '');
    if (unit === undefined) throw errors.invalidTypedLiteral('INTERVAL', written, place);
    parts.push({ value: words[i]!, unit });
  }
  return parts;
}

const WHOLE = /^([+-]?)(\d{1,19})$/;
const WITH_FRACTION = /^([+-]?)(\d{0,19})(?:\.(\d{0,9}))?$/;

/** A count of a unit in its base; fractions are for seconds only. */
function amount({ value, unit }: Part, place: errors.Place): bigint {
  const match = (unit.size === SECOND ? WITH_FRACTION : WHOLE).exec(value);
  if (match === null || !/\d/.test(value)) {
    const wanted =
      unit.size === SECOND ? 'a number of seconds with at most 9 digits after the point' : `a whole number of ${unit.field}s`;
    throw errors.intervalFormat('INVALID_VALUE', value, `expected ${wanted}`, place);
  }
  const [, sign, whole, fraction = ''] = match;
  const nanos = BigInt(whole === '' ? 0 : whole!) * unit.size + BigInt(fraction.padEnd(9, '0')) * (fraction === '' ? 0n : 1n);
  return sign === '-' ? -nanos : nanos;
}

function fromParts(c: Cursor, parts: readonly Part[], written: string, start: number): LiteralExpr {
  const place = c.since(start);
  const months = parts.filter((part) => isMonths(part.unit));
  if (months.length > 0 && months.length < parts.length)
    throw errors.notSupported('An interval of months and days together', place);
  const used = FIELDS.filter((field) => parts.some((part) => part.unit.field === field));
  const total = parts.reduce((sum, part) => sum + amount(part, place), 0n);
  return make(used[0]!, used.at(-1)!, total, written, place);
}

const INT32_MAX = 0x7fffffffn;
const INT64_MAX = (1n << 63n) - 1n;

/** `total` is months, or nanoseconds. */
function make(from: string, to: string, total: bigint, written: string, place: errors.Place): LiteralExpr {
  const type = intervalTypeOf(from, to);
  if (type === undefined)
    throw errors.intervalFormat('UNSUPPORTED_FROM_TO_EXPRESSION', written, `there is no interval from ${from} to ${to}`, place);
  const months = type.kind === 'year_month_interval';
  const value = months ? total : total / 1000n;
  const most = months ? INT32_MAX : INT64_MAX;
  if (value > most || value < -most - 1n) {
    throw errors.intervalFormat(
      'ARITHMETIC_EXCEPTION',
      written,
      `it is longer than an interval can be, ${most} ${months ? 'months' : 'microseconds'}`,
      place,
    );
  }
  return literal(months ? Number(value) : value, type, place.at);
}

/** The texts of '1-2', '1 02:03:04.5' and the like: one number for each field, the first of any size. */
const SEPARATOR_BEFORE: Readonly<Record<string, string>> = { month: '-', hour: ' +', minute: ':', second: ':' };
const FIELD_MAX: Readonly<Record<string, bigint>> = { month: 11n, hour: 23n, minute: 59n, second: 59n };
const SHAPE: Readonly<Record<string, string>> = { year: 'y', month: 'm', day: 'd', hour: 'h', minute: 'm', second: 's.n' };

function fromTo(c: Cursor, written: string, from: string, start: number): LiteralExpr {
  const to = c.next().key.toLowerCase();
  const place = c.since(start);
  const fields = FIELDS.slice(FIELDS.indexOf(from as Unit['field']), FIELDS.indexOf(to as Unit['field']) + 1);
  if (intervalTypeOf(from, to) === undefined || fields.length < 2) {
    throw errors.intervalFormat('UNSUPPORTED_FROM_TO_EXPRESSION', written, `there is no interval from ${from} to ${to}`, place);
  }
  const number = (field: string, i: number): string =>
    i === 0 ? '(\\d{1,19})' : field === 'second' ? '(\\d{1,2}(?:\\.\\d{1,9})?)' : '(\\d{1,2})';
  const body = fields.map((field, i) => (i === 0 ? '' : SEPARATOR_BEFORE[field]!) + number(field, i)).join('');
  const match = new RegExp(`^([+-]?)([+-]?)${body}$`).exec(written);
  if (match === null) {
    const shape = fields.map((field, i) => (i === 0 ? '' : SEPARATOR_BEFORE[field]!.replace('+', '')) + SHAPE[field]!).join('');
    throw errors.intervalFormat('UNMATCHED_FORMAT_STRING', written, `${from} to ${to} is written '${shape}'`, place);
  }
  const [, outer, inner, ...values] = match;
  let total = 0n;
  for (const [i, field] of fields.entries()) {
    const value = values[i]!;
    if (i > 0 && BigInt(value.split('.')[0]!) > FIELD_MAX[field]!) {
      throw errors.intervalFormat('INVALID_VALUE', written, `${field} must be from 0 to ${FIELD_MAX[field]}`, place);
    }
    total += amount({ value, unit: UNITS.get(field)! }, place);
  }
  return make(from, to, (outer === '-') !== (inner === '-') ? -total : total, written, place);
}
