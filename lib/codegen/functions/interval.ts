import type { BoundCall, BoundCast } from '../../core/expr/bound.js';
import { DAY_TIME_INTERVAL, type DataType, type DecimalType } from '../../core/types/data-type.js';
import { exceedsWord, multiplyWords, widen } from '../decimal-parts.js';
import {
  guarded,
  strict,
  type CastEmitter,
  type CastTable,
  type Emitter,
  type FunctionTable,
  type NullFlag,
  type RowCompiler,
  type Value,
} from '../emitter.js';
import { F64, I32, I64, OP } from '../encoder.js';
import { outsideOf } from './arithmetic.js';
import { exactWords } from './datetime.js';
import { ROUND, rescale } from './decimal.js';

/** Year-month intervals (months, i32) and day-time intervals (microseconds, i64). */

const MICROS_PER_DAY = 86_400_000_000n;
const MICROS: { readonly [unit: string]: bigint } = {
  day: MICROS_PER_DAY,
  hour: 3_600_000_000n,
  minute: 60_000_000n,
  second: 1_000_000n,
};
/** Magnitudes a 64-bit result may have, and one more: −2^63 is a result, 2^63 shows as two words. */
const BOUND = 2n ** 63n + 1n;

const asWord = (e: RowCompiler, value: Value): number =>
  value.physical === 'i64' ? value.local : e.let(I64, () => e.f.get(value.local).op(OP.i64_extend_i32_s));

const either = (e: RowCompiler, a: number, b: number): number => e.let(I32, () => e.f.get(a).get(b).op(OP.i32_or));

const overflow = (e: RowCompiler, condition: number, node: BoundCall): NullFlag =>
  e.failIf(condition, { code: 'INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION', node });

/** A word as the interval of the call; `over` where the word itself is wrong already. */
function finish(e: RowCompiler, word: number, over: number | undefined, call: BoundCall): Value {
  if (call.type.kind === 'day_time_interval') return e.of(call.type, word, over === undefined ? false : overflow(e, over, call));
  const outside = outsideOf(e, word, call.type);
  const nulls = overflow(e, over === undefined ? outside : either(e, outside, over), call);
  return e.make(call.type, () => e.f.get(word).op(OP.i32_wrap_i64), nulls);
}

function sum(subtract: boolean): Emitter {
  return strict((e, [a, b], call) => {
    const { local, over } = exactWords(e, asWord(e, a!), asWord(e, b!), subtract);
    return finish(e, local, a!.physical === 'i64' ? over : undefined, call);
  });
}

/** What a kernel leaves in scratch, and whether it failed. */
function inScratch(e: RowCompiler, call: () => void): { readonly word: number; readonly failed: number } {
  const failed = e.let(I32, call);
  return { word: e.let(I64, () => e.f.get(e.scratch()).mem(OP.i64_load)), failed };
}

function rounded(e: RowCompiler, push: () => void, call: BoundCall): Value {
  const { word, failed } = inScratch(e, () => {
    push();
    e.f.get(e.scratch());
    e.kernel('interval_round', [F64, I32], [I32]);
  });
  return finish(e, word, failed, call);
}

/** interval × decimal or ÷ decimal, halves away from zero, and a local that is 1 where it leaves 64 bits. */
function withDecimal(
  e: RowCompiler,
  kernel: 'decimal_multiply' | 'decimal_divide',
  interval: Value,
  by: Value,
): { readonly word: number; readonly over: number } {
  const { f } = e;
  const [a, b] = [widen(e, interval), widen(e, by)];
  const { word, failed } = inScratch(e, () => {
    f.get(a.low).get(a.high).get(b.low).get(b.high);
    f.i32((by.type as DecimalType).scale)
      .i64(BigInt.asIntN(64, BOUND))
      .i64(0n)
      .get(e.scratch());
    e.kernel(kernel, [I64, I64, I64, I64, I32, I64, I64, I32], [I32]);
  });
  const high = e.let(I64, () => f.get(e.scratch()).mem(OP.i64_load, 8));
  return { word, over: either(e, failed, exceedsWord(e, { low: word, high })) };
}

function viaDecimal(
  e: RowCompiler,
  kernel: 'decimal_multiply' | 'decimal_divide',
  interval: Value,
  by: Value,
  call: BoundCall,
): Value {
  const { word, over } = withDecimal(e, kernel, interval, by);
  return finish(e, word, over, call);
}

