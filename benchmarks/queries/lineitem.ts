import type { Workload } from './workload.js';
import { RIVALS, SQL_RIVALS } from './workload.js';

const COLUMNS = [
  'l_orderkey',
  'l_partkey',
  'l_suppkey',
  'l_linenumber',
  'l_quantity',
  'l_extendedprice',
  'l_discount',
  'l_tax',
  'l_returnflag',
  'l_linestatus',
  'l_shipdate',
  'l_commitdate',
  'l_receiptdate',
  'l_shipinstruct',
  'l_shipmode',
  'l_comment',
];

export interface Question {
  readonly sql: string;
  readonly polars: string;
}

export const Q1: Question = {
  sql: `SELECT l_returnflag, l_linestatus, sum(l_quantity) AS sum_qty, sum(l_extendedprice) AS sum_base_price,
    sum(l_extendedprice * (1 - l_discount)) AS sum_disc_price, sum(l_extendedprice * (1 - l_discount) * (1 + l_tax)) AS sum_charge,
    avg(l_quantity) AS avg_qty, avg(l_extendedprice) AS avg_price, avg(l_discount) AS avg_disc, count(*) AS count_order
    FROM $t WHERE l_shipdate <= DATE '1998-09-02' GROUP BY l_returnflag, l_linestatus ORDER BY l_returnflag, l_linestatus`,
  polars: `$t.filter(pl.col("l_shipdate") <= date(1998, 9, 2)).with_columns(
      (pl.col("l_extendedprice") * (1 - pl.col("l_discount"))).alias("disc_price")
    ).group_by("l_returnflag", "l_linestatus").agg(
      pl.sum("l_quantity").alias("sum_qty"), pl.sum("l_extendedprice").alias("sum_base_price"), pl.sum("disc_price").alias("sum_disc_price"),
      (pl.col("disc_price") * (1 + pl.col("l_tax"))).sum().alias("sum_charge"), pl.mean("l_quantity").alias("avg_qty"),
      pl.mean("l_extendedprice").alias("avg_price"), pl.mean("l_discount").alias("avg_disc"), pl.len().alias("count_order")
    ).sort("l_returnflag", "l_linestatus")`,
};

export const Q6: Question = {
  sql: `SELECT sum(l_extendedprice * l_discount) AS revenue FROM $t
    WHERE l_shipdate >= DATE '1994-01-01' AND l_shipdate < DATE '1995-01-01' AND l_discount BETWEEN 0.05 AND 0.07 AND l_quantity < 24`,
  polars: `$t.filter(
      (pl.col("l_shipdate") >= date(1994, 1, 1)) & (pl.col("l_shipdate") < date(1995, 1, 1))
      & pl.col("l_discount").is_between(0.05, 0.07) & (pl.col("l_quantity") < 24)
    ).select((pl.col("l_extendedprice") * pl.col("l_discount")).sum().alias("revenue"))`,
};

const MINIMA: Question = {
  sql: `SELECT ${COLUMNS.map((column) => `min(${column}) AS ${column}`).join(', ')} FROM $t`,
  polars: '$t.select(pl.all().min())',
};

const COUNT: Question = { sql: 'SELECT count(*) AS n FROM $t', polars: '$t.select(pl.len())' };

const CSV_TARGETS = [
  { over: SQL_RIVALS, ratio: 2.5 },
  { over: ['polars'], ratio: 1.7 },
] as const;

export function lineitemCsv(file: string): Workload[] {
  const fixed = { file, cached: false, sink: 'rows', engines: ['quern', ...RIVALS], comparable: true } as const;
  return [
    { ...fixed, ...Q6, name: 'csv Q6', targets: CSV_TARGETS },
    { ...fixed, ...Q1, name: 'csv Q1', targets: CSV_TARGETS },
    { ...fixed, ...MINIMA, name: 'csv min of 16 columns', targets: CSV_TARGETS },
    { ...fixed, ...COUNT, name: 'csv count(*)', targets: [{ over: SQL_RIVALS, ratio: 15 }] },
  ];
}

export function lineitemCached(file: string): Workload[] {
  const fixed = { file, cached: true, sink: 'rows', engines: ['quern', ...RIVALS], comparable: true } as const;
  return [
    { ...fixed, ...Q1, name: 'cached Q1', targets: [{ over: SQL_RIVALS, ratio: 4 }] },
    { ...fixed, ...Q6, name: 'cached Q6', targets: [{ over: SQL_RIVALS, ratio: 2 }] },
  ];
}

/** The same work on one executor: how much the second one brings. */
export function lineitemScaling(file: string): Workload[] {
  const engines = ['quern', 'quern 1 executor'] as const;
  const targets = [{ over: ['quern 1 executor'], ratio: 1.7 }] as const;
  const fixed = { file, cached: false, sink: 'rows', engines, targets, comparable: true } as const;
  return [
    { ...fixed, ...Q6, name: 'executors Q6' },
    { ...fixed, ...Q1, name: 'executors Q1' },
    { ...fixed, ...MINIMA, name: 'executors min of 16 columns' },
  ];
}
