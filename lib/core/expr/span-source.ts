import type { Span } from './expr.js';

/** The texts that places are places of. Beside the spans and not in them: nodes stay small, and equal wherever they were written. */
const SOURCES = new WeakMap<Span, string>();

/** A place in a text that remembers the text. */
export function spanIn(sql: string, start: number, end: number): Span {
  const span = Object.freeze({ start, end: Math.max(start, end) });
  SOURCES.set(span, sql);
  return span;
}

/** The text that a place was made in; copies of it on other threads do not know. */
export function sourceOf(span: Span | undefined): string | undefined {
  return span === undefined ? undefined : SOURCES.get(span);
}
