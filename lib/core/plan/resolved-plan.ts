import type { AttributeRef, Bound, BoundAggregate, BoundSortItem } from '../expr/bound.js';
import type { DataType, Schema } from '../types/data-type.js';

/**
 * The resolved plan: few operators, every expression bound. What the optimizer's rules rewrite and the physical planner reads.
 * Frozen; a rule that changes nothing returns the same object. `output` is the node's columns, in order.
 */
export type Resolved =
  | ScanNode
  | LocalNode
  | RangeNode
  | CachedNode
  | FilterNode
  | ProjectNode
  | AggregateNode
  | SortNode
  | LimitNode
  | UnionNode
  | RepartitionNode
  | MapRowsNode
  | GenerateNode;

export type ResolvedKind = Resolved['kind'];

interface Node {
  readonly output: readonly AttributeRef[];
}

/** What a reader's inspection found: everything a task needs to read a split, as structured-clonable data the reader's own decoder understands. */
export interface ScanSource {
  readonly format: string;
  readonly schema: Schema;
  /** For EXPLAIN: `csv sales.csv (3 files)`. */
  readonly description: string;
  readonly totalBytes: number;
  /** How long reading takes, as bytes of CSV that take as long; absent: `totalBytes`. */
  readonly effort?: number;
  /** Columns beside the schema's, for whoever asks by path: fields of structs, facts about files. Their numbers follow the schema's. */
  readonly hidden: readonly HiddenColumn[];
  /** Rows, where the files say so themselves. */
  readonly rowCount?: number;
  /** Columns that are text because of one word that may well be how missing values are written. */
  readonly nullWords?: readonly { readonly column: string; readonly word: string }[];
  /** Read by io/<format>'s decoder only. */
  readonly detail: unknown;
}

/** `path` is the name of a column and of fields within it: `['address', 'city']`, `['_metadata', 'file_name']`. */
export interface HiddenColumn {
  readonly path: readonly string[];
  readonly type: DataType;
  readonly nullable: boolean;
}

/** Files. `columns[i]` is the source column that `output[i]` is: projection pushdown shortens both. `predicates` are conjuncts the scan evaluates first; `limit` bounds the rows anyone will read. */
export interface ScanNode extends Node {
  readonly kind: 'scan';
  readonly source: ScanSource;
  readonly columns: readonly number[];
  readonly predicates: readonly Bound[];
  readonly limit?: number;
}

/** Rows in shared memory made by createDataFrame or VALUES: literal rows here, or blocks by registry id. */
export interface LocalNode extends Node {
  readonly kind: 'local';
  readonly columns: readonly number[];
  readonly data:
    | { readonly kind: 'registry'; readonly id: number }
    | { readonly kind: 'rows'; readonly rows: readonly (readonly Bound[])[] };
}

export interface RangeNode extends Node {
  readonly kind: 'range';
  readonly start: bigint;
  readonly end: bigint;
  readonly step: bigint;
  readonly partitions?: number;
}

/** A cached DataFrame: rows by registry id, in memory or in files, once they are computed; `input` is its lineage. */
export interface CachedNode extends Node {
  readonly kind: 'cached';
  readonly id: number;
  readonly columns: readonly number[];
  readonly input: Resolved;
}

export interface FilterNode extends Node {
  readonly kind: 'filter';
  readonly input: Resolved;
  readonly condition: Bound;
}

/** `exprs[i]` computes `output[i]`; a passed-through column keeps its attribute id. */
export interface ProjectNode extends Node {
  readonly kind: 'project';
  readonly input: Resolved;
  readonly exprs: readonly Bound[];
}

/** `output` is keys, then aggregates. No keys: one row. Expressions over aggregates are a project above; grouping expressions are computed here. */
export interface AggregateNode extends Node {
  readonly kind: 'aggregate';
  readonly input: Resolved;
  readonly keys: readonly Bound[];
  readonly aggregates: readonly BoundAggregate[];
}

/** `limit` makes it a top-N: set by the optimizer. */
export interface SortNode extends Node {
  readonly kind: 'sort';
  readonly input: Resolved;
  readonly items: readonly BoundSortItem[];
  readonly global: boolean;
  readonly limit?: number;
}

/** The first `limit` rows after `offset`, in row order. `limit` absent: all. */
export interface LimitNode extends Node {
  readonly kind: 'limit';
  readonly input: Resolved;
  readonly limit?: number;
  readonly offset: number;
}

/** UNION ALL: inputs have the same types, columns by position. */
export interface UnionNode extends Node {
  readonly kind: 'union';
  readonly inputs: readonly Resolved[];
}

export interface RepartitionNode extends Node {
  readonly kind: 'repartition';
  readonly input: Resolved;
  readonly partitions: number;
  readonly keys: readonly Bound[];
  readonly shuffle: boolean;
}

export interface MapRowsNode extends Node {
  readonly kind: 'map_rows';
  readonly input: Resolved;
  readonly role: 'map' | 'flatMap' | 'filter';
  readonly source: string;
  readonly scope: ReadonlyMap<string, unknown>;
}

/**
 * A row for each element of the array, or entry of the map, that `expr` is: the input's columns that `output` still has, then of `position` (from 0) and `parts` (an element, or key and value) those that it has.
 * `outer`: a row of nulls where there is none.
 */
export interface GenerateNode extends Node {
  readonly kind: 'generate';
  readonly input: Resolved;
  readonly expr: Bound;
  readonly outer: boolean;
  readonly position?: AttributeRef;
  readonly parts: readonly AttributeRef[];
}

/** The inputs of each kind, typed so that it cannot lag: walk, rewrite and explain derive from it. */
export const INPUTS = {
  scan: [],
  local: [],
  range: [],
  cached: ['input'],
  filter: ['input'],
  project: ['input'],
  aggregate: ['input'],
  sort: ['input'],
  limit: ['input'],
  union: ['inputs'],
  repartition: ['input'],
  map_rows: ['input'],
  generate: ['input'],
} as const satisfies { readonly [K in ResolvedKind]: readonly (keyof Extract<Resolved, { kind: K }>)[] };
