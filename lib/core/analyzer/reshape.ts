import type { AttributeRef } from '../expr/bound.js';
import { newAttribute, withName } from '../expr/build.js';
import type * as P from '../plan/logical-plan.js';
import type { LogicalPlan } from '../plan/logical-plan.js';
import { bind, binder } from './bind.js';
import { placeOf, type Context, type Definition } from './context.js';
import * as errors from './errors.js';
import { sqlName } from '../expr/sql-name.js';
import { generate, writtenGenerator } from './generate.js';
import { analyzePlan } from './plans.js';
import { passedOn, requalified } from './metadata.js';
import { freezeNode } from './resolved-build.js';
import { relation, type Relation } from './scope.js';
import { projectOver, selectNames } from './select.js';

/** Plans that name, add or drop columns. */

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** The relation under a table name, its columns perhaps renamed. A renamed column is a new one over the same values. */
export function renamed(
  input: Relation,
  qualifier: readonly string[],
  columns: readonly string[] | undefined,
  plan: LogicalPlan,
  context: Context,
): Relation {
  if (columns === undefined) {
    return { ...input, columns: input.columns.map((c) => ({ ...c, qualifier })), ...requalified(input, qualifier) };
  }
  if (columns.length !== input.columns.length) {
    throw errors.aliasColumns(qualifier.at(-1) ?? '', columns.length, input.columns.length, placeOf(context, plan.at));
  }
  const outputs = input.columns.map((c, i) => {
    const name = columns[i] ?? c.attribute.name;
    return {
      attribute: name === c.attribute.name ? c.attribute : newAttribute(name, c.attribute.type, c.attribute.nullable),
      computed: c.attribute,
    };
  });
  return {
    plan: renamedPlan(input, outputs),
    columns: outputs.map((o) => ({ attribute: o.attribute, qualifier })),
    planIds: input.planIds,
    ...requalified(input, qualifier),
  };
}

/** Literal rows take the new names themselves; anything else gets a project. */
function renamedPlan(
  input: Relation,
  outputs: readonly { readonly attribute: AttributeRef; readonly computed: AttributeRef }[],
): Relation['plan'] {
  if (input.plan.kind === 'local') {
    return freezeNode({ ...input.plan, output: outputs.map((o) => o.attribute) });
  }
  return projectOver(input.plan, outputs);
}

export function analyzeAlias(plan: P.AliasPlan, context: Context): Relation {
  return renamed(analyzePlan(plan.input, context), [plan.name], plan.columns, plan, context);
}

export function analyzeWith(plan: P.WithPlan, context: Context): Relation {
  if (plan.recursive) {
    throw errors.notSupported('WITH RECURSIVE', placeOf(context, plan.at));
  }
  let definitions: ReadonlyMap<string, Definition> = context.definitions;
  for (const { name, columns, plan: body } of plan.definitions) {
    definitions = new Map([...definitions, [name.toLowerCase(), { plan: body, columns, scope: definitions }]]);
  }
  return analyzePlan(plan.input, { ...context, definitions });
}

export function analyzeWithColumns(plan: P.WithColumnsPlan, context: Context): Relation {
  const input = analyzePlan(plan.input, context);
  const scope = binder(context, {
    ...selectNames(context, input, []),
    refuseAggregate: (call) => errors.aggregateElsewhere(sqlName(call), placeOf(context, call.at)),
  });
  const generators = plan.columns.flatMap(({ expr }) => writtenGenerator(expr) ?? []);
  if (generators.length > 1) {
    throw errors.multipleGenerators(
      generators.map((g) => g.call.name),
      placeOf(context, plan.at),
    );
  }
  const made = generators[0] === undefined ? undefined : generate(input, { ...generators[0], names: undefined }, context);
  if (made !== undefined && made.columns.length !== 1) {
    throw errors.generatorColumns(generators[0]!.call.name, 1, made.columns.length, placeOf(context, plan.at));
  }
  const computed = plan.columns.map(({ name, expr }) => {
    const bound = writtenGenerator(expr) === undefined ? bind(expr, scope) : made!.columns[0]!;
    return { name, computed: bound, attribute: newAttribute(name, bound.type, bound.nullable) };
  });
  const replaced = input.columns.map((c) => {
    const own = computed.find((o) => same(o.name, c.attribute.name));
    return own === undefined
      ? { attribute: c.attribute, computed: c.attribute, qualifier: c.qualifier }
      : { ...own, qualifier: [] };
  });
  const added = computed
    .filter((o) => !input.columns.some((c) => same(c.attribute.name, o.name)))
    .map((o) => ({ ...o, qualifier: [] }));
  const outputs = uniqueIds([...replaced, ...added]);
  return { plan: projectOver(made?.plan ?? input.plan, outputs), columns: outputs, planIds: input.planIds, ...passedOn(input) };
}

/** A replacement that stands for two columns of one name: each gets its own id. */
function uniqueIds<O extends { readonly attribute: AttributeRef }>(outputs: readonly O[]): readonly O[] {
  const seen = new Set<number>();
  return outputs.map((o) => {
    if (!seen.has(o.attribute.id)) {
      seen.add(o.attribute.id);
      return o;
    }
    return { ...o, attribute: newAttribute(o.attribute.name, o.attribute.type, o.attribute.nullable) };
  });
}

/** Names that are not there are left alone, as in Spark. */
export function analyzeRename(plan: P.RenamePlan, context: Context): Relation {
  const input = analyzePlan(plan.input, context);
  const outputs = input.columns.map((c) => {
    const to = plan.names.find((n) => same(n.from, c.attribute.name))?.to;
    const attribute =
      to === undefined || to === c.attribute.name ? c.attribute : newAttribute(to, c.attribute.type, c.attribute.nullable);
    return { attribute, computed: c.attribute, qualifier: c.qualifier };
  });
  return { plan: projectOver(input.plan, outputs), columns: outputs, planIds: input.planIds, ...passedOn(input) };
}

/** Names that are not there are left alone, as in Spark. */
export function analyzeDrop(plan: P.DropPlan, context: Context): Relation {
  const input = analyzePlan(plan.input, context);
  const columns = input.columns.filter((c) => !plan.names.some((name) => same(name, c.attribute.name)));
  return {
    plan: projectOver(
      input.plan,
      columns.map((c) => ({ attribute: c.attribute, computed: c.attribute })),
    ),
    columns,
    planIds: input.planIds,
    ...passedOn(input),
  };
}

export function analyzeMapRows(plan: P.MapRowsPlan, context: Context): Relation {
  const input = analyzePlan(plan.input, context);
  const { role, source, scope } = plan;
  if (role === 'filter') {
    const { metadata: _, ...rest } = input;
    return {
      ...rest,
      plan: freezeNode({ kind: 'map_rows', input: input.plan, role, source, scope, output: input.plan.output }),
    };
  }
  const output =
    plan.schema === undefined
      ? input.plan.output.map((a) => withName(a, a.name))
      : plan.schema.fields.map((f) => newAttribute(f.name, f.type, f.nullable));
  return {
    ...relation(freezeNode({ kind: 'map_rows', input: input.plan, role, source, scope, output })),
    planIds: input.planIds,
  };
}
