import type { AttributeRef, Bound } from '../expr/bound.js';
import { newAttribute } from '../expr/build.js';
import type { Expr } from '../expr/expr.js';
import { sqlName } from '../expr/sql-name.js';
import { some, type ExpressionIds } from '../expr/walk.js';
import type { AggregatePlan } from '../plan/logical-plan.js';
import { isIntegral } from '../types/data-type.js';
import { isOrderable } from '../types/nested.js';
import { bind, binder, type Names } from './bind.js';
import { placeOf, type Context } from './context.js';
import * as errors from './errors.js';
import { findFact } from './metadata.js';
import { noSuchColumn, resolveInRelation, starColumns, type Relation } from './scope.js';
import type { SelectItem } from './stars.js';

/** GROUP BY: expressions, ordinals, aliases, ALL. */

export interface GroupingKey {
  readonly bound: Bound;
  readonly attribute: AttributeRef;
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
const hasAggregate = (bound: Bound): boolean => some(bound, (n) => n.kind === 'aggregate');

export function groupingKeys(
  plan: AggregatePlan,
  items: readonly SelectItem[],
  input: Relation,
  context: Context,
  ids: ExpressionIds,
): readonly GroupingKey[] {
  const written = plan.groupAll
    ? items.filter((item) => !hasAggregate(item.bound)).map((item) => ({ bound: item.bound, name: item.name }))
    : plan.keys.map((key) => ({ bound: keyExpression(key, items, input, context), name: sqlName(key) }));
  const keys = new Map<number, GroupingKey>();
  for (const { bound, name } of written) {
    if (!isOrderable(bound.type)) {
      throw errors.groupByMap(name, bound.type, placeOf(context, bound.at ?? plan.at));
    }
    const id = ids.idOf(bound);
    if (!keys.has(id)) {
      keys.set(id, { bound, attribute: bound.kind === 'attribute' ? bound : newAttribute(name, bound.type, bound.nullable) });
    }
  }
  return [...keys.values()];
}

/** `GROUP BY 2`: the number; `undefined` for other expressions. */
export function ordinalOf(expr: Expr): number | undefined {
  return expr.kind === 'literal' && isIntegral(expr.type) && expr.value !== null ? Number(expr.value) : undefined;
}

function keyExpression(key: Expr, items: readonly SelectItem[], input: Relation, context: Context): Bound {
  const place = placeOf(context, key.at);
  const position = ordinalOf(key);
  if (position !== undefined) {
    const item = items[position - 1];
    if (item === undefined) {
      throw errors.groupByPosition(position, items.length, place);
    }
    if (hasAggregate(item.bound)) {
      throw errors.groupByPositionAggregate(position, sqlName(item.expr), place);
    }
    return item.bound;
  }
  return bind(key, binder(context, keyNames(items, input, context)));
}

/** The input's columns, then the aliases of the select list. */
function keyNames(items: readonly SelectItem[], input: Relation, context: Context): Names {
  return {
    column: (expr) => {
      const place = placeOf(context, expr.at);
      const found = resolveInRelation(input, expr, place);
      if (found !== undefined) {
        return found;
      }
      const aliased =
        expr.path.length === 1 ? items.find((item) => item.aliased && same(item.name, expr.path[0] ?? '')) : undefined;
      if (aliased === undefined) {
        throw noSuchColumn(input.columns, expr, place);
      }
      if (hasAggregate(aliased.bound)) {
        throw errors.aggregateInGroupBy(sqlName(aliased.expr), place);
      }
      return aliased.bound;
    },
    star: (expr) => starColumns(input.columns, expr, placeOf(context, expr.at), input.planIds).map((c) => c.bound),
    starNames: (expr) => starColumns(input.columns, expr, placeOf(context, expr.at), input.planIds).map((c) => c.name),
    fact: (name) => findFact(input.metadata, name),
    refuseAggregate: (call) => errors.aggregateInGroupBy(sqlName(call), placeOf(context, call.at)),
  };
}
