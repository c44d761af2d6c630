import type { Engine } from './engine.js';

export async function duckdbNode(threads: number): Promise<Engine> {
  const { DuckDBInstance, version } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', { threads: String(threads) });
  const connection = await instance.connect();
  const run = async (sql: string): Promise<void> => {
    await connection.run(sql);
  };
  return {
    version: version(),
    load: (table, file) => run(`CREATE OR REPLACE TABLE ${table} AS SELECT * FROM '${file}'`),
    drop: (table) => run(`DROP TABLE IF EXISTS ${table}`),
    rows: async (query) => (await connection.runAndReadAll(query)).getRowObjectsJS(),
    async table(query) {
      await run(`CREATE OR REPLACE TEMP TABLE answer AS ${query}`);
      const [row] = (await connection.runAndReadAll('SELECT count(*) AS n FROM answer')).getRowObjectsJS();
      await run('DROP TABLE answer');
      return Number(row!['n']);
    },
    close: async () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
