import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * The event loop belongs to the user's service: it gets a turn after this many milliseconds at most. A collection of young objects takes a few more, up to 10 as long as rows are
 * made among the young.
 */
const TURN_MS = 2;

/** The event loop's turns during work over rows on the thread that called. */
export class Turns {
  #start = performance.now();

  /** Between two pieces of the work, each much shorter than a turn. */
  async give(): Promise<void> {
    if (performance.now() - this.#start <= TURN_MS) return;
    await nextTurn();
    this.#start = performance.now();
  }
}
