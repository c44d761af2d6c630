import type { BoundCast } from '../../core/expr/bound.js';
import type { DataType, DecimalType, TypeKind } from '../../core/types/data-type.js';
import { bigPowerOfTen, exceedsNarrow, exceedsWord, powerOfTen, widen, wordValue, type Wide } from '../decimal-parts.js';
import type { CastEmitter, CastTable, NullFlag, RowCompiler, Value } from '../emitter.js';
import { F64, I32, I64, OP, TRUNC } from '../encoder.js';
import { outsideOf } from './arithmetic.js';
import { ROUND, rescale } from './decimal.js';

/** Casts between numbers, booleans, dates and timestamps (UTC). Text is in text-casts.ts, intervals in interval.ts. */

type Emit = CastEmitter['emit'];

const MICROS = 1_000_000n;
const MICROS_PER_DAY = 86_400_000_000n;
const WORD_LIMIT = 2 ** 63;
const INTEGERS = ['tinyint', 'smallint', 'int', 'bigint'] as const;
const FLOATS = ['float', 'double'] as const;
const TIMES = ['timestamp', 'timestamp_ntz'] as const;

const castOverflow = (e: RowCompiler, condition: number, node: BoundCast, operand: Value): NullFlag =>
  e.failIf(condition, { code: 'CAST_OVERFLOW', node, operand });

/** An i64 as the integer type of the cast, with its range checked. */
function toInteger(e: RowCompiler, wide: number, cast: BoundCast, input: Value, alsoFailed?: number): Value {
  const { f } = e;
  const isLong = cast.type.kind === 'bigint';
  let failed = isLong ? undefined : outsideOf(e, wide, cast.type);
  if (alsoFailed !== undefined)
    failed = failed === undefined ? alsoFailed : e.let(I32, () => f.get(failed!).get(alsoFailed).op(OP.i32_or));
  const nulls = failed === undefined ? false : castOverflow(e, failed, cast, input);
  return e.make(cast.type, () => (isLong ? f.get(wide) : f.get(wide).op(OP.i32_wrap_i64)), nulls);
}

const asLong = (e: RowCompiler, input: Value): number =>
  input.physical === 'i64' ? input.local : e.let(I64, () => e.f.get(input.local).op(OP.i64_extend_i32_s));

const RANK: { readonly [K in TypeKind]?: number } = { tinyint: 0, smallint: 1, int: 2, bigint: 3 };

const integerToInteger: Emit = (e, input, cast) => {
  if (RANK[input.type.kind]! <= RANK[cast.type.kind]!)
    return cast.type.kind === 'bigint' ? e.of(cast.type, asLong(e, input)) : e.of(cast.type, input.local);
  return toInteger(e, asLong(e, input), cast, input);
};

const integerToFloat: Emit = (e, input, cast) => {
  const { f } = e;
  // Straight to the wanted precision: through a double a bigint would be rounded twice.
  if (cast.type.kind === 'float')
    return e.make(cast.type, () =>
      f.get(input.local).op(input.physical === 'i64' ? OP.f32_convert_i64_s : OP.f32_convert_i32_s, OP.f64_promote_f32),
    );
  return e.make(cast.type, () => f.get(input.local).op(input.physical === 'i64' ? OP.f64_convert_i64_s : OP.f64_convert_i32_s));
};

/** Towards zero; what is out of range, and NaN, overflows. The bounds are Spark's: floor(x) ≤ max and ceil(x) ≥ min, as doubles. */
const floatToInteger: Emit = (e, input, cast) => {
  const { f } = e;
  const isLong = cast.type.kind === 'bigint';
  const most = isLong ? 2 ** 63 : cast.type.kind === 'int' ? 2 ** 31 - 1 : cast.type.kind === 'smallint' ? 32767 : 127;
  const least = isLong ? -(2 ** 63) : -most - 1;
  const failed = e.let(I32, () => {
    f.get(input.local).op(OP.f64_floor).f64(most).op(OP.f64_le);
    f.get(input.local).op(OP.f64_ceil).f64(least).op(OP.f64_ge, OP.i32_and, OP.i32_eqz);
  });
  const nulls = castOverflow(e, failed, cast, input);
  return e.make(cast.type, () => f.get(input.local).op(...(isLong ? TRUNC.i64_f64 : TRUNC.i32_f64)), nulls);
};

