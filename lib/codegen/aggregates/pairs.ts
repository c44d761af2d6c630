import { OP, SIMD, V128 } from '../encoder.js';
import type { Value } from '../emitter.js';
import type { RowCompiler } from '../row-compiler.js';
import type { Field, State } from './accumulator.js';

/**
 * Two double-double sums as one vector: [hi of A, hi of B][lo of A, lo of B]. The additions of sums.ts, addDouble, cost the same for both as for one, and so do the loads and stores
 * of their states.
 */
export const PAIR_FIELDS: readonly Field[] = [
  { type: V128, initial: 0 },
  { type: V128, initial: 0 },
];
export const PAIR_BYTES = 32;
/** Offsets of hi and lo of each member within the pair. */
export const PAIR_OFFSETS = [
  [0, 16],
  [8, 24],
] as const;

export function addPair(e: RowCompiler, state: State, a: Value, b: Value): void {
  const { f } = e;
  // A null adds zero, which changes nothing: sums start at +0.
  const lane = (value: Value): void => {
    if (value.null === false) f.get(value.local);
    else f.f64(0).get(value.local).get(value.null).op(OP.select);
  };
  const x = e.let(V128, () => {
    lane(a);
    f.simd(SIMD.f64x2_splat);
    lane(b);
    f.simdLane(SIMD.f64x2_replace_lane, 1);
  });
  const hi = e.let(V128, () => f.get(state.get(0)));
  const sum = e.let(V128, () => f.get(hi).get(x).simd(SIMD.f64x2_add));
  const part = e.let(V128, () => f.get(sum).get(hi).simd(SIMD.f64x2_sub));
  const lo = state.get(1);
  state.set(1, () => {
    f.get(lo).get(hi).get(sum).get(part).simd(SIMD.f64x2_sub).simd(SIMD.f64x2_sub);
    f.get(x).get(part).simd(SIMD.f64x2_sub).simd(SIMD.f64x2_add).simd(SIMD.f64x2_add);
  });
  state.set(0, () => f.get(sum));
}
