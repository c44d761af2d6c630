import {
  DOUBLE,
  BIGINT,
  NULL,
  TIMESTAMP,
  array,
  dayTimeInterval,
  isIntegral,
  isNumeric,
  isInterval,
  map,
  sameType,
  struct,
  yearMonthInterval,
  field,
  DAY_TIME_INTERVAL,
  INT,
  YEAR_MONTH_INTERVAL,
  type DataType,
  type DayTimeIntervalType,
  type DayTimeUnit,
  type TypeKind,
  type YearMonthIntervalType,
  type YearMonthUnit,
} from './data-type.js';
import { DECIMAL_SYSTEM, decimalForType, widerDecimal } from './decimal.js';
import { canStoreAssign } from './cast-rules.js';

/** Spark's ANSI type coercion: which type two types meet in, and what an argument may silently become. */

const NUMERIC_PRECEDENCE: readonly TypeKind[] = ['tinyint', 'smallint', 'int', 'bigint', 'float', 'double'];
const DATETIME_PRECEDENCE: readonly TypeKind[] = ['date', 'timestamp_ntz', 'timestamp'];
const DAY_TIME_UNITS: readonly DayTimeUnit[] = ['day', 'hour', 'minute', 'second'];
const YEAR_MONTH_UNITS: readonly YearMonthUnit[] = ['year', 'month'];

function widerDayTime(a: DayTimeIntervalType, b: DayTimeIntervalType): DayTimeIntervalType {
  const from = Math.min(DAY_TIME_UNITS.indexOf(a.from), DAY_TIME_UNITS.indexOf(b.from));
  const to = Math.max(DAY_TIME_UNITS.indexOf(a.to), DAY_TIME_UNITS.indexOf(b.to));
  return dayTimeInterval(DAY_TIME_UNITS[from] ?? 'day', DAY_TIME_UNITS[to] ?? 'second');
}

function widerYearMonth(a: YearMonthIntervalType, b: YearMonthIntervalType): YearMonthIntervalType {
  const from = Math.min(YEAR_MONTH_UNITS.indexOf(a.from), YEAR_MONTH_UNITS.indexOf(b.from));
  const to = Math.max(YEAR_MONTH_UNITS.indexOf(a.to), YEAR_MONTH_UNITS.indexOf(b.to));
  return yearMonthInterval(YEAR_MONTH_UNITS[from] ?? 'year', YEAR_MONTH_UNITS[to] ?? 'month');
}

type Meet = (a: DataType, b: DataType) => DataType | undefined;

/** Element, key, value and field types meet one by one. */
function nestedType(a: DataType, b: DataType, meet: Meet): DataType | undefined {
  if (a.kind === 'array' && b.kind === 'array') {
    const element = meet(a.element, b.element);
    return element === undefined ? undefined : array(element, a.containsNull || b.containsNull);
  }
  if (a.kind === 'map' && b.kind === 'map') {
    const key = meet(a.key, b.key);
    const value = meet(a.value, b.value);
    return key === undefined || value === undefined ? undefined : map(key, value, a.valueContainsNull || b.valueContainsNull);
  }
  if (a.kind === 'struct' && b.kind === 'struct' && a.fields.length === b.fields.length) {
    const fields = [];
    for (const [i, left] of a.fields.entries()) {
      const right = b.fields[i];
      const type =
        right === undefined || right.name.toLowerCase() !== left.name.toLowerCase() ? undefined : meet(left.type, right.type);
      if (type === undefined || right === undefined) {
        return undefined;
      }
      fields.push(field(left.name, type, left.nullable || right.nullable));
    }
    return struct(fields);
  }
  return undefined;
}

