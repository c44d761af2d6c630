import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Expr } from '../../lib/core/expr/expr.js';
import { formatBound } from '../../lib/core/expr/walk.js';
import {
  BIGINT,
  BOOLEAN,
  BINARY,
  DATE,
  DOUBLE,
  FLOAT,
  INT,
  SMALLINT,
  STRING,
  TIMESTAMP,
  TINYINT,
  dayTimeInterval,
  decimal,
  typeName,
  yearMonthInterval,
  NULL,
  type DataType,
} from '../../lib/core/types/data-type.js';
import { implicitCast, tightestCommonType, widerType, widerTypeOf, type TypeClass } from '../../lib/core/types/coercion.js';
import { adjustedDecimal, decimalResult, roundedDecimal, widerDecimal } from '../../lib/core/types/decimal.js';
import { canCast, castRefusal } from '../../lib/core/types/cast-rules.js';
import { as, big, bool, cast, dbl, dec, errorOf, fn, int, lit, nul, oneRow, project, run, str } from './analyzer-support.js';

const name = (type: DataType | undefined): string => (type === undefined ? 'none' : typeName(type));

const MEETINGS: readonly (readonly [DataType, DataType, tightest: string, wider: string])[] = [
  [TINYINT, SMALLINT, 'smallint', 'smallint'],
  [INT, BIGINT, 'bigint', 'bigint'],
  [INT, FLOAT, 'double', 'double'],
  [FLOAT, DOUBLE, 'double', 'double'],
  [NULL, DATE, 'date', 'date'],
  [DATE, TIMESTAMP, 'timestamp', 'timestamp'],
  [INT, decimal(12, 2), 'decimal(12,2)', 'decimal(12,2)'],
  [INT, decimal(2, 1), 'none', 'decimal(11,1)'],
  [BIGINT, decimal(38, 10), 'decimal(38,10)', 'decimal(38,10)'],
  [decimal(10, 2), decimal(12, 4), 'none', 'decimal(12,4)'],
  [decimal(38, 0), decimal(10, 4), 'none', 'decimal(38,0)'],
  [decimal(5, 2), DOUBLE, 'none', 'double'],
  [STRING, INT, 'none', 'bigint'],
  [STRING, decimal(5, 2), 'none', 'double'],
  [STRING, DATE, 'none', 'date'],
  [STRING, BOOLEAN, 'none', 'boolean'],
  [STRING, dayTimeInterval('day', 'day'), 'none', 'none'],
  [BOOLEAN, INT, 'none', 'none'],
  [DATE, INT, 'none', 'none'],
  [dayTimeInterval('day', 'day'), dayTimeInterval('hour', 'second'), 'interval day to second', 'interval day to second'],
  [yearMonthInterval('year', 'year'), yearMonthInterval('month', 'month'), 'interval year to month', 'interval year to month'],
];

test('two types meet the same way from both sides', () => {
  for (const [a, b, tightest, wider] of MEETINGS) {
    assert.equal([name(tightestCommonType(a, b)), name(widerType(a, b))], [tightest, wider], `${name(a)}, ${name(b)}`);
    assert.equal([name(tightestCommonType(b, a)), name(widerType(b, a))], [tightest, wider], `${name(b)}, ${name(a)}`);
  }
});

test('strings come first among many types', () => {
  assert.is(name(widerTypeOf([INT, STRING, INT])), 'bigint');
  assert.is(name(widerTypeOf([DATE, TIMESTAMP, STRING])), 'timestamp');
  assert.is(name(widerTypeOf([NULL, NULL])), 'void');
  assert.is(name(widerTypeOf([INT, BOOLEAN])), 'none');
});

const IMPLICIT: readonly (readonly [DataType, TypeClass, string])[] = [
  [INT, STRING, 'string'],
  [STRING, INT, 'int'],
  [STRING, 'numeric', 'double'],
  [STRING, 'decimal', 'decimal(38,18)'],
  [DOUBLE, INT, 'none'],
  [BIGINT, INT, 'int'],
  [DATE, TIMESTAMP, 'timestamp'],
  [TIMESTAMP, DATE, 'date'],
  [INT, DATE, 'none'],
  [NULL, 'numeric', 'double'],
  [INT, 'decimal', 'decimal(10,0)'],
  [BINARY, STRING, 'none'],
  [INT, [STRING, BINARY], 'string'],
  [FLOAT, [DOUBLE, 'decimal', BIGINT], 'double'],
  [dayTimeInterval('day', 'day'), 'numeric', 'none'],
];

test('arguments are cast where a call allows it', () => {
  for (const [from, to, expected] of IMPLICIT) {
    assert.is(name(implicitCast(from, to)), expected, `${name(from)} → ${typeof to === 'string' ? to : JSON.stringify(to)}`);
  }
});

