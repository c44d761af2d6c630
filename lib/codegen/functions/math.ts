import type { BoundCall } from '../../core/expr/bound.js';
import { InternalError } from '../../core/errors.js';
import { guarded, strict, type Emitter, type FunctionTable, type RowCompiler, type Value } from '../emitter.js';
import { F64, I32, I64, OP, TRUNC } from '../encoder.js';
import { outsideOf } from './arithmetic.js';
import { ROUND, rescale } from './decimal.js';

/** Functions of doubles, and rounding of all numbers. */

/** One of JavaScript's Math, which is fdlibm's as Java's StrictMath is. */
function viaMath(name: string, count = 1): Emitter {
  return strict((e, args, call) =>
    e.make(call.type, () => {
      for (let i = 0; i < count; i++) e.f.get(args[i]!.local);
      e.math(name, count);
    }),
  );
}

const instruction = (opcode: number): Emitter => strict((e, [x], call) => e.make(call.type, () => e.f.get(x!.local).op(opcode)));

/** Logarithms are null at and below their asymptote; NaN is not below anything. */
function logarithm(asymptote: number, write: (e: RowCompiler, x: number) => void): Emitter {
  return strict((e, [x], call) => {
    const below = e.let(I32, () => e.f.get(x!.local).f64(asymptote).op(OP.f64_le));
    return e.make(call.type, () => write(e, x!.local), below);
  });
}

const natural = (e: RowCompiler, x: number): void => {
  e.f.get(x);
  e.math('log', 1);
};

/** log(base, x). One argument: the natural logarithm. */
const log = strict((e, args, call) => {
  const { f } = e;
  const base = args.length > 1 ? args[0] : undefined;
  const x = args.at(-1)!;
  const below = e.let(I32, () => {
    f.get(x.local).f64(0).op(OP.f64_le);
    if (base !== undefined) f.get(base.local).f64(0).op(OP.f64_le, OP.i32_or);
  });
  return e.make(
    call.type,
    () => {
      natural(e, x.local);
      if (base !== undefined) {
        natural(e, base.local);
        f.op(OP.f64_div);
      }
    },
    below,
  );
});

const sign = strict((e, [x], call) => {
  const { f } = e;
  const value = x!;
  if (value.type.kind === 'decimal' || value.physical === 'i64') {
    const top = value.physical === 'i128' ? value.high : value.local;
    const any = e.let(I64, () =>
      value.physical === 'i128' ? f.get(value.local).get(value.high).op(OP.i64_or) : f.get(value.local),
    );
    // −1, 0 or 1: the sign bits, or 1 where anything else is left
    return e.make(call.type, () => {
      f.get(top).i64(63n).op(OP.i64_shr_s).get(any).i64(0n).op(OP.i64_ne, OP.i64_extend_i32_u, OP.i64_or);
      if (call.type.kind === 'double') f.op(OP.f64_convert_i64_s);
      else if (call.type.kind === 'decimal' && call.type.precision > 18) f.get(top).i64(63n).op(OP.i64_shr_s);
    });
  }
  return e.make(call.type, () => {
    f.get(value.local)
      .get(value.local)
      .f64(0)
      .op(OP.f64_gt, OP.f64_convert_i32_s)
      .get(value.local)
      .f64(0)
      .op(OP.f64_lt, OP.f64_convert_i32_s, OP.f64_sub);
    // zero and NaN stay themselves
    f.get(value.local).f64(0).op(OP.f64_eq).get(value.local).get(value.local).op(OP.f64_ne, OP.i32_or, OP.select);
  });
});

/** The number of digits: a constant after folding. */
function digitsOf(e: RowCompiler, call: BoundCall): number {
  const arg = call.args[1];
  if (arg === undefined) return 0;
  const value = e.literal(arg);
  if (typeof value !== 'number' && typeof value !== 'bigint')
    throw new InternalError(`The scale of ${call.fn} is not a constant.`);
  return Number(value);
}

type Mode = keyof typeof ROUND;

/** round, bround, floor and ceil with a number of digits. */
function rounding(mode: Mode): Emitter {
  return guarded((e, args, call) => {
    const x = args[0]!;
    const digits = digitsOf(e, call);
    switch (x.physical) {
      case 'f64':
        return roundDouble(e, x, digits, mode, call);
      case 'i32':
        return roundInteger(e, x, digits, mode, call);
      default:
        return x.type.kind === 'decimal'
          ? roundDecimal(e, x, x.type.scale, digits, mode, call)
          : roundInteger(e, x, digits, mode, call);
    }
  });
}

function roundDecimal(e: RowCompiler, x: Value, scale: number, digits: number, mode: Mode, call: BoundCall): Value {
  if (call.type.kind !== 'decimal') throw new InternalError(`${call.fn} of a decimal is not a decimal.`);
  const { type } = call;
  const raise = (made: { readonly value: Value; readonly failed: number | undefined }): Value =>
    made.failed === undefined
      ? made.value
      : {
          ...made.value,
          null: e.failIf(made.failed, { code: 'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION', node: call, operand: x }),
        };
  if (digits >= type.scale && type.scale <= scale) {
    const target = digits >= scale ? scale : digits;
    if (target === type.scale) return raise(rescale(e, x, scale, type, ROUND[mode]));
  }
  // To tens and hundreds: down to −digits, and up again.
  const cut = { ...type, precision: 38, scale: Math.min(digits, scale) };
  const down = raise(rescale(e, x, scale, cut, ROUND[mode]));
  return raise(rescale(e, { ...down, type: cut }, cut.scale, type, ROUND[mode]));
}

