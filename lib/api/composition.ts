import { InternalError } from '../core/errors.js';
import type { EventHub } from '../core/scheduler/events.js';
import type { TaskRunner } from '../core/scheduler/task-runner.js';
import type { Arena } from '../memory/arena.js';

/** What the engine is put together from beyond lib/: lib/index.ts supplies it, the only importer of workers/. */
export interface Composition {
  /** Executors as threads, or none for `workers: 0`. */
  createRunner(options: { readonly arena: Arena; readonly workers: number; readonly kernels: WebAssembly.Module }): TaskRunner;
  /** Publishes events on those of the process's diagnostics channels that have subscribers now; returns what ends it. */
  publishEvents(events: EventHub): () => void;
}

let composition: Composition | undefined;

export function compose(parts: Composition): void {
  composition = parts;
}

export function composed(): Composition {
  if (composition === undefined) throw new InternalError('The engine was used without its runners.');
  return composition;
}
