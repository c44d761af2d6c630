import type { AttributeRef, Bound, BoundAggregate } from '../expr/bound.js';
import { columnTests } from './column-tests.js';
import { call } from '../expr/build.js';
import { BINARY } from '../types/data-type.js';
import { hasDoubles, isNested, nestingDepth, NESTING_MAX } from '../types/nested.js';
import { fileConditions, type Evaluate } from './file-conditions.js';
import { attributesOf, OpenPipeline } from './open-pipeline.js';
import { QueryError, unreachable } from '../errors.js';
import type { ColumnTest, FileCondition } from '../types/column-test.js';
import type { CachedNode, LocalNode, Resolved, ScanNode, ScanSource } from '../plan/resolved-plan.js';
import type { PhysicalPlan, Pipeline, Sink, SortKey, Stage, WriteSpec } from './stage.js';

/** What the planner must ask the session. */
export interface PlannerContext {
  /** Registry id of blocks holding the literal rows of this node. */
  localBlocks(node: LocalNode): number;
  /** Where a cached DataFrame's rows are: in blocks of its id, or in files; undefined while they are not computed. */
  cachedRows(node: CachedNode): 'blocks' | ScanSource | undefined;
  /** Partitions of a range or repartition without a number of its own. */
  readonly defaultPartitions: number;
  /** The files of a scan without those of which no row can pass the tests and conditions; `columns`: what the scan loads. */
  narrowScan(
    source: ScanSource,
    columns: readonly number[],
    tests: readonly ColumnTest[],
    conditions: readonly FileCondition[],
  ): ScanSource;
  /** The value of an expression without columns. */
  evaluate: Evaluate;
  /** Structured text of a JavaScript function's captured values. */
  encodeScope(scope: ReadonlyMap<string, unknown>): string;
}

/** Turns a resolved plan into a chain of stages. `sink` is where the last stage puts its rows. */
export function planPhysical(root: Resolved, sink: Sink, context: PlannerContext): PhysicalPlan {
  const planner = new Planner(context);
  const limited = root.kind === 'limit' && sink.kind === 'collect' && sink.limit === undefined;
  const input = limited ? root.input : root;
  const pipelines = planner.build(input);
  const last = planner.close(pipelines, root.output, limited ? { ...sink, ...limitOf(root) } : sink);
  if (sink.kind === 'write' && sink.spec.keepsPieces !== true) planner.joinPieces(last, sink.spec);
  return Object.freeze({
    stages: planner.stages,
    output: root.output.map(({ name, type, nullable }) => ({ name, type, nullable })),
  });
}

function limitOf(node: { limit?: number; offset: number }): { limit?: number; offset?: number } {
  return { ...(node.limit === undefined ? {} : { limit: node.limit }), ...(node.offset === 0 ? {} : { offset: node.offset }) };
}

class Planner {
  readonly stages: Stage[] = [];

  constructor(readonly context: PlannerContext) {}

