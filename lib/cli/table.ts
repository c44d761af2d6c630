import { typeName, type Row } from '../index.js';
import { isNumber, typedText, type ResultColumn } from './cells.js';
import { layoutTable, naturalWidths, CELL_WIDTH_MAX, type TableLayout } from './table-layout.js';
import { counted, grouped, pad, printable } from './text.js';

/** The first and last rows of a result, and how many there were in all. */
export interface TableRows {
  readonly first: readonly Row[];
  readonly last: readonly Row[];
  readonly total: number;
}

export interface TableStyle {
  /** Columns of the terminal; Infinity where there is none. */
  readonly width: number;
  readonly color: boolean;
}

/** Takes rows as they come and keeps those a table of at most `maxRows` shows: memory stays small whatever comes. */
export async function keepEnds(rows: AsyncIterable<Row>, maxRows: number): Promise<TableRows> {
  const headRows = Math.ceil(maxRows / 2);
  const tailRows = maxRows - headRows;
  const first: Row[] = [];
  let last: Row[] = [];
  let total = 0;
  for await (const row of rows) {
    if (total++ < headRows) first.push(row);
    else last.push(row);
    if (last.length > 2 * tailRows + 1024) last = last.slice(last.length - tailRows);
  }
  return { first, last: total > maxRows ? last.slice(last.length - tailRows) : last, total };
}

/** A boxed table with names and types, and a line that tells how many rows and columns there are. */
export function tableText(columns: readonly ResultColumn[], { first, last, total }: TableRows, style: TableStyle): string {
  const headers = columns.map(({ name, type }) => [clipped(name), typeName(type)]);
  const cells = [...first, ...last].map((row) => columns.map(({ key, type }) => cell(row[key], type)));
  const layout = layoutTable(naturalWidths(headers, cells), style.width);
  const right = columns.map(({ type }) => isNumber(type));
  const dim = style.color ? (text: string): string => `\x1b[2m${text}\x1b[22m` : (text: string): string => text;
  const line = (texts: (c: number) => string, decorate: (text: string, c: number) => string = (text) => text): string =>
    `${dim('│')} ${layout.shown.map((c, i) => (c === 'hidden' ? dim('…') : decorate(pad(texts(c), layout.widths[i]!, right[c]!), c))).join(` ${dim('│')} `)} ${dim('│')}`;
  const bodyLine = (row: readonly string[], source: Row): string =>
    line(
      (c) => row[c]!,
      (text, c) => (source[columns[c]!.key] == null ? dim(text) : text),
    );
  const rows = [...first, ...last];
  const body = cells.map((row, i) => bodyLine(row, rows[i]!));
  const shownRows = first.length + last.length;
  if (shownRows < total)
    body.splice(
      first.length,
      0,
      line(() => '⋮', dim),
    );
  return [
    dim(border(layout, '┌', '┬', '┐')),
    line((c) => headers[c]![0]!),
    line((c) => headers[c]![1]!, dim),
    dim(border(layout, '├', '┼', '┤')),
    ...body,
    dim(border(layout, '└', '┴', '┘')),
    summary(total, shownRows, columns.length, layout),
    '',
  ].join('\n');
}

function border({ widths }: TableLayout, left: string, between: string, right: string): string {
  return `${left}${widths.map((width) => '─'.repeat(width + 2)).join(between)}${right}`;
}

function summary(total: number, shownRows: number, columns: number, { shown }: TableLayout): string {
  const shownColumns = shown.filter((c) => c !== 'hidden').length;
  const rowText = shownRows < total ? ` (${grouped(shownRows)} shown)` : '';
  const columnText = shownColumns < columns ? ` (${shownColumns} shown)` : '';
  return `${counted(total, 'row')}${rowText}, ${counted(columns, 'column')}${columnText}`;
}

/** NULL stands bare; the string that reads the same stands in quotes. */
function cell(value: unknown, type: ResultColumn['type']): string {
  if (value == null) return 'NULL';
  const text = typedText(value, type);
  return clipped(type.kind === 'string' && text === 'NULL' ? '"NULL"' : text);
}

/** A field of 100 MB is not worth escaping for the 256 characters that can be seen. */
function clipped(text: string): string {
  return printable(text.length > 2 * CELL_WIDTH_MAX ? text.slice(0, 2 * CELL_WIDTH_MAX) : text);
}
