import type { Bound } from '../../core/expr/bound.js';
import type { Value } from '../emitter.js';
import { widen } from '../decimal-parts.js';
import { F64, I32, I64, OP, TRUNC } from '../encoder.js';
import { physicalOf, type RowCompiler } from '../row-compiler.js';
import { i64Field, whenValid, type Accumulator, type AggregateEmitter } from './accumulator.js';
import { toDouble } from './sums.js';

/** The median: all values as doubles in a list (kernels/assembly/lists.ts), or in a set where they are distinct. */

/** A number as the nearest double, decimals by their scale. */
function numberOf(e: RowCompiler, value: Value): number {
  const { type } = value;
  if (type.kind !== 'decimal' || type.scale === 0) return toDouble(e, value);
  const { low, high } = widen(e, value);
  const scratch = e.scratch();
  return e.let(F64, () => {
    e.f.get(low).get(high).i32(type.scale).get(scratch);
    e.kernel('decimal_to_f64', [I64, I64, I32, I32], [F64]);
  });
}

function listPart(arg: Bound, filter: Bound | undefined, distinct: boolean, key: string): Accumulator {
  return {
    key,
    args: [arg],
    filter,
    fields: [i64Field()],
    inMemory: true,
    ownsHeap: true,
    update: (e, state, [value]) =>
      whenValid(e, value!, () => {
        const { f } = e;
        const place = state.address(0);
        const number = numberOf(e, value!);
        f.get(place).get(e.heap()).get(number);
        if (!distinct) {
          e.kernel('list_add', [I32, I32, F64], []);
          return;
        }
        e.kernel('sortable_f64', [F64], [I64]);
        e.kernel('set_add_word', [I32, I32, I64], []);
      }),
    merge: (e, into, from, heap) => {
      const [to, other] = [into.address(0), from.address(0)];
      e.f.get(to).get(other).get(heap);
      if (distinct) {
        e.f.i32(1).i32(0);
        e.kernel('set_merge', [I32, I32, I32, I32, I32], []);
      } else {
        e.kernel('list_merge', [I32, I32, I32], []);
      }
    },
  };
}

const medianOf =
  (distinct: boolean): AggregateEmitter =>
  (node, key) => {
    const arg = node.args[0]!;
    const name = `${distinct ? 'numbers' : 'list'} ${key(arg, node.filter)}`;
    return {
      parts: [listPart(arg, node.filter, distinct, name)],
      finish: (e, [state]) => {
        const { f } = e;
        const place = state!.address(0);
        const held = state!.get(0);
        const empty = e.let(I32, () => f.get(held).op(OP.i64_eqz));
        const middle = e.let(F64, () => {
          f.get(place);
          e.kernel(distinct ? 'set_median' : 'list_median', [I32], [F64]);
        });
        // Intervals come back as whole units.
        const physical = physicalOf(node.type);
        if (physical === 'f64') return e.of(node.type, middle, empty);
        return e.make(node.type, () => f.get(middle).op(...(physical === 'i64' ? TRUNC.i64_f64 : TRUNC.i32_f64)), empty);
      },
    };
  };

export const medianAggregates: ReadonlyMap<string, AggregateEmitter> = new Map([
  ['median', medianOf(false)],
  ['distinct:median', medianOf(true)],
]);
