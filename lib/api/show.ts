import { doubleText } from '../core/expr/literal-text.js';
import { isNumeric, type DataType, type Schema } from '../core/types/data-type.js';
import { isNested } from '../core/types/nested.js';
import { nestedText, type NestedTextStyle } from '../core/types/nested-text.js';
import type { Row } from './user-functions.js';

/** A table of rows with Spark's borders: numbers to the right, a note when there are more than `limit`. */
export function showText(schema: Schema, rows: readonly Row[], limit: number, truncate: number): string {
  const names = schema.fields.map(({ name }) => name);
  const shown = rows.slice(0, limit).map((row) => schema.fields.map(({ name, type }) => cell(row[name], type, truncate)));
  const widths = names.map((name, c) => Math.max(3, textWidth(name), ...shown.map((cells) => textWidth(cells[c]!))));
  const right = schema.fields.map(({ type }) => isNumeric(type));
  const line = (cells: readonly string[], header: boolean): string =>
    `|${cells.map((text, c) => pad(text, widths[c]!, right[c]! || header)).join('|')}|`;
  const border = `+${widths.map((width) => '-'.repeat(width)).join('+')}+`;
  const more = rows.length > limit ? [`only showing top ${limit} ${limit === 1 ? 'row' : 'rows'}`] : [];
  return [border, line(names, true), border, ...shown.map((cells) => line(cells, false)), border, ...more, ''].join('\n');
}

/** Inside of nested values doubles are written as Spark writes them. */
const INSIDE: NestedTextStyle = {
  null: 'NULL',
  leaf: (value, type) =>
    typeof value === 'number' && (type.kind === 'double' || type.kind === 'float') ? doubleText(value) : flatText(value),
};

function flatText(value: unknown): string {
  return value instanceof Uint8Array
    ? `[${Buffer.from(value)
        .toString('hex')
        .toUpperCase()
        .replace(/(..)(?=.)/g, '$1 ')}]`
    : String(value as string | number | bigint | boolean | Date);
}

function cell(value: unknown, type: DataType, truncate: number): string {
  const text =
    value === null || value === undefined ? 'NULL' : isNested(type) ? nestedText(value, type, INSIDE) : flatText(value);
  const line = text.replace(/[\u0000-\u001f\u007f]/g, (c) => JSON.stringify(c).slice(1, -1));
  const characters = Array.from(line);
  if (truncate <= 0 || characters.length <= truncate) return line;
  return truncate < 4 ? characters.slice(0, truncate).join('') : `${characters.slice(0, truncate - 3).join('')}...`;
}

function pad(text: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - textWidth(text)));
  return right ? space + text : text + space;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}]|[\u{20000}-\u{3fffd}]/u;

/** Columns a text takes in a terminal: East Asian and emoji characters take two. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += WIDE.test(character) ? 2 : /\p{Mn}/u.test(character) ? 0 : 1;
  return width;
}
