import type { Bound, BoundAggregate } from '../../core/expr/bound.js';
import type { DataType } from '../../core/types/data-type.js';
import { FRAME_TASK } from '../../memory/layout.js';
import { compare } from '../compare.js';
import type { Value } from '../emitter.js';
import { F64, I32, I64, OP, type ValueType } from '../encoder.js';
import { physicalOf, type RowCompiler } from '../row-compiler.js';
import {
  f64Field,
  i32Field,
  i64Field,
  viewField,
  whenValid,
  type Accumulator,
  type AggregateEmitter,
  type Field,
  type KeyMaker,
  type State,
} from './accumulator.js';
import { countOf, countParts } from './numeric.js';

/** min, max, first, last, min_by, max_by, bool_and, bool_or, bit_and, bit_or, bit_xor. */

type Direction = 'min' | 'max';
const I64_MIN = -(2n ** 63n);
const I64_MAX = 2n ** 63n - 1n;

/** A row that any other beats, or nearly: nothing is tested for "first row", and the number of rows decides whether the result is null. */
function extremeFields(type: DataType, direction: Direction): Field[] {
  const isMin = direction === 'min';
  switch (physicalOf(type)) {
    case 'bool':
      return [i32Field(isMin ? 1 : 0)];
    case 'i32':
      return [i32Field(isMin ? 0x7fffffff : -0x80000000)];
    case 'i64':
      return [i64Field(isMin ? I64_MAX : I64_MIN)];
    case 'i128':
      return [i64Field(isMin ? -1n : 0n), i64Field(isMin ? I64_MAX : I64_MIN)];
    case 'f64':
      return [f64Field(isMin ? NaN : -Infinity)];
    case 'view':
      return [viewField, i32Field()];
  }
}

const OPS = {
  min: { i32: OP.i32_lt_s, i64: OP.i64_lt_s },
  max: { i32: OP.i32_gt_s, i64: OP.i64_gt_s },
} as const;

/** Keeps the better of the state and the value, without a branch. */
function improve(e: RowCompiler, direction: Direction, state: State, value: Value): void {
  const { f } = e;
  const old = state.get(0);
  const valid = value.null;
  const alsoValid = (): void => {
    if (valid !== false) f.get(valid).op(OP.i32_eqz, OP.i32_and);
  };
  switch (value.physical) {
    case 'bool':
    case 'i32':
    case 'i64': {
      const op = OPS[direction][value.physical === 'i64' ? 'i64' : 'i32'];
      state.set(0, () => {
        f.get(value.local).get(old).get(value.local).get(old).op(op);
        alsoValid();
        f.op(OP.select);
      });
      return;
    }
    case 'f64':
      // min: the state may be NaN (nothing yet, or only NaN so far), which every number beats. max: a NaN beats the state and is then beaten by nothing.
      state.set(0, () => {
        f.get(value.local)
          .get(old)
          .get(value.local)
          .get(old)
          .op(direction === 'min' ? OP.f64_lt : OP.f64_gt);
        const suspect = direction === 'min' ? old : value.local;
        f.get(suspect).get(suspect).op(OP.f64_ne, OP.i32_or);
        alsoValid();
        f.op(OP.select);
      });
      return;
    default: {
      const high = state.get(1);
      const better = compare(e, direction === 'min' ? '<' : '>', value, e.of(value.type, old, false, high));
      const take = e.let(I32, () => {
        f.get(better);
        alsoValid();
      });
      const [newLow, newHigh] = [
        [value.local, old],
        [value.high, high],
      ].map(([a, b]) => e.let(I64, () => f.get(a!).get(b!).get(take).op(OP.select)));
      state.set(0, () => f.get(newLow!));
      state.set(1, () => f.get(newHigh!));
    }
  }
}

/** Strings: the state owns a copy of its bytes. Field 1 tells whether there is one. */
function improveView(e: RowCompiler, direction: Direction, state: State, value: Value, heap: number): void {
  const { f } = e;
  const place = state.address(0);
  const better = f.local(I32);
  f.i32(1).set(better);
  e.when(state.get(1), () => {
    f.get(value.local).get(place);
    e.kernel('view_compare', [I32, I32], [I32]);
    f.i32(0)
      .op(direction === 'min' ? OP.i32_lt_s : OP.i32_gt_s)
      .set(better);
  });
  e.when(better, () => {
    keepView(e, place, value.local, heap);
    state.set(1, () => f.i32(1));
  });
}

export function keepView(e: RowCompiler, place: number, source: number, heap: number): void {
  e.f.get(place).get(source).get(heap);
  e.kernel('view_keep', [I32, I32, I32], []);
}

