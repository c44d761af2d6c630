import type { BoundCall } from '../../core/expr/bound.js';
import type { DataType } from '../../core/types/data-type.js';
import { exceedsWord, multiplyWords } from '../decimal-parts.js';
import { guarded, strict, type Emitter, type FunctionTable, type NullFlag, type RowCompiler, type Value } from '../emitter.js';
import { F64, I32, I64, OP } from '../encoder.js';
import { absDecimal, addDecimals, divideDecimals, multiplyDecimals, negateDecimal } from './decimal.js';

/** + − × / % div, negative, abs and bits over all number types. ANSI: overflow and division by zero raise; try_ forms give null. */

type Operator = 'add' | 'subtract' | 'multiply';

const I32_OPS = { add: OP.i32_add, subtract: OP.i32_sub, multiply: OP.i32_mul } as const;
const I64_OPS = { add: OP.i64_add, subtract: OP.i64_sub, multiply: OP.i64_mul } as const;
const F64_OPS = { add: OP.f64_add, subtract: OP.f64_sub, multiply: OP.f64_mul } as const;

/** i32 local: 1 where an i64 is no value of the integer type. */
export function outsideOf(e: RowCompiler, wide: number, type: DataType): number {
  const { f } = e;
  return e.let(I32, () => {
    const half = type.kind === 'tinyint' ? 0x80n : type.kind === 'smallint' ? 0x8000n : 0x80000000n;
    f.get(wide)
      .i64(half)
      .op(OP.i64_add)
      .i64(2n * half - 1n)
      .op(OP.i64_gt_u);
  });
}

const overflow = (e: RowCompiler, condition: number, call: BoundCall): NullFlag =>
  e.failIf(condition, { code: 'ARITHMETIC_OVERFLOW', node: call });

/** Types kept in an i32: computed in 64 bits, where nothing overflows. */
function narrow(e: RowCompiler, operator: Operator, a: Value, b: Value, call: BoundCall): Value {
  const { f } = e;
  const wide = e.let(I64, () => f.get(a.local).op(OP.i64_extend_i32_s).get(b.local).op(OP.i64_extend_i32_s, I64_OPS[operator]));
  const nulls = overflow(e, outsideOf(e, wide, call.type), call);
  return e.make(call.type, () => f.get(a.local).get(b.local).op(I32_OPS[operator]), nulls);
}

function long(e: RowCompiler, operator: Operator, a: Value, b: Value, call: BoundCall): Value {
  const { f } = e;
  if (operator === 'multiply') {
    const product = multiplyWords(e, a.local, b.local);
    return e.of(call.type, product.low, overflow(e, exceedsWord(e, product), call));
  }
  const result = e.let(I64, () => f.get(a.local).get(b.local).op(I64_OPS[operator]));
  // The sign of the result contradicts those of the operands: add (a^r)&(b^r) < 0, subtract (a^b)&(a^r) < 0.
  const over = e.let(I32, () => {
    f.get(a.local)
      .get(result)
      .op(OP.i64_xor)
      .get(b.local)
      .get(operator === 'add' ? result : a.local)
      .op(OP.i64_xor, OP.i64_and);
    f.i64(0n).op(OP.i64_lt_s);
  });
  return e.of(call.type, result, overflow(e, over, call));
}

function arithmetic(operator: Operator): Emitter {
  const emit = (e: RowCompiler, args: readonly Value[], call: BoundCall): Value => {
    const [a, b] = [args[0]!, args[1]!];
    if (call.type.kind === 'decimal')
      return operator === 'multiply' ? multiplyDecimals(e, a, b, call) : addDecimals(e, a, b, call, operator === 'subtract');
    switch (a.physical) {
      case 'i64':
        return long(e, operator, a, b, call);
      case 'f64': {
        const result = e.let(F64, () => e.f.get(a.local).get(b.local).op(F64_OPS[operator]));
        return e.of(call.type, e.roundFloat(call.type, result));
      }
      default:
        return narrow(e, operator, a, b, call);
    }
  };
  return strict(emit);
}

