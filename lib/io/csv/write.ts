import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { DataError } from '../../core/errors.js';

export interface CsvFormat {
  readonly header: boolean;
  readonly sep: string;
  readonly nullValue: string;
}

/** A job of writing CSV files that appear all at once. */
export interface CsvWriter {
  /** The next file; a single-file output keeps its one. */
  beginPart(): void;
  write(rows: readonly Readonly<Record<string, unknown>>[]): void;
  /** Syncs everything and moves it to its place. */
  commit(): void;
  /** Removes what was written. */
  abort(): void;
}

const BUFFER_CHARS = 1 << 20;

/**
 * Starts writing to a path: one file if it ends in `.csv`, else a directory with a file a part and `_SUCCESS`. Everything lies in a hidden directory beside the destination until
 * `commit`. Undefined when there is nothing to do (mode ignore, and something is there).
 * @throws DataError PATH_ALREADY_EXISTS in mode error.
 */
export function createCsvWriter(
  path: string,
  mode: 'error' | 'overwrite' | 'append' | 'ignore',
  format: CsvFormat,
  names: readonly string[],
): CsvWriter | undefined {
  const single = /\.csv$/i.test(path);
  const existing = statSync(path, { throwIfNoEntry: false });
  if (existing !== undefined) {
    if (mode === 'ignore') return undefined;
    if (mode === 'error' || (mode === 'append' && single)) {
      const what =
        mode === 'error' ? "mode 'overwrite' replaces it" : 'a single file cannot be appended to: write to a directory';
      throw new DataError({ code: 'PATH_ALREADY_EXISTS', message: `'${path}' exists already; ${what}.`, path });
    }
  }
  const parent = dirname(path);
  mkdirSync(parent, { recursive: true });
  removeLeftovers(parent, basename(path));
  const job = randomUUID();
  const staging = join(parent, `.${basename(path)}.quern-${process.pid}-${job}`);
  mkdirSync(staging);
  return new Writer(path, staging, job, single, mode, format, names);
}

class Writer implements CsvWriter {
  #descriptor = -1;
  #part = 0;
  #text = '';
  readonly #quoteTest: RegExp;

  constructor(
    private readonly path: string,
    private readonly staging: string,
    private readonly job: string,
    private readonly single: boolean,
    private readonly mode: string,
    private readonly format: CsvFormat,
    private readonly names: readonly string[],
  ) {
    this.#quoteTest = new RegExp(`[${format.sep.replace(/[\\\]^-]/g, '\\$&')}"\\r\\n]|^\\s|\\s$`);
  }

  beginPart(): void {
    if (this.single && this.#descriptor !== -1) return;
    this.#closePart();
    this.#descriptor = openSync(join(this.staging, `part-${String(this.#part++).padStart(5, '0')}-${this.job}.csv`), 'wx');
    if (this.format.header) this.#line(this.names);
  }

  write(rows: readonly Readonly<Record<string, unknown>>[]): void {
    for (const row of rows) {
      this.#line(this.names.map((name) => row[name]));
      if (this.#text.length > BUFFER_CHARS) this.#flush();
    }
  }

  #line(values: readonly unknown[]): void {
    let line = '';
    for (let i = 0; i < values.length; i++) line += (i === 0 ? '' : this.format.sep) + this.#field(values[i]);
    // One empty field alone would be a blank line, which readers pass over.
    this.#text += `${line === '' ? '""' : line}\n`;
  }

  /** An empty string is quoted, so that it does not come back as null. */
  #field(value: unknown): string {
    if (value === null || value === undefined) return this.format.nullValue;
    const text =
      value instanceof Uint8Array
        ? Buffer.from(value).toString('utf8')
        : String(value as string | number | bigint | boolean | Date);
    if (text === '' || text === this.format.nullValue || this.#quoteTest.test(text)) return `"${text.replaceAll('"', '""')}"`;
    return text;
  }

  #flush(): void {
    const bytes = Buffer.from(this.#text);
    this.#text = '';
    for (let at = 0; at < bytes.length;) at += writeSync(this.#descriptor, bytes, at);
  }

  #closePart(): void {
    if (this.#descriptor === -1) return;
    this.#flush();
    fsyncSync(this.#descriptor);
    closeSync(this.#descriptor);
    this.#descriptor = -1;
  }

  commit(): void {
    if (this.#descriptor === -1 && this.#part === 0) this.beginPart();
    this.#closePart();
    const files = readdirSync(this.staging);
    if (this.single) {
      renameSync(join(this.staging, files[0]!), this.path);
    } else if (this.mode === 'append' && statSync(this.path, { throwIfNoEntry: false })?.isDirectory() === true) {
      for (const file of files) renameSync(join(this.staging, file), join(this.path, file));
    } else {
      closeSync(openSync(join(this.staging, '_SUCCESS'), 'w'));
      this.#replaceDirectory();
    }
    rmSync(this.staging, { recursive: true, force: true });
    syncDirectory(dirname(this.path));
  }

  /** The old directory steps aside before the new one takes its name, and goes afterwards. */
  #replaceDirectory(): void {
    const old = `${this.staging}-old`;
    const existed = statSync(this.path, { throwIfNoEntry: false }) !== undefined;
    if (existed) renameSync(this.path, old);
    renameSync(this.staging, this.path);
    if (existed) rmSync(old, { recursive: true, force: true });
  }

  abort(): void {
    if (this.#descriptor !== -1) closeSync(this.#descriptor);
    this.#descriptor = -1;
    rmSync(this.staging, { recursive: true, force: true });
  }
}

/** What a killed process left: staging directories whose process is gone. */
function removeLeftovers(parent: string, name: string): void {
  for (const entry of readdirSync(parent)) {
    const pid = entry.startsWith(`.${name}.quern-`) ? /\.quern-(\d+)-/.exec(entry)?.[1] : undefined;
    if (pid === undefined || isAlive(Number(pid))) continue;
    rmSync(join(parent, entry), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function syncDirectory(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
