import type { BoundCall } from '../../core/expr/bound.js';
import { BOOLEAN } from '../../core/types/data-type.js';
import { lazy, strict, type Emitter, type FunctionTable, type RowCompiler, type Value } from '../emitter.js';
import { I32, OP } from '../encoder.js';

/**
 * AND and OR: three-valued, left to right; what follows a decisive operand does not run, unless it is so cheap that a branch would cost more.
 * `decided` is 1 once some operand was decisive (false for AND, true for OR); `unknown` once some operand was null.
 */
function junction(e: RowCompiler, call: BoundCall): Value {
  const isAnd = call.fn === 'and';
  const decided = e.local(I32);
  const unknown = e.local(I32);
  let nullable = false;
  e.f.i32(0).set(decided).i32(0).set(unknown);
  const add = (value: Value): void => {
    e.f.get(decided).get(value.local);
    if (isAnd) e.f.op(OP.i32_eqz);
    if (value.null !== false) {
      nullable = true;
      e.f.get(value.null).op(OP.i32_eqz, OP.i32_and);
    }
    e.f.op(OP.i32_or).set(decided);
    if (value.null !== false) e.f.get(unknown).get(value.null).op(OP.i32_or).set(unknown);
  };
  call.args.forEach((arg, i) => {
    if (i === 0 || e.isCheap(arg)) {
      add(e.value(arg));
      return;
    }
    e.f.get(decided).op(OP.i32_eqz).if();
    e.scoped(() => add(e.value(arg)));
    e.f.end();
  });
  const result = isAnd ? e.let(I32, () => e.f.get(decided).op(OP.i32_eqz)) : decided;
  return e.of(BOOLEAN, result, nullable && e.let(I32, () => e.f.get(unknown).get(decided).op(OP.i32_eqz, OP.i32_and)));
}

/** Tests of nullness: never null themselves. */
function nullTest(wanted: 0 | 1) {
  return lazy((e, call) => {
    const { null: nulls } = e.value(call.args[0]!);
    if (nulls === false) return e.make(BOOLEAN, () => e.f.i32(1 - wanted));
    if (wanted === 1) return e.of(BOOLEAN, nulls);
    return e.make(BOOLEAN, () => e.f.get(nulls).op(OP.i32_eqz));
  });
}

/** IS [NOT] TRUE and friends, should the analyzer leave them whole. */
function truthTest(wanted: boolean) {
  return lazy((e, call) => {
    const value = e.value(call.args[0]!);
    return e.make(BOOLEAN, () => {
      e.f.get(value.local);
      if (!wanted) e.f.op(OP.i32_eqz);
      if (value.null !== false) e.f.get(value.null).op(OP.i32_eqz, OP.i32_and);
    });
  });
}

export const logicFunctions: FunctionTable = new Map<string, Emitter>([
  ['and', lazy(junction)],
  ['or', lazy(junction)],
  ['not', strict((e, args) => e.make(BOOLEAN, () => e.f.get(args[0]!.local).op(OP.i32_eqz)))],
  ['isnull', nullTest(1)],
  ['isnotnull', nullTest(0)],
  ['isunknown', nullTest(1)],
  ['istrue', truthTest(true)],
  ['isfalse', truthTest(false)],
  [
    'isnan',
    // Null is not NaN: false, not null.
    lazy((e, call) => {
      const value = e.value(call.args[0]!);
      return e.make(BOOLEAN, () => {
        e.f.get(value.local).get(value.local).op(OP.f64_ne);
        if (value.null !== false) e.f.get(value.null).op(OP.i32_eqz, OP.i32_and);
      });
    }),
  ],
]);
