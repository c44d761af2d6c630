import type { AttributeRef, Bound } from '../expr/bound.js';
import { literal } from '../expr/build.js';
import type { LiteralValue } from '../expr/expr.js';
import { rewrite } from '../expr/walk.js';
import { isDeterministic } from '../optimizer/expressions.js';
import { physicalTypeOf } from '../types/physical-type.js';
import type { FileCondition, TestValue } from '../types/column-test.js';
import type { DataType } from '../types/data-type.js';
import type { ScanNode } from '../plan/resolved-plan.js';
import { testOf } from './column-tests.js';
import { attributesOf } from './open-pipeline.js';

/** The value of an expression without columns. */
export type Evaluate = (expr: Bound) => LiteralValue;

/** The scan's conjuncts that are no tests of one column (`year = 2024 OR month = 12`), for whoever knows the values of all their columns. */
export function fileConditions(scan: ScanNode, evaluate: Evaluate): readonly FileCondition[] {
  const columns = new Map(scan.output.map(({ id }, i) => [id, scan.columns[i]!]));
  return scan.predicates.flatMap((predicate) => {
    if (testOf(predicate, columns) !== undefined || !isDeterministic(predicate)) return [];
    const attributes = [...new Map(attributesOf(predicate).map((attribute) => [attribute.id, attribute])).values()];
    if (attributes.length === 0) return [];
    return [
      {
        columns: attributes.map(({ id }) => columns.get(id)!),
        passes: (values) => passes(predicate, attributes, values, evaluate),
      },
    ];
  });
}

function passes(
  predicate: Bound,
  attributes: readonly AttributeRef[],
  values: readonly (TestValue | null)[],
  evaluate: Evaluate,
): boolean {
  const constant = rewrite(predicate, {
    before: (node) => {
      const at = node.kind === 'attribute' ? attributes.findIndex(({ id }) => id === node.id) : -1;
      return at === -1 ? undefined : literal(literalOf(values[at]!, attributes[at]!.type), attributes[at]!.type);
    },
  });
  try {
    return evaluate(constant) === true;
  } catch {
    // The rows will raise it, if there are any.
    return true;
  }
}

function literalOf(value: TestValue | null, type: DataType): LiteralValue {
  const physical = physicalTypeOf(type);
  return value !== null && (physical === 'i64' || physical === 'i128') ? BigInt(value) : value;
}
