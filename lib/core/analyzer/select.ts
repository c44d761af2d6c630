import type { AttributeRef, Bound, BoundAggregate } from '../expr/bound.js';
import { newAttribute, withName } from '../expr/build.js';
import type { ColumnExpr, Expr } from '../expr/expr.js';
import { formatBound } from '../expr/format-bound.js';
import { isExtractable } from '../expr/extract-value.js';
import { sqlName } from '../expr/sql-name.js';
import { expressionIds, rewrite, some } from '../expr/walk.js';
import { freezeNode } from './resolved-build.js';
import type { AggregatePlan, ProjectPlan } from '../plan/logical-plan.js';
import type { Resolved } from '../plan/resolved-plan.js';
import { bind, binder, condition, type Binder, type Names } from './bind.js';
import { placeOf, type Context } from './context.js';
import * as errors from './errors.js';
import { generate, writtenGenerator, type Generated, type WrittenGenerator } from './generate.js';
import { groupingKeys } from './grouping.js';
import { findFact, passedOn, type MetadataColumn } from './metadata.js';
import {
  extractPath,
  findPath,
  noSuchColumn,
  resolveInRelation,
  starColumns,
  withPlan,
  type PlanColumns,
  type Relation,
  type ScopeColumn,
} from './scope.js';
import { expandStars, type SelectItem } from './stars.js';

/**
 * One select list with its grouping: SELECT … [GROUP BY … HAVING …]. Kept open until ORDER BY has said
 * which further columns and aggregates it needs; `close` makes the nodes.
 */
export interface SelectBlock {
  readonly output: readonly ScopeColumn[];
  /** An expression of ORDER BY: over the output columns, and over whatever the select list sees. */
  sortKey(expr: Expr): Bound;
  close(): { readonly plan: Resolved; readonly columns: readonly ScopeColumn[] };
  /** Whether sort keys need columns the select list does not have. `trim` drops them again. */
  hidden(): boolean;
  trim(plan: Resolved): Resolved;
  readonly planIds: PlanColumns;
  /** Facts about the files below, for a select list without groups. */
  readonly metadata?: readonly MetadataColumn[];
}

interface Output {
  readonly attribute: AttributeRef;
  readonly qualifier: readonly string[];
  /** Over the input, with aggregates in it. */
  readonly written: Bound;
  /** What the project computes: `written`, or over the aggregate's output. */
  readonly computed: Bound;
}

const ALIAS_NODES_MAX = 20_000;

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** The names of a select list: the input's columns, then the aliases to the left. */
export function selectNames(context: Context, input: Relation, earlier: readonly SelectItem[]): Names {
  return {
    column: (expr) => {
      const place = placeOf(context, expr.at);
      const found = resolveInRelation(input, expr, place) ?? lateralAlias(expr, earlier, place);
      if (found === undefined) {
        throw noSuchColumn(input.columns, expr, place);
      }
      return found;
    },
    star: (expr) => starColumns(input.columns, expr, placeOf(context, expr.at), input.planIds).map((c) => c.bound),
    starNames: (expr) => starColumns(input.columns, expr, placeOf(context, expr.at), input.planIds).map((c) => c.name),
    fact: (name) => findFact(input.metadata, name),
  };
}

function lateralAlias(expr: ColumnExpr, earlier: readonly SelectItem[], place: errors.Place): Bound | undefined {
  if (expr.planId !== undefined) {
    return undefined;
  }
  const named = earlier.filter((item) => item.aliased && same(item.name, expr.path[0] ?? ''));
  if (named.length > 1) {
    throw errors.ambiguousReference(
      expr.path.join('.'),
      named.map((n) => n.name),
      place,
    );
  }
  const [found] = named;
  if (found !== undefined && isLarge(found.bound)) {
    throw errors.tooLarge(found.name, place);
  }
  const fields = expr.path.slice(1);
  return found === undefined || (fields.length > 0 && !isExtractable(found.bound.type))
    ? undefined
    : extractPath(found.bound, fields, place);
}

