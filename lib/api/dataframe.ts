import type { Table } from 'apache-arrow';
import { arrowStream, arrowTable, type ArrowOptions } from './arrow.js';
import { atCaller } from './at-caller.js';
import type { Expr, SortItem } from '../core/expr/expr.js';
import type { LogicalPlan } from '../core/plan/logical-plan.js';
import type { Resolved } from '../core/plan/resolved-plan.js';
import { INT, type Schema } from '../core/types/data-type.js';
import { QueryError } from '../core/errors.js';
import { parseExpression } from '../sql/index.js';
import { treeString } from './schema-text.js';
import { Column, columnExpr, type SortColumn } from './column.js';
import { planNode } from './dataframe-plans.js';
import { GroupedData } from './grouped-data.js';
import { mapRowsPlan, type FlatMapOptions, type FunctionOptions, type MapOptions, type Row } from './user-functions.js';
import { showText } from './show.js';
import { DataFrameWriter } from './writer.js';
import type { ActionOptions, CollectOptions, Columns, ColumnViews } from './actions.js';
import type { Session } from './session.js';
import { requireStorageLevel, type StorageLevel } from './storage-level.js';

/** A condition: a Column, or SQL text. */
export type Condition = Column | string;

/**
 * Rows with named, typed columns: an immutable handle on a plan. Transformations return a new DataFrame and run nothing; actions run the plan.
 * Names and types are checked when a method is called, so an error's stack points at your line.
 *
 * @example
 * ```ts
 * const top = session.read.csv('sales.csv')
 *   .filter(col('amount').gt(100))
 *   .groupBy('region')
 *   .agg(sum('amount').as('total'))
 *   .orderBy(col('total').desc())
 *   .limit(10);
 * await top.show();
 * ```
 */
export class DataFrame {
  readonly #resolved: Resolved;

  /** @internal */
  constructor(
    /** @internal */
    readonly session: Session,
    /** @internal */
    readonly plan: LogicalPlan,
    resolved?: Resolved,
  ) {
    this.#resolved = resolved ?? atCaller(DataFrame, () => session.analyze(plan));
    Object.freeze(this);
  }

  /** @internal */
  get resolved(): Resolved {
    return this.#resolved;
  }

