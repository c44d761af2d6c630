import { readdirSync, realpathSync, statSync, type Dirent } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DataError } from '../core/errors.js';
import { fileGone, withPath } from './errors.js';
import { fileFacts, type FileFacts } from './files.js';
import { isGlob, parseGlob, type Glob } from './glob.js';
import { nearestName } from './nearest-name.js';
import { completeAbandoned } from './output/staging.js';

/** What paths mean. */
export interface FoundFiles {
  /** In the order of the paths; those of one path by name, directory after directory. */
  readonly files: readonly FileFacts[];
  /** For each file the folder below which its partition directories (`year=2024`) are. */
  readonly roots: readonly string[];
}

export interface FindOptions {
  /** Directories inside of directories are read, whatever they are called. */
  readonly recursive: boolean;
  /** Names of the files to take. */
  readonly nameFilter: RegExp | undefined;
}

const FIND_DEFAULTS: FindOptions = { recursive: false, nameFilter: undefined };

/** More files than this are a mistake, and so are more directories. */
const FILES_MAX = 1_000_000;

/**
 * The files that paths mean: a file itself; a directory's files, with those of its partition directories (`k=v`); the matches of a glob. Hidden files (`.name`, and
 * `_name` but for `_name=value`) are left out unless they are named.
 * @throws DataError where there is none, where there is no right to look, and for what is no regular file.
 */
export function findFiles(paths: readonly string[], options: FindOptions = FIND_DEFAULTS): FoundFiles {
  const files: FileFacts[] = [];
  const roots: string[] = [];
  for (const path of paths) {
    const { names, root } = expandPath(path, options);
    for (const name of names) {
      files.push(fileFacts(name));
      roots.push(root);
    }
    if (files.length > FILES_MAX) throw tooMany(path);
  }
  return { files, roots };
}

interface Expanded {
  readonly names: readonly string[];
  readonly root: string;
}

function expandPath(path: string, options: FindOptions): Expanded {
  let found = withPath(path, () => statSync(path, { throwIfNoEntry: false }));
  if (found?.isFile() !== true && !isGlob(path)) {
    // A writer that was killed between two steps of showing its output left the rest to whoever comes next.
    completeAbandoned(path);
    found = withPath(path, () => statSync(path, { throwIfNoEntry: false }));
  }
  const walk = new Walk(path, options);
  if (found?.isDirectory() === true) {
    walk.list(path, options.recursive ? 'all' : 'partitions', []);
    if (walk.names.length === 0) throw notFound(path, walk.hint());
    return { names: walk.names, root: path };
  }
  if (found !== undefined) return { names: [path], root: dirname(path) };
  if (!isGlob(path)) throw notFound(path, suggestion(path));
  const globs = parseGlob(path);
  for (const glob of globs) walk.match(glob);
  if (walk.names.length === 0) throw notFound(path, 'No file matches the pattern.');
  return { names: walk.distinct(), root: commonRoot(globs) };
}

/** Of alternatives written out (`{a,b/c}/*`), what their roots have in common. */
function commonRoot(globs: readonly Glob[]): string {
  const [first, ...others] = globs.map(({ root }) => root.split('/'));
  let length = first!.length;
  for (const other of others) {
    let same = 0;
    while (same < length && other[same] === first![same]) same++;
    length = same;
  }
  return first!.slice(0, length).join('/') || (globs[0]!.root.startsWith('/') ? '/' : '.');
}

/** Which directories inside of a directory are read. */
type Depth = 'partitions' | 'all';

class Walk {
  readonly names: string[] = [];
  /** A directory that was not looked into, for the error when there is nothing else. */
  #passedBy: string | undefined;
  #directories = 0;

  constructor(
    private readonly given: string,
    private readonly options: FindOptions,
  ) {}

  /** Files of a directory. What is in a partition directory is read at any depth. `trail`: real paths of the directories from which links were followed. */
  list(directory: string, depth: Depth, trail: readonly string[]): void {
    for (const entry of this.#entries(directory)) {
      if (isHidden(entry.name)) continue;
      const path = join(directory, entry.name);
      const kind = this.#kindOf(entry, path, directory, trail);
      if (kind === 'file') this.#add(path);
      else if (kind === 'directory' && (depth === 'all' || entry.name.includes('=')))
        this.list(path, 'all', nextTrail(entry, directory, trail));
      else if (kind === 'directory') this.#passedBy ??= path;
    }
  }

