import { newAttribute } from '../../expr/build.js';
import { boundKey } from '../../expr/walk.js';
import type { AggregateNode, Resolved } from '../../plan/resolved-plan.js';
import { rewriteUp } from '../../plan/walk.js';
import { rule } from '../rule.js';

/**
 * When every aggregate is DISTINCT over one and the same expression, grouping by (keys, expression) first removes the duplicates
 * with the parallel group table, and plain aggregates over those groups give the answer.
 */
export const countDistinctByGroups = rule('count-distinct-by-groups', (plan) =>
  rewriteUp(plan, (node) => (node.kind === 'aggregate' ? split(node) : node)),
);

function split(node: AggregateNode): Resolved {
  const [first] = node.aggregates;
  if (first === undefined || !first.distinct || first.args.length !== 1) return node;
  const argument = first.args[0]!;
  const text = boundKey(argument);
  const alike = node.aggregates.every(
    (aggregate) =>
      aggregate.distinct &&
      aggregate.filter === undefined &&
      aggregate.args.length === 1 &&
      boundKey(aggregate.args[0]!) === text,
  );
  if (!alike) return node;
  const keys = node.keys.map((key, i) => newAttribute(node.output[i]!.name, key.type, key.nullable));
  const value = newAttribute('value', argument.type, argument.nullable);
  const groups: AggregateNode = Object.freeze({
    kind: 'aggregate',
    input: node.input,
    keys: [...node.keys, argument],
    aggregates: [],
    output: [...keys, value],
  });
  return Object.freeze({
    ...node,
    input: groups,
    keys,
    aggregates: node.aggregates.map((aggregate) => Object.freeze({ ...aggregate, args: [value], distinct: false })),
  });
}
