import type { Bound } from '../../expr/bound.js';
import { isDeterministic, substitute } from '../expressions.js';
import { walk } from '../../expr/walk.js';
import { rewriteUp } from '../../plan/walk.js';
import type { ProjectNode, Resolved } from '../../plan/resolved-plan.js';
import { rule } from '../rule.js';

/**
 * A projection over a projection is one, unless that would compute something twice. A projection that only passes
 * its input's columns through, in order, is nothing.
 */
export const collapseProjects = rule('collapse-projects', (plan) =>
  rewriteUp(plan, (node): Resolved => {
    if (node.kind !== 'project') return node;
    if (isIdentity(node)) return node.input;
    if (node.input.kind !== 'project' || !mayInline(node, node.input)) return node;
    const below = node.input;
    return Object.freeze({ ...node, input: below.input, exprs: node.exprs.map((expr) => substitute(expr, below)) });
  }),
);

function isIdentity(node: ProjectNode): boolean {
  const columns = node.input.output;
  return (
    node.output.length === columns.length &&
    node.exprs.every((expr, i) => expr.kind === 'attribute' && expr.id === columns[i]!.id && node.output[i]!.id === expr.id)
  );
}

function mayInline(node: ProjectNode, below: ProjectNode): boolean {
  const uses = new Map<number, number>();
  for (const expr of node.exprs) {
    walk(expr, (part) => {
      if (part.kind === 'attribute') uses.set(part.id, (uses.get(part.id) ?? 0) + 1);
    });
  }
  return below.exprs.every((expr, i) => isCheap(expr) || ((uses.get(below.output[i]!.id) ?? 0) <= 1 && isDeterministic(expr)));
}

function isCheap(expr: Bound): boolean {
  return expr.kind === 'attribute' || expr.kind === 'literal';
}
