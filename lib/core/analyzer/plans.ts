import type { AttributeRef, Bound, BoundSortItem } from '../expr/bound.js';
import { newAttribute } from '../expr/build.js';
import type { SortItem } from '../expr/expr.js';
import { sqlName } from '../expr/sql-name.js';
import { isOrderable } from '../types/nested.js';
import type { QueryError } from '../errors.js';
import type * as P from '../plan/logical-plan.js';
import type { LogicalPlan } from '../plan/logical-plan.js';
import type { Resolved } from '../plan/resolved-plan.js';
import { asCondition, bind, binder, condition, type Binder } from './bind.js';
import { analyzeLateralView } from './generate.js';
import { limitValue } from './limit.js';
import { placeOf, type Context } from './context.js';
import * as errors from './errors.js';
import { ordinalOf } from './grouping.js';
import { passedOn } from './metadata.js';
import { freezeNode } from './resolved-build.js';
import { withPlan, type PlanColumns, type Relation, type ScopeColumn } from './scope.js';
import { projectOver, selectBlock, selectNames, type SelectBlock } from './select.js';
import { analyzeLocal, analyzeRange, analyzeRead, analyzeTable, analyzeTableFunction, analyzeValues, oneRow } from './sources.js';
import { analyzeAlias, analyzeDrop, analyzeMapRows, analyzeRename, analyzeWith, analyzeWithColumns } from './reshape.js';
import { analyzeUnion } from './union.js';

/** One analyzer a kind of plan; of those that are parsed but not run yet, what to call them. */
type Analyzers = {
  readonly [K in LogicalPlan['kind']]: ((plan: Extract<LogicalPlan, { kind: K }>, context: Context) => Relation) | string;
};

const ANALYZERS: Analyzers = {
  read: analyzeRead,
  table: analyzeTable,
  local_data: analyzeLocal,
  range: analyzeRange,
  values: analyzeValues,
  one_row: oneRow,
  table_function: analyzeTableFunction,
  project: (plan, context) => closed(openSelect(plan, context)),
  aggregate: (plan, context) => closed(openSelect(plan, context)),
  filter: analyzeFilter,
  distinct: analyzeDistinct,
  sort: analyzeSort,
  limit: analyzeLimit,
  set_operation: (plan, context) =>
    plan.op === 'union' ? analyzeUnion(plan, context) : unsupported(plan.op === 'except' ? 'EXCEPT' : 'INTERSECT', plan, context),
  with: analyzeWith,
  alias: analyzeAlias,
  repartition: analyzeRepartition,
  with_columns: analyzeWithColumns,
  rename: analyzeRename,
  drop: analyzeDrop,
  map_rows: analyzeMapRows,
  cached: analyzeCached,
  join: 'A join',
  pivot: 'PIVOT',
  unpivot: 'UNPIVOT',
  lateral_view: analyzeLateralView,
  sample: 'TABLESAMPLE',
};

function unsupported(what: string, plan: LogicalPlan, context: Context): never {
  throw errors.notSupported(what, placeOf(context, plan.at));
}

/** Resolves a plan, with the names its columns go by. */
export function analyzePlan(plan: LogicalPlan, context: Context): Relation {
  const analyzer = ANALYZERS[plan.kind] as ((plan: LogicalPlan, context: Context) => Relation) | string;
  if (typeof analyzer === 'string') {
    return unsupported(analyzer, plan, context);
  }
  const result = analyzer(plan, context);
  return { ...result, planIds: withPlan(result.planIds, plan.planId, result.columns) };
}

function openSelect(plan: P.ProjectPlan | P.AggregatePlan, context: Context): SelectBlock {
  return selectBlock(plan, analyzePlan(plan.input, context), context);
}

function closed(block: SelectBlock): Relation {
  const { plan, columns } = block.close();
  return { plan, columns, planIds: block.planIds, ...passedOn(block) };
}

/** A binder over a relation's columns where no aggregate may stand. */
function rowScope(input: Relation, context: Context, refuse: (text: string, place: errors.Place) => QueryError): Binder {
  return binder(context, {
    ...selectNames(context, input, []),
    refuseAggregate: (call) => refuse(sqlName(call), placeOf(context, call.at)),
  });
}

function analyzeFilter(plan: P.FilterPlan, context: Context): Relation {
  if (plan.role === 'qualify') {
    return unsupported('QUALIFY', plan, context);
  }
  const inner = plan.input;
  if (inner.kind === 'project' && inner.planId !== undefined) {
    return filterSelected(plan, inner, context);
  }
  const input = analyzePlan(inner, context);
  const bound = condition(plan.condition, rowScope(input, context, errors.aggregateInWhere));
  return { ...input, plan: filtered(input.plan, bound) };
}

function filtered(input: Resolved, bound: Bound): Resolved {
  return freezeNode({ kind: 'filter', input, condition: bound, output: input.output });
}

/** `df.select('a').where('b > 1')`: a DataFrame's filter, like its sort, may name what the select list dropped. */
function filterSelected(plan: P.FilterPlan, inner: P.ProjectPlan, context: Context): Relation {
  const block = openSelect(inner, context);
  const bound = asCondition(block.sortKey(plan.condition), plan.condition, context);
  const { plan: below, columns } = block.close();
  return { plan: block.trim(filtered(below, bound)), columns, planIds: block.planIds, ...passedOn(block) };
}

