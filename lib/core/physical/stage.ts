import type { Bound, BoundAggregate } from '../expr/bound.js';
import type { ScanSource } from '../plan/resolved-plan.js';
import type { ColumnTest } from '../types/column-test.js';
import type { DataType, Schema } from '../types/data-type.js';

/**
 * The physical plan: a chain of stages. A stage runs one or more pipelines (several for a union) into one sink.
 * Expressions are bound over slots (vectors of a pipeline). Made by the planner, compiled by codegen into a StageProgram.
 */
export interface PhysicalPlan {
  readonly stages: readonly Stage[];
  /** What the last stage yields, in order. */
  readonly output: readonly { readonly name: string; readonly type: DataType; readonly nullable: boolean }[];
}

export interface Stage {
  readonly id: number;
  readonly pipelines: readonly Pipeline[];
  readonly sink: Sink;
}

export interface Pipeline {
  /** The type of each slot. Source columns and computed values share the numbering. */
  readonly slots: readonly { readonly type: DataType; readonly nullable: boolean }[];
  readonly source: Source;
  readonly steps: readonly Step[];
  /** Slots the sink takes, in order; all pipelines of a stage agree on their types. */
  readonly outputs: readonly number[];
}

export type Source =
  /** Files. Columns are decoded by 'load' steps; what no row can pass `tests` of need not be read. */
  | { readonly kind: 'scan'; readonly source: ScanSource; readonly tests: readonly ColumnTest[] }
  /** Blocks known when planning (createDataFrame, VALUES, cache), by registry id. */
  | { readonly kind: 'blocks'; readonly id: number }
  /** Blocks that an earlier stage's collect sink made, in row order; `partitions`: cut anew into so many, by rows; `limit`, `offset`: only those rows. */
  | {
      readonly kind: 'stage_blocks';
      readonly stage: number;
      readonly partitions?: number;
      readonly limit?: number;
      readonly offset?: number;
    }
  | { readonly kind: 'range'; readonly start: bigint; readonly end: bigint; readonly step: bigint; readonly partitions: number }
  /** Merges the partial groups of an earlier aggregate stage: one task a target. Columns are keys, then finished aggregates; loaded into slots of the same numbers. */
  | { readonly kind: 'groups'; readonly stage: number }
  /** Rows of an earlier sort or top-N stage in order. */
  | { readonly kind: 'sorted'; readonly stage: number }
  /** What a write stage wrote in pieces: no rows, but tasks for the sink that joins them. */
  | { readonly kind: 'pieces'; readonly stage: number; readonly spec: WriteSpec };

export type Step =
  /** Makes source columns ready in slots, for the rows still selected. */
  | { readonly kind: 'load'; readonly columns: readonly { readonly column: number; readonly slot: number }[] }
  | { readonly kind: 'filter'; readonly condition: Bound }
  /** All in one loop. `over`: the one slot of strings that the expressions read, which may hold codes of a dictionary (codegen finds those). */
  | {
      readonly kind: 'project';
      readonly outputs: readonly { readonly slot: number; readonly expr: Bound }[];
      readonly over?: number;
    }
  /**
   * Rows out of the arrays (part 0) or maps (keys 1, values 2) in slot `source`: starts new batches of their own. `passed`: slots repeated for them; `parts` and `position`: slots of what is
   * made, those that somebody reads. `countPart`: the part that tells how many.
   */
  | GenerateStep
  /** A JavaScript function over rows made of `inputs`; map and flatMap fill `outputs`. A flatMap starts a new batch of its own. */
  | {
      readonly kind: 'javascript';
      readonly role: 'map' | 'flatMap' | 'filter';
      readonly source: string;
      readonly scope: string;
      readonly inputs: readonly { readonly slot: number; readonly name: string }[];
      readonly outputs: readonly { readonly slot: number; readonly name: string }[];
    };

export interface GenerateStep {
  readonly kind: 'generate';
  readonly source: number;
  readonly outer: boolean;
  readonly passed: readonly { readonly from: number; readonly to: number }[];
  readonly parts: readonly { readonly slot: number; readonly part: 0 | 1 | 2 }[];
  readonly countPart: 0 | 1;
  readonly position?: number;
}

export interface SortKey {
  /** Index into the pipeline's outputs. */
  readonly column: number;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export type Sink =
  /** Blocks in row order: results, cache, input of a re-partitioning. `limit`/`offset`: only those rows of the row order. */
  | { readonly kind: 'collect'; readonly limit?: number; readonly offset?: number; readonly retain: 'query' | 'cache' }
  /** outputs = the keys (`keyCount` of them), then whatever the aggregates' arguments refer to by slot. */
  | { readonly kind: 'aggregate'; readonly keyCount: number; readonly aggregates: readonly BoundAggregate[] }
  /** Outputs, sorted; with `limit` a top-N. Ties keep row order. */
  | { readonly kind: 'sort'; readonly keys: readonly SortKey[]; readonly limit?: number }
  /** Files: each task writes pieces of them, which nobody looks at before they are published. */
  | { readonly kind: 'write'; readonly spec: WriteSpec }
  /** Puts the pieces of a write stage together, file by file. */
  | { readonly kind: 'join'; readonly stage: number; readonly spec: WriteSpec };

/** Where and how rows are written. */
export interface WriteSpec {
  readonly format: string;
  /** By Spark's names. */
  readonly options: readonly (readonly [name: string, value: string])[];
  /** The columns in the files, and the outputs that they are. */
  readonly schema: Schema;
  readonly columns: readonly number[];
  /** Outputs whose values are in the names of directories, from the outermost on. */
  readonly partitionBy: readonly { readonly column: number; readonly name: string; readonly type: DataType }[];
  /** Directory for the pieces. */
  readonly pieces: string;
  /** Each piece stays a file: no stage puts them together. */
  readonly keepsPieces?: true;
  /** What errors call the output. */
  readonly shown: string;
  /** All in one file. */
  readonly single: boolean;
  /** Rows of a file. */
  readonly maxRecords?: number;
}
