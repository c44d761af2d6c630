/**
 * The logical types of quern: Spark's, by Spark's names, as plain frozen data.
 */

export type DataType =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'tinyint' }
  | { readonly kind: 'smallint' }
  | { readonly kind: 'int' }
  | { readonly kind: 'bigint' }
  | { readonly kind: 'float' }
  | { readonly kind: 'double' }
  | DecimalType
  | { readonly kind: 'string' }
  | { readonly kind: 'binary' }
  | { readonly kind: 'date' }
  | { readonly kind: 'timestamp' }
  | { readonly kind: 'timestamp_ntz' }
  | DayTimeIntervalType
  | YearMonthIntervalType
  | { readonly kind: 'array'; readonly element: DataType; readonly containsNull: boolean }
  | { readonly kind: 'map'; readonly key: DataType; readonly value: DataType; readonly valueContainsNull: boolean }
  | { readonly kind: 'struct'; readonly fields: readonly Field[] };

export interface DecimalType {
  readonly kind: 'decimal';
  /** 1..38 digits in all. */
  readonly precision: number;
  /** Digits after the point, 0..precision. */
  readonly scale: number;
}

export type DayTimeUnit = 'day' | 'hour' | 'minute' | 'second';
export type YearMonthUnit = 'year' | 'month';

/** Microseconds, an int64. */
export interface DayTimeIntervalType {
  readonly kind: 'day_time_interval';
  readonly from: DayTimeUnit;
  readonly to: DayTimeUnit;
}

/** Months, an int32. */
export interface YearMonthIntervalType {
  readonly kind: 'year_month_interval';
  readonly from: YearMonthUnit;
  readonly to: YearMonthUnit;
}

export type TypeKind = DataType['kind'];
export type TypeOf<K extends TypeKind> = Extract<DataType, { kind: K }>;

/** A named, typed place in a row. */
export interface Field {
  readonly name: string;
  readonly type: DataType;
  readonly nullable: boolean;
}

/** The columns of a DataFrame, in order. Names may repeat, as in SQL. */
export interface Schema {
  readonly fields: readonly Field[];
}

const simple = <K extends TypeKind>(kind: K): TypeOf<K> => Object.freeze({ kind }) as TypeOf<K>;

export const NULL = simple('null');
export const BOOLEAN = simple('boolean');
export const TINYINT = simple('tinyint');
export const SMALLINT = simple('smallint');
export const INT = simple('int');
export const BIGINT = simple('bigint');
export const FLOAT = simple('float');
export const DOUBLE = simple('double');
export const STRING = simple('string');
export const BINARY = simple('binary');
export const DATE = simple('date');
export const TIMESTAMP = simple('timestamp');
export const TIMESTAMP_NTZ = simple('timestamp_ntz');
export const DAY_TIME_INTERVAL = dayTimeInterval('day', 'second');
export const YEAR_MONTH_INTERVAL = yearMonthInterval('year', 'month');

export const MAX_DECIMAL_PRECISION = 38;

export function decimal(precision: number, scale: number): DecimalType {
  return Object.freeze({ kind: 'decimal', precision, scale });
}

export function dayTimeInterval(from: DayTimeUnit, to: DayTimeUnit): DayTimeIntervalType {
  return Object.freeze({ kind: 'day_time_interval', from, to });
}

export function yearMonthInterval(from: YearMonthUnit, to: YearMonthUnit): YearMonthIntervalType {
  return Object.freeze({ kind: 'year_month_interval', from, to });
}

export function array(element: DataType, containsNull = true): TypeOf<'array'> {
  return Object.freeze({ kind: 'array', element, containsNull });
}

export function map(key: DataType, value: DataType, valueContainsNull = true): TypeOf<'map'> {
  return Object.freeze({ kind: 'map', key, value, valueContainsNull });
}

export function struct(fields: readonly Field[]): TypeOf<'struct'> {
  return Object.freeze({ kind: 'struct', fields: Object.freeze([...fields]) });
}

export function field(name: string, type: DataType, nullable = true): Field {
  return Object.freeze({ name, type, nullable });
}

export function schema(fields: readonly Field[]): Schema {
  return Object.freeze({ fields: Object.freeze([...fields]) });
}

function interval(from: string, to: string): string {
  return from === to ? `interval ${from}` : `interval ${from} to ${to}`;
}

/** Spark's simple name of a type, as SQL and `printSchema` write it: `decimal(10,2)`, `interval day to second`. */
export function typeName(type: DataType): string {
  switch (type.kind) {
    case 'null':
      return 'void';
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'day_time_interval':
    case 'year_month_interval':
      return interval(type.from, type.to);
    case 'array':
      return `array<${typeName(type.element)}>`;
    case 'map':
      return `map<${typeName(type.key)},${typeName(type.value)}>`;
    case 'struct':
      return `struct<${type.fields.map((f) => `${f.name}:${typeName(f.type)}`).join(',')}>`;
    default:
      return type.kind;
  }
}

/** Same type; for nested types field names and element types too, nullability aside. */
export function sameType(a: DataType, b: DataType): boolean {
  return a === b || (a.kind === b.kind && typeName(a) === typeName(b));
}

export function isNumeric(type: DataType): boolean {
  return isIntegral(type) || isFractional(type);
}

export function isIntegral(type: DataType): boolean {
  return type.kind === 'tinyint' || type.kind === 'smallint' || type.kind === 'int' || type.kind === 'bigint';
}

export function isFractional(type: DataType): boolean {
  return type.kind === 'float' || type.kind === 'double' || type.kind === 'decimal';
}

export function isInterval(type: DataType): boolean {
  return type.kind === 'day_time_interval' || type.kind === 'year_month_interval';
}