/** The type both fit in without loss and without a string changing its nature. Two different decimals have none here. */
export function tightestCommonType(a: DataType, b: DataType): DataType | undefined {
  if (sameType(a, b)) {
    // Alike but for what may be null inside: null may be where it may be on either side.
    return a === b ? a : (nestedType(a, b, tightestCommonType) ?? a);
  }
  if (a.kind === 'null') {
    return b;
  }
  if (b.kind === 'null') {
    return a;
  }
  if (isNumeric(a) && isNumeric(b)) {
    if (a.kind === 'decimal' || b.kind === 'decimal') {
      return integralInsideDecimal(a, b) ?? integralInsideDecimal(b, a);
    }
    const wider = NUMERIC_PRECEDENCE.indexOf(a.kind) > NUMERIC_PRECEDENCE.indexOf(b.kind) ? a : b;
    return wider.kind === 'float' ? DOUBLE : wider;
  }
  if (DATETIME_PRECEDENCE.includes(a.kind) && DATETIME_PRECEDENCE.includes(b.kind)) {
    return DATETIME_PRECEDENCE.indexOf(a.kind) > DATETIME_PRECEDENCE.indexOf(b.kind) ? a : b;
  }
  if (a.kind === 'day_time_interval' && b.kind === 'day_time_interval') {
    return widerDayTime(a, b);
  }
  if (a.kind === 'year_month_interval' && b.kind === 'year_month_interval') {
    return widerYearMonth(a, b);
  }
  return nestedType(a, b, tightestCommonType);
}

function integralInsideDecimal(a: DataType, b: DataType): DataType | undefined {
  const digits = isIntegral(a) ? decimalForType(a) : undefined;
  return b.kind === 'decimal' && digits !== undefined && b.precision - b.scale >= digits.precision ? b : undefined;
}

/** The decimal that holds all digits of both, as far as 38 go; double where one is a float already. */
export function decimalCommonType(a: DataType, b: DataType): DataType | undefined {
  if (!isNumeric(a) || !isNumeric(b)) {
    return undefined;
  }
  if (a.kind === 'float' || a.kind === 'double' || b.kind === 'float' || b.kind === 'double') {
    return DOUBLE;
  }
  const left = decimalForType(a);
  const right = decimalForType(b);
  return left === undefined || right === undefined ? undefined : widerDecimal(left, right);
}

/** What a string and another type meet in: the other type; integers as bigint, other numbers as double. Intervals are too many to guess. */
export function stringPromotion(a: DataType, b: DataType): DataType | undefined {
  if (b.kind === 'string' && a.kind !== 'string') {
    return stringPromotion(b, a);
  }
  if (a.kind !== 'string' || b.kind === 'string') {
    return undefined;
  }
  if (isIntegral(b)) {
    return BIGINT;
  }
  if (isNumeric(b)) {
    return DOUBLE;
  }
  if (b.kind === 'null') {
    return a;
  }
  const nested = b.kind === 'array' || b.kind === 'map' || b.kind === 'struct';
  return isInterval(b) || nested ? undefined : b;
}

/** CASE, coalesce, IN, greatest, VALUES, UNION: the type two values meet in. */
export function widerType(a: DataType, b: DataType): DataType | undefined {
  return tightestCommonType(a, b) ?? decimalCommonType(a, b) ?? stringPromotion(a, b) ?? nestedType(a, b, widerType);
}

/** The type all meet in: strings first, then the others in order. */
export function widerTypeOf(types: readonly DataType[]): DataType | undefined {
  const strings = types.filter((t) => t.kind === 'string');
  const others = types.filter((t) => t.kind !== 'string');
  let common: DataType | undefined = NULL;
  for (const type of [...strings, ...others]) {
    if (common === undefined) {
      return undefined;
    }
    common = widerType(common, type);
  }
  return common;
}

/** What an argument place accepts: one type, a family of types, or several of these in order of preference. */
export type TypeClass = DataType | TypeFamily | readonly TypeClass[];
export type TypeFamily =
  | 'any'
  | 'ordered'
  | 'numeric'
  | 'integral'
  | 'decimal'
  | 'timestamp'
  | 'day_time_interval'
  | 'year_month_interval'
  | 'array'
  | 'map';

const FAMILY_DEFAULT: { readonly [F in TypeFamily]: DataType } = {
  any: NULL,
  ordered: NULL,
  numeric: DOUBLE,
  integral: INT,
  decimal: DECIMAL_SYSTEM,
  timestamp: TIMESTAMP,
  day_time_interval: DAY_TIME_INTERVAL,
  year_month_interval: YEAR_MONTH_INTERVAL,
  array: array(NULL),
  map: map(NULL, NULL),
};

