import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { Engine, QueryError, Session, type SessionOptions } from '../../lib/index.js';
import { suite } from '../support/suite.js';
import { sharedPath } from '../support/paths.js';
import { parseSlt, type SltRecord } from './slt-file.js';
import { formatResult, hashOf } from './slt-values.js';
import { SltTables } from './slt-tables.js';

/**
 * Every query of the SQLite project's corpus in every configuration: inline and on executors, tiny and default pieces, rules on and off.
 * A query that needs a join or a subquery counts as not run until there are any.
 */
const folder = sharedPath('corpora/sqllogictest');
const test = suite('sqllogictest');

const WORKERS = [0, 1, 2];
const SIZES: Readonly<Record<string, Partial<SessionOptions>>> = { default: {}, tiny: { splitRows: 7, batchRows: 16 } };
const RULES: Readonly<Record<string, Partial<SessionOptions>>> = { on: {}, off: { disabledRules: ['*'] } };

interface Tally {
  right: number;
  unsupported: number;
}

for (const workers of WORKERS) {
  for (const size of Object.keys(SIZES)) {
    for (const rules of Object.keys(RULES)) {
      test.when(folder !== undefined)(
        `${workers === 0 ? 'inline' : `${workers} executors`}, ${size} pieces, rules ${rules}`,
        async () => {
          const engine = await Engine.create({ workers });
          try {
            const session = await Session.create({ engine, ...SIZES[size], ...RULES[rules] });
            const tally: Tally = { right: 0, unsupported: 0 };
            for (const file of readdirSync(folder!))
              await runFile(session, file, parseSlt(readFileSync(join(folder!, file), 'utf8')), tally, workers === 0 ? 1 : 4);
            console.log(`  ${tally.right} right, ${tally.unsupported} need what is not built yet`);
            assert.ok(tally.right > 500, `only ${tally.right} queries ran`);
            await session.close();
          } finally {
            await engine.close();
          }
        },
        { timeoutMs: 200_000 },
      );
    }
  }
}

/** `every`: takes one query of so many, so that the slower configurations end in time; together they see all. */
async function runFile(
  session: Session,
  file: string,
  records: readonly SltRecord[],
  tally: Tally,
  every: number,
): Promise<void> {
  const tables = new SltTables();
  let dirty = false;
  let number = 0;
  for (const record of records) {
    if (record.kind === 'statement') {
      dirty = tables.apply(record.sql) || dirty;
      continue;
    }
    if (dirty) {
      for (const { name, schema, rows } of tables.tables()) session.createDataFrame(rows, schema).createOrReplaceTempView(name);
      dirty = false;
    }
    if (number++ % every !== 0) continue;
    await runQuery(session, file, record, tally);
  }
}

async function runQuery(
  session: Session,
  file: string,
  record: Extract<SltRecord, { kind: 'query' }>,
  tally: Tally,
): Promise<void> {
  const place = `${file}:${record.line}\n${record.sql}`;
  let values: string[];
  try {
    // By position: names repeat in these queries.
    const rows = await session.actions.collectArrays(session.sql(record.sql).resolved, { int64: 'string' });
    values = formatResult(rows, record.types, record.sort);
  } catch (error) {
    if (error instanceof QueryError && error.message.includes('not supported yet')) {
      tally.unsupported++;
      return;
    }
    throw new Error(`${place}\n${error instanceof Error ? error.stack : String(error)}`);
  }
  if (record.hash === undefined) assert.equal(values, record.expected, place);
  else assert.is(hashOf(values), record.hash, place);
  tally.right++;
}

test.run();
