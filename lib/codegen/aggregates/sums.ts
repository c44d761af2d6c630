import type { Bound } from '../../core/expr/bound.js';
import { SLOT_VALUES } from '../../memory/layout.js';
import type { Value } from '../emitter.js';
import { F64, I32, I64, OP } from '../encoder.js';
import { physicalOf, type RowCompiler } from '../row-compiler.js';
import { f64Field, i64Field, whenValid, type Accumulator, type KeyMaker, type State } from './accumulator.js';

/** Counts and sums: the parts of count, sum, avg, stddev and variance. */

const addOne = (e: RowCompiler, state: State): void => state.set(0, () => e.f.get(state.get(0)).i64(1n).op(OP.i64_add));
const addMany = (e: RowCompiler, state: State, n: number): void =>
  state.set(0, () => e.f.get(state.get(0)).get(n).op(OP.i64_extend_i32_u, OP.i64_add));
const addField = (e: RowCompiler, into: State, from: State, field: number): void => {
  const [a, b] = [into.get(field), from.get(field)];
  into.set(field, () => e.f.get(a).get(b).op(OP.i64_add));
};

/** Rows that pass the filter. */
export function rowsPart(filter: Bound | undefined, key: KeyMaker): Accumulator {
  return {
    key: `rows ${key(filter)}`,
    args: [],
    filter,
    fields: [i64Field()],
    update: addOne,
    ...(filter === undefined ? { updateAll: addMany } : {}),
    merge: (e, into, from) => addField(e, into, from, 0),
  };
}

/** Nulls among them: nothing to do in a batch without. */
export function nullsPart(arg: Bound, filter: Bound | undefined, key: KeyMaker): Accumulator {
  return {
    key: `nulls ${key(arg, filter)}`,
    args: [arg],
    filter,
    fields: [i64Field()],
    update: (e, state, [value]) => {
      const { null: nulls } = value!;
      if (nulls !== false) state.set(0, () => e.f.get(state.get(0)).get(nulls).op(OP.i64_extend_i32_u, OP.i64_add));
    },
    merge: (e, into, from) => addField(e, into, from, 0),
  };
}

/** i32 arguments: 2^32 rows of them fit an i64. */
function narrowSum(arg: Bound, filter: Bound | undefined, key: KeyMaker): Accumulator {
  const ofBatch = (e: RowCompiler, state: State, n: number, slot: number): void => {
    const values = e.context.slotAddress(slot, SLOT_VALUES);
    state.set(0, () => {
      e.f.get(state.get(0)).get(values).get(n);
      e.kernel('sumI32', [I32, I32], [I64]);
      e.f.op(OP.i64_add);
    });
  };
  return {
    key: `sum32 ${key(arg, filter)}`,
    args: [arg],
    filter,
    fields: [i64Field()],
    update: (e, state, [value]) => {
      whenValid(e, value!, () => state.set(0, () => e.f.get(state.get(0)).get(value!.local).op(OP.i64_extend_i32_s, OP.i64_add)));
    },
    ...(arg.kind === 'slot' && physicalOf(arg.type) === 'i32' && filter === undefined
      ? { updateBatch: (e, state, n) => ofBatch(e, state, n, arg.index) }
      : {}),
    merge: (e, into, from) => addField(e, into, from, 0),
  };
}

const sign = (e: RowCompiler, local: number): number => e.let(I64, () => e.f.get(local).i64(63n).op(OP.i64_shr_s));

/** Unscaled decimals of one word are below this: those of 18 digits, and those that bounds.ts lets pass. */
const DECIMAL_LIMIT = 2n ** 62n;

/**
 * Adds an i64 to a field. Where that overflows, which is rare, `overflow` first takes what the field holds, and it gets the value `rest` pushes instead.
 * Decimals overflow when they reach their limit, which is cheaper to see and leaves room for the next addition.
 */
function addWord(
  e: RowCompiler,
  state: State,
  { field, isDecimal }: { readonly field: number; readonly isDecimal: boolean },
  value: number,
  overflow: (old: number) => void,
  rest: () => void,
): void {
  const { f } = e;
  const old = e.let(I64, () => f.get(state.get(field)));
  const sum = e.let(I64, () => f.get(old).get(value).op(OP.i64_add));
  if (isDecimal)
    f.get(sum)
      .get(e.context.once('decimal limit', I64, () => f.i64(DECIMAL_LIMIT)))
      .op(OP.i64_add);
  else f.get(old).get(sum).op(OP.i64_xor).get(value).get(sum).op(OP.i64_xor, OP.i64_and);
  f.i64(0n).op(OP.i64_lt_s).if();
  e.scoped(() => {
    overflow(old);
    rest();
    f.set(sum);
  });
  f.end();
  state.set(field, () => f.get(sum));
}

const LOW_HALF = 0xffffffffn;

/**
 * i64 arguments: a sum in 64 bits, and what it had to give up, in units of 2^32. Together good for 2^32 values; neither order nor an overflow on the way matters, the
 * result is checked once.
 */
