import * as T from '../core/types/data-type.js';
import type { Cursor } from './cursor.js';
import { closest, errorAt, unsupported } from './errors.js';
import { atName, name } from './names.js';

/** Data types and schemas, as CAST, CREATE and `parseSchema` write them. */

const SIMPLE: ReadonlyMap<string, T.DataType> = new Map<string, T.DataType>([
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
  ['VOID', T.NULL],
  ['NULL', T.NULL],
]);

/** Names other systems use. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['TEXT', 'string'],
  ['BOOL', 'boolean'],
  ['DATETIME', 'timestamp'],
  ['BLOB', 'binary'],
  ['BYTEA', 'binary'],
  ['NUMBER', 'decimal'],
  ['INT2', 'smallint'],
  ['INT4', 'int'],
  ['INT8', 'bigint'],
  ['TIMESTAMPTZ', 'timestamp'],
  ['SIGNED', 'bigint'],
]);

const UNSUPPORTED: ReadonlySet<string> = new Set(['VARIANT', 'TIME', 'GEOMETRY', 'GEOGRAPHY']);
const COMPOUND = ['DECIMAL', 'DEC', 'NUMERIC', 'CHAR', 'CHARACTER', 'VARCHAR', 'INTERVAL', 'ARRAY', 'MAP', 'STRUCT'];
const DAY_TIME: readonly T.DayTimeUnit[] = ['day', 'hour', 'minute', 'second'];
const YEAR_MONTH: readonly T.YearMonthUnit[] = ['year', 'month'];

export function dataType(c: Cursor): T.DataType {
  return c.nested(() => typeHere(c));
}

function typeHere(c: Cursor): T.DataType {
  const { token } = c;
  if (!atName(c)) throw c.error('a data type');
  c.next();
  const upper = token.text.toUpperCase();
  switch (upper) {
    case 'DECIMAL':
    case 'DEC':
    case 'NUMERIC':
      return decimalType(c, token.start);
    case 'CHAR':
    case 'CHARACTER':
    case 'VARCHAR':
      if (c.at('(')) lengths(c, 1);
      return T.STRING;
    case 'STRING':
      if (c.accept('COLLATE')) name(c, 'a collation');
      return T.STRING;
    case 'TIMESTAMP':
      return timestampType(c);
    case 'INTERVAL':
      return intervalType(c);
    case 'ARRAY':
      return arrayType(c);
    case 'MAP':
      return mapType(c);
    case 'STRUCT':
      return structType(c);
    default:
      return SIMPLE.get(upper) ?? noSuchType(c, token.text, token.start, token.end);
  }
}

function noSuchType(c: Cursor, text: string, start: number, end: number): never {
  const upper = text.toUpperCase();
  if (UNSUPPORTED.has(upper)) throw unsupported(c.sql, { start, end }, `The data type ${upper}`);
  const meant = ELSEWHERE.get(upper) ?? closest(text, [...SIMPLE.keys(), ...COMPOUND])?.toLowerCase();
  const message = `There is no data type '${text}'.${meant === undefined ? '' : ` Did you mean ${meant}?`}`;
  throw errorAt(c.sql, { start, end }, 'UNSUPPORTED_DATATYPE', message);
}

/** `(n)`, `(n, m)`: up to `most` whole numbers. */
function lengths(c: Cursor, most: number): number[] {
  const numbers = c.parenthesized(() => {
    const { token } = c;
    if (token.kind !== 'number' || !/^\d+$/.test(token.text)) throw c.error('a whole number');
    c.next();
    return Number(token.text);
  });
  if (numbers.length === 0 || numbers.length > most)
    throw c.error(`${most === 1 ? 'one length' : 'a precision and a scale'} between the parentheses`, c.before);
  return numbers;
}

function decimalType(c: Cursor, start: number): T.DataType {
  if (!c.at('(')) return T.decimal(10, 0);
  const [precision = 10, scale = 0] = lengths(c, 2);
  if (precision < 1 || precision > T.MAX_DECIMAL_PRECISION || scale > precision) {
    const code = scale > precision ? 'DECIMAL_SCALE_EXCEEDS_PRECISION' : 'DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION';
    const message = `decimal(${precision},${scale}) is no decimal type: the precision is 1 to ${T.MAX_DECIMAL_PRECISION}, the scale 0 to the precision.`;
    throw errorAt(c.sql, c.span(start), code, message);
  }
  return T.decimal(precision, scale);
}

function timestampType(c: Cursor): T.DataType {
  if (c.accept('WITHOUT', 'TIME', 'ZONE')) return T.TIMESTAMP_NTZ;
  c.accept('WITH', 'LOCAL', 'TIME', 'ZONE');
  return T.TIMESTAMP;
}

function unit(c: Cursor): string | undefined {
  const lower = c.token.upper.toLowerCase();
  const known = [...DAY_TIME, ...YEAR_MONTH].find((u) => u === lower);
  if (known !== undefined) c.next();
  return known;
}

function intervalType(c: Cursor): T.DataType {
  const from = unit(c);
  if (from === undefined) throw c.error('YEAR, MONTH, DAY, HOUR, MINUTE or SECOND');
  const to = c.accept('TO') ? unit(c) : from;
  const type = to === undefined ? undefined : intervalBetween(from, to);
  if (type === undefined) throw c.error(`a unit that may follow ${from.toUpperCase()} TO`, c.before);
  return type;
}

/** `from TO to`, if the two go together in this order. */
export function intervalBetween(from: string, to: string): T.DataType | undefined {
  const [a, b] = [DAY_TIME.findIndex((u) => u === from), DAY_TIME.findIndex((u) => u === to)];
  if (a !== -1 && b >= a) return T.dayTimeInterval(DAY_TIME[a]!, DAY_TIME[b]!);
  const [x, y] = [YEAR_MONTH.findIndex((u) => u === from), YEAR_MONTH.findIndex((u) => u === to)];
  return x !== -1 && y >= x ? T.yearMonthInterval(YEAR_MONTH[x]!, YEAR_MONTH[y]!) : undefined;
}

function arrayType(c: Cursor): T.DataType {
  c.expect('<');
  const element = dataType(c);
  c.expectGreater();
  return T.array(element);
}

function mapType(c: Cursor): T.DataType {
  c.expect('<');
  const key = dataType(c);
  c.expect(',');
  const value = dataType(c);
  c.expectGreater();
  return T.map(key, value);
}

function structType(c: Cursor): T.DataType {
  if (c.accept('<>')) return T.struct([]);
  c.expect('<');
  if (c.at('>')) {
    c.next();
    return T.struct([]);
  }
  const fields = c.list(() => fieldHere(c));
  c.expectGreater();
  return T.struct(fields);
}

/** `name [:] type [NOT NULL] [COMMENT '…']`. */
function fieldHere(c: Cursor): T.Field {
  const fieldName = name(c, 'a field name');
  c.accept(':');
  const type = dataType(c);
  const nullable = !c.accept('NOT', 'NULL');
  if (c.accept('COMMENT') && c.next().kind !== 'string') throw c.error('a string after COMMENT', c.before);
  return T.field(fieldName, type, nullable);
}

/** `a int, b string NOT NULL`. */
export function schemaFields(c: Cursor): T.Schema {
  return T.schema(c.list(() => fieldHere(c), ''));
}
