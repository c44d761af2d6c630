import { availableParallelism } from 'node:os';
import { moduleOf, instantiateKernelModule, runConstants, type CompiledStage } from '../codegen/index.js';
import { QueryError } from '../core/errors.js';
import { createScheduler, type QueryResult, type Scheduler } from '../core/scheduler/driver.js';
import { stageTasks, type SplitSizes } from '../exec/splits.js';
import { readKernels } from '../io/index.js';
import { createArena, type Arena } from '../memory/arena.js';
import { Heaps } from '../memory/heaps.js';
import { composed } from './composition.js';
import { memorySize } from './memory-size.js';
import { EventHub } from '../core/scheduler/events.js';
import { QueryRun } from './query-run.js';
import type { Cache } from './cache.js';
import type { EventName, Listener } from './events.js';
import type { Bound } from '../core/expr/bound.js';
import type { LiteralValue } from '../core/expr/expr.js';
import type { StageSubmission } from '../core/scheduler/query-area.js';
import type { QueryMetrics } from '../core/scheduler/query-metrics.js';
import type { StageProgram } from '../core/physical/stage-program.js';
import type { Kernels } from '../exec/contracts.js';
import type { MemoryViews, PageSource } from '../memory/memory-access.js';
import type { MemoryReport } from './memory-report.js';
import type { QueryProgress } from './progress.js';

/** Options of {@link Engine.create} and of the session that starts the process's engine. */
export interface EngineOptions {
  /** Executor threads; 0 runs everything on the calling thread. Default: the cores that the process may use. */
  readonly workers?: number;
  /** Budget of shared memory: bytes, or text like `'512m'`, `'2g'`. Default: the smaller of 4 GiB and 60 % of the machine's. */
  readonly memory?: string | number;
}

/** Memory of one owner outside queries. @internal */
export interface Domain {
  readonly pages: PageSource;
  /** Frees it whole. Idempotent. */
  end(): void;
}

/** A query ready to run. @internal */
export interface Submission {
  readonly query: QueryRun;
  readonly stages: readonly CompiledStage[];
  readonly sizes: SplitSizes;
  readonly signal: AbortSignal;
  /** Run on the calling thread. */
  readonly inline: boolean;
  /** The last stage's chunks outlive the query. */
  readonly retain: boolean;
  /** Only the tasks of this partition of the first stage. */
  readonly partition?: number;
  readonly totalBytes: number;
  readonly onProgress?: (progress: QueryProgress) => void;
}

/** What a query left. @internal */
export interface QueryOutcome {
  /** Addresses of the last stage's sealed chunks. */
  readonly chunks: readonly number[];
  readonly metrics: QueryMetrics;
  /** Gives the memory back. Idempotent. */
  release(): void;
}

const CONSTANT_BYTES = 256 * 1024;
/** Stages of more tasks take so long that it does not matter how long they take to submit. */
const KEPT_TASKS_MAX = 64;

/**
 * Executor threads, shared memory and a scheduler. A process has one, which its sessions share; more are for tests and benchmarks.
 * Threads start with the first query that needs them and never keep the process alive.
 */
export class Engine {
  static #shared: Engine | undefined;
  static #sessions = 0;

  /** @internal */
  readonly views: MemoryViews;
  /** @internal */
  readonly kernels: Kernels;
  /** @internal */
  readonly heaps: Heaps;
  /** Executor threads. */
  readonly workers: number;
  /** Of its sessions, those that may have rows in memory. @internal */
  readonly caches = new Set<Cache>();
  readonly #arena: Arena;
  readonly #scheduler: Scheduler;
  readonly #constants: { readonly address: number; readonly heapId: number };
  readonly #events = new EventHub();
  /** What compiled stages came to that sessions keep. */
  readonly #submissions = new WeakMap<CompiledStage, StageSubmission>();
  #closed: Promise<void> | undefined;

