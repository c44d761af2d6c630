import { sameType, typeName, type DataType } from '../../core/types/data-type.js';
import { isUnreadable, leafType, nodeType, type Conversion } from './column-types.js';
import { columnOfOtherType, unreadableColumn } from './errors.js';
import type { ParquetFile } from './footer.js';
import type { ParquetColumn } from './inspect.js';
import { CALENDAR_DEFAULTS, calendarSteps } from './legacy-calendar.js';
import { REPETITION } from './metadata.js';
import type { SchemaNode } from './schema.js';
import { wideningSteps, type WideningStep } from './widening.js';

/** What a column of a read is in one file. */
export type FileColumn =
  /** The file has no such column: all null. */
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'leaf';
      readonly node: SchemaNode;
      /** What it is in the file, and what makes the column's values of it. */
      readonly type: DataType;
      readonly conversion: Conversion;
      readonly widening: readonly WideningStep[];
      /** The file's values are the column's: statistics and conditions can be compared. */
      readonly isExact: boolean;
    }
  | { readonly kind: 'nested'; readonly node: SchemaNode };

const ABSENT: FileColumn = { kind: 'absent' };

/** Finds a column by its path, exactly, else without regard to case. @throws DataError where the file's type is another one. */
export function fileColumn(file: ParquetFile, { path, type, calendar = CALENDAR_DEFAULTS }: ParquetColumn): FileColumn {
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
      const isSame = sameType(leaf.type, type);
      const wider = isSame ? [] : wideningSteps(leaf.type, type);
      const widening = wider && [...calendarSteps(file, node.element, leaf.type, calendar), ...wider];
      if (widening !== undefined) return { kind: 'leaf', node, ...leaf, widening, isExact: isSame && widening.length === 0 };
    }
  }
  throw columnOfOtherType(file.facts.path, path.join('.'), typeName(found), typeName(type));
}

function childNamed(node: SchemaNode | undefined, name: string): SchemaNode | undefined {
  if (node === undefined) return undefined;
  const lower = name.toLowerCase();
  return node.children.find((child) => child.name === name) ?? node.children.find((child) => child.name.toLowerCase() === lower);
}
