import type { EngineName } from '../rivals/engine-process.js';
import type { Sink } from '../rivals/protocol.js';

/** Fastest of these must be met: "1.5x the better rival" is `{ over: ['duckdb-node', 'duckdb', 'polars'], ratio: 1.5 }`. */
export interface Target {
  readonly over: readonly EngineName[];
  readonly ratio: number;
}

/** One question to several engines. `$t` stands for the table: a quoted file path where nothing is cached, else its name. */
export interface Workload {
  readonly name: string;
  readonly sql: string;
  /** The same question in Polars: an expression over `$t`, a LazyFrame. Without it Polars is left out. */
  readonly polars?: string;
  readonly file: string;
  readonly cached: boolean;
  readonly sink: Sink;
  readonly engines: readonly EngineName[];
  readonly targets: readonly Target[];
  /** Compare the answers of the engines: only where the order of rows is given and values are exact enough. */
  readonly comparable: boolean;
}

export const SQL_RIVALS: readonly EngineName[] = ['duckdb-node', 'duckdb'];
export const RIVALS: readonly EngineName[] = [...SQL_RIVALS, 'polars'];

export function queryFor(engine: EngineName, { sql, polars, file, cached }: Workload): string | undefined {
  if (engine === 'polars') return polars?.replaceAll('$t', cached ? 't' : `scan(${JSON.stringify(file)})`);
  return sql.replaceAll('$t', cached ? 't' : `'${file}'`);
}
