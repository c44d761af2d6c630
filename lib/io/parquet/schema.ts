import { Damage } from '../damage.js';
import { REPETITION, type FileMetadata, type SchemaElement } from './metadata.js';

/** A place in the schema of a file: a leaf, which is a column of bytes, or a group of places. */
export interface SchemaNode {
  readonly name: string;
  readonly element: SchemaElement;
  readonly children: readonly SchemaNode[];
  /** Number among the leaves, which is the number of its chunk in a row group; −1 for groups. */
  readonly leaf: number;
  /** Definition level at which a value is there. */
  readonly definition: number;
  /** Repetition level of the innermost repeated place on the way, itself included. */
  readonly repetition: number;
}

/** Places nest at most so deep. */
const DEPTH_MAX = 64;

/** The tree of a footer's flattened schema. @throws Damage. */
export function schemaTree({ schema }: FileMetadata): SchemaNode {
  let next = 0;
  let leaves = 0;
  const build = (depth: number, definition: number, repetition: number): SchemaNode => {
    const element = schema[next++];
    if (element === undefined) throw new Damage(0, 'a group of the schema has more children than there are elements');
    if (depth > DEPTH_MAX) throw new Damage(0, `the schema nests more than ${DEPTH_MAX} deep`);
    const isRoot = depth === 0;
    const d = definition + (isRoot || element.repetition === REPETITION.required ? 0 : 1);
    const r = repetition + (!isRoot && element.repetition === REPETITION.repeated ? 1 : 0);
    if (element.children < 0 || element.children > schema.length - next)
      throw new Damage(
        0,
        `the schema's "${element.name}" should have ${element.children} children and ${schema.length - next} elements follow`,
      );
    const leaf = element.type === -1 ? -1 : leaves++;
    const children: SchemaNode[] = [];
    for (let i = 0; i < element.children; i++) children.push(build(depth + 1, d, r));
    return { name: element.name, element, children, leaf, definition: d, repetition: r };
  };
  const root = build(0, 0, 0);
  if (next !== schema.length) throw new Damage(0, `the schema has ${schema.length} elements and its root ends behind ${next}`);
  return root;
}

/** Leaves below a place, in order. */
export function leavesOf(node: SchemaNode): SchemaNode[] {
  return node.leaf === -1 ? node.children.flatMap(leavesOf) : [node];
}
