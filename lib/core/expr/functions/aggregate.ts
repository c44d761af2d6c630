import {
  BIGINT,
  BINARY,
  BOOLEAN,
  DAY_TIME_INTERVAL,
  DOUBLE,
  YEAR_MONTH_INTERVAL,
  isFractional,
  isIntegral,
  type DataType,
} from '../../types/data-type.js';
import { isNested, isOrderable } from '../../types/nested.js';
import { boundedDecimal } from '../../types/decimal.js';
import type { TypeClass } from '../../types/coercion.js';
import type { Bound } from '../bound.js';
import { aggregate, call } from '../build.js';
import { aggregateFunction, type AggregateEntry, type CallSite, type Resolver } from './entry.js';
import { arg, arity, coerceArg } from './resolve.js';

const SUMMABLE: TypeClass = ['numeric', 'year_month_interval', 'day_time_interval'];

function options(site: CallSite): {
  readonly distinct: boolean;
  readonly filter?: Bound;
  readonly at?: NonNullable<CallSite['at']>;
} {
  return {
    distinct: site.distinct,
    ...(site.filter === undefined ? {} : { filter: site.filter }),
    ...(site.at === undefined ? {} : { at: site.at }),
  };
}

function sumType(type: DataType): DataType {
  if (type.kind === 'decimal') {
    return boundedDecimal(type.precision + 10, type.scale);
  }
  return isIntegral(type) ? BIGINT : isFractional(type) ? DOUBLE : wholeInterval(type);
}

function averageType(type: DataType): DataType {
  return type.kind === 'decimal' ? boundedDecimal(type.precision + 4, type.scale + 4) : wholeInterval(type);
}

function wholeInterval(type: DataType): DataType {
  return type.kind === 'day_time_interval'
    ? DAY_TIME_INTERVAL
    : type.kind === 'year_month_interval'
      ? YEAR_MONTH_INTERVAL
      : DOUBLE;
}

/** sum, avg: of numbers and intervals. */
function total(fn: string, typeOf: (type: DataType) => DataType): Resolver {
  return (site) => {
    arity(site, 1);
    const input = coerceArg(site, 0, SUMMABLE);
    return aggregate(fn, [input], typeOf(input.type), true, options(site));
  };
}

/** Moments: of doubles. */
function moment(fn: string): Resolver {
  return (site) => {
    arity(site, 1);
    return aggregate(fn, [coerceArg(site, 0, DOUBLE)], DOUBLE, true, options(site));
  };
}

/** The result is one of the values. */
function pick(fn: string): Resolver {
  return (site) => {
    arity(site, 1);
    const input = arg(site, 0);
    if (input.type.kind === 'map') {
      throw site.fail.invalidOrdering(input.type);
    }
    if (isNested(input.type)) {
      requireOrder(site, input.type);
      return aggregate(`${fn}_by`, [input, sortKey(input)], input.type, true, options(site));
    }
    return aggregate(fn, [input], input.type, true, options(site));
  };
}

function requireOrder(site: CallSite, type: DataType): void {
  if (!isOrderable(type)) {
    throw site.fail.invalidOrdering(type);
  }
}

/** Nested values are ordered by bytes made of them. */
function sortKey(input: Bound): Bound {
  return call('nested_sort_key', [input], BINARY, input.nullable);
}

function pickBy(fn: string): Resolver {
  return (site) => {
    arity(site, 2);
    const by = arg(site, 1);
    if (by.type.kind === 'map') {
      throw site.fail.invalidOrdering(by.type);
    }
    requireOrder(site, by.type);
    const order = isNested(by.type) ? sortKey(by) : by;
    return aggregate(fn, [arg(site, 0), order], arg(site, 0).type, true, options(site));
  };
}

