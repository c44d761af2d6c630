import type { Expr, SortItem, Span, WindowSpec } from '../expr/expr.js';
import type { Schema } from '../types/data-type.js';

/**
 * The plan as it was written: what SQL text and DataFrame methods both make. Frozen plain data, nothing resolved.
 * `analyze(plan, catalog)` makes the resolved plan (resolved-plan.ts) from it.
 */
export type LogicalPlan =
  | ReadPlan
  | TablePlan
  | LocalDataPlan
  | RangePlan
  | ValuesPlan
  | OneRowPlan
  | TableFunctionPlan
  | ProjectPlan
  | FilterPlan
  | AggregatePlan
  | DistinctPlan
  | SortPlan
  | LimitPlan
  | SetOperationPlan
  | JoinPlan
  | WithPlan
  | AliasPlan
  | RepartitionPlan
  | WithColumnsPlan
  | RenamePlan
  | DropPlan
  | MapRowsPlan
  | CachedPlan
  | PivotPlan
  | UnpivotPlan
  | LateralViewPlan
  | SamplePlan;

interface Node {
  readonly at?: Span;
  /** Set on plans made by DataFrame methods, so that `df.col('a')` finds its plan. */
  readonly planId?: number;
}

/** Files. `FROM 'x.csv'` has no format: it follows from the file's name. */
export interface ReadPlan extends Node {
  readonly kind: 'read';
  readonly format?: string;
  readonly paths: readonly string[];
  /** As the user wrote them; each reader checks its own. */
  readonly options: ReadonlyMap<string, string>;
  readonly schema?: Schema;
}

/** A view, a name of a WITH clause, or — quoted with a format before it — csv.`path`. */
export interface TablePlan extends Node {
  readonly kind: 'table';
  readonly path: readonly string[];
  /** For a view that reads files: more options of their reader. */
  readonly options?: ReadonlyMap<string, string>;
}

/** Rows that `createDataFrame` already wrote into shared memory; `id` names them in the session's registry. */
export interface LocalDataPlan extends Node {
  readonly kind: 'local_data';
  readonly id: number;
  readonly schema: Schema;
}

export interface RangePlan extends Node {
  readonly kind: 'range';
  readonly start: bigint;
  readonly end: bigint;
  readonly step: bigint;
  readonly partitions?: number;
}

export interface ValuesPlan extends Node {
  readonly kind: 'values';
  readonly rows: readonly (readonly Expr[])[];
}

/** SELECT without FROM. */
export interface OneRowPlan extends Node {
  readonly kind: 'one_row';
}

export interface TableFunctionPlan extends Node {
  readonly kind: 'table_function';
  readonly name: string;
  readonly args: readonly Expr[];
  readonly argNames?: readonly string[];
}

/**
 * SELECT list. Aggregate functions in it (without an AggregatePlan) make it a global aggregate, as in SQL.
 * `windows` are the names of a WINDOW clause.
 */
export interface ProjectPlan extends Node {
  readonly kind: 'project';
  readonly input: LogicalPlan;
  readonly exprs: readonly Expr[];
  readonly windows?: ReadonlyMap<string, WindowSpec>;
}

export interface FilterPlan extends Node {
  readonly kind: 'filter';
  readonly input: LogicalPlan;
  readonly condition: Expr;
  /** QUALIFY filters on window results; HAVING belongs to AggregatePlan. */
  readonly role: 'where' | 'qualify';
}

/**
 * `SELECT outputs FROM input GROUP BY keys HAVING having`. `groupAll` is GROUP BY ALL; keys may be ordinals (int literals) and aliases of outputs.
 * `outputs` is the whole select list in SQL; `df.groupBy(k).agg(a)` writes keys first, then aggregates.
 * groupingSets: GROUPING SETS/CUBE/ROLLUP as lists of indices into `keys`.
 */
export interface AggregatePlan extends Node {
  readonly kind: 'aggregate';
  readonly input: LogicalPlan;
  readonly keys: readonly Expr[];
  readonly groupAll: boolean;
  readonly outputs: readonly Expr[];
  readonly having?: Expr;
  readonly groupingSets?: readonly (readonly number[])[];
  readonly windows?: ReadonlyMap<string, WindowSpec>;
}

export interface DistinctPlan extends Node {
  readonly kind: 'distinct';
  readonly input: LogicalPlan;
  /** `dropDuplicates(['a'])`; SELECT DISTINCT has none. */
  readonly columns?: readonly string[];
}

/** `items` may be ordinals; `orderAll` is ORDER BY ALL with the direction of `allDescending`. Sorting may name columns the select list dropped. */
export interface SortPlan extends Node {
  readonly kind: 'sort';
  readonly input: LogicalPlan;
  readonly items: readonly SortItem[];
  readonly orderAll?: { readonly descending: boolean; readonly nullsFirst: boolean };
  /** SORT BY sorts inside partitions only. */
  readonly global: boolean;
}

export interface LimitPlan extends Node {
  readonly kind: 'limit';
  readonly input: LogicalPlan;
  /** Absent: all rows (LIMIT ALL, or OFFSET alone). */
  readonly limit?: Expr;
  readonly offset?: Expr;
}

