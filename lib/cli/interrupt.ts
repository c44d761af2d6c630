import { ExitCode } from './failure.js';

/** Ends a process that was asked to stop before it could stop by itself: 128 and the signal's number, as shells have it. */
const EXIT_CODES = { SIGINT: ExitCode.cancelled, SIGTERM: 143 } as const;

/**
 * Ctrl-C cancels: the first lets the running action end cleanly, the second leaves at once.
 * @returns The signal to give to actions.
 */
export function onInterrupt(controller: AbortController): AbortSignal {
  const stop = (name: keyof typeof EXIT_CODES): void => {
    if (controller.signal.aborted) process.exit(EXIT_CODES[name]);
    process.exitCode = EXIT_CODES[name];
    controller.abort();
  };
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop(name));
  return controller.signal;
}
