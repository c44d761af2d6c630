import { analyze } from '../core/analyzer/index.js';
import { optimize } from '../core/optimizer/optimize.js';
import { explainPlan } from '../core/plan/explain.js';
import { explainStages } from '../core/physical/explain.js';
import { planPhysical } from '../core/physical/planner.js';
import { scanFacts } from '../io/index.js';
import { CancelledError, QueryError } from '../core/errors.js';
import { parseSchema } from '../sql/index.js';
import { atCaller } from './at-caller.js';
import { Actions, type ActionOptions, type ExecutionResult } from './actions.js';
import { DataFrame } from './dataframe.js';
import { DataFrameReader, type ReadOptions } from './reader.js';
import { describeFile, type FileDescription } from './describe-file.js';
import { Engine, type EngineOptions } from './engine.js';
import { parquetMetadata } from '../io/index.js';
import type { ParquetMetadata } from '../io/parquet/describe.js';
import { Queries } from './queries.js';
import { PreparedStatements } from './prepared-statements.js';
import { SessionCatalog, type Basis } from './session-catalog.js';
import { buildBlocks, type ValueAt, type WriteOne } from './local-data.js';
import { inferResultSchema } from './infer-result-schema.js';
import { planNode } from './dataframe-plans.js';
import { Registry, type StoredBlocks } from './registry.js';
import { schemaOfColumns, schemaOfRows, type ColumnData } from './infer-schema.js';
import { runStatements, type SqlParameters } from './statements.js';
import type { MemoryReport } from './memory-report.js';
import type { StorageLevel } from './storage-level.js';
import type { EventName, Listener } from './events.js';
import type { LogicalPlan } from '../core/plan/logical-plan.js';
import type { PhysicalPlan, Sink } from '../core/physical/stage.js';
import type { Resolved } from '../core/plan/resolved-plan.js';
import type { DataType, Schema } from '../core/types/data-type.js';
import type { MemoryViews } from '../memory/memory-access.js';
import type { WriteRequest } from './plan-write.js';
import type { Row } from './user-functions.js';

/** Options of {@link Session.create}. `workers` and `memory` count for the first session of a process: they start its engine. */
export interface SessionOptions extends EngineOptions {
  /** An engine of its own instead of the process's, for tests and benchmarks. */
  readonly engine?: Engine;
  /** Optimizer rules switched off, by name; `'*'` for all. For tests. */
  readonly disabledRules?: readonly string[];
  /** Bytes of a task's piece of a file; for tests. */
  readonly splitBytes?: number;
  /** Rows of a task over blocks; for tests. */
  readonly splitRows?: number;
  /** Rows of a batch at most; for tests. */
  readonly batchRows?: number;
}

/**
 * The way in: a light handle on the process's engine, with its own views and cached data. Close it, or let `await using` do so.
 *
 * @example
 * ```ts
 * await using session = await Session.create();
 * const rows = await session.sql("SELECT region, sum(amount) FROM 'sales.csv' GROUP BY region").collect();
 * ```
 */
export class Session implements AsyncDisposable {
  /** @internal */
  readonly engine: Engine;
  /** @internal */
  readonly actions: Actions;
  /** @internal */
  readonly registry = new Registry();
  /** @internal */
  readonly prepared = new PreparedStatements();
  /** @internal */
  readonly options: SessionOptions;
  readonly #catalog: SessionCatalog;
  readonly #queries: Queries;
  readonly #ownsEngine: boolean;
  #closed = false;

  private constructor(engine: Engine, ownsEngine: boolean, options: SessionOptions) {
    this.engine = engine;
    this.#ownsEngine = ownsEngine;
    this.options = options;
    this.actions = new Actions(this);
    this.#catalog = new SessionCatalog(this);
    this.#queries = new Queries(this);
  }

  /**
   * A session on the process's engine, which the first one starts.
   * @throws ResourceError if the shared memory cannot be had.
   */
  static async create(options: SessionOptions = {}): Promise<Session> {
    const engine = options.engine ?? (await Engine.shared(options));
    return new Session(engine, options.engine === undefined, options);
  }

  /** @internal */
  get views(): MemoryViews {
    return this.engine.views;
  }

  /** Makes DataFrames of files. */
  get read(): DataFrameReader {
    this.checkOpen();
    return new DataFrameReader(this);
  }

  /**
   * Runs SQL text: a query is a DataFrame, which runs with its action; CREATE VIEW, DROP VIEW take effect at once and yield no rows;
   * DESCRIBE and EXPLAIN yield their text as rows; `COPY (SELECT …) TO 'path'` writes files with its action and yields how many rows it wrote. Of several statements separated by `;` the last one's DataFrame is returned.
   * @param parameters - Values of `?` as an array, of `:name` as an object.
   * @throws QueryError with line, column and caret.
   * @example session.sql("SELECT * FROM 'a.csv' WHERE x > :low", { low: 5 })
   */
  sql(text: string, parameters?: SqlParameters): DataFrame {
    this.checkOpen();
    const result = atCaller(this.sql, () => runStatements(this, text, parameters));
    if (result === undefined)
      throw new QueryError({ code: 'PARSE_EMPTY_STATEMENT', message: 'There is no statement in this text.' });
    return result;
  }

