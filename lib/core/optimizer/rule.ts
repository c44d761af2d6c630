import type { Bound } from '../expr/bound.js';
import type { LiteralValue } from '../expr/expr.js';
import type { Resolved } from '../plan/resolved-plan.js';

/** What rules may ask for. */
export interface RuleContext {
  /** The engine's own code on one row: folding and running mean the same. Throws QueryError where the expression raises. */
  evaluate(expr: Bound): LiteralValue;
}

/** A name, a function and — in the doc comment above each — a reason. A rule that changes nothing returns the same object. */
export interface Rule {
  readonly name: string;
  readonly apply: (plan: Resolved, context: RuleContext) => Resolved;
}

export function rule(name: string, apply: Rule['apply']): Rule {
  return Object.freeze({ name, apply });
}