/** Divides where the divisor is not zero; raises (or gives null) where it is. */
function division(operator: 'divide' | 'mod' | 'pmod' | 'div'): Emitter {
  return guarded((e, args, call) => {
    const [a, b] = [args[0]!, args[1]!];
    const { f } = e;
    if (a.type.kind === 'decimal') return divideDecimals(e, a, b, call, operator);
    const zero = e.let(I32, () => {
      f.get(b.local);
      if (b.physical === 'f64') f.f64(0).op(OP.f64_eq);
      else f.op(b.physical === 'i64' ? OP.i64_eqz : OP.i32_eqz);
    });
    const isRemainder = operator === 'mod' || operator === 'pmod';
    const nulls = e.failIf(zero, { code: isRemainder ? 'REMAINDER_BY_ZERO' : 'DIVIDE_BY_ZERO', node: call });
    if (b.physical === 'f64') return { ...floating(e, operator, a.local, b.local, call), null: nulls };
    const isLong = b.physical === 'i64';
    const type = isLong ? I64 : I32;
    const one = (): void => void (isLong ? f.i64(1n) : f.i32(1));
    // Dead lanes divide by 1: nothing traps.
    const divisor = e.let(type, () => {
      one();
      f.get(b.local).get(zero).op(OP.select);
    });
    if (operator === 'div' || operator === 'divide') return wholeDivision(e, a.local, divisor, isLong, call, nulls);
    const remainder = (x: () => void): number =>
      e.let(type, () => {
        x();
        f.get(divisor).op(isLong ? OP.i64_rem_s : OP.i32_rem_s);
      });
    const rest = remainder(() => f.get(a.local));
    if (operator === 'mod') return e.of(call.type, rest, nulls);
    const again = remainder(() =>
      f
        .get(rest)
        .get(divisor)
        .op(isLong ? OP.i64_add : OP.i32_add),
    );
    const result = e.make(call.type, () => {
      f.get(again).get(rest).get(rest);
      if (isLong) f.i64(0n).op(OP.i64_lt_s);
      else f.i32(0).op(OP.i32_lt_s);
      f.op(OP.select);
    });
    return { ...result, null: nulls };
  });
}

function wholeDivision(e: RowCompiler, a: number, divisor: number, isLong: boolean, call: BoundCall, nulls: NullFlag): Value {
  const { f } = e;
  const type = isLong ? I64 : I32;
  const over = e.let(I32, () => {
    if (isLong)
      f.get(a)
        .i64(-(2n ** 63n))
        .op(OP.i64_eq)
        .get(divisor)
        .i64(-1n)
        .op(OP.i64_eq, OP.i32_and);
    else
      f.get(a)
        .i32(-(2 ** 31))
        .op(OP.i32_eq)
        .get(divisor)
        .i32(-1)
        .op(OP.i32_eq, OP.i32_and);
  });
  const failed = overflow(e, over, call);
  const quotient = e.let(type, () => {
    f.get(a);
    if (isLong) f.i64(1n);
    else f.i32(1);
    f.get(divisor)
      .get(over)
      .op(OP.select, isLong ? OP.i64_div_s : OP.i32_div_s);
  });
  const wantsLong = call.type.kind === 'bigint' && !isLong;
  const result = wantsLong ? e.let(I64, () => f.get(quotient).op(OP.i64_extend_i32_s)) : quotient;
  return e.of(call.type, result, e.eitherNull(nulls, failed));
}

function floating(e: RowCompiler, operator: 'divide' | 'mod' | 'pmod' | 'div', a: number, b: number, call: BoundCall): Value {
  const { f } = e;
  if (operator === 'divide')
    return e.of(
      call.type,
      e.roundFloat(
        call.type,
        e.let(F64, () => f.get(a).get(b).op(OP.f64_div)),
      ),
    );
  const fmod = (x: () => void): number =>
    e.let(F64, () => {
      x();
      f.get(b);
      e.math('fmod', 2);
    });
  const rest = fmod(() => f.get(a));
  if (operator === 'mod') return e.of(call.type, rest);
  const again = fmod(() => f.get(rest).get(b).op(OP.f64_add));
  return e.make(call.type, () => f.get(again).get(rest).get(rest).f64(0).op(OP.f64_lt, OP.select));
}

