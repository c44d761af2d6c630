import { supplyMetadata, type MetadataRequests } from '../../analyzer/metadata.js';
import type { AttributeRef, Bound } from '../../expr/bound.js';
import { newAttribute } from '../../expr/build.js';
import { rewrite, walk } from '../../expr/walk.js';
import { sameType } from '../../types/data-type.js';
import type { Resolved, ScanNode } from '../../plan/resolved-plan.js';
import { inputsOf, walkPlan, withInputs } from '../../plan/walk.js';
import { expressionsOf, mapExpressions } from '../map-expressions.js';
import { rule } from '../rule.js';

/**
 * Where a file holds the fields of a struct as columns of their own, `s.a` is read as such a column: without the rest of the struct, and with its own statistics. Conditions
 * always gain by that; other expressions only where nothing reads the struct as a whole.
 */
export const readFields = rule('read-fields', (plan) => {
  const structs = new Map<number, StructColumn>();
  walkPlan(plan, (node) => {
    if (node.kind === 'scan') for (const [id, struct] of structsOf(node)) structs.set(id, struct);
  });
  if (structs.size === 0) return plan;
  const wholes = wholeStructs(plan, structs);
  const requests: MetadataRequests = new Map();
  const { node } = replaceFields(plan, wholes, requests);
  return node === plan ? plan : supplyMetadata(node, new Map([...requests].filter(([, asked]) => asked.size > 0)));
});

/** Structs in sight, by the ids of their columns. */
type Scope = ReadonlyMap<number, StructColumn>;

interface StructColumn {
  readonly name: string;
  readonly scan: ScanNode;
  /** Columns asked for so far, by their numbers in the source. */
  readonly asked: Map<number, AttributeRef>;
}

/** Facts about files have a name that a struct might have, too. */
const METADATA = '_metadata';

interface FieldPath {
  readonly root: AttributeRef;
  readonly fields: readonly string[];
}

/** The struct and the names of the fields that an expression goes down by. */
function pathOf(expr: Bound): FieldPath | undefined {
  const fields: string[] = [];
  let at = expr;
  while (at.kind === 'call' && at.fn === 'get_field') {
    const [input, index] = at.args;
    if (input?.type.kind !== 'struct' || index?.kind !== 'literal') return undefined;
    fields.unshift(input.type.fields[Number(index.value)]!.name);
    at = input;
  }
  return at.kind === 'attribute' && fields.length > 0 ? { root: at, fields } : undefined;
}

/** Ids of structs that something reads as they are, or goes into further than to a column of the file. */
function wholeStructs(plan: Resolved, structs: Scope): ReadonlySet<number> {
  const wholes = new Set(plan.output.map(({ id }) => id));
  const visit = (node: Resolved): void => {
    for (const expr of expressionsOf(node)) {
      // A column that is only passed on says nothing: who reads it further up does.
      if (node.kind === 'project' && expr.kind === 'attribute' && node.output.some(({ id }) => id === expr.id)) continue;
      walk(expr, (part) => {
        const path = pathOf(part);
        if (path !== undefined && hiddenOf(path, structs) !== -1) return false;
        if (part.kind === 'attribute') wholes.add(part.id);
        return true;
      });
    }
    for (const input of inputsOf(node)) {
      if (node.kind === 'union' || node.kind === 'map_rows' || node.kind === 'cached')
        for (const { id } of input.output) wholes.add(id);
      visit(input);
    }
  };
  visit(plan);
  return wholes;
}

/** From the scans up: expressions with fields as columns, and the structs that are still in sight. */
function replaceFields(
  node: Resolved,
  wholes: ReadonlySet<number>,
  requests: MetadataRequests,
): { readonly node: Resolved; readonly scope: Scope } {
  const below = inputsOf(node).map((input) => replaceFields(input, wholes, requests));
  const rebuilt = withInputs(
    node,
    below.map((input) => input.node),
  );
  const scope: Scope = rebuilt.kind === 'scan' ? structsOf(rebuilt) : new Map(below.flatMap((input) => [...input.scope]));
  const isCondition = rebuilt.kind === 'filter' || rebuilt.kind === 'scan';
  const replaced = mapExpressions(rebuilt, (expr) =>
    rewrite(expr, {
      before: (part) => {
        const path = pathOf(part);
        if (path === undefined || (!isCondition && wholes.has(path.root.id))) return undefined;
        return leafOf(part, path, scope);
      },
    }),
  );
  const [struct] = scope.values();
  if (replaced.kind === 'scan' && struct !== undefined) requests.set(replaced, struct.asked);
  return { node: replaced, scope: passesOn(replaced) ? scope : new Map() };
}

/** Whether further columns of the input can come through: as `supplyMetadata` has it. */
function passesOn({ kind }: Resolved): boolean {
  return kind !== 'aggregate' && kind !== 'union' && kind !== 'map_rows' && kind !== 'cached';
}

function structsOf(scan: ScanNode): Scope {
  const asked = new Map<number, AttributeRef>();
  const { fields } = scan.source.schema;
  return new Map(
    scan.output.flatMap(({ id, type }, i): [number, StructColumn][] => {
      const name = fields[scan.columns[i]!]?.name;
      return type.kind !== 'struct' || name === undefined || name.toLowerCase() === METADATA ? [] : [[id, { name, scan, asked }]];
    }),
  );
}

/** Which of the hidden columns of its source a path is; −1 if none. */
function hiddenOf({ root, fields }: FieldPath, scope: Scope): number {
  const struct = scope.get(root.id);
  if (struct === undefined) return -1;
  const path = [struct.name, ...fields];
  return struct.scan.source.hidden.findIndex((h) => h.path.length === path.length && h.path.every((name, i) => name === path[i]));
}

function leafOf(part: Bound, path: FieldPath, scope: Scope): AttributeRef | undefined {
  const hidden = hiddenOf(path, scope);
  const struct = scope.get(path.root.id);
  if (struct === undefined || hidden === -1) return undefined;
  const { source } = struct.scan;
  if (!sameType(source.hidden[hidden]!.type, part.type)) return undefined;
  const column = source.schema.fields.length + hidden;
  const known = struct.asked.get(column);
  if (known !== undefined) return known;
  const made = newAttribute(source.hidden[hidden]!.path.join('.'), part.type, source.hidden[hidden]!.nullable);
  struct.asked.set(column, made);
  return made;
}
