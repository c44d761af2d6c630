import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { QueryError } from '../../lib/core/errors.js';
import { parseDataType, parseStatement, parseStatements } from '../../lib/sql-next/index.js';

/** Whole messages: what was found, what was expected, where, what to do. */

function refusal(sql: string, parse: (text: string) => unknown = parseStatement): QueryError {
  try {
    parse(sql);
  } catch (error) {
    if (error instanceof QueryError) return error;
    throw error;
  }
  throw new Error(`Parsed: ${sql}`);
}

const SYNTAX: readonly (readonly [string, string])[] = [
  [
    'SELCT 1',
    `Syntax error: expected a statement: SELECT, FROM, WITH, VALUES, CREATE VIEW, DROP VIEW, DESCRIBE or EXPLAIN, but found 'SELCT'. Did you mean SELECT?
line 1, column 1:
  SELCT 1
  ^^^^^`,
  ],
  [
    'SELECT a\nFORM t',
    `Syntax error: expected the end of the statement, but found 't'. Did you mean FROM instead of 'FORM'?
line 2, column 6:
  FORM t
       ^`,
  ],
  [
    'SELECT a FROM t GROUP a',
    `Syntax error: expected BY, but found 'a'.
line 1, column 23:
  SELECT a FROM t GROUP a
                        ^`,
  ],
  [
    'SELECT (1, 2',
    `Syntax error: expected ',' or ')', but found the end of the statement.
line 1, column 13:
  SELECT (1, 2
              ^`,
  ],
  [
    "SELECT 'abc",
    `This string is never closed: expected ' before the end of the statement.
line 1, column 8:
  SELECT 'abc
         ^`,
  ],
  [
    'SELECT a FROM t LEFT JOIN u ON',
    `Syntax error: expected an expression, but found the end of the statement.
line 1, column 31:
  SELECT a FROM t LEFT JOIN u ON
                                ^`,
  ],
  [
    'SELECT CASE WHEN a THEN 1',
    `Syntax error: expected WHEN, ELSE or END, but found the end of the statement.
line 1, column 26:
  SELECT CASE WHEN a THEN 1
                           ^`,
  ],
  [
    'SELECT a FROM t NATURAL u',
    `Syntax error: expected JOIN, but found 'u'.
line 1, column 25:
  SELECT a FROM t NATURAL u
                          ^`,
  ],
];

for (const [sql, message] of SYNTAX) {
  test(`refused: ${sql}`, () => {
    const error = refusal(sql);
    assert.is(error.code, 'PARSE_SYNTAX_ERROR');
    assert.is(error.message, message);
  });
}

test('other statements are understood and not offered, with their place', () => {
  for (const sql of [
    'INSERT INTO t VALUES (1)',
    'CREATE TABLE t (a int)',
    'MERGE INTO t USING u',
    'DROP TABLE t',
    'SET x = 1',
    'WITH a AS (SELECT 1) INSERT INTO t FROM a',
  ]) {
    const error = refusal(sql);
    assert.is(error.code, 'UNSUPPORTED_FEATURE', sql);
    assert.match(error.message, 'not supported yet', sql);
    assert.ok(error.at, sql);
  }
});

test('codes of literals and types', () => {
  const code = (expression: string): string => refusal(`SELECT ${expression}`).code;
  assert.is(code("DATE '2024-02-30'"), 'INVALID_TYPED_LITERAL');
  assert.is(code("X'0G'"), 'INVALID_TYPED_LITERAL');
  assert.is(code('300Y'), 'INVALID_NUMERIC_LITERAL_RANGE');
  assert.is(code('1e400'), 'INVALID_NUMERIC_LITERAL_RANGE');
  assert.is(code('a LIKE ANY ()'), 'INVALID_SQL_SYNTAX.EMPTY_QUANTIFIED_PATTERN');
  assert.is(code('CAST(a AS decimal(40, 2))'), 'DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION');
  assert.is(code('9'.repeat(39)), 'DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION');
  assert.match(refusal('flot', parseDataType).message, "There is no data type 'flot'. Did you mean float?");
  assert.match(refusal('text', parseDataType).message, "There is no data type 'text'. Did you mean string?");
});

test('deep nesting is a typed error, never a stack overflow', () => {
  const n = 100_000;
  for (const opening of ['(', 'NOT ', '- ', 'f(', 'CASE WHEN ', '(SELECT ', 'substring(', 'position(']) {
    const error = refusal(`SELECT ${opening.repeat(n)}`);
    assert.is(error.code, 'PARSE_SYNTAX_ERROR', opening);
  }
  refusal(`SELECT * FROM ${'('.repeat(n)}`);
  refusal(`SELECT CAST(a AS ${'array<'.repeat(n)}`);
});

test('long chains are read in a loop', () => {
  const n = 50_000;
  for (const link of [' AND a', ' + a', " || 'a'", ' = a', '[0]', '::int', ' UNION ALL SELECT a'])
    parseStatement(`SELECT a${link.repeat(n)}`);
});

test('a script gives each statement with its place', () => {
  const script = '-- first\nSELECT 1;\n\n;DROP VIEW v';
  const places = parseStatements(script).map(({ statement, at }) => [statement.kind, script.slice(at.start, at.end)]);
  assert.equal(places, [
    ['query', 'SELECT 1'],
    ['drop_view', 'DROP VIEW v'],
  ]);
  assert.equal(parseStatements(' -- nothing\n'), []);
});

test.run();
