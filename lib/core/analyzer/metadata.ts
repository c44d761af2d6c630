import type { AttributeRef, Bound } from '../expr/bound.js';
import type { ColumnExpr, Span } from '../expr/expr.js';
import { call, newAttribute } from '../expr/build.js';
import { field, struct } from '../types/data-type.js';
import { inputsOf, withInputs } from '../plan/walk.js';
import type { Resolved, ScanNode } from '../plan/resolved-plan.js';
import { freezeNode } from './resolved-build.js';

/**
 * `_metadata.file_name` and its like: facts about the files below that are part of no `*`, but that expressions may name. A plan has them only if one does; then its
 * scans get columns for them once the whole is analyzed, and what lies between passes them on.
 */

/** The name of the hidden column. */
const METADATA = '_metadata';

/** A fact that an expression may name. */
export interface MetadataColumn {
  /** Names of the tables it can be qualified with. */
  readonly qualifier: readonly string[];
  /** `['_metadata', 'file_name']`. */
  readonly path: readonly string[];
  /** Asks for it: the scan gets a column. */
  attribute(): AttributeRef;
}

/** The columns that scans were asked for, by their number in the source. */
export type MetadataRequests = Map<ScanNode, Map<number, AttributeRef>>;

/** What can be named of a scan's files. */
export function metadataOf(scan: ScanNode, requests: MetadataRequests): readonly MetadataColumn[] {
  const { schema, hidden } = scan.source;
  return hidden.flatMap(({ path, type, nullable }, i) => {
    if (path[0] !== METADATA) return [];
    const attribute = (): AttributeRef => {
      const asked = requests.get(scan) ?? new Map<number, AttributeRef>();
      requests.set(scan, asked);
      const column = schema.fields.length + i;
      const known = asked.get(column);
      if (known !== undefined) return known;
      const made = newAttribute(path.at(-1)!, type, nullable);
      asked.set(column, made);
      return made;
    };
    return [{ qualifier: [], path, attribute }];
  });
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** What is meant by a name as `_metadata.file_name` or `t._metadata.file_name`; `_metadata` alone is a struct of all facts. */
export function findMetadata(columns: readonly MetadataColumn[] | undefined, { path, at }: ColumnExpr): Bound | undefined {
  const position = path.findIndex((part) => same(part, METADATA));
  if (columns === undefined || position === -1) return undefined;
  const [qualifier, wanted] = [path.slice(0, position), path.slice(position)];
  const visible = columns.filter(
    (c) =>
      qualifier.length <= c.qualifier.length && qualifier.every((part, i) => same(part, c.qualifier.at(i - qualifier.length)!)),
  );
  if (wanted.length === 1 && visible.length > 0) return structOf(visible, at);
  return visible.find((c) => c.path.length === wanted.length && c.path.every((part, i) => same(part, wanted[i]!)))?.attribute();
}

function structOf(columns: readonly MetadataColumn[], at: Span | undefined): Bound {
  const facts = columns.map((c) => c.attribute());
  const type = struct(facts.map((fact) => field(fact.name, fact.type, fact.nullable)));
  return call('struct', facts, type, false, at);
}

/** Whether a name means a fact, known or not. */
export function isMetadata({ path }: ColumnExpr): boolean {
  return path.length > 1 && same(path.at(-2)!, METADATA);
}

/** A fact by its field's name, for functions as input_file_name(). */
export function findFact(columns: readonly MetadataColumn[] | undefined, name: string): AttributeRef | undefined {
  return columns?.find(({ path }) => path.at(-1) === name)?.attribute();
}

/** What may be said of a relation's files. */
interface WithMetadata {
  readonly metadata?: readonly MetadataColumn[];
}

/** The facts of an input, to spread into the relation made of it. */
export function passedOn({ metadata }: WithMetadata): WithMetadata {
  return metadata === undefined ? {} : { metadata };
}

/** The same under another table name. */
export function requalified({ metadata }: WithMetadata, qualifier: readonly string[]): WithMetadata {
  return metadata === undefined ? {} : { metadata: metadata.map((c) => ({ ...c, qualifier })) };
}

/** The plan with what was asked for in its scans, its own columns being the same as before. */
export function supplyMetadata(plan: Resolved, requests: MetadataRequests): Resolved {
  if (requests.size === 0) return plan;
  const wanted = new Set([...requests.values()].flatMap((asked) => [...asked.values()].map(({ id }) => id)));
  return trimmed(supply(plan, requests, wanted), plan.output);
}

/** The node with further columns. */
function supply(node: Resolved, requests: MetadataRequests, wanted: ReadonlySet<number>): Resolved {
  const before = inputsOf(node);
  const inputs = before.map((input) => supply(input, requests, wanted));
  switch (node.kind) {
    case 'scan': {
      const asked = requests.get(node);
      if (asked === undefined) return node;
      return freezeNode({ ...node, columns: [...node.columns, ...asked.keys()], output: [...node.output, ...asked.values()] });
    }
    case 'filter':
    case 'sort':
    case 'limit':
    case 'repartition': {
      const [input] = inputs;
      return input === node.input ? node : freezeNode({ ...node, input: input!, output: input!.output });
    }
    case 'project': {
      const [input] = inputs;
      if (input === node.input) return node;
      const own = new Set(node.output.map(({ id }) => id));
      const passed = input!.output.filter(({ id }) => wanted.has(id) && !own.has(id));
      return freezeNode({ ...node, input: input!, exprs: [...node.exprs, ...passed], output: [...node.output, ...passed] });
    }
    case 'generate': {
      const [input] = inputs;
      if (input === node.input) return node;
      const own = new Set(node.output.map(({ id }) => id));
      const passed = input!.output.filter(({ id }) => wanted.has(id) && !own.has(id));
      return freezeNode({ ...node, input: input!, output: [...passed, ...node.output] });
    }
    // What reads its input by position, or all of it, gets what it had.
    case 'union':
    case 'map_rows':
    case 'cached':
      return withInputs(
        node,
        inputs.map((input, i) => trimmed(input, before[i]!.output)),
      );
    default:
      return withInputs(node, inputs);
  }
}

function trimmed(plan: Resolved, output: readonly AttributeRef[]): Resolved {
  if (plan.output.length === output.length) return plan;
  return freezeNode({ kind: 'project', input: plan, exprs: output, output });
}
