import * as T from '../core/types/data-type.js';
import type { Cursor } from './cursor.js';
import * as errors from './errors.js';
import { commaList, name } from './names.js';
import { probablyMeant } from './suggest.js';

/** Data types and schemas in SQL text. */

const SIMPLE: ReadonlyMap<string, T.DataType> = new Map<string, T.DataType>([
  ['VOID', T.NULL],
  ['BOOLEAN', T.BOOLEAN],
  ['TINYINT', T.TINYINT],
  ['BYTE', T.TINYINT],
  ['SMALLINT', T.SMALLINT],
  ['SHORT', T.SMALLINT],
  ['INT', T.INT],
  ['INTEGER', T.INT],
  ['BIGINT', T.BIGINT],
  ['LONG', T.BIGINT],
  ['FLOAT', T.FLOAT],
  ['REAL', T.FLOAT],
  ['DOUBLE', T.DOUBLE],
  ['STRING', T.STRING],
  ['BINARY', T.BINARY],
  ['DATE', T.DATE],
  ['TIMESTAMP', T.TIMESTAMP],
  ['TIMESTAMP_LTZ', T.TIMESTAMP],
  ['TIMESTAMP_NTZ', T.TIMESTAMP_NTZ],
]);

/** Other systems' names of types Spark has. */
const MEANT: ReadonlyMap<string, string> = new Map([
  ['TEXT', 'STRING'],
  ['NVARCHAR', 'STRING'],
  ['BOOL', 'BOOLEAN'],
  ['DATETIME', 'TIMESTAMP'],
  ['TIMESTAMPTZ', 'TIMESTAMP'],
  ['INT2', 'SMALLINT'],
  ['INT4', 'INT'],
  ['INT8', 'BIGINT'],
  ['FLOAT4', 'FLOAT'],
  ['FLOAT8', 'DOUBLE'],
  ['NUMBER', 'DECIMAL'],
  ['BLOB', 'BINARY'],
]);

/** Names of types that quern has no values of yet. */
const UNBUILT: ReadonlySet<string> = new Set(['VARIANT', 'TIME', 'GEOMETRY', 'GEOGRAPHY']);

type TypeRule = (c: Cursor, start: number) => T.DataType;

const RULES: ReadonlyMap<string, TypeRule> = new Map<string, TypeRule>([
  ['DECIMAL', decimalType],
  ['DEC', decimalType],
  ['NUMERIC', decimalType],
  ['CHAR', textType],
  ['CHARACTER', textType],
  ['VARCHAR', textType],
  ['INTERVAL', intervalType],
  ['ARRAY', arrayType],
  ['MAP', mapType],
  ['STRUCT', structType],
]);

const ALL_NAMES: readonly string[] = [...SIMPLE.keys(), ...RULES.keys()];

/** One data type. */
export function dataType(c: Cursor): T.DataType {
  return c.nested(() => {
    const { kind, key, text, start } = c.token;
    if (kind !== 'word') c.fail('a data type');
    const simple = SIMPLE.get(key);
    const rule = RULES.get(key);
    if (simple === undefined && rule === undefined) {
      if (UNBUILT.has(key)) throw errors.notSupported(`The type ${key}`, c.here());
      throw errors.unknownType(text, MEANT.get(key) ?? probablyMeant(text, ALL_NAMES), c.here());
    }
    c.next();
    return simple ?? rule!(c, start);
  });
}

function wholeNumber(c: Cursor): number {
  if (!/^\d{1,9}$/.test(c.token.text) || c.token.kind !== 'number') c.fail('a whole number');
  return Number(c.next().text);
}

const DEFAULT_PRECISION = 10;

function decimalType(c: Cursor, start: number): T.DataType {
  if (!c.at('(')) return T.decimal(DEFAULT_PRECISION, 0);
  const [precision, scale] = c.parenthesized(() => {
    const digits = wholeNumber(c);
    return [digits, c.take(',') ? wholeNumber(c) : 0] as const;
  });
  if (precision > T.MAX_DECIMAL_PRECISION) throw errors.decimalTooLong(precision, c.since(start));
  if (scale > precision) throw errors.decimalScale(precision, scale, c.since(start));
  return T.decimal(precision, scale);
}

/** Lengths of char and varchar are not kept: both are strings, as Spark reads them. */
function textType(c: Cursor): T.DataType {
  c.parenthesized(() => wholeNumber(c));
  return T.STRING;
}

const DAY_TIME: readonly T.DayTimeUnit[] = ['day', 'hour', 'minute', 'second'];
const YEAR_MONTH: readonly T.YearMonthUnit[] = ['year', 'month'];

/** The type of INTERVAL from TO to; undefined when the units do not go together. */
export function intervalTypeOf(from: string, to: string): T.DayTimeIntervalType | T.YearMonthIntervalType | undefined {
  const day = [DAY_TIME.indexOf(from as T.DayTimeUnit), DAY_TIME.indexOf(to as T.DayTimeUnit)] as const;
  if (day[0] >= 0 && day[1] >= day[0]) return T.dayTimeInterval(DAY_TIME[day[0]]!, DAY_TIME[day[1]]!);
  const year = [YEAR_MONTH.indexOf(from as T.YearMonthUnit), YEAR_MONTH.indexOf(to as T.YearMonthUnit)] as const;
  return year[0] >= 0 && year[1] >= year[0] ? T.yearMonthInterval(YEAR_MONTH[year[0]]!, YEAR_MONTH[year[1]]!) : undefined;
}

const isUnit = (word: string): boolean => intervalTypeOf(word, word) !== undefined;

function intervalType(c: Cursor, start: number): T.DataType {
  const from = c.token.key.toLowerCase();
  if (!isUnit(from)) throw errors.notSupported('The type INTERVAL without units', c.since(start));
  c.next();
  const to = c.take('TO') ? c.next().key.toLowerCase() : from;
  const type = intervalTypeOf(from, to);
  if (type === undefined) throw errors.unknownType(`INTERVAL ${from} TO ${to}`.toUpperCase(), undefined, c.since(start));
  return type;
}

function greater(c: Cursor): void {
  if (!c.takeGreater()) c.fail('">"');
}

function arrayType(c: Cursor): T.DataType {
  c.expect('<');
  const element = dataType(c);
  greater(c);
  return T.array(element);
}

function mapType(c: Cursor): T.DataType {
  c.expect('<');
  const key = dataType(c);
  c.expect(',');
  const value = dataType(c);
  greater(c);
  return T.map(key, value);
}

function structType(c: Cursor): T.DataType {
  if (c.take('<>')) return T.struct([]);
  c.expect('<');
  const fields = c.at('>') || c.at('>>') || c.at('>>>') ? [] : commaList(c, () => fieldOf(c));
  greater(c);
  return T.struct(fields);
}

/** `name[:] type [NOT NULL] [COMMENT '…']`. */
function fieldOf(c: Cursor): T.Field {
  const fieldName = name(c, 'the name of a column');
  c.take(':');
  const type = dataType(c);
  const nullable = !c.take('NOT', 'NULL');
  if (c.take('COMMENT') && c.next().kind !== 'string') c.fail('a string');
  return T.field(fieldName, type, nullable);
}

/** The fields of `a int, b string`. */
export function fields(c: Cursor): T.Field[] {
  return commaList(c, () => fieldOf(c));
}
