import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { QueryError } from '../../lib/core/errors.js';
import { parseStatement } from '../../lib/sql-next/index.js';
import { parseSlt } from '../slt/slt-file.js';
import { sharedPath } from '../support/paths.js';
import { suite } from '../support/suite.js';

/** Texts of others parse, or are refused with a typed error. */

const test = suite('sql-next corpora');

function refusal(sql: string): QueryError | undefined {
  try {
    parseStatement(sql);
    return undefined;
  } catch (error) {
    if (error instanceof QueryError) return error;
    throw error;
  }
}

const textsOf = (folder: string, ending: string): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith(ending))
    .map((file) => readFileSync(join(folder, file), 'utf8'));

function records<T>(text: string): T[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}

const tpch = sharedPath('data/tpch-queries');

test.when(tpch !== undefined)('all TPC-H queries', () => {
  const queries = textsOf(tpch!, '.sql');
  assert.is(queries.length, 22);
  for (const sql of queries) assert.is(refusal(sql), undefined, sql);
});

const slt = sharedPath('corpora/sqllogictest');

test.when(slt !== undefined)('all queries of sqllogictest', () => {
  const queries = textsOf(slt!, '.test').flatMap((text) => parseSlt(text).filter((record) => record.kind === 'query'));
  assert.ok(queries.length > 3000);
  for (const { sql } of queries) assert.is(refusal(sql), undefined, sql);
});

const spark = sharedPath('corpora/spark-expressions');

/** Errors Spark's own parser raises. */
const OF_PARSER = /^(PARSE_|INVALID_TYPED_LITERAL|INVALID_NUMERIC_LITERAL|INVALID_SQL_SYNTAX)/;

test.when(spark !== undefined)('statements Spark answers parse; those its parser refuses fail with its code', () => {
  const statements = textsOf(spark!, '.jsonl').flatMap((text) => records<{ sql: string; error?: string }>(text));
  assert.ok(statements.length > 4000);
  for (const { sql, error } of statements) {
    const expected = error !== undefined && OF_PARSER.test(error) ? error : undefined;
    assert.is(refusal(sql)?.code, expected, sql);
  }
});

const goldens = sharedPath('corpora/spark-goldens/relational.jsonl');

test.when(goldens !== undefined)("statements of Spark's own tests never crash the parser", () => {
  const statements = records<{ sql: string; err?: string }>(readFileSync(goldens!, 'utf8'));
  const refused = statements.filter(({ sql, err }) => err === undefined && refusal(sql)?.code === 'PARSE_SYNTAX_ERROR');
  assert.ok(refused.length < 20, refused.map(({ sql }) => sql).join('\n'));
});

test.run();
