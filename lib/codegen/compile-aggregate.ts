import type { Bound, BoundAggregate } from '../core/expr/bound.js';
import { FRAME_SLOTS, SLOT_BYTES, SLOT_FLAGS, SLOT_NULLS } from '../memory/layout.js';
import type { Accumulator, AggregateParts, Field, KeyMaker, State } from './aggregates/accumulator.js';
import { fieldBytes, fieldOffsets, LocalState, MemoryState } from './aggregates/accumulator.js';
import { AGGREGATES } from './aggregates/index.js';
import { addPair, PAIR_BYTES, PAIR_FIELDS, PAIR_OFFSETS } from './aggregates/pairs.js';
import { F64, I32, I64, OP } from './encoder.js';
import type { Value } from './emitter.js';
import { emitLoop, slotsOf, type LoopLocals, type LoopShape } from './loops.js';
import { notBuilt } from './not-built.js';
import { FunctionContext, physicalOf, RowCompiler, type SlotInfo, type StageUnit } from './row-compiler.js';

/** The aggregates of one sink: their accumulators, shared, laid out one after another from the state's start. */
export interface AggregateLayout {
  readonly aggregates: readonly {
    readonly node: BoundAggregate;
    readonly parts: AggregateParts;
    readonly places: readonly number[];
  }[];
  readonly accumulators: readonly Placed[];
  /** The same by what is updated together. */
  readonly groups: readonly Group[];
  readonly stateBytes: number;
  readonly initial: Uint8Array;
  readonly ownsHeap: boolean;
}

/** An accumulator and where its fields lie in the state. */
interface Placed {
  readonly accumulator: Accumulator;
  readonly offsets: readonly number[];
}

/** One accumulator, or two sums that share vectors. */
interface Group {
  readonly members: readonly Placed[];
  readonly fields: readonly Field[];
  readonly offsets: readonly number[];
}

/** Accumulators of one update function; wider aggregates run several loops. */
const FIELDS_PER_FUNCTION = 32;

/** DISTINCT changes nothing for these. */
const INDIFFERENT = new Set([
  'min',
  'max',
  'bool_and',
  'bool_or',
  'bit_and',
  'bit_or',
  'first',
  'last',
  'any_value',
  'first_ignore_nulls',
  'last_ignore_nulls',
  'min_by',
  'max_by',
  'approx_count_distinct',
]);

export function layoutAggregates(unit: StageUnit, nodes: readonly BoundAggregate[]): AggregateLayout {
  const key: KeyMaker = (...exprs) => exprs.map((expr) => (expr === undefined ? '-' : unit.ids.idOf(expr))).join(' ');
  const found: Accumulator[] = [];
  const placeOf = new Map<string, number>();
  const aggregates = nodes.map((node) => {
    const name = node.distinct && !INDIFFERENT.has(node.fn) ? `distinct:${node.fn}` : node.fn;
    const emitter = AGGREGATES.get(name);
    if (emitter === undefined)
      throw notBuilt(`The aggregate ${name.startsWith('distinct:') ? `${name.slice(9)}(DISTINCT …)` : `${name}()`}`);
    const parts = emitter(node, key);
    const places = parts.parts.map((accumulator) => {
      const known = placeOf.get(accumulator.key);
      if (known !== undefined) return known;
      placeOf.set(accumulator.key, found.length);
      return found.push(accumulator) - 1;
    });
    return { node, parts, places };
  });
  return { aggregates, ...placeAll(found, key), ownsHeap: found.some((a) => a.ownsHeap === true) };
}

/** Lays the state out: pairs of double sums interleaved, the others field after field. */
function placeAll(
  found: readonly Accumulator[],
  key: KeyMaker,
): Pick<AggregateLayout, 'accumulators' | 'groups' | 'stateBytes' | 'initial'> {
  const placed = new Map<Accumulator, Placed>();
  const groups: Group[] = [];
  const waiting = new Map<string, Accumulator>();
  const pairs: [Accumulator, Accumulator][] = [];
  for (const accumulator of found) {
    if (accumulator.pairable !== true) continue;
    const under = key(accumulator.filter);
    const first = waiting.get(under);
    if (first === undefined) {
      waiting.set(under, accumulator);
    } else {
      waiting.delete(under);
      pairs.push([first, accumulator]);
    }
  }
  let at = 0;
  for (const pair of pairs) {
    const members = pair.map((accumulator, i): Placed => ({
      accumulator,
      offsets: PAIR_OFFSETS[i]!.map((offset) => offset + at),
    }));
    for (const member of members) placed.set(member.accumulator, member);
    groups.push({ members, fields: PAIR_FIELDS, offsets: [at, at + 16] });
    at += PAIR_BYTES;
  }
  for (const accumulator of found) {
    if (placed.has(accumulator)) continue;
    const start = at;
    const offsets = fieldOffsets(accumulator.fields).map((offset) => offset + start);
    const member = { accumulator, offsets };
    placed.set(accumulator, member);
    groups.push({ members: [member], fields: accumulator.fields, offsets });
    for (const field of accumulator.fields) at += fieldBytes(field);
  }
  const accumulators = found.map((accumulator) => placed.get(accumulator)!);
  return { accumulators, groups, stateBytes: at, initial: initialBytes(accumulators, at) };
}

