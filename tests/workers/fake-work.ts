import { QueryError } from '../../lib/core/errors.js';
import type { StageAccess, StageRunner, StageWork, WorkThread } from '../../workers/stage-work.js';

/**
 * Stage work without pipelines: a task sums the integers of its split [from, to); a merge stage sums chunks. A program may carry a bomb: it goes off once, at
 * a point of the serve loop or inside a task, guarded by a word in shared memory.
 */
export interface FakeProgram {
  readonly stage: number;
  readonly kind: 'sum' | 'merge';
  /** Stage that a merge reads, and its tasks. */
  readonly input?: number;
  readonly targets?: number;
  /** µs that a task takes. */
  readonly spin?: number;
  /** Pages that a task puts into its chunk. */
  readonly pages?: number;
  readonly sealEvery?: number;
  /** Task ordinal that fails with a QueryError or a plain Error. */
  readonly failAt?: number;
  readonly breakAt?: number;
  readonly until?: number;
  /** Index into i32 of a word that counts tasks as they begin. */
  readonly counter?: number;
}

/** At `word` (index into i32): {countdown, how} of the bomb; armed while the countdown is above 0. */
export const BOMBS = ['exit', 'trap', 'heap', 'throw', 'hang'] as const;

export function createStageWork(thread: WorkThread): StageWork {
  return {
    openStage({ program }) {
      const { targets = 1 } = program as unknown as FakeProgram;
      return Array.from({ length: targets }, (_, i) => ({ pipeline: 0, partition: i, split: [i, targets] }));
    },
    openRunner: (access) => fakeRunner(access, thread),
  };
}

export function fakeRunner(access: StageAccess, { arena }: WorkThread, midTask?: () => void): StageRunner {
  const program = access.program as unknown as FakeProgram;
  const { f64 } = arena.views;
  const scratch = access.scratch.allocate(1000);
  let sum = 0;
  let tasks = 0;
  return {
    runTask({ ordinal, split }) {
      if (program.counter !== undefined) Atomics.add(arena.views.i32, program.counter, 1);
      const [from, to] = split as [number, number];
      let own = 0;
      if (program.kind === 'sum') for (let i = from; i < to; i++) own += i;
      else {
        const chunks = [...access.inputChunks(program.input!)].sort((a, b) => a - b);
        chunks.forEach((address, i) => {
          if (i % to === from) own += f64[address / 8]!;
        });
      }
      f64[scratch / 8] = own;
      for (let i = 0; i < (program.pages ?? 0); i++) f64[access.chunkPages.allocate(65536) / 8] = own;
      midTask?.();
      const end = performance.now() + (program.spin ?? 0) / 1000;
      do access.checkCancelled();
      while (performance.now() < end);
      if (program.failAt === ordinal)
        throw new QueryError({
          code: 'DIVIDE_BY_ZERO',
          message: `Division by zero in task ${ordinal}.`,
          at: { start: 3, end: 7 },
        });
      if (program.breakAt === ordinal) throw new TypeError(`broken in task ${ordinal}`);
      sum += f64[scratch / 8]!;
      tasks++;
      return { rows: program.kind === 'sum' ? to - from : 1, bytesRead: to - from, rowsRejected: 0 };
    },
    wantsSeal: () => tasks >= (program.sealEvery ?? Infinity),
    seal() {
      const address = access.chunkPages.allocate(64);
      f64[address / 8] = sum;
      sum = 0;
      tasks = 0;
      return address;
    },
    dispose() {},
  };
}
