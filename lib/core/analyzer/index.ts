import type { LogicalPlan } from '../plan/logical-plan.js';
import type { Resolved } from '../plan/resolved-plan.js';
import type { AnalyzeOptions, Catalog } from './catalog.js';
import { placeOf, type Context } from './context.js';
import { tooDeep } from './errors.js';
import { supplyMetadata } from './metadata.js';
import { analyzePlan } from './plans.js';

export type { AnalyzeOptions, Catalog, Parameters } from './catalog.js';

/**
 * The resolved plan of a written one: names bound to columns, functions to overloads, all coercions written as casts.
 * Throws QueryError, with the place in `options.sql` when it is given.
 */
export function analyze(plan: LogicalPlan, catalog: Catalog, options: AnalyzeOptions): Resolved {
  let moment: bigint | undefined;
  const context: Context = {
    catalog,
    options,
    now: () => (moment ??= options.now?.() ?? BigInt(Date.now()) * 1000n),
    metadata: new Map(),
    definitions: new Map(),
    expanding: [],
  };
  try {
    return supplyMetadata(analyzePlan(plan, context).plan, context.metadata);
  } catch (error) {
    // Plans are walked recursively: thousands of DataFrame calls in a row are fine, hundreds of thousands are not.
    throw error instanceof RangeError && error.message.includes('call stack') ? tooDeep(placeOf(context, plan.at)) : error;
  }
}
