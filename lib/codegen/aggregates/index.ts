import type { AggregateEmitter } from './accumulator.js';
import { sketchAggregates } from './approx-count-distinct.js';
import { distinctAggregates } from './distinct.js';
import { extremeAggregates } from './extremes.js';
import { medianAggregates } from './median.js';
import { numericAggregates } from './numeric.js';

/** By BoundAggregate.fn; `distinct:` before the name for DISTINCT forms that need a set. A new family: a line here. */
export const AGGREGATES: ReadonlyMap<string, AggregateEmitter> = new Map([
  ...numericAggregates,
  ...extremeAggregates,
  ...distinctAggregates,
  ...medianAggregates,
  ...sketchAggregates,
]);
