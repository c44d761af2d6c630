import type { Bound, BoundAggregate } from '../core/expr/bound.js';
import { InternalError } from '../core/errors.js';
import { FRAME_SLOTS, SLOT_BYTES, SLOT_FLAGS, SLOT_NULLS } from '../memory/layout.js';
import type { Accumulator, AggregateParts, Field, KeyMaker, State } from './aggregates/accumulator.js';
import { fieldBytes, LocalState, MemoryState } from './aggregates/accumulator.js';
import { AGGREGATES } from './aggregates/index.js';
import { F64, I32, I64, OP } from './encoder.js';
import type { Value } from './emitter.js';
import { emitLoop, type LoopShape } from './loops.js';
import { FunctionContext, physicalOf, RowCompiler, type SlotInfo, type StageUnit } from './row-compiler.js';

/** The aggregates of one sink: their accumulators, shared, laid out one after another from the state's start. */
export interface AggregateLayout {
  readonly aggregates: readonly { readonly node: BoundAggregate; readonly parts: AggregateParts; readonly places: readonly number[] }[];
  readonly accumulators: readonly { readonly accumulator: Accumulator; readonly offset: number }[];
  readonly stateBytes: number;
  readonly initial: Uint8Array;
  readonly ownsHeap: boolean;
}

/** Accumulators of one update function; wider aggregates run several loops. */
const FIELDS_PER_FUNCTION = 32;

/** DISTINCT changes nothing for these. */
const INDIFFERENT = new Set(['min', 'max', 'bool_and', 'bool_or', 'bit_and', 'bit_or', 'first', 'last', 'any_value', 'first_ignore_nulls', 'last_ignore_nulls', 'min_by', 'max_by', 'approx_count_distinct']);

export function layoutAggregates(unit: StageUnit, nodes: readonly BoundAggregate[]): AggregateLayout {
  const key: KeyMaker = (...exprs) => exprs.map((expr) => (expr === undefined ? '-' : unit.ids.idOf(expr))).join(' ');
  const accumulators: { accumulator: Accumulator; offset: number }[] = [];
  const placeOf = new Map<string, number>();
  let at = 0;
  const aggregates = nodes.map((node) => {
    const name = node.distinct && !INDIFFERENT.has(node.fn) ? `distinct:${node.fn}` : node.fn;
    const emitter = AGGREGATES.get(name);
    if (emitter === undefined) throw new InternalError(`No compiled form of aggregate ${name}.`);
    const parts = emitter(node, key);
    const places = parts.parts.map((accumulator) => {
      const known = placeOf.get(accumulator.key);
      if (known !== undefined) return known;
      accumulators.push({ accumulator, offset: at });
      placeOf.set(accumulator.key, accumulators.length - 1);
      for (const field of accumulator.fields) at += fieldBytes(field);
      return accumulators.length - 1;
    });
    return { node, parts, places };
  });
  return { aggregates, accumulators, stateBytes: at, initial: initialBytes(accumulators.flatMap(({ accumulator }) => accumulator.fields), at), ownsHeap: accumulators.some((a) => a.accumulator.ownsHeap === true) };
}

function initialBytes(fields: readonly Field[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const field of fields) {
    if (field.type === I64) view.setBigInt64(at, BigInt(field.initial), true);
    else if (field.type === F64) view.setFloat64(at, Number(field.initial), true);
    else if (field.type === I32) view.setInt32(at, Number(field.initial), true);
    at += fieldBytes(field);
  }
  return bytes;
}

type Placed = AggregateLayout['accumulators'][number];

/** `update`: each row into the state whose address `states[k]` holds. */
export function emitUpdate(unit: StageUnit, slots: readonly SlotInfo[], name: string, layout: AggregateLayout): void {
  emitParts(unit, slots, name, layout, (part) => ({
    exprs: exprsOf(part),
    extra: true,
    row: (e, { k, extra }) => {
      const base = e.let(I32, () => e.f.get(extra).get(k).i32(2).op(OP.i32_shl, OP.i32_add).mem(OP.i32_load));
      addRow(e, part, ({ accumulator, offset }) => new MemoryState(e, accumulator.fields, base, offset));
    },
  }));
}

