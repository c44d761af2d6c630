import { newAttribute } from '../../expr/build.js';
import { boundKey, rewrite, walk } from '../../expr/walk.js';
import { isDeterministic } from '../expressions.js';
import type { AttributeRef, Bound } from '../../expr/bound.js';
import type { AggregateNode, Resolved } from '../../plan/resolved-plan.js';
import { rewriteUp } from '../../plan/walk.js';
import { rule } from '../rule.js';

/**
 * `GROUP BY a, a + 1, 'x'` groups by `a` alone: a key that other keys determine is computed from them afterwards, once a group.
 */
export const dropDependentKeys = rule('drop-dependent-keys', (plan) =>
  rewriteUp(plan, (node) => (node.kind === 'aggregate' ? reduce(node) : node)),
);

function reduce(node: AggregateNode): Resolved {
  const columns = new Map<number, number>();
  node.keys.forEach((key, i) => {
    if (key.kind === 'attribute' && !columns.has(key.id)) columns.set(key.id, i);
  });
  const seen = new Map<string, number>();
  const dependent = node.keys.map((key, i) => {
    const text = boundKey(key);
    const first = seen.get(text);
    if (first === undefined) seen.set(text, i);
    return first !== undefined || (key.kind !== 'attribute' && isDeterministic(key) && isComputableFrom(key, columns));
  });
  // One key must stay: without keys the aggregate would yield a row for no rows.
  if (dependent.every(Boolean)) dependent[0] = false;
  if (!dependent.some(Boolean)) return node;
  const kept = node.keys.flatMap((key, i) => (dependent[i] ? [] : [{ key, output: keyOutput(key, node.output[i]!) }]));
  const aggregates = node.output.slice(node.keys.length);
  const aggregate: AggregateNode = Object.freeze({
    ...node,
    keys: kept.map(({ key }) => key),
    output: [...kept.map(({ output }) => output), ...aggregates],
  });
  const byText = new Map(kept.map(({ key, output }) => [boundKey(key), output]));
  const exprs = node.keys.map((key) => byText.get(boundKey(key)) ?? replaceColumns(key, byText));
  return Object.freeze({ kind: 'project', input: aggregate, exprs: [...exprs, ...aggregates], output: node.output });
}

function keyOutput(key: Bound, output: AttributeRef): AttributeRef {
  return newAttribute(output.name, key.type, key.nullable);
}

function isComputableFrom(key: Bound, columns: ReadonlyMap<number, number>): boolean {
  let computable = true;
  walk(key, (part) => {
    if (part.kind === 'attribute' && !columns.has(part.id)) computable = false;
  });
  return computable;
}

function replaceColumns(key: Bound, byText: ReadonlyMap<string, AttributeRef>): Bound {
  return rewrite(key, { before: (part) => (part.kind === 'attribute' ? byText.get(boundKey(part)) : undefined) });
}
