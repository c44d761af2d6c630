import type { DataType } from '../types/data-type.js';
import type { LiteralValue, Span } from './expr.js';

/**
 * Bound expressions: names resolved to attributes, functions to overloads of the catalogue, every node typed, all coercions
 * written as casts. What the optimizer rewrites and what codegen compiles. Frozen plain data.
 *
 * In a resolved plan a column is an `attribute` (by id); in a physical pipeline it is a `slot` (by vector).
 */
export type Bound = BoundLiteral | AttributeRef | SlotRef | BoundCall | BoundCast | BoundCase | BoundAggregate;

interface Node {
  readonly type: DataType;
  readonly nullable: boolean;
  /** Place in the SQL text, for run-time errors. */
  readonly at?: Span;
}

export interface BoundLiteral extends Node {
  readonly kind: 'literal';
  readonly value: LiteralValue;
}

/** A column of a resolved plan. Ids are unique in a process; a column keeps its id through filters, sorts and limits. */
export interface AttributeRef extends Node {
  readonly kind: 'attribute';
  readonly id: number;
  readonly name: string;
}

/** A vector of a pipeline. */
export interface SlotRef extends Node {
  readonly kind: 'slot';
  readonly index: number;
  /** The column it holds, for messages. */
  readonly name?: string;
}

/**
 * A scalar function. `fn` is the catalogue entry's canonical name; aliases and sugar are gone:
 * between, nullif, ifnull, nvl, nvl2, if, decode, iff → case/and/coalesce; '<>' → not('='); `positive` → its argument.
 * Arguments already have the types of the overload (except: decimals keep their own precision and scale, the result's is in `type`):
 *
 * - add subtract multiply (int|bigint|float|double|decimal|tinyint|smallint, both alike; result `type`); divide (double|decimal); mod, pmod (both alike); div (bigint, decimal → bigint); negative, abs
 * - date_add(date, int), date_sub, date_diff(date, date) → int, add_months(date, int), date_plus_day_time(date→timestamp is a cast first),
 *   timestamp_plus_day_time(ts, dt), timestamp_minus_day_time, timestamp_plus_year_month(ts, ym), timestamp_minus_year_month, timestamp_diff(ts, ts) → dt interval, date_minus_date → dt interval
 *   interval_add, interval_subtract (both alike), interval_multiply(interval, bigint|double|decimal), interval_divide
 * - '=' '<' '<=' '>' '>=' '<=>' (both alike; decimals with the same scale); not; and, or (n-ary); isnull, isnotnull, isnan; in(x, …values, all alike)
 * - coalesce(n-ary, alike), greatest, least
 * - everything else by its Spark name, one entry a function in core/expr/functions/.
 */
export interface BoundCall extends Node {
  readonly kind: 'call';
  readonly fn: string;
  readonly args: readonly Bound[];
}

export interface BoundCast extends Node {
  readonly kind: 'cast';
  readonly input: Bound;
  /** 'try': null where 'ansi' raises. */
  readonly mode: 'ansi' | 'try';
}

/** First branch whose condition is true; lazily evaluated, so an untaken branch never raises. All branches have `type`. */
export interface BoundCase extends Node {
  readonly kind: 'case';
  readonly branches: readonly { readonly when: Bound; readonly then: Bound }[];
  readonly otherwise: Bound;
}

/**
 * An aggregate function. Only in the `aggregates` of a resolved aggregate node. `fn`: count (no argument: rows), sum, min, max, avg, stddev_samp, stddev_pop,
 * var_samp, var_pop, median, approx_count_distinct, min_by, max_by, first, last, bool_and, bool_or, count_if → count with filter, any_value → first, …
 */
export interface BoundAggregate extends Node {
  readonly kind: 'aggregate';
  readonly fn: string;
  readonly args: readonly Bound[];
  readonly distinct: boolean;
  readonly filter?: Bound;
}

/** Sort order of a resolved plan. */
export interface BoundSortItem {
  readonly expr: Bound;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}
