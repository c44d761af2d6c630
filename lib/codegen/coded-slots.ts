import type { Bound } from '../core/expr/bound.js';
import type { Pipeline, Sink } from '../core/physical/stage.js';
import { slotsOf } from './loops.js';
import { physicalOf } from './row-compiler.js';

/** Slots of strings that only the aggregate's keys read: blocks may leave them as codes, so that no string is touched. */
export function codedSlots({ source, steps, outputs, slots }: Pipeline, sink: Sink): ReadonlySet<number> {
  if (source.kind !== 'blocks' || sink.kind !== 'aggregate' || steps.some(({ kind }) => kind === 'javascript')) return new Set();
  const exprs: Bound[] = sink.aggregates.flatMap(({ args, filter }) => (filter === undefined ? args : [...args, filter]));
  for (const step of steps) {
    if (step.kind === 'filter') exprs.push(step.condition);
    else if (step.kind === 'project') exprs.push(...step.outputs.map(({ expr }) => expr));
  }
  const read = new Set(slotsOf(exprs));
  const keys = outputs.slice(0, sink.keyCount);
  return new Set(keys.filter((slot) => physicalOf(slots[slot]!.type) === 'view' && !read.has(slot)));
}
