import { QueryError } from '../core/errors.js';

/**
 * Where the rows of a cached DataFrame are kept, by Spark's names: in shared memory; there, or in files where it has no room; in files. Files are Arrow IPC,
 * in a directory of the session below the system's one for temporary files.
 */
export type StorageLevel = 'MEMORY_ONLY' | 'MEMORY_AND_DISK' | 'DISK_ONLY';

const LEVELS: readonly unknown[] = ['MEMORY_ONLY', 'MEMORY_AND_DISK', 'DISK_ONLY'] satisfies readonly StorageLevel[];

/** @throws QueryError naming the levels that there are. */
export function requireStorageLevel(level: StorageLevel): void {
  if (LEVELS.includes(level)) return;
  throw new QueryError({
    code: 'INVALID_PARAMETER_VALUE',
    message: `There is no storage level '${String(level)}'. persist() takes 'MEMORY_ONLY', 'MEMORY_AND_DISK' or 'DISK_ONLY'.`,
  });
}