/** Negative and abs: the least integer has no counterpart. */
function flip(isAbs: boolean): Emitter {
  return strict((e, args, call) => {
    const a = args[0]!;
    const { f } = e;
    if (a.type.kind === 'decimal') return isAbs ? absDecimal(e, a, call) : negateDecimal(e, a, call);
    if (a.physical === 'f64') return e.make(call.type, () => f.get(a.local).op(isAbs ? OP.f64_abs : OP.f64_neg));
    const isLong = a.physical === 'i64';
    const least =
      a.type.kind === 'tinyint' ? -0x80n : a.type.kind === 'smallint' ? -0x8000n : isLong ? -(2n ** 63n) : -0x80000000n;
    const over = e.let(I32, () => {
      f.get(a.local);
      if (isLong) f.i64(least).op(OP.i64_eq);
      else f.i32(Number(least)).op(OP.i32_eq);
    });
    const interval = call.type.kind === 'day_time_interval' || call.type.kind === 'year_month_interval';
    const nulls = e.failIf(over, {
      code: interval ? 'INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION' : 'ARITHMETIC_OVERFLOW',
      node: call,
    });
    return e.make(
      call.type,
      () => {
        if (isLong) f.i64(0n);
        else f.i32(0);
        f.get(a.local).op(isLong ? OP.i64_sub : OP.i32_sub);
        if (!isAbs) return;
        f.get(a.local).get(a.local);
        if (isLong) f.i64(0n).op(OP.i64_lt_s, OP.select);
        else f.i32(0).op(OP.i32_lt_s, OP.select);
      },
      nulls,
    );
  });
}

function bitwise(i32Op: number, i64Op: number): Emitter {
  return strict((e, [a, b], call) =>
    e.make(call.type, () =>
      e.f
        .get(a!.local)
        .get(b!.local)
        .op(a!.physical === 'i64' ? i64Op : i32Op),
    ),
  );
}

/** The shift distance is an int, whatever is shifted. */
function shift(i32Op: number, i64Op: number): Emitter {
  return strict((e, [a, b], call) =>
    e.make(call.type, () => {
      e.f.get(a!.local).get(b!.local);
      if (a!.physical === 'i64') e.f.op(OP.i64_extend_i32_s);
      e.f.op(a!.physical === 'i64' ? i64Op : i32Op);
    }),
  );
}

const both = (name: string, emitter: Emitter): [string, Emitter][] => [
  [name, emitter],
  [`try_${name}`, emitter],
];

export const arithmeticFunctions: FunctionTable = new Map<string, Emitter>([
  ...both('add', arithmetic('add')),
  ...both('subtract', arithmetic('subtract')),
  ...both('multiply', arithmetic('multiply')),
  ...both('divide', division('divide')),
  ...both('mod', division('mod')),
  ...both('pmod', division('pmod')),
  ...both('div', division('div')),
  ...both('negative', flip(false)),
  ...both('abs', flip(true)),
  ['&', bitwise(OP.i32_and, OP.i64_and)],
  ['|', bitwise(OP.i32_or, OP.i64_or)],
  ['^', bitwise(OP.i32_xor, OP.i64_xor)],
  [
    '~',
    strict((e, [a], call) =>
      e.make(call.type, () =>
        a!.physical === 'i64' ? e.f.get(a!.local).i64(-1n).op(OP.i64_xor) : e.f.get(a!.local).i32(-1).op(OP.i32_xor),
      ),
    ),
  ],
  ['shiftleft', shift(OP.i32_shl, OP.i64_shl)],
  ['shiftright', shift(OP.i32_shr_s, OP.i64_shr_s)],
  ['shiftrightunsigned', shift(OP.i32_shr_u, OP.i64_shr_u)],
]);
