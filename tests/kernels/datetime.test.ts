import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LiteralValue } from '../../lib/core/expr/expr.js';
import {
  BIGINT,
  BOOLEAN,
  DATE,
  DAY_TIME_INTERVAL,
  DOUBLE,
  INT,
  STRING,
  TIMESTAMP,
  YEAR_MONTH_INTERVAL,
  decimal,
  type DataType,
} from '../../lib/core/types/data-type.js';
import { random } from '../codegen/vectors.js';
import { call, cast, literal, project, range, slot, type Column } from '../codegen/world.js';

const DAY = 86_400_000_000n;
const MOST = 2n ** 63n - 1n;
const day = (text: string): number => Date.parse(`${text}T00:00:00Z`) / 86_400_000;
const micros = (text: string): bigint => BigInt(Date.parse(`${text}Z`)) * 1000n;

/** One function over columns of arguments; null rows between. */
function over(
  fn: string,
  type: DataType,
  types: readonly DataType[],
  rows: readonly (readonly LiteralValue[])[],
): LiteralValue[] {
  const columns: Column[] = types.map((t, i) => ({ type: t, values: rows.flatMap((row) => [row[i]!, null]) }));
  const out = project([call(fn, type, ...types.map((t, i) => slot(i, t)))], columns)[0]!;
  out.forEach((value, i) => i % 2 === 1 && assert.is(value, null, fn));
  return out.filter((_, i) => i % 2 === 0);
}

const one = (fn: string, type: DataType, types: readonly DataType[], ...row: LiteralValue[]): LiteralValue =>
  over(fn, type, types, [row])[0]!;

function raises(code: string, fn: string, type: DataType, types: readonly DataType[], ...row: LiteralValue[]): void {
  let caught: unknown;
  try {
    one(fn, type, types, ...row);
  } catch (error) {
    caught = error;
  }
  assert.is((caught as { code?: string } | undefined)?.code, code, `${fn}(${row.join()})`);
}

test('fields of dates agree with JavaScript over many centuries', () => {
  const next = random(5);
  const days = range(3000).map((i) => (i < 1500 ? 18000 + i : Math.floor((next() - 0.5) * 8e6)));
  const utc = (d: number): Date => new Date(d * 86_400_000);
  const twins: Record<string, (d: Date, n: number) => number> = {
    year: (d) => d.getUTCFullYear(),
    quarter: (d) => Math.floor(d.getUTCMonth() / 3) + 1,
    month: (d) => d.getUTCMonth() + 1,
    day: (d) => d.getUTCDate(),
    dayofweek: (d) => d.getUTCDay() + 1,
    weekday: (d) => (d.getUTCDay() + 6) % 7,
  };
  for (const [fn, twin] of Object.entries(twins)) {
    const expected = days.map((n) => twin(utc(n), n));
    assert.equal(
      over(
        fn,
        INT,
        [DATE],
        days.map((n) => [n]),
      ),
      expected,
      fn,
    );
  }
});

test('weeks, days of the year, last days', () => {
  const given = ['2024-02-29', '2023-12-31', '1969-12-31', '0001-01-01', '9999-12-31', '2021-01-03', '2024-12-30'].map((t) => [
    day(t),
  ]);
  assert.equal(over('weekofyear', INT, [DATE], given), [9, 52, 1, 1, 52, 53, 1]);
  assert.equal(over('year_of_week', INT, [DATE], given), [2024, 2023, 1970, 1, 9999, 2020, 2025]);
  assert.equal(over('dayofyear', INT, [DATE], given), [60, 365, 365, 1, 365, 3, 365]);
  assert.is(one('last_day', DATE, [DATE], day('2024-02-01')), day('2024-02-29'));
  assert.is(one('unix_date', INT, [DATE], 19000), 19000);
});

test('fields of timestamps, before 1970 too', () => {
  const before = micros('1969-12-31T23:59:59.500');
  const after = micros('2024-02-29T12:34:56.789') + 12n;
  assert.equal(over('hour', INT, [TIMESTAMP], [[before], [after]]), [23, 12]);
  assert.equal(over('minute', INT, [TIMESTAMP], [[before], [after]]), [59, 34]);
  assert.equal(over('second', INT, [TIMESTAMP], [[before], [after]]), [59, 56]);
  assert.equal(over('second_with_fraction', decimal(8, 6), [TIMESTAMP], [[before], [after]]), [59_500_000n, 56_789_012n]);
});

