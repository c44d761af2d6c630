import type { Bound, BoundCall, BoundCast } from '../core/expr/bound.js';
import type { ErrorCode } from '../core/expr/error-codes.js';
import type { DataType } from '../core/types/data-type.js';
import type { PhysicalType } from '../core/types/physical-type.js';
import { F64, I32, I64, type FunctionBuilder, type ValueType } from './encoder.js';
import type { RowCompiler } from './row-compiler.js';

/**
 * How a function is compiled. One table a family in codegen/functions/, joined in functions/index.ts.
 *
 * An emitter writes code for ONE row into the middle of a loop, through the RowCompiler `e`:
 *
 * - A value is in WebAssembly locals (`Value`). `e.f` writes instructions; `e.let(I64, () => e.f.get(a.local).get(b.local).op(OP.i64_add))` puts what was left on the stack into a new local.
 *   Locals of arguments are read-only (a shared sub-expression may be read again).
 * - `bool` is 0 or 1. `float` is a double that was rounded: finish float results with `e.roundFloat`. An i128 has `local` = low and `high` = high word.
 *   A view's local is the ADDRESS of its 16 bytes (memory/layout.ts).
 * - A null value's locals hold anything at all: a stale view address, a number out of range. Reading 16 bytes at a stale address is harmless; following its reference is not.
 * - `strict` (most functions): arguments are compiled already, the result is null where one of them is. The body runs for null rows too, so it must neither trap nor be slow, and it raises
 *   only through `e.failIf`, which knows the nulls. With `guard: true` the body is skipped for null rows: right for every kernel call, every loop and everything over the bytes of views.
 *   The emitter returns the result with `null: false` or the additional nulls it makes itself (a local, 0 or 1).
 * - `lazy`: gets the call and compiles arguments itself by `e.value(arg)`; code that must not run for some rows goes inside `e.when(conditionLocal, () => …)`.
 * - Constants: `e.literal(arg)` gives a literal's JavaScript value at compile time (a pattern, a format, a unit), or `undefined` if it is not a literal. What is compiled in this way makes another module; prefer the parameter area
 *   (`e.value(arg)` reads it from there; `e.parameterBytes(bytes)` puts own tables there and gives a local with their address).
 * - Kernels (lib/kernels/assembly, exported): `e.kernel('string_upper', [I32, I32, I32], [])` after pushing the arguments. Conventions: views are passed by address; a view result is written to a 16-byte destination `e.viewTarget()`
 *   (the output slot itself when the call is a whole output, else a scratch place); bytes come from the heap `e.heap()`, and live as long as the batch. A view may also refer to the bytes of an argument.
 *   `e.host('math', 'exp', …)` calls JavaScript's Math.
 *   A kernel that can fail returns a flag (or an error code) and compiled code raises. Scratch: the first SCRATCH_KERNEL_BYTES of FRAME_SCRATCH belong to a kernel during one call (`e.scratch()`), the rest are view places.
 * - Failure: `e.failIf(condition, {code, node, operand})` raises for non-null rows where the i32 local is 1, unless `node` is a try_ form (BoundCast mode 'try', or fn 'try_…'), then it returns the null flag to give the result.
 */
export interface StrictEmitter {
  readonly kind: 'strict';
  /** Skip the body where an argument is null. */
  readonly guard: boolean;
  readonly emit: (e: RowCompiler, args: readonly Value[], call: BoundCall) => Value;
}

export interface LazyEmitter {
  readonly kind: 'lazy';
  readonly emit: (e: RowCompiler, call: BoundCall) => Value;
}

export type Emitter = StrictEmitter | LazyEmitter;
/** By BoundCall.fn. */
export type FunctionTable = ReadonlyMap<string, Emitter>;

/** Casts are strict. By `${from kind}>${to kind}`, e.g. 'string>date'. */
export interface CastEmitter {
  readonly guard: boolean;
  readonly emit: (e: RowCompiler, input: Value, cast: BoundCast) => Value;
}
export type CastTable = ReadonlyMap<string, CastEmitter>;

/** False: never null. Else an i32 local: 1 where the value is null. */
export type NullFlag = false | number;

export interface Value {
  readonly type: DataType;
  readonly physical: PhysicalType;
  /** bool, i32, view address: i32. i64: i64. i128: low word. f64: f64. */
  readonly local: number;
  /** High word of an i128, else −1. */
  readonly high: number;
  readonly null: NullFlag;
  /** An i128 that is known to fit its low word: `high` is there too, but need not be read. */
  readonly word?: true;
}

/** What went wrong and where. `operand` is the value shown in the message. */
export interface Failure {
  readonly code: ErrorCode;
  readonly node: BoundCall | BoundCast;
  readonly operand?: Value;
}

export const strict = (emit: StrictEmitter['emit']): StrictEmitter => ({ kind: 'strict', guard: false, emit });
/** Strict, and skipped for null rows. */
export const guarded = (emit: StrictEmitter['emit']): StrictEmitter => ({ kind: 'strict', guard: true, emit });
export const lazy = (emit: LazyEmitter['emit']): LazyEmitter => ({ kind: 'lazy', emit });

/** The type of the local that holds (the low word of) a value. */
export const LOCAL_TYPE: { readonly [P in PhysicalType]: ValueType } = {
  bool: I32,
  i32: I32,
  i64: I64,
  i128: I64,
  f64: F64,
  view: I32,
};

/** log2 of PHYSICAL_WIDTH. */
export const WIDTH_SHIFT: { readonly [P in PhysicalType]: number } = { bool: 0, i32: 2, i64: 3, i128: 4, f64: 3, view: 4 };

/** First bytes of FRAME_SCRATCH, free for a kernel during one call; view places lie behind them. */
export const SCRATCH_KERNEL_BYTES = 4096;

export type { Bound, BoundCall, BoundCast, FunctionBuilder, RowCompiler };