export interface SetOperationPlan extends Node {
  readonly kind: 'set_operation';
  readonly op: 'union' | 'intersect' | 'except';
  readonly all: boolean;
  readonly byName: boolean;
  readonly left: LogicalPlan;
  readonly right: LogicalPlan;
}

export type JoinType = 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti' | 'cross' | 'asof' | 'positional';

export interface JoinPlan extends Node {
  readonly kind: 'join';
  readonly type: JoinType;
  readonly left: LogicalPlan;
  readonly right: LogicalPlan;
  readonly on?: Expr;
  readonly using?: readonly string[];
  readonly natural: boolean;
  readonly lateral: boolean;
}

export interface WithPlan extends Node {
  readonly kind: 'with';
  readonly recursive: boolean;
  readonly definitions: readonly {
    readonly name: string;
    readonly columns?: readonly string[];
    readonly plan: LogicalPlan;
    readonly at?: Span;
  }[];
  readonly input: LogicalPlan;
}

/** `FROM t AS name(columns)`, a subquery's alias, `df.alias('x')`. */
export interface AliasPlan extends Node {
  readonly kind: 'alias';
  readonly input: LogicalPlan;
  readonly name: string;
  readonly columns?: readonly string[];
}

/** `repartition(n, …keys)`: exactly n partitions, 0 for as many as the planner likes (DISTRIBUTE BY); `coalesce(n)`: neighbours joined, no shuffle. */
export interface RepartitionPlan extends Node {
  readonly kind: 'repartition';
  readonly input: LogicalPlan;
  readonly partitions: number;
  readonly keys: readonly Expr[];
  readonly shuffle: boolean;
}

export interface WithColumnsPlan extends Node {
  readonly kind: 'with_columns';
  readonly input: LogicalPlan;
  readonly columns: readonly { readonly name: string; readonly expr: Expr }[];
}

export interface RenamePlan extends Node {
  readonly kind: 'rename';
  readonly input: LogicalPlan;
  readonly names: readonly { readonly from: string; readonly to: string }[];
}

export interface DropPlan extends Node {
  readonly kind: 'drop';
  readonly input: LogicalPlan;
  readonly names: readonly string[];
}

/** A JavaScript function over rows, shipped as source. */
export interface MapRowsPlan extends Node {
  readonly kind: 'map_rows';
  readonly input: LogicalPlan;
  readonly role: 'map' | 'flatMap' | 'filter';
  readonly source: string;
  /** Captured values by name, structured-clonable. */
  readonly scope: ReadonlyMap<string, unknown>;
  /** Of the results; a filter keeps its input's. */
  readonly schema?: Schema;
}

/** `df.cache()`: `id` names the cached rows in the session's registry. */
export interface CachedPlan extends Node {
  readonly kind: 'cached';
  readonly id: number;
  readonly input: LogicalPlan;
}

export interface PivotPlan extends Node {
  readonly kind: 'pivot';
  readonly input: LogicalPlan;
  readonly aggregates: readonly Expr[];
  readonly columns: readonly Expr[];
  readonly values: readonly { readonly exprs: readonly Expr[]; readonly name?: string }[];
}

export interface UnpivotPlan extends Node {
  readonly kind: 'unpivot';
  readonly input: LogicalPlan;
  readonly valueNames: readonly string[];
  readonly nameColumn: string;
  readonly groups: readonly { readonly columns: readonly Expr[]; readonly name?: string }[];
  readonly includeNulls: boolean;
}

export interface LateralViewPlan extends Node {
  readonly kind: 'lateral_view';
  readonly input: LogicalPlan;
  readonly outer: boolean;
  readonly name: string;
  readonly args: readonly Expr[];
  readonly table: string;
  readonly columns: readonly string[];
}

export interface SamplePlan extends Node {
  readonly kind: 'sample';
  readonly input: LogicalPlan;
  readonly method: 'percent' | 'rows' | 'bucket';
  readonly value: number;
  readonly outOf?: number;
  readonly seed?: number;
}

/** `COPY … TO`: the rows go to files when an action asks how many there are. */
export interface CopyStatement {
  readonly kind: 'copy';
  readonly plan: LogicalPlan;
  readonly path: string;
  readonly format?: string;
  readonly mode: 'error' | 'overwrite' | 'append' | 'ignore';
  readonly partitionBy: readonly string[];
  /** All in one file, whatever the path is called. */
  readonly single: boolean;
  readonly options: ReadonlyMap<string, string>;
  readonly at: Span;
}

/** What one SQL statement is. Only `query` makes a DataFrame with rows of its own. */
export type Statement =
  | { readonly kind: 'query'; readonly plan: LogicalPlan }
  | {
      readonly kind: 'create_view';
      readonly name: string;
      readonly replace: boolean;
      readonly columns?: readonly string[];
      readonly plan: LogicalPlan;
    }
  | { readonly kind: 'drop_view'; readonly name: string; readonly ifExists: boolean }
  | { readonly kind: 'describe'; readonly plan: LogicalPlan }
  | CopyStatement
  | {
      readonly kind: 'explain';
      readonly plan: LogicalPlan;
      readonly analyze: boolean;
      readonly mode: 'simple' | 'extended' | 'formatted';
    };
