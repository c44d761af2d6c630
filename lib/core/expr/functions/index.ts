import { AGGREGATES } from './aggregate.js';
import { ARITHMETIC, positive } from './arithmetic.js';
import { CASTS } from './casts.js';
import { COMPARISON } from './comparison.js';
import { CONDITIONAL } from './conditional.js';
import { DATETIME } from './datetime.js';
import { sugar, type AggregateEntry, type FunctionEntry, type GeneratorEntry, type ScalarEntry } from './entry.js';
import { EXTRACT, EXTRACT_FUNCTIONS } from './extract.js';
import { FILE } from './file.js';
import { LOGIC } from './logic.js';
import { MATH } from './math.js';
import { NESTED } from './nested.js';
import { STRINGS } from './string.js';

/** The catalogue of functions: every name SQL and DataFrames can call. */

const POSITIVE = sugar({ name: 'positive', resolve: positive, doc: 'The value itself.', example: '+3 → 3' });

const ENTRIES: readonly FunctionEntry[] = [
  ...ARITHMETIC,
  POSITIVE,
  ...COMPARISON,
  ...LOGIC,
  ...CONDITIONAL,
  ...MATH,
  ...STRINGS,
  ...DATETIME,
  ...EXTRACT,
  ...CASTS,
  ...FILE,
  ...NESTED,
  ...AGGREGATES,
];

/** By name and alias, lower case. */
export const FUNCTIONS: ReadonlyMap<string, FunctionEntry> = new Map(
  ENTRIES.flatMap((entry) => [entry.name, ...entry.aliases].map((name) => [name, entry] as const)),
);

const isScalar = (entry: FunctionEntry): entry is ScalarEntry => entry.kind === 'scalar';
const isAggregate = (entry: FunctionEntry): entry is AggregateEntry => entry.kind === 'aggregate';

/** Functions that only rewrites make: intervals and parts of dates. */
export const INTERNAL_FUNCTIONS: readonly string[] = [
  'timestamp_plus_day_time',
  'timestamp_minus_day_time',
  'timestamp_plus_year_month',
  'timestamp_minus_year_month',
  'timestamp_diff',
  'date_minus_date',
  'interval_add',
  'interval_subtract',
  'interval_multiply',
  'interval_divide',
  'try_interval_add',
  'try_interval_subtract',
  'try_interval_multiply',
  'try_interval_divide',
  'days_of_interval',
  'months_of_interval',
  'get_field',
  'get_array_fields',
  'get_map_value',
  'canonical_nested',
  'nested_sort_key',
  ...EXTRACT_FUNCTIONS,
];

/** Every `fn` a BoundCall can have: codegen has an emitter for each. */
export const SCALAR_FUNCTIONS: readonly string[] = [...ENTRIES.filter(isScalar).map((e) => e.name), ...INTERNAL_FUNCTIONS];

/** A function that makes rows, by its name. */
export function generatorNamed(name: string): GeneratorEntry | undefined {
  const entry = FUNCTIONS.get(name.toLowerCase());
  return entry?.kind === 'generator' ? entry : undefined;
}

/** Every `fn` a BoundAggregate can have. count_if and any_value are written with others. */
export const AGGREGATE_FUNCTIONS: readonly string[] = [
  ...ENTRIES.filter(isAggregate)
    .map((e) => e.name)
    .filter((name) => name !== 'count_if' && name !== 'any_value'),
  'first_ignore_nulls',
  'last_ignore_nulls',
];

export type { AggregateEntry, CallSite, FunctionEntry, GeneratorEntry, ScalarEntry, Signature, SugarEntry } from './entry.js';
