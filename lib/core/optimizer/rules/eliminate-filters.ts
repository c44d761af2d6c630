import type { LocalNode, Resolved } from '../../plan/resolved-plan.js';
import { rewriteUp } from '../../plan/walk.js';
import { rule } from '../rule.js';

/** `filter(true)` is its input; `filter(false)` and `filter(null)` yield no rows and read nothing. */
export const eliminateFilters = rule('eliminate-filters', (plan) =>
  rewriteUp(plan, (node): Resolved => {
    if (node.kind !== 'filter' || node.condition.kind !== 'literal') return node;
    if (node.condition.value === true) return node.input;
    return Object.freeze({
      kind: 'local',
      output: node.output,
      columns: node.output.map((_, i) => i),
      data: { kind: 'rows', rows: [] },
    } satisfies LocalNode);
  }),
);
