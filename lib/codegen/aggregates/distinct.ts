import { InternalError } from '../../core/errors.js';
import type { Bound, BoundAggregate } from '../../core/expr/bound.js';
import { BIGINT, type DataType } from '../../core/types/data-type.js';
import type { NullFlag, Value } from '../emitter.js';
import { F64, I32, I64, OP } from '../encoder.js';
import { physicalOf, type RowCompiler } from '../row-compiler.js';
import {
  i64Field,
  whenValid,
  type Accumulator,
  type AggregateEmitter,
  type Field,
  type KeyMaker,
  type State,
} from './accumulator.js';
import { extremeAggregates } from './extremes.js';
import { numericAggregates } from './numeric.js';

/** DISTINCT: a set of values for each group (kernels/assembly/sets.ts); what the plain aggregate makes of its members. */

const CANONICAL_NAN = 0x7ff8000000000000n;

/** How the values of some expressions lie in a member: one word each, two for i128 and views. `views` has a bit at each view's first word. */
export interface MemberLayout {
  readonly words: number;
  readonly views: number;
  readonly offsets: readonly number[];
}

export function memberLayout(types: readonly DataType[]): MemberLayout {
  let words = 0;
  let views = 0;
  const offsets = types.map((type) => {
    const at = words;
    const physical = physicalOf(type);
    if (physical === 'view') views |= 1 << at;
    words += physical === 'view' || physical === 'i128' ? 2 : 1;
    return at * 8;
  });
  if (words > 32) throw new InternalError('DISTINCT over too many columns.');
  return { words, views, offsets };
}

/** Pushes the word that is the same for equal values of one word. */
export function pushWord(e: RowCompiler, { physical, local }: Value): void {
  const { f } = e;
  if (physical === 'f64') {
    f.get(local).f64(0).op(OP.f64_add, OP.i64_reinterpret_f64).i64(CANONICAL_NAN).get(local).get(local).op(OP.f64_eq, OP.select);
  } else {
    f.get(local);
    if (physical !== 'i64') f.op(OP.i64_extend_i32_s);
  }
}

/** Local with the address of a member made of these values, good until the next use of scratch. */
export function memberAddress(e: RowCompiler, values: readonly Value[], { offsets }: MemberLayout): number {
  if (values.length === 1 && values[0]!.physical === 'view') return values[0]!.local;
  const scratch = e.scratch();
  values.forEach((value, i) => {
    const offset = offsets[i]!;
    if (value.physical === 'view' || value.physical === 'i128') {
      e.storeValue(scratch, offset, value);
      return;
    }
    e.f.get(scratch);
    pushWord(e, value);
    e.f.mem(OP.i64_store, offset);
  });
  return scratch;
}

/** Runs `write` where none of the values is null. */
export function whenAllValid(e: RowCompiler, values: readonly Value[], write: () => void): void {
  const nulls = values.reduce<NullFlag>((flag, value) => e.eitherNull(flag, value.null), false);
  whenValid(e, { ...values[0]!, null: nulls }, write);
}

/** The set of the rows' values where none is null. */
function setPart(args: readonly Bound[], filter: Bound | undefined, key: KeyMaker): Accumulator {
  const layout = memberLayout(args.map((arg) => arg.type));
  const { words, views } = layout;
  return {
    key: `set ${key(...args, filter)}`,
    args,
    filter,
    fields: [i64Field()],
    inMemory: true,
    ownsHeap: true,
    update: (e, state, values) =>
      whenAllValid(e, values, () => {
        const place = state.address(0);
        if (words === 1) {
          e.f.get(place).get(e.heap());
          pushWord(e, values[0]!);
          e.kernel('set_add_word', [I32, I32, I64], []);
          return;
        }
        const member = memberAddress(e, values, layout);
        e.f.get(place).get(e.heap()).get(member).i32(words).i32(views);
        e.kernel('set_add', [I32, I32, I32, I32, I32], []);
      }),
    merge: (e, into, from, heap) => {
      const [to, other] = [into.address(0), from.address(0)];
      e.f.get(to).get(other).get(heap).i32(words).i32(views);
      e.kernel('set_merge', [I32, I32, I32, I32, I32], []);
    },
  };
}