  #next(plan: LogicalPlan): DataFrame {
    return new DataFrame(this.session, planNode(plan));
  }

  /** The columns with their types. */
  get schema(): Schema {
    return { fields: this.#resolved.output.map(({ name, type, nullable }) => ({ name, type, nullable })) };
  }

  /** The names of the columns, in order. */
  get columns(): string[] {
    return this.#resolved.output.map(({ name }) => name);
  }

  /** This DataFrame's column of that name, whatever other plan has one too. */
  col(name: string): Column {
    const expr = columnExpr(name);
    const { planId } = this.plan;
    return new Column(expr.kind === 'column' && planId !== undefined ? Object.freeze({ ...expr, planId }) : expr);
  }

  /** The columns as a tree of names and types, as text. */
  schemaText(): string {
    return treeString(this.schema);
  }

  /** Prints the columns as a tree of names and types. */
  printSchema(): void {
    process.stdout.write(this.schemaText());
  }

  /** The plan as text: as it was optimized, and the stages it runs as. */
  explainText(): string {
    return this.session.explain(this.#resolved);
  }

  /** Prints the plan. */
  explain(): void {
    process.stdout.write(`${this.explainText()}\n`);
  }

  // Transformations

  /** These columns: names, `*`, or expressions. */
  select(...columns: readonly (string | Column)[]): DataFrame {
    return this.#next({ kind: 'project', input: this.plan, exprs: columns.map(selectable) });
  }

  /** These columns, as SQL expressions. */
  selectExpr(...exprs: readonly string[]): DataFrame {
    return this.#next({ kind: 'project', input: this.plan, exprs: exprs.map(parseExpression) });
  }

  /**
   * The rows where a condition is true: a Column, SQL text, or a JavaScript function of the row, which runs in the executors.
   * @param options - `scope`: values the function captures, by name.
   */
  filter(condition: Condition | ((row: Row) => boolean), options?: FunctionOptions): DataFrame {
    if (typeof condition === 'function') return this.#next(mapRowsPlan('filter', this.plan, condition, options));
    return this.#next({
      kind: 'filter',
      input: this.plan,
      condition: typeof condition === 'string' ? parseExpression(condition) : condition.expr,
      role: 'where',
    });
  }

  /** Another name for {@link DataFrame.filter}. */
  where(condition: Condition): DataFrame {
    return this.filter(condition);
  }

  /** A column added, or replaced if there is one of that name. */
  withColumn(name: string, column: Column): DataFrame {
    return this.#next({ kind: 'with_columns', input: this.plan, columns: [{ name, expr: column.expr }] });
  }

  /** A column renamed; nothing happens if there is none of that name. */
  withColumnRenamed(from: string, to: string): DataFrame {
    return this.#next({ kind: 'rename', input: this.plan, names: [{ from, to }] });
  }

  /** Without these columns; names that do not exist are passed over. */
  drop(...names: readonly string[]): DataFrame {
    return this.#next({ kind: 'drop', input: this.plan, names });
  }

  /** Each different row once. */
  distinct(): DataFrame {
    return this.#next({ kind: 'distinct', input: this.plan });
  }

  /** Each different combination of these columns once, with the first row's other columns; all columns without names. */
  dropDuplicates(...columns: readonly string[]): DataFrame {
    return this.#next(
      columns.length === 0 ? { kind: 'distinct', input: this.plan } : { kind: 'distinct', input: this.plan, columns },
    );
  }

  /** Groups rows by columns or expressions; go on with `.agg(…)` or `.count()`. */
  groupBy(...keys: readonly (string | Column)[]): GroupedData {
    return new GroupedData(this, keys.map(selectable));
  }

  /** Aggregates over all rows: one row. */
  agg(first: Column, ...rest: readonly Column[]): DataFrame {
    return this.groupBy().agg(first, ...rest);
  }

  /** Sorted: names and columns ascending with nulls first, or `col('a').desc()`. */
  orderBy(...items: readonly (string | Column | SortColumn)[]): DataFrame {
    return this.#next({ kind: 'sort', input: this.plan, items: items.map(sortItem), global: true });
  }

  /** Another name for {@link DataFrame.orderBy}. */
  sort(...items: readonly (string | Column | SortColumn)[]): DataFrame {
    return this.orderBy(...items);
  }

  /** The first `n` rows. */
  limit(n: number): DataFrame {
    return this.#next({ kind: 'limit', input: this.plan, limit: countLiteral(n, 'limit') });
  }

  /** Without the first `n` rows. */
  offset(n: number): DataFrame {
    return this.#next({ kind: 'limit', input: this.plan, offset: countLiteral(n, 'offset') });
  }

  /** The rows of both, by position; duplicates stay. */
  union(other: DataFrame): DataFrame {
    return this.#next({ kind: 'set_operation', op: 'union', all: true, byName: false, left: this.plan, right: other.plan });
  }

  /** The rows of both, columns matched by name. */
  unionByName(other: DataFrame): DataFrame {
    return this.#next({ kind: 'set_operation', op: 'union', all: true, byName: true, left: this.plan, right: other.plan });
  }

  /** The same rows in exactly `partitions` partitions of equal size. */
  repartition(partitions: number): DataFrame {
    return this.#next({
      kind: 'repartition',
      input: this.plan,
      partitions: positive(partitions, 'repartition'),
      keys: [],
      shuffle: true,
    });
  }

  /** The same rows in at most `partitions` partitions. */
  coalesce(partitions: number): DataFrame {
    const now = this.getNumPartitions();
    const wanted = positive(partitions, 'coalesce');
    return wanted >= now
      ? this
      : this.#next({ kind: 'repartition', input: this.plan, partitions: wanted, keys: [], shuffle: false });
  }

  /** How many partitions the rows lie in. */
  getNumPartitions(): number {
    return this.session.partitionsOf(this.#resolved);
  }

  /** A name for this DataFrame's columns: `df.alias('t')`, then `col('t.a')`. */
  alias(name: string): DataFrame {
    return this.#next({ kind: 'alias', input: this.plan, name });
  }

  /** `f(this)`, for chaining. */
  transform<T>(f: (df: DataFrame) => T): T {
    return f(this);
  }

  /**
   * A row of results for each row, made by a JavaScript function that runs in the executors. The function travels as source:
   * what it captures must be passed in `scope`. Without `schema` the result's columns are inferred from the first rows.
   * @throws QueryError when the plan is built, if the function uses a variable that is neither its own, a global, nor in `scope`.
   * @example df.map((row) => ({ net: row.gross / rate }), { scope: { rate: 1.2 }, schema: 'net double' })
   */
  map(f: (row: Row) => Row, options?: MapOptions): DataFrame {
    return this.#next(mapRowsPlan('map', this.plan, f, options, this));
  }

  /** Any number of rows for each row: the function returns an array. See {@link DataFrame.map}. */
  flatMap(f: (row: Row) => readonly Row[], options?: FlatMapOptions): DataFrame {
    return this.#next(mapRowsPlan('flatMap', this.plan, f, options, this));
  }

  /** A name for this plan in SQL text, in this session. */
  createOrReplaceTempView(name: string): void {
    this.session.registerView(name, this.plan, true);
  }

  /**
   * Keeps the rows when an action first computes them: in shared memory, or in files where that has no room for them. {@link DataFrame.persist} at `MEMORY_AND_DISK`.
   * @example const day = session.sql("SELECT * FROM 'flights.csv' WHERE day = 1").cache()
   */
  cache(): DataFrame {
    return this.persist();
  }

  /**
   * Keeps the rows when an action first computes them, as Spark's levels say:
   *
   * - `MEMORY_ONLY`: in shared memory; where it has no room, the action ends with a ResourceError.
   * - `MEMORY_AND_DISK`: in shared memory, or in files where it has no room; in memory they make way for queries that lack some, those that were read longest ago first.
   * - `DISK_ONLY`: in files, of which later queries read the columns that they need.
   *
   * Files are Arrow IPC, in a directory of the session below the system's for temporary files (`TMPDIR`), uncompressed. They go with {@link DataFrame.unpersist}, with the session, and
   * with the process; where files were lost or changed, the rows are computed anew. What is persisted already stays as it is, whatever the level.
   * @throws QueryError for a level that does not exist. Actions: ResourceError where there is no room in memory (`OUT_OF_MEMORY`) or in files (`DISK_FULL`).
   * @example const large = session.read.csv('sales/*.csv').persist('DISK_ONLY')
   */
  persist(level: StorageLevel = 'MEMORY_AND_DISK'): DataFrame {
    requireStorageLevel(level);
    return this.plan.kind === 'cached' ? this : new DataFrame(this.session, this.session.cachedPlan(this.plan, level));
  }

  /** Frees the memory or files of a cached DataFrame, once the queries that read them have ended; it stays usable and is computed anew. */
  unpersist(): DataFrame {
    if (this.plan.kind === 'cached') this.session.dropCached(this.plan.id);
    return this;
  }

  // Actions

  /** All rows, as plain objects. */
  collect(options?: CollectOptions): Promise<Row[]> {
    return this.session.actions.collect(this.#resolved, options);
  }

  /** The first `n` rows. */
  take(n: number, options?: CollectOptions): Promise<Row[]> {
    return this.limit(n).collect(options);
  }

  /** The first row, or undefined if there is none. */
  async first(options?: CollectOptions): Promise<Row | undefined> {
    return (await this.take(1, options))[0];
  }

  /** The first `n` rows. */
  head(n = 1, options?: CollectOptions): Promise<Row[]> {
    return this.take(n, options);
  }

  /** How many rows there are. */
  count(options?: ActionOptions): Promise<number> {
    return this.session.actions.count(this.plan, options);
  }

  /** Whether there are no rows. */
  async isEmpty(options?: ActionOptions): Promise<boolean> {
    return (await this.take(1, options)).length === 0;
  }

  /** Prints the first `n` rows as a table. Text longer than `truncate` characters is cut; 0 never cuts. */
  async show(n = 20, truncate = 20, options?: ActionOptions): Promise<void> {
    process.stdout.write(await this.showText(n, truncate, options));
  }

  /** What {@link DataFrame.show} prints. */
  async showText(n = 20, truncate = 20, options?: ActionOptions): Promise<string> {
    const rows = await this.limit(n + 1).collect({ ...options, int64: 'string', timestamp: 'string' });
    return showText(this.schema, rows, n, truncate);
  }

  /** The rows one by one; a partition is computed when the one before was consumed. */
  toLocalIterator(options?: CollectOptions): AsyncIterableIterator<Row> {
    return this.session.actions.iterate(this.#resolved, options);
  }

  /** Calls a function on this thread for every row, in order. */
  async foreach(f: (row: Row) => void | Promise<void>, options?: CollectOptions): Promise<void> {
    for await (const row of this.toLocalIterator(options)) await f(row);
  }

  /** Combines the rows two by two, from the first on, on this thread. Undefined for no rows. */
  async reduce(f: (a: Row, b: Row) => Row, options?: CollectOptions): Promise<Row | undefined> {
    let result: Row | undefined;
    for await (const row of this.toLocalIterator(options)) result = result === undefined ? row : f(result, row);
    return result;
  }

  /** All rows as one array a column: typed arrays of numbers that hold their own memory, plain arrays of the rest. */
  toColumns(options?: CollectOptions): Promise<Columns> {
    return this.session.actions.toColumns(this.#resolved, options);
  }

  /**
   * Lends views over shared memory to a callback, block by block, without a copy. They are dead when the callback returns: keep nothing of them.
   * @returns What the callback returned for each block, in row order.
   */
  useColumns<T>(f: (columns: ColumnViews) => T, options?: ActionOptions): Promise<T[]> {
    return this.session.actions.useColumns(this.#resolved, f, options);
  }

  /**
   * All rows as a `Table` of apache-arrow, which holds its own memory: decimals are decimal128, timestamps microseconds (UTC), arrays lists.
   * @example (await df.toArrow()).getChild('price')
   */
  toArrow(options: ActionOptions = {}): Promise<Table> {
    return arrowTable(this.session, this.#resolved, options);
  }

  /**
   * The rows as an Arrow IPC stream, for a file, a socket or another process: the schema first, then a piece a record batch. A partition is computed when the one before was
   * consumed.
   * @example await pipeline(df.toArrowStream({ compression: 'lz4' }), createWriteStream('out.arrows'))
   */
  toArrowStream(options: ArrowOptions = {}): AsyncIterableIterator<Uint8Array> {
    return arrowStream(this.session, this.#resolved, options);
  }

  /** Writes the rows to files. */
  get write(): DataFrameWriter {
    return new DataFrameWriter(this);
  }
}

function selectable(column: string | Column): Expr {
  return typeof column === 'string' ? columnExpr(column) : column.expr;
}

function sortItem(item: string | Column | SortColumn): SortItem {
  if (typeof item === 'string') return { expr: columnExpr(item), descending: false, nullsFirst: true };
  return item instanceof Column ? item.asc().item : item.item;
}

function positive(n: number, method: string): number {
  if (!Number.isInteger(n) || n < 1 || n > 65_536) {
    throw new QueryError({
      code: 'INVALID_PARAMETER_VALUE',
      message: `${method}() takes a number of partitions from 1 to 65536, not ${n}.`,
    });
  }
  return n;
}

function countLiteral(n: number, method: string): Expr {
  if (!Number.isSafeInteger(n) || n < 0 || n > 2_147_483_647) {
    throw new QueryError({
      code: 'INVALID_LIMIT_LIKE_EXPRESSION',
      message: `${method}() takes a whole number of rows from 0 to 2147483647, not ${n}.`,
    });
  }
  return Object.freeze({ kind: 'literal', type: INT, value: n });
}