test('decimal precision and scale', () => {
  assert.is(name(decimalResult('add', decimal(10, 2), decimal(10, 2))), 'decimal(11,2)');
  assert.is(name(decimalResult('add', decimal(38, 18), decimal(1, 0))), 'decimal(38,17)');
  assert.is(name(decimalResult('multiply', decimal(38, 18), decimal(20, 5))), 'decimal(38,6)');
  assert.is(name(decimalResult('divide', decimal(15, 2), decimal(20, 5))), 'decimal(38,20)');
  assert.is(name(decimalResult('mod', decimal(38, 0), decimal(20, 5))), 'decimal(20,5)');
  assert.is(name(adjustedDecimal(40, 3)), 'decimal(38,3)');
  assert.is(name(widerDecimal(decimal(38, 38), decimal(38, 0))), 'decimal(38,0)');
  assert.is(name(roundedDecimal(decimal(4, 3), -2)), 'decimal(3,0)');
});

test('which casts there are, and why not', () => {
  assert.ok(canCast(INT, TIMESTAMP));
  assert.not.ok(canCast(INT, DATE));
  assert.equal(castRefusal(INT, DATE), { kind: 'func', functions: '`DATE_FROM_UNIX_DATE`' });
  assert.equal(castRefusal(INT, BINARY), { kind: 'conf' });
  assert.equal(castRefusal(BINARY, INT), { kind: 'none' });
});

const DAY = lit(86_400_000_000n, dayTimeInterval('day', 'day'));
const HOURS = lit(129_600_000_000n, dayTimeInterval('hour', 'hour'));
const MONTH = lit(13, yearMonthInterval('month', 'month'));
const date = lit(0, DATE);
const timestamp = lit(0n, TIMESTAMP);

/** Expression → type and bound text. */
const TYPED: readonly (readonly [Expr, string, string])[] = [
  [fn('add', int(5), big(2n)), 'bigint', '(5 + 2)'],
  [fn('add', int(5), dec('2.50')), 'decimal(4,2)', '(5 + 2.50)'],
  [fn('add', cast(int(5), SMALLINT), dec('2.50')), 'decimal(8,2)', '(cast(cast(5 as smallint) as decimal(5,0)) + 2.50)'],
  [fn('add', str('10'), int(3)), 'bigint', '(cast(10 as bigint) + 3)'],
  [fn('add', str('10'), dec('3.5')), 'double', '(cast(10 as double) + cast(3.5 as double))'],
  [fn('add', nul, nul), 'double', '(NULL + NULL)'],
  [fn('divide', int(5), int(2)), 'double', '(5.0 / 2.0)'],
  [fn('divide', dec('1.25'), big(2n)), 'decimal(7,6)', '(1.25 / 2)'],
  [fn('div', int(5), nul), 'bigint', '(5 div NULL)'],
  [fn('pmod', dec('-7.5'), int(2)), 'decimal(2,1)', 'pmod(-7.5, 2)'],
  [fn('=', dec('1.0'), int(1)), 'boolean', '(1.0 = 1.0)'],
  [fn('<', str('1'), timestamp), 'boolean', "(cast(1 as timestamp) < TIMESTAMP '1970-01-01 00:00:00')"],
  [fn('<>', int(1), big(2n)), 'boolean', 'NOT (1 = 2)'],
  [fn('between', int(2), int(1), dec('3.5')), 'boolean', '((2 >= 1) AND (2.0 <= 3.5))'],
  [fn('in', int(1), big(2n), nul), 'boolean', '1 IN (2, NULL)'],
  [fn('add', date, DAY), 'date', "date_add(DATE '1970-01-01', 1)"],
  [fn('add', date, HOURS), 'timestamp', "(TIMESTAMP '1970-01-01 00:00:00' + INTERVAL '36' HOUR)"],
  [fn('subtract', date, MONTH), 'date', "add_months(DATE '1970-01-01', -13)"],
  [fn('subtract', timestamp, MONTH), 'timestamp', "(TIMESTAMP '1970-01-01 00:00:00' - INTERVAL '13' MONTH)"],
  [fn('subtract', date, date), 'interval day', "(DATE '1970-01-01' - DATE '1970-01-01')"],
  [
    fn('subtract', timestamp, date),
    'interval day to second',
    "(TIMESTAMP '1970-01-01 00:00:00' - TIMESTAMP '1970-01-01 00:00:00')",
  ],
  [fn('add', int(1), date), 'date', "date_add(DATE '1970-01-01', 1)"],
  [fn('add', str('2024-02-29'), HOURS), 'string', "cast((cast(2024-02-29 as timestamp) + INTERVAL '36' HOUR) as string)"],
  [fn('add', nul, MONTH), 'interval month', "(NULL + INTERVAL '13' MONTH)"],
  [fn('multiply', DAY, int(2)), 'interval day to second', "(INTERVAL '1' DAY * 2)"],
  [fn('coalesce', str('a'), int(1)), 'bigint', 'coalesce(cast(a as bigint), 1)'],
  [fn('if', nul, int(1), dec('2.5')), 'decimal(11,1)', 'CASE WHEN NULL THEN 1.0 ELSE 2.5 END'],
  [fn('nullif', int(1), int(1)), 'int', 'CASE WHEN (1 = 1) THEN NULL ELSE 1 END'],
  [fn('greatest', int(1), dec('2.5')), 'decimal(11,1)', 'greatest(1.0, 2.5)'],
  [fn('round', dec('2.675'), int(2)), 'decimal(4,2)', 'round(2.675, 2)'],
  [fn('floor', int(5)), 'bigint', '5'],
  [fn('ceil', dbl(2.5), int(1)), 'decimal(17,1)', 'ceil(cast(2.5 as decimal(30,15)), 1)'],
  [fn('concat', str('a'), int(1), nul), 'string', 'concat(a, cast(1 as string), NULL)'],
  [fn('extract', str('DOW_ISO'), date), 'int', "(weekday(DATE '1970-01-01') + 1)"],
  [fn('typeof', fn('sum', dec('1.5'))), 'string', 'decimal(12,1)'],
  [fn('and', fn('and', bool(true), nul), bool(false)), 'boolean', '(true AND NULL AND false)'],
];

