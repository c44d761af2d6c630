import type { Expr, Span } from '../core/expr/expr.js';
import type { DataType } from '../core/types/data-type.js';
import type { Cursor } from './cursor.js';
import { errorAt } from './errors.js';
import { literal } from './nodes.js';
import { intervalBetween } from './types.js';

/** INTERVAL literals: `INTERVAL '1-2' YEAR TO MONTH`, `INTERVAL 3 DAYS 4 HOURS`, `INTERVAL '3 days'`. */

const MICROS: Readonly<Record<string, bigint>> = {
  week: 604_800_000_000n,
  day: 86_400_000_000n,
  hour: 3_600_000_000n,
  minute: 60_000_000n,
  second: 1_000_000n,
  millisecond: 1000n,
  microsecond: 1n,
  nanosecond: 0n,
};
const MONTHS: Readonly<Record<string, bigint>> = { year: 12n, month: 1n };
/** The unit of the interval's type a written unit belongs to. */
const FIELD: Readonly<Record<string, string>> = {
  week: 'day',
  millisecond: 'second',
  microsecond: 'second',
  nanosecond: 'second',
};
const ORDER = ['year', 'month', 'day', 'hour', 'minute', 'second'];

/** `DAYS` → `day`. */
export function intervalUnit(word: string): string | undefined {
  const lower = word.toLowerCase();
  const unit = lower.endsWith('s') ? lower.slice(0, -1) : lower;
  return unit in MICROS || unit in MONTHS ? unit : undefined;
}

interface Part {
  readonly text: string;
  readonly unit: string;
}

/** Whether an INTERVAL literal stands here, and not a column named interval. */
export function atInterval(c: Cursor): boolean {
  const next = c.peek();
  if (!c.at('INTERVAL')) return false;
  if (next.kind === 'string' || next.kind === 'number') return true;
  if (next.upper !== '-' && next.upper !== '+') return false;
  const value = c.peek(2);
  return (value.kind === 'number' || value.kind === 'string') && intervalUnit(c.peek(3).text) !== undefined;
}

export function interval(c: Cursor): Expr {
  const { start } = c.next();
  if (c.token.kind === 'string' && intervalUnit(c.peek().text) === undefined) return fromText(c, start);
  if (c.token.kind === 'string' && c.at(c.token.upper, c.peek().upper, 'TO')) return fromTo(c, start);
  const parts: Part[] = [];
  while (parts.length === 0 || atPart(c)) parts.push(part(c));
  return ofParts(c, parts, c.span(start));
}

function atPart(c: Cursor): boolean {
  const signed = c.atAny('-', '+') ? 1 : 0;
  const value = c.peek(signed);
  return (value.kind === 'number' || value.kind === 'string') && intervalUnit(c.peek(signed + 1).text) !== undefined;
}

function part(c: Cursor): Part {
  const sign = c.accept('-') ? '-' : c.accept('+') ? '' : '';
  const value = c.token;
  if (value.kind !== 'number' && value.kind !== 'string') throw c.error('a number and a unit');
  c.next();
  const unit = intervalUnit(c.token.text);
  if (unit === undefined || c.token.kind !== 'word')
    throw c.error('a unit: YEAR, MONTH, WEEK, DAY, HOUR, MINUTE, SECOND, MILLISECOND or MICROSECOND');
  c.next();
  return { text: `${sign}${value.text.trim()}`.replace(/^--/, '').replace(/^-\+/, '-'), unit };
}

/** `INTERVAL '3 days 4 hours'`. */
function fromText(c: Cursor, start: number): Expr {
  const text = c
    .next()
    .text.trim()
    .replace(/^interval\s+/i, '');
  const at = c.span(start);
  const parts: Part[] = [];
  const rest = text.replace(
    /([+-]?)\s*(\d*\.?\d+|\d+\.)\s*([A-Za-z]+)\s*/g,
    (all: string, sign: string, digits: string, word: string) => {
      const unit = intervalUnit(word);
      if (unit === undefined) return all;
      parts.push({ text: `${sign === '-' ? '-' : ''}${digits}`, unit });
      return '';
    },
  );
  if (parts.length === 0 || rest.trim() !== '') throw invalid(c, text, at, "numbers and units, as in INTERVAL '3 days 4 hours'");
  return ofParts(c, parts, at);
}

function invalid(c: Cursor, text: string, at: Span, expected: string): Error {
  return errorAt(c.sql, at, 'INVALID_INTERVAL_FORMAT', `'${text}' is no interval: expected ${expected}.`);
}