function initialBytes(accumulators: readonly Placed[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  for (const { accumulator, offsets } of accumulators) {
    accumulator.fields.forEach((field, i) => {
      const at = offsets[i]!;
      if (field.type === I64) view.setBigInt64(at, BigInt(field.initial), true);
      else if (field.type === F64) view.setFloat64(at, Number(field.initial), true);
      else if (field.type === I32) view.setInt32(at, Number(field.initial), true);
    });
  }
  return bytes;
}

/**
 * `update`: each row into the state whose address `states[k]` holds. Gives the slots it reads if rows may be held back and come in another order: no state depends on
 * the order or refers to bytes elsewhere, no input is a string, nothing raises.
 */
export function emitUpdate(
  unit: StageUnit,
  slots: readonly SlotInfo[],
  name: string,
  layout: AggregateLayout,
): readonly number[] | undefined {
  const raises = unit.raises;
  emitParts(unit, slots, name, layout, (part) => ({
    exprs: exprsOf(part),
    sums: sumsOf(part),
    extra: true,
    row: (e, { k, extra }) => {
      const base = e.let(I32, () => e.f.get(extra).get(k).i32(2).op(OP.i32_shl, OP.i32_add).mem(OP.i32_load));
      addRow(e, part, ({ fields, offsets }) => new MemoryState(e, fields, base, offsets));
    },
  }));
  const inputs = slotsOf(layout.groups.flatMap((group) => exprsOf([group])));
  const isBound =
    unit.raises > raises ||
    layout.accumulators.some(({ accumulator }) => accumulator.inMemory === true || accumulator.ownsHeap === true) ||
    inputs.some((slot) => physicalOf(slots[slot]!.type) === 'view');
  return isBound ? undefined : inputs;
}

/** `single`: all rows into one state, in locals where possible. */
export function emitSingle(unit: StageUnit, slots: readonly SlotInfo[], name: string, layout: AggregateLayout): void {
  emitParts(unit, slots, name, layout, (part) => {
    const states = new Map<RowCompiler, Map<Group, State>>();
    const byRow = part.filter((group) => atOnce(group) === undefined);
    return {
      exprs: exprsOf(part),
      sums: sumsOf(part),
      extra: true,
      open: (e, { extra }) => {
        states.set(
          e,
          new Map(
            part.map((group) => {
              const { fields, offsets, members } = group;
              const inMemory = members[0]!.accumulator.inMemory === true;
              return [group, inMemory ? new MemoryState(e, fields, extra, offsets) : new LocalState(e, fields, extra, offsets)];
            }),
          ),
        );
      },
      ...(byRow.length === 0
        ? {}
        : {
            isEmpty: (e, loop) => byRow.every((group) => ofBatch(group, e, loop) !== undefined),
            row: (e, loop) =>
              addRow(
                e,
                byRow.filter((group) => ofBatch(group, e, loop) === undefined),
                (group) => states.get(e)!.get(group)!,
              ),
          }),
      close: (e, loop) => {
        for (const [group, state] of states.get(e)!) (atOnce(group) ?? ofBatch(group, e, loop))?.(e, state, loop.n);
        for (const state of states.get(e)!.values()) if (state instanceof LocalState) state.store();
      },
    };
  });
}

const atOnce = ({ members }: Group): Accumulator['updateAll'] => members[0]!.accumulator.updateAll;

/** How a group adds a batch of all rows, without nulls. */
function ofBatch({ members }: Group, { noNulls }: RowCompiler, { selected }: LoopLocals): Accumulator['updateBatch'] {
  return noNulls && !selected && members.length === 1 ? members[0]!.accumulator.updateBatch : undefined;
}

const exprsOf = (part: readonly Group[]): Bound[] =>
  part.flatMap(({ members }) =>
    members.flatMap(({ accumulator: { args, filter } }) => (filter === undefined ? args : [...args, filter])),
  );

const sumsOf = (part: readonly Group[]): Bound[] =>
  part.flatMap(({ members }) => members.flatMap(({ accumulator: { args, takesWords } }) => (takesWords === true ? args : [])));

/** Values are shared among accumulators of the row; those with one filter run under one branch. */
function addRow(e: RowCompiler, part: readonly Group[], stateOf: (group: Group) => State): void {
  const byFilter = new Map<Bound | undefined, Group[]>();
  const filters = new Map<number, Bound>();
  for (const group of part) {
    const { filter } = group.members[0]!.accumulator;
    let same = filter;
    if (filter !== undefined) {
      const id = e.unit.ids.idOf(filter);
      same = filters.get(id) ?? filter;
      filters.set(id, same);
    }
    const known = byFilter.get(same);
    if (known === undefined) byFilter.set(same, [group]);
    else known.push(group);
  }
  for (const [filter, groups] of byFilter) {
    const add = (): void => {
      for (const group of groups) {
        const values: Value[] = group.members.flatMap(({ accumulator }) => accumulator.args.map((arg) => e.value(arg)));
        if (group.members.length === 2) addPair(e, stateOf(group), values[0]!, values[1]!);
        else group.members[0]!.accumulator.update(e, stateOf(group), values);
      }
    };
    if (filter === undefined) add();
    else e.when(e.predicate(filter), add);
  }
}

function emitParts(
  unit: StageUnit,
  slots: readonly SlotInfo[],
  name: string,
  layout: AggregateLayout,
  shapeOf: (part: readonly Group[]) => LoopShape,
): void {
  const parts: Group[][] = [[]];
  let fields = 0;
  for (const group of layout.groups) {
    if (fields > 0 && fields + group.fields.length > FIELDS_PER_FUNCTION) {
      parts.push([]);
      fields = 0;
    }
    parts.at(-1)!.push(group);
    fields += group.fields.length;
  }
  if (parts.length === 1) {
    emitLoop(unit, slots, name, shapeOf(parts[0]!));
    return;
  }
  const symbols = parts.map((part) => emitLoop(unit, slots, undefined, shapeOf(part)));
  for (const form of ['dense', 'selected'] as const) {
    const count = form === 'dense' ? 3 : 4;
    const { builder: f } = unit.module.function(
      new Array<typeof I32>(count).fill(I32),
      [],
      form === 'dense' ? name : `${name}_s`,
    );
    for (const symbol of symbols) {
      for (let i = 0; i < count; i++) f.get(i);
      f.call(symbol[form]);
    }
  }
}

/** `merge(into, from, n, heap)` over arrays of state addresses. */
export function emitMerge(unit: StageUnit, name: string, layout: AggregateLayout): void {
  const { builder: f } = unit.module.function([I32, I32, I32, I32], [], name);
  countedLoop(unit, f, 2, [], (e, k) => {
    const at = (array: number): number =>
      e.let(I32, () => f.get(array).get(k).i32(2).op(OP.i32_shl, OP.i32_add).mem(OP.i32_load));
    const [into, from] = [at(0), at(1)];
    for (const { accumulator, offsets } of layout.accumulators) {
      accumulator.merge(
        e,
        new MemoryState(e, accumulator.fields, into, offsets),
        new MemoryState(e, accumulator.fields, from, offsets),
        3,
      );
    }
  });
}

/** `finish(frame, states, n)`: results into slots `firstSlot`… at rows 0..n. */
export function emitFinish(unit: StageUnit, name: string, layout: AggregateLayout, firstSlot: number): void {
  const { builder: f } = unit.module.function([I32, I32, I32], [], name);
  const nulls = layout.aggregates.map(({ node }) => (node.nullable ? f.local(I32) : undefined));
  countedLoop(unit, f, 2, [], (e, k) => {
    const base = e.let(I32, () => f.get(1).get(k).i32(2).op(OP.i32_shl, OP.i32_add).mem(OP.i32_load));
    layout.aggregates.forEach(({ node, parts, places }, i) => {
      const states = places.map((place) => {
        const { accumulator, offsets } = layout.accumulators[place]!;
        return new MemoryState(e, accumulator.fields, base, offsets);
      });
      e.scoped(() => {
        const value = parts.finish(e, states);
        const slot = firstSlot + i;
        e.storeValue(e.element(slot, physicalOf(node.type)), 0, value);
        const any = nulls[i];
        if (any === undefined) return;
        const isNull = value.null === false ? e.let(I32, () => f.i32(0)) : value.null;
        f.get(e.context.slotAddress(slot, SLOT_NULLS)).get(k).op(OP.i32_add).get(isNull).mem(OP.i32_store8);
        f.get(any).get(isNull).op(OP.i32_or).set(any);
      });
    });
  });
  layout.aggregates.forEach((_, i) => {
    const any = nulls[i];
    f.get(0);
    if (any === undefined) f.i32(1);
    else f.get(any).op(OP.i32_eqz);
    f.mem(OP.i32_store, FRAME_SLOTS + (firstSlot + i) * SLOT_BYTES + SLOT_FLAGS);
  });
}

function countedLoop(
  unit: StageUnit,
  f: FunctionContext['f'],
  n: number,
  slots: readonly SlotInfo[],
  row: (e: RowCompiler, k: number) => void,
): void {
  const k = f.local(I32);
  const e = new RowCompiler(new FunctionContext(unit, f, slots), k, true);
  f.i32(0).set(k).get(n).if();
  const top = f.loop();
  row(e, k);
  f.get(k).i32(1).op(OP.i32_add).tee(k).get(n).op(OP.i32_lt_u).brIf(top);
  f.end().end();
}