/** first and last; the second argument, or IGNORE NULLS, skips nulls. */
function end(fn: 'first' | 'last'): Resolver {
  return (site) => {
    arity(site, 1, 2);
    const ignoring = site.ignoreNulls || (site.args.length === 2 && site.constant(1, 'whether nulls are ignored') === true);
    return aggregate(ignoring ? `${fn}_ignore_nulls` : fn, [arg(site, 0)], arg(site, 0).type, true, options(site));
  };
}

function ofBoolean(fn: string): Resolver {
  return (site) => {
    arity(site, 1);
    return aggregate(fn, [coerceArg(site, 0, BOOLEAN)], BOOLEAN, true, options(site));
  };
}

function ofIntegral(fn: string): Resolver {
  return (site) => {
    arity(site, 1);
    const input = coerceArg(site, 0, 'integral');
    return aggregate(fn, [input], input.type, true, options(site));
  };
}

function count(site: CallSite): Bound {
  if (site.star) {
    return aggregate('count', [], BIGINT, false, options(site));
  }
  arity(site, 1, Infinity);
  const constant = site.args.length === 1 && !site.distinct && arg(site, 0).kind === 'literal' && !arg(site, 0).nullable;
  return aggregate('count', constant ? [] : site.args, BIGINT, false, options(site));
}

function countIf(site: CallSite): Bound {
  arity(site, 1);
  const condition = coerceArg(site, 0, BOOLEAN);
  const filter = site.filter === undefined ? condition : call('and', [site.filter, condition], BOOLEAN, true);
  if (site.distinct) {
    // Distinct true values: at most one.
    return aggregate('count', [condition], BIGINT, false, { ...options(site), filter });
  }
  return aggregate('count', [], BIGINT, false, { ...options(site), distinct: false, filter });
}

function median(site: CallSite): Bound {
  arity(site, 1);
  const kind = arg(site, 0).type.kind;
  if (kind === 'date' || kind === 'timestamp' || kind === 'timestamp_ntz') {
    throw site.fail.timeType();
  }
  const input = coerceArg(site, 0, SUMMABLE);
  return aggregate('median', [input], wholeInterval(input.type), true, options(site));
}

function approximateCount(site: CallSite): Bound {
  arity(site, 1, 2);
  const deviation = site.args.length === 2 ? [coerceArg(site, 1, DOUBLE)] : [];
  return aggregate('approx_count_distinct', [arg(site, 0), ...deviation], BIGINT, false, options(site));
}

const entry = aggregateFunction;

