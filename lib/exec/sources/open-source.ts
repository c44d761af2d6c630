import type { BatchSource, PipelineContext } from '../contracts.js';
import { BlocksSource, stageBlocksSource } from './blocks.js';
import { groupsSource } from './groups.js';
import { RangeSource } from './range.js';
import { sortedSource } from './sorted.js';

/** Its tasks are for the sink. */
const NO_ROWS: BatchSource = Object.freeze({
  bytesRead: 0,
  rowsRejected: 0,
  open: () => {},
  next: () => 0,
  load: () => {},
  close: () => {},
});

/** The source of a pipeline, but for `scan`, which belongs to the file formats. */
export function openSource(context: PipelineContext): BatchSource | undefined {
  const { source } = context.program;
  switch (source.kind) {
    case 'scan':
      return undefined;
    case 'blocks':
      return new BlocksSource(context, source.addresses);
    case 'stage_blocks':
      return stageBlocksSource(context, source.stage);
    case 'range':
      return new RangeSource(context, source);
    case 'groups':
      return groupsSource(context, source.stage, source.aggregate);
    case 'sorted':
      return sortedSource(context, source.stage);
    case 'pieces':
      return NO_ROWS;
  }
}