  private constructor(options: EngineOptions) {
    this.workers = options.workers ?? availableParallelism();
    if (!Number.isInteger(this.workers) || this.workers < 0 || this.workers > 255) {
      throw new QueryError({
        code: 'INVALID_PARAMETER_VALUE',
        message: `The option workers must be a whole number from 0 to 255, not ${this.workers}.`,
      });
    }
    const module = moduleOf(readKernels());
    this.#arena = createArena(options.memory === undefined ? {} : { budget: memorySize(options.memory) });
    this.views = this.#arena.views;
    const heaps = new Heaps(this.views);
    this.heaps = heaps;
    this.kernels = instantiateKernelModule(module, this.#arena.memory, heaps) as Kernels;
    const { createRunner } = composed();
    this.#scheduler = createScheduler({
      arena: this.#arena,
      events: this.#events,
      runner: createRunner({ arena: this.#arena, workers: this.workers, kernels: module }),
    });
    const pages = this.#arena.pageSource(this.#arena.openDomain('engine'), 0);
    this.#constants = { address: pages.allocate(CONSTANT_BYTES), heapId: heaps.register(pages) };
  }

  /**
   * An engine of its own.
   * @throws ResourceError if its shared memory cannot be had.
   */
  static create(options: EngineOptions = {}): Promise<Engine> {
    return new Promise((resolve) => resolve(new Engine(options)));
  }

  /** The process's engine, for one more session. @internal */
  static shared(options: EngineOptions): Promise<Engine> {
    return new Promise((resolve) => {
      Engine.#shared ??= new Engine(options);
      Engine.#sessions++;
      resolve(Engine.#shared);
    });
  }

  /** One session less; the last one ends the process's engine. @internal */
  async leave(): Promise<void> {
    if (Engine.#shared !== this || --Engine.#sessions > 0) return;
    Engine.#shared = undefined;
    await this.close();
  }

  /** Cancels what runs and ends the threads. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    await this.#scheduler.close();
    this.#arena.close();
  }

  /** Listens to events; returns what ends it. */
  on<E extends EventName>(event: E, listener: Listener<E>): () => void {
    return this.#events.on(event, listener);
  }

  /** @internal */
  memoryReport(): Omit<MemoryReport, 'disk'> {
    const { used, peak, budget, kinds, domains } = this.#arena.usage();
    return {
      used,
      peak,
      budget,
      domains: Object.entries(kinds).map(([kind, usage]) => ({
        kind,
        used: usage.used,
        count: domains.filter((domain) => domain.kind === kind).length,
      })),
    };
  }

  /** Begins an action, for listeners. @internal */
  beginQuery(): QueryRun {
    return new QueryRun(this.#events);
  }

  /** Memory for what outlives queries. @internal */
  openDomain(): Domain {
    const domain = this.#arena.openDomain('cache');
    return { pages: this.#arena.pageSource(domain, 0), end: () => this.#endDomain(domain) };
  }

  /** An executor may be inside for the rest of a batch. */
  #endDomain(domain: number): void {
    if (this.#closed !== undefined || this.#arena.endDomain(domain)) return;
    setTimeout(() => this.#endDomain(domain), 2).unref();
  }

  /** @internal */
  evaluateConstant(expr: Bound): LiteralValue {
    const { address, heapId } = this.#constants;
    const [result] = runConstants([expr], { views: this.views, kernels: this.kernels, address, bytes: CONSTANT_BYTES, heapId });
    if (result!.kind === 'error') throw result!.error;
    return result!.value;
  }

  /** @internal */
  async submit(submission: Submission): Promise<QueryOutcome> {
    const { query, stages, sizes, inline, partition } = submission;
    const resultDomain = submission.retain ? this.#arena.openDomain('cache') : undefined;
    const endResult = (): void => {
      if (resultDomain !== undefined) this.#endDomain(resultDomain);
    };
    const unwatch = this.#watch(submission);
    try {
      const result = await this.#scheduler.submit({
        stages: stages.map((stage, i) =>
          this.#stage(stage, sizes, partition, i === stages.length - 1 ? resultDomain : undefined),
        ),
        inline,
        get signal() {
          return submission.signal;
        },
        query: query.id,
      });
      query.addJob(result.metrics);
      if (resultDomain === undefined) return outcomeOf(result);
      result.release();
      return { ...outcomeOf(result), release: endResult };
    } catch (error) {
      endResult();
      throw error;
    } finally {
      unwatch();
    }
  }

  /** Runs a query here and now. @internal */
  submitInline(stages: readonly CompiledStage[], sizes: SplitSizes): QueryOutcome {
    const result = this.#scheduler.submitInline({
      stages: stages.map((stage) => this.#stage(stage, sizes, undefined, undefined)),
    });
    return outcomeOf(result);
  }

  #stage(
    stage: CompiledStage,
    sizes: SplitSizes,
    partition: number | undefined,
    resultDomain: number | undefined,
  ): StageSubmission {
    const isWhole = partition === undefined && resultDomain === undefined;
    const known = isWhole ? this.#submissions.get(stage) : undefined;
    if (known !== undefined) return known;
    const made = this.#makeStage(stage, sizes, partition, resultDomain);
    if (isWhole && (made.tasks?.length ?? 0) <= KEPT_TASKS_MAX) this.#submissions.set(stage, made);
    return made;
  }

  #makeStage(
    { program, module }: CompiledStage,
    sizes: SplitSizes,
    partition: number | undefined,
    resultDomain: number | undefined,
  ): StageSubmission {
    const sized: StageProgram = { ...program, sizes: program.sizes ?? sizes };
    const inputs = [...new Set(program.pipelines.flatMap(({ source }) => ('stage' in source ? [source.stage] : [])))];
    const known = inputs.length === 0 ? stageTasks(sized, this.views, () => [], sized.sizes ?? sizes) : undefined;
    const tasks = partition === undefined ? known : known?.filter((task) => task.partition === partition);
    const { sink } = program;
    return {
      program: sized,
      module,
      inputs,
      ...(tasks === undefined ? {} : { tasks }),
      ...(sink.kind === 'collect' && sink.limit !== undefined ? { limit: sink.limit + (sink.offset ?? 0) } : {}),
      ...(resultDomain === undefined ? {} : { resultDomain }),
    };
  }

  /** Reports a job's progress to its caller. Its number is that of the next one to start, which happens within `submit`. */
  #watch({ onProgress, totalBytes }: Submission): () => void {
    if (onProgress === undefined) return () => {};
    const start = performance.now();
    let id: number | undefined;
    let last: QueryProgress = {
      tasksDone: 0,
      tasksTotal: 0,
      rows: 0,
      bytesRead: 0,
      bytesTotal: totalBytes,
      elapsedMs: 0,
      done: false,
    };
    const off = [
      this.on('jobStart', ({ job }) => void (id ??= job)),
      this.on('progress', (event) => {
        if (event.job !== id) return;
        last = {
          tasksDone: event.tasksDone,
          tasksTotal: event.tasksTotal,
          rows: event.rows,
          bytesRead: event.bytes,
          bytesTotal: totalBytes,
          elapsedMs: performance.now() - start,
          done: false,
        };
        onProgress(last);
      }),
    ];
    return () => {
      for (const end of off) end();
      onProgress({ ...last, elapsedMs: performance.now() - start, done: true });
    };
  }
}

function outcomeOf(result: QueryResult): QueryOutcome {
  return {
    chunks: result.chunks,
    metrics: result.metrics,
    release: () => result.release(),
  };
}
