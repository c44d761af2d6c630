import { createReadStream, createWriteStream, promises as fs } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { DataError } from '../../core/errors.js';
import { commitMoves, syncDirectory, type Move } from './journal.js';
import { BODY } from './piece-file.js';
import { openStaging, removeAbandoned, type Staging } from './staging.js';
import { syncAhead, syncFile } from './sync-ahead.js';
import { writeFailure } from './write-failure.js';
import type { WrittenFile } from './plan-files.js';

/** What happens when something is at the destination. */
export type SaveMode = 'error' | 'overwrite' | 'append' | 'ignore';

export interface WriteTarget {
  readonly path: string;
  readonly mode: SaveMode;
  /** One file instead of a directory. */
  readonly single: boolean;
  /** End of the files' names. */
  readonly extension: string;
  /** Overwriting replaces only the directories of partition columns that get rows. */
  readonly dynamic: boolean;
}

type Existing = 'nothing' | 'file' | 'directory' | 'device';

/** Files whose contents are made to last at the same time. */
const SYNCS = 4;

/**
 * An output on its way: pieces come to be in a directory beside the destination, and nothing is to be seen there before `commit`, which shows all at once. A process may be killed at any
 * moment: the destination then holds what it held, or the whole output; what else is left, the next one that writes there removes.
 */
export class WriteJob {
  private constructor(
    /** What is written to, links resolved. */
    private readonly path: string,
    private readonly target: WriteTarget,
    private readonly staging: Staging,
    private readonly id: string,
    /** The outermost directory made for it, if any. */
    private readonly made: string | undefined,
  ) {}

  /** Begins; undefined when there is nothing to do (mode ignore, and something is there). @throws DataError PATH_ALREADY_EXISTS in mode error. */
  static async open(target: WriteTarget, id: string): Promise<WriteJob | undefined> {
    const shown = target.path;
    const path = await realPath(resolve(shown));
    if (basename(path) === '')
      throw new DataError({ code: 'PATH_NOT_WRITABLE', message: `'${shown}' is the root of a file system.`, path: shown });
    try {
      const parent = dirname(path);
      const made = await fs.mkdir(parent, { recursive: true });
      const existing = await existingAt(path);
      if (existing === 'device') return new WriteJob(path, target, await openStaging(path, tmpdir()), id, made);
      await removeAbandoned(path);
      if (!mayWrite(await existingAt(path), target)) return undefined;
      return new WriteJob(path, target, await openStaging(path), id, made);
    } catch (error) {
      throw writeFailure(error, shown);
    }
  }

  /** Where tasks write their pieces. */
  get pieces(): string {
    return this.staging.pieces;
  }

  /** Waits for the tasks. */
  written<T>(tasks: Promise<T>): Promise<T> {
    return syncAhead(join(this.pieces, BODY), this.target.path, tasks);
  }

  /** Shows the files. */
  async commit(files: readonly WrittenFile[]): Promise<void> {
    try {
      if ((await existingAt(this.path)) === 'device') await this.#copyInto(files);
      else await commitMoves(this.staging.path, this.target.single ? await this.#oneFile(files) : await this.#directory(files));
    } catch (error) {
      throw writeFailure(error, this.target.path);
    }
    // What is left over here is removed by the next writer, should it not go now.
    await this.staging.remove().catch(() => {});
  }

  /** Removes everything it made. */
  async abort(): Promise<void> {
    await this.staging.remove().catch(() => {});
    if (this.made === undefined) return;
    for (let path = dirname(this.path); path.startsWith(this.made); path = dirname(path)) {
      const isGone = await fs.rmdir(path).then(
        () => true,
        () => false,
      );
      if (!isGone) return;
    }
  }

  async #copyInto(files: readonly WrittenFile[]): Promise<void> {
    const { pipeline } = await import('node:stream/promises');
    for (const { name } of [...files].sort((a, b) => a.partition - b.partition || a.ordinal - b.ordinal)) {
      const piece = createReadStream(join(this.pieces, name));
      // Opened anew, standard output would begin at its beginning again where it is a file.
      if (this.path === '/dev/stdout') await pipeline(piece, process.stdout, { end: false });
      else await pipeline(piece, createWriteStream(this.path, { flags: 'a' }));
    }
  }