function longSum(arg: Bound, filter: Bound | undefined, key: KeyMaker): Accumulator {
  const add = (e: RowCompiler, state: State, value: number): void => {
    const { f } = e;
    const low = (local: number): void => void f.get(local).i64(LOW_HALF).op(OP.i64_and);
    const high = (local: number): void => void f.get(local).i64(32n).op(OP.i64_shr_s);
    let before = 0;
    addWord(
      e,
      state,
      { field: 0, isDecimal: arg.type.kind === 'decimal' },
      value,
      (old) => {
        before = old;
        const carried = state.get(1);
        state.set(1, () => {
          f.get(carried);
          high(old);
          f.op(OP.i64_add);
          high(value);
          f.op(OP.i64_add);
        });
      },
      () => {
        low(before);
        low(value);
        f.op(OP.i64_add);
      },
    );
  };
  return {
    key: `sum64 ${key(arg, filter)}`,
    args: [arg],
    filter,
    fields: [i64Field(), i64Field()],
    update: (e, state, [value]) => whenValid(e, value!, () => add(e, state, value!.local)),
    merge: (e, into, from) => {
      add(e, into, from.get(0));
      addField(e, into, from, 1);
    },
  };
}

/** Adds a number of several words, the lowest first, to the first fields. */
function addWords(e: RowCompiler, state: State, parts: readonly number[]): void {
  let carry: number | undefined;
  parts.forEach((part, i) => {
    const old = e.let(I64, () => e.f.get(state.get(i)));
    const sum = e.let(I64, () => e.f.get(old).get(part).op(OP.i64_add));
    const total = carry === undefined ? sum : e.let(I64, () => e.f.get(sum).get(carry!).op(OP.i64_add));
    state.set(i, () => e.f.get(total));
    if (i === parts.length - 1) return;
    const first = carry;
    carry = e.let(I64, () => {
      e.f.get(sum).get(part).op(OP.i64_lt_u);
      if (first !== undefined) e.f.get(total).get(sum).op(OP.i64_lt_u, OP.i32_or);
      e.f.op(OP.i64_extend_i32_u);
    });
  });
}

/** A word of a number that is a sum's, repeated to its length. */
function extended(e: RowCompiler, local: number, words: number): number[] {
  const high = sign(e, local);
  return [local, ...new Array<number>(words - 1).fill(high)];
}

/**
 * i128 arguments: exact in `words` 64-bit words; and beside them a word of its own for values that are known to fit 64 bits, which are added to those only when it overflows.
 * Two words hold 2^32 values of 28 digits; larger decimals take three.
 */
function wideSum(arg: Bound, words: 2 | 3, filter: Bound | undefined, key: KeyMaker): Accumulator {
  const addSmall = (e: RowCompiler, state: State, value: number): void =>
    addWord(
      e,
      state,
      { field: words, isDecimal: true },
      value,
      (old) => addWords(e, state, extended(e, old, words)),
      () => void e.f.get(value),
    );
  return {
    key: `sum${words} ${key(arg, filter)}`,
    args: [arg],
    filter,
    fields: Array.from({ length: words + 1 }, () => i64Field()),
    takesWords: true,
    update: (e, state, [value]) => {
      whenValid(e, value!, () => {
        const { local, high, word } = value!;
        if (word === true) addSmall(e, state, local);
        else addWords(e, state, [local, ...extended(e, high, words - 1)]);
      });
    },
    merge: (e, into, from) => {
      addWords(
        e,
        into,
        Array.from({ length: words }, (_, i) => from.get(i)),
      );
      addSmall(e, into, from.get(words));
    },
  };
}

/** What a longSum or wideSum comes to, as words, the lowest first: two, or three. */
export function sumWords(e: RowCompiler, state: State, fields: number): readonly number[] {
  const { f } = e;
  const words = fields === 2 ? 2 : fields - 1;
  const low = state.get(fields === 2 ? 0 : words);
  const parts = extended(e, low, words);
  const others =
    fields === 2
      ? [
          e.let(I64, () => f.get(state.get(1)).i64(32n).op(OP.i64_shl)),
          e.let(I64, () => f.get(state.get(1)).i64(32n).op(OP.i64_shr_s)),
        ]
      : Array.from({ length: words }, (_, i) => state.get(i));
  let carry: number | undefined;
  return parts.map((part, i) => {
    const other = others[i]!;
    const sum = e.let(I64, () => f.get(part).get(other).op(OP.i64_add));
    const total = carry === undefined ? sum : e.let(I64, () => f.get(sum).get(carry!).op(OP.i64_add));
    const first = carry;
    carry = e.let(I64, () => {
      f.get(sum).get(part).op(OP.i64_lt_u);
      if (first !== undefined) f.get(total).get(sum).op(OP.i64_lt_u, OP.i32_or);
      f.op(OP.i64_extend_i32_u);
    });
    return total;
  });
}

