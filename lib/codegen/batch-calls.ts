import type { Bound, BoundCall } from '../core/expr/bound.js';
import { FRAME_SLOTS, SLOT_BYTES, SLOT_FLAGS, SLOT_FLAG_NO_NULLS, SLOT_NULLS, SLOT_VALUES, ZEROS } from '../memory/layout.js';
import { I32, OP } from './encoder.js';
import { literalLike } from './functions/like.js';
import { FunctionContext, RowCompiler, type SlotInfo, type StageUnit } from './row-compiler.js';

/**
 * Functions of one column that kernels know for whole batches: of dates, and of strings, whose bytes mostly lie one behind the other. None of them raises, so that they may run for
 * rows that nobody asks about.
 */
type BatchCall =
  | { readonly kind: 'date'; readonly slot: number; readonly field: number }
  | { readonly kind: 'length'; readonly slot: number }
  | { readonly kind: 'contains'; readonly slot: number; readonly part: Uint8Array };

const DATE_FIELDS: readonly string[] = ['year', 'month', 'day'];

export function batchCall(node: Bound): BatchCall | undefined {
  if (node.kind !== 'call') return undefined;
  const { fn, args } = node;
  const [first] = args;
  if (first?.kind !== 'slot') return undefined;
  const slot = first.index;
  const { kind } = first.type;
  if (kind === 'date' && DATE_FIELDS.includes(fn)) return { kind: 'date', slot, field: DATE_FIELDS.indexOf(fn) };
  if (kind !== 'string') return undefined;
  if (fn === 'length') return { kind: 'length', slot };
  const part = partOf(node);
  return part === undefined ? undefined : { kind: 'contains', slot, part };
}

/** What a string is asked to contain, where that is known. */
function partOf(node: BoundCall): Uint8Array | undefined {
  if (node.fn === 'like') {
    const pattern = literalLike(node, false);
    return pattern?.form === 'contains' ? pattern.bytes : undefined;
  }
  if (node.fn !== 'contains') return undefined;
  const part = node.args[1];
  return part?.kind === 'literal' && typeof part.value === 'string' ? Buffer.from(part.value) : undefined;
}

/** A function `name(frame, n)` or `name_s(frame, sel, n)` that puts the values of batch calls into slots. */
export function emitBatchCalls(
  unit: StageUnit,
  slots: readonly SlotInfo[],
  name: string | undefined,
  outputs: readonly { readonly slot: number; readonly expr: Bound }[],
): { readonly dense: number; readonly selected: number } {
  return {
    dense: emitForm(unit, slots, name, outputs, false),
    selected: emitForm(unit, slots, name === undefined ? undefined : `${name}_s`, outputs, true),
  };
}

function emitForm(
  unit: StageUnit,
  slots: readonly SlotInfo[],
  name: string | undefined,
  outputs: readonly { readonly slot: number; readonly expr: Bound }[],
  selected: boolean,
): number {
  const { symbol, builder: f } = unit.module.function(new Array<typeof I32>(selected ? 3 : 2).fill(I32), [], name);
  const context = new FunctionContext(unit, f, slots);
  const e = new RowCompiler(context, 0, true);
  const sel = (): void => void (selected ? f.get(1) : f.i32(0));
  const n = selected ? 2 : 1;
  const nullsOf = (slot: number): void =>
    void (slots[slot]!.nullable ? f.get(context.slotAddress(slot, SLOT_NULLS)) : f.i32(ZEROS));
  /** Fields of the same dates are made together. */
  const dates: { readonly slot: number; readonly places: number[] }[] = [];
  for (const { slot, expr } of outputs) {
    const call = batchCall(expr)!;
    switch (call.kind) {
      case 'date': {
        let together = dates.find(({ slot: from, places }) => from === call.slot && places[call.field] === -1);
        if (together === undefined) dates.push((together = { slot: call.slot, places: [-1, -1, -1] }));
        together.places[call.field] = slot;
        break;
      }
      case 'length':
        f.get(context.slotAddress(call.slot, SLOT_VALUES));
        nullsOf(call.slot);
        sel();
        f.get(n).get(context.slotAddress(slot, SLOT_VALUES));
        e.kernel('stringLengths', [I32, I32, I32, I32, I32], []);
        break;
      case 'contains': {
        const part = e.viewConstant(call.part);
        f.get(context.slotAddress(call.slot, SLOT_VALUES));
        nullsOf(call.slot);
        sel();
        f.get(n).get(part).get(context.slotAddress(slot, SLOT_VALUES));
        e.kernel('stringsContain', [I32, I32, I32, I32, I32, I32], []);
        break;
      }
    }
    // Null where the argument is: its null bytes are the result's.
    const record = FRAME_SLOTS + slot * SLOT_BYTES;
    f.get(context.frame);
    nullsOf(call.slot);
    f.mem(OP.i32_store, record + SLOT_NULLS);
    f.get(context.frame);
    if (slots[call.slot]!.nullable) f.get(context.slotAddress(call.slot, SLOT_FLAGS)).i32(SLOT_FLAG_NO_NULLS).op(OP.i32_and);
    else f.i32(SLOT_FLAG_NO_NULLS);
    f.mem(OP.i32_store, record + SLOT_FLAGS);
  }
  for (const { slot, places } of dates) {
    f.get(context.slotAddress(slot, SLOT_VALUES));
    sel();
    f.get(n);
    for (const place of places) {
      if (place === -1) f.i32(0);
      else f.get(context.slotAddress(place, SLOT_VALUES));
    }
    f.get(e.scratch());
    e.kernel('dateFields', [I32, I32, I32, I32, I32, I32, I32], []);
  }
  return symbol;
}
