import { QueryError } from '../core/errors.js';

/** What to do with an option's text: the members that it sets. */
export type OptionReader<Options> = (value: string, name: string) => Partial<Options>;

/** Options of a format by lower-case name, and their names in Spark's spelling, for messages. */
export interface OptionTable<Options> {
  readonly format: string;
  readonly names: string;
  readonly readers: ReadonlyMap<string, OptionReader<Options>>;
  readonly defaults: Options;
}

export function flag<Options>(make: (value: boolean) => Partial<Options>): OptionReader<Options> {
  return (value, name) => {
    const lower = value.toLowerCase();
    if (lower !== 'true' && lower !== 'false')
      throw new QueryError({ code: 'INVALID_OPTION', message: `Option ${name} must be true or false, not '${value}'.` });
    return make(lower === 'true');
  };
}

export function oneOf<Options, Value>(
  values: { readonly [name: string]: Value },
  make: (value: Value) => Partial<Options>,
): OptionReader<Options> {
  return (value, name) => {
    const upper = value.toUpperCase();
    if (!Object.hasOwn(values, upper))
      throw new QueryError({
        code: 'INVALID_OPTION',
        message: `Option ${name} must be one of ${Object.keys(values).join(', ')}, not '${value}'.`,
      });
    return make(values[upper]!);
  };
}

/** @throws QueryError for an option that does not exist, or a value it cannot have. */
export function readOptions<Options extends object>(table: OptionTable<Options>, options: ReadonlyMap<string, string>): Options {
  let result = table.defaults;
  for (const [name, value] of options) {
    const reader = table.readers.get(name.toLowerCase());
    if (reader === undefined)
      throw new QueryError({
        code: 'INVALID_OPTION',
        message: `${table.format} has no option "${name}". Options: ${table.names}.`,
      });
    result = { ...result, ...reader(value, name) };
  }
  return Object.freeze(result);
}
