import type { Workload } from './workload.js';

export function tinyQuery(file: string): Workload {
  return {
    name: 'tiny warm query',
    sql: 'SELECT region, sum(amount) AS total FROM $t GROUP BY region ORDER BY region',
    file,
    cached: false,
    sink: 'rows',
    engines: ['quern', 'duckdb-node'],
    targets: [{ over: ['duckdb-node'], ratio: 1 }],
    comparable: true,
  };
}
