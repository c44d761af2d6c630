import * as assert from 'uvu/assert';
import { QueryError } from '../../lib/core/errors.js';
import { parseDataType, parseStatement, parseStatements } from '../../lib/sql/index.js';
import { suite } from '../support/suite.js';

const test = suite('sql errors');

function failure(sql: string, parse: (text: string) => unknown = parseStatements): string {
  try {
    parse(sql);
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    return `${error.code} ${error.message}`;
  }
  return 'no error';
}

test('a misspelt keyword is named, also where it was taken for a name', () => {
  assert.is(
    failure('SELECT a FORM t'),
    'PARSE_SYNTAX_ERROR Syntax error at "FORM". Did you mean FROM?\nline 1, column 10:\n  SELECT a FORM t\n           ^^^^',
  );
  assert.is(
    failure('SELCT 1'),
    'PARSE_SYNTAX_ERROR Syntax error at "SELCT": expected a statement, like SELECT. Did you mean SELECT?\nline 1, column 1:\n  SELCT 1\n  ^^^^^',
  );
  assert.is(
    failure('SELECT a\nFROM t\n  LIMT 5'),
    'PARSE_SYNTAX_ERROR Syntax error at "LIMT". Did you mean LIMIT?\nline 3, column 3:\n    LIMT 5\n    ^^^^',
  );
  for (const [sql, word] of Object.entries({
    'SELECT a FROM t WERE x = 1': 'WHERE',
    'SELECT a FROM t JION u ON a = b': 'JOIN',
    'SELECT a FROM t WHERE b = 1 ADN c': 'AND',
    'SELECT CASE WHEN a THEN b ELS c END': 'ELSE',
    'SELECT a BETWEN 1 AND 2': 'BETWEEN',
    'FROM t LEFT JION u': 'JOIN',
    'FROM t |> SELCT a': 'SELECT',
    'WITH x AS (SELECT 1) selct 2': 'SELECT',
    'SELECT CAST(a AS strng)': 'STRING',
    'SELECT CAST(a AS text)': 'STRING',
  })) {
    assert.match(failure(sql), `Did you mean ${word}?`, sql);
  }
});

test('what was expected', () => {
  assert.is(
    failure('SELECT a FROM t ORDER a'),
    'PARSE_SYNTAX_ERROR Syntax error at "a": expected BY.\nline 1, column 23:\n  SELECT a FROM t ORDER a\n                        ^',
  );
  assert.is(
    failure('SELECT a FROM'),
    'PARSE_SYNTAX_ERROR Syntax error: the text ends where a table, a quoted file name or a subquery was expected.\nline 1, column 14:\n  SELECT a FROM\n               ^',
  );
  assert.is(
    failure('SELECT f(a, (b + 1)'),
    'PARSE_SYNTAX_ERROR This "(" is never closed.\nline 1, column 9:\n  SELECT f(a, (b + 1)\n          ^',
  );
  assert.is(
    failure('SELECT a FROM test-table'),
    'PARSE_SYNTAX_ERROR Syntax error at "-": expected the end of the statement. A name with other characters than letters, digits and _ stands in backticks.\nline 1, column 19:\n  SELECT a FROM test-table\n                    ^',
  );
  assert.is(
    failure('FROM data/x.csv'),
    'PARSE_SYNTAX_ERROR Syntax error at "/": expected the end of the statement. A file stands in quotes, like \'data/x.csv\'.\nline 1, column 10:\n  FROM data/x.csv\n           ^',
  );
  assert.is(
    failure('SELECT 1; SELECT 2', parseStatement),
    'PARSE_SYNTAX_ERROR Syntax error at "SELECT 2": expected the end of the text, as only one statement can stand here.\nline 1, column 11:\n  SELECT 1; SELECT 2\n            ^^^^^^^^',
  );
});

test('text that is never closed, or not SQL', () => {
  assert.is(
    failure("SELECT 'abc"),
    "PARSE_SYNTAX_ERROR This string is never closed. Close it with '.\nline 1, column 8:\n  SELECT 'abc\n         ^",
  );
  assert.is(
    failure('SELECT 1 /* /* */'),
    'UNCLOSED_BRACKETED_COMMENT This comment is never closed. Close it with */.\nline 1, column 10:\n  SELECT 1 /* /* */\n           ^^',
  );
  assert.is(
    failure('SELECT “a”'),
    'PARSE_SYNTAX_ERROR Syntax error: no SQL has the character "“" here. Strings stand in \' quotes.\nline 1, column 8:\n  SELECT “a”\n         ^',
  );
  assert.is(
    failure(' ; '),
    'PARSE_EMPTY_STATEMENT Syntax error: there is no statement in the text.\nline 1, column 1:\n   ; \n  ^',
  );
});

