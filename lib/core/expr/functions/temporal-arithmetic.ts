import { implicitCast, tightestCommonType, type TypeClass } from '../../types/coercion.js';
import {
  BIGINT,
  DATE,
  DAY_TIME_INTERVAL,
  DOUBLE,
  INT,
  SMALLINT,
  TIMESTAMP,
  TINYINT,
  YEAR_MONTH_INTERVAL,
  dayTimeInterval,
  isInterval,
  isNumeric,
  type DataType,
} from '../../types/data-type.js';
import type { Bound } from '../bound.js';
import { call, coerce, literal, strictCall } from '../build.js';
import type { CallSite } from './entry.js';
import { arg } from './resolve.js';

/** Arithmetic with dates, timestamps and intervals: which function an operator means. `undefined`: ordinary numbers. */

const MICROS_PER_DAY = 86_400_000_000n;
const DAYS: TypeClass = [INT, SMALLINT, TINYINT];

type Operator = 'add' | 'subtract' | 'multiply' | 'divide';

const isTimestamp = (type: DataType): boolean => type.kind === 'timestamp' || type.kind === 'timestamp_ntz';
const isDays = (type: DataType): boolean => type.kind === 'day_time_interval' && type.from === 'day' && type.to === 'day';

/** The whole days of an `interval day`. */
function daysOf(interval: Bound): Bound {
  if (interval.kind === 'literal' && interval.value !== null) {
    return literal(Number(BigInt(interval.value as bigint) / MICROS_PER_DAY), INT, interval.at);
  }
  return strictCall('days_of_interval', [interval], INT, interval.at);
}

/** The months of a year-month interval. */
function monthsOf(interval: Bound): Bound {
  if (interval.kind === 'literal' && interval.value !== null) {
    return literal(Number(interval.value), INT, interval.at);
  }
  return strictCall('months_of_interval', [interval], INT, interval.at);
}

const negated = (input: Bound): Bound => strictCall('negative', [input], input.type, input.at);

function negatedCount(count: Bound): Bound {
  return count.kind === 'literal' && typeof count.value === 'number'
    ? literal(-count.value, count.type, count.at)
    : negated(count);
}

/** Null beside an interval is an interval. */
function nullAsInterval(left: Bound, right: Bound): readonly [Bound, Bound] {
  if (left.type.kind === 'null' && isInterval(right.type)) {
    return [coerce(left, right.type), right];
  }
  return right.type.kind === 'null' && isInterval(left.type) ? [left, coerce(right, left.type)] : [left, right];
}

/** `base ± interval` where one side is no interval. */
function moved(site: CallSite, base: Bound, interval: Bound, minus: boolean): Bound | undefined {
  const sign = minus ? 'minus' : 'plus';
  if (interval.type.kind === 'year_month_interval') {
    if (base.type.kind === 'date') {
      const months = monthsOf(interval);
      return strictCall('add_months', [base, minus ? negatedCount(months) : months], DATE, site.at);
    }
    return isTimestamp(base.type) ? strictCall(`timestamp_${sign}_year_month`, [base, interval], base.type, site.at) : undefined;
  }
  if (base.type.kind === 'date') {
    if (isDays(interval.type)) {
      return strictCall(minus ? 'date_sub' : 'date_add', [base, daysOf(interval)], DATE, site.at);
    }
    return strictCall(`timestamp_${sign}_day_time`, [coerce(base, TIMESTAMP), interval], TIMESTAMP, site.at);
  }
  const type = implicitCast(base.type, 'timestamp');
  if (type === undefined) {
    return undefined;
  }
  const result = strictCall(`timestamp_${sign}_day_time`, [coerce(base, type), interval], type, site.at);
  return coerce(result, base.type.kind === 'null' ? type : base.type, site.at);
}

function movedByDays(site: CallSite, base: Bound, days: Bound, fn: 'date_add' | 'date_sub', daysIndex: number): Bound {
  const type = days.type.kind === 'null' ? INT : days.type;
  if (type.kind !== 'int' && type.kind !== 'smallint' && type.kind !== 'tinyint') {
    throw site.fail.unexpectedInputType(daysIndex, DAYS);
  }
  return strictCall(fn, [base, coerce(days, INT)], DATE, site.at);
}

