import { DataError } from '../../core/errors.js';
import type { CsvDetail } from './inspect.js';
import { sampleRows, type Dialect } from './sample.js';

/** What the first row of a text says; undefined where it does not end, or is not there. */
export function headerTexts(text: string, dialect: Dialect, isWhole: boolean): readonly string[] | undefined {
  return sampleRows(text, dialect, isWhole, 1)[0]?.map((field) => field.text);
}

/**
 * Columns are read by position, so that another file's header must say the same; columns that it has behind those of the first, or has not, do no harm.
 * @throws DataError where it says something else.
 */
export function requireHeader({ names, headerOf }: CsvDetail, path: string, texts: readonly string[]): void {
  if (headerOf === undefined) return;
  const { texts: expected, path: first } = headerOf;
  const at = expected.findIndex((text, i) => i < texts.length && text.toLowerCase() !== texts[i]!.toLowerCase());
  if (at === -1) return;
  throw new DataError({
    code: 'CSV_HEADER_MISMATCH',
    message: `'${path}' has "${texts[at]}" in its header where '${first}' has "${expected[at]}" (column ${at + 1}), and columns are read by position. The option mergeSchema reads them by name; a schema that is given is taken whatever headers say; the option header false is for files without one.`,
    path,
    byte: 0,
    row: 1,
    column: names[at]!,
  });
}
