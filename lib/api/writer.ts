import { QueryError } from '../core/errors.js';
import type { ActionOptions } from './actions.js';
import type { DataFrame } from './dataframe.js';
import type { ReadOptions } from './reader.js';
import type { WriteRequest } from './plan-write.js';

/** What happens when the destination exists: an error (the default), new files in its place, more files beside, or nothing. */
export type SaveMode = 'error' | 'errorifexists' | 'overwrite' | 'append' | 'ignore';

/** A writer's options by Spark's names, without regard to case. */
export type WriteOptions = ReadOptions;

const MODES: ReadonlyMap<string, WriteRequest['mode']> = new Map([
  ['error', 'error'],
  ['errorifexists', 'error'],
  ['default', 'error'],
  ['overwrite', 'overwrite'],
  ['append', 'append'],
  ['ignore', 'ignore'],
]);

/** All that a writer was told so far. */
interface Told {
  readonly format?: string;
  readonly mode: WriteRequest['mode'];
  readonly partitionBy: readonly string[];
  readonly options: ReadonlyMap<string, string>;
}

const NOTHING_TOLD: Told = Object.freeze({ mode: 'error', partitionBy: [], options: new Map() });

/**
 * Writes a DataFrame to files. A writer is immutable: `format`, `mode`, `partitionBy` and `option` return a new one; `save` and the short forms run the plan.
 *
 * The files are written by the executors, a piece a task, and appear all at once when everything is there and on the disk: a process that is killed
 * leaves at the destination what was there, or all of the new content.
 *
 * A path that ends in a file extension becomes one file; any other (or one that ends in a slash) a directory with a file for each partition and `_SUCCESS`.
 *
 * @example
 * ```ts
 * await df.write.format('csv').mode('overwrite').partitionBy('year', 'month').option('header', true).save('sales');
 * await df.write.csv('sales.csv', { sep: ';' });
 * ```
 */
export class DataFrameWriter {
  /** @internal */
  constructor(
    private readonly df: DataFrame,
    private readonly told: Told = NOTHING_TOLD,
  ) {
    Object.freeze(this);
  }

  #with(more: Partial<Told>): DataFrameWriter {
    return new DataFrameWriter(this.df, Object.freeze({ ...this.told, ...more }));
  }

  /** The format by name; without one, what the path's ending tells, else Parquet. */
  format(name: string): DataFrameWriter {
    return this.#with({ format: name.toLowerCase() });
  }

  /**
   * What happens when something is at the destination.
   * @throws QueryError for a mode that does not exist.
   */
  mode(mode: SaveMode): DataFrameWriter {
    const known = MODES.get(mode.toLowerCase());
    if (known !== undefined) return this.#with({ mode: known });
    throw new QueryError({
      code: 'INVALID_SAVE_MODE',
      message: `There is no save mode '${mode}'. Modes: error, errorifexists, overwrite, append, ignore.`,
    });
  }

  /** Columns whose values make directories, `year=2024/month=1`, and are left out of the files. */
  partitionBy(...columns: readonly string[]): DataFrameWriter {
    return this.#with({ partitionBy: [...columns] });
  }

  /**
   * One option by name. Of every format: `maxRecordsPerFile`, and `partitionOverwriteMode`: with `'dynamic'` mode overwrite replaces only the directories
   * of partition columns that get rows. Others are the format's.
   */
  option(name: string, value: string | number | boolean): DataFrameWriter {
    return this.options({ [name]: value });
  }

  /** Several options by name. */
  options(options: WriteOptions): DataFrameWriter {
    return this.#with({
      options: new Map([
        ...this.told.options,
        ...Object.entries(options).map(([name, value]): [string, string] => [name, String(value)]),
      ]),
    });
  }

  /**
   * Writes the rows.
   * @returns How many rows were written; 0 where mode ignore found something at the destination.
   * @throws DataError `PATH_ALREADY_EXISTS` in mode error, `PATH_NOT_WRITABLE`; ResourceError `DISK_FULL`; QueryError for formats, options and columns that cannot be written;
   * CancelledError, with nothing changed at the destination.
   * @example await df.write.format('csv').mode('append').save('events', { signal })
   */
  save(path: string, options: ActionOptions = {}): Promise<number> {
    return this.df.session.write(this.df.resolved, { ...this.told, path }, options);
  }

  /**
   * CSV: options `header` (default true), `sep`, `quote`, `escape`, `nullValue`, `quoteAll`. Null is an empty field, the empty string `""`.
   * @returns How many rows were written.
   * @example await df.write.mode('overwrite').csv('out', { sep: ';' })
   */
  csv(path: string, options: WriteOptions = {}, action: ActionOptions = {}): Promise<number> {
    return this.#short('csv', path, options, action);
  }

  /** JSON, an object a line: option `ignoreNullFields` (default false). Returns how many rows were written. */
  json(path: string, options: WriteOptions = {}, action: ActionOptions = {}): Promise<number> {
    return this.#short('json', path, options, action);
  }

  /** Lines of text: one column of strings. Returns how many rows were written. */
  text(path: string, options: WriteOptions = {}, action: ActionOptions = {}): Promise<number> {
    return this.#short('text', path, options, action);
  }

  /**
   * Parquet files: row groups of pages with dictionaries where they pay, statistics, page indexes and checksums, and with Spark's own description of the types. Options:
   *
   * - `compression`: `snappy` (the default), `zstd`, `gzip`, `lz4_raw`, `uncompressed`; `parquet.compression.codec.zstd.level`, default 3;
   * - `rowGroupRows`: rows of a row group at most, default 262,144; `parquet.block.size`: bytes of one, about, default 128 MiB, and less where memory is short;
   * - `parquet.page.size`: bytes of a page, about, default 1 MiB; `parquet.page.row.count.limit`: rows of one at most, default 20,000;
   * - `parquet.enable.dictionary`, default true; `parquet.dictionary.page.size`: bytes of a dictionary at most, default 1 MiB, beyond which values are written plainly;
   * - `bloomFilter`: names of columns that get Bloom filters, separated by commas, or Spark's `parquet.bloom.filter.enabled#name`; `parquet.bloom.filter.fpp#name`: the share of
   *   values that are not there and seem to be, default 0.01; `parquet.bloom.filter.expected.ndv#name`; `parquet.bloom.filter.max.bytes`, default 1 MiB.
   *
   * @returns How many rows were written.
   * @throws QueryError for intervals and for two columns of one name.
   * @example await df.write.mode('overwrite').parquet('sales', { compression: 'zstd', bloomFilter: 'customer_id' })
   */
  parquet(path: string, options: WriteOptions = {}, action: ActionOptions = {}): Promise<number> {
    return this.#short('parquet', path, options, action);
  }

  /** Arrow IPC files. Returns how many rows were written. */
  arrow(path: string, options: WriteOptions = {}, action: ActionOptions = {}): Promise<number> {
    return this.#short('arrow', path, options, action);
  }

  /** `mode` may be among the options. */
  #short(format: string, path: string, options: WriteOptions, action: ActionOptions): Promise<number> {
    const { mode, ...rest } = options;
    const writer = this.format(format).options(rest);
    return (mode === undefined ? writer : writer.mode(String(mode) as SaveMode)).save(path, action);
  }
}
