import type { AttributeRef, Bound } from '../expr/bound.js';
import { coerce, newAttribute } from '../expr/build.js';
import type { CallExpr, Expr } from '../expr/expr.js';
import { structField } from '../expr/extract-value.js';
import { generatorNamed, type GeneratorEntry } from '../expr/functions/index.js';
import { sqlName } from '../expr/sql-name.js';
import type { LateralViewPlan } from '../plan/logical-plan.js';
import type { Resolved } from '../plan/resolved-plan.js';
import { implicitCast } from '../types/coercion.js';
import { INT, type DataType } from '../types/data-type.js';
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
  const columns = columnsOf(expr, entry);
  if (names !== undefined && names.length !== columns.length) {
    throw errors.generatorColumns(call.name, names.length, columns.length, place);
  }
  const named = columns.map((c, i) => newAttribute(names?.[i] ?? c.name, c.type, c.nullable));
  return entry.fields ? withFields(input.plan, expr, entry, named) : plain(input.plan, expr, entry, named);
}

interface MadeColumn {
  readonly name: string;
  readonly type: DataType;
  readonly nullable: boolean;
}

/** What is made: positions, then elements, or keys and values, or the fields of structs. */
function columnsOf({ type }: Bound, { outer, position, fields }: GeneratorEntry): readonly MadeColumn[] {
  const first = position ? [{ name: 'pos', type: INT, nullable: outer }] : [];
  if (type.kind === 'map') {
    return [
      ...first,
      { name: 'key', type: type.key, nullable: outer },
      { name: 'value', type: type.value, nullable: outer || type.valueContainsNull },
    ];
  }
  if (type.kind !== 'array') {
    return first;
  }
  const nullable = outer || type.containsNull;
  return fields && type.element.kind === 'struct'
    ? type.element.fields.map((f) => ({ ...f, nullable: nullable || f.nullable }))
    : [...first, { name: 'col', type: type.element, nullable }];
}

function plain(input: Resolved, expr: Bound, { outer, position }: GeneratorEntry, columns: readonly AttributeRef[]): Generated {
  const [first, ...rest] = columns;
  const plan = freezeNode({
    kind: 'generate' as const,
    input,
    expr,
    outer,
    ...(position && first !== undefined ? { position: first } : {}),
    parts: position ? rest : columns,
    output: [...input.output, ...columns],
  });
  return { plan, columns };
}

/** The fields of the structs as columns. */
function withFields(input: Resolved, expr: Bound, { outer }: GeneratorEntry, columns: readonly AttributeRef[]): Generated {
  const { type } = expr;
  if (type.kind !== 'array' || type.element.kind !== 'struct') {
    throw new TypeError('inline of something else than structs');
  }
  const of = type.element;
  const struct = newAttribute('col', of, outer || type.containsNull);
  const node = freezeNode({
    kind: 'generate' as const,
    input,
    expr,
    outer,
    parts: [struct],
    output: [...input.output, struct],
  });
  const plan = freezeNode({
    kind: 'project' as const,
    input: node,
    exprs: [...input.output, ...columns.map((_, i) => structField(struct, of, i))],
    output: [...input.output, ...columns],
  });
  return { plan, columns };
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
