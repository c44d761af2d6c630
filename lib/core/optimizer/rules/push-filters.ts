import type { Bound } from '../../expr/bound.js';
import { and, canRaise, conjuncts, idsOf, isDeterministic, readsOnly, substitute } from '../expressions.js';
import { rewrite } from '../../expr/walk.js';
import type { AggregateNode, FilterNode, Resolved, UnionNode } from '../../plan/resolved-plan.js';
import { rewriteDown } from '../../plan/walk.js';
import { rule } from '../rule.js';

/**
 * Filters move towards the files: through projections, sorts, unions, re-partitionings and — on grouping keys — aggregates, at last
 * into the scan, which evaluates them before it decodes other columns. A term that can raise keeps all terms before it before it.
 */
export const pushFilters = rule('push-filters', (plan) =>
  rewriteDown(plan, (node) => (node.kind === 'filter' ? pushOnce(node) : node)),
);

function pushOnce(node: FilterNode): Resolved {
  const { input } = node;
  switch (input.kind) {
    case 'scan': {
      if (input.limit !== undefined) return node;
      const terms = conjuncts(node.condition);
      return Object.freeze({ ...input, predicates: [...input.predicates, ...terms] });
    }
    case 'project': {
      const { movable, rest } = split(node.condition, (term) => isDeterministic(substitute(term, input)));
      if (movable.length === 0) return node;
      return rebuild(
        rest,
        {
          ...input,
          input: filter(
            input.input,
            movable.map((term) => substitute(term, input)),
          ),
        },
        node,
      );
    }
    case 'sort':
      return input.limit === undefined
        ? Object.freeze({ ...input, input: filter(input.input, conjuncts(node.condition)) })
        : node;
    case 'repartition':
      return Object.freeze({ ...input, input: filter(input.input, conjuncts(node.condition)) });
    case 'union':
      return unionOf(node, input);
    case 'aggregate':
      return throughAggregate(node, input);
    case 'generate': {
      // What reads none of the columns made drops rows that would only be repeated.
      const below = idsOf(input.input.output);
      const { movable, rest } = split(node.condition, (term) => readsOnly(term, below) && isDeterministic(term));
      return movable.length === 0 ? node : rebuild(rest, { ...input, input: filter(input.input, movable) }, node);
    }
    default:
      return node;
  }
}

function unionOf(node: FilterNode, union: UnionNode): Resolved {
  const inputs = union.inputs.map((input) => {
    const renamed = rewrite(node.condition, {
      before: (part) => {
        const at = part.kind === 'attribute' ? union.output.findIndex(({ id }) => id === part.id) : -1;
        return at === -1 ? undefined : input.output[at];
      },
    });
    return filter(input, conjuncts(renamed));
  });
  return Object.freeze({ ...union, inputs });
}

/** Terms over grouping keys alone drop whole groups, so they may drop their rows instead. A global aggregate yields a row whatever comes in. */
function throughAggregate(node: FilterNode, aggregate: AggregateNode): Resolved {
  if (aggregate.keys.length === 0) return node;
  const keys = idsOf(aggregate.output.slice(0, aggregate.keys.length));
  const { movable, rest } = split(node.condition, (term) => readsOnly(term, keys) && isDeterministic(term));
  if (movable.length === 0) return node;
  const below = movable.map((term) =>
    rewrite(term, {
      before: (part) => {
        const at = part.kind === 'attribute' ? aggregate.output.findIndex(({ id }) => id === part.id) : -1;
        return at === -1 ? undefined : aggregate.keys[at];
      },
    }),
  );
  return rebuild(rest, { ...aggregate, input: filter(aggregate.input, below) }, node);
}

/** Terms that may move now. A raising term moves only with every term before it. */
function split(condition: Bound, mayMove: (term: Bound) => boolean): { movable: Bound[]; rest: Bound[] } {
  const movable: Bound[] = [];
  const rest: Bound[] = [];
  for (const term of conjuncts(condition)) {
    if (mayMove(term) && (rest.length === 0 || !canRaise(term))) movable.push(term);
    else rest.push(term);
  }
  return { movable, rest };
}

function filter(input: Resolved, terms: readonly Bound[]): FilterNode {
  return Object.freeze({ kind: 'filter', input, condition: and(terms), output: input.output });
}

function rebuild(rest: readonly Bound[], moved: Resolved, node: FilterNode): Resolved {
  return rest.length === 0 ? Object.freeze(moved) : Object.freeze({ ...node, input: Object.freeze(moved), condition: and(rest) });
}
