import type { Expr, Span } from '../core/expr/expr.js';
import { DATE, INT, TIMESTAMP, TIMESTAMP_NTZ, type DataType } from '../core/types/data-type.js';
import * as errors from './errors.js';
import { call, expr, literal } from './nodes.js';

/** DATE '…', TIMESTAMP '…', TIMESTAMP_NTZ '…': the texts Spark takes, in the time zone UTC where none is written. */

const MICROS_PER_SECOND = 1_000_000n;
const MICROS_PER_DAY = 86_400n * MICROS_PER_SECOND;

/** Days from 1970-01-01; undefined for a day that no month has. Proleptic Gregorian, any year. */
function daysFromCivil(year: number, month: number, day: number): number | undefined {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  if (month < 1 || month > 12 || day < 1 || day > lengths[month - 1]!) return undefined;
  // Years begin in March, so that the leap day is the last one.
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
}

const DATE_TEXT = /^([+-]?\d{4,7})(?:-(\d{1,2})(?:-(\d{1,2})(?:[T ].*)?)?)?$/s;

/** Days of a date's text. */
function dateDays(written: string): number | undefined {
  const match = DATE_TEXT.exec(written);
  return match === null ? undefined : daysFromCivil(Number(match[1]), Number(match[2] ?? 1), Number(match[3] ?? 1));
}

const TIMESTAMP_TEXT =
  /^([+-]?\d{4,6})(?:-(\d{1,2})(?:-(\d{1,2})(?:[T ](?:(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d{0,9}))?)?)?)?\s*([A-Za-z+-].*)?)?)?)?$/;

/** Microseconds as if in UTC, and the zone's text. */
function timestampParts(written: string): { readonly micros: bigint; readonly zone: string | undefined } | undefined {
  const match = TIMESTAMP_TEXT.exec(written);
  if (match === null) return undefined;
  const [, year, month = 1, day = 1, hour = 0, minute = 0, second = 0, fraction = '', zone] = match;
  const days = daysFromCivil(Number(year), Number(month), Number(day));
  if (days === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const seconds = BigInt(Number(hour) * 3600 + Number(minute) * 60 + Number(second));
  const micros = BigInt(fraction.padEnd(6, '0').slice(0, 6));
  return { micros: BigInt(days) * MICROS_PER_DAY + seconds * MICROS_PER_SECOND + micros, zone };
}

const OFFSET = /^(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{2}))?(?::?(\d{2}))?$/;
const OFFSET_MAX_SECONDS = 18 * 3600;

/** How far a zone is ahead of UTC, in seconds; `micros` is the time on its own clocks. */
function zoneSeconds(zone: string, micros: bigint): number | undefined {
  if (/^(Z|UTC|GMT|UT)$/.test(zone)) return 0;
  const match = OFFSET.exec(zone);
  if (match === null) return /^[A-Za-z]+[A-Za-z_/+\-0-9]*$/.test(zone) ? regionSeconds(zone, micros) : undefined;
  const [, sign, hours, minutes = 0, seconds = 0] = match;
  const offset = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  if (offset > OFFSET_MAX_SECONDS || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  return sign === '-' ? -offset : offset;
}

/** A region's offset at a local time: the zone rules Node has. */
function regionSeconds(zone: string, localMicros: bigint): number | undefined {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  } catch {
    return undefined;
  }
  const local = Number(localMicros / 1000n);
  if (!Number.isFinite(new Date(local).getTime())) return undefined;
  const offsetAt = (millis: number): number => {
    const text = format.formatToParts(millis).find((part) => part.type === 'timeZoneName')!.value;
    return text === 'GMT' ? 0 : (zoneSeconds(text, 0n) ?? 0);
  };
  // Of a time that clocks show twice, the earlier one.
  return offsetAt(local - offsetAt(local - 86_400_000) * 1000);
}

const INT64_MAX = (1n << 63n) - 1n;

function timestampMicros(written: string, withZone: boolean): bigint | undefined {
  const parts = timestampParts(written);
  if (parts === undefined) return undefined;
  const ahead = parts.zone === undefined ? 0 : zoneSeconds(parts.zone.trim(), parts.micros);
  if (ahead === undefined) return undefined;
  const micros = withZone ? parts.micros - BigInt(ahead) * MICROS_PER_SECOND : parts.micros;
  return micros > INT64_MAX || micros < -INT64_MAX - 1n ? undefined : micros;
}

/** Days before or after today, by the word for it. */
const DAY_WORDS: ReadonlyMap<string, number> = new Map([
  ['yesterday', -1],
  ['today', 0],
  ['now', 0],
  ['tomorrow', 1],
]);

function dayWord(shift: number, at: Span): Expr {
  const today = call('current_date', [], at);
  return shift === 0 ? today : call('date_add', [today, literal(shift, INT, at)], at);
}

function dateLiteral(written: string, at: Span): Expr | undefined {
  const shift = DAY_WORDS.get(written.toLowerCase());
  if (shift !== undefined) return dayWord(shift, at);
  const days = written.toLowerCase() === 'epoch' ? 0 : dateDays(written);
  return days === undefined ? undefined : literal(days, DATE, at);
}

function timestampLiteral(written: string, type: DataType, at: Span): Expr | undefined {
  const word = written.toLowerCase();
  const cast = (input: Expr): Expr => expr({ kind: 'cast', input, to: type, mode: 'ansi', at });
  if (word === 'now') return type === TIMESTAMP ? call('current_timestamp', [], at) : cast(call('current_timestamp', [], at));
  const shift = DAY_WORDS.get(word);
  if (shift !== undefined) return cast(dayWord(shift, at));
  const micros = word === 'epoch' ? 0n : timestampMicros(written, type === TIMESTAMP);
  return micros === undefined ? undefined : literal(micros, type, at);
}

type LiteralMaker = (written: string, at: Span) => Expr | undefined;

const MAKERS: ReadonlyMap<string, LiteralMaker> = new Map<string, LiteralMaker>([
  ['DATE', dateLiteral],
  ['TIMESTAMP', (written, at) => timestampLiteral(written, TIMESTAMP, at)],
  ['TIMESTAMP_LTZ', (written, at) => timestampLiteral(written, TIMESTAMP, at)],
  ['TIMESTAMP_NTZ', (written, at) => timestampLiteral(written, TIMESTAMP_NTZ, at)],
]);

/** The literal of a type's name and its text; undefined for a type without such literals. */
export function datetimeLiteral(type: string, written: string, sql: string, at: Span): Expr | undefined {
  const maker = MAKERS.get(type);
  if (maker === undefined) return undefined;
  const made = maker(written.trim(), at);
  if (made === undefined) throw errors.invalidTypedLiteral(type, written, { sql, at });
  return made;
}