/** Whole numbers change only with negative digits: through 128 bits, where nothing overflows on the way. */
function roundInteger(e: RowCompiler, x: Value, digits: number, mode: Mode, call: BoundCall): Value {
  const { f } = e;
  if (digits >= 0) {
    if (call.type.kind === 'bigint' && x.physical === 'i32')
      return e.make(call.type, () => f.get(x.local).op(OP.i64_extend_i32_s));
    return e.of(call.type, x.local);
  }
  const cut = { kind: 'decimal', precision: 38, scale: digits } as const;
  const down = rescale(e, x, 0, cut, ROUND[mode]).value;
  const whole = { kind: 'decimal', precision: 38, scale: 0 } as const;
  const up = rescale(e, { ...down, type: cut }, digits, whole, ROUND[mode]);
  const over = e.let(I32, () => {
    f.get(up.value.high).get(up.value.local).i64(63n).op(OP.i64_shr_s, OP.i64_ne);
    if (up.failed !== undefined) f.get(up.failed).op(OP.i32_or);
    if (call.type.kind !== 'bigint') f.get(outsideOf(e, up.value.local, call.type)).op(OP.i32_or);
  });
  const nulls = e.failIf(over, { code: 'ARITHMETIC_OVERFLOW', node: call });
  return e.make(
    call.type,
    () => (call.type.kind === 'bigint' ? f.get(up.value.local) : f.get(up.value.local).op(OP.i32_wrap_i64)),
    nulls,
  );
}

function roundDouble(e: RowCompiler, x: Value, digits: number, mode: Mode, call: BoundCall): Value {
  const { f } = e;
  if (mode === 'floor' || mode === 'ceiling') {
    // floor and ceil of a double are bigints: NaN is 0, what is beyond their range overflows.
    const rounded = e.let(F64, () => f.get(x.local).op(mode === 'floor' ? OP.f64_floor : OP.f64_ceil));
    if (call.type.kind !== 'bigint') return e.of(call.type, rounded);
    const over = e.let(I32, () => {
      f.get(rounded)
        .f64(-(2 ** 63))
        .op(OP.f64_lt);
      f.get(rounded)
        .f64(2 ** 63)
        .op(OP.f64_ge, OP.i32_or);
    });
    const nulls = e.failIf(over, { code: 'ARITHMETIC_OVERFLOW', node: call });
    return e.make(call.type, () => f.get(rounded).op(...TRUNC.i64_f64), nulls);
  }
  if (digits === 0 && mode === 'halfUp') {
    // The fraction of a double is exact, so is its comparison with a half. NaN and the infinities come through unchanged.
    const whole = e.let(F64, () => f.get(x.local).op(OP.f64_trunc));
    const rounded = e.let(F64, () => {
      f.get(whole).f64(1).f64(0).get(x.local).get(whole).op(OP.f64_sub, OP.f64_abs).f64(0.5).op(OP.f64_ge, OP.select);
      f.get(x.local).op(OP.f64_copysign, OP.f64_add);
    });
    // Java's setScale loses the sign of zero.
    return e.make(call.type, () => f.get(rounded).f64(0).op(OP.f64_add));
  }
  const rounded = e.let(F64, () => {
    f.get(x.local)
      .f64(digits)
      .f64(mode === 'halfEven' ? 1 : 0)
      .f64(call.type.kind === 'float' ? 1 : 0);
    e.math('roundDecimal', 4);
  });
  return e.of(call.type, e.roundFloat(call.type, rounded));
}

const scaled = (factor: number): Emitter =>
  strict((e, [x], call) => e.make(call.type, () => e.f.get(x!.local).f64(factor).op(OP.f64_mul)));

export const mathFunctions: FunctionTable = new Map<string, Emitter>([
  ['sqrt', instruction(OP.f64_sqrt)],
  ['rint', instruction(OP.f64_nearest)],
  ...['cbrt', 'exp', 'expm1', 'sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh'].map(
    (name): [string, Emitter] => [name, viaMath(name)],
  ),
  ['atan2', viaMath('atan2', 2)],
  ['hypot', viaMath('hypot', 2)],
  ['power', viaMath('power', 2)],
  ['pow', viaMath('power', 2)],
  ['ln', logarithm(0, natural)],
  ['log', log],
  ['log10', logarithm(0, (e, x) => (e.f.get(x), e.math('log10', 1)))],
  // Spark divides logarithms
  ['log2', logarithm(0, (e, x) => (natural(e, x), e.f.f64(Math.LN2).op(OP.f64_div)))],
  ['log1p', logarithm(-1, (e, x) => (e.f.get(x), e.math('log1p', 1)))],
  ['sign', sign],
  ['signum', sign],
  ['degrees', scaled(180 / Math.PI)],
  ['radians', scaled(Math.PI / 180)],
  ['round', rounding('halfUp')],
  ['bround', rounding('halfEven')],
  ['floor', rounding('floor')],
  ['ceil', rounding('ceiling')],
  ['ceiling', rounding('ceiling')],
]);
