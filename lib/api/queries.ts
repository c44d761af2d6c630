import { compileStage, type CompiledStage } from '../codegen/index.js';
import { figuresText } from '../core/types/scan-figures.js';
import { type CancelledError, InternalError } from '../core/errors.js';
import { collectedBlocks } from '../exec/sinks/collect.js';
import { rowWindows, stageTasks, DEFAULT_SPLIT_SIZES, WRITE_SPLIT_SIZES, type SplitSizes } from '../exec/splits.js';
import { narrowScan } from '../io/index.js';
import { readBlock } from '../memory/block.js';
import type { LocalNode, Resolved } from '../core/plan/resolved-plan.js';
import type { PhysicalPlan, Sink, Stage } from '../core/physical/stage.js';
import type { PlannerContext } from '../core/physical/planner.js';
import type { StageProgram } from '../core/physical/stage-program.js';
import { schemaOf, type ActionOptions, type ExecutionResult } from './actions.js';
import { ActionLimits } from './action-limits.js';
import { planNode } from './dataframe-plans.js';
import { withPlace } from './error-place.js';
import { rowsNow } from './rows.js';
import { planWrite, type WriteRequest } from './plan-write.js';
import { writeFiles, writtenFiles } from './write-files.js';
import { field, schema as schemaOfText, type DataType } from '../core/types/data-type.js';
import type { LogicalPlan } from '../core/plan/logical-plan.js';
import type { Row } from './user-functions.js';
import type { QueryOutcome, Submission } from './engine.js';
import { Cache, type Action } from './cache.js';
import { cachedIds, storedIds } from './stored-ids.js';
import type { CachedRows } from './cached-rows.js';
import type { Session } from './session.js';
import type { StoredBlocks } from './registry.js';
import type { WrittenFile } from '../io/output/plan-files.js';
import { writeLiteral } from '../memory/write-values.js';
import { literalRows } from './literal-rows.js';

/** Input of at most so many bytes of CSV, or what takes as long, or rows in memory is worked on by the calling thread: waking an executor costs more. */
const INLINE_BYTES = 128 * 1024;
const INLINE_ROWS = 8192;

/** All rows, for whoever asked. */
const ALL_ROWS: Sink = Object.freeze({ kind: 'collect', retain: 'query' });
const KEPT_MAX = 64;

/** A plan ready to run. */
interface PlannedQuery {
  readonly physical: PhysicalPlan;
  readonly stages: readonly CompiledStage[];
  readonly isSmall: boolean;
  readonly totalBytes: number;
}

/** With the rows that it was planned over, by id; none where they were not there. */
interface KeptQuery extends PlannedQuery {
  readonly stored: readonly (readonly [id: number, rows: StoredBlocks | CachedRows | undefined])[];
}

/** A session's running queries: from a resolved plan to blocks in shared memory. */
export class Queries {
  readonly #running = new Set<AbortController>();
  /** Plans that may run again, least recently used first. */
  readonly #kept = new Map<Resolved, KeptQuery>();
  readonly #cache: Cache;
  #ended: CancelledError | undefined;