/** `single`: all rows into one state, in locals where possible. */
export function emitSingle(unit: StageUnit, slots: readonly SlotInfo[], name: string, layout: AggregateLayout): void {
  emitParts(unit, slots, name, layout, (part) => {
    const states = new Map<RowCompiler, Map<Placed, State>>();
    return {
      exprs: exprsOf(part),
      extra: true,
      open: (e, { extra }) => {
        states.set(
          e,
          new Map(
            part.map((placed) => {
              const { accumulator, offset } = placed;
              const state = accumulator.inMemory === true ? new MemoryState(e, accumulator.fields, extra, offset) : new LocalState(e, accumulator.fields, extra, offset);
              return [placed, state];
            }),
          ),
        );
      },
      row: (e) => addRow(e, part, (placed) => states.get(e)!.get(placed)!),
      close: (e) => {
        for (const state of states.get(e)!.values()) if (state instanceof LocalState) state.store();
      },
    };
  });
}

const exprsOf = (part: readonly Placed[]): Bound[] => part.flatMap(({ accumulator: { args, filter } }) => (filter === undefined ? args : [...args, filter]));

/** Values are shared among accumulators of the row; those with one filter run under one branch. */
function addRow(e: RowCompiler, part: readonly Placed[], stateOf: (placed: Placed) => State): void {
  const byFilter = new Map<Bound | undefined, Placed[]>();
  const filters = new Map<number, Bound>();
  for (const placed of part) {
    const { filter } = placed.accumulator;
    let same = filter;
    if (filter !== undefined) {
      const id = e.unit.ids.idOf(filter);
      same = filters.get(id) ?? filter;
      filters.set(id, same);
    }
    const group = byFilter.get(same);
    if (group === undefined) byFilter.set(same, [placed]);
    else group.push(placed);
  }
  for (const [filter, group] of byFilter) {
    const add = (): void => {
      for (const placed of group) {
        const values: Value[] = placed.accumulator.args.map((arg) => e.value(arg));
        placed.accumulator.update(e, stateOf(placed), values);
      }
    };
    if (filter === undefined) add();
    else e.when(e.predicate(filter), add);
  }
}

function emitParts(unit: StageUnit, slots: readonly SlotInfo[], name: string, layout: AggregateLayout, shapeOf: (part: readonly Placed[]) => LoopShape): void {
  const parts: Placed[][] = [[]];
  let fields = 0;
  for (const placed of layout.accumulators) {
    if (fields > 0 && fields + placed.accumulator.fields.length > FIELDS_PER_FUNCTION) {
      parts.push([]);
      fields = 0;
    }
    parts.at(-1)!.push(placed);
    fields += placed.accumulator.fields.length;
  }
  if (parts.length === 1) {
    emitLoop(unit, slots, name, shapeOf(parts[0]!));
    return;
  }
  const symbols = parts.map((part) => emitLoop(unit, slots, undefined, shapeOf(part)));
  for (const form of ['dense', 'selected'] as const) {
    const count = form === 'dense' ? 3 : 4;
    const { builder: f } = unit.module.function(new Array<typeof I32>(count).fill(I32), [], form === 'dense' ? name : `${name}_s`);
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
    const at = (array: number): number => e.let(I32, () => f.get(array).get(k).i32(2).op(OP.i32_shl, OP.i32_add).mem(OP.i32_load));
    const [into, from] = [at(0), at(1)];
    for (const { accumulator, offset } of layout.accumulators) {
      accumulator.merge(e, new MemoryState(e, accumulator.fields, into, offset), new MemoryState(e, accumulator.fields, from, offset), 3);
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
        const { accumulator, offset } = layout.accumulators[place]!;
        return new MemoryState(e, accumulator.fields, base, offset);
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

function countedLoop(unit: StageUnit, f: FunctionContext['f'], n: number, slots: readonly SlotInfo[], row: (e: RowCompiler, k: number) => void): void {
  const k = f.local(I32);
  const e = new RowCompiler(new FunctionContext(unit, f, slots), k, true);
  f.i32(0).set(k).get(n).if();
  const top = f.loop();
  row(e, k);
  f.get(k).i32(1).op(OP.i32_add).tee(k).get(n).op(OP.i32_lt_u).brIf(top);
  f.end().end();
}