/** Error-free addition of x to (hi, lo): hi + x exactly as sum and error, the error into lo. Six operations more than a plain sum, and the order of rows no longer shows. */
export function addDouble(e: RowCompiler, state: State, hiField: number, x: number): void {
  const { f } = e;
  const hi = e.let(F64, () => f.get(state.get(hiField)));
  const sum = e.let(F64, () => f.get(hi).get(x).op(OP.f64_add));
  const part = e.let(F64, () => f.get(sum).get(hi).op(OP.f64_sub));
  const lo = state.get(hiField + 1);
  state.set(hiField + 1, () => {
    f.get(lo).get(hi).get(sum).get(part).op(OP.f64_sub, OP.f64_sub).get(x).get(part).op(OP.f64_sub, OP.f64_add, OP.f64_add);
  });
  state.set(hiField, () => f.get(sum));
}

export function mergeDouble(e: RowCompiler, into: State, from: State, hiField: number): void {
  addDouble(e, into, hiField, from.get(hiField));
  const lo = into.get(hiField + 1);
  const other = from.get(hiField + 1);
  into.set(hiField + 1, () => e.f.get(lo).get(other).op(OP.f64_add));
}

/** A number as f64, whatever its physical type; decimals unscaled. */
export function toDouble(e: RowCompiler, value: Value): number {
  switch (value.physical) {
    case 'f64':
      return value.local;
    case 'i64':
      return e.let(F64, () => e.f.get(value.local).op(OP.f64_convert_i64_s));
    case 'i128':
      return e.let(F64, () => {
        e.f.get(value.local).get(value.high);
        e.kernel('i128_to_f64', [I64, I64], [F64]);
      });
    default:
      return e.let(F64, () => e.f.get(value.local).op(OP.f64_convert_i32_s));
  }
}

function doubleSum(arg: Bound, filter: Bound | undefined, key: KeyMaker): Accumulator {
  return {
    key: `sumf ${key(arg, filter)}`,
    args: [arg],
    filter,
    fields: [f64Field(), f64Field()],
    pairable: true,
    update: (e, state, [value]) => whenValid(e, value!, () => addDouble(e, state, 0, value!.local)),
    merge: (e, into, from) => mergeDouble(e, into, from, 0),
  };
}

/** Sum of squares in double-double; the product's error by Dekker's splitting. */
export function squaresPart(arg: Bound, filter: Bound | undefined, key: KeyMaker): Accumulator {
  return {
    key: `squares ${key(arg, filter)}`,
    args: [arg],
    filter,
    fields: [f64Field(), f64Field()],
    update: (e, state, [value]) => {
      whenValid(e, value!, () => {
        const { f } = e;
        const x = toDouble(e, value!);
        const square = e.let(F64, () => f.get(x).get(x).op(OP.f64_mul));
        const big = e.let(F64, () => f.get(x).f64(134217729).op(OP.f64_mul));
        const high = e.let(F64, () => f.get(big).get(big).get(x).op(OP.f64_sub, OP.f64_sub));
        const low = e.let(F64, () => f.get(x).get(high).op(OP.f64_sub));
        // ((high² − square) + 2·high·low) + low²
        const error = e.let(F64, () => {
          f.get(high).get(high).op(OP.f64_mul).get(square).op(OP.f64_sub);
          f.get(high).get(low).op(OP.f64_mul).f64(2).op(OP.f64_mul, OP.f64_add);
          f.get(low).get(low).op(OP.f64_mul, OP.f64_add);
        });
        addDouble(e, state, 0, square);
        const lo = state.get(1);
        state.set(1, () => f.get(lo).get(error).op(OP.f64_add));
      });
    },
    merge: (e, into, from) => mergeDouble(e, into, from, 0),
  };
}

export type SumKind = 'narrow' | 'wide' | 'double';

export function sumKind(arg: Bound): SumKind {
  const physical = physicalOf(arg.type);
  return physical === 'f64' ? 'double' : physical === 'i32' || physical === 'bool' ? 'narrow' : 'wide';
}

export function sumPart(arg: Bound, filter: Bound | undefined, key: KeyMaker): Accumulator {
  switch (sumKind(arg)) {
    case 'double':
      return doubleSum(arg, filter, key);
    case 'narrow':
      return narrowSum(arg, filter, key);
    case 'wide':
      if (physicalOf(arg.type) === 'i64') return longSum(arg, filter, key);
      return wideSum(arg, arg.type.kind === 'decimal' && arg.type.precision > 28 ? 3 : 2, filter, key);
  }
}

/** hi + lo, rounded once; an infinite or NaN sum has no error term. */
export function roundedSum(e: RowCompiler, state: State): number {
  const [hi, lo] = [state.get(0), state.get(1)];
  const both = e.let(F64, () => e.f.get(hi).get(lo).op(OP.f64_add));
  return e.let(F64, () => e.f.get(both).get(hi).get(lo).get(lo).op(OP.f64_eq, OP.select));
}
