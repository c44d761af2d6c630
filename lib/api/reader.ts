import { QueryError } from '../core/errors.js';
import { parseSchema } from '../sql/index.js';
import { dataFrameOfArrow, dataFrameOfArrowData, type ArrowData } from './arrow.js';
import { planNode } from './dataframe-plans.js';
import { DataFrame } from './dataframe.js';
import type { Schema } from '../core/types/data-type.js';
import type { Session } from './session.js';

/** A reader's options by Spark's names, without regard to case. */
export type ReadOptions = Readonly<Record<string, string | number | boolean>>;

/** Makes DataFrames of files. A reader is immutable: `schema` and `option` return a new one. */
export class DataFrameReader {
  /** @internal */
  constructor(
    private readonly session: Session,
    private readonly options: ReadonlyMap<string, string> = new Map(),
    private readonly given?: Schema,
    private readonly formatName?: string,
  ) {}

  /** The columns of the files, instead of inferring them: a schema, or text like `'id bigint, name string'`. */
  schema(schema: Schema | string): DataFrameReader {
    return new DataFrameReader(
      this.session,
      this.options,
      typeof schema === 'string' ? parseSchema(schema) : schema,
      this.formatName,
    );
  }

  /** One option by name, as `sep` or `header`. */
  option(name: string, value: string | number | boolean): DataFrameReader {
    return new DataFrameReader(this.session, new Map([...this.options, [name, String(value)]]), this.given, this.formatName);
  }

  /** The format of {@link DataFrameReader.load} by name, instead of what the path's ending tells. */
  format(name: string): DataFrameReader {
    return new DataFrameReader(this.session, this.options, this.given, name.toLowerCase());
  }

  /**
   * Files of any format: a path, a glob, a directory, or a list of them.
   * @throws DataError if there is no such file; QueryError for a format or an option that does not exist.
   * @example session.read.format('csv').option('sep', ';').load('sales/2024-*.txt')
   */
  load(paths: string | readonly string[], options: ReadOptions = {}): DataFrame {
    return this.#read(this.formatName, paths, options);
  }

  /**
   * CSV files: a path, a glob, a directory, or a list of them. Delimiter, quote, header and types are inferred unless they are given.
   * Nothing but samples is read until an action runs. Files that end in `.gz`, `.zst` or `.br` are decompressed by the executors, one task a file; the option
   * `compression` (`auto`, `none`, `gzip`, `zstd`, `brotli`) says it where the name does not.
   * @throws DataError if there is no such file; QueryError for an option that does not exist.
   * @example session.read.csv('sales/2024-*.csv', { sep: ';', nullValue: 'NA' })
   */
  csv(paths: string | readonly string[], options: ReadOptions = {}): DataFrame {
    return this.#read('csv', paths, options);
  }

  /**
   * JSON files: a path, a glob, a directory, or a list of them. Each line is an object, or the file is an array of them or holds values over several lines
   * (`multiLine`, found out by looking unless it is given). Types are inferred from samples unless a schema is given: bigint, double, boolean, string, structs and
   * arrays; fields are sorted by name, as in Spark. Nothing but samples is read until an action runs.
   *
   * Options: `multiLine`; `mode` (`PERMISSIVE`: malformed lines are nulls, `DROPMALFORMED`, `FAILFAST`); `columnNameOfCorruptRecord`; `primitivesAsString`;
   * `dateFormat`; `timestampFormat`; `compression` as for {@link DataFrameReader.csv}. What no column needs is checked for its structure only, unless the mode or a column for corrupt records asks for more.
   * @throws DataError if there is no such file, or no object in it; QueryError for an option that does not exist.
   * @example session.read.schema('id bigint, at timestamp').json('events/*.ndjson')
   */
  json(paths: string | readonly string[], options: ReadOptions = {}): DataFrame {
    return this.#read('json', paths, options);
  }

  /**
   * Parquet files: a path, a glob, a directory, or a list of them. Only footers are read until an action runs, and then only the columns, row groups and pages that it needs.
   * @throws DataError if there is no such file, or it is damaged, encrypted or no Parquet file; QueryError for an option that does not exist.
   * @example session.read.parquet('sales/2024/*.parquet').filter("country = 'CH'").groupBy('city').count()
   */
  parquet(paths: string | readonly string[], options: ReadOptions = {}): DataFrame {
    return this.#read('parquet', paths, options);
  }

  /**
   * Arrow IPC files and streams (`.arrow`, `.feather` of version 2, `.arrows`): a path, a glob, a directory, or a list of them. Only metadata is read until an action runs, and
   * then only the columns and rows that it needs. Bodies may be compressed (lz4, zstd).
   * @throws DataError if there is no such file, or it is damaged, no Arrow file, or has columns of types that are not read (unions, run-end encoded).
   * @example session.read.arrow('sales.arrow').groupBy('city').count()
   */
  arrow(paths: string | readonly string[], options?: ReadOptions): DataFrame;
  /** The bytes of an IPC file or stream in memory: its rows are copied into shared memory now. @throws DataError where they are damaged. */
  arrow(bytes: Uint8Array): DataFrame;
  /**
   * An apache-arrow `Table`, or a stream of bytes or of record batches, read to its end and copied into shared memory.
   * @example const df = await session.read.arrow(fs.createReadStream('events.arrows'))
   */
  arrow(data: ArrowData): Promise<DataFrame>;
  arrow(source: string | readonly string[] | ArrowData, options: ReadOptions = {}): DataFrame | Promise<DataFrame> {
    if (typeof source === 'string' || Array.isArray(source)) return this.#read('arrow', source as string | string[], options);
    if (source instanceof Uint8Array) return dataFrameOfArrow(this.session, source);
    return dataFrameOfArrowData(this.session, source as Exclude<ArrowData, Uint8Array>);
  }

  /**
   * Text files: each line a row of the column `value`, without the line feed that ends it and a carriage return before that. Options: `wholetext` (a row is a file),
   * `lineSep` (another ASCII character that ends lines), `compression` as for {@link DataFrameReader.csv}.
   * @throws DataError if there is no such file; QueryError for an option that does not exist.
   * @example session.read.text('logs/*.log.gz').filter(col('value').contains('ERROR'))
   */
  text(paths: string | readonly string[], options: ReadOptions = {}): DataFrame {
    return this.#read('text', paths, options);
  }

  /**
   * Files as they are, one a row: `path` (a URI), `modificationTime`, `length` in bytes and `content`, which is read only where it is asked for.
   * @throws DataError if there is no such file; QueryError for an option that does not exist.
   * @example session.read.binaryFile('images', { pathGlobFilter: '*.png' }).select('path', 'length')
   */
  binaryFile(paths: string | readonly string[], options: ReadOptions = {}): DataFrame {
    return this.#read('binaryfile', paths, options);
  }

  #read(format: string | undefined, paths: string | readonly string[], options: ReadOptions): DataFrame {
    const list = typeof paths === 'string' ? [paths] : [...paths];
    if (list.length === 0)
      throw new QueryError({ code: 'INVALID_PARAMETER_VALUE', message: `read.${format ?? 'load'}() needs a path.` });
    const all = new Map([
      ...this.options,
      ...Object.entries(options).map(([name, value]): [string, string] => [name, String(value)]),
    ]);
    return new DataFrame(
      this.session,
      planNode({
        kind: 'read',
        paths: list,
        options: all,
        ...(format === undefined ? {} : { format }),
        ...(this.given === undefined ? {} : { schema: this.given }),
      }),
    );
  }
}
