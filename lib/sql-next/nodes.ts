import type { CallExpr, CaseExpr, Expr, LiteralExpr, LiteralValue, SortItem, Span, SubqueryExpr } from '../core/expr/expr.js';
import type { LogicalPlan } from '../core/plan/logical-plan.js';
import { BOOLEAN, INT, NULL, STRING, type DataType } from '../core/types/data-type.js';

/** Small factories of frozen nodes, without absent fields. */

export function literal(type: DataType, value: LiteralValue, at: Span): LiteralExpr {
  return Object.freeze({ kind: 'literal', type, value, at });
}

export const nullLiteral = (at: Span): LiteralExpr => literal(NULL, null, at);
export const booleanLiteral = (value: boolean, at: Span): LiteralExpr => literal(BOOLEAN, value, at);
export const stringLiteral = (value: string, at: Span): LiteralExpr => literal(STRING, value, at);
export const intLiteral = (value: number, at: Span): LiteralExpr => literal(INT, value, at);

export type CallOptions = Pick<CallExpr, 'distinct' | 'filter' | 'orderBy' | 'ignoreNulls' | 'argNames'>;

export function call(name: string, args: readonly Expr[], at: Span, options: CallOptions = {}): CallExpr {
  return Object.freeze({ kind: 'call', name, args: Object.freeze([...args]), ...options, at });
}

export const not = (input: Expr, at: Span): Expr => call('not', [input], at);

export function column(path: readonly string[], at: Span): Expr {
  return Object.freeze({ kind: 'column', path: Object.freeze([...path]), at });
}

/** `names` where one expression makes several columns. */
export function named(input: Expr, name: string, at: Span, names: readonly string[] = [name]): Expr {
  return Object.freeze({ kind: 'alias', input, name, ...(names.length > 1 ? { names: Object.freeze([...names]) } : {}), at });
}

export function cast(input: Expr, to: DataType, mode: 'ansi' | 'try', at: Span): Expr {
  return Object.freeze({ kind: 'cast', input, to, mode, at });
}

export function caseWhen(branches: CaseExpr['branches'], otherwise: Expr | undefined, at: Span): Expr {
  const frozen = Object.freeze(branches.map((b) => Object.freeze({ ...b })));
  return Object.freeze({ kind: 'case', branches: frozen, ...(otherwise === undefined ? {} : { otherwise }), at });
}

export function subquery(role: SubqueryExpr['role'], plan: LogicalPlan, operands: readonly Expr[], at: Span): Expr {
  return Object.freeze({ kind: 'subquery', role, plan, operands: Object.freeze([...operands]), at });
}

export function sortItem(expr: Expr, descending: boolean, nullsFirst: boolean): SortItem {
  return Object.freeze({ expr, descending, nullsFirst });
}

/** From the first character of one span to the last of another. */
export function across(a: Span | undefined, b: Span): Span {
  return Object.freeze({ start: a?.start ?? b.start, end: b.end });
}

export const freeze = <T>(items: readonly T[]): readonly T[] => Object.freeze([...items]);