const floatToFloat: Emit = (e, input, cast) => e.of(cast.type, e.roundFloat(cast.type, input.local));

const isNotZero: Emit = (e, input, cast) => {
  const { f } = e;
  return e.make(cast.type, () => {
    if (input.physical === 'f64') f.get(input.local).f64(0).op(OP.f64_ne);
    else if (input.physical === 'i32') f.get(input.local).i32(0).op(OP.i32_ne);
    else if (input.physical === 'i64') f.get(input.local).i64(0n).op(OP.i64_ne);
    else f.get(input.local).get(input.high).op(OP.i64_or).i64(0n).op(OP.i64_ne);
  });
};

const booleanToNumber: Emit = (e, input, cast) => {
  const { f } = e;
  switch (cast.type.kind) {
    case 'bigint':
      return e.make(cast.type, () => f.get(input.local).op(OP.i64_extend_i32_u));
    case 'float':
    case 'double':
      return e.make(cast.type, () => f.get(input.local).op(OP.f64_convert_i32_s));
    case 'decimal':
      return toDecimal(e, { ...input, physical: 'i32' }, 0, cast, cast.type, input);
    default:
      return e.of(cast.type, input.local);
  }
};

/** To a decimal from an unscaled number of some scale; half up; too many digits raise. */
function toDecimal(e: RowCompiler, input: Value, scale: number, cast: BoundCast, type: DecimalType, shown: Value): Value {
  if (e.isWord(cast)) {
    const { low } = widen(e, input);
    return wordValue(e, type, () =>
      e.f
        .get(low)
        .i64(bigPowerOfTen(type.scale - scale))
        .op(OP.i64_mul),
    );
  }
  const { value, failed } = rescale(e, input, scale, type, ROUND.halfUp);
  if (failed === undefined) return value;
  return { ...value, null: e.failIf(failed, { code: 'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION', node: cast, operand: shown }) };
}

const decimalType = (type: DataType): DecimalType => type as DecimalType;

const integerToDecimal: Emit = (e, input, cast) => {
  // The digits an integer type can have let `rescale` see what fits.
  const precision = { tinyint: 3, smallint: 5, int: 10 }[input.type.kind as string] ?? 19;
  return toDecimal(e, { ...input, type: { kind: 'decimal', precision, scale: 0 } }, 0, cast, decimalType(cast.type), input);
};

const decimalToDecimal: Emit = (e, input, cast) =>
  toDecimal(e, input, decimalType(input.type).scale, cast, decimalType(cast.type), input);

/** Exact where 15 digits suffice, which shows by going back; the others take the digits JavaScript would print, as Spark takes Java's. NaN and infinities are null. */
const floatToDecimal: Emit = (e, input, cast) => {
  const { f } = e;
  const type = decimalType(cast.type);
  const isFloat = input.type.kind === 'float';
  const result = e.variable(type);
  const failed = f.local(I32);
  const notNumber = e.let(I32, () => f.get(input.local).get(input.local).op(OP.f64_sub).f64(0).op(OP.f64_ne));
  f.i32(0).set(failed);
  const scaledUp = e.let(F64, () => f.get(input.local).f64(powerOfTen(type.scale)).op(OP.f64_mul, OP.f64_nearest));
  const simple = e.let(I32, () => {
    if (isFloat || type.scale > 22) f.i32(0);
    else {
      f.get(scaledUp).op(OP.f64_abs).f64(1e15).op(OP.f64_lt);
      f.get(scaledUp).f64(powerOfTen(type.scale)).op(OP.f64_div).get(input.local).op(OP.f64_eq, OP.i32_and);
    }
  });
  f.get(simple).if();
  e.scoped(() => {
    const low = e.let(I64, () => f.get(scaledUp).op(...TRUNC.i64_f64));
    if (type.precision < 16) f.get(exceedsNarrow(e, low, type.precision)).set(failed);
    e.assign(
      result,
      type.precision <= 18
        ? e.of(type, low)
        : e.of(
            type,
            low,
            false,
            e.let(I64, () => f.get(low).i64(63n).op(OP.i64_shr_s)),
          ),
    );
  });
  f.else();
  e.scoped(() => {
    // Writes the unscaled number to scratch; a flag comes back as a double, 1 where it does not fit.
    f.get(input.local)
      .f64(type.precision)
      .f64(type.scale)
      .f64(isFloat ? 1 : 0)
      .get(e.scratch())
      .op(OP.f64_convert_i32_u);
    e.math('decimalOfDouble', 5);
    f.f64(0).op(OP.f64_ne).set(failed);
    e.assign(result, e.loadValue(type, e.scratch()));
  });
  f.end();
  const nulls = e.failIf(failed, { code: 'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION', node: cast, operand: input });
  return { ...result.value(), null: e.eitherNull(notNumber, nulls) };
};