test('date_trunc and trunc: by a literal and by a column', () => {
  const at = micros('2024-11-28T12:34:56.789') + 12n;
  const cut: Record<string, LiteralValue> = {
    year: micros('2024-01-01T00:00:00'),
    YY: micros('2024-01-01T00:00:00'),
    Quarter: micros('2024-10-01T00:00:00'),
    mon: micros('2024-11-01T00:00:00'),
    week: micros('2024-11-25T00:00:00'),
    dd: micros('2024-11-28T00:00:00'),
    hour: micros('2024-11-28T12:00:00'),
    MINUTE: micros('2024-11-28T12:34:00'),
    second: micros('2024-11-28T12:34:56'),
    millisecond: micros('2024-11-28T12:34:56.789'),
    microsecond: at,
    decade: null,
    'a unit longer than twelve': null,
  };
  const dates = new Set(['year', 'YY', 'Quarter', 'mon', 'week']);
  for (const [unit, expected] of Object.entries(cut)) {
    const column: Column = { type: TIMESTAMP, values: [at, null] };
    const [constant] = project([call('date_trunc', TIMESTAMP, literal(STRING, unit), slot(0, TIMESTAMP))], [column]);
    assert.equal(constant, [expected, null], unit);
    assert.is(one('date_trunc', TIMESTAMP, [STRING, TIMESTAMP], unit, at), expected, unit);
    const asDate = dates.has(unit) ? Number((expected as bigint) / DAY) : null;
    assert.is(one('trunc', DATE, [DATE, STRING], day('2024-11-28'), unit), asDate, unit);
  }
});

test('moving dates', () => {
  assert.is(one('date_add', DATE, [DATE, INT], 10, 5), 15);
  assert.is(one('date_sub', DATE, [DATE, INT], 10, 15), -5);
  assert.is(one('date_diff', INT, [DATE, DATE], 10, 15), -5);
  const months = [
    [day('2024-01-31'), 1],
    [day('2024-02-29'), -12],
    [day('2023-12-31'), 2],
    [day('0001-03-31'), -1],
  ];
  const moved = ['2024-02-29', '2023-02-28', '2024-02-29', '0001-02-28'].map(day);
  assert.equal(over('add_months', DATE, [DATE, INT], months), moved);
  raises('DATETIME_OVERFLOW', 'add_months', DATE, [DATE, INT], 0, 2 ** 31 - 1);
  const names = ['MO', 'tue', 'Wednesday', 'th', 'FRI', 'saturday', 'sun', 'thursday'];
  const next = ['2024-03-04', '2024-03-05', '2024-03-06', '2024-03-07', '2024-03-01', '2024-03-02', '2024-03-03', '2024-03-07'];
  assert.equal(
    over(
      'next_day',
      DATE,
      [DATE, STRING],
      names.map((n) => [day('2024-02-29'), n]),
    ),
    next.map(day),
  );
  for (const bad of ['', 'x', 'mond', 'wednesdays', 'not a day at all'])
    raises('ILLEGAL_DAY_OF_WEEK', 'next_day', DATE, [DATE, STRING], 0, bad);
});

test('make_date checks its fields', () => {
  const types = [INT, INT, INT];
  assert.equal(
    over('make_date', DATE, types, [
      [2024, 2, 29],
      [1, 1, 1],
      [1969, 12, 31],
    ]),
    [day('2024-02-29'), day('0001-01-01'), -1],
  );
  for (const bad of [
    [2023, 2, 29],
    [2024, 13, 1],
    [2024, 0, 1],
    [2024, 1, 0],
    [2024, 4, 31],
    [2 ** 31 - 1, 1, 1],
  ])
    raises('DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION', 'make_date', DATE, types, ...bad);
});

