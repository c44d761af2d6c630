import { formatBound } from '../expr/walk.js';
import { unreachable } from '../errors.js';
import type { PhysicalPlan, Pipeline, Sink, Source, Step } from './stage.js';

/** The stages as text: each pipeline from its source to the sink, columns as $slot. */
export function explainStages(plan: PhysicalPlan): string {
  return plan.stages
    .map((stage) => {
      const pipelines = stage.pipelines.map((pipeline) => pipelineLines(pipeline).map((line) => `  ${line}`));
      return [`Stage ${stage.id}`, ...pipelines.flat(), `  -> ${describeSink(stage.sink)}`].join('\n');
    })
    .join('\n');
}

function pipelineLines(pipeline: Pipeline): string[] {
  return [describeSource(pipeline.source), ...pipeline.steps.map(describeStep)];
}

function describeSource(source: Source): string {
  switch (source.kind) {
    case 'scan':
      return `scan ${source.source.description}`;
    case 'blocks':
      return 'blocks in memory';
    case 'stage_blocks':
      return `rows of stage ${source.stage}${source.partitions === undefined ? '' : ` in ${source.partitions} partitions`}`;
    case 'range':
      return `range ${source.start} to ${source.end} step ${source.step}, ${source.partitions} partitions`;
    case 'groups':
      return `merge groups of stage ${source.stage}`;
    case 'sorted':
      return `merge sorted rows of stage ${source.stage}`;
    case 'pieces':
      return `pieces written by stage ${source.stage}`;
    default:
      return unreachable(source);
  }
}

function describeStep(step: Step): string {
  switch (step.kind) {
    case 'load':
      return `load ${step.columns.map(({ column, slot }) => `#${column} -> $${slot}`).join(', ')}`;
    case 'filter':
      return `filter ${formatBound(step.condition)}`;
    case 'project':
      return `project ${step.outputs.map(({ slot, expr }) => `$${slot} = ${formatBound(expr)}`).join(', ')}`;
    case 'generate':
      return `generate ${step.outer ? 'outer ' : ''}rows of $${step.source}`;
    case 'javascript':
      return `javascript ${step.role}`;
    default:
      return unreachable(step);
  }
}

function describeSink(sink: Sink): string {
  switch (sink.kind) {
    case 'collect':
      return `collect${sink.limit === undefined ? '' : ` limit ${sink.limit}`}${sink.offset === undefined ? '' : ` offset ${sink.offset}`}`;
    case 'aggregate':
      return `partial aggregate, ${sink.keyCount} keys: ${sink.aggregates.map((expr) => formatBound(expr)).join(', ')}`;
    case 'sort':
      return `${sink.limit === undefined ? 'sort' : `top ${sink.limit}`} by ${sink.keys.map(({ column, descending }) => `output ${column} ${descending ? 'desc' : 'asc'}`).join(', ')}`;
    case 'write': {
      const { format, partitionBy, single } = sink.spec;
      const by = partitionBy.length === 0 ? '' : ` by ${partitionBy.map(({ name }) => name).join(', ')}`;
      return `write ${format}${single ? ', one file' : ''}${by}`;
    }
    case 'join':
      return 'join files';
    default:
      return unreachable(sink);
  }
}
