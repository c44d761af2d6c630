import { closeSync, constants, fstatSync, openSync, readFileSync, statSync, type Stats } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fileChanged, specialFile, withPath } from './errors.js';

/** A file as an inspection found it; a reader checks that it is still the same. */
export interface FileFacts {
  readonly path: string;
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly modified: number;
}

/** Bytes of the kernel module, beside the built files. */
export function readKernels(): Uint8Array {
  return readFileSync(fileURLToPath(new URL('../kernels/kernels.wasm', import.meta.url)));
}

/**
 * A descriptor of a regular file, for reading; whoever asked closes it.
 * @throws DataError where there is none, or none that may be read; ResourceError where too many are open.
 */
export function openFile(path: string): number {
  // Opening a pipe that nobody writes to would wait for ever.
  const descriptor = withPath(path, () => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
  try {
    requireRegular(path, fstatSync(descriptor));
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** A descriptor of a file that is still what an inspection found. @throws DataError; see openFile. */
export function openUnchanged({ path, size, modified }: FileFacts): number {
  const descriptor = openFile(path);
  const now = fstatSync(descriptor);
  if (now.size === size && now.mtimeMs === modified) return descriptor;
  closeSync(descriptor);
  throw fileChanged(path);
}

/** @throws DataError where there is no regular file of that name. */
export function fileFacts(path: string): FileFacts {
  const found = withPath(path, () => statSync(path));
  requireRegular(path, found);
  return { path, size: found.size, modified: found.mtimeMs };
}

/** Whether a file is what it was. */
export function isUnchanged({ path, size, modified }: FileFacts): boolean {
  const now = statSync(path, { throwIfNoEntry: false });
  return now !== undefined && now.size === size && now.mtimeMs === modified;
}

export function sameFacts(a: FileFacts, b: FileFacts): boolean {
  return a.path === b.path && a.size === b.size && a.modified === b.modified;
}

function requireRegular(path: string, found: Stats): void {
  if (found.isFile()) return;
  const what = found.isDirectory() ? 'a directory' : found.isFIFO() ? 'a pipe' : found.isSocket() ? 'a socket' : 'a device';
  throw specialFile(path, what);
}
