import type { Bound } from '../expr/bound.js';
import type { LiteralValue } from '../expr/expr.js';
import { some } from '../expr/walk.js';
import type { Context } from './context.js';

/** Whether an expression has the same value in every row. */
export function isConstant(expr: Bound): boolean {
  return !some(
    expr,
    (n) =>
      n.kind === 'attribute' ||
      n.kind === 'slot' ||
      n.kind === 'aggregate' ||
      (n.kind === 'call' && n.fn === 'spark_partition_id'),
  );
}

/** The value of a constant: of a literal at once, else by the engine's own code. */
export function constantValue(expr: Bound, context: Context): LiteralValue {
  if (expr.kind === 'literal') {
    return expr.value;
  }
  if (expr.kind === 'call' && expr.fn === 'negative' && expr.args[0]?.kind === 'literal') {
    const { value } = expr.args[0];
    if (typeof value === 'number' || typeof value === 'bigint') {
      return -value;
    }
  }
  return context.catalog.evaluateConstant(expr);
}
