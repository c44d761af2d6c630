import { DataError } from '../../core/errors.js';
import { damagedAs, readingAs } from '../damage.js';

export const damagedFile = damagedAs('PARQUET_FILE_DAMAGED');
export const readingFile = readingAs(damagedFile);

/** A file that is no Parquet file at all. */
export function notParquet(path: string, what: string): DataError {
  return new DataError({
    code: 'NOT_A_PARQUET_FILE',
    message: `'${path}' is not a Parquet file: ${what}.`,
    path,
  });
}

export function encryptedFile(path: string, what: string): DataError {
  return new DataError({
    code: 'PARQUET_ENCRYPTED',
    message: `'${path}' cannot be read: ${what}. Encrypted Parquet is not supported; write it without encryption.`,
    path,
  });
}

/** Something that the format allows and that quern does not read. */
export function unreadableColumn(path: string, column: string, what: string): DataError {
  return new DataError({
    code: 'PARQUET_UNSUPPORTED',
    message: `Column "${column}" of '${path}' cannot be read: ${what}. Select the other columns, or write it in another way.`,
    path,
    column,
  });
}

/** A column that has another type in this file than the read has for it, the first file's or the schema's. */
export function columnOfOtherType(path: string, column: string, found: string, wanted: string): DataError {
  return new DataError({
    code: 'FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH',
    message:
      `Column "${column}" of '${path}' is ${found}, and ${wanted} is wanted, as the first file or the schema has it. ` +
      `Option mergeSchema=true finds a type for all files where one of theirs is wider than the others; a schema says which one.`,
    path,
    column,
  });
}

/** A date or time that is read in no calendar. */
export function ancientValue(path: string, byte: number, column: string, what: string): DataError {
  return new DataError({
    code: 'INCONSISTENT_BEHAVIOR_CROSS_VERSION.READ_ANCIENT_DATETIME',
    message: `'${path}', byte ${byte}: column "${column}" has ${what}.`,
    path,
    byte,
    column,
  });
}
