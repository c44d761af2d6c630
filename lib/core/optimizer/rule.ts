import type { Bound } from '../expr/bound.js';
import type { LiteralValue } from '../expr/expr.js';
import type { Resolved, ScanSource } from '../plan/resolved-plan.js';

/** What rules may ask for. */
export interface RuleContext {
  /** The engine's own code on one row: folding and running mean the same. Throws QueryError where the expression raises. */
  evaluate(expr: Bound): LiteralValue;
  /** What files say of themselves without being read; undefined where they do not. Absent: nobody may be asked. */
  readonly scanFacts?: (source: ScanSource, columns: readonly number[]) => ScanFacts | undefined;
}

/** Exact facts about all rows of a source. */
export interface ScanFacts {
  readonly rows: number;
  /** By column of the source; no entry where nothing is known. */
  readonly columns: ReadonlyMap<number, ColumnFacts>;
}

/** undefined: not known, or not exactly. A bound of null: there is no value. */
export interface ColumnFacts {
  readonly nulls: number | undefined;
  readonly min: LiteralValue | undefined;
  readonly max: LiteralValue | undefined;
}

/** A name, a function and — in the doc comment above each — a reason. A rule that changes nothing returns the same object. */
export interface Rule {
  readonly name: string;
  readonly apply: (plan: Resolved, context: RuleContext) => Resolved;
}

export function rule(name: string, apply: Rule['apply']): Rule {
  return Object.freeze({ name, apply });
}