const FAMILY_NAME: { readonly [F in TypeFamily]: string } = {
  any: 'ANY',
  ordered: 'ORDERED',
  numeric: 'NUMERIC',
  integral: 'INTEGRAL',
  decimal: 'DECIMAL',
  timestamp: '(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)',
  day_time_interval: 'INTERVAL DAY TO SECOND',
  year_month_interval: 'INTERVAL YEAR TO MONTH',
  array: 'ARRAY',
  map: 'MAP',
};

function isFamily(wanted: TypeClass): wanted is TypeFamily {
  return typeof wanted === 'string';
}

function isList(wanted: TypeClass): wanted is readonly TypeClass[] {
  return Array.isArray(wanted);
}

/** Whether a value of `type` goes in as it is. */
export function accepts(wanted: TypeClass, type: DataType): boolean {
  if (isList(wanted)) {
    return wanted.some((w) => accepts(w, type));
  }
  if (!isFamily(wanted)) {
    return sameType(wanted, type);
  }
  switch (wanted) {
    case 'any':
      return true;
    case 'ordered':
      return type.kind !== 'map';
    case 'numeric':
      return isNumeric(type);
    case 'integral':
      return isIntegral(type);
    case 'timestamp':
      return type.kind === 'timestamp' || type.kind === 'timestamp_ntz';
    default:
      return type.kind === wanted;
  }
}

function defaultOf(wanted: TypeClass): DataType {
  if (isList(wanted)) {
    return wanted[0] === undefined ? NULL : defaultOf(wanted[0]);
  }
  return isFamily(wanted) ? FAMILY_DEFAULT[wanted] : wanted;
}

/** The type an argument of `type` is silently cast to; itself when it goes in as it is; `undefined` when it cannot. */
export function implicitCast(type: DataType, wanted: TypeClass): DataType | undefined {
  if (accepts(wanted, type)) {
    return type;
  }
  if (type.kind === 'null') {
    return defaultOf(wanted);
  }
  if (isList(wanted)) {
    return closestType(type, wanted);
  }
  if (isFamily(wanted)) {
    return familyCast(type, wanted);
  }
  if ((type.kind === 'float' || type.kind === 'double' || type.kind === 'decimal') && isIntegral(wanted)) {
    return undefined;
  }
  const nested = wanted.kind === 'array' || wanted.kind === 'map' || wanted.kind === 'struct';
  if (type.kind === 'string' && !nested && !isInterval(wanted)) {
    return wanted;
  }
  return canStoreAssign(type, wanted) ? wanted : undefined;
}

function familyCast(type: DataType, family: TypeFamily): DataType | undefined {
  if (family === 'decimal') {
    return type.kind === 'string' ? DECIMAL_SYSTEM : decimalForType(type);
  }
  if (family === 'numeric' && type.kind === 'string') {
    return DOUBLE;
  }
  if (family === 'timestamp' && (type.kind === 'string' || type.kind === 'date')) {
    return TIMESTAMP;
  }
  return undefined;
}

/** Of several types it can become, the first that can become all the others. */
function closestType(type: DataType, wanted: readonly TypeClass[]): DataType | undefined {
  const reachable = wanted.map((w) => implicitCast(type, w)).filter((t) => t !== undefined);
  const closest = reachable.find((from) => reachable.every((to) => implicitCast(from, to) !== undefined));
  return closest?.kind === 'float' && reachable.some((t) => t.kind === 'double') ? DOUBLE : closest;
}

/** As Spark prints a wanted type: `"NUMERIC"`, `("STRING" or "BINARY")`. */
export function typeClassName(wanted: TypeClass, nameOf: (type: DataType) => string): string {
  if (isList(wanted)) {
    return `(${wanted.map((w) => typeClassName(w, nameOf)).join(' or ')})`;
  }
  return isFamily(wanted) ? `"${FAMILY_NAME[wanted]}"` : `"${nameOf(wanted)}"`;
}
