import { INT, TINYINT, decimal, isInterval, type DataType } from '../../types/data-type.js';
import { DATE, TIMESTAMP } from '../../types/data-type.js';
import { implicitCast } from '../../types/coercion.js';
import type { Bound } from '../bound.js';
import { coerce, literal, strictCall } from '../build.js';
import { sugar, type CallSite, type FunctionEntry } from './entry.js';
import { arg, arity } from './resolve.js';

/** extract(field FROM x) and date_part: the field's own function. */

interface FieldRule {
  readonly names: readonly string[];
  readonly fn: string;
  readonly of: DataType;
  readonly returns: DataType;
  /** Added to what the function gives. */
  readonly plus?: number;
}

const SECONDS = decimal(8, 6);

const FIELDS: readonly FieldRule[] = [
  { names: ['year', 'y', 'years', 'yr', 'yrs'], fn: 'year', of: DATE, returns: INT },
  { names: ['yearofweek'], fn: 'year_of_week', of: DATE, returns: INT },
  { names: ['quarter', 'qtr'], fn: 'quarter', of: DATE, returns: INT },
  { names: ['month', 'mon', 'mons', 'months'], fn: 'month', of: DATE, returns: INT },
  { names: ['week', 'w', 'weeks'], fn: 'weekofyear', of: DATE, returns: INT },
  { names: ['day', 'd', 'days'], fn: 'day', of: DATE, returns: INT },
  { names: ['dayofweek', 'dow'], fn: 'dayofweek', of: DATE, returns: INT },
  { names: ['dayofweek_iso', 'dow_iso'], fn: 'weekday', of: DATE, returns: INT, plus: 1 },
  { names: ['doy'], fn: 'dayofyear', of: DATE, returns: INT },
  { names: ['hour', 'h', 'hours', 'hr', 'hrs'], fn: 'hour', of: TIMESTAMP, returns: INT },
  { names: ['minute', 'm', 'min', 'mins', 'minutes'], fn: 'minute', of: TIMESTAMP, returns: INT },
  { names: ['second', 's', 'sec', 'seconds', 'secs'], fn: 'second_with_fraction', of: TIMESTAMP, returns: SECONDS },
];

/** Fields of intervals, by the first of the names above. */
const INTERVAL_FIELDS: { readonly [kind: string]: ReadonlyMap<string, { readonly fn: string; readonly returns: DataType }> } = {
  year_month_interval: new Map([
    ['year', { fn: 'interval_year', returns: INT }],
    ['month', { fn: 'interval_month', returns: TINYINT }],
  ]),
  day_time_interval: new Map([
    ['day', { fn: 'interval_day', returns: INT }],
    ['hour', { fn: 'interval_hour', returns: TINYINT }],
    ['minute', { fn: 'interval_minute', returns: TINYINT }],
    ['second', { fn: 'interval_second', returns: SECONDS }],
  ]),
};

const ALL_FIELDS = FIELDS.map((f) => f.names[0] ?? '');

function extract(site: CallSite): Bound {
  arity(site, 2);
  const wanted = String(site.constant(0, 'the field')).toLowerCase();
  const field = FIELDS.find((f) => f.names.includes(wanted));
  const input = arg(site, 1);
  if (isInterval(input.type)) {
    const fields = INTERVAL_FIELDS[input.type.kind];
    const own = fields?.get(field?.names[0] ?? '');
    if (own === undefined) {
      throw site.fail.invalidExtractField(wanted, [...(fields?.keys() ?? [])]);
    }
    return strictCall(own.fn, [input], own.returns, site.at);
  }
  if (field === undefined) {
    throw site.fail.invalidExtractField(wanted, ALL_FIELDS);
  }
  const type = implicitCast(input.type, field.of);
  if (type === undefined) {
    throw site.fail.unexpectedInputType(1, field.of);
  }
  const value = strictCall(field.fn, [coerce(input, type)], field.returns, site.at);
  return field.plus === undefined ? value : strictCall('add', [value, literal(field.plus, INT)], INT, site.at);
}

/** Functions that only extract makes. */
export const EXTRACT_FUNCTIONS: readonly string[] = [
  'year_of_week',
  'second_with_fraction',
  ...Object.values(INTERVAL_FIELDS).flatMap((fields) => [...fields.values()].map((f) => f.fn)),
];

export const EXTRACT: readonly FunctionEntry[] = [
  sugar({
    name: 'extract',
    aliases: ['date_part', 'datepart'],
    resolve: extract,
    doc: 'A field of a date, timestamp or interval.',
    example: "extract(YEAR FROM date'2024-02-29') → 2024",
  }),
];
