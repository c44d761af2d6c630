/** What stands between quotes, as text. */

const NAMED: ReadonlyMap<string, string> = new Map([
  ['0', '\0'],
  ['b', '\b'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['Z', '\x1a'],
  // Kept for LIKE, which reads them itself.
  ['%', '\\%'],
  ['_', '\\_'],
]);

const OCTAL = /[01][0-7]{2}/y;
const SHORT = /u[0-9a-fA-F]{4}/y;
const LONG = /U[0-9a-fA-F]{8}/y;

function matches(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

/** A string's value: Spark's escapes, and doubled quotes for one. `from` and `to` are inside of the quotes. */
export function escapedText(sql: string, from: number, to: number): string {
  const raw = sql.slice(from, to);
  const quote = sql[from - 1]!;
  if (!raw.includes('\\')) return raw.includes(quote) ? raw.replaceAll(quote + quote, quote) : raw;
  const parts: string[] = [];
  let copied = 0;
  for (let at = 0; at < raw.length; at++) {
    const character = raw[at]!;
    if (character !== '\\' && character !== quote) continue;
    parts.push(raw.slice(copied, at));
    const [text, length] = character === quote ? [quote, 2] : escape(raw, at);
    parts.push(text);
    at += length - 1;
    copied = at + 1;
  }
  parts.push(raw.slice(copied));
  return parts.join('');
}

/** The text of the escape at a backslash, and how many characters it takes. */
function escape(raw: string, at: number): [text: string, length: number] {
  const code = (from: number, to: number, base: number): number => parseInt(raw.slice(from, to), base);
  if (matches(SHORT, raw, at + 1)) return [String.fromCharCode(code(at + 2, at + 6, 16)), 6];
  if (matches(LONG, raw, at + 1) && code(at + 2, at + 10, 16) <= 0x10ffff)
    return [String.fromCodePoint(code(at + 2, at + 10, 16)), 10];
  if (matches(OCTAL, raw, at + 1)) return [String.fromCharCode(code(at + 1, at + 4, 8)), 4];
  const character = raw[at + 1] ?? '';
  return [NAMED.get(character) ?? character, 2];
}

/** The value of a name in backticks. */
export function backquotedText(sql: string, from: number, to: number): string {
  return sql.slice(from, to).replaceAll('``', '`');
}
