import { DataError } from '../../core/errors.js';
import { typeName, type DataType } from '../../core/types/data-type.js';
import type { TextPlace } from '../text-window.js';
import { JsonMistake, TypeScan } from './scan-types.js';

const SHOWN_MAX = 60;

const shorten = (text: string): string => (text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text);

/** A row that is no JSON object. */
export function malformedRow(place: TextPlace, text: string): DataError {
  return malformed(place, `${mistakeOf(text)} The record is '${shorten(text)}'.`);
}

/** A document in which what begins at a byte cannot be read, nor what follows. */
export function brokenDocument(place: TextPlace, text: string, isEnd: boolean): DataError {
  const shown = text.trim();
  const what = isEnd
    ? 'the file ends within a value.'
    : `'${shorten(shown)}' is no JSON object with ',' or ']' behind it. If each line is a value of its own, set multiLine to false.`;
  return malformed(place, what);
}

function malformed({ path, byte, row }: TextPlace, what: string): DataError {
  return new DataError({
    code: 'MALFORMED_JSON_RECORD',
    message: `Malformed JSON record in '${path}', line ${row}, byte ${byte}: ${what}`,
    path,
    byte,
    row,
  });
}

function mistakeOf(text: string): string {
  const scan = new TypeScan(text, false);
  try {
    const { kind } = scan.value();
    scan.skipSpace();
    if (scan.at < text.length) return `nothing was expected behind character ${scan.at} of it.`;
    return kind === 'struct'
      ? 'it has bytes that are not UTF-8.'
      : `it is ${kind === 'array' ? 'an array' : 'a single value'}, an object was expected.`;
  } catch (error) {
    if (!(error instanceof JsonMistake)) throw error;
    return `${error.expected} was expected at character ${error.at + 1} of it.`;
  }
}

/** A value that its column's type does not hold. */
export function badValue(
  { path, byte, row }: TextPlace,
  column: string,
  type: DataType,
  text: string,
  inferred: boolean,
): DataError {
  const advice = inferred
    ? `The type was inferred from samples: give the schema with ${column} as string, or as what it should be.`
    : `Use mode PERMISSIVE to read such values as null, or another type for ${column}.`;
  return new DataError({
    code: 'JSON_VALUE_MISMATCH',
    message: `'${path}', line ${row}, byte ${byte}, column "${column}": ${shorten(text)} is no ${typeName(type)}. ${advice}`,
    path,
    byte,
    row,
    column,
  });
}
