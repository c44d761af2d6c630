import type { PipelineContext, SinkChunk } from '../contracts.js';
import { aggregateChunk } from './aggregate.js';
import { CollectChunk } from './collect.js';
import { JoinChunk } from './join.js';
import { sortChunk } from './sort.js';
import { WriteChunk } from './write.js';

/** The sink of a pipeline's stage. */
export function openChunk(context: PipelineContext): SinkChunk {
  const { sink } = context.stage;
  switch (sink.kind) {
    case 'collect':
      return new CollectChunk(context, sink);
    case 'aggregate':
      return aggregateChunk(context, sink.aggregate);
    case 'sort':
      return sortChunk(context, sink);
    case 'write':
      return new WriteChunk(context, sink.spec);
    case 'join':
      return new JoinChunk(context, sink.stage, sink.spec);
  }
}