const asDouble = (e: RowCompiler, value: Value): void =>
  void e.f.get(value.local).op(value.physical === 'i64' ? OP.f64_convert_i64_s : OP.f64_convert_i32_s);

const multiply: Emitter = guarded((e, args, call) => {
  const [interval, by] = [args[0]!, args[1]!];
  if (by.type.kind === 'decimal') return viaDecimal(e, 'decimal_multiply', interval, by, call);
  if (by.physical === 'f64') {
    const push = (): void => {
      asDouble(e, interval);
      e.f.get(by.local).op(OP.f64_mul);
    };
    return rounded(e, push, call);
  }
  const product = multiplyWords(e, asWord(e, interval), asWord(e, by));
  return finish(e, product.low, exceedsWord(e, product), call);
});

const divide: Emitter = guarded((e, args, call) => {
  const [interval, by] = [args[0]!, args[1]!];
  const { f } = e;
  const zero = e.let(I32, () => {
    f.get(by.local);
    if (by.physical === 'f64') f.f64(0).op(OP.f64_eq);
    else if (by.physical === 'i128') f.get(by.high).op(OP.i64_or, OP.i64_eqz);
    else f.op(by.physical === 'i64' ? OP.i64_eqz : OP.i32_eqz);
  });
  const nulls = e.failIf(zero, { code: 'INTERVAL_DIVIDED_BY_ZERO', node: call });
  const result = e.variable(call.type);
  // Dead rows do not reach the kernels.
  f.get(zero).if();
  e.assign(result, { ...e.nullOf(call.type), null: nulls });
  f.else();
  e.scoped(() => e.assign(result, quotient(e, interval, by, call)));
  f.end();
  return result.value();
});

function quotient(e: RowCompiler, interval: Value, by: Value, call: BoundCall): Value {
  if (by.type.kind === 'decimal') return viaDecimal(e, 'decimal_divide', interval, by, call);
  if (by.physical === 'f64') {
    const push = (): void => {
      asDouble(e, interval);
      e.f.get(by.local).op(OP.f64_div);
    };
    return rounded(e, push, call);
  }
  const [a, b] = [asWord(e, interval), asWord(e, by)];
  const { word, failed } = inScratch(e, () => {
    e.f.get(a).get(b).get(e.scratch());
    e.kernel('interval_divide_by', [I64, I64, I32], [I32]);
  });
  return finish(e, word, failed, call);
}

/** micros % of / unit, towards zero. */
function timeField(unit: bigint, of?: bigint): Emitter {
  return strict((e, [micros], call) =>
    e.make(call.type, () => {
      const { f } = e;
      f.get(micros!.local);
      if (of !== undefined) f.i64(of).op(OP.i64_rem_s);
      if (unit !== 1n) f.i64(unit).op(OP.i64_div_s);
      if (call.type.kind !== 'decimal') f.op(OP.i32_wrap_i64);
    }),
  );
}

const monthField = (op: number): Emitter =>
  strict((e, [months], call) => e.make(call.type, () => e.f.get(months!.local).i32(12).op(op)));

const both = (name: string, emitter: Emitter): [string, Emitter][] => [
  [name, emitter],
  [`try_${name}`, emitter],
];

export const intervalFunctions: FunctionTable = new Map<string, Emitter>([
  ...both('interval_add', sum(false)),
  ...both('interval_subtract', sum(true)),
  ...both('interval_multiply', multiply),
  ...both('interval_divide', divide),
  ['interval_year', monthField(OP.i32_div_s)],
  ['interval_month', monthField(OP.i32_rem_s)],
  ['interval_day', timeField(MICROS_PER_DAY)],
  ['interval_hour', timeField(MICROS['hour']!, MICROS_PER_DAY)],
  ['interval_minute', timeField(MICROS['minute']!, MICROS['hour'])],
  ['interval_second', timeField(1n, MICROS['minute'])],
  ['days_of_interval', timeField(MICROS_PER_DAY)],
  ['months_of_interval', strict((e, [months], call) => e.of(call.type, months!.local))],
]);

// ---- casts between intervals and whole numbers