  /** A view by name. @throws QueryError TABLE_OR_VIEW_NOT_FOUND. */
  table(name: string): DataFrame {
    this.checkOpen();
    return new DataFrame(this, planNode({ kind: 'table', path: name.split('.') }));
  }

  /** The bigints `start`, `start + step`, … below `end` in a column `id`. One argument is the end. */
  range(start: number | bigint, end?: number | bigint, step: number | bigint = 1, partitions?: number): DataFrame {
    this.checkOpen();
    const [from, to] = end === undefined ? [0, start] : [start, end];
    if (BigInt(step) === 0n)
      throw new QueryError({ code: 'INVALID_PARAMETER_VALUE', message: 'range() needs a step that is not 0.' });
    return new DataFrame(
      this,
      planNode({
        kind: 'range',
        start: BigInt(from),
        end: BigInt(to),
        step: BigInt(step),
        ...(partitions === undefined ? {} : { partitions }),
      }),
    );
  }

  /**
   * A DataFrame of rows (objects), or of columns (an object or Map of arrays and typed arrays). Values are copied into shared memory now.
   * @param schema - Types of the columns; inferred if absent: whole numbers are bigint, others double, a Date is a timestamp.
   * @throws QueryError naming the row and column of a value that does not fit.
   * @example session.createDataFrame([{ name: 'a', n: 1 }, { name: 'b', n: null }])
   */
  createDataFrame(
    data: readonly Row[] | Readonly<Record<string, ColumnData>> | ReadonlyMap<string, ColumnData>,
    schema?: Schema | string,
  ): DataFrame {
    this.checkOpen();
    const given = typeof schema === 'string' ? parseSchema(schema) : schema;
    if (Array.isArray(data)) {
      const rows = data as readonly Row[];
      const types = given ?? schemaOfRows(rows);
      const names = types.fields.map(({ name }) => name);
      return this.#local(types, rows.length, (row, column) => rows[row]![names[column]!]);
    }
    const columns =
      data instanceof Map
        ? (data as ReadonlyMap<string, ColumnData>)
        : new Map(Object.entries(data as Readonly<Record<string, ColumnData>>));
    const types = given ?? schemaOfColumns(columns);
    const arrays = types.fields.map(({ name }) => columns.get(name) ?? []);
    const lengths = new Set([...columns.values()].map(({ length }) => length));
    if (lengths.size > 1)
      throw new QueryError({
        code: 'COLUMN_LENGTHS_DIFFER',
        message: `The columns have different lengths: ${[...columns].map(([name, { length }]) => `${name} ${length}`).join(', ')}.`,
      });
    return this.#local(types, [...lengths][0] ?? 0, (row, column) => arrays[column]![row]);
  }

