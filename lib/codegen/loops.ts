import type { Bound } from '../core/expr/bound.js';
import { walk } from '../core/expr/walk.js';
import { FRAME_SLOTS, SLOT_BYTES, SLOT_FLAGS, SLOT_FLAG_NO_NULLS, SLOT_NULLS } from '../memory/layout.js';
import { batchCall, emitBatchCalls } from './batch-calls.js';
import { boundsOf } from './bounds.js';
import { I32, OP } from './encoder.js';
import { WIDTH_SHIFT } from './emitter.js';
import { emitVectorFilter, vectorTerms } from './simd-filter.js';
import { FunctionContext, physicalOf, RowCompiler, type SlotInfo, type StageUnit } from './row-compiler.js';

/**
 * The frame of every compiled loop. A function is `name(frame, n[, extra])` over rows 0..n, or `name_s(frame, sel, n[, extra])` over positions at `sel`.
 * Inside are up to two bodies: one for batches in which no nullable input has a null, checked once at entry, and one for all others. Wide decimals bring one more, in
 * 128 bits, for batches in which they do not fit 64 (bounds.ts).
 */
export interface LoopShape {
  /** Everything the loop evaluates: tells which slots it reads. */
  readonly exprs: readonly Bound[];
  /** Of these, what is only added up. */
  readonly sums?: readonly Bound[];
  /** There is a further parameter (an address), given as a local to the callbacks. */
  readonly extra: boolean;
  /** The function returns what `result` pushes. */
  readonly result?: (context: FunctionContext) => void;
  /** Before the loop of dense rows without nulls: does a first part of them in another way, and moves `k` on. */
  readonly head?: (e: RowCompiler, loop: LoopLocals) => void;
  /** Before each body's loop. */
  readonly open?: (e: RowCompiler, loop: LoopLocals) => void;
  /** Whether there is nothing to do for the rows of this body. */
  readonly isEmpty?: (e: RowCompiler, loop: LoopLocals) => boolean;
  /** Without it there is no loop. */
  readonly row?: (e: RowCompiler, loop: LoopLocals) => void;
  /** After each body's loop, with the same compiler as `row` had. */
  readonly close?: (e: RowCompiler, loop: LoopLocals) => void;
}

export interface LoopLocals {
  /** Position among the live rows, 0..n. */
  readonly k: number;
  readonly n: number;
  /** Position in the batch. */
  readonly row: number;
  readonly extra: number;
  readonly selected: boolean;
}

/** Writes both forms of a loop; gives their symbols. */
export function emitLoop(
  unit: StageUnit,
  slots: readonly SlotInfo[],
  name: string | undefined,
  shape: LoopShape,
): { readonly dense: number; readonly selected: number } {
  return {
    dense: emitForm(unit, slots, name, shape, false),
    selected: emitForm(unit, slots, name === undefined ? undefined : `${name}_s`, shape, true),
  };
}

function emitForm(
  unit: StageUnit,
  slots: readonly SlotInfo[],
  name: string | undefined,
  shape: LoopShape,
  selected: boolean,
): number {
  const params = new Array<typeof I32>((selected ? 3 : 2) + (shape.extra ? 1 : 0)).fill(I32);
  const { symbol, builder: f } = unit.module.function(params, shape.result === undefined ? [] : [I32], name);
  const context = new FunctionContext(unit, f, slots);
  const n = selected ? 2 : 1;
  const nullable = nullableSlots(shape.exprs, slots);
  const bounds = boundsOf(unit, shape.exprs, shape.sums);
  for (const slot of bounds?.measured ?? []) unit.measured.add(slot);
  const body = (noNulls: boolean, words = bounds?.always): void => {
    const k = f.local(I32);
    const row = selected ? f.local(I32) : k;
    const e = new RowCompiler(context, row, noNulls, words);
    const loop: LoopLocals = { k, n, row, extra: n + 1, selected };
    f.i32(0).set(k);
    shape.open?.(e, loop);
    if (noNulls && !selected) shape.head?.(e, loop);
    if (shape.row !== undefined && shape.isEmpty?.(e, loop) !== true) emitRows(e, loop, shape.row);
    shape.close?.(e, loop);
  };
  const bodies = (words: ReadonlySet<number> | undefined): void => {
    if (nullable.length === 0) {
      body(true, words);
      return;
    }
    f.get(0).mem(OP.i32_load, flagsOf(nullable[0]!));
    for (const slot of nullable.slice(1)) f.get(0).mem(OP.i32_load, flagsOf(slot)).op(OP.i32_and);
    f.i32(SLOT_FLAG_NO_NULLS).op(OP.i32_and).if();
    body(true, words);
    f.else();
    body(false, words);
    f.end();
  };
  if (bounds?.small === undefined) {
    bodies(bounds?.always);
  } else {
    bounds.check(context, { sel: selected ? 1 : undefined, n });
    f.if();
    bodies(bounds.small);
    f.else();
    // Rare: one body for both.
    body(nullable.length === 0);
    f.end();
  }
  shape.result?.(context);
  return symbol;
}