/** Aliases are copied into what uses them, so a list of aliases each using the last twice would double with each. */
function isLarge(bound: Bound): boolean {
  let nodes = 0;
  return some(bound, () => ++nodes > ALIAS_NODES_MAX);
}

/** Binds the select list; the second result tells whether an aggregate function stands in it. */
function bindItems(
  exprs: readonly Expr[],
  input: Relation,
  context: Context,
  made: Generated | undefined,
): { readonly items: readonly SelectItem[]; readonly aggregates: boolean } {
  const items: SelectItem[] = [];
  let aggregates = false;
  for (const expr of exprs) {
    const scope = binder(context, selectNames(context, input, items));
    if (made !== undefined && writtenGenerator(expr) !== undefined) {
      items.push(...made.columns.map((bound) => ({ name: bound.name, aliased: true, bound, expr })));
    } else if (expr.kind === 'star') {
      items.push(...expandStars(expr, input, scope));
    } else {
      items.push(bindItem(expr, scope));
    }
    aggregates ||= scope.seen.aggregate;
  }
  return { items, aggregates };
}

function bindItem(expr: Expr, scope: Binder): SelectItem {
  if (expr.kind === 'alias') {
    return { name: expr.name, aliased: true, bound: bind(expr.input, scope), expr: expr.input };
  }
  // Bound first: it checks the depth that the name is then made of.
  const bound = bind(expr, scope);
  return { name: sqlName(expr), aliased: false, bound, expr };
}

/** The function of a select list that makes rows. */
function onlyGenerator(
  exprs: readonly Expr[],
  plan: ProjectPlan | AggregatePlan,
  context: Context,
): WrittenGenerator | undefined {
  const found = exprs.map(writtenGenerator).filter((g) => g !== undefined);
  if (found.length > 1) {
    throw errors.multipleGenerators(
      found.map((g) => g.call.name),
      placeOf(context, found[1]?.call.at ?? plan.at),
    );
  }
  return found[0];
}

export function selectBlock(plan: ProjectPlan | AggregatePlan, input: Relation, context: Context): SelectBlock {
  if (plan.windows !== undefined && plan.windows.size > 0) {
    throw errors.notSupported('A WINDOW clause', placeOf(context, plan.at));
  }
  const exprs = plan.kind === 'aggregate' ? plan.outputs : plan.exprs;
  const generator = onlyGenerator(exprs, plan, context);
  const made = generator === undefined ? undefined : generate(input, generator, context);
  const { items, aggregates } = bindItems(exprs, input, context, made);
  if (plan.kind === 'project' && !aggregates) {
    return openProject(plan, items, made === undefined ? input : { ...input, plan: made.plan }, context);
  }
  if (generator !== undefined) {
    throw errors.generatorOverAggregate(generator.call.name, placeOf(context, generator.call.at));
  }
  return openAggregate(plan, items, input, context);
}

/** A column that is only passed on keeps its id; only as it is written may its name differ, in case. */
function outputOf(item: SelectItem, computed: Bound, input: Relation): Output {
  const { name, aliased, bound: written } = item;
  const passed = written.kind === 'attribute' ? input.columns.find((c) => c.attribute.id === written.id) : undefined;
  const qualifier = aliased || passed === undefined ? [] : passed.qualifier;
  if (computed.kind === 'attribute' && (computed.name === name || (passed !== undefined && same(computed.name, name)))) {
    return { attribute: withName(computed, name), qualifier, written, computed };
  }
  return { attribute: newAttribute(name, computed.type, computed.nullable), qualifier, written, computed };
}

/** Duplicate attributes in one output get ids of their own. */
function distinctIds(outputs: readonly Output[]): readonly Output[] {
  const seen = new Set<number>();
  return outputs.map((o) => {
    if (!seen.has(o.attribute.id)) {
      seen.add(o.attribute.id);
      return o;
    }
    return { ...o, attribute: newAttribute(o.attribute.name, o.attribute.type, o.attribute.nullable) };
  });
}

