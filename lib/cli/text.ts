/**
 * What may not reach a terminal from data: C0 and C1 controls (escape sequences, new lines), marks that turn the direction
 * of writing, and lone surrogates.
 */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;
const MAY_BE_UNPRINTABLE = /[^\u0020-\u007e]/;

const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\u0000', '\\0'],
]);

/** The text on one line, controls as `\n`, `\x1b`, `\u202e`. */
export function printable(text: string): string {
  return MAY_BE_UNPRINTABLE.test(text) ? text.replace(UNPRINTABLE, escapeOf) : text;
}

function escapeOf(character: string): string {
  const code = character.codePointAt(0)!;
  return SHORT_ESCAPES.get(character) ?? (code < 256 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`);
}

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, '0');

const ASCII = /^[\u0020-\u007e]*$/;
const NO_WIDTH = /^[\p{Mn}\p{Me}\u200b-\u200d]$/u;
/** East Asian wide and full-width characters, and emoji. */
const WIDE =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation})/u;

/** The units that a terminal shows as one character: a letter with its marks, a family of emoji. Made when first needed: loading its tables takes milliseconds. */
let segmenter: Intl.Segmenter | undefined;

function graphemes(text: string): Iterable<{ readonly segment: string }> {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return segmenter.segment(text);
}

function graphemeWidth(grapheme: string): number {
  if (NO_WIDTH.test(grapheme)) return 0;
  return WIDE.test(grapheme) || grapheme.includes('\ufe0f') ? 2 : 1;
}

/** Columns that the text takes in a terminal. */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes(text)) width += graphemeWidth(segment);
  return width;
}

/** The text, cut with `…` when it takes more than `width` columns. */
export function fit(text: string, width: number): string {
  if (ASCII.test(text)) return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
  if (textWidth(text) <= width) return text;
  let cut = '';
  let used = 0;
  for (const { segment } of graphemes(text)) {
    used += graphemeWidth(segment);
    if (used > width - 1) break;
    cut += segment;
  }
  return `${cut}…`;
}

/** The text in exactly `width` columns. */
export function pad(text: string, width: number, right: boolean): string {
  const fitted = fit(text, width);
  const space = ' '.repeat(Math.max(0, width - textWidth(fitted)));
  return right ? space + fitted : fitted + space;
}

/** A whole number with a comma between thousands. */
export function grouped(n: number): string {
  return String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 row`, `2,000 rows`. */
export function counted(n: number, noun: string): string {
  return `${grouped(n)} ${noun}${n === 1 ? '' : 's'}`;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** Bytes in decimal units with three digits that count: `7 B`, `4.06 MB`, `766 MB`. */
export function byteText(bytes: number): string {
  let unit = 0;
  let value = bytes;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

/** Seconds for a reader: `0.042 s`, `3.2 s`, `2:05 min`. */
export function secondsText(seconds: number): string {
  if (seconds >= 99.5) return `${Math.floor(Math.round(seconds) / 60)}:${String(Math.round(seconds) % 60).padStart(2, '0')} min`;
  return `${seconds.toFixed(seconds < 1 ? 3 : 1)} s`;
}

/** Line breaks of a text are its layout (the caret stands under a line); all else that is not text is escaped. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}