  constructor(private readonly session: Session) {
    this.#cache = new Cache(session, (resolved, sink, action, retain) =>
      this.#submit(this.#plan(resolved, sink), action, { retain }),
    );
  }

  plannerContext(): PlannerContext {
    const { session } = this;
    return {
      localBlocks: (node) => this.#storeLiterals(node),
      cachedRows: (node) => {
        session.registry.dropLost([node.id]);
        const place = session.registry.cached(node.id)?.rows?.place;
        return place?.kind === 'disk' ? place.files.source : place && 'blocks';
      },
      defaultPartitions: Math.max(1, session.engine.workers),
      narrowScan,
      evaluate: (expr) => session.engine.evaluateConstant(expr),
      encodeScope: (scope) =>
        scope.size === 0 ? '' : process.getBuiltinModule('node:v8').serialize(new Map(scope)).toString('base64'),
    };
  }

  /** Partitions that the plan's rows would lie in. */
  partitionsOf(optimized: Resolved): number {
    const physical = this.session.physical(optimized);
    const last = physical.stages.at(-1)!;
    const { program } = this.#compile(last, physical);
    const upstream = program.pipelines.some(
      ({ source }) => source.kind === 'groups' || source.kind === 'sorted' || source.kind === 'stage_blocks',
    );
    if (upstream)
      return Math.max(...program.pipelines.map(({ source }) => (source.kind === 'stage_blocks' ? (source.partitions ?? 1) : 1)));
    return Math.max(
      1,
      new Set(stageTasks(program, this.session.views, () => [], this.#sizes()).map(({ partition }) => partition)).size,
    );
  }

  /** Runs a plan. With the default sink its rows lie in the result's blocks until they are released. */
  async run(resolved: Resolved, options: ActionOptions, sink: Sink = ALL_ROWS): Promise<ExecutionResult> {
    return this.#asQuery(resolved, this.#limits(options), (action) =>
      this.#cache.using(resolved, action, async () => {
        const planned = sink === ALL_ROWS ? this.#planned(resolved) : this.#plan(resolved, sink);
        return this.#result(await this.#submit(planned, action), planned.physical, action.limits);
      }),
    );
  }

  /** One partition after the other where the plan is a single stage; whole otherwise, since its stages need all rows anyway. */
  async *runByPartition(resolved: Resolved, options: ActionOptions): AsyncIterable<ExecutionResult> {
    const limits = this.#limits(options);
    const query = this.session.engine.beginQuery();
    let failure: unknown;
    try {
      yield* this.#partitions(resolved, { limits, query });
    } catch (error) {
      failure = withPlace(error, resolved);
      throw failure;
    } finally {
      query.end(failure);
    }
  }

  async *#partitions(resolved: Resolved, action: Action): AsyncIterable<ExecutionResult> {
    // One after the other, and whoever takes them may take long: what is cached may be elsewhere by then.
    let partitions: readonly (number | undefined)[] | undefined;
    for (let next = 0; partitions === undefined || next < partitions.length; next++) {
      const result = await this.#cache.using(resolved, action, async () => {
        const planned = this.#planned(resolved);
        partitions ??= this.#partitionsAlone(planned);
        if (partitions.length === 0) return undefined;
        const partition = partitions[next];
        const outcome = await this.#submit(planned, action, partition === undefined ? {} : { partition });
        return this.#result(outcome, planned.physical, action.limits);
      });
      if (result !== undefined) yield result;
    }
  }

  /** The partitions that can be run alone; undefined for all rows at once. */
  #partitionsAlone({ physical, stages }: PlannedQuery): readonly (number | undefined)[] {
    const [stage] = physical.stages;
    if (physical.stages.length > 1 || (stage!.sink.kind === 'collect' && stage!.sink.limit !== undefined)) return [undefined];
    const tasks = stageTasks(stages[0]!.program, this.session.views, () => [], this.#sizes());
    return [...new Set(tasks.map(({ partition }) => partition))];
  }

  /** Runs a plan into files; returns the rows written. */
  async write(resolved: Resolved, request: WriteRequest, options: ActionOptions): Promise<number> {
    const limits = this.#limits(options);
    const planned = planWrite(schemaOf(resolved), request);
    return this.#asQuery(resolved, limits, (action) =>
      // From the beginning: executors of a failed attempt may still be writing.
      this.#cache.again(resolved, action, () =>
        writeFiles(this.session, planned, options, (spec) =>
          this.#cache.reading(resolved, action, async () => {
            const outcome = await this.#submit(this.#plan(resolved, { kind: 'write', spec }), action);
            try {
              return await writtenFiles<WrittenFile>(this.session.views, outcome.chunks, action);
            } finally {
              outcome.release();
            }
          }),
        ),
      ),
    );
  }

  /** The first rows of a plan, computed on this thread before it returns. */
  sample(resolved: Resolved, rows: number): Row[] {
    const { session } = this;
    const limited: Resolved = Object.freeze({ kind: 'limit', input: resolved, limit: rows, offset: 0, output: resolved.output });
    const physical = session.physical(session.optimized(limited));
    const outcome = session.engine.submitInline(
      physical.stages.map((stage) => this.#compile(stage, physical)),
      this.#sizes(),
    );
    const result = this.#result(outcome, physical, this.#limits({}));
    try {
      return rowsNow(result, schemaOf(resolved));
    } finally {
      result.release();
    }
  }

  /** A plan of one value that is computed when an action needs it. */
  lazyValue(name: string, type: DataType, make: (options: ActionOptions) => Promise<unknown>): LogicalPlan {
    const types = schemaOfText([field(name, type)]);
    const id = this.session.registry.addLazy(types, async (options) => {
      const value = await make(options);
      return this.session.storeBlocks(types, 1, () => value);
    });
    return planNode({ kind: 'local_data', id, schema: types });
  }

  /** Runs a plan for its figures. */
  async analyzeText(resolved: Resolved): Promise<string> {
    const start = performance.now();
    const outcome = await this.#asQuery(resolved, this.#limits({}), (action) =>
      this.#cache.using(resolved, action, () => this.#submit(this.#plan(resolved, ALL_ROWS), action)),
    );
    const elapsed = performance.now() - start;
    const lines = outcome.metrics.stages.map(
      ({ stage, tasks, rows, bytesRead, rowsRejected, figures, taskMicros, failures, skipped }) =>
        `Stage ${stage}: ${tasks} tasks, ${rows} rows, ${bytesRead} bytes read, ${(taskMicros / 1000).toFixed(1)} ms of executor time` +
        `${figuresText(figures)}${rowsRejected > 0 ? `, ${rowsRejected} malformed rows left out` : ''}${skipped > 0 ? `, ${skipped} tasks skipped` : ''}${failures > 0 ? `, ${failures} attempts failed` : ''}`,
    );
    outcome.release();
    return `${lines.join('\n')}\nTotal: ${elapsed.toFixed(1)} ms`;
  }

  /** Work on this thread that fills shared memory and gives turns in between: the session does not end before it does. `check` throws once the session is to end. */
  async onThisThread<T>(work: (check: () => void) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    this.#running.add(controller);
    try {
      return await work(() => controller.signal.throwIfAborted());
    } finally {
      this.#running.delete(controller);
    }
  }

  async cancelAll(reason: CancelledError): Promise<void> {
    this.#ended = reason;
    this.#cache.retire();
    this.#kept.clear();
    for (const controller of this.#running) controller.abort(reason);
    while (this.#running.size > 0) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Removes the files of cached DataFrames, which nobody computes or reads any more. */
  closeCache(): Promise<void> {
    return this.#cache.close();
  }

  #limits(options: ActionOptions): ActionLimits {
    return new ActionLimits(options, () => this.#ended);
  }

  /** One action: listeners hear of its start and its end. */
  async #asQuery<T>(resolved: Resolved, limits: ActionLimits, work: (action: Action) => Promise<T>): Promise<T> {
    const query = this.session.engine.beginQuery();
    try {
      const result = await work({ limits, query });
      query.end();
      return result;
    } catch (error) {
      const placed = withPlace(error, resolved);
      query.end(placed);
      throw placed;
    }
  }

  /** Planned and compiled. */
  #plan(resolved: Resolved, sink: Sink): PlannedQuery {
    const physical = this.session.physical(this.session.optimized(resolved), sink);
    const stages = physical.stages.map((stage) => this.#compile(stage, physical));
    const programs = stages.map(({ program }) => program);
    const totalBytes = programs.reduce((sum, program) => sum + scanBytes(program), 0);
    return { physical, stages, isSmall: this.#isSmall(programs), totalBytes };
  }

  /** The same for all rows, kept where planning takes a good part of the time. A plan's files are checked when they are opened, blocks here. */
  #planned(resolved: Resolved): PlannedQuery {
    const { registry } = this.session;
    const known = this.#kept.get(resolved);
    this.#kept.delete(resolved);
    if (known?.stored.every(([id, rows]) => registry.stored(id) === rows) === true) {
      this.#kept.set(resolved, known);
      return known;
    }
    const planned = this.#plan(resolved, ALL_ROWS);
    if (planned.isSmall || planned.totalBytes === 0) {
      const ids = [...storedIds(resolved), ...cachedIds(resolved)];
      this.#kept.set(resolved, { ...planned, stored: ids.map((id) => [id, registry.stored(id)]) });
      if (this.#kept.size > KEPT_MAX) this.#kept.delete(this.#kept.keys().next().value!);
    }
    return planned;
  }

  async #submit(
    { stages, isSmall, totalBytes }: PlannedQuery,
    { limits, query }: Action,
    { retain = false, partition }: { readonly retain?: boolean; readonly partition?: number } = {},
  ): Promise<QueryOutcome> {
    const { onProgress } = limits.options;
    limits.check();
    const controller = new AbortController();
    const submission: Submission = {
      query,
      stages,
      sizes: this.#sizes(),
      // Node makes it, which takes a while, when it is asked for: by what runs on executors.
      get signal() {
        return controller.signal;
      },
      inline: isSmall,
      retain,
      totalBytes,
      ...(onProgress === undefined ? {} : { onProgress }),
      ...(partition === undefined ? {} : { partition }),
    };
    this.#running.add(controller);
    const unwatch = limits.watch(controller);
    try {
      return await this.session.engine.submit(submission);
    } finally {
      this.#running.delete(controller);
      unwatch();
    }
  }

  #compile(stage: Stage, plan: PhysicalPlan): CompiledStage {
    const { batchRows } = this.session.options;
    const compiled = compileStage(stage, {
      blocks: (id) => this.session.registry.blocks(id)?.addresses ?? missingBlocks(id),
      stage: (id) => plan.stages[id]!,
    });
    const { program: made } = compiled;
    const sizes = stage.sink.kind === 'write' ? { sizes: this.#writeSizes() } : {};
    if (batchRows === undefined) return { ...compiled, program: { ...made, ...sizes } };
    const pipelines = compiled.program.pipelines.map((pipeline) => ({
      ...pipeline,
      batchRows: Math.min(batchRows, pipeline.batchRows),
    }));
    return { ...compiled, program: { ...made, ...sizes, pipelines } };
  }

  /** The rows that the last stage's limit means, as parts of its blocks. */
  #result(outcome: QueryOutcome, physical: PhysicalPlan, limits: ActionLimits): ExecutionResult {
    const { views } = this.session;
    const blocks = collectedBlocks(views, outcome.chunks);
    const { sink } = physical.stages.at(-1)!;
    const { limit = Infinity, offset = 0 } = sink.kind === 'collect' ? sink : {};
    const windows = rowWindows(
      blocks.map(({ rows }) => rows),
      offset,
      limit,
    );
    return {
      views,
      blocks: windows.map(({ block, from, to }) => ({ address: blocks[block]!.address, from, to })),
      check: () => limits.check(),
      release: outcome.release,
    };
  }

  #sizes(): SplitSizes {
    const { splitBytes = DEFAULT_SPLIT_SIZES.bytes, splitRows = DEFAULT_SPLIT_SIZES.rows } = this.session.options;
    return { bytes: splitBytes, rows: splitRows };
  }

  #writeSizes(): SplitSizes {
    const { splitBytes = WRITE_SPLIT_SIZES.bytes, splitRows = WRITE_SPLIT_SIZES.rows } = this.session.options;
    return { ...WRITE_SPLIT_SIZES, bytes: splitBytes, rows: splitRows };
  }

  #isSmall(programs: readonly StageProgram[]): boolean {
    let bytes = 0;
    let rows = 0;
    for (const { pipelines, sink } of programs) {
      // Few rows may be many files, and each one takes a while.
      if (sink.kind === 'write' && (sink.spec.partitionBy.length > 0 || sink.spec.maxRecords !== undefined)) return false;
      for (const { source, steps } of pipelines) {
        // A user's function may run for ever: never on the thread that could stop it.
        if (steps.some(({ kind }) => kind === 'javascript')) return false;
        if (source.kind === 'scan') bytes += source.source.effort ?? source.source.totalBytes;
        // Few rows may hold many elements.
        const makesRows = steps.some(({ kind }) => kind === 'generate');
        if (source.kind === 'blocks') {
          for (const address of source.addresses) {
            const block = readBlock(this.session.views, address);
            rows += block.rows;
            if (makesRows) bytes += block.byteLength;
          }
        }
        if (source.kind === 'range') rows += Number(BigInt(source.end) - BigInt(source.start)) / Number(source.step);
      }
    }
    return bytes <= INLINE_BYTES && Math.abs(rows) <= INLINE_ROWS;
  }

  /** Literal rows become blocks once a node; they live as long as the session. */
  readonly #literals = new WeakMap<LocalNode, number>();

  #storeLiterals(node: LocalNode): number {
    const known = this.#literals.get(node);
    if (known !== undefined) return known;
    const { schema, rowCount, valueAt } = literalRows(node, (expr) => this.session.engine.evaluateConstant(expr));
    const id = this.session.storeRows(schema, rowCount, valueAt, writeLiteral);
    this.#literals.set(node, id);
    return id;
  }
}

function scanBytes(program: StageProgram): number {
  return program.pipelines.reduce((sum, { source }) => sum + (source.kind === 'scan' ? source.source.totalBytes : 0), 0);
}

function missingBlocks(id: number): never {
  throw new InternalError(`No blocks are stored under ${id}.`);
}
