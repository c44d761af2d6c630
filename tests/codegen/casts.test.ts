import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Bound } from '../../lib/core/expr/bound.js';
import type { LiteralValue } from '../../lib/core/expr/expr.js';
import {
  BIGINT,
  BOOLEAN,
  DATE,
  decimal,
  DOUBLE,
  FLOAT,
  INT,
  SMALLINT,
  STRING,
  TIMESTAMP,
  TINYINT,
  type DataType,
} from '../../lib/core/types/data-type.js';
import { cachedModules, compileStage, runConstants } from '../../lib/codegen/index.js';
import { signedLeb, signedLeb64, unsignedLeb } from '../../lib/codegen/encoder.js';
import { allocate, call, cast, kernels, literal, project, slot, test_, views } from './world.js';

/** Values, or the error's condition, of one expression over one column. */
function answers(make: (x: Bound) => Bound, type: DataType, values: readonly LiteralValue[]): LiteralValue[] {
  return values.map((value) => {
    try {
      return project([make(slot(0, type))], [{ type, values: [value] }])[0]![0]!;
    } catch (error) {
      return (error as { code: string }).code;
    }
  });
}

const to =
  (type: DataType, mode: 'ansi' | 'try' = 'ansi') =>
  (x: Bound): Bound =>
    cast(x, type, mode);

test('numbers to numbers', () => {
  assert.equal(answers(to(TINYINT), INT, [127, 128, -128, -129, null]), [127, 'CAST_OVERFLOW', -128, 'CAST_OVERFLOW', null]);
  assert.equal(answers(to(INT), BIGINT, [2147483647n, 2147483648n]), [2147483647, 'CAST_OVERFLOW']);
  assert.equal(answers(to(INT), DOUBLE, [1.9, -1.9, 2147483647.9, 2147483648, NaN, -2147483648.9]), [
    1,
    -1,
    2147483647,
    'CAST_OVERFLOW',
    'CAST_OVERFLOW',
    -2147483648,
  ]);
  assert.equal(answers(to(BIGINT), DOUBLE, [2 ** 63, 1e19]), [9223372036854775807n, 'CAST_OVERFLOW']);
  assert.equal(answers(to(SMALLINT, 'try'), DOUBLE, [1e9, 5.5]), [null, 5]);
  assert.equal(answers(to(FLOAT), BIGINT, [16777217n]), [16777216]);
  assert.equal(answers(to(decimal(5, 2)), INT, [999, 1000]), [99900n, 'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION']);
  assert.equal(answers(to(decimal(38, 18)), BIGINT, [9223372036854775807n]), [9223372036854775807n * 10n ** 18n]);
  assert.equal(answers(to(decimal(38, 20)), BIGINT, [9223372036854775807n]), ['NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION']);
  assert.equal(answers(to(INT), decimal(20, 2), [99999999999n, -150n, 10n ** 18n]), [999999999, -1, 'CAST_OVERFLOW']);
  assert.equal(answers(to(BOOLEAN), DOUBLE, [0, -0, 0.5]), [false, false, true]);
  assert.equal(answers(to(decimal(3, 1)), BOOLEAN, [true]), [10n]);
});

test('dates and timestamps', () => {
  assert.equal(answers(to(TIMESTAMP), DATE, [-1, 1]), [-86_400_000_000n, 86_400_000_000n]);
  assert.equal(answers(to(DATE), TIMESTAMP, [-1n, 86_400_000_000n]), [-1, 1]);
  assert.equal(answers(to(BIGINT), TIMESTAMP, [-1n, 1_999_999n]), [-1n, 1n]);
  assert.equal(answers(to(TIMESTAMP), BIGINT, [5n, 2n ** 62n, -(2n ** 62n)]), [5_000_000n, 2n ** 63n - 1n, -(2n ** 63n)]);
  assert.equal(answers(to(TIMESTAMP), DOUBLE, [1.5, NaN]), [1_500_000n, 'CAST_INVALID_INPUT']);
  assert.equal(answers(to(decimal(20, 6)), TIMESTAMP, [1_500_000n]), [1_500_000n]);
});

