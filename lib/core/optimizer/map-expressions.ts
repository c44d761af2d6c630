import type { Bound, BoundAggregate } from '../expr/bound.js';
import type { Resolved } from '../plan/resolved-plan.js';

/** The node with every expression of its own replaced; itself when none changes. Aggregates must stay aggregates. */
export function mapExpressions(node: Resolved, map: (expr: Bound) => Bound): Resolved {
  switch (node.kind) {
    case 'filter': {
      const condition = map(node.condition);
      return condition === node.condition ? node : Object.freeze({ ...node, condition });
    }
    case 'project': {
      const exprs = mapAll(node.exprs, map);
      return exprs === node.exprs ? node : Object.freeze({ ...node, exprs });
    }
    case 'aggregate': {
      const keys = mapAll(node.keys, map);
      const aggregates = mapAll(node.aggregates, map) as readonly BoundAggregate[];
      return keys === node.keys && aggregates === node.aggregates ? node : Object.freeze({ ...node, keys, aggregates });
    }
    case 'sort': {
      const exprs = mapAll(
        node.items.map(({ expr }) => expr),
        map,
      );
      if (node.items.every(({ expr }, i) => expr === exprs[i])) return node;
      return Object.freeze({ ...node, items: node.items.map((item, i) => ({ ...item, expr: exprs[i]! })) });
    }
    case 'scan': {
      const predicates = mapAll(node.predicates, map);
      return predicates === node.predicates ? node : Object.freeze({ ...node, predicates });
    }
    case 'generate': {
      const expr = map(node.expr);
      return expr === node.expr ? node : Object.freeze({ ...node, expr });
    }
    case 'repartition': {
      const keys = mapAll(node.keys, map);
      return keys === node.keys ? node : Object.freeze({ ...node, keys });
    }
    default:
      return node;
  }
}

function mapAll(exprs: readonly Bound[], map: (expr: Bound) => Bound): readonly Bound[] {
  const mapped = exprs.map(map);
  return mapped.every((expr, i) => expr === exprs[i]) ? exprs : mapped;
}

/** The expressions a node evaluates itself. */
export function expressionsOf(node: Resolved): readonly Bound[] {
  const found: Bound[] = [];
  mapExpressions(node, (expr) => {
    found.push(expr);
    return expr;
  });
  return found;
}
