import { createHash } from 'node:crypto';

/** A value as sqllogictest writes it: I integer, R three digits, T text; NULL and (empty) by name. */
export function formatValue(value: unknown, type: string): string {
  if (value === null || value === undefined) return 'NULL';
  if (type === 'I')
    return typeof value === 'number'
      ? Math.trunc(value).toString()
      : typeof value === 'boolean'
        ? value
          ? '1'
          : '0'
        : String(value as string | number | bigint).replace(/\.\d*$/, '');
  if (type === 'R') return Number(value).toFixed(3);
  const text = String(value as string | number | bigint | boolean);
  if (text === '') return '(empty)';
  return text.replace(/[^\x20-\x7e]/g, '@');
}

/** The values of a result in the record's order: rows as they come, rows sorted as text, or all values sorted. */
export function formatResult(rows: readonly (readonly unknown[])[], types: string, sort: string): string[] {
  const formatted = rows.map((row) => row.map((value, c) => formatValue(value, types[c] ?? 'T')));
  if (sort === 'rowsort') formatted.sort((a, b) => compareText(a.join('\u0000'), b.join('\u0000')));
  const values = formatted.flat();
  if (sort === 'valuesort') values.sort(compareText);
  return values;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function hashOf(values: readonly string[]): string {
  return createHash('md5')
    .update(values.map((value) => `${value}\n`).join(''))
    .digest('hex');
}
