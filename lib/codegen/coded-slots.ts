import type { Bound } from '../core/expr/bound.js';
import type { Pipeline, Sink } from '../core/physical/stage.js';
import { slotsOf } from './loops.js';
import { physicalOf } from './row-compiler.js';

/**
 * Slots of strings that nothing reads but the sink, which makes them for the rows it wants: the keys of an aggregate, and what a top-N keeps beside its sort keys. Blocks
 * may leave them as codes, so that hardly any string is touched.
 */
export function codedSlots({ source, steps, outputs, slots }: Pipeline, sink: Sink): ReadonlySet<number> {
  if (
    (source.kind !== 'blocks' && source.kind !== 'scan') ||
    steps.some(({ kind }) => kind === 'javascript' || kind === 'generate')
  )
    return new Set();
  const { wanted, exprs } = sinkReads(sink, outputs);
  for (const step of steps) {
    if (step.kind === 'filter') exprs.push(step.condition);
    else if (step.kind === 'project') exprs.push(...step.outputs.map(({ expr }) => expr));
  }
  const read = new Set(slotsOf(exprs));
  return new Set(wanted.filter((slot) => physicalOf(slots[slot]!.type) === 'view' && !read.has(slot)));
}

function sinkReads(sink: Sink, outputs: readonly number[]): { readonly wanted: readonly number[]; readonly exprs: Bound[] } {
  if (sink.kind === 'aggregate') {
    const exprs = sink.aggregates.flatMap(({ args, filter }) => (filter === undefined ? args : [...args, filter]));
    return { wanted: outputs.slice(0, sink.keyCount), exprs };
  }
  if (sink.kind !== 'sort' || sink.limit === undefined) return { wanted: [], exprs: [] };
  const keys = new Set(sink.keys.map(({ column }) => outputs[column]));
  return { wanted: outputs.filter((slot) => !keys.has(slot)), exprs: [] };
}
