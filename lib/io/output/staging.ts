import { promises as fs, readdirSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { rollForward } from './journal.js';
import { removeTree } from './remove-tree.js';

/**
 * A directory beside a destination, in which its next content comes to be: `.NAME.quern-HOST-PID-ID`. In it `pieces` of tasks, `files` ready to be moved, `old` what they
 * replaced, and, from the moment on that the new content counts, a journal of the moves.
 */
export interface Staging {
  readonly path: string;
  readonly pieces: string;
  readonly files: string;
  readonly old: string;
  /** Removes it and whatever is in it. */
  remove(): Promise<void>;
}

/** Of this process; others that live are told by their numbers. */
const alive = new Set<string>();

/** Longer names of destinations are shortened, as those of files have at most 255 bytes. */
const NAME_BYTES = 150;
/** Where nobody can tell whether its process lives, a directory in which nothing has happened for this long is nobody's. */
const QUIET_MS = 24 * 3600 * 1000;

/** Loaded by who writes: every process and every thread would pay for it. */
const cryptography = () => process.getBuiltinModule('node:crypto');

const digest = (text: string): string => cryptography().createHash('sha256').update(text).digest('hex');
export const host = (): string => digest(hostname()).slice(0, 8);

function prefixOf(destination: string): string {
  const name = basename(destination);
  if (Buffer.byteLength(name) <= NAME_BYTES) return `.${name}.quern-`;
  return `.${digest(name).slice(0, 32)}.quern-`;
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

/** Makes one beside a path, in a directory that exists. */
export async function openStaging(destination: string, parent = dirname(destination)): Promise<Staging> {
  const name = `${prefixOf(destination)}${host()}-${process.pid}-${cryptography().randomBytes(6).toString('hex')}`;
  const path = join(parent, name);
  alive.add(name);
  const staging: Staging = {
    path,
    pieces: join(path, 'pieces'),
    files: join(path, 'files'),
    old: join(path, 'old'),
    async remove() {
      // An executor may not have let go of it yet: under another name it finds no place for new files.
      const gone = `${path}-gone`;
      await fs.rename(path, gone).catch(ignoreMissing);
      await removeTree(gone);
      alive.delete(name);
    },
  };
  try {
    await fs.mkdir(path);
    await fs.mkdir(staging.pieces);
    await fs.mkdir(staging.files);
  } catch (error) {
    await staging.remove().catch(() => {});
    alive.delete(name);
    throw error;
  }
  return staging;
}

/** Directories beside a destination that processes left which are gone. */
function abandoned(destination: string): string[] {
  const parent = dirname(destination);
  const prefix = prefixOf(destination);
  return readdirSync(parent)
    .filter((name) => name.startsWith(prefix) && isAbandoned(parent, name, name.slice(prefix.length)))
    .map((name) => join(parent, name));
}

function isAbandoned(parent: string, name: string, rest: string): boolean {
  const [owner, pid] = rest.split('-');
  if (alive.has(name) || alive.has(name.replace(/-gone$/, ''))) return false;
  // One of this process's number that is not in the set is of an earlier process.
  if (owner === host() && (Number(pid) === process.pid || !isRunning(Number(pid)))) return true;
  // A number that lives may be another process's by now.
  const stat = statSync(join(parent, name), { throwIfNoEntry: false });
  return stat !== undefined && Date.now() - stat.mtimeMs > QUIET_MS;
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Completes what was decided by writers that are gone, and removes what they left. */
export async function removeAbandoned(destination: string): Promise<void> {
  for (const path of abandoned(destination)) {
    rollForward(path);
    await removeTree(path);
  }
}

/** The same for who only reads and may not be allowed to write: completes what was decided, as far as it can. */
export function completeAbandoned(destination: string): void {
  try {
    for (const path of abandoned(resolve(destination))) rollForward(path);
  } catch {
    // What is there is read as it is.
  }
}
