import type { Workload } from './workload.js';
import { RIVALS } from './workload.js';

const sum = (...names: string[]): string => names.map((name) => `pl.sum("${name}")`).join(', ');
const by = (keys: string, aggregates: string): string => `$t.group_by(${keys}).agg(${aggregates})`;

// db-benchmark's numbers; its q6, q8 and q9 need functions that come later.
const QUESTIONS: readonly (readonly [name: string, sql: string, polars: string])[] = [
  ['q1', 'SELECT id1, sum(v1) AS v1 FROM $t GROUP BY id1', by('"id1"', sum('v1'))],
  ['q2', 'SELECT id1, id2, sum(v1) AS v1 FROM $t GROUP BY id1, id2', by('"id1", "id2"', sum('v1'))],
  ['q3', 'SELECT id3, sum(v1) AS v1, avg(v3) AS v3 FROM $t GROUP BY id3', by('"id3"', `${sum('v1')}, pl.mean("v3")`)],
  [
    'q4',
    'SELECT id4, avg(v1) AS v1, avg(v2) AS v2, avg(v3) AS v3 FROM $t GROUP BY id4',
    by('"id4"', 'pl.mean("v1"), pl.mean("v2"), pl.mean("v3")'),
  ],
  ['q5', 'SELECT id6, sum(v1) AS v1, sum(v2) AS v2, sum(v3) AS v3 FROM $t GROUP BY id6', by('"id6"', sum('v1', 'v2', 'v3'))],
  [
    'q7',
    'SELECT id3, max(v1) - min(v2) AS range_v1_v2 FROM $t GROUP BY id3',
    by('"id3"', '(pl.max("v1") - pl.min("v2")).alias("range_v1_v2")'),
  ],
  [
    'q10',
    'SELECT id1, id2, id3, id4, id5, id6, sum(v3) AS v3, count(*) AS n FROM $t GROUP BY id1, id2, id3, id4, id5, id6',
    by('"id1", "id2", "id3", "id4", "id5", "id6"', `${sum('v3')}, pl.len().alias("n")`),
  ],
];

export function groupbyCached(file: string): Workload[] {
  return QUESTIONS.map(([name, sql, polars]) => ({
    name: `groupby ${name}`,
    sql,
    polars,
    file,
    cached: true,
    sink: 'table',
    engines: ['quern', ...RIVALS],
    targets: [{ over: RIVALS, ratio: 1 }],
    comparable: true,
  }));
}

export function sortCached(file: string): Workload[] {
  const fixed = { file, cached: true, engines: ['quern', ...RIVALS] as const, comparable: true } as const;
  return [
    {
      ...fixed,
      name: 'sort by (id6, v3)',
      sql: 'SELECT * FROM $t ORDER BY id6, v3',
      polars: '$t.sort("id6", "v3")',
      sink: 'table',
      targets: [{ over: RIVALS, ratio: 1.5 }],
    },
    {
      ...fixed,
      name: 'top 100 by v3',
      sql: 'SELECT * FROM $t ORDER BY v3 DESC LIMIT 100',
      polars: '$t.top_k(100, by="v3")',
      sink: 'table',
      targets: [{ over: RIVALS, ratio: 1 }],
    },
  ];
}

/** A bigint, a double, a string and an int into row objects. */
export function collectRows(file: string): Workload {
  return {
    name: 'collect 1 M x 4',
    sql: 'SELECT CAST(id6 AS BIGINT) AS id6, v3, id1, v1 FROM $t',
    file,
    cached: true,
    sink: 'rows',
    engines: ['quern', 'duckdb-node'],
    targets: [{ over: ['duckdb-node'], ratio: 2.5 }],
    comparable: true,
  };
}
