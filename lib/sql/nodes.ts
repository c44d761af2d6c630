import type { CallExpr, Expr, LiteralExpr, LiteralValue, Span } from '../core/expr/expr.js';
import type { LogicalPlan } from '../core/plan/logical-plan.js';
import { STRING, type DataType } from '../core/types/data-type.js';

/** Makers of frozen nodes. Absent members are left out, never undefined. */

/** A frozen expression. */
export function expr<E extends Expr>(node: E): E {
  return Object.freeze(node);
}

/** A frozen plan. */
export function plan<P extends LogicalPlan>(node: P): P {
  return Object.freeze(node);
}

/** A frozen list. */
export function list<T>(items: readonly T[]): readonly T[] {
  return Object.freeze(items);
}

export function call(name: string, args: readonly Expr[], at: Span, more: Partial<CallExpr> = {}): CallExpr {
  return Object.freeze({ kind: 'call', name, args: list(args), ...more, at });
}

export function literal(value: LiteralValue, type: DataType, at: Span): LiteralExpr {
  return Object.freeze({ kind: 'literal', value, type, at });
}

export function text(value: string, at: Span): LiteralExpr {
  return literal(value, STRING, at);
}

export function not(input: Expr, at: Span): CallExpr {
  return call('not', [input], at);
}

/** The members whose value is there. */
export function present<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** `(1, 2)` written as a row; `struct(1, 2)` is a call like any other. */
export function isRow(node: Expr, sql: string): node is CallExpr {
  return node.kind === 'call' && node.name === 'struct' && node.at !== undefined && sql[node.at.start] === '(';
}
