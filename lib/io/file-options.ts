import { QueryError } from '../core/errors.js';
import { nameTest } from './glob.js';

/** Options that all formats have, about which files are read and what is known of them. */
export interface FileOptions {
  /** Partition directories are counted from here instead of from the path that was given. */
  readonly basePath: string | undefined;
  /** Directories as `year=2024` make columns. */
  readonly hivePartitioning: boolean;
  /** Values in the names of directories are numbers and dates where all of them look so. */
  readonly partitionTypes: boolean;
  readonly recursive: boolean;
  readonly nameFilter: RegExp | undefined;
  /** The columns of all files by name, instead of the first one's. */
  readonly mergeSchema: boolean;
}

const DEFAULTS: FileOptions = {
  basePath: undefined,
  hivePartitioning: true,
  partitionTypes: true,
  recursive: false,
  nameFilter: undefined,
  mergeSchema: false,
};

type Reader = (value: string, name: string) => Partial<FileOptions>;

const flag =
  (make: (value: boolean) => Partial<FileOptions>): Reader =>
  (value, name) => {
    const lower = value.toLowerCase();
    if (lower !== 'true' && lower !== 'false')
      throw new QueryError({ code: 'INVALID_OPTION', message: `Option ${name} must be true or false, not '${value}'.` });
    return make(lower === 'true');
  };

const hivePartitioning = flag((on) => ({ hivePartitioning: on }));
const partitionTypes = flag((on) => ({ partitionTypes: on }));
const mergeSchema = flag((on) => ({ mergeSchema: on }));

/** By lower-case name, Spark's and DuckDB's. */
const READERS: ReadonlyMap<string, Reader> = new Map([
  ['basepath', (basePath: string) => ({ basePath })],
  ['hivepartitioning', hivePartitioning],
  ['hive_partitioning', hivePartitioning],
  ['partitioncolumntypeinference', partitionTypes],
  ['hive_types_autocast', partitionTypes],
  // Spark takes the names of directories for what they are when it reads everything below.
  ['recursivefilelookup', flag((on) => (on ? { recursive: true, hivePartitioning: false } : {}))],
  ['pathglobfilter', (value: string) => ({ nameFilter: nameTest(value) })],
  ['mergeschema', mergeSchema],
  ['union_by_name', mergeSchema],
]);

/** The options of all formats, and the others, which are the format's. @throws QueryError for a value that an option cannot have. */
export function takeFileOptions(options: ReadonlyMap<string, string>): {
  readonly file: FileOptions;
  readonly format: ReadonlyMap<string, string>;
} {
  let file = DEFAULTS;
  const format = new Map<string, string>();
  for (const [name, value] of options) {
    const reader = READERS.get(name.toLowerCase());
    if (reader === undefined) format.set(name, value);
    else file = { ...file, ...reader(value, name) };
  }
  return { file, format };
}
