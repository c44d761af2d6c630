import { DataError, ResourceError } from '../core/errors.js';
import { VIEW_INLINE_MAX, VIEW_PREFIX, VIEW_REF } from '../memory/layout.js';
import type { MemoryViews } from '../memory/memory-access.js';

const SHOWN_BYTES = 60;

/** What is wrong with files, whatever their format. */

export function fileChanged(path: string): DataError {
  return new DataError({
    code: 'FILE_CHANGED',
    message: `'${path}' changed while it was read: its size or time is not what it was when the query began. Run the query again.`,
    path,
  });
}

export function fileGone(path: string): DataError {
  return new DataError({
    code: 'FAILED_READ_FILE.FILE_NOT_EXIST',
    message: `'${path}' is not there any more: it was when the query was planned. Run the query again.`,
    path,
  });
}

export function specialFile(path: string, what: string): DataError {
  return new DataError({
    code: 'NOT_A_REGULAR_FILE',
    message: `'${path}' is ${what}, and only regular files are read: a scan reads ranges of them, on several threads. Copy its bytes into a file first.`,
    path,
  });
}

/** A string that a format says is UTF-8 and that is not: the one that `view` is of, in a part of the file that begins at `byte`. */
export function notUtf8(path: string, byte: number, column: string, { u8, u32 }: MemoryViews, view: number): DataError {
  const length = u32[view >>> 2]!;
  const at = length <= VIEW_INLINE_MAX ? view + VIEW_PREFIX : u32[(view + VIEW_REF) >>> 2]!;
  const bytes = Array.from(u8.subarray(at, at + Math.min(length, SHOWN_BYTES)));
  const shown = bytes.map((code) =>
    code < 32 || code > 126 ? `\\x${code.toString(16).padStart(2, '0')}` : String.fromCharCode(code),
  );
  return new DataError({
    code: 'INVALID_UTF8_STRING',
    message: `'${path}', byte ${byte}: column "${column}" has a string that is not UTF-8, '${shown.join('')}${length > SHOWN_BYTES ? '…' : ''}'. Read the column as binary to have its bytes (in a schema: ${column} binary), or write the file again.`,
    path,
    byte,
    column,
  });
}

/** What the system said of a path, as an error that says whose turn it is; other errors as they are. */
export function systemError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const { code } = error;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return fileGone(path);
    case 'EACCES':
    case 'EPERM':
      return new DataError({
        code: 'PERMISSION_DENIED',
        message: `'${path}' cannot be read: permission denied. This process needs the right to read it, and to enter the folders it is in.`,
        path,
        cause: error,
      });
    case 'ELOOP':
      return new DataError({
        code: 'LINK_LOOP',
        message: `'${path}' cannot be read: its symbolic links lead in a circle.`,
        path,
        cause: error,
      });
    case 'EISDIR':
      return specialFile(path, 'a directory');
    case 'EMFILE':
    case 'ENFILE':
      return new ResourceError({
        code: 'TOO_MANY_OPEN_FILES',
        message: `'${path}' cannot be opened: ${code === 'EMFILE' ? 'this process' : 'the system'} has as many files open as it may. Close some, or raise the limit (ulimit -n).`,
        path,
        cause: error,
      });
    case 'EIO':
    case 'ENAMETOOLONG':
    case 'ENXIO':
    case 'EINVAL':
    case 'ESTALE':
      return new DataError({
        code: 'FAILED_READ_FILE',
        message: `'${path}' cannot be read: the system says ${code} (${error.message}).`,
        path,
        cause: error,
      });
    default:
      return error;
  }
}

/** Does something with a path of which the system may say no. */
export function withPath<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw systemError(error, path);
  }
}
