import { NULL_DIRECTORY } from '../partition-values.js';

/** What Spark writes as %XX in the names of directories, beside the characters below the blank. */
const ESCAPED: ReadonlySet<string> = new Set('"#%\'*/:=?\\\u007f{[]^');

function escapeName(text: string): string {
  return Array.from(text, (c) =>
    c < ' ' || ESCAPED.has(c) ? `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}` : c,
  ).join('');
}

/** The directory of rows that have this text in a partition column; null and the empty text are one. */
export function directoryName(column: string, value: string | null): string {
  return `${escapeName(column)}=${value === null || value === '' ? NULL_DIRECTORY : escapeName(value)}`;
}
