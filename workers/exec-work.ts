import { instantiateKernelModule } from '../lib/codegen/instantiate.js';
import { DEFAULT_SPLIT_SIZES, stageTasks } from '../lib/exec/splits.js';
import { StageRun } from '../lib/exec/stage-run.js';
import { Heaps } from '../lib/memory/heaps.js';
import type { Executor, Kernels } from '../lib/exec/contracts.js';
import type { StageAccess, StageWork, WorkThread } from './stage-work.js';

/** The engine's own stage work: pipelines of lib/exec over this thread's kernels. Executors load this module by name. */
export function createStageWork({ arena, kernels: module }: WorkThread): StageWork {
  const { views } = arena;
  const heaps = new Heaps(views);
  const kernels = instantiateKernelModule(module!, views.memory, heaps) as Kernels;
  return {
    openStage(access) {
      return stageTasks(access.program, views, (stage) => access.inputChunks(stage), access.program.sizes ?? DEFAULT_SPLIT_SIZES);
    },
    openRunner(access: StageAccess) {
      const executor: Executor = { worker: access.worker, views, kernels };
      const run = new StageRun(executor, {
        program: access.program,
        module: () => access.moduleBytes(),
        scratch: access.scratch,
        chunkPages: access.chunkPages,
        heaps,
        taskWords: access.taskWords,
        tasks: access.tasks,
        takenBytes: access.takenBytes,
        inputChunks: (stage) => access.inputChunks(stage),
        checkCancelled: () => access.checkCancelled(),
      });
      return {
        runTask: (task) => run.runTask(task),
        wantsSeal: (isOld) => run.wantsSeal(isOld, access.chunkPages.heldBytes),
        seal: () => run.seal(),
        dispose: () => run.dispose(),
      };
    },
  };
}
