import {
  BIGINT,
  BOOLEAN,
  DATE,
  DAY_TIME_INTERVAL,
  DOUBLE,
  INT,
  SMALLINT,
  STRING,
  TIMESTAMP,
  TINYINT,
  YEAR_MONTH_INTERVAL,
} from '../../types/data-type.js';
import type { DataType } from '../../types/data-type.js';
import { accepts, type TypeClass } from '../../types/coercion.js';
import type { Bound } from '../bound.js';
import { call, castTo, coerce, literal, strictCall } from '../build.js';
import { scalar, sugar, type CallSite, type FunctionEntry, type Resolver, type ScalarEntry } from './entry.js';
import { arg, arity, coerceArg } from './resolve.js';

const MICROS_PER_DAY = 86_400_000_000n;
const DAYS: TypeClass = [INT, SMALLINT, TINYINT];

/** A whole number out of a date or timestamp. */
function part(name: string, of: DataType, doc: string, example: string, aliases: readonly string[] = []): FunctionEntry {
  return scalar({
    name,
    aliases,
    needsTimeZone: of.kind === 'timestamp',
    signatures: [{ params: [of], returns: INT }],
    doc,
    example,
  });
}

function dated(
  name: string,
  resolve: Resolver,
  doc: string,
  example: string,
  extras: Partial<Pick<ScalarEntry, 'aliases' | 'nulls' | 'raises' | 'needsTimeZone'>> = {},
): FunctionEntry {
  return scalar({ name, resolve, doc, example, ...extras });
}

function moveDays(fn: 'date_add' | 'date_sub'): Resolver {
  return (site) => {
    arity(site, 2);
    return strictCall(fn, [coerceArg(site, 0, DATE), coerce(coerceArg(site, 1, DAYS), INT)], DATE, site.at);
  };
}

const DATE_UNITS = new Set(['year', 'yyyy', 'yy', 'quarter', 'mon', 'month', 'mm', 'week']);
const TIMESTAMP_UNITS = new Set([...DATE_UNITS, 'day', 'dd', 'hour', 'minute', 'second', 'millisecond', 'microsecond']);

/** Whether this is a literal that names no unit: then the result is null, and the other argument is never looked at. */
function namesNoUnit(unit: Bound, units: ReadonlySet<string>): boolean {
  return unit.kind === 'literal' && !(typeof unit.value === 'string' && units.has(unit.value.toLowerCase()));
}

function dateTrunc(site: CallSite): Bound {
  arity(site, 2);
  const unit = coerceArg(site, 0, STRING);
  if (namesNoUnit(unit, TIMESTAMP_UNITS)) {
    coerceArg(site, 1, TIMESTAMP);
    return literal(null, TIMESTAMP, site.at);
  }
  return call('date_trunc', [unit, coerceArg(site, 1, TIMESTAMP)], TIMESTAMP, true, site.at);
}

function trunc(site: CallSite): Bound {
  arity(site, 2);
  const [date, unit] = [coerceArg(site, 0, DATE), coerceArg(site, 1, STRING)];
  if (namesNoUnit(unit, DATE_UNITS)) return literal(null, DATE, site.at);
  return call('trunc', [date, unit], DATE, true, site.at);
}

function monthsBetween(site: CallSite): Bound {
  arity(site, 2, 3);
  const rounded = site.args.length === 3 ? coerceArg(site, 2, BOOLEAN) : literal(true, BOOLEAN);
  return strictCall('months_between', [coerceArg(site, 0, TIMESTAMP), coerceArg(site, 1, TIMESTAMP), rounded], DOUBLE, site.at);
}

/** to_date(x), to_timestamp(x): casts. Formats are read by kernels of their own, later. */
function parsed(type: DataType): Resolver {
  return (site) => {
    arity(site, 1, 2);
    if (site.args.length === 2) {
      throw site.fail.notSupported(`${site.name}() with a format`);
    }
    return castTo(coerceArg(site, 0, type), type, 'ansi', site.at);
  };
}

