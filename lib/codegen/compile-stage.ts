import { InternalError } from '../core/errors.js';
import type { Bound } from '../core/expr/bound.js';
import { boundKey, walk } from '../core/expr/walk.js';
import type { Pipeline, Sink, Source, Stage, Step } from '../core/physical/stage.js';
import type {
  AggregateProgram,
  LoadedColumn,
  PipelineProgram,
  SinkProgram,
  SlotProgram,
  SourceProgram,
  StageProgram,
  StepProgram,
} from '../core/physical/stage-program.js';
import { BATCH_ROWS_MAX } from '../memory/layout.js';
import { codedSlots } from './coded-slots.js';
import { emitFinish, emitMerge, emitSingle, emitUpdate, layoutAggregates, type AggregateLayout } from './compile-aggregate.js';
import { withEarlyProjections } from './early-projections.js';
import { ModuleBuilder } from './encoder.js';
import { emitFilter, emitProject, rowBytes } from './loops.js';
import { physicalOf, StageUnit } from './row-compiler.js';

export interface CompileContext {
  /** Addresses of the blocks registered under an id. */
  readonly blocks: (id: number) => readonly number[];
  /** An earlier stage of the same plan: merging its groups is compiled into the stage that reads them. */
  readonly stage: (id: number) => Stage;
}

export interface CompiledStage {
  readonly program: StageProgram;
  readonly module: Uint8Array;
}

/** What a batch's vectors may take together: they stay in L2 beside a table. */
const BATCH_BYTES = 512 * 1024;
const BATCH_ROWS_MIN = 256;

/** Stages compiled before, by their text: the same query again costs its text. */
const STAGES_MAX = 256;
const compiledStages = new Map<string, CompiledStage>();

/** Compiles all loops of a stage into one module. Equal shapes give equal bytes, which is what modules are cached by. */
export function compileStage(stage: Stage, context: CompileContext): CompiledStage {
  const key = textOf(stage, context);
  const known = compiledStages.get(key);
  if (known === undefined) {
    const fresh = compileFresh(stage, context);
    compiledStages.set(key, fresh);
    if (compiledStages.size > STAGES_MAX) compiledStages.delete(compiledStages.keys().next().value!);
    return fresh;
  }
  compiledStages.delete(key);
  compiledStages.set(key, known);
  // Files, read or written, and blocks are no part of the text: they may have changed.
  const pipelines = known.program.pipelines.map((pipeline, i) => ({
    ...pipeline,
    source: sourceProgram(stage.pipelines[i]!.source, pipeline.source, context),
  }));
  const sink = isOfFiles(stage.sink) ? stage.sink : known.program.sink;
  return { program: { ...known.program, stage: stage.id, pipelines, sink }, module: known.module };
}

function textOf(stage: Stage, context: CompileContext): string {
  const replace = (_: string, value: unknown): unknown =>
    typeof value === 'bigint' ? `${value}n` : isBound(value) ? expressionText(value) : value;
  const pipelines = stage.pipelines.map(({ slots, steps, outputs, source }) => {
    const from = source.kind === 'groups' ? context.stage(source.stage) : undefined;
    return {
      slots,
      steps,
      outputs,
      source: source.kind,
      merged: from?.sink,
      keys: from?.pipelines.map((p) => [p.outputs, p.slots]),
      at: source.kind === 'groups' ? source.stage : 0,
    };
  });
  return JSON.stringify({ pipelines, sink: isOfFiles(stage.sink) ? stage.sink.kind : stage.sink }, replace);
}

/** Sinks that are compiled to nothing. */
function isOfFiles(sink: Sink): sink is Extract<Sink, { kind: 'write' | 'join' }> {
  return sink.kind === 'write' || sink.kind === 'join';
}

function isBound(value: unknown): value is Bound {
  return typeof value === 'object' && value !== null && 'kind' in value && 'type' in value && 'nullable' in value;
}

/** What an expression means, and the places in the SQL text that its errors show. Not recursive, unlike JSON. */
function expressionText(root: Bound): string {
  const places: string[] = [];
  walk(root, ({ at }) => void places.push(at === undefined ? '' : `${at.start}-${at.end}`));
  return `${boundKey(root)} at ${places.join(',')}`;
}

function compileFresh(planned: Stage, context: CompileContext): CompiledStage {
  const stage = withEarlyProjections(planned);
  const unit = new StageUnit(new ModuleBuilder());
  const pipelines = stage.pipelines.map((pipeline, i) => compilePipeline(unit, pipeline, stage.sink, `p${i}`, context));
  const sink = compileSink(unit, stage.sink, stage.pipelines);
  const measuring = pipelines.map((pipeline) => ({
    ...pipeline,
    steps: pipeline.steps.map((step) => measured(unit, pipeline, step)),
  }));
  const module = unit.module.finish();
  const parameters = Buffer.from(unit.parameters.finish()).toString('base64');
  return { program: { stage: stage.id, pipelines: measuring, sink, sites: unit.sites, parameters }, module };
}

function compilePipeline(
  unit: StageUnit,
  pipeline: Pipeline,
  sink: Sink,
  name: string,
  context: CompileContext,
): PipelineProgram {
  const slots: SlotProgram[] = pipeline.slots.map(({ type, nullable }) => ({ type, nullable, physical: physicalOf(type) }));
  const source = compileSource(unit, pipeline.source, name, context);
  const coded = codedSlots(pipeline, sink);
  // Parquet files have dictionaries.
  const numbered = new Set(sink.kind === 'write' && sink.spec.format === 'parquet' ? pipeline.outputs : []);
  const steps = pipeline.steps.map((step, i) => compileStep(unit, pipeline, { coded, numbered }, step, `${name}_${i}`));
  return { slots, source, steps, outputs: pipeline.outputs, batchRows: batchRowsOf(pipeline) };
}

