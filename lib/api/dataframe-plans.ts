import type { LogicalPlan } from '../core/plan/logical-plan.js';

let lastPlanId = 0;

/** Every DataFrame's plan has an id, so that `df.col('a')` means that plan's column. */
export function planNode(plan: LogicalPlan): LogicalPlan {
  return Object.freeze({ ...plan, planId: ++lastPlanId });
}
