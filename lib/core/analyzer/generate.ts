import type { AttributeRef, Bound } from '../expr/bound.js';
import { coerce, newAttribute } from '../expr/build.js';
import type { CallExpr, Expr } from '../expr/expr.js';
import { structField } from '../expr/extract-value.js';
import { generatorNamed, type GeneratorEntry } from '../expr/functions/index.js';
import { sqlName } from '../expr/sql-name.js';
import type { LateralViewPlan } from '../plan/logical-plan.js';
import type { Resolved } from '../plan/resolved-plan.js';
import { implicitCast } from '../types/coercion.js';
import { INT } from '../types/data-type.js';
import { bind, binder } from './bind.js';
import { placeOf, type Context } from './context.js';
import * as errors from './errors.js';
import { analyzePlan } from './plans.js';
import { passedOn } from './metadata.js';
import { freezeNode } from './resolved-build.js';
import type { Relation } from './scope.js';
import { selectNames } from './select.js';

/** explode and its like: rows out of arrays and maps. */

/** An expression of a select list that makes rows, with the names it is given. */
export interface WrittenGenerator {
  readonly call: CallExpr;
  readonly entry: GeneratorEntry;
  readonly names: readonly string[] | undefined;
}

export function writtenGenerator(expr: Expr): WrittenGenerator | undefined {
  const call = expr.kind === 'alias' ? expr.input : expr;
  const entry = call.kind === 'call' ? generatorNamed(call.name) : undefined;
  if (entry === undefined || call.kind !== 'call') {
    return undefined;
  }
  return { call, entry, names: expr.kind === 'alias' ? (expr.names ?? [expr.name]) : undefined };
}

/** The rows of the input, each as often as it makes others, and the columns made. */
export interface Generated {
  readonly plan: Resolved;
  readonly columns: readonly AttributeRef[];
}

export function generate(input: Relation, { call, entry, names }: WrittenGenerator, context: Context): Generated {
  const place = placeOf(context, call.at);
  const scope = binder(context, {
    ...selectNames(context, input, []),
    refuseAggregate: (inner) => errors.generatorOverAggregate(call.name, placeOf(context, inner.at)),
  });
  const args = call.args.map((arg) => bind(arg, scope));
  const [first] = args;
  if (first === undefined || args.length > 1) {
    throw errors.wrongNumArgs(call.name, '1', args.length, place);
  }
  const wanted = entry.fields ? ('array' as const) : (['array', 'map'] as const);
  const type = implicitCast(first.type, wanted);
  if (type === undefined || (entry.fields && (type.kind !== 'array' || type.element.kind !== 'struct'))) {
    throw errors.unexpectedInputType(sqlName(call), 0, wanted, sqlName(call.args[0]!), first.type, place);
  }
  const expr = coerce(first, type);
  const position = entry.position ? [newAttribute('pos', INT, entry.outer)] : [];
  const parts = partsOf(expr, entry.outer);
  const node = freezeNode({
    kind: 'generate' as const,
    input: input.plan,
    expr,
    outer: entry.outer,
    ...(position[0] === undefined ? {} : { position: position[0] }),
    parts,
    output: [...input.plan.output, ...position, ...parts],
  });
  return named(entry.fields ? withFields(node, parts[0]!) : { plan: node, columns: [...position, ...parts] }, call, names, place);
}

/** An element, or key and value. */
function partsOf({ type }: Bound, outer: boolean): readonly AttributeRef[] {
  if (type.kind === 'map') {
    return [newAttribute('key', type.key, outer), newAttribute('value', type.value, outer || type.valueContainsNull)];
  }
  return type.kind === 'array' ? [newAttribute('col', type.element, outer || type.containsNull)] : [];
}

/** The fields of the structs as columns. */
function withFields(node: Resolved, struct: AttributeRef): Generated {
  const { type } = struct;
  if (type.kind !== 'struct') {
    throw new TypeError('inline of something else than structs');
  }
  const exprs = type.fields.map((_, i) => structField(struct, type, i));
  const columns = exprs.map((expr, i) => newAttribute(type.fields[i]!.name, expr.type, expr.nullable));
  const kept = node.output.filter((a) => a.id !== struct.id);
  return {
    plan: freezeNode({ kind: 'project', input: node, exprs: [...kept, ...exprs], output: [...kept, ...columns] }),
    columns,
  };
}

function named(made: Generated, call: CallExpr, names: readonly string[] | undefined, place: errors.Place): Generated {
  if (names === undefined) {
    return made;
  }
  if (names.length !== made.columns.length) {
    throw errors.generatorColumns(call.name, names.length, made.columns.length, place);
  }
  const columns = made.columns.map((c, i) => newAttribute(names[i]!, c.type, c.nullable));
  const kept = made.plan.output.filter((a) => !made.columns.some((c) => c.id === a.id));
  return {
    plan: freezeNode({
      kind: 'project',
      input: made.plan,
      exprs: [...kept, ...made.columns],
      output: [...kept, ...columns],
    }),
    columns,
  };
}

/** `FROM t LATERAL VIEW [OUTER] explode(a) v AS x`: the columns of t, and those that are made under the name v. */
export function analyzeLateralView(plan: LateralViewPlan, context: Context): Relation {
  const input = analyzePlan(plan.input, context);
  const place = placeOf(context, plan.at);
  const entry = generatorNamed(plan.name);
  if (entry === undefined) {
    throw errors.lateralViewFunction(plan.name, place);
  }
  const call: CallExpr = { kind: 'call', name: plan.name, args: plan.args, ...(plan.at === undefined ? {} : { at: plan.at }) };
  const names = plan.columns.length === 0 ? undefined : plan.columns;
  const made = generate(input, { call, entry: plan.outer ? { ...entry, outer: true } : entry, names }, context);
  const qualifier = plan.table === '' ? [] : [plan.table];
  return {
    plan: made.plan,
    columns: [...input.columns, ...made.columns.map((attribute) => ({ attribute, qualifier }))],
    planIds: input.planIds,
    ...passedOn(input),
  };
}
