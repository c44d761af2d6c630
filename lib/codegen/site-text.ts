import type { BoundCall, BoundCast } from '../core/expr/bound.js';
import { formatBound, walk } from '../core/expr/walk.js';
import { typeName } from '../core/types/data-type.js';

/** Larger expressions are named in messages by their function only: the text of every link of a chain would cost its square. */
const TEXT_NODES_MAX = 200;

/** The text of an expression in an error message. */
export function siteText(node: BoundCall | BoundCast): string {
  let nodes = 0;
  walk(node, () => ++nodes <= TEXT_NODES_MAX);
  return nodes <= TEXT_NODES_MAX
    ? formatBound(node, 'plain')
    : node.kind === 'cast'
      ? `CAST(… AS ${typeName(node.type)})`
      : `${node.fn}(…)`;
}