/** i64 local: members of the set. */
function sizeOf(e: RowCompiler, set: State): number {
  const place = set.address(0);
  return e.let(I64, () => {
    e.f.get(place);
    e.kernel('set_count', [I32], [I64]);
  });
}

const count: AggregateEmitter = (node, key) => ({
  parts: [setPart(node.args, node.filter, key)],
  finish: (e, [set]) => e.of(BIGINT, sizeOf(e, set!)),
});

/** The state of a plain aggregate's part while the members are gone through. */
class FreshState implements State {
  private readonly e: RowCompiler;
  private readonly locals: readonly number[];

  constructor(e: RowCompiler, fields: readonly Field[]) {
    this.e = e;
    this.locals = fields.map(({ type, initial }) => {
      if (type === I64) return e.let(I64, () => e.f.i64(BigInt(initial)));
      if (type === F64) return e.let(F64, () => e.f.f64(Number(initial)));
      if (type === I32) return e.let(I32, () => e.f.i32(Number(initial)));
      throw new InternalError('This state cannot be kept in locals.');
    });
  }

  get(field: number): number {
    return this.locals[field]!;
  }

  set(field: number, write: () => void): void {
    write();
    this.e.f.set(this.locals[field]!);
  }

  address(): number {
    throw new InternalError('A state in locals has no address.');
  }
}

/** The plain aggregate, over the members. */
const overMembers =
  (plain: AggregateEmitter): AggregateEmitter =>
  (node, key) => {
    const arg = node.args[0]!;
    const { words } = memberLayout([arg.type]);
    const { filter: _, ...unfiltered } = node;
    const over: BoundAggregate = { ...unfiltered, args: [{ ...arg, nullable: false }], distinct: false };
    const { parts, finish } = plain(over, key);
    return {
      parts: [setPart([arg], node.filter, key)],
      finish: (e, [set]) => {
        const { f } = e;
        const states = parts.map(({ fields }) => new FreshState(e, fields));
        const size = sizeOf(e, set!);
        const place = set!.address(0);
        const member = e.let(I32, () => {
          f.get(place);
          e.kernel('set_members', [I32], [I32]);
        });
        const end = e.let(I32, () =>
          f
            .get(size)
            .op(OP.i32_wrap_i64)
            .i32(words * 8)
            .op(OP.i32_mul)
            .get(member)
            .op(OP.i32_add),
        );
        e.when(
          e.let(I32, () => f.get(member).get(end).op(OP.i32_ne)),
          () => {
            const top = f.loop();
            const value = e.loadValue(arg.type, member);
            parts.forEach((part, i) =>
              part.update(
                e,
                states[i]!,
                part.args.map(() => value),
              ),
            );
            f.get(member)
              .i32(words * 8)
              .op(OP.i32_add)
              .tee(member)
              .get(end)
              .op(OP.i32_ne)
              .brIf(top);
            f.end();
          },
        );
        return finish(e, states);
      },
    };
  };

const OVER_MEMBERS = ['sum', 'avg', 'try_sum', 'try_avg', 'var_samp', 'var_pop', 'stddev_samp', 'stddev_pop', 'bit_xor'];

export const distinctAggregates: ReadonlyMap<string, AggregateEmitter> = new Map([
  ['distinct:count', count],
  ...OVER_MEMBERS.flatMap((name): [string, AggregateEmitter][] => {
    const plain = numericAggregates.get(name) ?? extremeAggregates.get(name);
    return plain === undefined ? [] : [[`distinct:${name}`, overMembers(plain)]];
  }),
]);
