import { inputsOf, walkPlan } from '../core/plan/walk.js';
import type { Resolved } from '../core/plan/resolved-plan.js';

/** Ids of the cached DataFrames in a plan. */
export function cachedIds(resolved: Resolved): number[] {
  const ids: number[] = [];
  walkPlan(resolved, (node) => {
    if (node.kind === 'cached') ids.push(node.id);
  });
  return ids;
}

/** Of those whose rows the plan reads: the others are for computing these. */
export function neededCacheIds(resolved: Resolved): number[] {
  return resolved.kind === 'cached' ? [resolved.id] : inputsOf(resolved).flatMap(neededCacheIds);
}

/** Ids of rows that a plan reads from the registry. */
export function storedIds(resolved: Resolved): number[] {
  const ids: number[] = [];
  walkPlan(resolved, (node) => {
    if (node.kind === 'local' && node.data.kind === 'registry') ids.push(node.data.id);
  });
  return ids;
}