const columnsOf = (outputs: readonly Output[]): readonly ScopeColumn[] =>
  outputs.map((o) => ({ attribute: o.attribute, qualifier: o.qualifier }));

/** Names for ORDER BY and HAVING: the output's first, then the input's; inside aggregates the other way round. */
function outerNames(
  context: Context,
  outputs: readonly Output[],
  input: Relation,
  planId: number | undefined,
  useWritten: boolean,
): Names {
  const columns = columnsOf(outputs);
  const planIds = withPlan(input.planIds, planId, columns);
  return {
    column: (expr, insideAggregate) => {
      const place = placeOf(context, expr.at);
      const own = (): Bound | undefined => {
        const found = findPath(columns, expr, place, planIds);
        const output = outputs.find((o) => o.attribute.id === found?.attribute.id);
        if (found === undefined || output === undefined) {
          return undefined;
        }
        return extractPath(useWritten || insideAggregate ? output.written : output.attribute, found.fields, place);
      };
      const below = (): Bound | undefined => resolveInRelation(input, expr, place);
      const found = insideAggregate ? (below() ?? own()) : (own() ?? below());
      if (found === undefined) {
        throw noSuchColumn([...columns, ...input.columns], expr, place);
      }
      return found;
    },
    star: (expr) => starColumns(columns, expr, placeOf(context, expr.at), planIds).map((c) => c.bound),
    starNames: (expr) => starColumns(columns, expr, placeOf(context, expr.at), planIds).map((c) => c.name),
    fact: (name) => findFact(input.metadata, name),
  };
}

/** What open blocks share: sort keys that are outputs, and those that become hidden ones. */
function openBlock(
  outputs: readonly Output[],
  input: Relation,
  context: Context,
  planId: number | undefined,
  compute: (written: Bound, expr: Expr) => Bound,
  below: () => Resolved,
  refuseAggregate?: Names['refuseAggregate'],
): SelectBlock {
  const ids = expressionIds();
  const extra: Output[] = [];
  const all = (): readonly Output[] => [...outputs, ...extra];
  const visible = columnsOf(outputs);
  const outputById = new Map(outputs.map((o) => [o.attribute.id, o]));
  /** Output columns in a sort key, as what they were written as. */
  const unfold = (key: Bound): Bound =>
    rewrite(key, { before: (n) => (n.kind === 'attribute' ? outputById.get(n.id)?.written : undefined) });

  function sortKey(expr: Expr): Bound {
    const names = outerNames(context, outputs, input, planId, false);
    const scope = binder(context, refuseAggregate === undefined ? names : { ...names, refuseAggregate });
    const key = bind(expr, scope);
    if (!scope.seen.aggregate && !some(key, (n) => n.kind === 'attribute' && !outputById.has(n.id))) {
      return key;
    }
    const written = unfold(key);
    const known = all().find((o) => ids.idOf(o.written) === ids.idOf(written));
    if (known !== undefined) {
      return known.attribute;
    }
    const computed = compute(written, expr);
    const added: Output = {
      attribute: computed.kind === 'attribute' ? computed : newAttribute(sqlName(expr), computed.type, computed.nullable),
      qualifier: [],
      written,
      computed,
    };
    extra.push(added);
    return added.attribute;
  }

  return {
    output: visible,
    planIds: withPlan(input.planIds, planId, visible),
    sortKey,
    hidden: () => extra.length > 0,
    close: () => ({ plan: projectOver(below(), distinctIds(all())), columns: visible }),
    trim: (plan) =>
      extra.length === 0
        ? plan
        : freezeNode({
            kind: 'project',
            input: plan,
            exprs: visible.map((c) => c.attribute),
            output: visible.map((c) => c.attribute),
          }),
  };
}

