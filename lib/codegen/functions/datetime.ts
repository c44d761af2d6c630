import type { BoundCall } from '../../core/expr/bound.js';
import type { ErrorCode } from '../../core/expr/error-codes.js';
import { guarded, strict, type Emitter, type FunctionTable, type NullFlag, type RowCompiler, type Value } from '../emitter.js';
import { I32, I64, F64, OP, type ValueType } from '../encoder.js';

/** Dates and timestamps in UTC, mostly a kernel call a row. */

const MICROS_PER_DAY = 86_400_000_000n;
const MOST = 2n ** 63n - 1n;

/** Units of date_trunc by lower-case name, as trunc_level numbers them. */
const LEVELS: ReadonlyMap<string, number> = new Map(
  ['microsecond', 'millisecond', 'second', 'minute', 'hour', 'day dd', 'week', 'month mon mm', 'quarter', 'year yyyy yy'].flatMap(
    (names, i) => names.split(' ').map((name): [string, number] => [name, i + 1]),
  ),
);
const LEVEL_WEEK = 7;

/** timestampdiff: microseconds of a unit, or its months. */
const UNIT_MICROS: { readonly [unit: string]: bigint } = {
  microsecond: 1n,
  millisecond: 1000n,
  second: 1_000_000n,
  minute: 60_000_000n,
  hour: 3_600_000_000n,
  day: MICROS_PER_DAY,
  dayofyear: MICROS_PER_DAY,
  week: 7n * MICROS_PER_DAY,
};
const UNIT_MONTHS: { readonly [unit: string]: bigint } = { month: 1n, quarter: 3n, year: 12n };

/** A kernel from the arguments as they are. */
function kernel(name: string, params: readonly ValueType[], result: ValueType): Emitter {
  return guarded((e, args, call) =>
    e.make(call.type, () => {
      for (const arg of args) e.f.get(arg.local);
      e.kernel(name, params, [result]);
    }),
  );
}

/** A kernel that writes its result to scratch and gives 1 where it cannot. */
export function failing(
  e: RowCompiler,
  call: BoundCall,
  name: string,
  params: readonly ValueType[],
  push: () => void,
  code: ErrorCode = 'DATETIME_OVERFLOW',
  operand?: Value,
): Value {
  const { f } = e;
  const failed = e.let(I32, () => {
    push();
    f.get(e.scratch());
    e.kernel(name, [...params, I32], [I32]);
  });
  const result = e.loadValue(call.type, e.scratch());
  return { ...result, null: e.failIf(failed, { code, node: call, ...(operand === undefined ? {} : { operand }) }) };
}

/** An i64 sum or difference and the local that is 1 where it left 64 bits. */
export function exactWords(
  e: RowCompiler,
  a: number,
  b: number,
  subtract: boolean,
): { readonly local: number; readonly over: number } {
  const { f } = e;
  const local = e.let(I64, () =>
    f
      .get(a)
      .get(b)
      .op(subtract ? OP.i64_sub : OP.i64_add),
  );
  // The sign of the result contradicts those of the operands.
  const over = e.let(I32, () => {
    f.get(a)
      .get(local)
      .op(OP.i64_xor)
      .get(b)
      .get(subtract ? a : local)
      .op(OP.i64_xor, OP.i64_and);
    f.i64(0n).op(OP.i64_lt_s);
  });
  return { local, over };
}

const datetimeOverflow = (e: RowCompiler, condition: number, call: BoundCall): NullFlag =>
  e.failIf(condition, { code: 'DATETIME_OVERFLOW', node: call });

function exact(subtract: boolean): Emitter {
  return strict((e, [a, b], call) => {
    const { local, over } = exactWords(e, a!.local, b!.local, subtract);
    return e.of(call.type, local, datetimeOverflow(e, over, call));
  });
}

const daysBy = (op: number): Emitter =>
  strict((e, [a, b], call) => e.make(call.type, () => e.f.get(a!.local).get(b!.local).op(op)));

function plusYearMonth(minus: boolean): Emitter {
  return guarded((e, [base, months], call) =>
    failing(e, call, 'timestamp_add_months', [I64, I64], () => {
      const { f } = e;
      f.get(base!.local);
      if (minus) f.i64(0n);
      f.get(months!.local).op(OP.i64_extend_i32_s);
      if (minus) f.op(OP.i64_sub);
    }),
  );
}

const addMonths: Emitter = guarded((e, [days, months], call) =>
  failing(e, call, 'date_add_months', [I32, I32], () => e.f.get(days!.local).get(months!.local)),
);

const makeDate: Emitter = guarded((e, [year, month, day], call) => {
  const push = (): void => void e.f.get(year!.local).get(month!.local).get(day!.local);
  return failing(e, call, 'date_make', [I32, I32, I32], push, 'DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION', day!);
});

