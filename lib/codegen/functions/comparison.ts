import type { Bound, BoundCall } from '../../core/expr/bound.js';
import { BOOLEAN } from '../../core/types/data-type.js';
import { compare, type CompareHints, type Comparison } from '../compare.js';
import { lazy, type Emitter, type FunctionTable, type NullFlag, type RowCompiler, type Value } from '../emitter.js';
import { I32, OP } from '../encoder.js';

const isNumberLiteral = (node: Bound): boolean =>
  node.kind === 'literal' && typeof node.value === 'number' && !Number.isNaN(node.value);

export function hintsOf(call: BoundCall, nulls: NullFlag): CompareHints {
  return { leftNumber: isNumberLiteral(call.args[0]!), rightNumber: isNumberLiteral(call.args[1]!), nulls };
}

// Lazy only to see the arguments' nulls: comparing the bytes of null strings must not happen.
const comparison = (op: Comparison): Emitter =>
  lazy((e, call) => {
    const [a, b] = [e.value(call.args[0]!), e.value(call.args[1]!)];
    const nulls = e.eitherNull(a.null, b.null);
    return e.of(BOOLEAN, compare(e, op, a, b, hintsOf(call, nulls)), nulls);
  });

/** <=>: equal, or both null. */
export function nullSafeEqual(e: RowCompiler, a: Value, b: Value, hints: CompareHints): number {
  const either = e.eitherNull(a.null, b.null);
  const equal = compare(e, '=', a, b, { ...hints, nulls: either });
  if (either === false) return equal;
  return e.let(I32, () => {
    e.f.get(equal).get(either).op(OP.i32_eqz, OP.i32_and);
    if (a.null !== false && b.null !== false) e.f.get(a.null).get(b.null).op(OP.i32_and, OP.i32_or);
  });
}

export const comparisonFunctions: FunctionTable = new Map<string, Emitter>([
  ['=', comparison('=')],
  ['<', comparison('<')],
  ['<=', comparison('<=')],
  ['>', comparison('>')],
  ['>=', comparison('>=')],
  [
    '<=>',
    lazy((e, call) => {
      const [a, b] = [e.value(call.args[0]!), e.value(call.args[1]!)];
      return e.of(BOOLEAN, nullSafeEqual(e, a, b, hintsOf(call, false)));
    }),
  ],
]);
