import { CancelledError, InternalError, QuernError, ResourceError } from '../errors.js';

/** A query's end, awaited at most once. */
export interface Deferred {
  readonly promise: Promise<void>;
  readonly settle: (error: Error | undefined) => void;
  readonly outcome: () => Error | undefined;
}

export function deferred(): Deferred {
  let error: Error | undefined;
  let resolve: () => void = () => {};
  let reject: (reason: Error) => void = () => {};
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  promise.catch(() => {});
  const settle = (reason: Error | undefined) => {
    error = reason;
    if (reason === undefined) resolve();
    else reject(reason);
  };
  return { promise, settle, outcome: () => error };
}

export function throwOutcome({ outcome }: Deferred): void {
  const error = outcome();
  if (error !== undefined) throw error;
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw cancelledBy(signal);
}

/** A reason that is quern's own, as a timeout or a closed session, says more than that there was a signal. */
export function cancelledBy(signal: AbortSignal): CancelledError {
  if (signal.reason instanceof CancelledError) return signal.reason;
  return new CancelledError({ code: 'CANCELLED', message: 'The query was cancelled by its signal.', cause: signal.reason });
}

export function engineClosed(): CancelledError {
  return new CancelledError({ code: 'ENGINE_CLOSED', message: 'The engine was closed while the query ran or waited.' });
}

export function tooManyFailures(times: number, cause: unknown): Error {
  if (cause instanceof QuernError && !(cause instanceof InternalError)) return cause;
  return new ResourceError({
    code: 'TASK_FAILED',
    message: `A task failed ${times} times; the last time: ${textOf(cause)}.`,
    cause,
  });
}

export function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
