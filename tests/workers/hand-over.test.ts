import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { Engine, Session } from '../../lib/index.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';

// Few bytes are run on the driver's thread, and may turn out to be many rows.
const test = suite('hand-over');

const ROWS = 4_000_000;

async function run(
  path: string,
  workers: number,
  sql: string,
): Promise<{ rows: unknown; executors: Set<number>; pages: number }> {
  const engine = await Engine.create({ workers });
  const session = await Session.create({ engine });
  try {
    const executors = new Set<number>();
    session.on('taskEnd', ({ executor }) => executors.add(executor));
    const rows = await session.sql(sql.replace('$t', `'${path}'`)).collect();
    const used = (): number => session.memory().domains.find(({ kind }) => kind === 'query')?.used ?? 0;
    // An executor may be inside for the rest of a batch.
    for (let i = 0; i < 200 && used() > 0; i++) await new Promise((resolve) => setTimeout(resolve, 5));
    const pages = used();
    return { rows, executors, pages };
  } finally {
    await session.close();
    await engine.close();
  }
}

const QUERIES = [
  ['SELECT count(*) AS n, sum(a) AS s FROM $t', [{ n: ROWS, s: ROWS * 7 }]],
  ['SELECT a, count(*) AS n FROM $t GROUP BY a ORDER BY a', [{ a: 7, n: ROWS }]],
  ['SELECT a FROM $t WHERE a > 7', []],
  ['SELECT a FROM $t LIMIT 1 OFFSET 3000000', [{ a: 7 }]],
] as const;

test('executors go on with what takes the driver too long', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'small.csv.gz');
    const bytes = gzipSync(`a,b\n${'7,x\n'.repeat(ROWS)}`);
    assert.ok(bytes.length < 128 * 1024, `${bytes.length} bytes`);
    writeFileSync(path, bytes);
    for (const [sql, answer] of QUERIES) {
      const { rows, executors, pages } = await run(path, 2, sql);
      assert.equal(rows, answer, sql);
      assert.ok(
        [...executors].some((slot) => slot > 0),
        `${sql}: executors ${[...executors].join()}`,
      );
      assert.is(pages, 0);
    }
    // Nobody else is there.
    const { rows, executors } = await run(path, 0, QUERIES[0][0]);
    assert.equal(rows, QUERIES[0][1]);
    assert.equal([...executors], [0]);
  }));

test('errors behind the hand-over are those of the query', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'small.csv.gz');
    writeFileSync(path, gzipSync(`a,b\n${'7,x\n'.repeat(ROWS)}0,x\n`));
    const message = await run(path, 2, 'SELECT sum(7 / a) AS s FROM $t').then(
      String,
      (error: Error) => `${error.name} ${error.message}`,
    );
    assert.match(message, /^QueryError Division by zero/);
  }));

test.run();
