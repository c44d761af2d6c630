import type { Cell } from './protocol.js';
import { SAMPLE_ROWS_MAX } from './protocol.js';

export interface Result {
  readonly rowCount: number;
  readonly sample: readonly (readonly Cell[])[];
}

/** An engine inside a benchmark's child process. */
export interface Engine {
  readonly version: string;
  /** Reads a CSV file into a table of the engine's own memory. */
  load(table: string, file: string): Promise<void>;
  drop(table: string): Promise<void>;
  /** Runs the query to its last row object. */
  rows(query: string): Promise<readonly Record<string, unknown>[]>;
  /** Runs the query into a table and forgets that table; resolves with its row count. */
  table(query: string): Promise<number>;
  close(): Promise<void>;
}

export const sampleOf = (rows: readonly Record<string, unknown>[]): Cell[][] =>
  rows.length > SAMPLE_ROWS_MAX ? [] : rows.map((row) => Object.values(row).map(cell));

/** Engines agree on values, not on their JavaScript types: exact decimals and big integers become numbers, dates text. */
function cell(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return value.toISOString().slice(0, 10);
  if (typeof value === 'string') return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return JSON.stringify(value);
}
