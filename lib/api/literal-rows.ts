import type { Bound } from '../core/expr/bound.js';
import type { LiteralValue } from '../core/expr/expr.js';
import type { LocalNode } from '../core/plan/resolved-plan.js';
import type { Schema } from '../core/types/data-type.js';
import { InternalError } from '../core/errors.js';
import type { ValueAt } from './local-data.js';

/** The rows of VALUES and of SELECT without FROM: constants, evaluated here. */
export function literalRows(
  node: LocalNode,
  evaluate: (expr: Bound) => LiteralValue,
): { schema: Schema; rowCount: number; valueAt: ValueAt } {
  if (node.data.kind !== 'rows') throw new InternalError('These rows are stored already.');
  const { rows } = node.data;
  const values = rows.map((row) => node.columns.map((column) => literalValue(row[column]!, evaluate)));
  return {
    schema: { fields: node.output.map(({ name, type }) => ({ name, type, nullable: true })) },
    rowCount: rows.length,
    valueAt: (row, column) => values[row]![column],
  };
}

function literalValue(expr: Bound, evaluate: (expr: Bound) => LiteralValue): LiteralValue {
  return expr.kind === 'literal' ? expr.value : evaluate(expr);
}