/** What is smaller than the last field of the target is cut off. */
const toInterval: CastEmitter['emit'] = (e, input, cast) => {
  const { type } = cast;
  const { f } = e;
  if (type.kind === 'year_month_interval' && type.to === 'year')
    return e.make(type, () => f.get(input.local).get(input.local).i32(12).op(OP.i32_rem_s, OP.i32_sub));
  if (type.kind !== 'day_time_interval' || type.to === 'second') return e.of(type, input.local);
  const unit = MICROS[type.to]!;
  return e.make(type, () => f.get(input.local).get(input.local).i64(unit).op(OP.i64_rem_s, OP.i64_sub));
};

/** The amount of one unit of an interval type, by its last field. */
function unitOf(type: DataType): bigint {
  if (type.kind === 'year_month_interval') return type.to === 'year' ? 12n : 1n;
  return type.kind === 'day_time_interval' ? MICROS[type.to]! : 1n;
}

const castOverflow = (e: RowCompiler, condition: number, node: BoundCast, operand: Value): NullFlag =>
  e.failIf(condition, { code: 'CAST_OVERFLOW', node, operand });

const integerToInterval: CastEmitter['emit'] = (e, input, cast) => {
  const unit = e.let(I64, () => e.f.i64(unitOf(cast.type)));
  const product = multiplyWords(e, asWord(e, input), unit);
  const wide = exceedsWord(e, product);
  if (cast.type.kind === 'day_time_interval') return e.of(cast.type, product.low, castOverflow(e, wide, cast, input));
  const nulls = castOverflow(e, either(e, wide, outsideOf(e, product.low, cast.type)), cast, input);
  return e.make(cast.type, () => e.f.get(product.low).op(OP.i32_wrap_i64), nulls);
};

const intervalToInteger: CastEmitter['emit'] = (e, input, cast) => {
  const word = asWord(e, input);
  const count = e.let(I64, () => e.f.get(word).i64(unitOf(input.type)).op(OP.i64_div_s));
  if (cast.type.kind === 'bigint') return e.of(cast.type, count);
  const nulls = castOverflow(e, outsideOf(e, count, cast.type), cast, input);
  return e.make(cast.type, () => e.f.get(count).op(OP.i32_wrap_i64), nulls);
};

const decimalToInterval: CastEmitter['emit'] = (e, input, cast) => {
  const unit = e.make(DAY_TIME_INTERVAL, () => e.f.i64(unitOf(cast.type)));
  const { word, over } = withDecimal(e, 'decimal_multiply', unit, input);
  if (cast.type.kind === 'day_time_interval') return e.of(cast.type, word, castOverflow(e, over, cast, input));
  const nulls = castOverflow(e, either(e, over, outsideOf(e, word, cast.type)), cast, input);
  return e.make(cast.type, () => e.f.get(word).op(OP.i32_wrap_i64), nulls);
};

/** Seconds keep their fraction. */
const intervalToDecimal: CastEmitter['emit'] = (e, input, cast) => {
  const scale = input.type.kind === 'day_time_interval' && input.type.to === 'second' ? 6 : 0;
  const word = asWord(e, input);
  const count = scale === 6 ? word : e.let(I64, () => e.f.get(word).i64(unitOf(input.type)).op(OP.i64_div_s));
  const counted: Value = { ...input, type: { kind: 'decimal', precision: 19, scale }, physical: 'i64', local: count };
  const { value, failed } = rescale(e, counted, scale, cast.type as DecimalType, ROUND.halfUp);
  if (failed === undefined) return value;
  return { ...value, null: e.failIf(failed, { code: 'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION', node: cast, operand: input }) };
};

const INTEGERS = ['tinyint', 'smallint', 'int', 'bigint'];
const INTERVALS = ['year_month_interval', 'day_time_interval'];

export const intervalCasts: CastTable = new Map<string, CastEmitter>(
  INTERVALS.flatMap((interval): [string, CastEmitter][] => [
    [`${interval}>${interval}`, { guard: false, emit: toInterval }],
    [`decimal>${interval}`, { guard: true, emit: decimalToInterval }],
    [`${interval}>decimal`, { guard: true, emit: intervalToDecimal }],
    ...INTEGERS.flatMap((integer): [string, CastEmitter][] => [
      [`${integer}>${interval}`, { guard: true, emit: integerToInterval }],
      [`${interval}>${integer}`, { guard: true, emit: intervalToInteger }],
    ]),
  ]),
);
