import { sameType, typeName } from '../../core/types/data-type.js';
import { isUnreadable, leafType, nodeType, type Conversion } from './column-types.js';
import { unreadableColumn } from './errors.js';
import type { ParquetFile } from './footer.js';
import type { ParquetColumn } from './inspect.js';
import { REPETITION } from './metadata.js';
import type { SchemaNode } from './schema.js';

/** What a column of a read is in one file. */
export type FileColumn =
  /** The file has no such column: all null. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'leaf'; readonly node: SchemaNode; readonly conversion: Conversion }
  | { readonly kind: 'nested'; readonly node: SchemaNode };

const ABSENT: FileColumn = { kind: 'absent' };

/** Finds a column by its path, exactly, else without regard to case. @throws DataError where the file's type is another one. */
export function fileColumn(file: ParquetFile, { path, type }: ParquetColumn): FileColumn {
  let node: SchemaNode | undefined = file.root;
  for (const name of path) node = childNamed(node, name);
  if (node === undefined) return ABSENT;
  const found = nodeType(node);
  if (isUnreadable(found)) throw unreadableColumn(file.facts.path, path.join('.'), found.reason);
  if (node.leaf === -1 || node.element.repetition === REPETITION.repeated) {
    if (sameType(found, type)) return { kind: 'nested', node };
  } else {
    const leaf = leafType(node.element);
    if (!isUnreadable(leaf)) {
      if (leaf.conversion === 'nothing') return ABSENT;
      if (sameType(leaf.type, type)) return { kind: 'leaf', node, conversion: leaf.conversion };
      const widened = widening(leaf.type.kind, type.kind, leaf.conversion);
      if (widened !== undefined) return { kind: 'leaf', node, conversion: widened };
    }
  }
  throw unreadableColumn(file.facts.path, path.join('.'), `it is ${typeName(found)} there, and ${typeName(type)} is wanted`);
}

function childNamed(node: SchemaNode | undefined, name: string): SchemaNode | undefined {
  if (node === undefined) return undefined;
  const lower = name.toLowerCase();
  return node.children.find((child) => child.name === name) ?? node.children.find((child) => child.name.toLowerCase() === lower);
}

const SMALL_INTEGERS: ReadonlySet<string> = new Set(['tinyint', 'smallint', 'int']);
const RANKS: readonly string[] = ['tinyint', 'smallint', 'int'];

/** Files of one table may differ in the widths of their numbers. */
function widening(from: string, to: string, conversion: Conversion): Conversion | undefined {
  if (SMALL_INTEGERS.has(from) && SMALL_INTEGERS.has(to))
    return RANKS.indexOf(from) <= RANKS.indexOf(to) ? conversion : undefined;
  if (SMALL_INTEGERS.has(from) && to === 'bigint') return 'widen';
  if (from === 'float' && to === 'double') return conversion;
  if ((from === 'binary' && to === 'string') || (from === 'string' && to === 'binary')) return conversion;
  return undefined;
}
