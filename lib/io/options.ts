import { QueryError } from '../core/errors.js';

/** Options of a format by lower-case name: how each one is read. */
export type OptionTable<T> = ReadonlyMap<string, (value: string, name: string) => Partial<T>>;

export interface OptionsOf<T> {
  /** For messages: `CSV files`. */
  readonly what: string;
  /** Spark's spelling, for messages. */
  readonly names: string;
  readonly table: OptionTable<T>;
  readonly defaults: T;
}

/** A complete record of options. @throws QueryError for an option that does not exist, or a value it cannot have. */
export function readOptions<T extends object>(options: ReadonlyMap<string, string>, of: OptionsOf<T>): T {
  let result = of.defaults;
  for (const [name, value] of options) {
    const read = of.table.get(name.toLowerCase());
    if (read === undefined)
      throw new QueryError({
        code: 'INVALID_OPTION',
        message: `Writing ${of.what} has no option "${name}". Options: ${of.names}.`,
      });
    result = { ...result, ...read(value, name) };
  }
  return Object.freeze(result);
}

export function booleanOption(value: string, name: string): boolean {
  const lower = value.toLowerCase();
  if (lower === 'true' || lower === 'false') return lower === 'true';
  throw invalid(name, 'true or false', value);
}

/** One ASCII character; with `mayBeEmpty` none too. */
export function byteOption(value: string, name: string, mayBeEmpty = false): string {
  const text = value === '\\t' ? '\t' : value;
  if (text === '' && mayBeEmpty) return text;
  if (text.length !== 1 || text.charCodeAt(0) > 127 || text === '\n' || text === '\r' || text === '\0')
    throw invalid(name, 'one ASCII character', value);
  return text;
}

export function invalid(name: string, wanted: string, value: string): QueryError {
  return new QueryError({ code: 'INVALID_OPTION', message: `Option ${name} must be ${wanted}, not '${value}'.` });
}
