import type { BatchSource, PipelineContext } from '../contracts.js';
import { BlocksSource, stageBlocksSource } from './blocks.js';
import { GroupsSource } from './groups.js';
import { RangeSource } from './range.js';
import { SortedSource } from './sorted.js';

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
      return new GroupsSource(context, source);
    case 'sorted':
      return new SortedSource(context, source.stage);
  }
}
