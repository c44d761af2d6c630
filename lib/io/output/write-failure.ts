import { DataError, QuernError, ResourceError } from '../../core/errors.js';

/** The system's error about a place that is written to, as one of ours. */
export function writeFailure(error: unknown, path: string): unknown {
  if (error instanceof QuernError || !(error instanceof Error)) return error;
  const { code } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new ResourceError({
        code: 'DISK_FULL',
        message: `There is no room to write '${path}' (${code === 'ENOSPC' ? 'the disk is full' : code === 'EDQUOT' ? 'the quota is used up' : 'the file would be too large'}). Nothing at the destination has changed. Free some space or write somewhere else.`,
        path,
        cause: error,
      });
    case 'EMFILE':
    case 'ENFILE':
      return new ResourceError({
        code: 'TOO_MANY_OPEN_FILES',
        message: `'${path}' cannot be opened: too many files are open. Raise the limit (ulimit -n) or use fewer workers.`,
        path,
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new DataError({
        code: 'PATH_NOT_WRITABLE',
        message: `'${path}' cannot be written: ${code === 'EROFS' ? 'the file system is read-only' : 'permission denied'}. A file or directory is written beside its place first, so the directory around it must be writable.`,
        path,
        cause: error,
      });
    case 'ENOTEMPTY':
    case 'EEXIST':
    case 'ENOTDIR':
    case 'EISDIR':
    case 'ELOOP':
    case 'ENAMETOOLONG':
    case 'EINVAL':
    case 'ENOENT':
    case 'EIO':
    case 'EXDEV':
    case 'EBUSY':
      return new DataError({
        code: 'PATH_NOT_WRITABLE',
        message: `'${path}' cannot be written: ${error.message}.`,
        path,
        cause: error,
      });
    default:
      return error;
  }
}
