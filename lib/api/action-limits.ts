import { CancelledError, QueryError } from '../core/errors.js';
import { cancelledBy, throwIfAborted } from '../core/scheduler/query-outcome.js';
import type { ActionOptions } from './actions.js';

/** setTimeout() takes no more; a longer timeout is none. */
const CLOCK_MS_MAX = 2 ** 31 - 1;

/** When an action ends before its answer is there: its signal, its timeout, its session's end. They hold for all of its jobs, and while values are made of the result. */
export class ActionLimits {
  readonly #until: number;

  /**
   * @param ended - Why the session ended, when it has.
   * @throws QueryError for a signal that is none, or a timeout that is no number.
   */
  constructor(
    readonly options: ActionOptions,
    private readonly ended: () => CancelledError | undefined,
  ) {
    const { signal, timeout } = options;
    if (signal !== undefined && !(signal instanceof AbortSignal))
      throw new QueryError({
        code: 'INVALID_PARAMETER_VALUE',
        message: 'The option signal must be an AbortSignal: the signal of an AbortController.',
      });
    if (timeout !== undefined && !(typeof timeout === 'number' && timeout >= 0))
      throw new QueryError({
        code: 'INVALID_PARAMETER_VALUE',
        message: `The option timeout must be a number of milliseconds, not ${String(timeout)}.`,
      });
    this.#until = timeout === undefined ? Infinity : performance.now() + timeout;
  }

  /** @throws CancelledError if the action is over. To be called before shared memory is read: closing gives it to others. */
  check(): void {
    const ended = this.ended();
    if (ended !== undefined) throw ended;
    throwIfAborted(this.options.signal);
    if (performance.now() >= this.#until) throw this.#timedOut();
  }

  /** Aborts a job's controller when the action is over; returns what ends the watch. */
  watch(controller: AbortController): () => void {
    const { signal } = this.options;
    const follow = (): void => controller.abort(signal?.reason);
    if (signal?.aborted === true) follow();
    signal?.addEventListener('abort', follow, { once: true });
    const left = this.#until - performance.now();
    const clock = left > CLOCK_MS_MAX ? undefined : setTimeout(() => controller.abort(this.#timedOut()), Math.max(0, left));
    return () => {
      signal?.removeEventListener('abort', follow);
      clearTimeout(clock);
    };
  }

  /** Waits for what another action does, as long as this one may. That the other is cancelled is not this one's end. */
  async race(other: Promise<void>): Promise<void> {
    const controller = new AbortController();
    const unwatch = this.watch(controller);
    // Where this action is over already, nobody may hear how the other one ends.
    other.catch(() => {});
    const over = new Promise<never>((_, reject) => {
      controller.signal.addEventListener('abort', () => reject(cancelledBy(controller.signal)), { once: true });
    });
    try {
      this.check();
      await Promise.race([other, over]);
    } catch (error) {
      this.check();
      if (!(error instanceof CancelledError) || controller.signal.aborted) throw error;
    } finally {
      unwatch();
    }
  }

  #timedOut(): CancelledError {
    return new CancelledError({
      code: 'TIMEOUT',
      message: `The query did not end within its timeout of ${this.options.timeout} ms.`,
    });
  }
}
