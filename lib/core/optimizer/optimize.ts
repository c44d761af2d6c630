import { InternalError } from '../errors.js';
import { sameType } from '../types/data-type.js';
import type { Resolved } from '../plan/resolved-plan.js';
import type { RuleContext } from './rule.js';
import { RULES } from './rules.js';

export interface OptimizeOptions extends RuleContext {
  /** Rules switched off by name; '*' for all. */
  readonly disabled?: ReadonlySet<string>;
}

export interface RuleTiming {
  readonly rule: string;
  readonly microseconds: number;
  readonly changed: boolean;
}

/** Runs the rules in order. Every change is checked: the plan must still yield the same columns. */
export function optimize(plan: Resolved, options: OptimizeOptions, timings?: RuleTiming[]): Resolved {
  if (options.disabled?.has('*') === true) return plan;
  let current = plan;
  for (const { name, apply } of RULES) {
    if (options.disabled?.has(name) === true) continue;
    const start = timings === undefined ? 0 : performance.now();
    const next = apply(current, options);
    if (next !== current) checkOutput(name, plan, next);
    timings?.push({ rule: name, microseconds: Math.round((performance.now() - start) * 1000), changed: next !== current });
    current = next;
  }
  return current;
}

function checkOutput(rule: string, before: Resolved, after: Resolved): void {
  const same =
    before.output.length === after.output.length &&
    before.output.every(
      (attribute, i) => attribute.id === after.output[i]!.id && sameType(attribute.type, after.output[i]!.type),
    );
  if (!same) throw new InternalError(`Rule ${rule} changed the columns of the plan.`);
}