function extremePart(direction: Direction, arg: Bound, filter: Bound | undefined, key: KeyMaker): Accumulator {
  const fields = extremeFields(arg.type, direction);
  const base = { key: `${direction} ${key(arg, filter)}`, args: [arg], filter, fields };
  if (physicalOf(arg.type) === 'view') {
    return {
      ...base,
      inMemory: true,
      ownsHeap: true,
      update: (e, state, [value]) => whenValid(e, value!, () => improveView(e, direction, state, value!, e.heap())),
      merge: (e, into, from, heap) =>
        e.when(from.get(1), () => improveView(e, direction, into, e.of(arg.type, from.address(0)), heap)),
    };
  }
  return {
    ...base,
    update: (e, state, [value]) => improve(e, direction, state, value!),
    merge: (e, into, from) =>
      improve(e, direction, into, e.of(arg.type, from.get(0), false, fields.length > 1 ? from.get(1) : -1)),
  };
}

const extreme =
  (direction: Direction): AggregateEmitter =>
  (node, key) => {
    const arg = node.args[0]!;
    return {
      parts: [extremePart(direction, arg, node.filter, key), ...countParts(arg, node.filter, key)],
      finish: (e, [state, ...counts]) => {
        const count = countOf(e, counts);
        const empty = e.let(I32, () => e.f.get(count).op(OP.i64_eqz));
        return e.of(node.type, state!.get(0), empty, physicalOf(node.type) === 'i128' ? state!.get(1) : -1);
      },
    };
  };

/** bit_and, bit_or, bit_xor: neutral element and instruction. */
function bits(name: string, neutral: bigint, i32Op: number, i64Op: number): AggregateEmitter {
  return (node, key) => {
    const arg = node.args[0]!;
    const narrow = physicalOf(arg.type) !== 'i64';
    const combine = (e: RowCompiler, state: State, local: number): void => {
      const old = state.get(0);
      state.set(0, () =>
        e.f
          .get(old)
          .get(local)
          .op(narrow ? i32Op : i64Op),
      );
    };
    const part: Accumulator = {
      key: `${name} ${key(arg, node.filter)}`,
      args: [arg],
      filter: node.filter,
      fields: [narrow ? i32Field(Number(neutral)) : i64Field(neutral)],
      update: (e, state, [value]) => whenValid(e, value!, () => combine(e, state, value!.local)),
      merge: (e, into, from) => combine(e, into, from.get(0)),
    };
    return {
      parts: [part, ...countParts(arg, node.filter, key)],
      finish: (e, [state, ...counts]) => {
        const count = countOf(e, counts);
        return e.of(
          node.type,
          state!.get(0),
          e.let(I32, () => e.f.get(count).op(OP.i64_eqz)),
        );
      },
    };
  };
}

// ---- values of chosen rows

/** Fields of a remembered row: seen, task ordinal, then each value with its null flag. */
interface Remembered {
  readonly fields: readonly Field[];
  readonly valueAt: readonly number[];
}

const SEEN = 0;
const TASK = 1;

function remembered(types: readonly DataType[]): Remembered {
  const fields: Field[] = [i32Field(), i32Field()];
  const valueAt = types.map((type) => {
    const physical = physicalOf(type);
    const at = fields.length;
    const word: ValueType = physical === 'f64' ? F64 : physical === 'i64' || physical === 'i128' ? I64 : I32;
    fields.push(i32Field());
    if (physical === 'view') fields.push(viewField);
    else fields.push({ type: word, initial: word === I64 ? 0n : 0 });
    if (physical === 'i128') fields.push(i64Field());
    return at;
  });
  return { fields, valueAt };
}

function recall(e: RowCompiler, state: State, type: DataType, at: number): Value {
  const physical = physicalOf(type);
  const nulls = state.get(at);
  return e.of(
    type,
    physical === 'view' ? state.address(at + 1) : state.get(at + 1),
    nulls,
    physical === 'i128' ? state.get(at + 2) : -1,
  );
}

function remember(e: RowCompiler, state: State, layout: Remembered, values: readonly Value[], task: number, heap: number): void {
  const { f } = e;
  state.set(SEEN, () => f.i32(1));
  state.set(TASK, () => f.get(task));
  values.forEach((value, i) => {
    const at = layout.valueAt[i]!;
    state.set(at, () => (value.null === false ? f.i32(0) : f.get(value.null)));
    if (value.physical === 'view') {
      whenValid(e, value, () => keepView(e, state.address(at + 1), value.local, heap));
      return;
    }
    state.set(at + 1, () => f.get(value.local));
    if (value.physical === 'i128') state.set(at + 2, () => f.get(value.high));
  });
}