function emitRows(e: RowCompiler, loop: LoopLocals, write: NonNullable<LoopShape['row']>): void {
  const { f } = e;
  const { k, n, row, selected } = loop;
  f.get(k).get(n).op(OP.i32_lt_u).if();
  const top = f.loop();
  if (selected) f.get(1).get(k).i32(2).op(OP.i32_shl, OP.i32_add).mem(OP.i32_load).set(row);
  e.scoped(() => write(e, loop));
  f.get(k).i32(1).op(OP.i32_add).tee(k).get(n).op(OP.i32_lt_u).brIf(top);
  f.end().end();
}

const flagsOf = (slot: number): number => FRAME_SLOTS + slot * SLOT_BYTES + SLOT_FLAGS;

export function slotsOf(exprs: readonly Bound[]): number[] {
  const found = new Set<number>();
  for (const expr of exprs) {
    walk(expr, (node) => {
      if (node.kind === 'slot') found.add(node.index);
    });
  }
  return [...found].sort((a, b) => a - b);
}

function nullableSlots(exprs: readonly Bound[], slots: readonly SlotInfo[]): number[] {
  return slotsOf(exprs).filter((slot) => slots[slot]?.nullable === true);
}

/** Keeps the positions where the condition is true: without a branch for each row. */
export function emitFilter(unit: StageUnit, slots: readonly SlotInfo[], name: string, condition: Bound): void {
  const counts = new Map<FunctionContext, number>();
  const terms = vectorTerms(condition);
  emitLoop(unit, slots, name, {
    exprs: [condition],
    extra: true,
    open: (e) => {
      if (!counts.has(e.context)) counts.set(e.context, e.local(I32));
    },
    ...(terms === undefined
      ? {}
      : { head: (e, { k, n, extra }) => emitVectorFilter(e, terms, k, n, extra, counts.get(e.context)!) }),
    row: (e, { row, extra }) => {
      const count = counts.get(e.context)!;
      const keep = e.predicate(condition);
      e.f.get(extra).get(count).i32(2).op(OP.i32_shl, OP.i32_add).get(row).mem(OP.i32_store);
      e.f.get(count).get(keep).op(OP.i32_add).set(count);
    },
    result: (context) => void context.f.get(counts.get(context)!),
  });
}

export interface Output {
  readonly slot: number;
  readonly expr: Bound;
}

/** A function this heavy (in nodes of expressions) is split: V8 compiles many small functions better than a large one. */
const NODES_PER_FUNCTION = 96;

