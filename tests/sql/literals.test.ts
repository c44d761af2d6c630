import * as assert from 'uvu/assert';
import { QueryError } from '../../lib/core/errors.js';
import { sqlName } from '../../lib/core/expr/sql-name.js';
import { typeName } from '../../lib/core/types/data-type.js';
import { parseDataType, parseExpression, parseSchema } from '../../lib/sql/index.js';
import { suite } from '../support/suite.js';
import { shape } from './shape.js';

const test = suite('sql literals');

function same(pairs: Readonly<Record<string, string>>): void {
  for (const [sql, wanted] of Object.entries(pairs)) assert.is(shape(parseExpression(sql)), wanted, sql);
}

function codeOf(sql: string): string {
  try {
    return shape(parseExpression(sql));
  } catch (error) {
    return error instanceof QueryError ? error.code : String(error);
  }
}

test('numbers have the types Spark gives them', () => {
  same({
    '-2147483648': '-2147483648',
    '2147483648': '2147483648:bigint',
    '9223372036854775808': '9223372036854775808:decimal(19,0)',
    '127Y + 1S + 10l': '(add (add 127:tinyint 1:smallint) 10:bigint)',
    '1.50': '150:decimal(3,2)',
    '0.05': '5:decimal(2,2)',
    '-.5': '-5:decimal(1,1)',
    '1.': '1:decimal(1,0)',
    '1e3': '1000:double',
    '1.5D': '1.5:double',
    '1.5f': '1.5:float',
    '12BD': '12:decimal(2,0)',
    '1E5BD': '100000:decimal(6,0)',
    '1E-3BD': '1:decimal(3,3)',
  });
  assert.is(codeOf('128Y'), 'INVALID_NUMERIC_LITERAL_RANGE');
  assert.is(codeOf('1e400'), 'INVALID_NUMERIC_LITERAL_RANGE');
  assert.is(codeOf('1'.repeat(39)), 'DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION');
});

test('strings and bytes', () => {
  same({
    "'it''s' ' joined' \"d\"": "'it's joinedd'",
    "'\\n\\t\\\\\\'\\u00e9\\U0001F600\\101\\%\\q'": "'\n\t\\'é😀A\\%q'",
    "r'\\n'": "'\\n'",
    "X'1fA'": '01fa:binary',
    "x''": ':binary',
  });
  assert.is(codeOf("X'1g'"), 'INVALID_TYPED_LITERAL');
});

test('dates and timestamps', () => {
  const text = (sql: string): string => sqlName(parseExpression(sql));
  assert.is(text("DATE '2024-2-9'"), "DATE '2024-02-09'");
  assert.is(text("date'-0044-03-15'"), "DATE '-0044-03-15'");
  assert.is(text("DATE '2024'"), "DATE '2024-01-01'");
  assert.is(text("date '2024-01-01T23:00'"), "DATE '2024-01-01'");
  assert.is(text("TIMESTAMP '2024-02-29 10:00:00.123456789'"), "TIMESTAMP '2024-02-29 10:00:00.123456'");
  for (const zone of ['+01:00', ' UTC+1', '+1', ' Europe/Paris']) {
    assert.is(text(`TIMESTAMP '2024-01-01T10:00:00${zone}'`), "TIMESTAMP '2024-01-01 09:00:00'", zone);
  }
  assert.is(text("timestamp '2024-01-01 10:00:00Z'"), "TIMESTAMP '2024-01-01 10:00:00'");
  assert.is(text("timestamp_ntz '2024-01-01 10:00'"), "TIMESTAMP_NTZ '2024-01-01 10:00:00'");
  assert.is(shape(parseExpression("DATE 'tomorrow'")), '(date_add (current_date) 1)');
  for (const bad of [
    "DATE '2023-02-29'",
    "DATE 'x'",
    "TIMESTAMP '2024-01-01 24:00:00'",
    "TIMESTAMP '2024-01-01 10:00:00 Nowhere/City'",
  ]) {
    assert.is(codeOf(bad), 'INVALID_TYPED_LITERAL', bad);
  }
  assert.is(codeOf("MONEY '1'"), 'UNSUPPORTED_TYPED_LITERAL');
});

test('intervals', () => {
  same({
    "INTERVAL '1' DAY": '86400000000:interval day',
    'INTERVAL -3 WEEKS': '-1814400000000:interval day',
    "INTERVAL '1 02:03:04.5' DAY TO SECOND": '93784500000:interval day to second',
    "INTERVAL -'1:30' HOUR TO MINUTE": '-5400000000:interval hour to minute',
    "INTERVAL '-1-2' YEAR TO MONTH": '-14:interval year to month',
    'INTERVAL 1 YEAR 2 MONTHS': '14:interval year to month',
    "INTERVAL '1 day 2 hours'": '93600000000:interval day to hour',
    "INTERVAL '1.5' SECOND": '1500000:interval second',
    'INTERVAL 5 MILLISECONDS': '5000:interval second',
    'd + INTERVAL 1 DAY - INTERVAL 2 HOURS': '(subtract (add d 86400000000:interval day) 7200000000:interval hour)',
  });
  assert.is(codeOf("INTERVAL '1 25' DAY TO HOUR"), 'INVALID_INTERVAL_FORMAT.INVALID_VALUE');
  assert.is(codeOf("INTERVAL 'x' DAY"), 'INVALID_INTERVAL_FORMAT.INVALID_VALUE');
  assert.is(codeOf("INTERVAL '1' DAY TO YEAR"), 'INVALID_INTERVAL_FORMAT.UNSUPPORTED_FROM_TO_EXPRESSION');
  assert.is(codeOf("INTERVAL '3000000000' MONTH"), 'INVALID_INTERVAL_FORMAT.ARITHMETIC_EXCEPTION');
  assert.is(codeOf('INTERVAL 1 MONTH 1 DAY'), 'UNSUPPORTED_FEATURE');
});

test('types and schemas', () => {
  const types = {
    LONG: 'bigint',
    'dec(5)': 'decimal(5,0)',
    'varchar(20)': 'string',
    timestamp_ltz: 'timestamp',
    'interval day to second': 'interval day to second',
  };
  for (const [sql, wanted] of Object.entries(types)) assert.is(typeName(parseDataType(sql)), wanted);
  const { fields } = parseSchema("a int NOT NULL, `b c`: struct<x:array<int>,y string> COMMENT 'why'");
  assert.equal(
    fields.map((f) => [f.name, typeName(f.type), f.nullable]),
    [
      ['a', 'int', false],
      ['b c', 'struct<x:array<int>,y:string>', true],
    ],
  );
  assert.equal(parseSchema('struct<a:int>'), parseSchema('a int'));
});

test.run();
