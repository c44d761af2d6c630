import type { StageWork, WorkThread } from '../../workers/stage-work.js';
import { createStageWork as createFakeWork, fakeRunner } from './fake-work.js';

/**
 * Fake work with a bomb: three words in shared memory {passes until it goes off, point, way}, whose address is in this module's URL.
 * It goes off once.
 */
export const POINTS = [
  'start',
  'claimed',
  'mid-task',
  'ran',
  'folded',
  'sealing',
  'publishing',
  'committed',
  'opening',
  'opened',
  'idle',
] as const;
export const WAYS = ['exit', 'trap', 'throw', 'heap'] as const;

export function createStageWork(thread: WorkThread): StageWork {
  const bomb = Number(new URL(import.meta.url).searchParams.get('bomb')) / 4;
  const { i32 } = thread.arena.views;
  const probe = (point: (typeof POINTS)[number]): void => {
    if (Atomics.load(i32, bomb) <= 0 || POINTS[i32[bomb + 1]!] !== point) return;
    if (Atomics.sub(i32, bomb, 1) === 1) explode(WAYS[i32[bomb + 2]!]!);
  };
  return {
    ...createFakeWork(thread),
    openRunner: (access) => fakeRunner(access, thread, () => probe('mid-task')),
    probe,
  };
}

function explode(way: (typeof WAYS)[number]): void {
  switch (way) {
    case 'exit':
      return process.exit(7);
    case 'trap':
      throw new WebAssembly.RuntimeError('unreachable');
    case 'throw':
      throw new TypeError('Cannot read properties of undefined');
    case 'heap': {
      // Many small objects: one large array would take the whole process with it.
      let list: object | undefined;
      for (;;) list = { list, numbers: [1, 2, 3] };
    }
  }
}