  async #oneFile([file]: readonly WrittenFile[]): Promise<Move[]> {
    const from = join(this.pieces, file!.name);
    await syncFile(from);
    const existing = await existingAt(this.path);
    mayWrite(existing, this.target);
    if (existing !== 'directory') return [{ from, to: this.path }];
    return [{ from, to: this.path, aside: this.staging.old }];
  }

  async #directory(files: readonly WrittenFile[]): Promise<Move[]> {
    const names = files.map((file) => join(file.directory, this.#nameOf(file)));
    const { mode, dynamic } = this.target;
    await this.#settle(files.map((file, i) => [join(this.pieces, file.name), join(this.staging.files, names[i]!)]));
    const existing = await existingAt(this.path);
    mayWrite(existing, this.target);
    const success = join(this.staging.files, '_SUCCESS');
    await fs.writeFile(success, '');
    if (existing === 'directory' && (mode === 'append' || dynamic)) return this.#into(names, files, success);
    await syncDirectory(this.staging.files);
    const whole: Move = { from: this.staging.files, to: this.path };
    return existing === 'nothing' ? [whole] : [{ ...whole, aside: this.staging.old }];
  }

  /** Files beside those that are there, or in the place of the directories that they are in. */
  async #into(names: readonly string[], files: readonly WrittenFile[], success: string): Promise<Move[]> {
    const directories = [...new Set(files.map(({ directory }) => directory))];
    const moves: Move[] = [];
    if (this.target.mode === 'append') {
      for (const directory of directories) await fs.mkdir(join(this.path, directory), { recursive: true });
      for (const name of names) moves.push({ from: join(this.staging.files, name), to: join(this.path, name) });
    } else {
      await fs.mkdir(this.staging.old);
      for (const [i, directory] of directories.entries()) {
        await fs.mkdir(dirname(join(this.path, directory)), { recursive: true });
        moves.push({
          from: join(this.staging.files, directory),
          to: join(this.path, directory),
          aside: join(this.staging.old, String(i)),
        });
      }
    }
    if ((await existingAt(join(this.path, '_SUCCESS'))) === 'nothing')
      moves.push({ from: success, to: join(this.path, '_SUCCESS') });
    return moves;
  }

  /** `part-00000-ID.csv`, as Spark has it; further files of a partition have a number of their own. */
  #nameOf({ partition, ordinal }: WrittenFile): string {
    const more = ordinal === 0 ? '' : `-c${String(ordinal).padStart(3, '0')}`;
    return `part-${String(partition).padStart(5, '0')}-${this.id}${more}.${this.target.extension}`;
  }

  /** Makes files last and moves them to where they belong in the new content. */
  async #settle(files: readonly (readonly [from: string, to: string])[]): Promise<void> {
    const directories = new Set(files.map(([, to]) => dirname(to)));
    for (const directory of directories) await fs.mkdir(directory, { recursive: true });
    let next = 0;
    const work = async (): Promise<void> => {
      for (let i = next++; i < files.length; i = next++) {
        const [from, to] = files[i]!;
        await syncFile(from);
        await fs.rename(from, to);
      }
    };
    await Promise.all(Array.from({ length: Math.min(SYNCS, files.length) }, work));
    for (const directory of directories) await syncDirectory(directory);
  }
}

/** `/dev/stdout` is a link to wherever that goes, which must not be replaced. */
const isDevicePath = (path: string): boolean => path.startsWith('/dev/') && !path.startsWith('/dev/shm/');

async function realPath(path: string): Promise<string> {
  return isDevicePath(path) ? path : fs.realpath(path).catch(() => path);
}

async function existingAt(path: string): Promise<Existing> {
  if (isDevicePath(path)) return 'device';
  const stat = await fs.stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (stat === undefined) return 'nothing';
  return stat.isDirectory() ? 'directory' : stat.isFile() ? 'file' : 'device';
}

/** False when there is nothing to do. */
function mayWrite(existing: Existing, { path, mode, single }: WriteTarget): boolean {
  if (existing === 'nothing' || mode === 'overwrite') return true;
  if (mode === 'ignore') return false;
  if (mode === 'append' && !single && existing === 'directory') return true;
  const why =
    mode === 'error'
      ? "Mode 'overwrite' replaces it."
      : single
        ? 'A single file cannot be appended to: write to a directory, whose name ends in no file extension or in a slash.'
        : 'Rows can be appended to a directory of files only.';
  throw new DataError({ code: 'PATH_ALREADY_EXISTS', message: `'${path}' exists already. ${why}`, path });
}
