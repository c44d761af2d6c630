import type { PipelineContext, SinkChunk } from '../contracts.js';
import { aggregateChunk } from './aggregate.js';
import { CollectChunk } from './collect.js';
import { sortChunk } from './sort.js';

/** The sink of a pipeline's stage, but for `write`, which belongs to the file formats. */
export function openChunk(context: PipelineContext): SinkChunk {
  const { sink } = context.stage;
  switch (sink.kind) {
    case 'collect':
      return new CollectChunk(context, sink);
    case 'aggregate':
      return aggregateChunk(context, sink.aggregate);
    case 'sort':
      return sortChunk(context, sink);
  }
}
