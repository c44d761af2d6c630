import { FRAME_SLOTS, SLOT_BYTES, SLOT_CODES, SLOT_FLAG_CODES, SLOT_FLAGS } from '../../memory/layout.js';
import type { PipelineProgram } from '../../core/physical/stage-program.js';
import type { Batch, Executor } from '../contracts.js';

/** Slots that the sink takes whose strings may come as codes. */
export function codedSlots({ steps, outputs }: PipelineProgram): Set<number> {
  const columns = steps.flatMap((step) => (step.kind === 'load' ? step.columns : []));
  return new Set(columns.filter(({ coded, slot }) => coded !== undefined && outputs.includes(slot)).map(({ slot }) => slot));
}

/** Makes the views of those slots that are codes in this batch, for the live rows. The slots stay coded. */
export function makeViews({ kernels, views }: Executor, frame: number, slots: Iterable<number>, { sel, n }: Batch): void {
  const { u32 } = views;
  for (const slot of slots) {
    const record = (frame + FRAME_SLOTS + slot * SLOT_BYTES) >>> 2;
    if (((u32[record + SLOT_FLAGS / 4] as number) & SLOT_FLAG_CODES) === 0) continue;
    const codes = (u32[record + SLOT_CODES / 4] as number) >>> 2;
    kernels['dictionaryDecode']!(u32[codes] as number, u32[codes + 1] as number, sel, n, u32[record] as number);
  }
}
