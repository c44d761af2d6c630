/** How something ended. */
export type Outcome = 'done' | 'failed' | 'cancelled';

/**
 * What happened, from the task table. An action is a query; a query has one or more jobs, each a set of stages that ran together (a cached DataFrame that is
 * computed first is a job of its own). Times are absolute, in µs; a task's end means that its output is committed.
 */
export interface SchedulerEvents {
  queryStart: { readonly query: number; readonly time: number };
  /** `rowsRejected`: malformed rows that were left out of what was read. */
  queryEnd: {
    readonly query: number;
    readonly time: number;
    readonly start: number;
    readonly jobs: number;
    readonly rowsRejected: number;
    readonly outcome: Outcome;
    readonly error?: unknown;
  };
  jobStart: { readonly job: number; readonly query: number; readonly time: number; readonly stages: number };
  jobEnd: {
    readonly job: number;
    readonly query: number;
    readonly time: number;
    readonly start: number;
    readonly outcome: Outcome;
    readonly error?: Error;
  };
  stageStart: { readonly job: number; readonly stage: number; readonly time: number; readonly tasks: number };
  stageEnd: {
    readonly job: number;
    readonly stage: number;
    readonly time: number;
    readonly start: number;
    readonly tasks: number;
    readonly rows: number;
    readonly bytes: number;
  };
  taskStart: {
    readonly job: number;
    readonly stage: number;
    readonly task: number;
    readonly attempt: number;
    readonly executor: number;
    readonly time: number;
  };
  taskEnd: {
    readonly job: number; readonly stage: number; readonly task: number; readonly attempt: number; readonly executor: number; readonly start: number; readonly time: number;
    readonly rows: number; readonly bytes: number; readonly rowsRejected: number;
  }; // prettier-ignore
  /** An attempt failed; the task runs again unless it has failed too often. */
  taskFailed: {
    readonly job: number;
    readonly stage: number;
    readonly task: number;
    readonly attempt: number;
    readonly executor: number;
    readonly time: number;
    readonly reason: string;
  };
  executorStart: { readonly executor: number; readonly time: number };
  executorEnd: { readonly executor: number; readonly time: number; readonly reason: string };
  /** Ten times a second while a job runs, and at its end. */
  progress: {
    readonly job: number;
    readonly time: number;
    readonly tasksDone: number;
    readonly tasksTotal: number;
    readonly rows: number;
    readonly bytes: number;
    readonly stagesDone: number;
    readonly stages: number;
  };
}

export type EventName = keyof SchedulerEvents;
/** `sequence` counts all events of an engine. */
export type SchedulerEvent<K extends EventName> = SchedulerEvents[K] & { readonly sequence: number };
export type Listener<K extends EventName> = (event: SchedulerEvent<K>) => void;

/** Listeners by name. One that throws neither stops the others nor the query: its error goes to `onListenerError`. */
export class EventHub {
  readonly #listeners = new Map<EventName, Set<(event: never) => void>>();
  readonly #onListenerError: (error: unknown) => void;
  #sequence = 0;

  constructor(onListenerError: (error: unknown) => void = reportLater) {
    this.#onListenerError = onListenerError;
  }

  /** Returns a function that takes the listener off. */
  on<K extends EventName>(name: K, listener: Listener<K>): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  has(...names: EventName[]): boolean {
    return names.some((name) => (this.#listeners.get(name)?.size ?? 0) > 0);
  }

  emit<K extends EventName>(name: K, event: SchedulerEvents[K]): void {
    const listeners = this.#listeners.get(name);
    if (listeners === undefined || listeners.size === 0) return;
    const numbered = Object.freeze({ ...event, sequence: ++this.#sequence }) as unknown as SchedulerEvent<K>;
    for (const listener of Array.from(listeners) as Listener<K>[]) {
      try {
        listener(numbered);
      } catch (error) {
        this.#onListenerError(error);
      }
    }
  }
}

function reportLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