const decimalToFloat: Emit = (e, input, cast) => {
  const { f } = e;
  const { precision, scale } = decimalType(input.type);
  const double = e.let(F64, () => {
    if (precision <= 15) {
      f.get(input.local).op(OP.f64_convert_i64_s);
      if (scale > 0) f.f64(powerOfTen(scale)).op(OP.f64_div);
      return;
    }
    const { low, high } = widen(e, input);
    f.get(low).get(high).i32(scale).get(e.scratch());
    e.kernel('decimal_to_f64', [I64, I64, I32, I32], [F64]);
  });
  return e.of(cast.type, e.roundFloat(cast.type, double));
};

/** The whole part as a pair of words; the fraction is cut off. */
function wholePart(e: RowCompiler, input: Value): Wide {
  const { scale } = decimalType(input.type);
  if (scale === 0) return widen(e, input);
  if (input.physical === 'i64') {
    const low = e.let(I64, () => e.f.get(input.local).i64(bigPowerOfTen(scale)).op(OP.i64_div_s));
    return { low, high: e.let(I64, () => e.f.get(low).i64(63n).op(OP.i64_shr_s)) };
  }
  const { value } = rescale(e, input, scale, { kind: 'decimal', precision: 38, scale: 0 }, ROUND.down);
  return { low: value.local, high: value.high };
}

const decimalToInteger: Emit = (e, input, cast) => {
  const whole = wholePart(e, input);
  return toInteger(e, whole.low, cast, input, input.physical === 'i64' ? undefined : exceedsWord(e, whole));
};

// ---- times

/** Seconds as microseconds; beyond the range the ends, as Java's TimeUnit. */
function secondsToMicros(e: RowCompiler, seconds: number): number {
  const { f } = e;
  const most = (2n ** 63n - 1n) / MICROS;
  return e.let(I64, () => {
    f.get(seconds).i64(MICROS).op(OP.i64_mul);
    f.i64(2n ** 63n - 1n)
      .i64(-(2n ** 63n))
      .get(seconds)
      .i64(0n)
      .op(OP.i64_gt_s, OP.select);
    f.get(seconds)
      .i64(most)
      .op(OP.i64_add)
      .i64(2n * most)
      .op(OP.i64_le_u, OP.select);
  });
}

const integerToTimestamp: Emit = (e, input, cast) => e.of(cast.type, secondsToMicros(e, asLong(e, input)));

const floatToTimestamp: Emit = (e, input, cast) => {
  const { f } = e;
  const notNumber = e.let(I32, () => f.get(input.local).get(input.local).op(OP.f64_sub).f64(0).op(OP.f64_ne));
  const malformed = e.failIf(notNumber, { code: 'CAST_INVALID_INPUT', node: cast, operand: input });
  const micros = e.let(F64, () => f.get(input.local).f64(1e6).op(OP.f64_mul));
  const over = e.let(I32, () => f.get(micros).op(OP.f64_abs).f64(WORD_LIMIT).op(OP.f64_gt));
  const outside = castOverflow(e, over, cast, input);
  return e.make(cast.type, () => f.get(micros).op(...TRUNC.i64_f64), e.eitherNull(malformed, outside));
};

