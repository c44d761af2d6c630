import type { ColumnTest } from '../types/column-test.js';
import type { PhysicalType } from '../types/physical-type.js';
import type { DataType } from '../types/data-type.js';
import type { ScanSource } from '../plan/resolved-plan.js';
import type { GenerateStep, WriteSpec } from './stage.js';

/**
 * A stage as executors get it: JSON through shared memory, beside the bytes of its WebAssembly module.
 * No expressions: those are in the module, by function name. Constants are in the parameter bytes.
 */
export interface StageProgram {
  readonly stage: number;
  /** How finely its sources are cut into tasks. */
  readonly sizes?: { readonly bytes: number; readonly rows: number; readonly rowsMin?: number };
  readonly pipelines: readonly PipelineProgram[];
  readonly sink: SinkProgram;
  /** By error site number (FRAME_ERROR_SITE). */
  readonly sites: readonly ErrorSite[];
  /** Base64 of the parameter area; the module reads it through FRAME_PARAMETERS. */
  readonly parameters: string;
}

export interface SlotProgram {
  readonly type: DataType;
  readonly physical: PhysicalType;
  readonly nullable: boolean;
}

export interface PipelineProgram {
  readonly slots: readonly SlotProgram[];
  readonly source: SourceProgram;
  readonly steps: readonly StepProgram[];
  readonly outputs: readonly number[];
  /** Rows of a batch: a power of two, 256..2048. */
  readonly batchRows: number;
}

export type SourceProgram =
  | { readonly kind: 'scan'; readonly source: ScanSource; readonly tests: readonly ColumnTest[] }
  | { readonly kind: 'blocks'; readonly addresses: readonly number[] }
  | {
      readonly kind: 'stage_blocks';
      readonly stage: number;
      readonly partitions?: number;
      readonly limit?: number;
      readonly offset?: number;
    }
  | { readonly kind: 'range'; readonly start: string; readonly end: string; readonly step: string; readonly partitions: number }
  | { readonly kind: 'groups'; readonly stage: number; readonly aggregate: AggregateProgram }
  | { readonly kind: 'sorted'; readonly stage: number }
  | { readonly kind: 'pieces'; readonly stage: number; readonly spec: WriteSpec };

/**
 * Compiled loops come in two forms: `name` over rows 0..n, and `name_s` over a selection (u32 row positions).
 * Signatures (all i32): filter `name(frame, n, out) → count`, `name_s(frame, sel, n, out) → count`: writes the surviving row positions to `out`;
 * project `name(frame, n)`, `name_s(frame, sel, n)`: writes values and null bytes of its slots at the rows' positions.
 * After a call the frame's error code is looked at once.
 */
export type StepProgram =
  | { readonly kind: 'load'; readonly columns: readonly LoadedColumn[] }
  | { readonly kind: 'filter'; readonly loop: string }
  | { readonly kind: 'project'; readonly loop: string; readonly slots: readonly number[]; readonly over?: number }
  | GenerateStep
  | {
      readonly kind: 'javascript';
      readonly role: 'map' | 'flatMap' | 'filter';
      readonly source: string;
      readonly scope: string;
      readonly inputs: readonly { readonly slot: number; readonly name: string }[];
      readonly outputs: readonly { readonly slot: number; readonly name: string }[];
    };

/**
 * `coded`: nothing reads the slot but the keys of an aggregate and projections over it alone (`over`), so that codes may stay codes (SLOT_FLAG_CODES): keys those
 * of short strings. `measured`: loops ask how large its integers are
 * (SLOT_BOUND_SHIFT); the physical type. `numbered`: the sink can do with numbers in a dictionary (SLOT_FLAG_NUMBERS).
 */
export interface LoadedColumn {
  readonly column: number;
  readonly slot: number;
  readonly coded?: 'short' | 'any';
  readonly numbered?: boolean;
  readonly measured?: 'i64' | 'i128';
}

/**
 * How groups lie: a group row is [u64 hash][key words][u64 key null bits][states]. A key takes one word (bool, i32, i64, f64 with -0 and NaN made canonical) or two (i128, view).
 * Loops: update `update(frame, n, states)`, `update_s(frame, sel, n, states)`: `states[k]` (u32) is the address of the state of the k-th live row;
 * `single(frame, n, state)`, `single_s(frame, sel, n, state)`: all rows into one state, held in locals; merge `merge(into, from, n, heap)`: arrays of n state addresses;
 * finish `finish(frame, states, n)`: writes `resultSlots` of rows 0..n.
 * A state may own bytes in the heap whose address is at FRAME_HEAP of the frame used by update (the sink's own heap, kept until the stage's memory ends).
 */
export interface AggregateProgram {
  readonly keys: readonly { readonly slot: number; readonly physical: PhysicalType }[];
  readonly stateBytes: number;
  /** Base64 of a fresh state. */
  readonly initial: string;
  readonly update: string;
  readonly single: string;
  readonly merge: string;
  readonly finish: string;
  /** Slots of the merging pipeline: keys at 0…, results after them. */
  readonly resultSlots: readonly number[];
  /** Some state holds more than its own bytes (sets, lists): merging copies or links heap memory. */
  readonly ownsHeap: boolean;
  /** Slots that `update` reads, if rows may be held back and come to it in another order. */
  readonly inputs?: readonly number[];
}

export type SinkProgram =
  | { readonly kind: 'collect'; readonly limit?: number; readonly offset?: number; readonly retain: 'query' | 'cache' }
  | { readonly kind: 'aggregate'; readonly aggregate: AggregateProgram }
  | {
      readonly kind: 'sort';
      readonly keys: readonly {
        readonly column: number;
        readonly physical: PhysicalType;
        readonly descending: boolean;
        readonly nullsFirst: boolean;
      }[];
      readonly limit?: number;
    }
  | { readonly kind: 'write'; readonly spec: WriteSpec }
  | { readonly kind: 'join'; readonly stage: number; readonly spec: WriteSpec };

/** What an error message needs beyond the value in the frame. */
export interface ErrorSite {
  /** Spark's error condition by error code; most sites raise one. */
  readonly operand: DataType;
  readonly target: DataType;
  /** Text of the expression, for the message. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}
