import { formatBound } from '../expr/walk.js';
import { unreachable } from '../errors.js';
import { walkPlan } from './walk.js';
import type { AttributeRef, Bound, BoundSortItem } from '../expr/bound.js';
import type { Resolved } from './resolved-plan.js';

/** A resolved plan as text, one operator a line, inputs indented below. `placeOf`: where the rows of a cached DataFrame are, by id. */
export function explainPlan(plan: Resolved, placeOf: (id: number) => string | undefined = () => undefined): string {
  const lines: string[] = [];
  walkPlan(plan, (node, depth) => {
    const place = node.kind === 'cached' ? placeOf(node.id) : undefined;
    lines.push(`${'  '.repeat(depth)}${describeNode(node)}${place === undefined ? '' : ` (${place})`}`);
  });
  return lines.join('\n');
}

function describeNode(node: Resolved): string {
  switch (node.kind) {
    case 'scan': {
      const predicates =
        node.predicates.length === 0 ? '' : ` where ${node.predicates.map((expr) => formatBound(expr)).join(' AND ')}`;
      return `Scan ${node.source.description} [${names(node.output)}]${predicates}${node.limit === undefined ? '' : ` limit ${node.limit}`}`;
    }
    case 'local':
      return node.data.kind === 'rows'
        ? `Values [${names(node.output)}] ${node.data.rows.length} rows`
        : `LocalTable [${names(node.output)}]`;
    case 'range':
      return `Range ${node.start} to ${node.end} step ${node.step} [${names(node.output)}]`;
    case 'cached':
      return `Cached [${names(node.output)}]`;
    case 'filter':
      return `Filter ${formatBound(node.condition)}`;
    case 'project':
      return `Project [${node.exprs.map((expr, i) => projection(expr, node.output[i]!)).join(', ')}]`;
    case 'aggregate':
      return `Aggregate keys [${node.keys.map((expr) => formatBound(expr)).join(', ')}] aggregates [${node.aggregates.map((expr) => formatBound(expr)).join(', ')}]`;
    case 'sort':
      return `${node.limit === undefined ? 'Sort' : `TopN ${node.limit}`} [${node.items.map(sortText).join(', ')}]${node.global ? '' : ' in each partition'}`;
    case 'limit':
      return `Limit ${node.limit ?? 'all'}${node.offset === 0 ? '' : ` offset ${node.offset}`}`;
    case 'union':
      return 'Union';
    case 'repartition':
      return `${node.shuffle ? 'Repartition' : 'Coalesce'} ${node.partitions}${node.keys.length === 0 ? '' : ` by [${node.keys.map((expr) => formatBound(expr)).join(', ')}]`}`;
    case 'generate':
      return `Generate ${node.outer ? 'outer ' : ''}${formatBound(node.expr)} [${names(node.output)}]`;
    case 'map_rows':
      return `JavaScript ${node.role} [${names(node.output)}]`;
    default:
      return unreachable(node);
  }
}

function names(attributes: readonly AttributeRef[]): string {
  return attributes.map(({ name }) => name).join(', ');
}

function projection(expr: Bound, output: AttributeRef): string {
  const text = formatBound(expr);
  return expr.kind === 'attribute' && expr.name === output.name ? text : `${text} AS ${output.name}`;
}

function sortText({ expr, descending, nullsFirst }: BoundSortItem): string {
  return `${formatBound(expr)} ${descending ? 'DESC' : 'ASC'} NULLS ${nullsFirst ? 'FIRST' : 'LAST'}`;
}
