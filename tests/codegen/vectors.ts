import type { LiteralValue } from '../../lib/core/expr/expr.js';
import type { DataType } from '../../lib/core/types/data-type.js';
import type { Column } from './world.js';

/** Generated vectors: every emitter sees them with no nulls, some, only nulls, at the lengths where loops break. */
export const LENGTHS = [0, 1, 7, 8, 9, 1023, 2048];
export const NULLS = ['none', 'some', 'all'] as const;
export type Nulls = (typeof NULLS)[number];

/** Deterministic numbers in 0..1. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function pick<T>(items: readonly T[], next: () => number): T {
  return items[Math.floor(next() * items.length)]!;
}

export function withNulls(type: DataType, values: readonly LiteralValue[], nulls: Nulls, next: () => number): Column {
  return { type, values: values.map((value) => (nulls === 'all' || (nulls === 'some' && next() < 0.3) ? null : value)) };
}