/** Takes its type as it is, with no cast but that of void. */
function exact(name: string, of: DataType, returns: DataType): Resolver {
  return (site) => {
    arity(site, 1);
    const input = arg(site, 0);
    if (input.type.kind !== 'null' && !accepts(of, input.type)) {
      throw site.fail.unexpectedInputType(0, of);
    }
    return strictCall(name, [coerce(input, of)], returns, site.at);
  };
}

/** Units of timestampadd: microseconds, or months. */
const UNIT_MICROS: ReadonlyMap<string, bigint> = new Map([
  ['microsecond', 1n],
  ['millisecond', 1000n],
  ['second', 1_000_000n],
  ['minute', 60_000_000n],
  ['hour', 3_600_000_000n],
  ['day', MICROS_PER_DAY],
  ['dayofyear', MICROS_PER_DAY],
  ['week', 7n * MICROS_PER_DAY],
]);
const UNIT_MONTHS: ReadonlyMap<string, number> = new Map([
  ['month', 1],
  ['quarter', 3],
  ['year', 12],
]);

function unitOf(site: CallSite): string {
  const unit = String(site.constant(0, 'the unit')).toLowerCase();
  if (!UNIT_MICROS.has(unit) && !UNIT_MONTHS.has(unit)) {
    throw site.fail.invalidDatetimeUnit(unit);
  }
  return unit;
}

/** timestampadd(unit, n, t): t plus n times an interval of one unit. */
function timestampAdd(site: CallSite): Bound {
  arity(site, 3);
  const unit = unitOf(site);
  const count = coerceArg(site, 1, BIGINT);
  const base = coerceArg(site, 2, 'timestamp');
  const micros = UNIT_MICROS.get(unit);
  const one =
    micros === undefined ? literal(UNIT_MONTHS.get(unit) ?? 0, YEAR_MONTH_INTERVAL) : literal(micros, DAY_TIME_INTERVAL);
  const moved = strictCall('interval_multiply', [one, count], one.type, site.at);
  return strictCall(
    micros === undefined ? 'timestamp_plus_year_month' : 'timestamp_plus_day_time',
    [base, moved],
    base.type,
    site.at,
  );
}

function timestampDiff(site: CallSite): Bound {
  arity(site, 3);
  const unit = unitOf(site);
  return strictCall(
    'timestampdiff',
    [literal(unit, STRING), coerceArg(site, 1, TIMESTAMP), coerceArg(site, 2, TIMESTAMP)],
    BIGINT,
    site.at,
  );
}

function today(site: CallSite): Bound {
  arity(site, 0);
  const now = site.now();
  const ofDay = ((now % MICROS_PER_DAY) + MICROS_PER_DAY) % MICROS_PER_DAY;
  return literal(Number((now - ofDay) / MICROS_PER_DAY), DATE, site.at);
}

function now(site: CallSite): Bound {
  arity(site, 0);
  return literal(site.now(), TIMESTAMP, site.at);
}

