import { parseExpression } from '../sql/index.js';
import { Column, columnExpr, exprOf, literalOf, type ColumnOrValue } from './column.js';

/** A column argument of a function: a Column, or the name of one. */
export type ColumnOrName = Column | string;

function columnOf(value: ColumnOrName): Column {
  return typeof value === 'string' ? col(value) : value;
}

/**
 * A column by name: `a`, `t.a`, `` `odd.name` ``.
 * @example col('amount').gt(10)
 */
export function col(name: string): Column {
  return new Column(columnExpr(name));
}

/**
 * A literal value.
 * @example lit(1.5)
 */
export function lit(value: string | number | bigint | boolean | Date | null): Column {
  return new Column(literalOf(value));
}

/**
 * An expression written in SQL.
 * @throws QueryError with line, column and caret where the text is no expression.
 * @example expr("upper(name) || '!'")
 */
export function expr(sql: string): Column {
  return new Column(parseExpression(sql));
}

/**
 * The value where the condition is true; go on with `.when(…)` and `.otherwise(…)`.
 * @example when(col('n').gt(0), 'plus').otherwise('minus')
 */
export function when(condition: Column, value: ColumnOrValue): Column {
  return new Column(Object.freeze({ kind: 'case', branches: [{ when: condition.expr, then: exprOf(value) }] }));
}

/**
 * Any function of the catalogue by its Spark name. Strings are values here; use {@link col} for columns.
 * @example call('date_trunc', 'month', col('day'))
 */
export function call(name: string, ...args: readonly ColumnOrValue[]): Column {
  return new Column(Object.freeze({ kind: 'call', name: name.toLowerCase(), args: args.map(exprOf) }));
}

const named =
  (name: string) =>
  (...columns: readonly ColumnOrName[]): Column =>
    call(name, ...columns.map(columnOf));
const one =
  (name: string) =>
  (column: ColumnOrName): Column =>
    call(name, columnOf(column));

function distinctCall(name: string, columns: readonly ColumnOrName[]): Column {
  return new Column(Object.freeze({ kind: 'call', name, args: columns.map((column) => columnOf(column).expr), distinct: true }));
}

/** Rows (`count('*')`), or rows where the column is not null. */
export function count(column: ColumnOrName = '*'): Column {
  return call('count', columnOf(column));
}
/** Different values that are not null. */
export function countDistinct(...columns: readonly ColumnOrName[]): Column {
  return distinctCall('count', columns);
}
/** Sum of the different values. */
export function sumDistinct(column: ColumnOrName): Column {
  return distinctCall('sum', [column]);
}
/** Sum: bigint of integers, double of doubles, a wider decimal of decimals. Integers overflow with ARITHMETIC_OVERFLOW. */
export const sum: (column: ColumnOrName) => Column = one('sum');
/** Smallest value; null of no rows. */
export const min: (column: ColumnOrName) => Column = one('min');
/** Largest value; NaN is the largest double. */
export const max: (column: ColumnOrName) => Column = one('max');
/** Mean. */
export const avg: (column: ColumnOrName) => Column = one('avg');
/** Sample standard deviation. */
export const stddev: (column: ColumnOrName) => Column = one('stddev');
/** Sample variance. */
export const variance: (column: ColumnOrName) => Column = one('variance');
/** Exact median. */
export const median: (column: ColumnOrName) => Column = one('median');
/** About how many different values, within 5 %. */
export const approxCountDistinct: (column: ColumnOrName) => Column = one('approx_count_distinct');
/** The first argument where the second is smallest. */
export function minBy(value: ColumnOrName, by: ColumnOrName): Column {
  return call('min_by', columnOf(value), columnOf(by));
}
/** The first argument where the second is largest. */
export function maxBy(value: ColumnOrName, by: ColumnOrName): Column {
  return call('max_by', columnOf(value), columnOf(by));
}
/** The first value in row order. */
export const first: (column: ColumnOrName) => Column = one('first');

/**
 * An array of these columns, which have one type.
 * @example array(col('a'), col('b'))
 */
export const array: (...columns: readonly ColumnOrName[]) => Column = named('array');
/**
 * A struct of these columns; their names and aliases are those of its fields.
 * @example struct('a', col('b').mul(2).as('twice'))
 */
