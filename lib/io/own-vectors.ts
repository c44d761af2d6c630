import { PHYSICAL_WIDTH } from '../core/types/physical-type.js';
import type { Space } from '../memory/block-space.js';
import { FRAME_SLOTS, SLOT_BYTES, SLOT_FLAG_NO_NULLS } from '../memory/layout.js';
import type { DecoderContext, WantedColumn } from './source.js';

/** Vectors that a reader fills with values it makes: one for each slot, made when it is first asked for. */
export class OwnVectors {
  readonly #known = new Map<number, { readonly values: number; readonly nulls: number }>();

  constructor(
    private readonly context: DecoderContext,
    private readonly space: Space,
  ) {}

  /** Fills the vectors of columns and binds them to their slots. `parse` writes values and null bytes of one, and returns how many are null. */
  load(columns: readonly WantedColumn[], parse: (column: number, values: number, nulls: number) => number): void {
    const { u32 } = this.context.executor.views;
    for (const { column, slot } of columns) {
      const { values, nulls } = this.#vector(slot);
      const nullCount = parse(column, values, nulls);
      const record = (this.context.frame + FRAME_SLOTS + slot * SLOT_BYTES) >>> 2;
      u32[record] = values;
      u32[record + 1] = nulls;
      u32[record + 2] = nullCount === 0 ? SLOT_FLAG_NO_NULLS : 0;
    }
  }

  #vector(slot: number): { readonly values: number; readonly nulls: number } {
    const known = this.#known.get(slot);
    if (known !== undefined) return known;
    const { program } = this.context;
    const rows = program.batchRows;
    const made = {
      values: this.space.allocate(rows * PHYSICAL_WIDTH[program.slots[slot]!.physical]),
      nulls: this.space.allocate(rows),
    };
    this.#known.set(slot, made);
    return made;
  }
}
