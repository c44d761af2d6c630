import { PHYSICAL_WIDTH, type PhysicalType } from '../../core/types/physical-type.js';
import type { StepProgram } from '../../core/physical/stage-program.js';
import { PHYSICAL_SHIFT } from '../../memory/block.js';
import {
  FRAME_ROWS,
  FRAME_SLOTS,
  PHYSICAL_CODE,
  SLOT_BYTES,
  SLOT_FLAG_NO_NULLS,
  SLOT_FLAGS,
  SLOT_NULLS,
  SLOT_VALUES,
  ZEROS,
} from '../../memory/layout.js';
import type { Batch, PipelineContext } from '../contracts.js';

type GenerateProgram = Extract<StepProgram, { kind: 'generate' }>;

/** Rows out of the arrays or maps of a batch. */
export interface GenerateStep {
  /** The batch that `next` takes rows of. */
  begin(batch: Batch): void;
  /** At most a batch of rows, in the slots of this step; false when there are no more. Slots that steps before it fill stay as they are. */
  next(results: Batch): boolean;
}

interface Vector {
  readonly slot: number;
  readonly physical: PhysicalType;
  readonly values: number;
  readonly nulls: number;
}

/**
 * A cursor walks over the live rows and their elements; each call makes the positions of the next rows, gathers the columns passed on by them, and takes the elements
 * out. Bytes of strings stay where they are.
 */
export function openGenerateStep(program: GenerateProgram, context: PipelineContext): GenerateStep {
  const { frame, scratch } = context;
  const { kernels } = context.executor;
  const { u8, u32 } = context.executor.views;
  const rows = context.program.batchRows;
  const selection = scratch.allocate(rows * 4);
  const positions = scratch.allocate(rows * 4);
  const indexes = scratch.allocate(rows * 4);
  const cursor = scratch.allocate(8);
  const vector = (slot: number): Vector => {
    const { physical } = context.program.slots[slot]!;
    return { slot, physical, values: scratch.allocate(rows * PHYSICAL_WIDTH[physical]), nulls: scratch.allocate(rows) };
  };
  const passed = program.passed.map(({ from, to }) => ({ from, to: vector(to) }));
  const parts = program.parts.map(({ slot, part }) => ({ to: vector(slot), part }));
  const position = program.position === undefined ? undefined : vector(program.position);
  const recordOf = (slot: number): number => (frame + FRAME_SLOTS + slot * SLOT_BYTES) >>> 2;
  const firstPart = program.parts[0]?.part ?? program.countPart;
  let live = 0;
  let sel = 0;

  const point = ({ slot, values, nulls }: Vector, hasNulls: boolean): void => {
    const record = recordOf(slot);
    u32[record + SLOT_VALUES / 4] = values;
    u32[record + SLOT_NULLS / 4] = nulls;
    u32[record + SLOT_FLAGS / 4] = hasNulls ? 0 : SLOT_FLAG_NO_NULLS;
  };

  const gather = (from: number, to: Vector, n: number): void => {
    const record = recordOf(from);
    kernels['blockCopy']!(u32[record + SLOT_VALUES / 4]!, positions, n, PHYSICAL_SHIFT[to.physical], to.values);
    const nulls = u32[record + SLOT_NULLS / 4]!;
    const without = nulls === ZEROS || (u32[record + SLOT_FLAGS / 4]! & SLOT_FLAG_NO_NULLS) !== 0;
    if (without) u8.fill(0, to.nulls, to.nulls + n);
    else kernels['blockCopy']!(nulls, positions, n, 0, to.nulls);
    point(to, !without);
  };

  return {
    begin(batch) {
      live = batch.n;
      // Steps after this one make selections of their own where the batch's lies.
      if (batch.sel !== 0) u8.copyWithin(selection, batch.sel, batch.sel + batch.n * 4);
      sel = batch.sel === 0 ? 0 : selection;
      u32[cursor >>> 2] = 0;
      u32[(cursor >>> 2) + 1] = 0;
    },
    next(results) {
      if (u32[cursor >>> 2]! >= live) return false;
      const record = recordOf(program.source);
      const values = u32[record + SLOT_VALUES / 4]!;
      const nulls = u32[record + SLOT_NULLS / 4]!;
      const find = kernels['packed_explode_rows']! as (...args: number[]) => number;
      const n = find(values, nulls, sel, live, firstPart, program.outer ? 1 : 0, cursor, rows, positions, indexes);
      results.n = n;
      results.sel = 0;
      if (n === 0) return false;
      for (const { from, to } of passed) gather(from, to, n);
      for (const { to, part } of parts) {
        const take = kernels['packed_explode']! as (...args: number[]) => number;
        const any = take(PHYSICAL_CODE[to.physical], values, part, positions, indexes, n, to.values, to.nulls);
        point(to, any !== 0);
      }
      if (position !== undefined) {
        kernels['blockCopy']!(indexes, 0, n, PHYSICAL_SHIFT.i32, position.values);
        point(position, kernels['packed_explode_nulls']!(indexes, n, position.nulls) !== 0);
      }
      u32[(frame + FRAME_ROWS) >>> 2] = n;
      return true;
    },
  };
}
