import type { Expr, Span, WindowSpec } from '../core/expr/expr.js';
import type { JoinPlan, LogicalPlan, SetOperationPlan } from '../core/plan/logical-plan.js';
import { freeze } from './nodes.js';

/** Small factories of frozen plans. */

export const oneRow = (at: Span): LogicalPlan => Object.freeze({ kind: 'one_row', at });

export function project(
  input: LogicalPlan,
  exprs: readonly Expr[],
  at: Span,
  windows?: ReadonlyMap<string, WindowSpec>,
): LogicalPlan {
  return Object.freeze({ kind: 'project', input, exprs: freeze(exprs), ...(windows === undefined ? {} : { windows }), at });
}

export const starOf = (at: Span): Expr => Object.freeze({ kind: 'star', qualifier: freeze<string>([]), at });

export function filter(input: LogicalPlan, condition: Expr, role: 'where' | 'qualify', at: Span): LogicalPlan {
  return Object.freeze({ kind: 'filter', input, condition, role, at });
}

export const distinct = (input: LogicalPlan, at: Span): LogicalPlan => Object.freeze({ kind: 'distinct', input, at });

export function values(rows: readonly (readonly Expr[])[], at: Span): LogicalPlan {
  return Object.freeze({ kind: 'values', rows: freeze(rows.map((r) => freeze(r))), at });
}

export function aliased(input: LogicalPlan, name: string, columns: readonly string[] | undefined, at: Span): LogicalPlan {
  return Object.freeze({ kind: 'alias', input, name, ...(columns === undefined ? {} : { columns: freeze(columns) }), at });
}

export interface JoinParts {
  readonly type: JoinPlan['type'];
  readonly left: LogicalPlan;
  readonly right: LogicalPlan;
  readonly on?: Expr;
  readonly using?: readonly string[];
  readonly natural?: boolean;
  readonly lateral?: boolean;
}

export function join(parts: JoinParts, at: Span): LogicalPlan {
  const { natural = false, lateral = false } = parts;
  return Object.freeze({
    kind: 'join',
    ...parts,
    ...(parts.using === undefined ? {} : { using: freeze(parts.using) }),
    natural,
    lateral,
    at,
  });
}

export function setOperation(
  op: SetOperationPlan['op'],
  all: boolean,
  byName: boolean,
  left: LogicalPlan,
  right: LogicalPlan,
  at: Span,
): LogicalPlan {
  return Object.freeze({ kind: 'set_operation', op, all, byName, left, right, at });
}