const NO_TABLES =
  "quern keeps no tables. Write rows to files with COPY (SELECT …) TO 'path', adding to those there with (APPEND), or with df.write; give files a name with CREATE TEMP VIEW.";

test('statements that quern does not have', () => {
  assert.is(
    failure('INSERT INTO t VALUES (1)'),
    `UNSUPPORTED_FEATURE INSERT is not supported: ${NO_TABLES}\nline 1, column 1:\n  INSERT INTO t VALUES (1)\n  ^^^^^^^^^^^`,
  );
  assert.is(
    failure('create  table t (a int)'),
    `UNSUPPORTED_FEATURE CREATE TABLE is not supported: ${NO_TABLES}\nline 1, column 1:\n  create  table t (a int)\n  ^^^^^^^^^^^^^`,
  );
  for (const sql of ['DROP TABLE t', 'MERGE INTO t', 'SUMMARIZE t', 'SELECT DISTINCT ON (a) b FROM t', 'DESCRIBE FUNCTION f']) {
    assert.match(failure(sql), /^UNSUPPORTED_FEATURE .* is not supported yet\./, sql);
  }
});

test('values that no literal and no type has', () => {
  assert.is(
    failure("SELECT date '2024-02-30'"),
    'INVALID_TYPED_LITERAL The value of the typed literal "DATE" is invalid: "2024-02-30".\nline 1, column 8:\n  SELECT date \'2024-02-30\'\n         ^^^^^^^^^^^^^^^^^',
  );
  assert.is(
    failure('SELECT 300Y'),
    'INVALID_NUMERIC_LITERAL_RANGE The number 300 is outside of the range of tinyint: -128 to 127.\nline 1, column 8:\n  SELECT 300Y\n         ^^^^',
  );
  assert.is(
    failure('decimal(39)', parseDataType),
    'DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION A decimal of 39 digits exceeds the most there can be, 38.\nline 1, column 1:\n  decimal(39)\n  ^^^^^^^^^^^',
  );
  assert.match(failure('SELECT a LIKE ANY ()'), /^INVALID_SQL_SYNTAX\.EMPTY_QUANTIFIED_PATTERN /);
  assert.match(failure("SELECT dateadd('day', 1, d)"), /^INVALID_PARAMETER_VALUE\.DATETIME_UNIT /);
});

/** Texts of any size and depth end in an answer or in a QueryError, never in a stack overflow. */
const BOMBS: Readonly<Record<string, readonly [sql: string, wanted: RegExp]>> = {
  brackets: [`SELECT ${'('.repeat(100_000)}`, /^EXPRESSION_TOO_DEEP /],
  subqueries: ['('.repeat(100_000), /^EXPRESSION_TOO_DEEP /],
  'brackets in FROM': [`FROM ${'('.repeat(100_000)}`, /^EXPRESSION_TOO_DEEP /],
  calls: [`SELECT ${'f('.repeat(100_000)}`, /^EXPRESSION_TOO_DEEP /],
  not: [`SELECT ${'NOT '.repeat(100_000)}a`, /^EXPRESSION_TOO_DEEP /],
  minus: [`SELECT ${'- '.repeat(100_000)}a`, /^EXPRESSION_TOO_DEEP /],
  case: [`SELECT ${'CASE WHEN '.repeat(100_000)}`, /^EXPRESSION_TOO_DEEP /],
  types: [`SELECT CAST(a AS ${'array<'.repeat(100_000)}`, /^EXPRESSION_TOO_DEEP /],
  subscripts: [`SELECT a${'[0]'.repeat(100_000)}`, /^EXPRESSION_TOO_DEEP /],
  unions: [Array(10_000).fill('SELECT 1').join(' UNION '), /^EXPRESSION_TOO_DEEP /],
  cube: [
    `SELECT 1 FROM t GROUP BY CUBE (${Array.from({ length: 40 }, (_, i) => `c${i}`).join()})`,
    /^GROUPING_SIZE_LIMIT_EXCEEDED /,
  ],
  digits: [`SELECT ${'9'.repeat(1 << 20)}`, /^DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION /],
  and: [`SELECT ${Array(10_000).fill('a = 1').join(' AND ')}`, /^no error/],
  plus: [`SELECT ${Array(10_000).fill('a').join(' + ')}`, /^no error/],
  'long string': [`SELECT '${'x\\n'.repeat(1 << 19)}'`, /^no error/],
  'long list': [`SELECT a IN (${Array(100_000).fill('1').join()})`, /^no error/],
  'brackets within the limit': [`SELECT ${'('.repeat(300)}1${')'.repeat(300)}`, /^no error/],
};

for (const [name, [sql, wanted]] of Object.entries(BOMBS)) {
  test(`a bomb of ${name}`, () => assert.match(failure(sql), wanted));
}

test.run();
