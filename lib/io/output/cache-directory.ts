import { existsSync, lstatSync, mkdirSync, promises as fs, renameSync, rmSync, statSync, type Stats } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { CancelledError, DataError, ResourceError } from '../../core/errors.js';
import type { FileFacts } from '../files.js';
import type { InspectedFiles } from '../source.js';
import { writtenSource } from '../written-source.js';
import { removeTree } from './remove-tree.js';
import { host, isRunning } from './staging.js';
import { writeFailure } from './write-failure.js';
import type { Piece } from './plan-files.js';

/** The files that a cached DataFrame's rows are in. */
export interface CacheFiles {
  /** For scans of them, in the order of the rows. */
  readonly source: InspectedFiles;
  readonly bytes: number;
  /** False once one of them is gone, or is not the one that was written. */
  areCurrent(): boolean;
  isHitBy(error: unknown): boolean;
  /** Removes them, a moment later. */
  remove(): void;
}

/** What the files are. */
export const CACHE_FORMAT = 'arrow';
const PREFIX = 'quern-cache-';
/** What a process removes of others at most. */
const ABANDONED_MAX = 64;

/** Directories of this thread's sessions: they go with the process, in whatever way it can still act on. */
const live = new Set<string>();
let endsWithProcess = false;
let abandoned: Promise<void> | undefined;

function removeLive(): void {
  for (const path of live) {
    const gone = goneName(path);
    try {
      // Executors still write: under another name it finds no place for new files.
      if (existsSync(path)) renameSync(path, gone);
      rmSync(gone, { recursive: true, force: true });
    } catch {
      // The next process that has such a directory removes it.
    }
  }
}

function makeDirectory(): string {
  const id = process.getBuiltinModule('node:crypto').randomBytes(12).toString('hex');
  const path = join(tmpdir(), `${PREFIX}${host()}-${process.pid}-${id}`);
  mkdirSync(path, { mode: 0o700 });
  if (!endsWithProcess) process.once('exit', removeLive);
  endsWithProcess = true;
  live.add(path);
  return path;
}

/** Directories of processes of this user and machine that are gone: nobody else's, and nothing that only looks like one. */
async function removeAbandoned(): Promise<void> {
  const names = await fs.readdir(tmpdir());
  const paths = names.filter((name) => name.startsWith(PREFIX) && isAbandoned(name)).map((name) => join(tmpdir(), name));
  // What cannot be removed stays, whyever.
  for (const path of paths.slice(0, ABANDONED_MAX)) await removeTree(path).catch(() => {});
}

function isAbandoned(name: string): boolean {
  const [owner, pid = ''] = name.slice(PREFIX.length).split('-');
  if (owner !== host() || !/^[1-9]\d*$/.test(pid)) return false;
  const found = lstatSync(join(tmpdir(), name), { throwIfNoEntry: false });
  if (found === undefined || !isOwn(found)) return false;
  if (Number(pid) !== process.pid) return !isRunning(Number(pid));
  // Of an earlier process that had this one's number: nothing happened in it since this one began.
  return found.mtimeMs < Date.now() - process.uptime() * 1000;
}

const isOwn = (found: Stats): boolean => found.isDirectory() && (process.getuid === undefined || found.uid === process.getuid());

/** A session's directory for rows of cached DataFrames, which is there once one has such. */
export class CacheDirectory {
  #path: string | undefined;
  #folders = 0;
  #isClosed = false;
  readonly #removals = new Set<Promise<void>>();

  /**
   * A folder for the rows of one DataFrame.
   * @throws ResourceError where the disk is full, DataError where the directory for temporary files cannot be written.
   */
  async openFolder(): Promise<string> {
    try {
      await (abandoned ??= removeAbandoned());
      if (this.#isClosed)
        throw new CancelledError({ code: 'SESSION_CLOSED', message: 'The session was closed while the action ran.' });
      const folder = join(this.#directory(), String(++this.#folders));
      mkdirSync(folder);
      return folder;
    } catch (error) {
      throw cacheFailure(error);
    }
  }

  /** Who cleans the directory for temporary files may have taken it, and anybody may have made one of its name then. */
  #directory(): string {
    const found = this.#path === undefined ? undefined : lstatSync(this.#path, { throwIfNoEntry: false });
    if (this.#path !== undefined && found !== undefined && isOwn(found)) return this.#path;
    if (this.#path !== undefined) live.delete(this.#path);
    return (this.#path = makeDirectory());
  }

  /** The files of a folder that rows are in: pieces in the order of their tasks. Others, which failed attempts left, are removed. */
  async keep(folder: string, pieces: readonly Piece[]): Promise<CacheFiles> {
    const ordered = [...pieces].sort((a, b) => a.task - b.task);
    const names = new Set(ordered.map(({ name }) => name));
    for (const name of await fs.readdir(folder)) if (!names.has(name)) await fs.rm(join(folder, name), { force: true });
    const found = ordered.map(({ name }) => ({ path: join(folder, name), stat: statSync(join(folder, name)) }));
    const facts = found.map(({ path, stat }): FileFacts => ({ path, size: stat.size, modified: stat.mtimeMs }));
    const partitions = ordered.map(({ partition }) => partition);
    return Object.freeze({
      source: writtenSource(CACHE_FORMAT, facts, partitions),
      bytes: facts.reduce((sum, { size }) => sum + size, 0),
      areCurrent: () => found.every(({ path, stat }) => isSame(stat, statSync(path, { throwIfNoEntry: false }))),
      isHitBy: (error: unknown) => error instanceof DataError && error.path?.startsWith(folder + sep) === true,
      remove: () => void this.discard(folder),
    });
  }

  /** Removes a folder. An executor may not have let go of it yet: under another name it finds no place for new files. */
  discard(folder: string): Promise<void> {
    const removal = removeRenamed(folder)
      // What is left goes with the directory.
      .catch(() => {})
      .finally(() => this.#removals.delete(removal));
    this.#removals.add(removal);
    return removal;
  }

  /** Removes the directory with all that is in it. There is no new one. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#removals);
    const path = this.#path;
    if (path === undefined) return;
    this.#path = undefined;
    // What cannot be removed now, the end of the process tries again.
    const isGone = await removeRenamed(path).then(
      () => true,
      () => false,
    );
    if (isGone) live.delete(path);
  }
}

const goneName = (path: string): string => `${path}-gone`;

async function removeRenamed(path: string): Promise<void> {
  const gone = goneName(path);
  await fs.rename(path, gone).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await removeTree(gone);
}

/** Files are not written on: whoever replaces or touches one changes its number or one of its times, and cannot set all of them back. */
function isSame(then: Stats, now: Stats | undefined): boolean {
  return (
    now !== undefined &&
    now.isFile() &&
    now.ino === then.ino &&
    now.size === then.size &&
    now.mtimeMs === then.mtimeMs &&
    now.ctimeMs === then.ctimeMs
  );
}

/** What went wrong where rows were written that are cached. */
export function cacheFailure(error: unknown): unknown {
  const failure = writeFailure(error, tmpdir());
  if (!(failure instanceof ResourceError) || failure.code !== 'DISK_FULL') return failure;
  return new ResourceError({
    code: 'DISK_FULL',
    message: `There is no room below '${tmpdir()}' for the rows of a cached DataFrame. Free some space there, name a larger place in the environment variable TMPDIR, or persist less.`,
    path: tmpdir(),
    cause: failure.cause ?? failure,
  });
}