function batchRowsOf(pipeline: Pipeline): number {
  let rows = BATCH_ROWS_MAX;
  const bytes = rowBytes(pipeline.slots);
  while (rows > BATCH_ROWS_MIN && rows * bytes > BATCH_BYTES) rows /= 2;
  return rows;
}

/** Slots that may be loaded as what they are in a dictionary. */
interface DictionarySlots {
  readonly coded: ReadonlyMap<number, 'short' | 'any'>;
  readonly numbered: ReadonlySet<number>;
}

function compileStep(
  unit: StageUnit,
  pipeline: Pipeline,
  { coded, numbered }: DictionarySlots,
  step: Step,
  name: string,
): StepProgram {
  switch (step.kind) {
    case 'filter':
      emitFilter(unit, pipeline.slots, name, step.condition);
      return { kind: 'filter', loop: name };
    case 'project':
      emitProject(unit, pipeline.slots, name, step.outputs);
      return {
        kind: 'project',
        loop: name,
        slots: step.outputs.map((output) => output.slot),
        ...(step.over === undefined ? {} : { over: step.over }),
      };
    case 'load':
      return {
        ...step,
        columns: step.columns.map((column) => ({
          ...column,
          ...(coded.has(column.slot) && { coded: coded.get(column.slot)! }),
          ...(numbered.has(column.slot) && { numbered: true }),
        })),
      };
    default:
      return step;
  }
}

/** Marks the columns whose bounds some loop asks for. Pipelines share the set: one may measure a column for nothing. */
function measured(unit: StageUnit, { slots }: PipelineProgram, step: StepProgram): StepProgram {
  if (step.kind !== 'load') return step;
  const columns = step.columns.map((column): LoadedColumn => {
    const { physical } = slots[column.slot]!;
    return unit.measured.has(column.slot) && (physical === 'i64' || physical === 'i128')
      ? { ...column, measured: physical }
      : column;
  });
  return { ...step, columns };
}

/** What a source needs besides code; `compiled` is what it was compiled to. */
function sourceProgram(source: Source, compiled: SourceProgram | undefined, context: CompileContext): SourceProgram {
  switch (source.kind) {
    case 'blocks':
      return { kind: 'blocks', addresses: context.blocks(source.id) };
    case 'range':
      return {
        kind: 'range',
        start: String(source.start),
        end: String(source.end),
        step: String(source.step),
        partitions: source.partitions,
      };
    case 'groups':
      if (compiled === undefined) throw new InternalError('A merge of groups was not compiled.');
      return compiled;
    default:
      return source;
  }
}

function compileSource(unit: StageUnit, source: Source, name: string, context: CompileContext): SourceProgram {
  switch (source.kind) {
    case 'groups': {
      const from = context.stage(source.stage);
      const pipeline = from.pipelines[0];
      if (from.sink.kind !== 'aggregate' || pipeline === undefined)
        throw new InternalError(`Stage ${source.stage} makes no groups.`);
      const layout = layoutAggregates(unit, from.sink.aggregates);
      const aggregate = aggregateProgram(from.sink, pipeline, layout, `${name}_g`);
      emitMerge(unit, aggregate.merge, layout);
      emitFinish(unit, aggregate.finish, layout, from.sink.keyCount);
      return { kind: 'groups', stage: source.stage, aggregate };
    }
    default:
      return sourceProgram(source, undefined, context);
  }
}

function compileSink(unit: StageUnit, sink: Sink, pipelines: readonly Pipeline[]): SinkProgram {
  const first = pipelines[0];
  if (first === undefined) throw new InternalError('A stage without pipelines.');
  switch (sink.kind) {
    case 'aggregate': {
      const layout = layoutAggregates(unit, sink.aggregates);
      const aggregate = aggregateProgram(sink, first, layout, 'sink');
      const inputs = emitUpdate(unit, first.slots, aggregate.update, layout);
      emitSingle(unit, first.slots, aggregate.single, layout);
      emitMerge(unit, aggregate.merge, layout);
      return { kind: 'aggregate', aggregate: inputs === undefined ? aggregate : { ...aggregate, inputs } };
    }
    case 'sort': {
      const keys = sink.keys.map((key) => ({ ...key, physical: physicalOf(first.slots[first.outputs[key.column]!]!.type) }));
      return { kind: 'sort', keys, ...(sink.limit === undefined ? {} : { limit: sink.limit }) };
    }
    default:
      return sink;
  }
}

function aggregateProgram(
  sink: Extract<Sink, { kind: 'aggregate' }>,
  pipeline: Pipeline,
  layout: AggregateLayout,
  name: string,
): AggregateProgram {
  const keys = pipeline.outputs
    .slice(0, sink.keyCount)
    .map((slot) => ({ slot, physical: physicalOf(pipeline.slots[slot]!.type) }));
  return {
    keys,
    stateBytes: layout.stateBytes,
    initial: Buffer.from(layout.initial).toString('base64'),
    update: `${name}_update`,
    single: `${name}_single`,
    merge: `${name}_merge`,
    finish: `${name}_finish`,
    resultSlots: sink.aggregates.map((_, i) => sink.keyCount + i),
    ownsHeap: layout.ownsHeap,
  };
}
