import type { BoundCall } from '../../core/expr/bound.js';
import type { DecimalType } from '../../core/types/data-type.js';
import {
  addWide,
  bigPowerOfTen,
  exceedsWide,
  exceedsWord,
  multiplyWideBy,
  multiplyWords,
  negateWide,
  pushBound,
  widen,
  wordOf,
  wordValue,
  type Wide,
} from '../decimal-parts.js';
import type { NullFlag, RowCompiler, Value } from '../emitter.js';
import { I32, I64, OP, type ValueType } from '../encoder.js';
import type { ErrorCode } from '../../core/expr/error-codes.js';

/** Arithmetic of decimals with Spark's result types. Errors are NUMERIC_VALUE_OUT_OF_RANGE where the result does not fit, as Spark's. */

const W: readonly ValueType[] = [I64, I64, I64, I64];

function typeOf(value: Value): DecimalType {
  if (value.type.kind !== 'decimal') throw new Error('not a decimal');
  return value.type;
}

/** Scale before Spark cuts the result type down to 38 digits. */
const fullScale = (a: DecimalType, b: DecimalType): number => Math.max(a.scale, b.scale);

const integralDigits = (a: DecimalType, b: DecimalType): number => Math.max(a.precision - a.scale, b.precision - b.scale);

function pair(e: RowCompiler, call: BoundCall, { low, high }: Wide, nulls: NullFlag = false): Value {
  const type = call.type as DecimalType;
  return type.precision <= 18 ? e.of(type, low, nulls) : e.of(type, low, nulls, high);
}

/** Calls a decimal kernel whose operands are on the stack; raises on its flag. */
function viaKernel(
  e: RowCompiler,
  call: BoundCall,
  name: string,
  middle: readonly number[],
  code: ErrorCode,
  operand?: Value,
): Value {
  const { precision } = call.type as DecimalType;
  for (const number of middle) e.f.i32(number);
  pushBound(e, precision);
  e.f.get(e.scratch());
  e.kernel(name, [...W, ...middle.map(() => I32 as ValueType), I64, I64, I32], [I32]);
  const failed = e.let(I32, () => undefined);
  const nulls = e.failIf(failed, { code, node: call, ...(operand === undefined ? {} : { operand }) });
  return { ...e.loadValue(call.type, e.scratch()), null: nulls };
}

const pushPair = (e: RowCompiler, { low, high }: Wide): void => void e.f.get(low).get(high);

export function addDecimals(e: RowCompiler, a: Value, b: Value, call: BoundCall, subtract: boolean): Value {
  const { f } = e;
  const [ta, tb] = [typeOf(a), typeOf(b)];
  const type = call.type as DecimalType;
  const scale = fullScale(ta, tb);
  const [upA, upB] = [scale - ta.scale, scale - tb.scale];
  const exact = integralDigits(ta, tb) + scale + 1 <= 38 && type.scale === scale;
  if (exact && (type.precision <= 18 || e.isWord(call))) {
    const scaled = (v: Value, up: number): void => {
      f.get(v.local);
      if (up > 0) f.i64(bigPowerOfTen(up)).op(OP.i64_mul);
    };
    return wordValue(e, type, () => {
      scaled(a, upA);
      scaled(b, upB);
      f.op(subtract ? OP.i64_sub : OP.i64_add);
    });
  }
  const wideB = subtract ? negateWide(e, widen(e, b)) : widen(e, b);
  if (exact && upA <= 18 && upB <= 18) {
    const scaled = (wide: Wide, up: number): Wide => (up === 0 ? wide : multiplyWideBy(e, wide, bigPowerOfTen(up)));
    return pair(e, call, addWide(e, scaled(widen(e, a), upA), scaled(wideB, upB)));
  }
  pushPair(e, widen(e, a));
  pushPair(e, wideB);
  return viaKernel(e, call, 'decimal_add', [upA, upB, scale - type.scale], 'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION');
}

export function multiplyDecimals(e: RowCompiler, a: Value, b: Value, call: BoundCall): Value {
  const { f } = e;
  const [ta, tb] = [typeOf(a), typeOf(b)];
  const type = call.type as DecimalType;
  const down = ta.scale + tb.scale - type.scale;
  if (down === 0 && (type.precision <= 18 || e.isWord(call)))
    return wordValue(e, type, () => f.get(a.local).get(b.local).op(OP.i64_mul));
  const [a64, b64] = [wordOf(a), wordOf(b)];
  // Below 2^126, which is below 10^38.
  if (down === 0 && a64 !== undefined && b64 !== undefined) return pair(e, call, multiplyWords(e, a64, b64));
  const [wideA, wideB] = [widen(e, a), widen(e, b)];
  const kernel = (): Value => {
    pushPair(e, wideA);
    pushPair(e, wideB);
    return viaKernel(e, call, 'decimal_multiply', [down], 'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION');
  };
  if (down !== 0 || type.precision < 38) return kernel();
  // Numbers that fit 64 bits have a product below 2^126 < 10^38: most values of wide types are small.
  const result = e.variable(type);
  const wordA = exceedsWord(e, wideA);
  const wordB = exceedsWord(e, wideB);
  f.get(wordA).get(wordB).op(OP.i32_or).if();
  e.scoped(() => e.assign(result, kernel()));
  f.else();
  e.scoped(() => e.assign(result, pair(e, call, multiplyWords(e, wideA.low, wideB.low))));
  f.end();
  return result.value();
}

