import { QueryError } from '../core/errors.js';
import type { Span } from '../core/expr/expr.js';

/** Every error of SQL text, by name. All carry the text and the place, so that the message ends with line, column and a caret. */

/** The text and a place in it. */
export interface Place {
  readonly sql: string;
  readonly at: Span;
}

const error = (code: string, message: string, place: Place): QueryError =>
  new QueryError({ code, message, sql: place.sql, at: place.at });

const quoted = (text: string): string => (text.length > 60 ? `"${text.slice(0, 57)}…"` : `"${text}"`);

const meant = (word: string | undefined): string => (word === undefined ? '' : ` Did you mean ${word}?`);

/** How the text left the grammar. Without `found` it ends too early. */
export interface SyntaxFault {
  readonly found?: string;
  readonly expected?: string;
  readonly suggestion?: string;
  readonly hint?: string;
}

/** The text does not follow the grammar. */
export function syntaxError({ found, expected, suggestion, hint = '' }: SyntaxFault, place: Place): QueryError {
  const wanted = expected === undefined ? '' : `: expected ${expected}`;
  const message =
    found === undefined
      ? `Syntax error: the text ends where ${expected} was expected.`
      : `Syntax error at ${quoted(found)}${wanted}.`;
  return error('PARSE_SYNTAX_ERROR', message + meant(suggestion) + hint, place);
}

export const neverClosed = (bracket: string, place: Place): QueryError =>
  error('PARSE_SYNTAX_ERROR', `This ${bracket} is never closed.`, place);

export const emptyStatement = (sql: string): QueryError =>
  error('PARSE_EMPTY_STATEMENT', 'Syntax error: there is no statement in the text.', { sql, at: { start: 0, end: 0 } });

export const unclosedComment = (place: Place): QueryError =>
  error('UNCLOSED_BRACKETED_COMMENT', 'This comment is never closed. Close it with */.', place);

export const unclosedText = (quote: string, what: string, place: Place): QueryError =>
  error('PARSE_SYNTAX_ERROR', `This ${what} is never closed. Close it with ${quote}.`, place);

export const strayCharacter = (character: string, hint: string, place: Place): QueryError =>
  error('PARSE_SYNTAX_ERROR', `Syntax error: no SQL has the character ${quoted(character)} here.${hint}`, place);

export const notSupported = (what: string, place: Place): QueryError =>
  error('UNSUPPORTED_FEATURE', `${what} is not supported yet.`, place);

/** Tables are files here, which COPY and views stand for. */
export const noTables = (what: string, place: Place): QueryError =>
  error(
    'UNSUPPORTED_FEATURE',
    `${what} is not supported: quern keeps no tables. Write rows to files with COPY (SELECT …) TO 'path', adding to those there with (APPEND), or with df.write; give files a name with CREATE TEMP VIEW.`,
    place,
  );

export const copyOption = (name: string, names: string, place: Place): QueryError =>
  error('INVALID_OPTION', `COPY has no option ${quoted(name)}. Options: ${names}, and those of the format.`, place);

export const copyFrom = (place: Place): QueryError =>
  error(
    'UNSUPPORTED_FEATURE',
    "COPY … FROM is not supported: quern keeps no tables. Read the file where it is, SELECT … FROM 'path', or give it a name with CREATE TEMP VIEW.",
    place,
  );

export const tooDeep = (limit: number, place: Place): QueryError =>
  error(
    'EXPRESSION_TOO_DEEP',
    `The query is nested more than ${limit} levels deep here. Split it with WITH or with temporary views.`,
    place,
  );

export const tooLong = (what: string, limit: number, place: Place): QueryError =>
  error('EXPRESSION_TOO_DEEP', `More than ${limit} ${what} follow each other here. Split the query with temporary views.`, place);

export const invalidTypedLiteral = (type: string, value: string, place: Place): QueryError =>
  error('INVALID_TYPED_LITERAL', `The value of the typed literal ${quoted(type)} is invalid: ${quoted(value)}.`, place);

export const unsupportedTypedLiteral = (type: string, place: Place): QueryError =>
  error(
    'UNSUPPORTED_TYPED_LITERAL',
    `Literals of the type ${quoted(type)} are not supported. Supported: DATE, TIMESTAMP, TIMESTAMP_LTZ, TIMESTAMP_NTZ, INTERVAL and X.`,
    place,
  );

export const numericRange = (text: string, type: string, least: string, most: string, place: Place): QueryError =>
  error('INVALID_NUMERIC_LITERAL_RANGE', `The number ${text} is outside of the range of ${type}: ${least} to ${most}.`, place);

export const decimalTooLong = (precision: number, place: Place): QueryError =>
  error('DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION', `A decimal of ${precision} digits exceeds the most there can be, 38.`, place);

export const decimalScale = (precision: number, scale: number, place: Place): QueryError =>
  error('INVALID_DECIMAL_SCALE', `A decimal of ${precision} digits cannot have ${scale} of them after the point.`, place);

export const unknownType = (name: string, suggestion: string | undefined, place: Place): QueryError =>
  error('UNSUPPORTED_DATATYPE', `There is no data type ${quoted(name)}.${meant(suggestion)}`, place);

export const intervalFormat = (condition: string, text: string, wanted: string, place: Place): QueryError =>
  error(`INVALID_INTERVAL_FORMAT.${condition}`, `The interval ${quoted(text)} is invalid: ${wanted}.`, place);

export const emptyPatterns = (place: Place): QueryError =>
  error(
    'INVALID_SQL_SYNTAX.EMPTY_QUANTIFIED_PATTERN',
    'Expected at least one pattern between the parentheses of LIKE ANY or LIKE ALL.',
    place,
  );

export const escapeCharacter = (text: string, place: Place): QueryError =>
  error('INVALID_ESC', `The escape of LIKE must be one character, but was ${quoted(text)}.`, place);

export const datetimeUnit = (fn: string, text: string, place: Place): QueryError =>
  error(
    'INVALID_PARAMETER_VALUE.DATETIME_UNIT',
    `The unit of ${fn} is written without quotes, one of YEAR, QUARTER, MONTH, WEEK, DAY, DAYOFYEAR, HOUR, MINUTE, SECOND, MILLISECOND, MICROSECOND, but was '${text}'.`,
    place,
  );

export const tooManyGroupingSets = (limit: number, place: Place): QueryError =>
  error('GROUPING_SIZE_LIMIT_EXCEEDED', `The grouping has more than ${limit} sets.`, place);

export const duplicateName = (code: string, what: string, name: string, place: Place): QueryError =>
  error(code, `The ${what} ${quoted(name)} is defined twice.`, place);