function add(site: CallSite, left: Bound, right: Bound): Bound | undefined {
  if (isInterval(left.type) && isInterval(right.type)) {
    return undefined;
  }
  if (isInterval(right.type)) {
    return moved(site, left, right, false);
  }
  if (isInterval(left.type)) {
    return moved(site, right, left, false);
  }
  if (left.type.kind === 'date' && right.type.kind !== 'string') {
    return movedByDays(site, left, right, 'date_add', 1);
  }
  return right.type.kind === 'date' && left.type.kind !== 'string' ? movedByDays(site, right, left, 'date_add', 1) : undefined;
}

function subtract(site: CallSite, left: Bound, right: Bound): Bound | undefined {
  if (isInterval(left.type) && isInterval(right.type)) {
    return undefined;
  }
  if (isInterval(right.type)) {
    return moved(site, left, right, true);
  }
  if (isTimestamp(left.type) || isTimestamp(right.type)) {
    return difference(site, left, right, 'timestamp_diff', TIMESTAMP, DAY_TIME_INTERVAL);
  }
  if (right.type.kind === 'date' || (left.type.kind === 'date' && right.type.kind === 'string')) {
    return difference(site, left, right, 'date_minus_date', DATE, dayTimeInterval('day', 'day'));
  }
  return left.type.kind === 'date' ? movedByDays(site, left, right, 'date_sub', 1) : undefined;
}

function difference(site: CallSite, left: Bound, right: Bound, fn: string, operand: DataType, type: DataType): Bound {
  for (const [index, input] of [left, right].entries()) {
    if (implicitCast(input.type, operand) === undefined) {
      throw site.fail.unexpectedInputType(index, operand);
    }
  }
  return strictCall(fn, [coerce(left, operand), coerce(right, operand)], type, site.at);
}

/** The full-width interval of a family: what multiplying and dividing gives. */
function wholeInterval(type: DataType): DataType {
  return type.kind === 'day_time_interval' ? DAY_TIME_INTERVAL : YEAR_MONTH_INTERVAL;
}

function scaled(site: CallSite, interval: Bound, factor: Bound, fn: string, factorIndex: number): Bound {
  const type = implicitCast(factor.type, 'numeric');
  if (type === undefined) {
    throw site.fail.unexpectedInputType(factorIndex, 'numeric');
  }
  const number =
    type.kind === 'decimal'
      ? coerce(factor, type)
      : coerce(factor, type.kind === 'double' || type.kind === 'float' ? DOUBLE : BIGINT);
  const nullable = fn.startsWith('try_') || interval.nullable || number.nullable;
  return call(fn, [interval, number], wholeInterval(interval.type), nullable, site.at);
}

/** The bound call when dates, timestamps or intervals take part in an operator. */
export function resolveTemporal(operator: Operator, site: CallSite, tried: boolean): Bound | undefined {
  const [left, right] = nullAsInterval(arg(site, 0), arg(site, 1));
  const prefix = tried ? 'try_' : '';
  switch (operator) {
    case 'add':
      return isInterval(left.type) && isInterval(right.type)
        ? intervals(site, left, right, `${prefix}interval_add`)
        : add(site, left, right);
    case 'subtract':
      return isInterval(left.type) && isInterval(right.type)
        ? intervals(site, left, right, `${prefix}interval_subtract`)
        : subtract(site, left, right);
    case 'multiply':
      if (isInterval(left.type) && (isNumeric(right.type) || right.type.kind === 'string' || right.type.kind === 'null')) {
        return scaled(site, left, right, `${prefix}interval_multiply`, 1);
      }
      return isInterval(right.type) && !isInterval(left.type)
        ? scaled(site, right, left, `${prefix}interval_multiply`, 0)
        : undefined;
    case 'divide':
      return isInterval(left.type) && !isInterval(right.type)
        ? scaled(site, left, right, `${prefix}interval_divide`, 1)
        : undefined;
  }
}

function intervals(site: CallSite, left: Bound, right: Bound, fn: string): Bound | undefined {
  if (left.type.kind !== right.type.kind) {
    throw site.fail.binaryOpDiffTypes(left.type, right.type);
  }
  const type = tightestCommonType(left.type, right.type) ?? left.type;
  const nullable = fn.startsWith('try_') || left.nullable || right.nullable;
  return call(fn, [coerce(left, type), coerce(right, type)], type, nullable, site.at);
}
