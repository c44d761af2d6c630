import { InternalError, QuernError } from '../core/errors.js';

/** Anything that can be called or constructed. */
type Callable = ((...args: never[]) => unknown) | (abstract new (...args: never[]) => unknown);

/**
 * Runs `work`; the stack of an error begins where `door` was called. V8 keeps ten frames, and most errors of a query are found deeper than that: the user's
 * line would not be among them.
 */
export function atCaller<T>(door: Callable, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof QuernError && !(error instanceof InternalError)) Error.captureStackTrace(error, door);
    throw error;
  }
}
