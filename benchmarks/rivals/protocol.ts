// What the harness and an engine's process say to each other: one JSON object a line, one answer a request, in order.

export interface LoadRequest {
  readonly op: 'load';
  readonly table: string;
  readonly file: string;
}

/**
 * `rows`: the answer as row objects of the engine's language. `table`: the answer kept as a table in the engine's memory. `file`: the query itself writes a file, which is
 * removed before the clock starts.
 */
export type Sink = 'rows' | 'table' | 'file';

export interface RunRequest {
  readonly op: 'run';
  /** SQL, or a Python expression for Polars. */
  readonly query: string;
  readonly sink: Sink;
  /** What the query is about to write. */
  readonly remove?: readonly string[];
}

export interface DropRequest {
  readonly op: 'drop';
  readonly table: string;
}

export type Request = LoadRequest | RunRequest | DropRequest;

export type Cell = number | string | boolean | null;

export interface RunAnswer {
  readonly ms: number;
  readonly rowCount: number;
  /** The rows of a small answer, for comparing engines with each other. */
  readonly sample: readonly (readonly Cell[])[];
  /** The longest time the process's event loop stood still, where there is one. */
  readonly blockedMs?: number;
  readonly peakRssBytes: number;
}

export interface Hello {
  readonly version: string;
}

export interface Failure {
  readonly error: string;
}

export const SAMPLE_ROWS_MAX = 50;
