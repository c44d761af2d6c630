import { DataError } from '../../core/errors.js';
import { Damage } from '../damage.js';

/** A file whose bytes are not what the format says. `byte` is where they lie; `what` says what is there and what was expected. */
export function damagedArrow(path: string, byte: number, what: string): DataError {
  return new DataError({
    code: 'ARROW_FILE_DAMAGED',
    message: `'${path}' is damaged at byte ${byte}: ${what}. Fetch or write the file again.`,
    path,
    byte,
  });
}

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

/** Runs `read` over bytes that lie at `base` of a file. @throws DataError where they are damaged. */
export function readingArrow<T>(path: string, base: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Damage) throw damagedArrow(path, base + error.offset, error.what);
    throw error;
  }
}
