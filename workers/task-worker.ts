import { parentPort, threadId, workerData } from 'node:worker_threads';
import { SLOT_THREAD, openControl, slotWord } from '../lib/core/scheduler/control.js';
import { viewsOf } from '../lib/memory/memory-access.js';
import { threadArena } from '../lib/memory/thread-arena.js';
import { serve as serveSlot } from './serve.js';
import type { Server } from './serve.js';
import type { CreateStageWork } from './stage-work.js';

/** An executor's front door: what pool-entry loads in a worker thread. */

/** What the pool hands to every thread. */
export interface ExecutorData {
  readonly memory: WebAssembly.Memory;
  /** Address of the control area. */
  readonly control: number;
  readonly executors: number;
  /** URL of the module that exports `createStageWork`. */
  readonly work: string;
  readonly kernels: WebAssembly.Module | undefined;
}

const data = workerData as ExecutorData;
const views = viewsOf(data.memory);
const control = openControl(views, data.control);
let server: Promise<Server> | undefined;

// Tells the pool's owner that this thread may be ended safely. Once a thread.
parentPort?.postMessage({ booted: threadId });

/** Serves as this slot until there is nothing to do; below 1: only shows that the thread is up. */
export async function serve(slot: number): Promise<number> {
  if (slot < 1) return 0;
  Atomics.store(views.i32, slotWord(control, slot) + SLOT_THREAD, threadId);
  server ??= openServer();
  return serveSlot(await server, slot);
}

async function openServer(): Promise<Server> {
  const module = (await import(data.work)) as { createStageWork: CreateStageWork };
  let zeroFill = (address: number, bytes: number): void => void views.u8.fill(0, address, address + bytes);
  const arena = threadArena(views, (address, bytes) => zeroFill(address, bytes));
  const work = module.createStageWork({ arena, kernels: data.kernels });
  if (work.zeroFill !== undefined) zeroFill = work.zeroFill;
  return { control, arena, work, executors: data.executors };
}