  #local(schema: Schema, rowCount: number, valueAt: ValueAt): DataFrame {
    const id = this.storeRows(schema, rowCount, valueAt);
    return new DataFrame(this, planNode({ kind: 'local_data', id, schema }));
  }

  /** Keeps rows in a domain of their own under an id. @internal */
  storeRows(schema: Schema, rowCount: number, valueAt: ValueAt, write?: WriteOne): number {
    return this.registry.addLocal({ schema, blocks: this.storeBlocks(schema, rowCount, valueAt, write) });
  }

  /** Writes rows into blocks of a domain of their own. @internal */
  storeBlocks(schema: Schema, rowCount: number, valueAt: ValueAt, write?: WriteOne): StoredBlocks {
    const domain = this.engine.openDomain();
    try {
      const addresses = buildBlocks(
        { views: this.views, kernels: this.engine.kernels, pages: domain.pages },
        schema,
        rowCount,
        valueAt,
        write,
      );
      return { addresses, partitions: 1, end: () => domain.end() };
    } catch (error) {
      domain.end();
      throw error;
    }
  }

  /**
   * Calls a listener for every event of this session's engine: `queryStart`, `queryEnd`, `jobStart`, `jobEnd`, `stageStart`, `stageEnd`, `taskStart`, `taskEnd`, …
   * @returns A function that removes the listener.
   */
  on<E extends EventName>(event: E, listener: Listener<E>): () => void {
    this.checkOpen();
    return this.engine.on(event, listener);
  }

  /** Bytes of the engine's shared memory: in use, the most that were, the budget, and by owner; and of files of this session's cached DataFrames. */
  memory(): MemoryReport {
    return { ...this.engine.memoryReport(), disk: this.registry.diskBytes };
  }

  /** Ends the session: its running queries are cancelled, its views and cached data are gone. The last session of the process's engine lets go of its threads. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#queries.cancelAll(
      new CancelledError({ code: 'SESSION_CLOSED', message: 'The session was closed while the action ran.' }),
    );
    this.prepared.clear();
    this.registry.clear();
    await this.#queries.closeCache();
    if (this.#ownsEngine) await this.engine.leave();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** @internal */
  checkOpen(): void {
    if (this.#closed)
      throw new QueryError({ code: 'SESSION_CLOSED', message: 'This session is closed. Session.create() makes a new one.' });
  }

  // What DataFrames and actions need.

  /** @internal */
  analyze(plan: LogicalPlan, sql?: string, parameters?: SqlParameters): Resolved {
    this.checkOpen();
    return analyze(plan, this.#catalog, this.#catalog.analyzeOptions(sql, parameters));
  }

  /** With what the result depends on. @internal */
  analyzeWithBasis(plan: LogicalPlan, sql: string): { readonly result: Resolved; readonly basis: Basis | undefined } {
    return this.#catalog.withBasis(() => this.analyze(plan, sql));
  }

  /** @internal */
  optimized(resolved: Resolved): Resolved {
    return optimize(resolved, {
      evaluate: (expr) => this.#catalog.evaluateConstant(expr),
      scanFacts,
      disabled: new Set(this.options.disabledRules),
    });
  }

  /** @internal */
  physical(optimized: Resolved, sink: Sink = { kind: 'collect', retain: 'query' }): PhysicalPlan {
    return planPhysical(optimized, sink, this.#queries.plannerContext());
  }

  /** @internal */
  explain(resolved: Resolved): string {
    const optimized = this.optimized(resolved);
    const placeOf = (id: number): string | undefined => this.registry.cached(id)?.rows?.place.kind;
    return `== Analyzed ==\n${explainPlan(resolved, placeOf)}\n\n== Optimized ==\n${explainPlan(optimized, placeOf)}\n\n== Stages ==\n${explainStages(this.physical(optimized))}`;
  }

  /** @internal */
  registerView(name: string, plan: LogicalPlan, replace: boolean): void {
    this.checkOpen();
    this.#catalog.registerView(name, plan, replace);
  }

  /** @internal */
  dropView(name: string, ifExists: boolean): void {
    this.#catalog.dropView(name, ifExists);
  }

  /** @internal */
  onThisThread<T>(work: (check: () => void) => Promise<T>): Promise<T> {
    return this.#queries.onThisThread(work);
  }

  /** @internal */
  cachedPlan(plan: LogicalPlan, level: StorageLevel): LogicalPlan {
    return planNode({ kind: 'cached', id: this.registry.addCached(this.analyze(plan), level), input: plan });
  }

  /** @internal */
  dropCached(id: number): void {
    this.registry.dropCached(id);
  }

  /** @internal */
  partitionsOf(resolved: Resolved): number {
    return this.#queries.partitionsOf(this.optimized(resolved));
  }

  /** @internal */
  inferResultSchema(role: 'map' | 'flatMap' | 'filter', f: (row: Row) => unknown, df: DataFrame): Schema {
    return inferResultSchema(role, f, df);
  }

  /** The first rows, computed here and now. @internal */
  sampleRows(resolved: Resolved, rows: number): Row[] {
    return this.#queries.sample(resolved, rows);
  }

  /** One value that is computed when an action runs. @internal */
  lazyValue(name: string, type: DataType, make: (options: ActionOptions) => Promise<unknown>): DataFrame {
    return new DataFrame(this, this.#queries.lazyValue(name, type, make));
  }

  /** The plan with what it took: rows, bytes and time of each stage. @internal */
  async explainAnalyze(resolved: Resolved): Promise<string> {
    return `${this.explain(resolved)}\n\n== Run ==\n${await this.#queries.analyzeText(resolved)}`;
  }

  /**
   * What the footer of a Parquet file says: row groups, and of each column its encodings, sizes, statistics.
   * @throws DataError if there is no such file, or it is no Parquet.
   * @example session.parquetMetadata('sales.parquet').rowGroups.map(({ rows }) => rows)
   */
  parquetMetadata(path: string): ParquetMetadata {
    this.checkOpen();
    return parquetMetadata(path);
  }

  /**
   * What inspecting files finds: how they are written, their columns and types. A path, a glob or a directory; options are those of a reader, `format` among them.
   * @throws DataError if there is no such file; QueryError for an option that does not exist.
   * @example session.describeFile('sales/*.csv').columns
   */
  describeFile(path: string, options: ReadOptions = {}): FileDescription {
    this.checkOpen();
    const { format, ...others } = options;
    const texts = new Map(Object.entries(others).map(([name, value]): [string, string] => [name, String(value)]));
    return describeFile(path, format === undefined ? undefined : String(format), texts);
  }

  /** @internal */
  async execute(resolved: Resolved, options: ActionOptions = {}, sink?: Sink): Promise<ExecutionResult> {
    this.checkOpen();
    return this.#queries.run(resolved, options, sink);
  }

  /** @internal */
  executeByPartition(resolved: Resolved, options: ActionOptions = {}): AsyncIterable<ExecutionResult> {
    this.checkOpen();
    return this.#queries.runByPartition(resolved, options);
  }

  /** @internal */
  async write(resolved: Resolved, request: WriteRequest, options: ActionOptions = {}): Promise<number> {
    this.checkOpen();
    return this.#queries.write(resolved, request, options);
  }
}
