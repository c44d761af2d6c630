import { CancelledError } from '../core/errors.js';
import { nowMicros } from '../core/scheduler/control.js';
import type { EventHub } from '../core/scheduler/events.js';
import type { QueryMetrics } from '../core/scheduler/query-metrics.js';
import { composed } from './composition.js';

let queries = 0;

/** One action, for listeners: its start, its end, and what its jobs add up to. */
export class QueryRun {
  readonly id = ++queries;
  readonly #start = nowMicros();
  readonly #unpublish: () => void;
  #jobs = 0;
  #rowsRejected = 0;

  constructor(private readonly events: EventHub) {
    this.#unpublish = composed().publishEvents(events);
    events.emit('queryStart', { query: this.id, time: this.#start });
  }

  addJob({ stages }: QueryMetrics): void {
    this.#jobs++;
    for (const { rowsRejected } of stages) this.#rowsRejected += rowsRejected;
  }

  end(error?: unknown): void {
    this.events.emit('queryEnd', {
      query: this.id,
      time: nowMicros(),
      start: this.#start,
      jobs: this.#jobs,
      rowsRejected: this.#rowsRejected,
      outcome: error === undefined ? 'done' : error instanceof CancelledError ? 'cancelled' : 'failed',
      ...(error === undefined ? {} : { error }),
    });
    this.#unpublish();
  }
}
