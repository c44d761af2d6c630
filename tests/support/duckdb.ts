import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

let shared: Promise<DuckDBConnection> | undefined;

/**
 * DuckDB, the oracle: one connection a process. It is never closed: where one of its own threads lets go of a result at the same moment, closing locks up the
 * process for good (seen with 1.5.6: ~ClientContext waits for a lock that its thread holds).
 */
export function duckDB(): Promise<DuckDBConnection> {
  shared ??= connect();
  return shared;
}

async function connect(): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  return connection;
}

/** Runs `body` with it. */
export async function withDuckDB<T>(body: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  return body(await duckDB());
}
