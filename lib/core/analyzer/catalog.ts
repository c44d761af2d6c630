import type { Bound } from '../expr/bound.js';
import type { LiteralExpr, LiteralValue } from '../expr/expr.js';
import type { LogicalPlan, ReadPlan } from '../plan/logical-plan.js';
import type { ScanSource } from '../plan/resolved-plan.js';
import type { Schema } from '../types/data-type.js';

/** What the analyzer asks of a session. Every answer is at hand: files were inspected before, or are inspected synchronously. */
export interface Catalog {
  /** The plan of a temporary view; names are looked up without case. */
  view(path: readonly string[]): LogicalPlan | undefined;
  /** For "did you mean". */
  viewNames(): readonly string[];
  /** What an inspection of these files found. Throws QueryError or DataError. */
  source(read: ReadPlan): ScanSource;
  /** The columns of rows that createDataFrame put into the registry. */
  localSchema(id: number): Schema | undefined;
  /** The value of an expression without columns: the engine's own code on one row. May throw QueryError. */
  evaluateConstant(expr: Bound): LiteralValue;
}

/** Values of `?` (by index) and `:name` parameters. */
export type Parameters = ReadonlyMap<string | number, LiteralExpr>;

export interface AnalyzeOptions {
  readonly ansi: true;
  readonly timeZone: 'UTC';
  /** The text the plan came from, for carets. */
  readonly sql?: string;
  readonly parameters?: Parameters;
  /** Microseconds since the epoch that `now()` and `current_date()` mean. Asked once, and only by plans that depend on it. */
  readonly now?: () => bigint;
}
