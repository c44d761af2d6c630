import { DataError } from '../../core/errors.js';
import type { TextPlace } from '../text-window.js';
import { typeName, type DataType } from '../../core/types/data-type.js';

const SHOWN_MAX = 60;

export function malformedRow({ path, byte, row }: TextPlace, what: string): DataError {
  return new DataError({
    code: 'MALFORMED_CSV_RECORD',
    message: `Malformed CSV record in '${path}', line ${row}, byte ${byte}: ${what}.`,
    path,
    byte,
    row,
  });
}

/** A text that its column's type does not hold. */
export function badValue(
  { path, byte, row }: TextPlace,
  column: string,
  type: DataType,
  text: string,
  inferred: boolean,
): DataError {
  const shown = text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
  const advice = inferred
    ? `The type was inferred from samples: set nullValue to '${shown}' if that is how missing values are written, or give the schema with ${column} as string.`
    : `Use mode PERMISSIVE to read such values as null, or another type for ${column}.`;
  return new DataError({
    code: 'CSV_VALUE_MISMATCH',
    message: `'${path}', line ${row}, byte ${byte}, column "${column}": '${shown}' is no ${typeName(type)}. ${advice}`,
    path,
    byte,
    row,
    column,
  });
}
