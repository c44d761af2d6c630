import { isInterval, isIntegral, isNumeric, sameType, type DataType, type DayTimeUnit } from './data-type.js';

/** Which casts ANSI mode has, and what to say where it has none. */

/** Why a cast is refused: `conf` ones exist with ANSI mode off, `func` ones have a function instead. */
export type CastRefusal =
  | { readonly kind: 'conf' }
  | { readonly kind: 'func'; readonly functions: string }
  | { readonly kind: 'none' };

const NONE: CastRefusal = { kind: 'none' };
const CONF: CastRefusal = { kind: 'conf' };
const func = (functions: string): CastRefusal => ({ kind: 'func', functions });

const single = (type: DataType): boolean => isInterval(type) && 'from' in type && type.from === type.to;

/** Explicit casts of ANSI mode. */
export function canCast(from: DataType, to: DataType): boolean {
  if (from.kind === 'null' || sameType(from, to)) {
    return true;
  }
  if (to.kind === 'string') {
    return true;
  }
  switch (from.kind) {
    case 'string':
      return !(to.kind === 'array' || to.kind === 'map' || to.kind === 'struct' || to.kind === 'null');
    case 'boolean':
      return isNumeric(to);
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
    case 'decimal':
      return isNumeric(to) || to.kind === 'boolean' || to.kind === 'timestamp' || single(to);
    case 'float':
    case 'double':
      return isNumeric(to) || to.kind === 'boolean' || to.kind === 'timestamp';
    case 'date':
      return to.kind === 'timestamp' || to.kind === 'timestamp_ntz';
    case 'timestamp':
      return isNumeric(to) || to.kind === 'date' || to.kind === 'timestamp_ntz';
    case 'timestamp_ntz':
      return to.kind === 'date' || to.kind === 'timestamp';
    case 'day_time_interval':
    case 'year_month_interval':
      return to.kind === from.kind || isIntegral(to) || to.kind === 'decimal';
    case 'binary':
      return false;
    case 'array':
      return to.kind === 'array' && mayHold(from.containsNull, to.containsNull) && canCast(from.element, to.element);
    case 'map':
      return (
        to.kind === 'map' &&
        mayHold(from.valueContainsNull, to.valueContainsNull) &&
        canCast(from.key, to.key) &&
        canCast(from.value, to.value)
      );
    case 'struct':
      return (
        to.kind === 'struct' &&
        to.fields.length === from.fields.length &&
        from.fields.every((f, i) => {
          const target = to.fields[i] ?? f;
          return mayHold(f.nullable, target.nullable) && canCast(f.type, target.type);
        })
      );
  }
}

/** A place for values that are never null takes none that may be. */
function mayHold(nullable: boolean, targetNullable: boolean): boolean {
  return targetNullable || !nullable;
}

/** For a refused cast. */
export function castRefusal(from: DataType, to: DataType): CastRefusal {
  if (isIntegral(from) && to.kind === 'binary') {
    return CONF;
  }
  if (from.kind === 'boolean' && to.kind === 'timestamp') {
    return CONF;
  }
  if ((from.kind === 'date' || from.kind === 'timestamp') && to.kind === 'boolean') {
    return CONF;
  }
  if (isNumeric(from) && to.kind === 'date') {
    return func('`DATE_FROM_UNIX_DATE`');
  }
  if (from.kind === 'date' && isNumeric(to)) {
    return func('`UNIX_DATE`');
  }
  if (from.kind === 'array' && to.kind === 'string') {
    return func('`CONCAT_WS`');
  }
  return NONE;
}

const DAY_TIME_UNITS: readonly DayTimeUnit[] = ['day', 'hour', 'minute', 'second'];

/** Casts that storing into a column allows, and so implicit casts of arguments: numbers among each other, dates and times, anything to string. */
export function canStoreAssign(from: DataType, to: DataType): boolean {
  if (from.kind === 'null' || sameType(from, to)) {
    return true;
  }
  if (isNumeric(from) && isNumeric(to)) {
    return true;
  }
  if (to.kind === 'string') {
    return from.kind !== 'array' && from.kind !== 'map' && from.kind !== 'struct' && from.kind !== 'binary';
  }
  const datetime = (t: DataType): boolean => t.kind === 'date' || t.kind === 'timestamp' || t.kind === 'timestamp_ntz';
  if (datetime(from) && datetime(to)) {
    return true;
  }
  return isInterval(from) && from.kind === to.kind;
}

/** A cast that can lose nothing and never raises: wider numbers, dates to timestamps, anything to string. */
export function isUpCast(from: DataType, to: DataType): boolean {
  if (from.kind === 'null' || sameType(from, to) || to.kind === 'string') {
    return true;
  }
  const order = ['tinyint', 'smallint', 'int', 'bigint', 'float', 'double'];
  if (order.includes(from.kind) && order.includes(to.kind)) {
    return order.indexOf(from.kind) <= order.indexOf(to.kind);
  }
  if (from.kind === 'decimal' && to.kind === 'decimal') {
    return from.precision - from.scale <= to.precision - to.scale && from.scale <= to.scale;
  }
  if (to.kind === 'decimal' && isIntegral(from)) {
    const digits = { tinyint: 3, smallint: 5, int: 10, bigint: 20 }[from.kind as 'tinyint' | 'smallint' | 'int' | 'bigint'];
    return to.precision - to.scale >= digits;
  }
  if (from.kind === 'decimal') {
    return to.kind === 'double' || to.kind === 'float';
  }
  if (from.kind === 'day_time_interval' && to.kind === 'day_time_interval') {
    return DAY_TIME_UNITS.indexOf(from.to) <= DAY_TIME_UNITS.indexOf(to.to);
  }
  return from.kind === 'date' && (to.kind === 'timestamp' || to.kind === 'timestamp_ntz');
}