const decimalToTimestamp: Emit = (e, input, cast) => {
  const { scale } = decimalType(input.type);
  const { value, failed } = rescale(e, input, scale, { kind: 'decimal', precision: 38, scale: 6 }, ROUND.down);
  const over = exceedsWord(e, { low: value.local, high: value.high });
  const either = failed === undefined ? over : e.let(I32, () => e.f.get(over).get(failed).op(OP.i32_or));
  return e.of(cast.type, value.local, castOverflow(e, either, cast, input));
};

/** Division that rounds down, by a positive constant. */
export function floorDivide(e: RowCompiler, value: number, divisor: bigint): number {
  const { f } = e;
  return e.let(I64, () => {
    f.get(value).i64(divisor).op(OP.i64_div_s);
    f.get(value).i64(divisor).op(OP.i64_rem_s).i64(63n).op(OP.i64_shr_s, OP.i64_add);
  });
}

const timestampToInteger: Emit = (e, input, cast) => toInteger(e, floorDivide(e, input.local, MICROS), cast, input);

const timestampToFloat: Emit = (e, input, cast) => {
  const double = e.let(F64, () => e.f.get(input.local).op(OP.f64_convert_i64_s).f64(1e6).op(OP.f64_div));
  return e.of(cast.type, e.roundFloat(cast.type, double));
};

const timestampToDecimal: Emit = (e, input, cast) =>
  toDecimal(e, { ...input, type: { kind: 'decimal', precision: 19, scale: 6 } }, 6, cast, decimalType(cast.type), input);

const dateToTimestamp: Emit = (e, input, cast) =>
  e.make(cast.type, () => e.f.get(input.local).op(OP.i64_extend_i32_s).i64(MICROS_PER_DAY).op(OP.i64_mul));

const timestampToDate: Emit = (e, input, cast) => {
  const days = floorDivide(e, input.local, MICROS_PER_DAY);
  return e.make(cast.type, () => e.f.get(days).op(OP.i32_wrap_i64));
};

const same: Emit = (e, input, cast) => e.of(cast.type, input.local, false, input.high);

function entries(from: readonly TypeKind[], to: readonly TypeKind[], emit: Emit, guard = false): [string, CastEmitter][] {
  return from.flatMap((a) => to.map((b): [string, CastEmitter] => [`${a}>${b}`, { guard, emit }]));
}

export const numericCasts: CastTable = new Map([
  ...entries(INTEGERS, INTEGERS, integerToInteger),
  ...entries(INTEGERS, FLOATS, integerToFloat),
  ...entries(INTEGERS, ['decimal'], integerToDecimal, true),
  ...entries(FLOATS, INTEGERS, floatToInteger),
  ...entries(FLOATS, FLOATS, floatToFloat),
  ...entries(FLOATS, ['decimal'], floatToDecimal, true),
  ...entries(['decimal'], INTEGERS, decimalToInteger, true),
  ...entries(['decimal'], FLOATS, decimalToFloat, true),
  ...entries(['decimal'], ['decimal'], decimalToDecimal, true),
  ...entries([...INTEGERS, ...FLOATS, 'decimal'], ['boolean'], isNotZero),
  ...entries(['boolean'], [...INTEGERS, ...FLOATS, 'decimal'], booleanToNumber),
  ...entries(INTEGERS, ['timestamp'], integerToTimestamp),
  ...entries(FLOATS, ['timestamp'], floatToTimestamp),
  ...entries(['decimal'], ['timestamp'], decimalToTimestamp, true),
  ...entries(['timestamp'], INTEGERS, timestampToInteger),
  ...entries(['timestamp'], FLOATS, timestampToFloat),
  ...entries(['timestamp'], ['decimal'], timestampToDecimal, true),
  ...entries(['date'], TIMES, dateToTimestamp),
  ...entries(TIMES, ['date'], timestampToDate),
  ...entries(TIMES, TIMES, same),
  ...entries(['date'], ['date'], same),
  ...entries(['string'], ['binary'], same),
]);