/** The value of the first or last row in row order: tasks reach a state in any order, so it remembers whose row it has. */
const positional =
  (end: 'first' | 'last', skipNulls: boolean): AggregateEmitter =>
  (node, key) => {
    const arg = node.args[0]!;
    const layout = remembered([arg.type]);
    const wins = (e: RowCompiler, state: State, task: number): number => {
      const [seen, kept] = [state.get(SEEN), state.get(TASK)];
      // Rows of one task come in order: the first stays, the last replaces.
      return e.let(I32, () =>
        e.f
          .get(seen)
          .op(OP.i32_eqz)
          .get(task)
          .get(kept)
          .op(end === 'first' ? OP.i32_lt_u : OP.i32_ge_u, OP.i32_or),
      );
    };
    const part: Accumulator = {
      key: `${end} ${skipNulls} ${key(arg, node.filter)}`,
      args: [arg],
      filter: node.filter,
      fields: layout.fields,
      inMemory: true,
      ownsHeap: physicalOf(arg.type) === 'view',
      update: (e, state, values) => {
        const task = e.context.frameWord(FRAME_TASK);
        const take = (): void => e.when(wins(e, state, task), () => remember(e, state, layout, values, task, e.heap()));
        if (skipNulls) whenValid(e, values[0]!, take);
        else take();
      },
      merge: (e, into, from, heap) => {
        e.when(from.get(SEEN), () => {
          const task = from.get(TASK);
          e.when(wins(e, into, task), () =>
            remember(e, into, layout, [recall(e, from, arg.type, layout.valueAt[0]!)], task, heap),
          );
        });
      },
    };
    return { parts: [part], finish: (e, [state]) => chosen(e, node, state!, layout) };
  };

function chosen(e: RowCompiler, node: BoundAggregate, state: State, layout: Remembered): Value {
  const value = recall(e, state, node.type, layout.valueAt[0]!);
  const seen = state.get(SEEN);
  return {
    ...value,
    null: e.let(I32, () =>
      e.f
        .get(seen)
        .op(OP.i32_eqz)
        .get(value.null as number)
        .op(OP.i32_or),
    ),
  };
}

/** min_by(x, y), max_by(x, y): x of the row with the least or greatest y; of several the first in row order. */
const byKey =
  (direction: Direction): AggregateEmitter =>
  (node, key) => {
    const [x, y] = [node.args[0]!, node.args[1]!];
    const layout = remembered([x.type, y.type]);
    const offer = (e: RowCompiler, state: State, values: readonly Value[], task: number, heap: number): void => {
      const { f } = e;
      const [seen, kept] = [state.get(SEEN), state.get(TASK)];
      const best = { ...recall(e, state, y.type, layout.valueAt[1]!), null: false as const };
      const wins = f.local(I32);
      f.i32(1).set(wins);
      e.when(seen, () => {
        const candidate = { ...values[1]!, null: false as const };
        const better = compare(e, direction === 'min' ? '<' : '>', candidate, best);
        const equal = compare(e, '=', candidate, best);
        f.get(task).get(kept).op(OP.i32_lt_u).get(equal).op(OP.i32_and).get(better).op(OP.i32_or).set(wins);
      });
      e.when(wins, () => remember(e, state, layout, values, task, heap));
    };
    const part: Accumulator = {
      key: `${direction}_by ${key(x, y, node.filter)}`,
      args: [x, y],
      filter: node.filter,
      fields: layout.fields,
      inMemory: true,
      ownsHeap: physicalOf(x.type) === 'view' || physicalOf(y.type) === 'view',
      update: (e, state, values) =>
        whenValid(e, values[1]!, () => offer(e, state, values, e.context.frameWord(FRAME_TASK), e.heap())),
      merge: (e, into, from, heap) => {
        e.when(from.get(SEEN), () => {
          const values = [recall(e, from, x.type, layout.valueAt[0]!), recall(e, from, y.type, layout.valueAt[1]!)];
          offer(e, into, values, from.get(TASK), heap);
        });
      },
    };
    return { parts: [part], finish: (e, [state]) => chosen(e, node, state!, layout) };
  };

export const extremeAggregates: ReadonlyMap<string, AggregateEmitter> = new Map([
  ['min', extreme('min')],
  ['max', extreme('max')],
  ['bool_and', extreme('min')],
  ['bool_or', extreme('max')],
  ['bit_and', bits('bit_and', -1n, OP.i32_and, OP.i64_and)],
  ['bit_or', bits('bit_or', 0n, OP.i32_or, OP.i64_or)],
  ['bit_xor', bits('bit_xor', 0n, OP.i32_xor, OP.i64_xor)],
  ['first', positional('first', false)],
  ['last', positional('last', false)],
  ['any_value', positional('first', false)],
  ['first_ignore_nulls', positional('first', true)],
  ['last_ignore_nulls', positional('last', true)],
  ['min_by', byKey('min')],
  ['max_by', byKey('max')],
]);
