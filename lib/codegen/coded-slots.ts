import type { Bound } from '../core/expr/bound.js';
import type { Pipeline, Sink } from '../core/physical/stage.js';
import { slotsOf } from './loops.js';
import { physicalOf } from './row-compiler.js';

/**
 * Slots of strings that nothing reads but the sink, which makes them for the rows it wants (the keys of an aggregate, and what a top-N keeps beside its sort keys), and projections over
 * such a slot alone, which are computed for the dictionary. Sources may leave them as codes (for sinks, those of short strings), so that hardly any string is touched.
 */
export function codedSlots({ source, steps, outputs, slots }: Pipeline, sink: Sink): ReadonlyMap<number, 'short' | 'any'> {
  if (
    (source.kind !== 'blocks' && source.kind !== 'scan') ||
    steps.some(({ kind }) => kind === 'javascript' || kind === 'generate')
  )
    return new Map();
  const { wanted, needed, exprs } = sinkReads(sink, outputs);
  const over: number[] = [];
  for (const step of steps) {
    if (step.kind === 'filter') exprs.push(step.condition);
    else if (step.kind !== 'project') continue;
    else if (step.over === undefined) exprs.push(...step.outputs.map(({ expr }) => expr));
    else over.push(step.over);
  }
  const read = new Set([...needed, ...slotsOf(exprs)]);
  const coded = new Map<number, 'short' | 'any'>();
  for (const slot of [...wanted, ...over])
    if (physicalOf(slots[slot]!.type) === 'view' && !read.has(slot)) coded.set(slot, wanted.includes(slot) ? 'short' : 'any');
  return coded;
}

/** Outputs that may be codes, those that may not, and what else a sink evaluates. */
interface SinkReads {
  readonly wanted: readonly number[];
  readonly needed: readonly number[];
  readonly exprs: Bound[];
}

function sinkReads(sink: Sink, outputs: readonly number[]): SinkReads {
  if (sink.kind === 'aggregate') {
    const exprs = sink.aggregates.flatMap(({ args, filter }) => (filter === undefined ? args : [...args, filter]));
    return { wanted: outputs.slice(0, sink.keyCount), needed: [], exprs };
  }
  if (sink.kind !== 'sort' || sink.limit === undefined) return { wanted: [], needed: outputs, exprs: [] };
  const keys = new Set(sink.keys.map(({ column }) => outputs[column]!));
  return { wanted: outputs.filter((slot) => !keys.has(slot)), needed: [...keys], exprs: [] };
}
