import type { AttributeRef } from '../../expr/bound.js';
import { columnsOf, idsOf } from '../expressions.js';
import { expressionsOf } from '../map-expressions.js';
import type { Resolved } from '../../plan/resolved-plan.js';
import { unreachable } from '../../errors.js';
import { rule } from '../rule.js';

/** Columns that nobody reads are not decoded, not computed and not carried along. */
export const pruneColumns = rule('prune-columns', (plan) => prune(plan, idsOf(plan.output), true));

/** `exact`: the node must yield just its own output, since somebody reads it by position. */
function prune(node: Resolved, needed: ReadonlySet<number>, exact: boolean): Resolved {
  const keep = (attribute: AttributeRef): boolean => exact || needed.has(attribute.id);
  switch (node.kind) {
    case 'scan':
    case 'local':
    case 'cached': {
      const kept = node.output
        .map((attribute, i) => ({ attribute, column: node.columns[i]! }))
        .filter(({ attribute }) => needed.has(attribute.id) || exact || readByPredicate(node, attribute));
      if (kept.length === node.output.length) return node;
      return Object.freeze({
        ...node,
        output: kept.map(({ attribute }) => attribute),
        columns: kept.map(({ column }) => column),
      });
    }
    case 'range':
      return node;
    case 'filter': {
      const input = prune(node.input, union(needed, columnsOf([node.condition])), exact);
      return input === node.input ? node : Object.freeze({ ...node, input, output: input.output });
    }
    case 'project': {
      const kept = node.output
        .map((attribute, i) => ({ attribute, expr: node.exprs[i]! }))
        .filter(({ attribute }) => keep(attribute));
      const exprs = kept.map(({ expr }) => expr);
      const input = prune(node.input, columnsOf(exprs), false);
      if (input === node.input && kept.length === node.output.length) return node;
      return Object.freeze({ ...node, input, exprs, output: kept.map(({ attribute }) => attribute) });
    }
    case 'aggregate': {
      const { length } = node.keys;
      const kept = node.aggregates
        .map((aggregate, i) => ({ aggregate, attribute: node.output[length + i]! }))
        .filter(({ attribute }) => keep(attribute));
      const aggregates = kept.map(({ aggregate }) => aggregate);
      const input = prune(node.input, columnsOf([...node.keys, ...aggregates]), false);
      if (input === node.input && kept.length === node.aggregates.length) return node;
      return Object.freeze({
        ...node,
        input,
        aggregates,
        output: [...node.output.slice(0, length), ...kept.map(({ attribute }) => attribute)],
      });
    }
    case 'sort':
    case 'limit':
    case 'repartition': {
      const input = prune(node.input, union(needed, columnsOf(expressionsOf(node))), exact);
      if (input === node.input) return node;
      return Object.freeze({ ...node, input, output: input.output }) as Resolved;
    }
    case 'union': {
      const positions = node.output.flatMap((attribute, i) => (keep(attribute) ? [i] : []));
      const inputs = node.inputs.map((input) => {
        const wanted = positions.map((i) => input.output[i]!);
        const pruned = prune(input, idsOf(wanted), false);
        return sameColumns(pruned.output, wanted)
          ? pruned
          : Object.freeze({ kind: 'project', input: pruned, exprs: wanted, output: wanted } as const);
      });
      if (positions.length === node.output.length && inputs.every((input, i) => input === node.inputs[i])) return node;
      return Object.freeze({ ...node, inputs, output: positions.map((i) => node.output[i]!) });
    }
    case 'generate': {
      const output = node.output.filter(keep);
      const below = idsOf(node.input.output);
      const passed = output.filter(({ id }) => below.has(id));
      const input = prune(node.input, union(idsOf(passed), columnsOf([node.expr])), false);
      if (input === node.input && output.length === node.output.length) return node;
      return Object.freeze({ ...node, input, output });
    }
    case 'map_rows': {
      // The function may look at any column of its rows.
      const input = prune(node.input, idsOf(node.input.output), true);
      return input === node.input ? node : Object.freeze({ ...node, input });
    }
    default:
      return unreachable(node);
  }
}

function readByPredicate(node: Resolved, attribute: AttributeRef): boolean {
  return node.kind === 'scan' && columnsOf(node.predicates).has(attribute.id);
}

function sameColumns(a: readonly AttributeRef[], b: readonly AttributeRef[]): boolean {
  return a.length === b.length && a.every((attribute, i) => attribute.id === b[i]!.id);
}

function union(a: ReadonlySet<number>, b: ReadonlySet<number>): Set<number> {
  const both = new Set(a);
  for (const id of b) both.add(id);
  return both;
}
