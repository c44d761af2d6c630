import type { LimitNode, Resolved } from '../../plan/resolved-plan.js';
import { rewriteDown } from '../../plan/walk.js';
import { rule } from '../rule.js';

/**
 * `ORDER BY … LIMIT n` sorts with a bound (top-N); a limit moves through projections; over a scan without predicates it bounds what is read.
 * The limit itself stays where it was: those below are only hints that fewer rows will do.
 */
export const pushLimits = rule('push-limits', (plan) =>
  rewriteDown(plan, (node) => {
    if (node.kind !== 'limit' || node.limit === undefined) return node;
    const input = bound(node.input, node.limit + node.offset, node);
    return input === node.input ? node : Object.freeze({ ...node, input });
  }),
);

function bound(node: Resolved, rows: number, limit: LimitNode): Resolved {
  switch (node.kind) {
    case 'project': {
      const input = bound(node.input, rows, limit);
      return input === node.input ? node : Object.freeze({ ...node, input });
    }
    case 'sort':
      return node.global && (node.limit === undefined || node.limit > rows) ? Object.freeze({ ...node, limit: rows }) : node;
    case 'scan':
      return node.predicates.length === 0 && (node.limit === undefined || node.limit > rows)
        ? Object.freeze({ ...node, limit: rows })
        : node;
    default:
      return node;
  }
}
