import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root: the built helper lies in dist/tests/support/. */
export const projectRoot = fileURLToPath(new URL('../../../', import.meta.url));

/** A file of this project, tests/ and its fixtures included. */
export const projectPath = (path: string): string => join(projectRoot, path);

/**
 * A file or folder of shared/, which lies beside the repository (or where QUERN_SHARED says); undefined where there is none, so
 * that what needs it is skipped.
 */
export function sharedPath(path: string): string | undefined {
  const full = join(process.env['QUERN_SHARED'] ?? join(projectRoot, '../shared'), path);
  return existsSync(full) ? full : undefined;
}
