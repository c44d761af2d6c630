import { hasDoubles, isNested, type NestedType } from '../core/types/nested.js';
import type { NullFlag, RowCompiler, Value } from './emitter.js';
import { I32, I64, OP } from './encoder.js';
import { typeDescription } from './packed.js';

/**
 * Comparison of two values of one physical type, nulls aside: pushes 0 or 1. Doubles compare as Spark's: NaN equals NaN and is larger than anything else,
 * -0.0 equals 0.0. Strings compare by unsigned bytes.
 */
export type Comparison = '=' | '<' | '<=' | '>' | '>=';

const MIRROR: { readonly [C in Comparison]: Comparison } = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };
const I32_OP = { '=': OP.i32_eq, '<': OP.i32_lt_s, '<=': OP.i32_le_s, '>': OP.i32_gt_s, '>=': OP.i32_ge_s } as const;
const I64_OP = { '=': OP.i64_eq, '<': OP.i64_lt_s, '<=': OP.i64_le_s, '>': OP.i64_gt_s, '>=': OP.i64_ge_s } as const;
const F64_OP = { '=': OP.f64_eq, '<': OP.f64_lt, '<=': OP.f64_le, '>': OP.f64_gt, '>=': OP.f64_ge } as const;

/** What is known of the operands when compiling. */
export interface CompareHints {
  /** Operands that cannot be NaN (constants). */
  readonly leftNumber?: boolean;
  readonly rightNumber?: boolean;
  /** Rows not to look into the bytes of: where an operand is null. */
  readonly nulls?: NullFlag;
}

export function compare(e: RowCompiler, op: Comparison, a: Value, b: Value, hints: CompareHints = {}): number {
  const { f } = e;
  switch (a.physical) {
    case 'bool':
    case 'i32':
      return e.let(I32, () => f.get(a.local).get(b.local).op(I32_OP[op]));
    case 'i64':
      return e.let(I32, () => f.get(a.local).get(b.local).op(I64_OP[op]));
    case 'i128':
      if (a.word === true && b.word === true) return e.let(I32, () => f.get(a.local).get(b.local).op(I64_OP[op]));
      return e.let(I32, () => compareWide(e, op, a, b));
    case 'f64':
      return e.let(I32, () => compareDoubles(e, op, a, b, hints));
    case 'view':
      return isNested(a.type) && (op !== '=' || hasDoubles(a.type))
        ? compareNested(e, op, a, b, a.type, hints.nulls ?? false)
        : compareViews(e, op, a, b, hints.nulls ?? false);
  }
}

function compareWide(e: RowCompiler, op: Comparison, a: Value, b: Value): void {
  const { f } = e;
  if (op === '=') {
    f.get(a.local).get(b.local).op(OP.i64_xor).get(a.high).get(b.high).op(OP.i64_xor, OP.i64_or, OP.i64_eqz);
    return;
  }
  // Low words decide where high words are alike: high ≠ ? high < : low <(unsigned)
  const lowOp = { '<': OP.i64_lt_u, '<=': OP.i64_le_u, '>': OP.i64_gt_u, '>=': OP.i64_ge_u }[op];
  f.get(a.high).get(b.high).op(I64_OP[op]);
  f.get(a.local).get(b.local).op(lowOp);
  f.get(a.high).get(b.high).op(OP.i64_ne, OP.select);
}

function compareDoubles(e: RowCompiler, op: Comparison, a: Value, b: Value, hints: CompareHints): void {
  const { f } = e;
  const plain = (): void => void f.get(a.local).get(b.local).op(F64_OP[op]);
  const isNan = (v: Value): void => void f.get(v.local).get(v.local).op(OP.f64_ne);
  if (hints.rightNumber === true) {
    // b is a number: NaN on the left is larger, so `>` is not `<=`, and `>=` not `<`.
    if (op === '>') f.get(a.local).get(b.local).op(OP.f64_le, OP.i32_eqz);
    else if (op === '>=') f.get(a.local).get(b.local).op(OP.f64_lt, OP.i32_eqz);
    else plain();
    return;
  }
  if (hints.leftNumber === true) {
    compareDoubles(e, MIRROR[op], b, a, { rightNumber: true });
    return;
  }
  switch (op) {
    case '=':
      plain();
      isNan(a);
      isNan(b);
      f.op(OP.i32_and, OP.i32_or);
      return;
    case '<':
      // a < b, or b is NaN and a is not
      plain();
      isNan(b);
      f.get(a.local).get(a.local).op(OP.f64_eq, OP.i32_and, OP.i32_or);
      return;
    case '>=':
      compareDoubles(e, '<', a, b, hints);
      f.op(OP.i32_eqz);
      return;
    case '>':
      compareDoubles(e, '<', b, a, hints);
      return;
    case '<=':
      compareDoubles(e, '<', b, a, hints);
      f.op(OP.i32_eqz);
      return;
  }
}

/** Equality looks at length and prefix first; only long strings that agree there go to the kernel. */
function compareViews(e: RowCompiler, op: Comparison, a: Value, b: Value, nulls: NullFlag): number {
  const { f } = e;
  const result = f.local(I32);
  const first = (v: Value): number => e.let(I64, () => f.get(v.local).mem(OP.i64_load));
  const [wordA, wordB] = [first(a), first(b)];
  if (op === '=') {
    f.i32(0).set(result);
    f.get(wordA).get(wordB).op(OP.i64_eq);
    if (nulls !== false) f.get(nulls).op(OP.i32_eqz, OP.i32_and);
    f.if();
    f.get(a.local).mem(OP.i64_load, 8).get(b.local).mem(OP.i64_load, 8).op(OP.i64_eq).tee(result).op(OP.i32_eqz);
    f.get(wordA).op(OP.i32_wrap_i64).i32(12).op(OP.i32_gt_u, OP.i32_and).if();
    f.get(a.local).get(b.local);
    e.kernel('view_equal', [I32, I32], [I32]);
    f.set(result).end().end();
    return result;
  }
  // Prefixes as big-endian numbers decide most comparisons.
  if (nulls !== false) f.get(nulls).op(OP.i32_eqz).if();
  f.get(a.local).get(b.local);
  e.kernel('view_compare', [I32, I32], [I32]);
  f.i32(0).op(I32_OP[op]).set(result);
  if (nulls !== false) f.end();
  return result;
}

/** Packed values by their parts. Where no doubles are inside, equal values have equal bytes, and are compared as those. */
function compareNested(e: RowCompiler, op: Comparison, a: Value, b: Value, type: NestedType, nulls: NullFlag): number {
  const { f } = e;
  const result = f.local(I32);
  f.i32(0).set(result);
  const types = typeDescription(e, type);
  if (nulls !== false) f.get(nulls).op(OP.i32_eqz).if();
  f.get(types).get(a.local).get(b.local);
  e.kernel('packed_compare', [I32, I32, I32], [I32]);
  f.i32(0).op(I32_OP[op]).set(result);
  if (nulls !== false) f.end();
  return result;
}
