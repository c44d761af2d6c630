import type { Machine } from './machine.js';

/** What one engine did with one workload. */
export interface Timing {
  readonly engine: string;
  /** The first run of the process on this workload, in ms. */
  readonly coldMs: number;
  /** The later runs, in ms, in the order they were made. */
  readonly warmMs: readonly number[];
  readonly medianMs: number;
  readonly peakRssBytes: number;
  readonly blockedMs?: number;
  readonly error?: string;
}

export interface Verdict {
  readonly target: string;
  readonly reached: number;
  readonly wanted: number;
  readonly met: boolean;
}

export interface Measurement {
  readonly workload: string;
  readonly timings: readonly Timing[];
  readonly verdicts: readonly Verdict[];
  readonly notes: readonly string[];
}

export interface BenchReport {
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly measurements: readonly Measurement[];
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export const atLeast = (target: string, reached: number, wanted: number): Verdict => ({
  target,
  reached,
  wanted,
  met: reached >= wanted,
});

export const atMost = (target: string, reached: number, wanted: number): Verdict => ({
  target,
  reached,
  wanted,
  met: reached <= wanted,
});