/** A number with a fraction times a unit, to whole microseconds (or months). */
function times(c: Cursor, part: Part, scale: bigint, at: Span): bigint {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(part.text);
  const [, sign, whole = '', fraction = ''] = match ?? [];
  if (match === null || (whole === '' && fraction === '')) throw invalid(c, part.text, at, `a number of ${part.unit}s`);
  if (fraction !== '' && part.unit !== 'second')
    throw invalid(c, part.text, at, `a whole number of ${part.unit}s (only seconds have fractions)`);
  if (part.unit === 'nanosecond') return (sign === '-' ? -1n : 1n) * (BigInt(whole) / 1000n);
  const micros = fraction === '' ? 0n : BigInt(fraction.slice(0, 6).padEnd(6, '0'));
  const value = BigInt(whole === '' ? '0' : whole) * scale + micros;
  return sign === '-' ? -value : value;
}

function ofParts(c: Cursor, parts: readonly Part[], at: Span): Expr {
  const yearMonth = parts.filter((p) => p.unit in MONTHS);
  if (yearMonth.length > 0 && yearMonth.length < parts.length) {
    const message = 'One interval holds years and months, or weeks to seconds; add two intervals instead.';
    throw errorAt(c.sql, at, 'UNSUPPORTED_FEATURE', `${message} Mixed intervals are not supported yet.`);
  }
  const scales = yearMonth.length > 0 ? MONTHS : MICROS;
  const total = parts.reduce((sum, p) => sum + times(c, p, scales[p.unit]!, at), 0n);
  const places = parts.map((p) => ORDER.indexOf(FIELD[p.unit] ?? p.unit));
  const type = intervalBetween(ORDER[Math.min(...places)]!, ORDER[Math.max(...places)]!)!;
  return ofTotal(c, total, type, at);
}

function ofTotal(c: Cursor, total: bigint, type: DataType, at: Span): Expr {
  const months = type.kind === 'year_month_interval';
  if (BigInt.asIntN(months ? 32 : 64, total) !== total) {
    throw errorAt(
      c.sql,
      at,
      'INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION',
      `This interval is longer than ${months ? '178956970 years' : '106751991 days'}.`,
    );
  }
  return literal(type, months ? Number(total) : total, at);
}

/** `INTERVAL '1 02:03:04.5' DAY TO SECOND`. */
function fromTo(c: Cursor, start: number): Expr {
  const { text } = c.next();
  const from = intervalUnit(c.next().text)!;
  c.expect('TO');
  const to = intervalUnit(c.token.text);
  const type = to === undefined ? undefined : intervalBetween(from, to);
  if (to === undefined || type === undefined || from === to) throw c.error(`a unit that may follow ${from.toUpperCase()} TO`);
  c.next();
  const at = c.span(start);
  const trimmed = text.trim();
  const values = from === 'year' ? /^([+-]?)(\d+)-(\d+)$/.exec(trimmed)?.slice(1) : fieldsOf(trimmed, from, to);
  if (values === undefined)
    throw invalid(c, text, at, `the fields ${from.toUpperCase()} TO ${to.toUpperCase()}, as in ${example(from, to)}`);
  const [sign, ...numbers] = values;
  const first = ORDER.indexOf(from);
  const total = numbers.reduce((sum, number, i) => {
    const unit = ORDER[first + i]!;
    checkField(c, number!, unit, i, at);
    return sum + times(c, { text: number!, unit }, (MONTHS[unit] ?? MICROS[unit])!, at);
  }, 0n);
  return ofTotal(c, sign === '-' ? -total : total, type, at);
}

/** Sign and the texts of the fields from `from` to `to`. */
function fieldsOf(text: string, from: string, to: string): string[] | undefined {
  const pattern = { day: '(\\d+)', hour: '(\\d{1,10})', minute: '(\\d{1,12})', second: '(\\d{1,13}(?:\\.\\d{1,9})?)' } as Record<
    string,
    string
  >;
  const units = ORDER.slice(ORDER.indexOf(from), ORDER.indexOf(to) + 1);
  const body = units.map((u, i) => (i === 0 ? '' : units[i - 1] === 'day' ? '[ T]' : ':') + pattern[u]!).join('');
  return new RegExp(`^([+-]?)${body}$`).exec(text)?.slice(1);
}

function example(from: string, to: string): string {
  const texts = ['1', '2', '1', '02', '03', '04.5'];
  const units = ORDER.slice(ORDER.indexOf(from), ORDER.indexOf(to) + 1);
  return `'${units.map((u, i) => (i === 0 ? '' : u === 'month' ? '-' : units[i - 1] === 'day' ? ' ' : ':') + texts[ORDER.indexOf(u)]!).join('')}'`;
}

const MOST: Readonly<Record<string, number>> = { month: 11, hour: 23, minute: 59, second: 59.999999999 };

/** Fields after the first stay within their unit. */
function checkField(c: Cursor, number: string, unit: string, index: number, at: Span): void {
  if (index > 0 && Number(number) > MOST[unit]!) {
    throw invalid(c, number, at, `${unit}s from 0 to ${Math.floor(MOST[unit]!)}`);
  }
}
