import { BIGINT, BOOLEAN, DATE, DOUBLE, INT, STRING, TIMESTAMP, type DataType } from '../../core/types/data-type.js';
import { textParser } from './formats.js';
import { sampleRows, type Dialect, type SampleField } from './sample.js';

/** Kinds of text, each a test; a column has the first type whose test all its texts pass. Order and tests are Spark's, without decimals. */
const INT_TEXT = /^[+-]?\d{1,19}$/;
const DOUBLE_TEXT = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|Infinity|NaN|Inf)$/;
const DATE_TEXT = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;
const TIMESTAMP_TEXT = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[T ]\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?Z?$/;
const BOOLEAN_TEXT = /^(?:true|false)$/i;
const INT_LIMIT = 2_147_483_648n;
const BIGINT_LIMIT = 9_223_372_036_854_775_808n;

type Rank = 'int' | 'bigint' | 'double' | 'date' | 'timestamp' | 'boolean' | 'string';
const TYPES: { readonly [R in Rank]: DataType } = {
  int: INT,
  bigint: BIGINT,
  double: DOUBLE,
  date: DATE,
  timestamp: TIMESTAMP,
  boolean: BOOLEAN,
  string: STRING,
};

/** What was seen of a column. */
export interface ColumnGuess {
  readonly type: DataType;
  /** One word that keeps a column of numbers or dates from being one: worth a `nullValue`. */
  readonly suspect: string | undefined;
  readonly examples: readonly string[];
}

/** Formats that were asked for: dates and timestamps are what these read. */
export interface GuessOptions {
  readonly nullValue: string;
  readonly dateFormat: string | undefined;
  readonly timestampFormat: string | undefined;
}

function rankOf(text: string, options: GuessOptions): Rank {
  if (INT_TEXT.test(text)) {
    const value = BigInt(text);
    if (value >= -INT_LIMIT && value < INT_LIMIT) return 'int';
    return value >= -BIGINT_LIMIT && value < BIGINT_LIMIT ? 'bigint' : 'double';
  }
  if (DOUBLE_TEXT.test(text)) return 'double';
  if (isMoment(text, 'date', DATE_TEXT, options.dateFormat, options)) return 'date';
  if (isMoment(text, 'timestamp', TIMESTAMP_TEXT, options.timestampFormat, options)) return 'timestamp';
  return BOOLEAN_TEXT.test(text) ? 'boolean' : 'string';
}

function isMoment(
  text: string,
  kind: 'date' | 'timestamp',
  usual: RegExp,
  format: string | undefined,
  options: GuessOptions,
): boolean {
  if (format === undefined) return usual.test(text);
  const parsed = textParser(TYPES[kind], options)(text);
  return typeof parsed === 'string' && usual.test(parsed);
}

const NUMBERS: readonly Rank[] = ['int', 'bigint', 'double'];

function widen(a: Rank | undefined, b: Rank): Rank {
  if (a === undefined || a === b) return b;
  const [x, y] = [NUMBERS.indexOf(a), NUMBERS.indexOf(b)];
  if (x !== -1 && y !== -1) return NUMBERS[Math.max(x, y)]!;
  if ((a === 'date' && b === 'timestamp') || (a === 'timestamp' && b === 'date')) return 'timestamp';
  return 'string';
}

/** The types of columns by their sampled texts. Empty texts and the null text say nothing; a column of nothing but those is a string. */
export function guessColumns(rows: readonly (readonly SampleField[])[], count: number, options: GuessOptions): ColumnGuess[] {
  return Array.from({ length: count }, (_, c) => {
    let rank: Rank | undefined;
    const words = new Map<string, number>();
    const kinds = new Map<Rank, number>();
    const examples = new Set<string>();
    for (const row of rows) {
      const text = row[c]?.text;
      if (text === undefined || text === '' || text === options.nullValue) continue;
      const kind = rankOf(text, options);
      rank = widen(rank, kind);
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      if (kind === 'string' && words.size < 3) words.set(text, (words.get(text) ?? 0) + 1);
      if (examples.size < 3) examples.add(text);
    }
    const others = [...kinds.keys()].filter((kind) => kind !== 'string');
    const suspect = rank === 'string' && words.size === 1 && others.length > 0 ? [...words.keys()][0] : undefined;
    return { type: TYPES[rank ?? 'string'], suspect, examples: [...examples] };
  });
}

const DELIMITERS = [',', '\t', ';', '|', ':'];

/** The delimiter that cuts most rows of the sample into the same number of fields, and into the most of them. */
export function guessDelimiter(text: string, quote: string, escape: string, comment: string, complete: boolean): string {
  let best = ',';
  let bestScore = 1;
  for (const sep of DELIMITERS) {
    const rows = sampleRows(text, { sep, quote, escape, comment }, complete, 100);
    const counts = new Map<number, number>();
    for (const row of rows) counts.set(row.length, (counts.get(row.length) ?? 0) + 1);
    const [fields, times] = [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0] ?? [1, 0];
    const score = fields === 1 ? 1 : (times / rows.length) ** 2 * (1 + Math.log2(fields));
    if (score > bestScore * 1.001) {
      best = sep;
      bestScore = score;
    }
  }
  return best;
}

/**
 * `"`, unless the text has none and fields in `'…'` instead: several, or one with a delimiter in it, and no apostrophe anywhere else.
 */
export function guessQuote(text: string, sep: string | undefined, comment: string, complete: boolean): string {
  if (text.includes('"') || !text.includes("'")) return '"';
  const dialect: Dialect = { sep: sep ?? guessDelimiter(text, "'", "'", comment, complete), quote: "'", escape: "'", comment };
  const fields = sampleRows(text, dialect, complete, 100).flat();
  const quoted = fields.filter(({ quoted }) => quoted);
  const isQuote =
    (quoted.length > 1 || quoted.some((field) => field.text.includes(dialect.sep))) &&
    fields.every((field) => field.quoted || !field.text.includes("'"));
  return isQuote ? "'" : '"';
}

/** Whether the first row names the columns: no field of it is a number, date or empty, none repeats — or its kinds differ from what lies below. */
export function guessHeader(rows: readonly (readonly SampleField[])[], dialect: Dialect, options: GuessOptions): boolean {
  const [first, ...rest] = rows;
  if (first === undefined) return false;
  if (first.some(({ text }) => text !== '' && rankOf(text, options) !== 'string')) return false;
  if (rest.length === 0) return true;
  if (dialect.sep !== '' && first.length > 1 && first.every(({ text }) => text === '')) return false;
  const below = guessColumns(rest, first.length, options);
  if (below.some(({ type, suspect }) => type !== STRING || suspect !== undefined)) return true;
  // All strings: names differ from each other and do not come again below.
  const names = new Set(first.map(({ text }) => text));
  return names.size === first.length && first.every(({ text }, c) => text !== '' && rest.every((row) => row[c]?.text !== text));
}
