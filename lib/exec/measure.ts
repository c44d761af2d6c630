import type { LoadedColumn } from '../core/physical/stage-program.js';
import {
  BLOCK_BOUND_MAX,
  FRAME_ROWS,
  FRAME_SLOTS,
  SLOT_BOUND_SHIFT,
  SLOT_BYTES,
  SLOT_FLAG_NO_NULLS,
  SLOT_FLAGS,
  SLOT_NULLS,
  SLOT_VALUES,
} from '../memory/layout.js';
import type { Batch, PipelineContext } from './contracts.js';

/** Where fewer of a batch's rows are live, only those are looked at, by the loops that want to know. */
const LIVE_MIN = 1 / 4;

/** What was known of the batch before. */
export function forget({ executor, frame }: PipelineContext, columns: readonly LoadedColumn[]): void {
  const { u32 } = executor.views;
  for (const { slot } of columns)
    u32[(frame + FRAME_SLOTS + slot * SLOT_BYTES + SLOT_FLAGS) >>> 2]! &= (1 << SLOT_BOUND_SHIFT) - 1;
}

/** Notes how large the integers of loaded columns are, for all loops over the batch, unless the source has said so: rows side by side are measured four times as fast as a loop could. */
export function measure({ executor, frame }: PipelineContext, columns: readonly LoadedColumn[], batch: Batch): void {
  const { u32 } = executor.views;
  const rows = u32[(frame + FRAME_ROWS) >>> 2] as number;
  for (const { slot, measured } of columns) {
    const record = (frame + FRAME_SLOTS + slot * SLOT_BYTES) >>> 2;
    const flags = u32[record + SLOT_FLAGS / 4] as number;
    if (flags >>> SLOT_BOUND_SHIFT !== 0 || batch.n < rows * LIVE_MIN) continue;
    const nulls = (flags & SLOT_FLAG_NO_NULLS) === 0 ? (u32[record + SLOT_NULLS / 4] as number) : 0;
    const values = u32[record + SLOT_VALUES / 4] as number;
    const bound = executor.kernels['decimalBound']!(values, measured === 'i128' ? 1 : 0, nulls, 0, rows) >>> 0;
    // A larger bound may come from what dead rows hold: loops look again, at live rows.
    if (batch.sel === 0 || bound <= BLOCK_BOUND_MAX) u32[record + SLOT_FLAGS / 4] = flags | (bound << SLOT_BOUND_SHIFT);
  }
}
