import { outputPath } from '../data/data-files.js';
import type { EngineName } from '../rivals/engine-process.js';
import type { Sink } from '../rivals/protocol.js';

/** Fastest of these must be met: "1.5x the better rival" is `{ over: ['duckdb-node', 'duckdb', 'polars'], ratio: 1.5 }`. */
export interface Target {
  readonly over: readonly EngineName[];
  readonly ratio: number;
}

/** One question to several engines. `$t` stands for the table: a quoted file path where nothing is cached, else its name; `$out` for a path of the engine's own to write to. */
export interface Workload {
  readonly name: string;
  readonly sql: string;
  /** The same question in Polars: an expression over `$t`, a LazyFrame. Without it Polars is left out. */
  readonly polars?: string;
  readonly file: string;
  /** What SQL rivals read instead, where they have no reader for the file. */
  readonly rivalFile?: string;
  readonly cached: boolean;
  readonly sink: Sink;
  readonly engines: readonly EngineName[];
  readonly targets: readonly Target[];
  /** Compare the answers of the engines: only where the order of rows is given and values are exact enough. */
  readonly comparable: boolean;
}

export const SQL_RIVALS: readonly EngineName[] = ['duckdb-node', 'duckdb'];
export const RIVALS: readonly EngineName[] = [...SQL_RIVALS, 'polars'];

export function queryFor(engine: EngineName, workload: Workload): string | undefined {
  const { sql, polars, file, rivalFile, cached } = workload;
  const out = outputPath(engine);
  if (engine === 'polars')
    return polars?.replaceAll('$t', cached ? 't' : `scan(${JSON.stringify(file)})`).replaceAll('$out', out);
  const path = SQL_RIVALS.includes(engine) ? (rivalFile ?? file) : file;
  return sql.replaceAll('$t', cached ? 't' : `'${path}'`).replaceAll('$out', out);
}
