import * as assert from 'uvu/assert';
import { kernels as exported, views } from '../exec/harness.js';

/**
 * Spans of memory with bytes around them that nobody may change, for kernels that are given the two ends of what they may read and write. They lie past 2 GiB,
 * where addresses are negative numbers to JavaScript.
 */

const BASE = 0x90000000;
const GUARD_BYTES = 192;

export interface Span {
  readonly at: number;
  readonly end: number;
}

interface Guarded extends Span {
  readonly from: number;
  readonly to: number;
}

let next = BASE;
let guard = 0xa5;
let spans: Guarded[] = [];

/** Forgets all spans; what surrounds the next ones is this byte. */
export function resetSpans(guardByte = 0xa5): void {
  next = BASE;
  guard = guardByte;
  spans = [];
}

/** A span with these bytes, or of that many zeros, at an address of the given remainder modulo 16. `slack` bytes behind its end may change. */
export function span(content: Uint8Array | readonly number[] | number, slack = 0, remainder = 0): Span {
  const length = typeof content === 'number' ? content : content.length;
  const from = next;
  const at = from + GUARD_BYTES + remainder;
  const end = at + length;
  const to = end + slack + GUARD_BYTES;
  next = (to + 15) & ~15;
  if (next < 0) next += 2 ** 32;
  views.u8.fill(guard, from, to);
  if (typeof content === 'number') views.u8.fill(0, at, end);
  else views.u8.set(content, at);
  const made = { from, at, end: end + slack, to };
  spans.push(made);
  return { at, end };
}

/** Fails where a byte around a span has changed. */
export function checkSpans(what: string): void {
  for (const { from, at, end, to } of spans) {
    for (let i = from; i < at; i++) if (views.u8[i] !== guard) assert.unreachable(`${what}: wrote ${at - i} bytes before a span`);
    for (let i = end; i < to; i++) if (views.u8[i] !== guard) assert.unreachable(`${what}: wrote ${i - end} bytes behind a span`);
  }
}

export const bytesAt = (at: number, length: number): Uint8Array => views.u8.slice(at, at + length);
export const setBytes = (at: number, bytes: Uint8Array): void => views.u8.set(bytes, at);
export const u32At = (at: number, length: number): number[] =>
  Array.from(
    { length },
    (_, i) =>
      views.u8[at + 4 * i]! +
      views.u8[at + 4 * i + 1]! * 2 ** 8 +
      views.u8[at + 4 * i + 2]! * 2 ** 16 +
      views.u8[at + 4 * i + 3]! * 2 ** 24,
  );

/** A kernel by name. */
export function kernel(name: string): (...args: number[]) => number {
  const found = exported[name];
  if (found === undefined) throw new Error(`There is no kernel ${name}.`);
  return found;
}

const buffer = views.u8.buffer;
/** Numbers of a span, at any address. */
export const i64At = (at: number, length: number): bigint[] =>
  Array.from({ length }, (_, i) => new DataView(buffer).getBigInt64(at + i * 8, true));
export const f64At = (at: number, length: number): number[] =>
  Array.from({ length }, (_, i) => new DataView(buffer).getFloat64(at + i * 8, true));
export const i128At = (at: number, length: number): bigint[] =>
  Array.from({ length }, (_, i) => {
    const view = new DataView(buffer);
    return (view.getBigInt64(at + i * 16 + 8, true) << 64n) | view.getBigUint64(at + i * 16, true);
  });

/** The bytes of string views, whose form (prefix, zeros) is looked at too. References count from `base`. */
export function viewsAt(at: number, count: number, base = 0): Uint8Array[] {
  const words = new DataView(buffer);
  return Array.from({ length: count }, (_, i) => {
    const view = at + 16 * i;
    const length = words.getUint32(view, true);
    if (length <= 12) {
      assert.ok(
        bytesAt(view + 4 + length, 12 - length).every((byte) => byte === 0),
        'short views end with zeros',
      );
      return bytesAt(view + 4, length);
    }
    const bytes = bytesAt(base + words.getUint32(view + 8, true), length);
    assert.equal(bytesAt(view + 4, 4), bytes.subarray(0, 4), 'the prefix');
    assert.is(words.getUint32(view + 12, true), 0);
    return bytes;
  });
}

/** Writes texts and views of them; returns where the views are. */
export function plainViews(texts: readonly Uint8Array[]): number {
  const bytes = texts.flatMap((text) => [text.length & 255, text.length >> 8, 0, 0, ...text]);
  const source = span(Uint8Array.from(bytes));
  const out = span(texts.length * 16);
  assert.is(kernel('plainViews')(source.at, source.end, texts.length, out.at), bytes.length);
  return out.at;
}