test('months_between', () => {
  const types = [TIMESTAMP, TIMESTAMP, BOOLEAN];
  const [a, b] = [micros('1997-02-28T10:30:00'), micros('1996-10-30T00:00:00')];
  assert.is(one('months_between', DOUBLE, types, a, b, true), 3.94959677);
  assert.is(one('months_between', DOUBLE, types, a, b, false), 3.9495967741935485);
  assert.is(one('months_between', DOUBLE, types, micros('2024-02-29T01:00:00'), micros('2024-01-31T00:00:00'), true), 1);
});

test('timestamps and intervals', () => {
  const t = micros('2024-01-31T10:00:00');
  assert.is(one('timestamp_plus_day_time', TIMESTAMP, [TIMESTAMP, DAY_TIME_INTERVAL], t, DAY), t + DAY);
  assert.is(one('timestamp_minus_day_time', TIMESTAMP, [TIMESTAMP, DAY_TIME_INTERVAL], t, DAY), t - DAY);
  const ym = [TIMESTAMP, YEAR_MONTH_INTERVAL];
  assert.is(one('timestamp_plus_year_month', TIMESTAMP, ym, t, 1), micros('2024-02-29T10:00:00'));
  assert.is(one('timestamp_minus_year_month', TIMESTAMP, ym, t, 2), micros('2023-11-30T10:00:00'));
  for (const edge of [MOST, -MOST - 1n]) assert.is(one('timestamp_plus_year_month', TIMESTAMP, ym, edge, 0), edge);
  raises('DATETIME_OVERFLOW', 'timestamp_plus_year_month', TIMESTAMP, ym, MOST, 1);
  raises('DATETIME_OVERFLOW', 'timestamp_minus_year_month', TIMESTAMP, ym, -MOST, 1);
  raises('DATETIME_OVERFLOW', 'timestamp_plus_day_time', TIMESTAMP, [TIMESTAMP, DAY_TIME_INTERVAL], MOST, 1n);
  assert.is(one('timestamp_diff', DAY_TIME_INTERVAL, [TIMESTAMP, TIMESTAMP], t, t - 7n), 7n);
  raises('DATETIME_OVERFLOW', 'timestamp_diff', DAY_TIME_INTERVAL, [TIMESTAMP, TIMESTAMP], MOST, -1n);
  assert.is(one('date_minus_date', DAY_TIME_INTERVAL, [DATE, DATE], 3, 5), -2n * DAY);
  raises('DATETIME_OVERFLOW', 'date_minus_date', DAY_TIME_INTERVAL, [DATE, DATE], 2 ** 31 - 1, 0);
});

test('timestampdiff counts whole units, both ways', () => {
  const [a, b] = [micros('2024-01-31T10:00:00'), micros('2025-03-31T09:59:59')];
  const columns: Column[] = [a, b].map((value) => ({ type: TIMESTAMP, values: [value] }));
  const units = { microsecond: b - a, second: (b - a) / 1_000_000n, day: 424n, week: 60n, month: 13n, quarter: 4n, year: 1n };
  for (const [unit, expected] of Object.entries(units)) {
    const diff = (x: number, y: number): ReturnType<typeof call> =>
      call('timestampdiff', BIGINT, literal(STRING, unit), slot(x, TIMESTAMP), slot(y, TIMESTAMP));
    assert.equal(project([diff(0, 1), diff(1, 0)], columns), [[expected], [-expected]], unit);
  }
});