  /** Open pipelines that yield the node's columns; several under a union. */
  build(node: Resolved): OpenPipeline[] {
    switch (node.kind) {
      case 'scan':
        return [this.#scan(node)];
      case 'local':
        return [this.#blocks(node.data.kind === 'registry' ? node.data.id : this.context.localBlocks(node), node)];
      case 'cached': {
        const rows = this.context.cachedRows(node);
        if (rows === undefined) return this.#recompute(node);
        if (rows === 'blocks') return [this.#blocks(node.id, node)];
        return [this.#scan({ kind: 'scan', source: rows, columns: node.columns, predicates: [], output: node.output })];
      }
      case 'range': {
        const { start, end, step } = node;
        const pipeline = new OpenPipeline({
          kind: 'range',
          start,
          end,
          step,
          partitions: node.partitions ?? this.context.defaultPartitions,
        });
        for (const attribute of node.output) pipeline.addSourceColumn(attribute, 0);
        return [pipeline];
      }
      case 'filter':
        return this.build(node.input).map((pipeline) => {
          pipeline.filter(node.condition);
          return pipeline;
        });
      case 'project':
        return this.build(node.input).map((pipeline) => {
          pipeline.project(node.exprs, node.output);
          return pipeline;
        });
      case 'generate':
        return this.build(node.input).map((pipeline) => {
          pipeline.generate(node);
          return pipeline;
        });
      case 'map_rows':
        return this.build(node.input).map((pipeline) => {
          pipeline.javascript(node.role, node.source, this.context.encodeScope(node.scope), node.input.output, node.output);
          return pipeline;
        });
      case 'union':
        return node.inputs.flatMap((input) =>
          this.build(input).map((pipeline) => {
            pipeline.rename(input.output, node.output);
            return pipeline;
          }),
        );
      case 'aggregate':
        return [this.#aggregate(node)];
      case 'sort':
        return [this.#sort(node)];
      case 'limit': {
        const stage = this.close(this.build(node.input), node.input.output, {
          kind: 'collect',
          retain: 'query',
          ...limitOf(node),
        });
        return [this.#stageBlocks(stage, node.output, limitOf(node))];
      }
      case 'repartition': {
        if (node.keys.length > 0)
          throw new QueryError({ code: 'UNSUPPORTED_FEATURE', message: 'Re-partitioning by keys is not supported yet.' });
        const stage = this.close(this.build(node.input), node.input.output, { kind: 'collect', retain: 'query' });
        return [
          this.#stageBlocks(stage, node.output, {
            partitions: node.partitions === 0 ? this.context.defaultPartitions : node.partitions,
          }),
        ];
      }
      default:
        return unreachable(node);
    }
  }

  /** Ends pipelines in a stage. */
  close(pipelines: readonly OpenPipeline[], outputs: readonly Bound[], sink: Sink): number {
    const finished = pipelines.map((pipeline) => pipeline.finish(pipeline.materialize(outputs)));
    return this.#addStage(finished, sink);
  }

  /** The stage that puts together what the tasks of a write stage wrote. */
  joinPieces(stage: number, spec: WriteSpec): void {
    const pipeline: Pipeline = { slots: [], source: { kind: 'pieces', stage, spec }, steps: [], outputs: [] };
    this.#addStage([pipeline], { kind: 'join', stage, spec });
  }

  #addStage(pipelines: readonly Pipeline[], sink: Sink): number {
    for (const { slots } of pipelines) for (const { type } of slots) requireShallow(type);
    const id = this.stages.length;
    this.stages.push(Object.freeze({ id, pipelines, sink }));
    return id;
  }

  #scan(node: ScanNode): OpenPipeline {
    const tests = columnTests(node);
    const source = this.context.narrowScan(node.source, node.columns, tests, fileConditions(node, this.context.evaluate));
    const pipeline = new OpenPipeline({ kind: 'scan', source, tests });
    node.output.forEach((attribute, i) => pipeline.addSourceColumn(attribute, node.columns[i]!));
    for (const condition of cheapestFirst(node.predicates)) pipeline.filter(condition);
    return pipeline;
  }

  #blocks(id: number, node: LocalNode | CachedNode): OpenPipeline {
    const pipeline = new OpenPipeline({ kind: 'blocks', id });
    // Literal rows were stored after pruning: their blocks have the node's columns alone.
    const isPruned = node.kind === 'local' && node.data.kind === 'rows';
    node.output.forEach((attribute, i) => pipeline.addSourceColumn(attribute, isPruned ? i : node.columns[i]!));
    return pipeline;
  }

  #recompute(node: CachedNode): OpenPipeline[] {
    return this.build(node.input).map((pipeline) => {
      pipeline.rename(
        node.columns.map((column) => node.input.output[column]!),
        node.output,
      );
      return pipeline;
    });
  }

  #stageBlocks(
    stage: number,
    output: readonly AttributeRef[],
    how: { partitions?: number; limit?: number; offset?: number } = {},
  ): OpenPipeline {
    const pipeline = new OpenPipeline({ kind: 'stage_blocks', stage, ...how });
    output.forEach((attribute, i) => pipeline.addSourceColumn(attribute, i));
    return pipeline;
  }

