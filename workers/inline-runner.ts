import type { RunnerHost, StageCode, TaskRunner } from '../lib/core/scheduler/task-runner.js';
import type { ThreadArena } from '../lib/memory/thread-arena.js';
import { serveInline } from './serve.js';
import type { Server } from './serve.js';
import type { StageWork } from './stage-work.js';
import { decodeError } from './wire-error.js';

/**
 * Runs queries on the driver's thread, as slot 0: the same loop that executors run. Alone it is a runner without executors; a pool runner has one inside for small queries.
 * `work` makes the thread's stage work when the first query comes.
 */
export class InlineRunner implements TaskRunner {
  readonly executors = 0;
  readonly #arena: ThreadArena;
  readonly #createWork: () => StageWork;
  readonly #executors: number;
  #server: Server | undefined;
  #host: RunnerHost | undefined;

  constructor(options: { readonly arena: ThreadArena; readonly work: () => StageWork; readonly executors?: number }) {
    this.#arena = options.arena;
    this.#createWork = options.work;
    this.#executors = options.executors ?? 1;
  }

  attach(host: RunnerHost): void {
    this.#host = host;
  }

  ring(): void {}

  runInline(query: number, stages: readonly StageCode[], limitMs: number): boolean {
    this.#server ??= { control: this.#host!.control, arena: this.#arena, work: this.#createWork(), executors: this.#executors };
    return serveInline(this.#server, query, stages, limitMs);
  }

  end(): void {}

  decodeError(text: string): Error {
    return decodeError(text);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