test('interval arithmetic', () => {
  const [dt, ym] = [DAY_TIME_INTERVAL, YEAR_MONTH_INTERVAL];
  const code = 'INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION';
  assert.is(one('interval_add', dt, [dt, dt], 1n, 2n), 3n);
  assert.is(one('interval_subtract', ym, [ym, ym], 1, 2), -1);
  raises(code, 'interval_add', dt, [dt, dt], MOST, 1n);
  raises(code, 'interval_subtract', ym, [ym, ym], -(2 ** 31), 1);
  assert.is(one('try_interval_add', ym, [ym, ym], 2 ** 31 - 1, 1), null);
  assert.is(one('interval_multiply', dt, [dt, BIGINT], DAY, 2n), 2n * DAY);
  assert.is(one('interval_multiply', ym, [ym, DOUBLE], 5, -0.5), -3);
  assert.is(one('interval_multiply', dt, [dt, decimal(10, 2)], 3n, 150n), 5n);
  assert.is(one('interval_multiply', dt, [dt, decimal(38, 0)], -1n, 2n ** 63n), -MOST - 1n);
  raises(code, 'interval_multiply', dt, [dt, decimal(38, 0)], 1n, 2n ** 63n);
  raises(code, 'interval_multiply', ym, [ym, BIGINT], 2, 2n ** 31n);
  raises(code, 'interval_multiply', dt, [dt, DOUBLE], 2n, NaN);
  assert.is(one('try_interval_multiply', dt, [dt, BIGINT], MOST, 2n), null);
  assert.equal(
    over(
      'interval_divide',
      ym,
      [ym, BIGINT],
      [
        [7, 2n],
        [-7, 2n],
        [7, -3n],
        [0, MOST],
      ],
    ),
    [4, -4, -2, 0],
  );
  assert.is(one('interval_divide', dt, [dt, DOUBLE], 3n * DAY, 2), (3n * DAY) / 2n);
  assert.is(one('interval_divide', dt, [dt, decimal(10, 2)], 3n, 200n), 2n);
  for (const [type, nought] of [
    [BIGINT, 0n],
    [DOUBLE, 0],
    [decimal(10, 2), 0n],
    [decimal(38, 2), 0n],
  ] as const) {
    raises('INTERVAL_DIVIDED_BY_ZERO', 'interval_divide', dt, [dt, type], 1n, nought);
    assert.is(one('try_interval_divide', dt, [dt, type], 1n, nought), null);
  }
  raises(code, 'interval_divide', dt, [dt, BIGINT], -MOST - 1n, -1n);
});

test('fields and casts of intervals', () => {
  const [dt, ym] = [DAY_TIME_INTERVAL, YEAR_MONTH_INTERVAL];
  const interval = -(3n * DAY + 4n * 3_600_000_000n + 5n * 60_000_000n + 6_000_007n);
  assert.is(one('interval_day', INT, [dt], interval), -3);
  assert.is(one('interval_hour', INT, [dt], interval), -4);
  assert.is(one('interval_minute', INT, [dt], interval), -5);
  assert.is(one('interval_second', decimal(8, 6), [dt], interval), -6_000_007n);
  assert.is(one('days_of_interval', INT, [dt], interval), -3);
  assert.is(one('interval_year', INT, [ym], -25), -2);
  assert.is(one('interval_month', INT, [ym], -25), -1);
  assert.is(one('months_of_interval', INT, [ym], -25), -25);
  const hours: DataType = { kind: 'day_time_interval', from: 'hour', to: 'hour' };
  const years: DataType = { kind: 'year_month_interval', from: 'year', to: 'year' };
  const casts = [cast(slot(0, dt), hours), cast(slot(1, ym), years), cast(slot(2, INT), hours), cast(slot(3, years), BIGINT)];
  const columns: Column[] = [
    { type: dt, values: [interval] },
    { type: ym, values: [-25] },
    { type: INT, values: [2] },
    { type: years, values: [36] },
  ];
  assert.equal(project(casts, columns), [[-76n * 3_600_000_000n], [-24], [7_200_000_000n], [3n]]);
});

test('casts between intervals and decimals', () => {
  const minutes: DataType = { kind: 'day_time_interval', from: 'minute', to: 'minute' };
  const seconds: DataType = { kind: 'day_time_interval', from: 'second', to: 'second' };
  const months: DataType = { kind: 'year_month_interval', from: 'month', to: 'month' };
  const amount = decimal(10, 1);
  const columns: Column[] = [
    { type: amount, values: [15n, -25n, null] },
    { type: seconds, values: [1_500_000n, -1n, null] },
    { type: minutes, values: [60_000_000n, -120_000_000n, null] },
  ];
  const casts = [
    cast(slot(0, amount), minutes),
    cast(slot(0, amount), months),
    cast(slot(1, seconds), decimal(20, 6)),
    cast(slot(2, minutes), decimal(9, 2)),
  ];
  assert.equal(project(casts, columns), [
    [90_000_000n, -150_000_000n, null],
    [2, -3, null],
    [1_500_000n, -1n, null],
    [100n, -200n, null],
  ]);
});

test.run();
