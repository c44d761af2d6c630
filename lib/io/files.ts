import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DataError } from '../core/errors.js';

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

/** `size` bytes from `position`, fewer at the end of the file. */
export function readBytes(path: string, position: number, size: number): Buffer {
  const descriptor = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(size);
    let read = 0;
    while (read < size) {
      const count = readSync(descriptor, buffer, read, size - read, position + read);
      if (count === 0) break;
      read += count;
    }
    return buffer.subarray(0, read);
  } finally {
    closeSync(descriptor);
  }
}

export function fileFacts(path: string): FileFacts {
  const { size, mtimeMs } = statSync(path);
  return { path, size, modified: mtimeMs };
}

/** Whether a file is what it was. */
export function isUnchanged({ path, size, modified }: FileFacts): boolean {
  const now = statSync(path, { throwIfNoEntry: false });
  return now !== undefined && now.size === size && now.mtimeMs === modified;
}

/**
 * The files that paths mean, in order: a file itself, a directory's files (hidden ones and those that begin with `_` left out), the matches of a glob
 * (`*`, `?`, `[a-z]`, `{a,b}`, `**`), sorted by name.
 * @throws DataError where there is none.
 */
export function expandPaths(paths: readonly string[]): FileFacts[] {
  const files = paths.flatMap((path) => expandPath(path));
  return files.map(fileFacts);
}

const GLOB = /[*?[{]/;

function expandPath(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) {
    const files = listFiles(path);
    if (files.length === 0) throw notFound(path, 'The directory has no files.');
    return files;
  }
  if (found !== undefined) return [path];
  if (!GLOB.test(path)) throw notFound(path, suggestion(path));
  const matches = matchGlob(path);
  if (matches.length === 0) throw notFound(path, 'No file matches the pattern.');
  return matches;
}

function isHidden(name: string): boolean {
  return name.startsWith('.') || name.startsWith('_');
}

function listFiles(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => !isHidden(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? listFiles(join(directory, entry.name)) : [join(directory, entry.name)]));
}

/** More matches than this are a mistake. */
const MATCHES_MAX = 100_000;

function matchGlob(pattern: string): string[] {
  const segments = pattern.split('/');
  const fixed = segments.findIndex((segment) => GLOB.test(segment));
  const root = segments.slice(0, fixed).join('/') || (pattern.startsWith('/') ? '/' : '.');
  const matches: string[] = [];
  const visit = (directory: string, rest: readonly string[]): void => {
    const [segment, ...below] = rest;
    if (segment === undefined) return;
    if (matches.length > MATCHES_MAX)
      throw new DataError({
        code: 'TOO_MANY_FILES',
        message: `The pattern '${pattern}' matches more than ${MATCHES_MAX} files.`,
        path: pattern,
      });
    const entries = readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    if (segment === '**') {
      visit(directory, below);
      for (const entry of entries) if (entry.isDirectory() && !isHidden(entry.name)) visit(join(directory, entry.name), rest);
      return;
    }
    const test = segmentTest(segment);
    for (const entry of entries) {
      if (isHidden(entry.name) || !test.test(entry.name)) continue;
      const path = directory === '.' && !pattern.startsWith('./') ? entry.name : join(directory, entry.name);
      if (below.length === 0) {
        if (!entry.isDirectory()) matches.push(path);
      } else if (entry.isDirectory()) visit(path, below);
    }
  };
  if (statSync(root, { throwIfNoEntry: false })?.isDirectory() === true) visit(root, segments.slice(fixed));
  return [...new Set(matches)];
}

function segmentTest(segment: string): RegExp {
  let depth = 0;
  const source = segment.replace(/[\\^$+.()|{},*?[\]!-]/g, (c, at: number) => {
    switch (c) {
      case '*':
        return '[^/]*';
      case '?':
        return '[^/]';
      case '{':
        depth++;
        return '(?:';
      case '}':
        depth--;
        return ')';
      case ',':
        return depth > 0 ? '|' : ',';
      case '[':
      case ']':
      case '-':
        return c;
      case '!':
        return segment[at - 1] === '[' ? '^' : '!';
      default:
        return `\\${c}`;
    }
  });
  return new RegExp(`^${source}$`, 'u');
}

function notFound(path: string, hint: string): DataError {
  return new DataError({
    code: 'PATH_NOT_FOUND',
    message: `Path does not exist: '${path}'.${hint === '' ? '' : ` ${hint}`}`,
    path,
  });
}

/** A file of nearly that name in the same directory. */
function suggestion(path: string): string {
  const directory = dirname(path);
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true)
    return `There is no directory '${directory}' either.`;
  const name = basename(path).toLowerCase();
  const near = readdirSync(directory).find((entry) => entry.toLowerCase() === name || isOneEditAway(entry.toLowerCase(), name));
  return near === undefined ? '' : `Did you mean '${directory === '.' && !path.startsWith('.') ? near : join(directory, near)}'?`;
}

/** One character more, less, other, or two swapped. */
function isOneEditAway(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  let j = 0;
  while (j < Math.min(a.length, b.length) - i && a[a.length - 1 - j] === b[b.length - 1 - j]) j++;
  const [x, y] = [a.slice(i, a.length - j), b.slice(i, b.length - j)];
  return (x.length <= 1 && y.length <= 1) || (x.length === 2 && x[0] === y[1] && x[1] === y[0]);
}