test('expressions are typed and their coercions written', () => {
  for (const [expr, type, text] of TYPED) {
    const plan = run(project(oneRow, as(expr, 'v')));
    const bound = plan.kind === 'project' ? plan.exprs[0] : undefined;
    assert.is(name(bound?.type), type, text);
    assert.is(bound === undefined ? '' : formatBound(bound), text);
  }
});

const REFUSED: readonly (readonly [Expr, string])[] = [
  [
    fn('div', int(5), dbl(2)),
    'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES: Cannot resolve "(5 div 2.0)": the left and right operands have incompatible types ("BIGINT" and "DOUBLE").',
  ],
  [
    fn('add', str('1'), str('1')),
    'DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE: Cannot resolve "(1 + 1)": the operator requires the ("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH") type, not "STRING".',
  ],
  [
    fn('=', int(1), bool(true)),
    'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES: Cannot resolve "(1 = true)": the left and right operands have incompatible types ("INT" and "BOOLEAN").',
  ],
  [
    fn('bit_and', dbl(1.5)),
    'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE: Cannot resolve "bit_and(1.5)": the first parameter requires the "INTEGRAL" type, but "1.5" has the type "DOUBLE".',
  ],
  [
    fn('unix_date', timestamp),
    `DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE: Cannot resolve "unix_date(TIMESTAMP '1970-01-01 00:00:00')": the first parameter requires the "DATE" type, but "TIMESTAMP '1970-01-01 00:00:00'" has the type "TIMESTAMP".`,
  ],
  [
    cast(int(1), DATE),
    'DATATYPE_MISMATCH.CAST_WITH_FUNC_SUGGESTION: Cannot resolve "CAST(1 AS DATE)": "INT" cannot be cast to "DATE". Use the function `DATE_FROM_UNIX_DATE` instead.',
  ],
  [fn('upper'), 'WRONG_NUM_ARGS.WITHOUT_SUGGESTION: The function "upper" takes 1 parameters, but was given 0.'],
  [fn('uper', str('a')), 'UNRESOLVED_ROUTINE: No function named "uper". Did you mean "upper"?'],
  [fn('stack', str('a')), 'UNSUPPORTED_FEATURE: The function "stack" is not supported yet.'],
  [
    fn('extract', str('EPOCH'), date),
    'INVALID_EXTRACT_FIELD: Cannot extract "epoch". Fields: year, yearofweek, quarter, month, week, day, dayofweek, dayofweek_iso, doy, hour, minute, second.',
  ],
  [
    { kind: 'case', branches: [{ when: nul, then: int(1) }] },
    'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE: Cannot resolve "CASE WHEN NULL THEN 1 END": the first parameter requires the "BOOLEAN" type, but "NULL" has the type "VOID".',
  ],
];

test('wrong arguments say what is wanted', () => {
  for (const [expr, message] of REFUSED) {
    assert.is(errorOf(project(oneRow, expr)), message);
  }
});

test.run();