/** A unit's level: known at compile time if it is a literal. */
function levelOf(e: RowCompiler, unit: Value, call: BoundCall, index: number): number {
  const known = e.literal(call.args[index]!);
  if (known === undefined)
    return e.let(I32, () => {
      e.f.get(unit.local);
      e.kernel('trunc_level', [I32], [I32]);
    });
  return e.let(I32, () => e.f.i32(typeof known === 'string' ? (LEVELS.get(known.toLowerCase()) ?? 0) : 0));
}

const dateTrunc: Emitter = guarded((e, [unit, micros], call) => {
  const level = levelOf(e, unit!, call, 0);
  const unknown = e.let(I32, () => e.f.get(level).op(OP.i32_eqz));
  const cut = (): void => {
    e.f.get(micros!.local).get(level);
    e.kernel('timestamp_trunc', [I64, I32], [I64]);
  };
  return e.make(call.type, cut, unknown);
});

const trunc: Emitter = guarded((e, [days, unit], call) => {
  const level = levelOf(e, unit!, call, 1);
  const unknown = e.let(I32, () => e.f.get(level).i32(LEVEL_WEEK).op(OP.i32_lt_s));
  const cut = (): void => {
    e.f.get(days!.local).op(OP.i64_extend_i32_s).get(level);
    e.kernel('date_trunc_days', [I64, I32], [I64]);
    e.f.op(OP.i32_wrap_i64);
  };
  return e.make(call.type, cut, unknown);
});

const nextDay: Emitter = guarded((e, [days, name], call) => {
  const weekday = e.let(I32, () => {
    e.f.get(name!.local);
    e.kernel('weekday_named', [I32], [I32]);
  });
  const unknown = e.let(I32, () => e.f.get(weekday).i32(0).op(OP.i32_lt_s));
  const nulls = e.failIf(unknown, { code: 'ILLEGAL_DAY_OF_WEEK', node: call, operand: name! });
  const next = (): void => {
    e.f.get(days!.local).get(weekday);
    e.kernel('date_next_day', [I32, I32], [I32]);
  };
  return e.make(call.type, next, nulls);
});

/** Days between dates as an interval of microseconds. */
const dateMinusDate: Emitter = strict((e, [a, b], call) => {
  const { f } = e;
  const days = e.let(I64, () => f.get(a!.local).op(OP.i64_extend_i32_s).get(b!.local).op(OP.i64_extend_i32_s, OP.i64_sub));
  const most = MOST / MICROS_PER_DAY;
  const over = e.let(I32, () =>
    f
      .get(days)
      .i64(most)
      .op(OP.i64_add)
      .i64(2n * most)
      .op(OP.i64_gt_u),
  );
  return e.make(call.type, () => f.get(days).i64(MICROS_PER_DAY).op(OP.i64_mul), datetimeOverflow(e, over, call));
});

const timestampDiff: Emitter = guarded((e, [, start, end], call) => {
  const { f } = e;
  const unit = String(e.literal(call.args[0]!));
  const months = UNIT_MONTHS[unit];
  if (months !== undefined)
    return e.make(call.type, () => {
      f.get(start!.local).get(end!.local);
      e.kernel('timestamp_months', [I64, I64], [I64]);
      f.i64(months).op(OP.i64_div_s);
    });
  const { local, over } = exactWords(e, end!.local, start!.local, true);
  const nulls = datetimeOverflow(e, over, call);
  return e.make(
    call.type,
    () =>
      f
        .get(local)
        .i64(UNIT_MICROS[unit] ?? 1n)
        .op(OP.i64_div_s),
    nulls,
  );
});

const FIELDS = ['year', 'quarter', 'month', 'day', 'dayofweek', 'weekday', 'dayofyear', 'weekofyear', 'year_of_week', 'last_day'];

export const datetimeFunctions: FunctionTable = new Map<string, Emitter>([
  ...FIELDS.map((name): [string, Emitter] => [name, kernel(`date_${name}`, [I32], I32)]),
  ...['hour', 'minute', 'second'].map((name): [string, Emitter] => [name, kernel(`time_${name}`, [I64], I32)]),
  ['second_with_fraction', kernel('time_second_micros', [I64], I64)],
  ['date_trunc', dateTrunc],
  ['trunc', trunc],
  ['date_add', daysBy(OP.i32_add)],
  ['date_sub', daysBy(OP.i32_sub)],
  ['date_diff', daysBy(OP.i32_sub)],
  ['add_months', addMonths],
  ['next_day', nextDay],
  ['months_between', kernel('months_between', [I64, I64, I32], F64)],
  ['make_date', makeDate],
  ['unix_date', strict((e, [days], call) => e.of(call.type, days!.local))],
  ['timestamp_plus_day_time', exact(false)],
  ['timestamp_minus_day_time', exact(true)],
  ['timestamp_plus_year_month', plusYearMonth(false)],
  ['timestamp_minus_year_month', plusYearMonth(true)],
  ['timestamp_diff', exact(true)],
  ['date_minus_date', dateMinusDate],
  ['timestampdiff', timestampDiff],
]);
