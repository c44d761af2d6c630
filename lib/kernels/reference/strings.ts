import { fail } from './value.js';

/**
 * What the kernels of strings mean, over JavaScript strings by code points. Written for reading: arrays of characters, regular expressions.
 * No function here shares code with a kernel.
 */

const characters = (text: string): string[] => Array.from(text);
const bytes = (text: string): number => Buffer.byteLength(text);

/** −1, 0, 1 by UTF-8 bytes. */
export function compareStrings(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function trimStart(text: string, set: string): string {
  const all = characters(text);
  while (all.length > 0 && characters(set).includes(all[0]!)) all.shift();
  return all.join('');
}

function trimEnd(text: string, set: string): string {
  return reverse(trimStart(reverse(text), set));
}

function reverse(text: string): string {
  return characters(text).toReversed().join('');
}

/** Positions count from 1, negative ones from the end, and 0 is 1; what lies before the text shortens the part. */
function substring(text: string, start: number, count = 0x7fffffff): string {
  const all = characters(text);
  const from = start > 0 ? start - 1 : start < 0 ? all.length + start : 0;
  return all.filter((_, i) => i >= from && i < from + count).join('');
}

function left(text: string, count: number): string {
  return characters(text).slice(0, Math.max(0, count)).join('');
}

function right(text: string, count: number): string {
  return reverse(left(reverse(text), count));
}

function pad(text: string, count: number, fill: string, atStart: boolean): string {
  if (count <= 0) return '';
  const all = characters(text);
  const missing = count - all.length;
  if (missing <= 0) return left(text, count);
  if (fill === '') return text;
  const padding = left(fill.repeat(missing), missing);
  return atStart ? padding + text : text + padding;
}

function translate(text: string, from: string, to: string): string {
  const [sources, targets] = [characters(from), characters(to)];
  return characters(text)
    .map((c) => (sources.includes(c) ? (targets[sources.indexOf(c)] ?? '') : c))
    .join('');
}

function splitPart(text: string, separator: string, part: number): string {
  if (part === 0) fail('INVALID_INDEX_OF_ZERO');
  const parts = separator === '' ? [text] : text.split(separator);
  return parts.at(part > 0 ? part - 1 : part) ?? '';
}

/** Position of the first occurrence from a position on, in characters from 1; 0: none. */
function locate(part: string, text: string, from: number): number {
  if (from <= 0) return 0;
  if (part === '') return 1;
  const [all, wanted] = [characters(text), characters(part)];
  for (let at = from - 1; at + wanted.length <= all.length; at++) {
    if (wanted.every((c, i) => all[at + i] === c)) return at + 1;
  }
  return 0;
}

function initcap(text: string): string {
  return text.toLowerCase().replace(/(^| )([^ ])/gu, (_, space: string, c: string) => space + c.toUpperCase());
}

/** A pattern as a regular expression, a character at a time. */
export function like(text: string, pattern: string, escape = '\\'): boolean {
  const all = characters(pattern);
  let source = '';
  for (let i = 0; i < all.length; i++) {
    const c = all[i]!;
    if (c === escape) {
      const next = all[++i] ?? fail('INVALID_FORMAT.ESC_AT_THE_END');
      if (next !== '_' && next !== '%' && next !== escape) fail('INVALID_FORMAT.ESC_IN_THE_MIDDLE');
      source += literal(next);
    } else {
      source += c === '%' ? '.*' : c === '_' ? '.' : literal(c);
    }
  }
  return new RegExp(`^${source}$`, 'su').test(text);
}

function literal(c: string): string {
  return `\\u{${c.codePointAt(0)!.toString(16)}}`;
}

/** By the catalogue's names. None of them sees a null, but `concat_ws`, which leaves nulls out. */
export const STRING_FUNCTIONS = {
  upper: (a: string) => a.toUpperCase(),
  lower: (a: string) => a.toLowerCase(),
  initcap,
  reverse,
  length: (a: string) => characters(a).length,
  octet_length: bytes,
  bit_length: (a: string) => bytes(a) * 8,
  ascii: (a: string) => a.codePointAt(0) ?? 0,
  btrim: (a: string, set = ' ') => trimEnd(trimStart(a, set), set),
  ltrim: (a: string, set = ' ') => trimStart(a, set),
  rtrim: (a: string, set = ' ') => trimEnd(a, set),
  concat: (...parts: string[]) => parts.join(''),
  concat_ws: (separator: string, ...parts: (string | null)[]) => parts.filter((part) => part !== null).join(separator),
  substring,
  left,
  right,
  repeat: (a: string, times: number) => a.repeat(Math.max(0, times)),
  replace: (a: string, from: string, to: string) => (from === '' ? a : a.split(from).join(to)),
  translate,
  lpad: (a: string, count: number, fill: string) => pad(a, count, fill, true),
  rpad: (a: string, count: number, fill: string) => pad(a, count, fill, false),
  split_part: splitPart,
  contains: (a: string, b: string) => a.includes(b),
  startswith: (a: string, b: string) => a.startsWith(b),
  endswith: (a: string, b: string) => a.endsWith(b),
  locate,
  like,
  ilike: (a: string, pattern: string, escape?: string) => like(a.toLowerCase(), pattern.toLowerCase(), escape),
  rlike: (a: string, pattern: string) => new RegExp(pattern, 'u').test(a),
} as const;