export const struct: (...columns: readonly ColumnOrName[]) => Column = named('struct');
/**
 * A map of keys and values in turn. NULL_MAP_KEY and DUPLICATED_MAP_KEY where it would be none.
 * @example map(lit('a'), col('a'), lit('b'), col('b'))
 */
export const map: (...columns: readonly ColumnOrName[]) => Column = named('map');
/** How many elements an array has, or entries a map. */
export const size: (column: ColumnOrName) => Column = one('size');
/** The keys of a map, an array. */
export const mapKeys: (column: ColumnOrName) => Column = one('map_keys');
/** The values of a map, an array. */
export const mapValues: (column: ColumnOrName) => Column = one('map_values');
/** The element at a place that counts from 1, or from the end by negative numbers; the value of a key. */
export function elementAt(column: ColumnOrName, place: ColumnOrValue): Column {
  return call('element_at', columnOf(column), place);
}
/** Whether an array holds a value. */
export function arrayContains(column: ColumnOrName, value: ColumnOrValue): Column {
  return call('array_contains', columnOf(column), value);
}
/**
 * A row for each element of an array (column `col`) or entry of a map (`key`, `value`). Stands alone in a select list.
 * @example df.select('id', explode('tags').as('tag'))
 */
export const explode: (column: ColumnOrName) => Column = one('explode');
/** Like {@link explode}, with a row of null where there is nothing. */
export const explodeOuter: (column: ColumnOrName) => Column = one('explode_outer');
/** Like {@link explode}, with the position from 0 in a column before (`pos`). */
export const posexplode: (column: ColumnOrName) => Column = one('posexplode');
/** Like {@link posexplode}, with a row of nulls where there is nothing. */
export const posexplodeOuter: (column: ColumnOrName) => Column = one('posexplode_outer');
/** A row for each struct of an array, its fields as columns. */
export const inline: (column: ColumnOrName) => Column = one('inline');

/** Upper case. */
export const upper: (column: ColumnOrName) => Column = one('upper');
/** Lower case. */
export const lower: (column: ColumnOrName) => Column = one('lower');
/** Characters of a string. */
export const length: (column: ColumnOrName) => Column = one('length');
/** The string without spaces at both ends. */
export const trim: (column: ColumnOrName) => Column = one('trim');
/** Strings one after the other; null where one is null. */
export const concat: (...columns: readonly ColumnOrName[]) => Column = named('concat');
/** The first argument that is not null. */
export const coalesce: (...columns: readonly ColumnOrName[]) => Column = named('coalesce');
/** A part of a string: `position` counts from 1. */
export function substring(column: ColumnOrName, position: number, characters: number): Column {
  return call('substring', columnOf(column), position, characters);
}
/** Absolute value. */
export const abs: (column: ColumnOrName) => Column = one('abs');
/** Square root. */
export const sqrt: (column: ColumnOrName) => Column = one('sqrt');
/** Largest whole number not above. */
export const floor: (column: ColumnOrName) => Column = one('floor');
/** Smallest whole number not below. */
export const ceil: (column: ColumnOrName) => Column = one('ceil');
/** Rounded half up to so many digits after the point. */
export function round(column: ColumnOrName, digits = 0): Column {
  return call('round', columnOf(column), digits);
}
/** The year of a date or timestamp. */
export const year: (column: ColumnOrName) => Column = one('year');
/** The month, 1 to 12. */
export const month: (column: ColumnOrName) => Column = one('month');
/** The day of the month. */
export const day: (column: ColumnOrName) => Column = one('day');
/** The hour, 0 to 23. */
export const hour: (column: ColumnOrName) => Column = one('hour');
/** A timestamp cut to a unit: 'year', 'month', 'day', 'hour', … */
export function dateTrunc(unit: string, column: ColumnOrName): Column {
  return call('date_trunc', unit, columnOf(column));
}
/** Days from the second date to the first. */
export function datediff(end: ColumnOrName, start: ColumnOrName): Column {
  return call('datediff', columnOf(end), columnOf(start));
}
/** The URI of the file that a row was read from; the empty text for rows that are no file's. */
export function inputFileName(): Column {
  return call('input_file_name');
}
/** The partition that a row is in, from 0. */
export function sparkPartitionId(): Column {
  return call('spark_partition_id');
}