/** divide, mod, pmod and div: guarded, so b is not null; where it is zero the kernel is not called. */
export function divideDecimals(
  e: RowCompiler,
  a: Value,
  b: Value,
  call: BoundCall,
  operator: 'divide' | 'mod' | 'pmod' | 'div',
): Value {
  const { f } = e;
  const [ta, tb] = [typeOf(a), typeOf(b)];
  const wideB = widen(e, b);
  const isZero = e.let(I32, () => f.get(wideB.low).get(wideB.high).op(OP.i64_or, OP.i64_eqz));
  const nulls = e.failIf(isZero, {
    code: operator === 'mod' || operator === 'pmod' ? 'REMAINDER_BY_ZERO' : 'DIVIDE_BY_ZERO',
    node: call,
  });
  const result = e.variable(call.type);
  f.get(isZero).op(OP.i32_eqz).if();
  e.scoped(() => e.assign(result, quotient(e, widen(e, a), wideB, ta, tb, call, operator)));
  f.else();
  e.assign(result, { ...e.nullOf(call.type), null: nulls === false ? false : isZero });
  f.end();
  return result.value();
}

function quotient(
  e: RowCompiler,
  a: Wide,
  b: Wide,
  ta: DecimalType,
  tb: DecimalType,
  call: BoundCall,
  operator: 'divide' | 'mod' | 'pmod' | 'div',
): Value {
  const scale = fullScale(ta, tb);
  const ups = [scale - ta.scale, scale - tb.scale];
  pushPair(e, a);
  pushPair(e, b);
  if (operator === 'divide') {
    const type = call.type as DecimalType;
    return viaKernel(e, call, 'decimal_divide', [type.scale - ta.scale + tb.scale], 'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION');
  }
  if (operator === 'div') return wholeQuotient(e, call, ups);
  const down = scale - (call.type as DecimalType).scale;
  return viaKernel(
    e,
    call,
    operator === 'mod' ? 'decimal_remainder' : 'decimal_pmod',
    [...ups, down],
    'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION',
  );
}

/** a div b: a bigint; too large is an overflow. */
function wholeQuotient(e: RowCompiler, call: BoundCall, ups: readonly number[]): Value {
  const { f } = e;
  for (const up of ups) f.i32(up);
  pushBound(e, 38);
  f.get(e.scratch());
  e.kernel('decimal_quotient', [...W, I32, I32, I64, I64, I32], [I32]);
  const failed = e.let(I32, () => undefined);
  const low = e.let(I64, () => f.get(e.scratch()).mem(OP.i64_load));
  const high = e.let(I64, () => f.get(e.scratch()).mem(OP.i64_load, 8));
  const over = e.let(I32, () => f.get(failed).get(exceedsWord(e, { low, high })).op(OP.i32_or));
  return e.of(call.type, low, e.failIf(over, { code: 'ARITHMETIC_OVERFLOW', node: call }));
}

export function negateDecimal(e: RowCompiler, a: Value, call: BoundCall): Value {
  if (a.physical === 'i64' || e.isWord(call)) return wordValue(e, call.type, () => e.f.i64(0n).get(a.local).op(OP.i64_sub));
  return pair(e, call, negateWide(e, widen(e, a)));
}

export function absDecimal(e: RowCompiler, a: Value, call: BoundCall): Value {
  const { f } = e;
  const minus = negateDecimal(e, a, call);
  const word = minus.word === true && a.word === true;
  const sign = a.physical === 'i64' || word ? a.local : a.high;
  const negative = e.let(I32, () => f.get(sign).i64(0n).op(OP.i64_lt_s));
  if (word) return wordValue(e, call.type, () => f.get(minus.local).get(a.local).get(negative).op(OP.select));
  const pick = (x: number, y: number): number => e.let(I64, () => f.get(x).get(y).get(negative).op(OP.select));
  return e.of(call.type, pick(minus.local, a.local), false, a.physical === 'i64' ? -1 : pick(minus.high, a.high));
}

/** ROUND_ constants of kernels/assembly/decimal.ts. */
export const ROUND = { halfUp: 0, halfEven: 1, floor: 2, ceiling: 3, down: 4 } as const;

/** x to another scale and precision. `mode` is one of ROUND. Gives the value and a local that is 1 where it does not fit. */
export function rescale(
  e: RowCompiler,
  value: Value,
  fromScale: number,
  to: DecimalType,
  mode: number,
): { readonly value: Value; readonly failed: number | undefined } {
  const { f } = e;
  const up = to.scale - fromScale;
  const from = value.type.kind === 'decimal' ? value.type.precision : 20;
  const fits = up >= 0 && from + up <= to.precision;
  const narrow = value.physical !== 'i128';
  if (up >= 0 && narrow && to.precision <= 18 && from + up <= 18) {
    const low = widen(e, value).low;
    const scaled = up === 0 ? low : e.let(I64, () => f.get(low).i64(bigPowerOfTen(up)).op(OP.i64_mul));
    const most = bigPowerOfTen(to.precision) - 1n;
    const failed = fits
      ? undefined
      : e.let(I32, () =>
          f
            .get(scaled)
            .i64(most)
            .op(OP.i64_add)
            .i64(2n * most)
            .op(OP.i64_gt_u),
        );
    return { value: e.of(to, scaled), failed };
  }
  if (up >= 0 && up <= 18 && from + up <= 38) {
    const wide = up === 0 ? widen(e, value) : multiplyWideBy(e, widen(e, value), bigPowerOfTen(up));
    const failed = fits ? undefined : exceedsWide(e, wide, to.precision);
    return { value: to.precision <= 18 ? e.of(to, wide.low) : e.of(to, wide.low, false, wide.high), failed };
  }
  pushPair(e, widen(e, value));
  f.i32(up).i32(mode);
  pushBound(e, to.precision);
  f.get(e.scratch());
  e.kernel('decimal_rescale', [I64, I64, I32, I32, I64, I64, I32], [I32]);
  const failed = e.let(I32, () => undefined);
  return { value: e.loadValue(to, e.scratch()), failed };
}
