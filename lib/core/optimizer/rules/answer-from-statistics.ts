import type { BoundAggregate, BoundLiteral } from '../../expr/bound.js';
import { newAttribute } from '../../expr/build.js';
import type { LiteralValue } from '../../expr/expr.js';
import type { AggregateNode, Resolved, ScanNode } from '../../plan/resolved-plan.js';
import { rewriteUp } from '../../plan/walk.js';
import { BIGINT } from '../../types/data-type.js';
import { rule, type RuleContext, type ScanFacts } from '../rule.js';

/**
 * Counts, smallest and largest values of whole tables come from what the files say of themselves, where they say it exactly: nothing is read then. After pushing filters: a
 * condition that is left anywhere means that rows must be looked at.
 */
export const answerFromStatistics = rule('answer-from-statistics', (plan, context) =>
  rewriteUp(plan, (node) => (node.kind === 'aggregate' ? answer(node, context) : node)),
);

function answer(node: AggregateNode, { scanFacts }: RuleContext): Resolved {
  if (scanFacts === undefined || node.keys.length > 0 || node.aggregates.length === 0) return node;
  const scan = scanBelow(node.input);
  if (scan === undefined || !node.aggregates.every(isAnswerable)) return node;
  const columns = columnsBelow(node.input, scan);
  const wanted = node.aggregates.map(({ args: [arg] }) => (arg?.kind === 'attribute' ? columns.get(arg.id) : undefined));
  if (node.aggregates.some(({ args: [arg] }, i) => arg?.kind === 'attribute' && wanted[i] === undefined)) return node;
  const facts = scanFacts(scan.source, [...new Set(wanted.filter((column) => column !== undefined))]);
  if (facts === undefined) return node;
  const values = node.aggregates.map((aggregate, i) => valueOf(aggregate, wanted[i], facts));
  if (values.includes(undefined)) return node;
  const exprs = node.aggregates.map(({ type, nullable }, i): BoundLiteral =>
    Object.freeze({ kind: 'literal', type, nullable, value: values[i]! }),
  );
  return Object.freeze({ kind: 'project', input: oneRow(), exprs, output: node.output });
}

/** Nothing is stored for it, as it would be for literal rows. */
function oneRow(): Resolved {
  return Object.freeze({
    kind: 'range',
    start: 0n,
    end: 1n,
    step: 1n,
    partitions: 1,
    output: [newAttribute('id', BIGINT, false)],
  });
}

function isAnswerable({ fn, args, distinct, filter }: BoundAggregate): boolean {
  if (filter !== undefined || args.length > 1) return false;
  const [arg] = args;
  if (fn === 'count')
    return !distinct && (arg === undefined || arg.kind === 'attribute' || (arg.kind === 'literal' && arg.value !== null));
  return (fn === 'min' || fn === 'max') && arg?.kind === 'attribute';
}

/** The scan of all rows that a node's rows are, one for one. */
function scanBelow(node: Resolved): ScanNode | undefined {
  if (node.kind === 'scan') return node.predicates.length === 0 && node.limit === undefined ? node : undefined;
  return node.kind === 'project' || (node.kind === 'sort' && node.limit === undefined) ? scanBelow(node.input) : undefined;
}

/** Source columns by the ids of the attributes that they are above the scan. */
function columnsBelow(node: Resolved, scan: ScanNode): ReadonlyMap<number, number> {
  const columns = new Map(scan.output.map(({ id }, i) => [id, scan.columns[i]!]));
  for (let at: Resolved = node; at.kind === 'project' || at.kind === 'sort'; at = at.input) {
    if (at.kind !== 'project') continue;
    at.exprs.forEach((expr, i) => {
      const column = expr.kind === 'attribute' ? columns.get(expr.id) : undefined;
      if (column !== undefined) columns.set((at as Extract<Resolved, { kind: 'project' }>).output[i]!.id, column);
    });
  }
  return columns;
}

/** undefined: the files do not say. */
function valueOf({ fn }: BoundAggregate, column: number | undefined, { rows, columns }: ScanFacts): LiteralValue | undefined {
  if (column === undefined) return BigInt(rows);
  const facts = columns.get(column);
  if (facts === undefined) return undefined;
  if (fn === 'count') return facts.nulls === undefined ? undefined : BigInt(rows - facts.nulls);
  return fn === 'min' ? facts.min : facts.max;
}
