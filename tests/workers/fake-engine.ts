import { createScheduler } from '../../lib/core/scheduler/driver.js';
import { createArena } from '../../lib/memory/arena.js';
import { PiscinaRunner } from '../../workers/piscina-runner.js';
import { createStageWork } from './fake-work.js';

/** An engine of fake work. */
export function openPool(
  workers: number,
  options: { readonly work?: string | (() => string); readonly heapMegabytes?: number; readonly budget?: number } = {},
) {
  const arena = createArena({ budget: options.budget ?? 256 * 1024 * 1024 });
  const runner = new PiscinaRunner({
    arena,
    workers,
    work: options.work ?? new URL('./fake-work.js', import.meta.url).href,
    inlineWork: () => createStageWork({ arena, kernels: undefined }),
    ...(options.heapMegabytes === undefined ? {} : { heapMegabytes: options.heapMegabytes }),
  });
  const scheduler = createScheduler({ arena, runner });
  return {
    arena,
    runner,
    scheduler,
    async close() {
      await scheduler.close();
      arena.close();
    },
  };
}
