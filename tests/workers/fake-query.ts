import type { QueryResult } from '../../lib/core/scheduler/driver.js';
import type { StageSubmission } from '../../lib/core/scheduler/query-area.js';
import type { Arena } from '../../lib/memory/arena.js';
import type { FakeProgram } from './fake-work.js';

const NO_MODULE = new Uint8Array(0);

/** Sums 0..n in `tasks` pieces, then merges in `targets`, then in one. */
export function sumQuery(n: number, tasks: number, extra: Partial<FakeProgram> = {}, targets = 3): StageSubmission[] {
  const step = n / tasks;
  const splits = Array.from({ length: tasks }, (_, i) => ({
    pipeline: 0,
    partition: i % 3,
    split: [Math.round(i * step), Math.round((i + 1) * step)],
  }));
  const programs: FakeProgram[] = [
    { stage: 10, kind: 'sum', ...extra },
    { stage: 11, kind: 'merge', input: 10, targets },
    { stage: 12, kind: 'merge', input: 11 },
  ];
  return programs.map((program, i) => ({ program, module: NO_MODULE, ...(i === 0 ? { tasks: splits } : {}) }));
}

export const sumTo = (n: number): number => (n * (n - 1)) / 2;

/** The sum that the last stage left; releases the query. */
export function takeSum(arena: Arena, result: QueryResult): number {
  const sum = result.chunks.reduce((total, address) => total + arena.views.f64[address / 8]!, 0);
  result.release();
  return sum;
}

/** Bytes in use by queries. */
export function queryBytes(arena: Arena): number {
  return arena
    .usage()
    .domains.filter((domain) => domain.kind === 'query')
    .reduce((sum, domain) => sum + domain.used, 0);
}

/** An executor leaves within a batch; it has to be given the processor for that. */
const FREED_MS = 10_000;

/** Waits until executors have left the queries' domains: microseconds after the answer, as a rule. */
export async function freed(arena: Arena): Promise<number> {
  const patience = performance.now() + FREED_MS;
  while (queryBytes(arena) > 0 && performance.now() < patience) await new Promise((resolve) => setTimeout(resolve, 1));
  return queryBytes(arena);
}
