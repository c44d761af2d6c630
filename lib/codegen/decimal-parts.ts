import type { DataType } from '../core/types/data-type.js';
import { physicalTypeOf } from '../core/types/physical-type.js';
import type { NullFlag, RowCompiler, Value } from './emitter.js';
import { I32, I64, OP } from './encoder.js';

/** Pieces of decimal arithmetic on unscaled numbers. 128-bit values are (low, high) pairs of i64 locals. */

/** 10^n as the nearest double. Exact to 10^22. */
export function powerOfTen(n: number): number {
  return Number(`1e${n}`);
}

export function bigPowerOfTen(n: number): bigint {
  return 10n ** BigInt(n);
}

export interface Wide {
  readonly low: number;
  readonly high: number;
}

/** Any integer value as a 128-bit pair. */
export function widen(e: RowCompiler, value: Value): Wide {
  if (value.physical === 'i128') return { low: value.local, high: value.high };
  const low = value.physical === 'i64' ? value.local : e.let(I64, () => e.f.get(value.local).op(OP.i64_extend_i32_s));
  return { low, high: e.let(I64, () => e.f.get(low).i64(63n).op(OP.i64_shr_s)) };
}

/** A decimal that is known to fit 64 bits, from what `write` leaves on the stack. V8 drops a high word that nobody reads. */
export function wordValue(e: RowCompiler, type: DataType, write: () => void, nulls: NullFlag = false): Value {
  const local = e.let(I64, write);
  if (physicalTypeOf(type) === 'i64') return e.of(type, local, nulls);
  const high = e.let(I64, () => e.f.get(local).i64(63n).op(OP.i64_shr_s));
  return { ...e.of(type, local, nulls, high), word: true };
}

/** Local with the value where one word holds it. */
export function wordOf(value: Value): number | undefined {
  return value.physical === 'i64' || value.word === true ? value.local : undefined;
}

/** Pushes 10^digits as two words: a bound for kernels. */
export function pushBound(e: RowCompiler, digits: number): void {
  const bound = bigPowerOfTen(digits);
  e.f.i64(bound).i64(bound >> 64n);
}

/** i32 local: the magnitude has more than `digits` digits. */
export function exceedsWide(e: RowCompiler, { low, high }: Wide, digits: number): number {
  return e.let(I32, () => {
    e.f.get(low).get(high);
    pushBound(e, digits);
    e.kernel('decimal_exceeds', [I64, I64, I64, I64], [I32]);
  });
}

/** i32 local: the same of an i64, by one unsigned comparison: x + 10^p − 1 lies in 0 … 2·10^p − 2. */
export function exceedsNarrow(e: RowCompiler, local: number, digits: number): number {
  if (digits > 18) return e.let(I32, () => e.f.i32(0));
  const most = bigPowerOfTen(digits) - 1n;
  return e.let(I32, () =>
    e.f
      .get(local)
      .i64(most)
      .op(OP.i64_add)
      .i64(2n * most)
      .op(OP.i64_gt_u),
  );
}

/** i32 local: the pair is not the sign extension of its low word. */
export function exceedsWord(e: RowCompiler, { low, high }: Wide): number {
  return e.let(I32, () => e.f.get(high).get(low).i64(63n).op(OP.i64_shr_s, OP.i64_ne));
}

export function addWide(e: RowCompiler, a: Wide, b: Wide): Wide {
  const { f } = e;
  const low = e.let(I64, () => f.get(a.low).get(b.low).op(OP.i64_add));
  const high = e.let(I64, () =>
    f.get(a.high).get(b.high).op(OP.i64_add).get(low).get(a.low).op(OP.i64_lt_u, OP.i64_extend_i32_u, OP.i64_add),
  );
  return { low, high };
}

export function negateWide(e: RowCompiler, a: Wide): Wide {
  const { f } = e;
  const low = e.let(I64, () => f.i64(0n).get(a.low).op(OP.i64_sub));
  const high = e.let(I64, () =>
    f.i64(0n).get(a.high).op(OP.i64_sub).get(a.low).i64(0n).op(OP.i64_ne, OP.i64_extend_i32_u, OP.i64_sub),
  );
  return { low, high };
}

/**
 * Product of two i64 as a pair. A function of the module: two numbers below 2^31 in magnitude, which is what prices and rates are,
 * take one multiplication, others four.
 */
export function multiplyWords(e: RowCompiler, a: number, b: number): Wide {
  const symbol = e.unit.module.helper('multiply_words', [I64, I64], [I64, I64], (h) => {
    const [x, y] = [0, 1];
    const small = (v: number): void => void h.get(v).i64(0x80000000n).op(OP.i64_add).i64(32n).op(OP.i64_shr_u);
    small(x);
    small(y);
    h.op(OP.i64_or, OP.i64_eqz).if();
    h.get(x).get(y).op(OP.i64_mul).get(x).get(y).op(OP.i64_mul).i64(63n).op(OP.i64_shr_s).op(OP.return_);
    h.end();
    const half = (v: number, high: boolean): number => {
      const local = h.local(I64);
      h.get(v);
      if (high) h.i64(32n).op(OP.i64_shr_u);
      else h.i64(0xffffffffn).op(OP.i64_and);
      h.set(local);
      return local;
    };
    const [xl, xh, yl, yh] = [half(x, false), half(x, true), half(y, false), half(y, true)];
    const mid = h.local(I64);
    const cross = h.local(I64);
    h.get(xh).get(yl).op(OP.i64_mul).get(xl).get(yl).op(OP.i64_mul).i64(32n).op(OP.i64_shr_u, OP.i64_add).set(mid);
    h.get(mid).i64(0xffffffffn).op(OP.i64_and).get(xl).get(yh).op(OP.i64_mul, OP.i64_add).set(cross);
    h.get(x).get(y).op(OP.i64_mul);
    h.get(xh)
      .get(yh)
      .op(OP.i64_mul)
      .get(mid)
      .i64(32n)
      .op(OP.i64_shr_u, OP.i64_add)
      .get(cross)
      .i64(32n)
      .op(OP.i64_shr_u, OP.i64_add);
    // unsigned to signed: less y where x < 0, less x where y < 0
    h.get(x).i64(63n).op(OP.i64_shr_s).get(y).op(OP.i64_and, OP.i64_sub);
    h.get(y).i64(63n).op(OP.i64_shr_s).get(x).op(OP.i64_and, OP.i64_sub);
  });
  const low = e.local(I64);
  const high = e.local(I64);
  e.f.get(a).get(b).call(symbol).set(high).set(low);
  return { low, high };
}

/** Low 128 bits of a pair times an i64 that is not negative. */
export function multiplyWideBy(e: RowCompiler, a: Wide, factor: bigint): Wide {
  const { f } = e;
  const word = e.let(I64, () => f.i64(factor));
  const product = multiplyWords(e, a.low, word);
  // The low word was taken as signed: where its top bit is set, add the factor back; plus the high word's share.
  const high = e.let(I64, () => {
    f.get(product.high).get(a.low).i64(63n).op(OP.i64_shr_s).get(word).op(OP.i64_and, OP.i64_add);
    f.get(a.high).get(word).op(OP.i64_mul, OP.i64_add);
  });
  return { low: product.low, high };
}
