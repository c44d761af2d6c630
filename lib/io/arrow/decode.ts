import { physicalTypeOf } from '../../core/types/physical-type.js';
import type { Schema } from '../../core/types/data-type.js';
import { Space } from '../../memory/block-space.js';
import { BlockWriter } from '../../memory/block-writer.js';
import type { Heaps } from '../../memory/heaps.js';
import { BATCH_ROWS_MAX, FRAME_HEAP, FRAME_SLOTS, SLOT_BYTES } from '../../memory/layout.js';
import type { MemoryViews, PageSource } from '../../memory/memory-access.js';
import { ScopedPages } from '../../memory/scoped-pages.js';
import type { DecoderContext } from '../source.js';
import { readArrow } from './file.js';
import { fileSchema } from './format.js';
import { BytesInput } from './input.js';
import { ArrowSource } from './source.js';

/** Where bytes are decoded, on the thread that has them. */
export interface DecodeTarget {
  readonly views: MemoryViews;
  readonly kernels: DecoderContext['executor']['kernels'];
  readonly heaps: Heaps;
  /** Where the blocks stay. */
  readonly pages: PageSource;
}

/** What bytes were decoded to. */
export interface DecodedArrow {
  readonly schema: Schema;
  readonly blocks: number[];
}

/** Rows of an Arrow file or stream in memory, as blocks: a step a batch of rows, then all of them. @throws DataError. */
export function* decodeArrow(target: DecodeTarget, bytes: Uint8Array): Generator<void, DecodedArrow> {
  const { views, kernels, heaps } = target;
  const input = new BytesInput(bytes);
  const file = readArrow(input);
  const schema = fileSchema(file);
  const physicals = schema.fields.map(({ type }) => physicalTypeOf(type));
  const scratch = new ScopedPages(target.pages);
  const frame = scratch.allocate(FRAME_SLOTS + physicals.length * SLOT_BYTES, true);
  const heap = frame + FRAME_HEAP;
  const heapId = heaps.open(heap, scratch);
  try {
    const program = { batchRows: BATCH_ROWS_MAX, slots: physicals.map((physical) => ({ physical })) };
    const columns = schema.fields.map(({ name, type }) => ({ name, type }));
    const context: DecoderContext = { executor: { views, kernels }, program, frame, scratch };
    const source = new ArrowSource(context, { files: [file.facts], columns }, { file, input });
    const writer = new BlockWriter(kernels, views, new Space(target.pages), physicals);
    writer.begin(0, 0);
    const slots = columns.map((_, slot) => slot);
    const wanted = slots.map((slot) => ({ column: slot, slot }));
    const last = file.batches.length - 1;
    source.open({ ordinal: 0, split: [0, 0, last, 0, last === -1 ? 0 : file.batches[last]!.rows] });
    for (let n = source.next(BATCH_ROWS_MAX); n > 0; n = source.next(BATCH_ROWS_MAX)) {
      source.load(wanted, 0, 0);
      writer.append(frame, slots, 0, n);
      heaps.reset(heap);
      yield;
    }
    source.close();
    writer.finish();
    return { schema, blocks: writer.blocks.map(({ address }) => address) };
  } finally {
    heaps.forget(heapId);
    scratch.release();
  }
}