test('rounding and logarithms', () => {
  const digits = (n: number): Bound => literal(INT, n);
  assert.equal(
    answers((x) => call('round', DOUBLE, x, digits(2)), DOUBLE, [2.675, -2.675, 1e300, NaN, 0.005]),
    [2.68, -2.68, 1e300, NaN, 0.01],
  );
  assert.equal(
    answers((x) => call('round', DOUBLE, x), DOUBLE, [2.5, -2.5, 0.49999999999999994, 2 ** 52 + 1]),
    [3, -3, 0, 2 ** 52 + 1],
  );
  assert.equal(
    answers((x) => call('bround', DOUBLE, x), DOUBLE, [2.5, 3.5]),
    [2, 4],
  );
  assert.equal(
    answers((x) => call('round', INT, x, digits(-1)), INT, [15, -15, 14, 2147483647]),
    [20, -20, 10, 'ARITHMETIC_OVERFLOW'],
  );
  assert.equal(
    answers((x) => call('floor', BIGINT, x), DOUBLE, [-1.5, 1.5]),
    [-2n, 1n],
  );
  assert.equal(
    answers((x) => call('ln', DOUBLE, x), DOUBLE, [0, -1, 1]),
    [null, null, 0],
  );
  assert.equal(
    answers((x) => call('power', DOUBLE, x, literal(DOUBLE, 0.5)), DOUBLE, [2]),
    [Math.SQRT2],
  );
  assert.equal(
    answers((x) => call('abs', INT, x), INT, [-5, -2147483648]),
    [5, 'ARITHMETIC_OVERFLOW'],
  );
  assert.equal(
    answers((x) => call('sign', DOUBLE, x), DOUBLE, [-3, 0, 7]),
    [-1, 0, 1],
  );
});

test('an error message shows the value as Spark does', () => {
  try {
    project([cast(slot(0, DOUBLE), INT)], [{ type: DOUBLE, values: [1e10] }]);
    assert.unreachable();
  } catch (error) {
    assert.is(
      (error as Error).message,
      'The value 10000000000.0D of the type "DOUBLE" cannot be cast to "INT" due to an overflow. Use `try_cast` to tolerate overflow and return NULL instead.',
    );
  }
});

test('constants are computed by the same code', () => {
  const world = { views, kernels, address: allocate(65536), bytes: 65536 };
  const results = runConstants(
    [
      call('add', INT, literal(INT, 1), literal(INT, 2)),
      call('mod', INT, literal(INT, 1), literal(INT, 0)),
      literal(STRING, 'a constant of some length'),
      literal(STRING, null),
    ],
    world,
  );
  assert.equal(
    results.map((r) => (r.kind === 'value' ? r.value : r.error.code)),
    [3, 'REMAINDER_BY_ZERO', 'a constant of some length', null],
  );
});

test('stages of one shape are one module, whatever their constants', () => {
  const compile = (limit: number): Uint8Array =>
    compileStage(
      {
        id: 0,
        pipelines: [
          {
            slots: [{ type: INT, nullable: true }],
            source: { kind: 'range', start: 0n, end: 1n, step: 1n, partitions: 1 },
            steps: [{ kind: 'filter', condition: test_('<', slot(0, INT), literal(INT, limit)) }],
            outputs: [0],
          },
        ],
        sink: { kind: 'collect', retain: 'query' },
      },
      {
        blocks: () => [],
        stage: () => {
          throw new Error();
        },
      },
    ).module;
  assert.equal(compile(1), compile(123456));
  assert.ok(cachedModules() <= 256);
});

test('LEB128', () => {
  const bytes = (write: (out: number[]) => void): number[] => {
    const out: number[] = [];
    write(out);
    return out;
  };
  assert.equal(
    bytes((out) => unsignedLeb(out, 624485)),
    [0xe5, 0x8e, 0x26],
  );
  assert.equal(
    bytes((out) => unsignedLeb(out, 0xffffffff)),
    [0xff, 0xff, 0xff, 0xff, 0x0f],
  );
  assert.equal(
    bytes((out) => signedLeb(out, -123456)),
    [0xc0, 0xbb, 0x78],
  );
  assert.equal(
    bytes((out) => signedLeb64(out, -1n)),
    [0x7f],
  );
  assert.equal(
    bytes((out) => signedLeb64(out, 64n)),
    [0xc0, 0x00],
  );
});

test.run();