  match({ root, segments }: Glob): void {
    if (withPath(root, () => statSync(root, { throwIfNoEntry: false }))?.isDirectory() !== true) return;
    const before = this.names.length;
    const directories: string[] = [];
    this.#match(root, segments, [0], [], directories);
    // Directories stand for their files: partitions always, others where the pattern can mean nothing else.
    const isPlain = this.names.length === before;
    for (const path of directories) {
      const isPartition = basename(path).includes('=');
      if (isPlain || isPartition) this.list(path, isPartition || this.options.recursive ? 'all' : 'partitions', []);
    }
  }

  /** The pattern's segments that a directory's entries may be next: several behind a `**`. Each directory is read once. */
  #match(
    directory: string,
    segments: Glob['segments'],
    states: readonly number[],
    trail: readonly string[],
    directories: string[],
  ): void {
    const reached = new Set<number>();
    for (const state of states)
      for (let s = state; ; s++) {
        reached.add(s);
        if (segments[s]?.any !== true) break;
      }
    for (const entry of this.#entries(directory)) {
      const next: number[] = [];
      let isMatch = false;
      for (const s of reached) {
        const segment = segments[s]!;
        if (isHidden(entry.name) && !segment.wantsHidden) continue;
        if (segment.any) next.push(s);
        else if (segment.matches(entry.name)) {
          if (s === segments.length - 1) isMatch = true;
          else next.push(s + 1);
        }
      }
      if (next.length === 0 && !isMatch) continue;
      const path = directory === '.' && !this.given.startsWith('./') ? entry.name : join(directory, entry.name);
      const kind = this.#kindOf(entry, path, directory, trail);
      if (kind === 'file') {
        if (isMatch) this.#add(path);
      } else if (kind === 'directory') {
        if (next.length > 0) this.#match(path, segments, next, nextTrail(entry, directory, trail), directories);
        else directories.push(path);
      }
    }
  }

  distinct(): readonly string[] {
    return [...new Set(this.names)];
  }

  hint(): string {
    return this.#passedBy === undefined
      ? 'The directory has no files.'
      : `The directory has no files of its own, only directories that are no partitions (name=value), as '${this.#passedBy}'. '${join(this.given, '**')}' reads them all.`;
  }

  #add(path: string): void {
    if (this.options.nameFilter?.test(basename(path)) === false) return;
    if (this.names.push(path) > FILES_MAX) throw tooMany(this.given);
  }

  #entries(directory: string): Dirent[] {
    if (++this.#directories > FILES_MAX) throw tooMany(this.given);
    return withPath(directory, () => readdirSync(directory, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** What an entry is, behind links too. A link back to a directory that we are in leads nowhere new. */
  #kindOf(entry: Dirent, path: string, directory: string, trail: readonly string[]): 'file' | 'directory' | 'loop' {
    if (entry.isDirectory()) return 'directory';
    // Special files are refused by whoever asks for their facts.
    if (!entry.isSymbolicLink()) return 'file';
    const found = withPath(path, () => statSync(path, { throwIfNoEntry: false }));
    if (found === undefined) throw fileGone(path);
    if (!found.isDirectory()) return 'file';
    const target = realpathSync(path);
    const isAbove = [...trail, realpathSync(directory)].some((real) => real === target || real.startsWith(`${target}/`));
    return isAbove ? 'loop' : 'directory';
  }
}

function nextTrail(entry: Dirent, directory: string, trail: readonly string[]): readonly string[] {
  return entry.isSymbolicLink() ? [...trail, realpathSync(directory)] : trail;
}

/** As Spark has it: partitions by a column whose name begins with `_` are not hidden. */
function isHidden(name: string): boolean {
  return name.startsWith('.') || (name.startsWith('_') && !name.includes('='));
}

function tooMany(path: string): DataError {
  return new DataError({
    code: 'TOO_MANY_FILES',
    message: `'${path}' stands for more than ${FILES_MAX} files or directories.`,
    path,
  });
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
  const near = nearestName(
    basename(path),
    withPath(directory, () => readdirSync(directory)),
  );
  return near === undefined ? '' : `Did you mean '${directory === '.' && !path.startsWith('.') ? near : join(directory, near)}'?`;
}
