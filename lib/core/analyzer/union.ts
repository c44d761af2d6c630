import { newAttribute, coerce } from '../expr/build.js';
import type { LogicalPlan, SetOperationPlan } from '../plan/logical-plan.js';
import type { Resolved } from '../plan/resolved-plan.js';
import { widerType } from '../types/coercion.js';
import { isOrderable } from '../types/nested.js';
import { sameType, type DataType } from '../types/data-type.js';
import { placeOf, type Context } from './context.js';
import * as errors from './errors.js';
import { analyzePlan } from './plans.js';
import { freezeNode } from './resolved-build.js';
import { relation, type Relation, type ScopeColumn } from './scope.js';
import { projectOver } from './select.js';

/** UNION [ALL] [BY NAME]: columns by position or by name, each of the type both sides meet in. */
export function analyzeUnion(plan: SetOperationPlan, context: Context): Relation {
  const inputs: Relation[] = unionInputs(plan).map((p) => analyzePlan(p, context));
  const ordered = plan.byName
    ? inputs.map((input, i) => (i === 0 ? input : byName(input, inputs[0] ?? input, plan, context)))
    : inputs;
  const [first, ...rest] = ordered;
  if (first === undefined) {
    throw new RangeError('a union without inputs');
  }
  const types = rest.reduce<readonly DataType[]>(
    (all, input) => commonTypes(all, input, plan, context),
    first.columns.map((c) => c.attribute.type),
  );
  const plans = ordered.map((input) => widened(input, types));
  const output = first.columns.map((c, i) =>
    newAttribute(
      c.attribute.name,
      types[i] ?? c.attribute.type,
      ordered.some((o) => o.columns[i]?.attribute.nullable ?? true),
    ),
  );
  const union = freezeNode({ kind: 'union' as const, inputs: plans, output });
  if (plan.all) {
    return relation(union);
  }
  for (const { name, type } of output) {
    if (!isOrderable(type)) {
      throw errors.groupByMap(name, type, placeOf(context, plan.at));
    }
  }
  return relation(freezeNode({ kind: 'aggregate', input: union, keys: output, aggregates: [], output }));
}

/** Chains of the same union become one node, however long. */
function unionInputs(plan: SetOperationPlan): readonly LogicalPlan[] {
  const inputs: LogicalPlan[] = [];
  let left: LogicalPlan = plan;
  while (
    left.kind === 'set_operation' &&
    left.op === 'union' &&
    left.byName === plan.byName &&
    left.all === plan.all &&
    (left === plan || left.planId === undefined)
  ) {
    inputs.push(left.right);
    left = left.left;
  }
  inputs.push(left);
  return inputs.reverse();
}

function commonTypes(types: readonly DataType[], input: Relation, plan: SetOperationPlan, context: Context): readonly DataType[] {
  if (types.length !== input.columns.length) {
    throw errors.setOperationColumns('UNION', types.length, input.columns.length, placeOf(context, plan.at));
  }
  return types.map((type, i) => {
    const other = input.columns[i]?.attribute.type ?? type;
    const common = widerType(type, other);
    if (common === undefined) {
      throw errors.setOperationTypes('UNION', i, type, other, placeOf(context, plan.at));
    }
    return common;
  });
}

function widened(input: Relation, types: readonly DataType[]): Resolved {
  const outputs = input.columns.map((c, i) => {
    const type = types[i] ?? c.attribute.type;
    const cast = !sameType(c.attribute.type, type);
    return {
      attribute: cast ? newAttribute(c.attribute.name, type, c.attribute.nullable) : c.attribute,
      computed: cast ? coerce(c.attribute, type) : c.attribute,
    };
  });
  return projectOver(input.plan, outputs);
}

/** The input's columns in the order of the first input's names. */
function byName(input: Relation, first: Relation, plan: SetOperationPlan, context: Context): Relation {
  const names = input.columns.map((c) => c.attribute.name);
  if (names.length !== first.columns.length) {
    throw errors.setOperationColumns('UNION', first.columns.length, names.length, placeOf(context, plan.at));
  }
  const columns = first.columns.map((wanted): ScopeColumn => {
    const found = input.columns.find((c) => c.attribute.name.toLowerCase() === wanted.attribute.name.toLowerCase());
    if (found === undefined) {
      throw errors.unresolvedColumn(wanted.attribute.name, names, placeOf(context, plan.at));
    }
    return found;
  });
  return { ...input, columns };
}
