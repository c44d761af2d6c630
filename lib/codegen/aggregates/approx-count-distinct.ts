import { BIGINT } from '../../core/types/data-type.js';
import { I32, I64 } from '../encoder.js';
import { i64Field, type Accumulator, type AggregateEmitter } from './accumulator.js';
import { memberAddress, memberLayout, pushWord, whenAllValid } from './distinct.js';

/** Registers for a relative standard deviation of 5 %, unless one is given. */
const DEVIATION = 0.05;
const [LEAST_BITS, MOST_BITS] = [4, 18];

/** Spark's choice: the smallest power of two of registers whose error is within the deviation. */
function registerBits(deviation: number): number {
  const bits = Math.ceil(2 * Math.log2(1.106 / deviation));
  return Number.isNaN(bits) ? LEAST_BITS : Math.min(MOST_BITS, Math.max(LEAST_BITS, bits));
}

/** A sketch for each group (kernels/assembly/hll.ts). */
const approxCountDistinct: AggregateEmitter = (node, key) => {
  const arg = node.args[0]!;
  const deviation = node.args[1];
  const bits = registerBits(deviation?.kind === 'literal' && deviation.value !== null ? Number(deviation.value) : DEVIATION);
  const layout = memberLayout([arg.type]);
  const { words, views } = layout;
  const sketch: Accumulator = {
    key: `hll ${bits} ${key(arg, node.filter)}`,
    args: [arg],
    filter: node.filter,
    fields: [i64Field()],
    inMemory: true,
    ownsHeap: true,
    update: (e, state, values) =>
      whenAllValid(e, values, () => {
        const place = state.address(0);
        if (words === 1) {
          e.f.get(place).get(e.heap());
          pushWord(e, values[0]!);
          e.f.i32(bits);
          e.kernel('hll_add_word', [I32, I32, I64, I32], []);
          return;
        }
        const member = memberAddress(e, values, layout);
        e.f.get(place).get(e.heap()).get(member).i32(words).i32(views).i32(bits);
        e.kernel('hll_add', [I32, I32, I32, I32, I32, I32], []);
      }),
    merge: (e, into, from, heap) => {
      const [to, other] = [into.address(0), from.address(0)];
      e.f.get(to).get(other).get(heap).i32(bits);
      e.kernel('hll_merge', [I32, I32, I32, I32], []);
    },
  };
  return {
    parts: [sketch],
    finish: (e, [state]) => {
      const place = state!.address(0);
      return e.make(BIGINT, () => {
        e.f.get(place).i32(bits);
        e.kernel('hll_count', [I32, I32], [I64]);
      });
    },
  };
};

export const sketchAggregates: ReadonlyMap<string, AggregateEmitter> = new Map([['approx_count_distinct', approxCountDistinct]]);
