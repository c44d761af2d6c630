import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { QueryError } from '../../lib/core/errors.js';
import { parseStatement } from '../../lib/sql/index.js';
import { parseSlt } from '../slt/slt-file.js';
import { sharedPath } from '../support/paths.js';
import { suite } from '../support/suite.js';

/** Texts that nobody here wrote. */

const test = suite('sql corpora');

/** The error of a text; undefined when it parses. Anything but a QueryError is a bug. */
function refusal(sql: string): QueryError | undefined {
  try {
    parseStatement(sql);
    return undefined;
  } catch (error) {
    if (error instanceof QueryError) return error;
    throw error;
  }
}

const lines = <T>(path: string): T[] =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);

const files = (folder: string, ending: string): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith(ending))
    .map((file) => join(folder, file));

const tpch = sharedPath('data/tpch-queries');

test.when(tpch !== undefined)('the 22 queries of TPC-H', () => {
  const paths = files(tpch!, '.sql');
  assert.is(paths.length, 22);
  for (const path of paths) assert.is(refusal(readFileSync(path, 'utf8')), undefined, path);
});

const slt = sharedPath('corpora/sqllogictest');

test.when(slt !== undefined)('sqllogictest', () => {
  const queries = files(slt!, '.test').flatMap((path) =>
    parseSlt(readFileSync(path, 'utf8')).filter((record) => record.kind === 'query'),
  );
  assert.ok(queries.length > 3000);
  assert.equal(
    queries.filter(({ sql }) => refusal(sql) !== undefined).map(({ sql }) => sql),
    [],
  );
});

const expressions = sharedPath('corpora/spark-expressions');

interface Expression {
  readonly sql: string;
  readonly error?: string;
}

test.when(expressions !== undefined)('Spark expressions parse, or fail with the error of Spark', () => {
  const wrong = files(expressions!, '.jsonl')
    .flatMap((path) => lines<Expression>(path))
    .filter(({ sql, error }) => {
      const own = refusal(sql);
      return own !== undefined && own.code !== error;
    });
  assert.equal(
    wrong.map(({ sql }) => sql),
    [],
  );
});

const goldens = sharedPath('corpora/spark-goldens');

interface Golden {
  readonly kind: 'rows' | 'error' | 'ddl';
  readonly sql: string;
  readonly err?: string;
}

const LEAST = 0.99;

test.when(goldens !== undefined)("Spark's golden files", () => {
  const all = lines<Golden>(join(goldens!, 'relational.jsonl'));
  const queries = all.filter(
    ({ kind, sql }) => kind === 'rows' && /^(\s|--.*\n|\/\*[^]*?\*\/|\()*(select|with|from|values|table)\b/i.test(sql),
  );
  const parsed = queries.filter(({ sql }) => refusal(sql) === undefined).length;
  const malformed = all.filter(({ kind, err }) => kind === 'error' && err?.endsWith('ParseException'));
  const refused = malformed.filter(({ sql }) => refusal(sql) !== undefined).length;
  console.log(
    `  golden files: ${parsed} of ${queries.length} queries with rows parse; ${refused} of ${malformed.length} that Spark cannot parse are refused`,
  );
  assert.ok(queries.length > 3000);
  assert.ok(parsed / queries.length >= LEAST);
});

test.run();
