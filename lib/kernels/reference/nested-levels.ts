/** What the kernels of nested columns mean: a tree of nodes down to one leaf, values in it, and their levels. */

/** From the root: `list` is a LIST group with its repeated node, `struct` a group of one field that matters here, `leaf` the column. */
export interface LevelNode {
  readonly kind: 'list' | 'struct' | 'leaf';
  readonly optional: boolean;
}

/** A list has an array, a struct the value of its field, a leaf true; null is null. */
export type NestedValue = readonly NestedValue[] | { readonly field: NestedValue } | true | null;

export interface Entry {
  readonly def: number;
  readonly rep: number;
}

/** Entries of one row's value. */
export function levelsOf(path: readonly LevelNode[], value: NestedValue): Entry[] {
  const entries: Entry[] = [];
  const walk = (level: number, at: NestedValue, def: number, rep: number, depth: number): void => {
    const node = path[level]!;
    if (at === null) {
      entries.push({ def, rep });
      return;
    }
    const present = def + (node.optional ? 1 : 0);
    if (node.kind === 'leaf') {
      entries.push({ def: present, rep });
    } else if (node.kind === 'struct') {
      walk(level + 1, (at as { field: NestedValue }).field, present, rep, depth);
    } else {
      const list = at as readonly NestedValue[];
      if (list.length === 0) entries.push({ def: present, rep });
      list.forEach((element, i) => walk(level + 1, element, present + 1, i === 0 ? rep : depth + 1, depth + 1));
    }
  };
  walk(0, value, 0, 0, 0);
  return entries;
}