export const AGGREGATES: readonly AggregateEntry[] = [
  entry({
    name: 'count',
    state: 'bigint',
    nullable: false,
    resolve: count,
    doc: 'Rows where no argument is null; count(*) all rows.',
    example: 'count(*) → 3',
  }),
  entry({
    name: 'count_if',
    state: 'bigint',
    nullable: false,
    resolve: countIf,
    doc: 'Rows where the condition is true.',
    example: 'count_if(x > 1) → 2',
  }),
  entry({
    name: 'sum',
    state: 'wide sum',
    resolve: total('sum', sumType),
    doc: 'Sum; bigint of integers, ten more digits of decimals.',
    example: 'sum(x) → 6',
  }),
  entry({
    name: 'try_sum',
    state: 'wide sum',
    resolve: total('try_sum', sumType),
    doc: 'sum, null on overflow.',
    example: 'try_sum(x) → 6',
  }),
  entry({
    name: 'avg',
    aliases: ['mean'],
    state: 'wide sum, count',
    resolve: total('avg', averageType),
    doc: 'Mean; four more digits of decimals.',
    example: 'avg(x) → 2.0',
  }),
  entry({
    name: 'try_avg',
    state: 'wide sum, count',
    resolve: total('try_avg', averageType),
    doc: 'avg, null on overflow.',
    example: 'try_avg(x) → 2.0',
  }),
  entry({ name: 'min', state: 'value', resolve: pick('min'), doc: 'The smallest value.', example: 'min(x) → 1' }),
  entry({
    name: 'max',
    state: 'value',
    resolve: pick('max'),
    doc: 'The largest value; NaN is larger than all numbers.',
    example: 'max(x) → 3',
  }),
  entry({
    name: 'min_by',
    state: 'value, key',
    orderSensitive: true,
    resolve: pickBy('min_by'),
    doc: 'The first argument of the row with the smallest second.',
    example: 'min_by(name, age) → Ann',
  }),
  entry({
    name: 'max_by',
    state: 'value, key',
    orderSensitive: true,
    resolve: pickBy('max_by'),
    doc: 'The first argument of the row with the largest second.',
    example: 'max_by(name, age) → Zoe',
  }),
  entry({
    name: 'first',
    aliases: ['first_value'],
    state: 'value, row',
    orderSensitive: true,
    resolve: end('first'),
    doc: 'The first value in row order.',
    example: 'first(x) → 1',
  }),
  entry({
    name: 'last',
    aliases: ['last_value'],
    state: 'value, row',
    orderSensitive: true,
    resolve: end('last'),
    doc: 'The last value in row order.',
    example: 'last(x) → 3',
  }),
  entry({
    name: 'any_value',
    state: 'value, row',
    orderSensitive: true,
    resolve: end('first'),
    doc: 'Some value: the first.',
    example: 'any_value(x) → 1',
  }),
  entry({
    name: 'stddev_samp',
    aliases: ['stddev', 'std'],
    state: 'count, mean, m2',
    resolve: moment('stddev_samp'),
    doc: 'Sample standard deviation; null of one value.',
    example: 'stddev(x) → 1.0',
  }),
  entry({
    name: 'stddev_pop',
    state: 'count, mean, m2',
    resolve: moment('stddev_pop'),
    doc: 'Population standard deviation.',
    example: 'stddev_pop(x) → 0.81',
  }),
  entry({
    name: 'var_samp',
    aliases: ['variance'],
    state: 'count, mean, m2',
    resolve: moment('var_samp'),
    doc: 'Sample variance; null of one value.',
    example: 'variance(x) → 1.0',
  }),
  entry({
    name: 'var_pop',
    state: 'count, mean, m2',
    resolve: moment('var_pop'),
    doc: 'Population variance.',
    example: 'var_pop(x) → 0.66',
  }),
  entry({
    name: 'median',
    state: 'values',
    resolve: median,
    doc: 'The middle value, or the mean of the two in the middle.',
    example: 'median(x) → 2.0',
  }),
  entry({
    name: 'approx_count_distinct',
    state: 'HyperLogLog++ registers',
    nullable: false,
    distinct: false,
    resolve: approximateCount,
    doc: 'About how many different values, within 5 %.',
    example: 'approx_count_distinct(x) → 3',
  }),
  entry({
    name: 'bool_and',
    aliases: ['every'],
    state: 'boolean',
    resolve: ofBoolean('bool_and'),
    doc: 'Whether all values are true.',
    example: 'bool_and(x > 0) → true',
  }),
  entry({
    name: 'bool_or',
    aliases: ['some', 'any'],
    state: 'boolean',
    resolve: ofBoolean('bool_or'),
    doc: 'Whether one value is true.',
    example: 'bool_or(x > 2) → true',
  }),
  entry({
    name: 'bit_and',
    state: 'bigint',
    resolve: ofIntegral('bit_and'),
    doc: 'Bits that all values have.',
    example: 'bit_and(x) → 0',
  }),
  entry({
    name: 'bit_or',
    state: 'bigint',
    resolve: ofIntegral('bit_or'),
    doc: 'Bits that some value has.',
    example: 'bit_or(x) → 3',
  }),
  entry({
    name: 'bit_xor',
    state: 'bigint',
    resolve: ofIntegral('bit_xor'),
    doc: 'Bits that an odd number of values have.',
    example: 'bit_xor(x) → 0',
  }),
];