export function emitProject(unit: StageUnit, slots: readonly SlotInfo[], name: string, outputs: readonly Output[]): void {
  const calls = outputs.filter(({ expr }) => batchCall(expr) !== undefined);
  const others = outputs.filter(({ expr }) => batchCall(expr) === undefined);
  const parts = others.length === 0 ? [] : splitByWeight(others);
  if (parts.length === 0) return void emitBatchCalls(unit, slots, name, calls);
  if (parts.length === 1 && calls.length === 0) return void emitProjectPart(unit, slots, name, others);
  const symbols = parts.map((part) => emitProjectPart(unit, slots, undefined, part));
  if (calls.length > 0) symbols.push(emitBatchCalls(unit, slots, undefined, calls));
  const forward = (params: number, export_: string, symbolOf: (s: { dense: number; selected: number }) => number): void => {
    const { builder: f } = unit.module.function(new Array<typeof I32>(params).fill(I32), [], export_);
    for (const symbol of symbols) {
      for (let i = 0; i < params; i++) f.get(i);
      f.call(symbolOf(symbol));
    }
  };
  forward(2, name, (s) => s.dense);
  forward(3, `${name}_s`, (s) => s.selected);
}

function splitByWeight(outputs: readonly Output[]): Output[][] {
  const parts: Output[][] = [[]];
  let weight = 0;
  for (const output of outputs) {
    let nodes = 0;
    walk(output.expr, () => void nodes++);
    if (weight > 0 && weight + nodes > NODES_PER_FUNCTION) {
      parts.push([]);
      weight = 0;
    }
    parts.at(-1)!.push(output);
    weight += nodes;
  }
  return parts;
}

function emitProjectPart(
  unit: StageUnit,
  slots: readonly SlotInfo[],
  name: string | undefined,
  outputs: readonly Output[],
): { readonly dense: number; readonly selected: number } {
  /** For outputs with nulls in a body: local that gathers whether there was one. */
  const anyNull = new Map<RowCompiler, Map<number, number>>();
  return emitLoop(unit, slots, name, {
    exprs: outputs.map((o) => o.expr),
    extra: false,
    open: (e) => {
      anyNull.set(e, new Map(outputs.map((o) => [o.slot, e.local(I32)])));
    },
    row: (e, { row }) => {
      for (const { slot, expr } of outputs) {
        const physical = physicalOf(expr.type);
        const at = e.element(slot, physical);
        const value = physical === 'view' ? e.valueAt(expr, at) : e.value(expr);
        if (value.local !== at) e.storeValue(at, 0, value);
        if (slots[slot]?.nullable !== true) continue;
        const gathered = anyNull.get(e)!;
        if (value.null === false) {
          gathered.delete(slot);
          continue;
        }
        const any = gathered.get(slot)!;
        e.f.get(e.context.slotAddress(slot, SLOT_NULLS)).get(row).op(OP.i32_add).get(value.null).mem(OP.i32_store8);
        e.f.get(any).get(value.null).op(OP.i32_or).set(any);
      }
    },
    close: (e, loop) => {
      for (const { slot } of outputs) closeOutput(e, loop, slot, slots[slot]?.nullable === true, anyNull.get(e)!.get(slot));
    },
  });
}

/** Sets the slot's flag; where a body makes no nulls, clears the null bytes up to the last row at once. */
function closeOutput(
  e: RowCompiler,
  { row, n, selected }: LoopLocals,
  slot: number,
  nullable: boolean,
  any: number | undefined,
): void {
  const { f, context } = e;
  if (nullable && any === undefined) {
    f.get(n).if();
    f.get(context.slotAddress(slot, SLOT_NULLS)).i32(0);
    // In the dense form `row` counts one beyond the last.
    f.get(row);
    if (selected) f.i32(1).op(OP.i32_add);
    f.fill();
    f.end();
  }
  f.get(0);
  if (nullable && any !== undefined) f.get(any).op(OP.i32_eqz);
  else f.i32(SLOT_FLAG_NO_NULLS);
  f.mem(OP.i32_store, FRAME_SLOTS + slot * SLOT_BYTES + SLOT_FLAGS);
}

/** Bytes that a row of these slots takes in vectors, null bytes included. */
export function rowBytes(slots: readonly SlotInfo[]): number {
  return slots.reduce((sum, slot) => sum + (1 << WIDTH_SHIFT[physicalOf(slot.type)]) + 1, 0);
}
