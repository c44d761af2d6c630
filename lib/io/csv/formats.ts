import { QueryError } from '../../core/errors.js';
import type { DataType } from '../../core/types/data-type.js';
import type { CsvDetail } from './inspect.js';

/** A value that writeValue takes, or undefined if the text is none. */
export type TextParser = (text: string) => unknown;

const INT_TEXT = /^[+-]?\d+$/;
const DOUBLE_TEXT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[dDfF]?$/;
const SPECIAL: ReadonlyMap<string, number> = new Map([
  ['nan', NaN],
  ['inf', Infinity],
  ['+inf', Infinity],
  ['-inf', -Infinity],
  ['infinity', Infinity],
  ['+infinity', Infinity],
  ['-infinity', -Infinity],
]);

/** The exact reading of texts of a type, for what the kernels leave. */
export function textParser(type: DataType, detail: Pick<CsvDetail, 'dateFormat' | 'timestampFormat'>): TextParser {
  switch (type.kind) {
    case 'string':
      return (text) => text;
    case 'boolean':
      return (text) => (/^true$/i.test(text) ? true : /^false$/i.test(text) ? false : undefined);
    case 'tinyint':
    case 'smallint':
    case 'int':
      return (text) =>
        INT_TEXT.test(text) && Number.isSafeInteger(Number(text)) && fits(Number(text), type.kind) ? Number(text) : undefined;
    case 'bigint':
      return (text) => (INT_TEXT.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text) ? BigInt(text) : undefined);
    case 'float':
    case 'double':
      return (text) => (DOUBLE_TEXT.test(text) ? Number(text.replace(/[dDfF]$/, '')) : SPECIAL.get(text.toLowerCase()));
    case 'decimal':
      return (text) => (/^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(text) ? text : undefined);
    case 'date':
      return detail.dateFormat === undefined
        ? (text) => (/^\d{4}-\d{1,2}-\d{1,2}$/.test(text) ? text : undefined)
        : patternParser(detail.dateFormat, true);
    case 'timestamp':
    case 'timestamp_ntz':
      return detail.timestampFormat === undefined ? isoTimestamp : patternParser(detail.timestampFormat, false);
    default:
      return () => undefined;
  }
}

function fits(value: number, kind: 'tinyint' | 'smallint' | 'int'): boolean {
  const limit = kind === 'tinyint' ? 128 : kind === 'smallint' ? 32_768 : 2_147_483_648;
  return value >= -limit && value < limit;
}

const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/;

function isoTimestamp(text: string): string | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [, date, time = '00:00:00', zone] = match;
  const full = time.length === 5 ? `${time}:00` : time;
  if (zone === undefined || zone === 'Z') return `${date} ${full}`;
  return shifted(`${date}T${full.slice(0, 8)}Z`, zone, full.slice(8));
}

/** The same instant in UTC. */
function shifted(iso: string, zone: string, fraction: string): string | undefined {
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  const time = new Date(iso).getTime() - (zone.startsWith('-') ? -minutes : minutes) * 60_000;
  return Number.isNaN(time) ? undefined : `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')}${fraction}`;
}

/** Letters of a date pattern that are understood: each with what it matches. */
const LETTERS: { readonly [letter: string]: string } = {
  yyyy: '(?<year>\\d{4})',
  MM: '(?<month>\\d{2})',
  M: '(?<month>\\d{1,2})',
  dd: '(?<day>\\d{2})',
  d: '(?<day>\\d{1,2})',
  HH: '(?<hour>\\d{2})',
  H: '(?<hour>\\d{1,2})',
  mm: '(?<minute>\\d{2})',
  ss: '(?<second>\\d{2})',
  SSS: '(?<fraction>\\d{3})',
  SSSSSS: '(?<fraction>\\d{6})',
  ['X'.repeat(3)]: '(?<zone>Z|[+-]\\d{2}:\\d{2})',
};

/** A parser for a pattern of Spark's letters: yyyy MM dd HH mm ss SSS and the zone's X three times, with other text in quotes or as it is. */
function patternParser(pattern: string, dateOnly: boolean): TextParser {
  const source = pattern.replace(/'([^']*)'|([A-Za-z])\2*|[^A-Za-z']/g, (part, quoted: string | undefined) => {
    if (quoted !== undefined) return escapeText(quoted === '' ? "'" : quoted);
    if (!/^[A-Za-z]/.test(part)) return escapeText(part);
    const letters = LETTERS[part];
    if (letters === undefined) {
      throw new QueryError({
        code: 'INVALID_DATETIME_PATTERN',
        message: `The date pattern '${pattern}' has '${part}', which is not supported. Letters: ${Object.keys(LETTERS).join(' ')}.`,
      });
    }
    return letters;
  });
  const test = new RegExp(`^${source}$`);
  return (text) => {
    const groups = test.exec(text)?.groups;
    if (groups === undefined) return undefined;
    const part = (name: string, fallback: string, width: number): string => (groups[name] ?? fallback).padStart(width, '0');
    const date = `${part('year', '1970', 4)}-${part('month', '1', 2)}-${part('day', '1', 2)}`;
    if (dateOnly) return date;
    const time = `${part('hour', '0', 2)}:${part('minute', '0', 2)}:${part('second', '0', 2)}`;
    const fraction = groups['fraction'] === undefined ? '' : `.${groups['fraction']}`;
    return groups['zone'] === undefined || groups['zone'] === 'Z'
      ? `${date} ${time}${fraction}`
      : shifted(`${date}T${time}Z`, groups['zone'], fraction);
  };
}

function escapeText(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