export const DATETIME: readonly FunctionEntry[] = [
  part('year', DATE, 'The year.', "year(date'2024-02-29') → 2024"),
  part('quarter', DATE, 'The quarter, 1 to 4.', "quarter(date'2024-02-29') → 1"),
  part('month', DATE, 'The month, 1 to 12.', "month(date'2024-02-29') → 2"),
  part('day', DATE, 'The day of the month.', "day(date'2024-02-29') → 29", ['dayofmonth']),
  part('dayofweek', DATE, 'The day of the week: 1 is Sunday.', "dayofweek(date'2024-02-29') → 5"),
  part('weekday', DATE, 'The day of the week: 0 is Monday.', "weekday(date'2024-02-29') → 3"),
  part('dayofyear', DATE, 'The day of the year.', "dayofyear(date'2024-02-29') → 60"),
  part('weekofyear', DATE, 'The ISO week.', "weekofyear(date'2024-02-29') → 9"),
  part('hour', TIMESTAMP, 'The hour.', "hour(timestamp'2024-02-29 12:34:56') → 12"),
  part('minute', TIMESTAMP, 'The minute.', "minute(timestamp'2024-02-29 12:34:56') → 34"),
  part('second', TIMESTAMP, 'The second, without its fraction.', "second(timestamp'2024-02-29 12:34:56') → 56"),
  dated(
    'date_trunc',
    dateTrunc,
    'The start of the unit the timestamp is in; null for an unknown unit.',
    "date_trunc('month', timestamp'2024-02-29 12:00:00') → 2024-02-01 00:00:00",
    { nulls: 'custom', needsTimeZone: true },
  ),
  dated(
    'trunc',
    trunc,
    'The start of the year, quarter, month or week; null for other units.',
    "trunc(date'2024-02-29', 'year') → 2024-01-01",
    { nulls: 'custom' },
  ),
  dated('date_add', moveDays('date_add'), 'So many days later.', "date_add(date'2024-02-29', 1) → 2024-03-01", {
    aliases: ['dateadd'],
  }),
  dated('date_sub', moveDays('date_sub'), 'So many days earlier.', "date_sub(date'2024-02-29', 1) → 2024-02-28"),
  scalar({
    name: 'date_diff',
    aliases: ['datediff'],
    signatures: [{ params: [DATE, DATE], returns: INT }],
    doc: 'Days from the second to the first.',
    example: "datediff(date'2024-03-01', date'2024-02-29') → 1",
  }),
  scalar({
    name: 'add_months',
    signatures: [{ params: [DATE, INT], returns: DATE }],
    doc: 'So many months later, at most the last day of the month.',
    example: "add_months(date'2024-01-31', 1) → 2024-02-29",
  }),
  scalar({
    name: 'last_day',
    signatures: [{ params: [DATE], returns: DATE }],
    doc: 'The last day of the month.',
    example: "last_day(date'2024-02-01') → 2024-02-29",
  }),
  scalar({
    name: 'next_day',
    raises: 'ansi',
    signatures: [{ params: [DATE, STRING], returns: DATE }],
    doc: 'The next such day of the week.',
    example: "next_day(date'2024-02-29', 'MO') → 2024-03-04",
  }),
  dated(
    'months_between',
    monthsBetween,
    'Months from the second to the first, 31 days a month for the rest.',
    "months_between(date'2024-03-01', date'2024-02-01') → 1.0",
    { needsTimeZone: true },
  ),
  scalar({
    name: 'make_date',
    raises: 'ansi',
    signatures: [{ params: [INT, INT, INT], returns: DATE }],
    doc: 'The date of a year, month and day.',
    example: 'make_date(2024, 2, 29) → 2024-02-29',
  }),
  dated('unix_date', exact('unix_date', DATE, INT), 'Days since 1970-01-01.', "unix_date(date'1970-01-02') → 1"),
  dated(
    'timestampdiff',
    timestampDiff,
    'Whole units from the second to the third.',
    "timestampdiff(DAY, timestamp'2024-01-01', timestamp'2024-01-03') → 2",
    { needsTimeZone: true },
  ),
  sugar({
    name: 'timestampadd',
    resolve: timestampAdd,
    doc: 'So many units later.',
    example: "timestampadd(HOUR, 1, timestamp'2024-01-01') → 2024-01-01 01:00:00",
  }),
  sugar({
    name: 'to_date',
    resolve: parsed(DATE),
    doc: 'The date of a text or timestamp.',
    example: "to_date('2024-02-29') → 2024-02-29",
  }),
  sugar({
    name: 'to_timestamp',
    resolve: parsed(TIMESTAMP),
    doc: 'The timestamp of a text or date.',
    example: "to_timestamp('2024-02-29') → 2024-02-29 00:00:00",
  }),
  sugar({
    name: 'current_date',
    aliases: ['curdate'],
    resolve: today,
    doc: 'The day the query was analyzed.',
    example: 'current_date() → 2024-02-29',
  }),
  sugar({
    name: 'current_timestamp',
    aliases: ['now'],
    resolve: now,
    doc: 'The moment the query was analyzed.',
    example: 'now() → 2024-02-29 12:34:56',
  }),
];
