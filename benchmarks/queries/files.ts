import { Q1, Q6, type Question } from './lineitem.js';
import type { Workload } from './workload.js';
import { RIVALS, SQL_RIVALS } from './workload.js';

/** lineitem in every format. */
export interface LineitemFiles {
  readonly csv: string;
  readonly parquet: string;
  readonly json: string;
  readonly arrow: string;
}

const NUMBERS = ['l_orderkey', 'l_partkey', 'l_suppkey', 'l_linenumber', 'l_quantity', 'l_extendedprice', 'l_discount', 'l_tax'];
const TEXTS = ['l_returnflag', 'l_linestatus', 'l_shipinstruct', 'l_shipmode', 'l_comment'];
const DATES = ['l_shipdate', 'l_commitdate', 'l_receiptdate'];
const PARTS = ['year', 'month', 'day'];

const ALL_COLUMNS: Question = {
  sql: `SELECT ${[
    ...NUMBERS.map((column) => `sum(${column}) AS ${column}`),
    ...TEXTS.map((column) => `sum(length(${column})) AS ${column}`),
    ...DATES.flatMap((column) => PARTS.map((part) => `sum(${part}(${column})) AS ${column}_${part}`)),
  ].join(', ')} FROM $t`,
  polars: `$t.select(${[
    ...NUMBERS.map((column) => `pl.sum("${column}")`),
    ...TEXTS.map((column) => `pl.col("${column}").str.len_chars().cast(pl.Int64).sum()`),
    ...DATES.flatMap((column) =>
      PARTS.map((part) => `pl.col("${column}").dt.${part}().cast(pl.Int64).sum().alias("${column}_${part}")`),
    ),
  ].join(', ')})`,
};

const EXPRESS: Question = {
  sql: `SELECT l_shipmode, count(DISTINCT l_suppkey) AS suppliers FROM $t WHERE l_comment LIKE '%express%' GROUP BY l_shipmode ORDER BY l_shipmode`,
  polars: `$t.filter(pl.col("l_comment").str.contains("express", literal=True)).group_by("l_shipmode").agg(
      pl.col("l_suppkey").n_unique().alias("suppliers")).sort("l_shipmode")`,
};

const COUNT: Question = { sql: 'SELECT count(*) AS n FROM $t', polars: '$t.select(pl.len())' };

/** Order keys use 8 of each 32 numbers, and this is none of them. */
const NOTHING: Question = {
  sql: 'SELECT count(*) AS n, sum(l_tax) AS tax FROM $t WHERE l_orderkey = 3000030',
  polars: '$t.filter(pl.col("l_orderkey") == 3000030).select(pl.len(), pl.sum("l_tax"))',
};

const TWO_SUMS = 'SELECT sum(l_quantity) AS quantity, sum(l_extendedprice) AS price FROM $t';

export function lineitemParquet({ parquet }: LineitemFiles): Workload[] {
  const work = (name: string, question: Question, ratio: number): Workload => ({
    ...question,
    name: `parquet ${name}`,
    file: parquet,
    cached: false,
    sink: 'rows',
    engines: ['quern', ...RIVALS],
    targets: [{ over: RIVALS, ratio }],
    comparable: true,
  });
  return [
    work('Q6', Q6, 2),
    work('Q1', Q1, 2.5),
    work('express', EXPRESS, 1.3),
    work('all columns', ALL_COLUMNS, 1.3),
    { ...work('count(*)', COUNT, 1), targets: [] },
    work('matches nothing', NOTHING, 5),
  ];
}

export function lineitemWrites({ csv, parquet }: LineitemFiles): Workload[] {
  const work = (name: string, file: string, ratio: number): Workload => ({
    name: `write ${name}`,
    sql: `COPY (SELECT * FROM $t) TO '$out.parquet' (FORMAT parquet)`,
    polars: '$t.sink_parquet("$out.parquet", compression="snappy")',
    file,
    cached: false,
    sink: 'file',
    engines: ['quern', ...RIVALS],
    targets: [{ over: RIVALS, ratio }],
    comparable: false,
  });
  return [work('parquet from parquet', parquet, 1.2), work('parquet from csv', csv, 1.5)];
}

export function lineitemJson({ json }: LineitemFiles): Workload[] {
  return [
    {
      name: 'json two sums',
      sql: TWO_SUMS,
      polars: '$t.select(pl.sum("l_quantity"), pl.sum("l_extendedprice"))',
      file: json,
      cached: false,
      sink: 'rows',
      engines: ['quern', ...RIVALS],
      targets: [{ over: SQL_RIVALS, ratio: 1.5 }],
      comparable: true,
    },
  ];
}

/** DuckDB reads its Parquet here: it has no reader of Arrow files of its own. */
export function lineitemArrow({ arrow, parquet }: LineitemFiles): Workload[] {
  return [
    {
      ...Q6,
      name: 'arrow Q6',
      file: arrow,
      rivalFile: parquet,
      cached: false,
      sink: 'rows',
      engines: ['quern', ...RIVALS],
      targets: [{ over: SQL_RIVALS, ratio: 2 }],
      comparable: true,
    },
  ];
}
