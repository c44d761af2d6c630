import { CancelledError, DataError, InternalError, QueryError, QuernError, ResourceError } from '../lib/core/errors.js';
import type { ErrorDetails } from '../lib/core/errors.js';

/** How an error crosses threads: JSON. Class, code, message and place survive; causes become text. */
interface WireError {
  readonly class: string;
  readonly message: string;
  readonly code?: string;
  readonly start?: number;
  readonly end?: number;
  readonly path?: string;
  readonly byte?: number;
  readonly row?: number;
  readonly column?: string;
  readonly stack?: string;
  readonly cause?: string;
}

const CLASSES = new Map<string, new (details: ErrorDetails) => QuernError>(
  Object.entries({ QueryError, DataError, ResourceError, CancelledError }),
);
const STACK_CHARS = 1500;

/** UTF-8 JSON of at most `bytesMax` bytes: what does not fit is cut from the message. */
export function encodeError(error: unknown, bytesMax: number): Buffer {
  let chars = 16_384;
  for (;;) {
    const encoded = Buffer.from(JSON.stringify(wireForm(error, chars)));
    if (encoded.length <= bytesMax || chars < 16) return encoded.subarray(0, bytesMax);
    chars >>= 1;
  }
}

function wireForm(error: unknown, chars: number): WireError {
  if (!(error instanceof Error)) return { class: 'InternalError', message: cut(`An executor threw ${String(error)}.`, chars) };
  const form = {
    class: className(error),
    message: cut(error.message, chars),
    stack: cut(error.stack ?? '', Math.min(chars, STACK_CHARS)),
  };
  if (!(error instanceof QuernError)) return form;
  const { code, at, path, byte, row, column } = error;
  return {
    ...form,
    code,
    ...(at === undefined ? {} : { start: at.start, end: at.end }),
    ...(path === undefined ? {} : { path: cut(path, chars) }),
    ...(byte === undefined ? {} : { byte }),
    ...(row === undefined ? {} : { row }),
    ...(column === undefined ? {} : { column: cut(column, chars) }),
    ...(error.cause === undefined ? {} : { cause: cut(textOf(error.cause), Math.min(chars, STACK_CHARS)) }),
  };
}

function className(error: Error): string {
  for (const [name, type] of CLASSES) if (error instanceof type) return name;
  return error instanceof InternalError ? 'InternalError' : error.name;
}

const cut = (text: string, chars: number): string => (text.length <= chars ? text : `${text.slice(0, chars)}…`);

export function decodeError(text: string): Error {
  let wire: WireError;
  try {
    wire = JSON.parse(text) as WireError;
  } catch {
    return new InternalError(`An executor's error could not be read: ${cut(text, 200)}`);
  }
  const type = CLASSES.get(wire.class);
  if (type === undefined) {
    const error = new InternalError(
      wire.class === 'InternalError'
        ? wire.message.replace(/ This is a bug in quern\.$/, '')
        : `${wire.class} in a task: ${wire.message}.`,
    );
    return withStack(error, wire);
  }
  const { code = 'UNKNOWN', message, start, end, path, byte, row, column, cause } = wire;
  // The caret text is in the message already: `at` without `sql` adds none.
  const error = new type({
    code,
    message,
    ...(start === undefined || end === undefined ? {} : { at: { start, end } }),
    ...(path === undefined ? {} : { path }),
    ...(byte === undefined ? {} : { byte }),
    ...(row === undefined ? {} : { row }),
    ...(column === undefined ? {} : { column }),
    ...(cause === undefined ? {} : { cause: new Error(cause) }),
  });
  return type === ResourceError || type === CancelledError ? error : withStack(error, wire);
}

/** The place in the executor is worth more than the place of decoding. */
function withStack(error: Error, wire: WireError): Error {
  if (wire.stack !== undefined && wire.stack !== '')
    error.stack = `${error.name}: ${error.message}\n    in an executor: ${wire.stack.split('\n').slice(1).join('\n').trim()}`;
  return error;
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? String(cause) : typeof cause === 'string' ? cause : (JSON.stringify(cause) ?? typeof cause);
}
