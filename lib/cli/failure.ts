import { printable, printableLines } from './text.js';

/** What a process that ends with an error tells its caller. */
export const ExitCode = { done: 0, query: 1, usage: 2, data: 3, resources: 4, cancelled: 130 } as const;

/** The command line itself is wrong. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** By name and not by class: the classes live in the engine, and an error may come before the engine was ever loaded. */
const CODES: ReadonlyMap<string, number> = new Map([
  ['QueryError', ExitCode.query],
  ['UsageError', ExitCode.usage],
  ['DataError', ExitCode.data],
  ['ResourceError', ExitCode.resources],
  ['CancelledError', ExitCode.cancelled],
  ['AbortError', ExitCode.cancelled],
]);

/** The system's own errors about files are about data; about a full disk or too many files, about resources. */
const SYSTEM_CODES: ReadonlyMap<string, number> = new Map([
  ['ENOSPC', ExitCode.resources],
  ['EDQUOT', ExitCode.resources],
  ['EMFILE', ExitCode.resources],
  ['ENFILE', ExitCode.resources],
  ['ENOMEM', ExitCode.resources],
]);

export function exitCodeOf(error: unknown): number {
  if (!(error instanceof Error)) return ExitCode.query;
  const known = CODES.get(error.name);
  if (known !== undefined) return known;
  if (!('syscall' in error) || !('code' in error)) return ExitCode.query;
  return SYSTEM_CODES.get(String(error.code)) ?? ExitCode.data;
}

/**
 * The text for standard error: what happened, without a stack. `QUERN_DEBUG=1` shows the stack and the causes.
 * Values of files stand in messages, so what could steer a terminal is escaped.
 */
export function failureText(error: unknown, debug = process.env['QUERN_DEBUG'] === '1'): string {
  if (!(error instanceof Error)) return `quern: ${printable(String(error))}\n`;
  if (debug) return `${stackOf(error)}\n`;
  const text = exitCodeOf(error) === ExitCode.cancelled ? 'cancelled' : printableLines(error.message);
  const hint = error.name === 'UsageError' ? '\nquern --help lists the commands and options.' : '';
  const bug = error.name === 'InternalError' || isUnexpected(error) ? '\nQUERN_DEBUG=1 shows where it happened.' : '';
  return `quern: ${text}${hint}${bug}\n`;
}

/** Neither one of quern's errors nor the system's. */
function isUnexpected(error: Error): boolean {
  return !CODES.has(error.name) && error.name !== 'InternalError' && !('syscall' in error);
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : '';
  return `${printableLines(error.stack ?? error.message)}${cause}`;
}
