import { and, conjuncts } from '../expressions.js';
import { rewriteUp } from '../../plan/walk.js';
import { rule } from '../rule.js';

/** Two filters in a row are one; the lower one's terms come first, as they did. */
export const mergeFilters = rule('merge-filters', (plan) =>
  rewriteUp(plan, (node) => {
    if (node.kind !== 'filter' || node.input.kind !== 'filter') return node;
    return Object.freeze({
      ...node,
      input: node.input.input,
      condition: and([...conjuncts(node.input.condition), ...conjuncts(node.condition)]),
    });
  }),
);
