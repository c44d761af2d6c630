import type { Span } from './expr/expr.js';

/**
 * The five kinds of error. The class says whose turn it is; `code` is Spark's error condition where Spark has one;
 * the message says what happened, where, what was expected and what to do.
 */

export interface ErrorDetails {
  /** Spark's error condition (`DIVIDE_BY_ZERO`), or quern's own in the same style. */
  readonly code: string;
  readonly message: string;
  /** Place in the SQL text. */
  readonly at?: Span;
  readonly sql?: string;
  /** Facts of a data error. Bytes and rows count from 0 and 1 respectively. */
  readonly path?: string;
  readonly byte?: number;
  readonly row?: number;
  readonly column?: string;
  readonly cause?: unknown;
}

/** Common to all errors quern throws on purpose. */
export class QuernError extends Error {
  readonly code: string;
  // Declared only: a printed error shows what there is to show.
  declare readonly at: Span | undefined;
  declare readonly path: string | undefined;
  declare readonly byte: number | undefined;
  declare readonly row: number | undefined;
  declare readonly column: string | undefined;

  constructor(details: ErrorDetails) {
    const place = details.sql !== undefined && details.at !== undefined ? `\n${caret(details.sql, details.at)}` : '';
    super(details.message + place, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = details.code;
    if (details.at !== undefined) this.at = details.at;
    if (details.path !== undefined) this.path = details.path;
    if (details.byte !== undefined) this.byte = details.byte;
    if (details.row !== undefined) this.row = details.row;
    if (details.column !== undefined) this.column = details.column;
  }
}

/** The query is wrong: syntax, names, types, or a value it computed (overflow, division by zero, failed cast). */
export class QueryError extends QuernError {}

/** A file is wrong or changed: path, byte, row, column. */
export class DataError extends QuernError {}

/** A limit was reached: memory, disk, threads. */
export class ResourceError extends QuernError {}

/** The caller's signal or timeout ended the action. */
export class CancelledError extends QuernError {}

/** A bug in quern. */
export class InternalError extends QuernError {
  constructor(message: string, cause?: unknown) {
    super({ code: 'INTERNAL_ERROR', message: `${message} This is a bug in quern.`, cause });
  }
}

export const ERROR_CLASSES = { QueryError, DataError, ResourceError, CancelledError } as const;

/** 1-based line and column of an offset. */
export function lineAndColumn(sql: string, offset: number): { line: number; column: number } {
  let line = 1;
  let lineStart = 0;
  for (let i = sql.indexOf('\n'); i !== -1 && i < offset; i = sql.indexOf('\n', i + 1)) {
    line++;
    lineStart = i + 1;
  }
  return { line, column: offset - lineStart + 1 };
}

const CARET_LINE_MAX = 160;

/** `line 1, column 8:`, the source line, and carets under the span. Long lines are cut around the span. */
export function caret(sql: string, at: Span): string {
  const { line, column } = lineAndColumn(sql, at.start);
  const lineStart = at.start - (column - 1);
  const nextBreak = sql.indexOf('\n', at.start);
  const lineEnd = nextBreak === -1 ? sql.length : nextBreak;
  const from = Math.max(lineStart, at.start - CARET_LINE_MAX / 2);
  const to = Math.min(lineEnd, from + CARET_LINE_MAX);
  const width = Math.max(1, Math.min(at.end, to) - at.start);
  return `line ${line}, column ${column}:\n  ${sql.slice(from, to).replaceAll('\t', ' ')}\n  ${' '.repeat(at.start - from)}${'^'.repeat(width)}`;
}

/** For the end of a switch over a union: a new member is a type error there. */
export function unreachable(value: never): never {
  throw new InternalError(`Unexpected value ${JSON.stringify(value)}.`);
}
