import { DataError } from '../../core/errors.js';
import { damagedAs, readingAs } from '../damage.js';

export const damagedArrow = damagedAs('ARROW_FILE_DAMAGED');
export const readingArrow = readingAs(damagedArrow);

/** A file that is no Arrow file at all. */
export function notArrow(path: string, what: string): DataError {
  return new DataError({
    code: 'NOT_AN_ARROW_FILE',
    message: `'${path}' is neither an Arrow IPC file nor a stream: ${what}.`,
    path,
  });
}

/** Something that the format allows and that quern does not read. */
export function unreadableArrow(path: string, column: string, what: string): DataError {
  return new DataError({
    code: 'ARROW_UNSUPPORTED',
    message: `Column "${column}" of '${path}' cannot be read: ${what}. Write it in another way.`,
    path,
    column,
  });
}
