import { sourceOf } from '../expr/span-source.js';
import type { Span } from '../expr/expr.js';
import type { LogicalPlan } from '../plan/logical-plan.js';
import type { AnalyzeOptions, Catalog } from './catalog.js';
import type { Place } from './errors.js';
import type { MetadataRequests } from './metadata.js';

/** What one analysis carries along. */
export interface Context {
  readonly catalog: Catalog;
  readonly options: AnalyzeOptions;
  /** Microseconds since the epoch, the same whenever it is asked. */
  readonly now: () => bigint;
  /** What scans were asked for beside their columns. */
  readonly metadata: MetadataRequests;
  /** Names of WITH clauses in sight, lower case; inner ones hide outer ones. */
  readonly definitions: ReadonlyMap<string, Definition>;
  /** Views being expanded, to find one that names itself. */
  readonly expanding: readonly string[];
}

export interface Definition {
  readonly plan: LogicalPlan;
  readonly columns: readonly string[] | undefined;
  /** The definitions its own text sees. */
  readonly scope: ReadonlyMap<string, Definition>;
}

/** A place in the text it was written in: that of this analysis, a view's, or that of an expression given as text. */
export function placeOf(context: Context, at: Span | undefined): Place {
  const sql = sourceOf(at) ?? context.options.sql;
  return { ...(at === undefined ? {} : { at }), ...(sql === undefined ? {} : { sql }) };
}
