import type { AggregateEmitter } from './accumulator.js';
import { extremeAggregates } from './extremes.js';
import { numericAggregates } from './numeric.js';

/** By BoundAggregate.fn; `distinct:` before the name for DISTINCT forms that need a set. A new family: a line here. */
export const AGGREGATES: ReadonlyMap<string, AggregateEmitter> = new Map([...numericAggregates, ...extremeAggregates]);