/** A project, unless it would pass its input on as it is. */
export function projectOver(
  input: Resolved,
  outputs: readonly { readonly attribute: AttributeRef; readonly computed: Bound }[],
): Resolved {
  const passes =
    outputs.length === input.output.length &&
    outputs.every(
      (o, i) =>
        o.computed.kind === 'attribute' &&
        o.computed.id === input.output[i]?.id &&
        o.attribute.id === o.computed.id &&
        o.attribute.name === input.output[i]?.name,
    );
  if (passes) {
    return input;
  }
  return freezeNode({ kind: 'project', input, exprs: outputs.map((o) => o.computed), output: outputs.map((o) => o.attribute) });
}

function openProject(plan: ProjectPlan, items: readonly SelectItem[], input: Relation, context: Context): SelectBlock {
  const outputs = distinctIds(items.map((item) => outputOf(item, item.bound, input)));
  const refuse: Names['refuseAggregate'] = (call) => errors.aggregateElsewhere(sqlName(call), placeOf(context, call.at));
  const block = openBlock(
    outputs,
    input,
    context,
    plan.planId,
    (written) => written,
    () => input.plan,
    refuse,
  );
  return { ...block, ...passedOn(input) };
}

/** For an aggregate inside of a larger expression, where it has no name of its own. */
function aggregateName(node: BoundAggregate): string {
  return formatBound(node).replaceAll(/#\d+/g, '');
}

interface AggregateParts {
  readonly keys: readonly { readonly bound: Bound; readonly attribute: AttributeRef }[];
  readonly aggregates: { readonly call: BoundAggregate; readonly attribute: AttributeRef }[];
}

function openAggregate(
  plan: ProjectPlan | AggregatePlan,
  items: readonly SelectItem[],
  input: Relation,
  context: Context,
): SelectBlock {
  if (plan.kind === 'aggregate' && plan.groupingSets !== undefined) {
    throw errors.notSupported('GROUPING SETS, CUBE or ROLLUP', placeOf(context, plan.at));
  }
  const ids = expressionIds();
  const keys = plan.kind === 'aggregate' ? groupingKeys(plan, items, input, context, ids) : [];
  const parts: AggregateParts = { keys, aggregates: [] };
  const keyById = new Map(keys.map((k) => [ids.idOf(k.bound), k.attribute]));
  const aggregateById = new Map<number, AttributeRef>();

  /** An expression over keys and aggregates, as one over the aggregate's output. */
  function split(written: Bound, expr: Expr, name = sqlName(expr)): Bound {
    return rewrite(written, {
      before: (node) => {
        const key = keyById.get(ids.idOf(node));
        if (key !== undefined) {
          return key;
        }
        if (node.kind === 'aggregate') {
          return aggregateAttribute(node, node === written ? name : aggregateName(node));
        }
        if (node.kind === 'attribute') {
          throw errors.missingAggregation(node.name, placeOf(context, expr.at));
        }
        return undefined;
      },
    });
  }

  function aggregateAttribute(node: BoundAggregate, name: string): AttributeRef {
    const id = ids.idOf(node);
    const known = aggregateById.get(id);
    if (known !== undefined) {
      return known;
    }
    const attribute = newAttribute(name, node.type, node.nullable);
    aggregateById.set(id, attribute);
    parts.aggregates.push({ call: node, attribute });
    return attribute;
  }

  const outputs = distinctIds(items.map((item) => outputOf(item, split(item.bound, item.expr, item.name), input)));
  const having = plan.kind === 'aggregate' && plan.having !== undefined ? havingCondition(plan.having) : undefined;

  function havingCondition(expr: Expr): Bound {
    return split(condition(expr, binder(context, outerNames(context, outputs, input, plan.planId, true))), expr);
  }

  function below(): Resolved {
    const node = freezeNode({
      kind: 'aggregate',
      input: input.plan,
      keys: parts.keys.map((k) => k.bound),
      aggregates: parts.aggregates.map((a) => a.call),
      output: [...parts.keys.map((k) => k.attribute), ...parts.aggregates.map((a) => a.attribute)],
    });
    return having === undefined ? node : freezeNode({ kind: 'filter', input: node, condition: having, output: node.output });
  }
  return openBlock(outputs, input, context, plan.planId, split, below);
}