  #aggregate(node: Extract<Resolved, { kind: 'aggregate' }>): OpenPipeline {
    const pipeline = this.#single(this.build(node.input), node.input.output);
    const outputs = pipeline.materialize(node.keys.map(canonical));
    const aggregates = pipeline.bind(node.aggregates.map(overCanonical)) as BoundAggregate[];
    const stage = this.#addStage([pipeline.finish(outputs)], { kind: 'aggregate', keyCount: node.keys.length, aggregates });
    const merged = new OpenPipeline({ kind: 'groups', stage });
    merged.loadAll(node.output);
    return merged;
  }

  /** The loops of an aggregate read the slots of one pipeline, so a union is gathered first. */
  #single(pipelines: readonly OpenPipeline[], output: readonly AttributeRef[]): OpenPipeline {
    if (pipelines.length === 1) return pipelines[0]!;
    return this.#stageBlocks(this.close(pipelines, output, { kind: 'collect', retain: 'query' }), output);
  }

  #sort(node: Extract<Resolved, { kind: 'sort' }>): OpenPipeline {
    const columns: Bound[] = [...node.output];
    const keys: SortKey[] = node.items.map((item) => {
      const { expr } = item;
      const isColumn = expr.kind === 'attribute' && !isNested(expr.type);
      const at = isColumn ? node.output.findIndex((attribute) => expr.id === attribute.id) : -1;
      const column = at === -1 ? columns.push(sortable(expr)) - 1 : at;
      return { column, descending: item.descending, nullsFirst: item.nullsFirst };
    });
    const stage = this.close(
      this.build(node.input),
      columns,
      node.limit === undefined ? { kind: 'sort', keys } : { kind: 'sort', keys, limit: node.limit },
    );
    const sorted = new OpenPipeline({ kind: 'sorted', stage });
    sorted.loadAll(node.output);
    return sorted;
  }
}

/** Groups are made by bytes: where equal values may have different ones, they get the same. */
function canonical(key: Bound): Bound {
  return isNested(key.type) && hasDoubles(key.type) ? call('canonical_nested', [key], key.type, key.nullable) : key;
}

function overCanonical(aggregate: BoundAggregate): BoundAggregate {
  const args = aggregate.distinct ? aggregate.args.map(canonical) : aggregate.args;
  return args.every((arg, i) => arg === aggregate.args[i]) ? aggregate : Object.freeze({ ...aggregate, args });
}

/** What rows are sorted by: bytes in the order of the values, for nested ones. */
function sortable(key: Bound): Bound {
  return isNested(key.type) ? call('nested_sort_key', [key], BINARY, key.nullable) : key;
}

/** Conjuncts in groups that need the same columns stay in order; each becomes a filter of its own, so later columns are decoded for fewer rows. */
function cheapestFirst(predicates: readonly Bound[]): readonly Bound[] {
  const groups: Bound[][] = [];
  const seen = new Set<number>();
  for (const predicate of predicates) {
    const fresh = attributesOf(predicate).filter(({ id }) => !seen.has(id));
    for (const { id } of fresh) seen.add(id);
    if (fresh.length === 0 && groups.length > 0) groups[groups.length - 1]!.push(predicate);
    else groups.push([predicate]);
  }
  return groups.map((group) =>
    group.length === 1
      ? group[0]!
      : { kind: 'call', fn: 'and', args: group, type: group[0]!.type, nullable: group.some((p) => p.nullable) },
  );
}

/** Whatever it was written in, code that goes down into types is bounded. */
function requireShallow(type: Bound['type']): void {
  if (nestingDepth(type) <= NESTING_MAX) return;
  throw new QueryError({
    code: 'NESTED_TYPE_TOO_DEEP',
    message: `A column's arrays, structs and maps can be nested ${NESTING_MAX} levels deep.`,
  });
}
