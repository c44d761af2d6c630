import fc from 'fast-check';
import * as assert from 'uvu/assert';
import type { DuckDBConnection } from '@duckdb/node-api';
import { Engine, Session, type SessionOptions } from '../../lib/index.js';
import { defaultSeed } from '../support/random.js';
import { duckDB } from '../support/duckdb.js';
import { suite } from '../support/suite.js';
import { arrange, cellOf, difference, type Cell } from './compare.js';
import { query, type Query } from './queries.js';
import { SCHEMA, objectsOf, statementsOf, table, type Table } from './tables.js';

/**
 * Generated queries over generated tables: quern answers as DuckDB does, in every configuration. dialects.ts says what is left out. QUERN_RUNS sets how many
 * queries; a failure prints the seed and the smallest case.
 */
const test = suite('against DuckDB');
const RUNS = Number(process.env['QUERN_RUNS'] ?? 400);

const CONFIGURATIONS: readonly { readonly workers: number; readonly options: Partial<SessionOptions> }[] = [0, 1, 2].flatMap(
  (workers) =>
    [{}, { splitRows: 7, batchRows: 16 }].flatMap((sizes) =>
      [{}, { disabledRules: ['*'] }].map((rules) => ({ workers, options: { ...sizes, ...rules } })),
    ),
);

let connection: DuckDBConnection;
const engines = new Map<number, Engine>();
const sessions: Session[] = [];
test.before(async () => {
  connection = await duckDB();
  for (const workers of [0, 1, 2]) engines.set(workers, await Engine.create({ workers }));
  for (const { workers, options } of CONFIGURATIONS)
    sessions.push(await Session.create({ engine: engines.get(workers)!, ...options }));
});
test.after(async () => {
  for (const session of sessions) await session.close();
  for (const engine of engines.values()) await engine.close();
});

async function duckRows(text: string): Promise<Cell[][]> {
  const reader = await connection.runAndReadAll(text);
  return reader.getRows().map((row) => row.map(cellOf));
}

async function quernRows(session: Session, data: Table, text: string): Promise<Cell[][]> {
  session.createDataFrame(objectsOf(data), SCHEMA).createOrReplaceTempView('t');
  const df = session.sql(text);
  return (await df.collect()).map((row) => df.columns.map((name) => cellOf(row[name])));
}

/** The first configuration is always asked, and one other in turn. */
async function check(data: Table, { spark, duck: duckText, ordered }: Query, run: number): Promise<void> {
  for (const statement of statementsOf(data)) await connection.run(statement);
  const expected = arrange(await duckRows(duckText), ordered);
  for (const which of new Set([0, 1 + (run % (CONFIGURATIONS.length - 1))])) {
    const found = difference(arrange(await quernRows(sessions[which]!, data, spark), ordered), expected);
    if (found !== undefined)
      assert.unreachable(`${found}\n${spark}\nDuckDB: ${duckText}\n${JSON.stringify(CONFIGURATIONS[which])}`);
  }
}

test(
  `${RUNS} queries`,
  async () => {
    const seed = defaultSeed() | 0;
    console.log(`  queries: QUERN_SEED=${seed >>> 0}`);
    let run = 0;
    const property = fc.asyncProperty(table, query, (data, generated) => check(data, generated, run++));
    const result = await fc.check(property, { numRuns: RUNS, seed, endOnFailure: process.env['QUERN_SHRINK'] === undefined });
    if (!result.failed) return;
    const [data] = result.counterexample ?? [];
    assert.unreachable(
      `${(result.errorInstance as Error | null)?.message}\n${(data === undefined ? [] : statementsOf(data)).join('\n')}\nseed ${seed >>> 0}, after ${result.numRuns} queries`,
    );
  },
  { timeoutMs: 40_000 + RUNS * 200 },
);

test.run();
