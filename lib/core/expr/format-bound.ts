import type { Bound, BoundCall } from './bound.js';
import { typeName } from '../types/data-type.js';
import { literalText } from './literal-text.js';
import { childrenOf } from './walk.js';

/** Bound expressions as EXPLAIN shows them: `(a#1 > 5)`, `cast(b#2 as bigint)`, `sum(c#3) FILTER (WHERE d#4)`. */

const INFIX: ReadonlyMap<string, string> = new Map([
  ['add', '+'],
  ['subtract', '-'],
  ['multiply', '*'],
  ['divide', '/'],
  ['mod', '%'],
  ['div', 'div'],
  ['interval_add', '+'],
  ['interval_subtract', '-'],
  ['interval_multiply', '*'],
  ['interval_divide', '/'],
  ['timestamp_plus_day_time', '+'],
  ['timestamp_minus_day_time', '-'],
  ['timestamp_plus_year_month', '+'],
  ['timestamp_minus_year_month', '-'],
  ['timestamp_diff', '-'],
  ['date_minus_date', '-'],
  ['&', '&'],
  ['|', '|'],
  ['^', '^'],
  ['=', '='],
  ['<', '<'],
  ['<=', '<='],
  ['>', '>'],
  ['>=', '>='],
  ['<=>', '<=>'],
  ['and', 'AND'],
  ['or', 'OR'],
  ['like', 'LIKE'],
  ['rlike', 'RLIKE'],
]);

function fieldName(node: BoundCall): string {
  const [input, index] = node.args;
  const type = input?.type.kind === 'array' ? input.type.element : input?.type;
  return type?.kind === 'struct' && index?.kind === 'literal' ? (type.fields[Number(index.value)]?.name ?? '') : '';
}

function callText(node: BoundCall, args: readonly string[]): string {
  const operator = INFIX.get(node.fn);
  if (operator !== undefined && args.length > 1) {
    return `(${args.join(` ${operator} `)})`;
  }
  switch (node.fn) {
    case 'not':
      return `NOT ${args.join('')}`;
    case 'negative':
      return `-${args.join('')}`;
    case 'get_field':
    case 'get_array_fields':
      return `${args[0] ?? ''}.${fieldName(node)}`;
    case 'element_at_index':
    case 'get_map_value':
      return `${args[0] ?? ''}[${args[1] ?? ''}]`;
    case 'in':
      return `${args[0] ?? ''} IN (${args.slice(1).join(', ')})`;
    default:
      return `${node.fn}(${args.join(', ')})`;
  }
}

function nodeText(node: Bound, parts: readonly string[], columns: 'marked' | 'plain'): string {
  switch (node.kind) {
    case 'literal':
      return literalText(node.value, node.type);
    case 'attribute':
      return columns === 'plain' ? node.name : `${node.name}#${node.id}`;
    case 'slot':
      return columns === 'plain' ? (node.name ?? `$${node.index}`) : `$${node.index}`;
    case 'call':
      return callText(node, parts);
    case 'cast':
      return `${node.mode === 'try' ? 'try_cast' : 'cast'}(${parts.join('')} as ${typeName(node.type)})`;
    case 'case': {
      const branches = node.branches.map((_, i) => `WHEN ${parts[2 * i] ?? ''} THEN ${parts[2 * i + 1] ?? ''}`);
      return `CASE ${branches.join(' ')} ELSE ${parts.at(-1) ?? ''} END`;
    }
    case 'aggregate': {
      const args = parts.slice(0, node.args.length).join(', ');
      const filter = node.filter === undefined ? '' : ` FILTER (WHERE ${parts.at(-1) ?? ''})`;
      return `${node.fn}(${node.distinct ? 'DISTINCT ' : ''}${node.fn === 'count' && node.args.length === 0 ? '1' : args})${filter}`;
    }
  }
}

/** `columns`: with their ids and slots, as in EXPLAIN, or by name, as in messages to people. */
export function formatBound(root: Bound, columns: 'marked' | 'plain' = 'marked'): string {
  const texts: string[] = [];
  const pending: { readonly node: Bound; readonly expanded: boolean }[] = [{ node: root, expanded: false }];
  for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
    const children = childrenOf(item.node);
    if (item.expanded) {
      const parts = children.length === 0 ? [] : texts.splice(texts.length - children.length, children.length);
      texts.push(nodeText(item.node, parts, columns));
      continue;
    }
    pending.push({ node: item.node, expanded: true });
    for (let i = children.length - 1; i >= 0; i--) {
      const child = children[i];
      if (child !== undefined) {
        pending.push({ node: child, expanded: false });
      }
    }
  }
  return texts[0] ?? '';
}