/** DISTINCT groups by all columns; with columns, the others keep a row's first value. */
function analyzeDistinct(plan: P.DistinctPlan, context: Context): Relation {
  const input = analyzePlan(plan.input, context);
  const wanted = plan.columns;
  const place = placeOf(context, plan.at);
  const isKey = (a: AttributeRef): boolean =>
    wanted === undefined || wanted.some((name) => name.toLowerCase() === a.name.toLowerCase());
  for (const name of wanted ?? []) {
    if (!input.columns.some((c) => c.attribute.name.toLowerCase() === name.toLowerCase())) {
      throw errors.unresolvedColumn(
        name,
        input.columns.map((c) => c.attribute.name),
        place,
      );
    }
  }
  const attributes = input.columns.map((c) => c.attribute);
  const keys = attributes.filter((a, i) => isKey(a) && attributes.findIndex((b) => b.id === a.id) === i);
  const others = attributes.filter((a) => !isKey(a));
  for (const key of keys) {
    if (!isOrderable(key.type)) {
      throw errors.groupByMap(key.name, key.type, place);
    }
  }
  const firsts = others.map((a) => ({ of: a, attribute: newAttribute(a.name, a.type, true) }));
  const node = freezeNode({
    kind: 'aggregate' as const,
    input: input.plan,
    keys,
    aggregates: others.map((a) =>
      Object.freeze({ kind: 'aggregate' as const, fn: 'first', args: [a], distinct: false, type: a.type, nullable: true }),
    ),
    output: [...keys, ...firsts.map((f) => f.attribute)],
  });
  const outputFor = (a: AttributeRef): AttributeRef => firsts.find((f) => f.of.id === a.id)?.attribute ?? a;
  const columns = input.columns.map((c) => ({ ...c, attribute: outputFor(c.attribute) }));
  return {
    plan: projectOver(
      node,
      columns.map((c) => ({ attribute: c.attribute, computed: c.attribute })),
    ),
    columns,
    planIds: replaced(input.planIds, outputFor),
  };
}

function replaced(planIds: PlanColumns, by: (a: AttributeRef) => AttributeRef): PlanColumns {
  return new Map([...planIds].map(([id, attributes]) => [id, attributes.map(by)]));
}

/** Sorting sees the select list's columns and, where they say it differently, what the select list was made from. */
function analyzeSort(plan: P.SortPlan, context: Context): Relation {
  const inner = plan.input;
  if (inner.kind !== 'project' && inner.kind !== 'aggregate') {
    const input = analyzePlan(inner, context);
    const keys = sortItems(plan, input.columns, context, (item) =>
      bind(item.expr, rowScope(input, context, errors.aggregateElsewhere)),
    );
    return { ...input, plan: sorted(input.plan, keys, plan.global) };
  }
  const block = openSelect(inner, context);
  const items = sortItems(plan, block.output, context, (item) => block.sortKey(item.expr));
  const { plan: below, columns: visible } = block.close();
  return {
    plan: block.trim(sorted(below, items, plan.global)),
    columns: visible,
    planIds: block.planIds,
    ...passedOn(block),
  };
}

function sorted(input: Resolved, items: readonly BoundSortItem[], global: boolean): Resolved {
  return freezeNode({ kind: 'sort', input, items, global, output: input.output });
}

function sortItems(
  plan: P.SortPlan,
  columns: readonly ScopeColumn[],
  context: Context,
  key: (item: SortItem) => Bound,
): readonly BoundSortItem[] {
  const { orderAll } = plan;
  if (orderAll !== undefined) {
    for (const { attribute } of columns) requireOrder(attribute, attribute.name, placeOf(context, plan.at));
    return columns.map((c) => Object.freeze({ expr: c.attribute, ...orderAll }));
  }
  return plan.items.map((item) => {
    const position = ordinalOf(item.expr);
    const { descending, nullsFirst } = item;
    if (position === undefined) {
      const expr = key(item);
      requireOrder(expr, sqlName(item.expr), placeOf(context, item.expr.at ?? plan.at));
      return Object.freeze({ expr, descending, nullsFirst });
    }
    const column = columns[position - 1];
    if (column === undefined) {
      throw errors.orderByPosition(position, columns.length, placeOf(context, item.expr.at ?? plan.at));
    }
    requireOrder(column.attribute, column.attribute.name, placeOf(context, item.expr.at ?? plan.at));
    return Object.freeze({ expr: column.attribute, descending, nullsFirst });
  });
}

function requireOrder(key: Bound, name: string, place: errors.Place): void {
  if (!isOrderable(key.type)) {
    throw errors.invalidOrdering(name, 'ORDER BY', key.type, place);
  }
}

function analyzeLimit(plan: P.LimitPlan, context: Context): Relation {
  const input = analyzePlan(plan.input, context);
  const limit = plan.limit === undefined ? undefined : limitValue('limit', plan.limit, context);
  const offset = plan.offset === undefined ? 0 : limitValue('offset', plan.offset, context);
  const node = freezeNode({
    kind: 'limit' as const,
    input: input.plan,
    offset,
    output: input.plan.output,
    ...(limit === undefined ? {} : { limit }),
  });
  return { ...input, plan: node };
}

function analyzeRepartition(plan: P.RepartitionPlan, context: Context): Relation {
  const input = analyzePlan(plan.input, context);
  const keys = plan.keys.map((key) => bind(key, rowScope(input, context, errors.aggregateElsewhere)));
  return {
    ...input,
    plan: freezeNode({
      kind: 'repartition',
      input: input.plan,
      partitions: plan.partitions,
      keys,
      shuffle: plan.shuffle,
      output: input.plan.output,
    }),
  };
}

function analyzeCached(plan: P.CachedPlan, context: Context): Relation {
  const input = analyzePlan(plan.input, context);
  const node = freezeNode({
    kind: 'cached',
    id: plan.id,
    columns: input.plan.output.map((_, i) => i),
    input: input.plan,
    output: input.plan.output,
  } as const);
  // Rows in memory are no file's.
  const { metadata: _, ...rest } = input;
  return { ...rest, plan: node };
}
