import { QueryError, typeName } from '../index.js';
import { isNested, jsonString, jsonText, typedText, type ResultColumn } from './cells.js';
import { Pieces, type Destination } from './output.js';
import { printable } from './text.js';
import type { Format, OutputFormat } from './options.js';
import type { Row } from '../index.js';

/** How rows become text in a format that can be written as the rows come. */
interface RowFormat {
  head(columns: readonly ResultColumn[]): string;
  row(row: Row, columns: readonly ResultColumn[], index: number): string;
  tail(rows: number): string;
}

export type StreamedFormat = Exclude<Format, 'table'>;

/** Before anything runs: what a format has no form for. */
export function refuseUnwritable(format: OutputFormat, columns: readonly ResultColumn[]): void {
  const nested = format === 'csv' ? columns.find(({ type }) => isNested(type)) : undefined;
  if (nested === undefined) return;
  throw new QueryError({
    code: 'UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE',
    message: `CSV has no form for column "${nested.name}" of type ${typeName(nested.type)}. Write JSON lines, or take its parts as columns of their own.`,
  });
}

/** Writes rows as they come; returns how many there were. */
export async function writeRows(
  format: StreamedFormat,
  columns: readonly ResultColumn[],
  rows: AsyncIterable<Row>,
  destination: Destination,
): Promise<number> {
  const { head, row: rowText, tail } = rowFormat(format, destination.isTerminal);
  const pieces = new Pieces(destination);
  await pieces.add(head(columns));
  let n = 0;
  for await (const row of rows) {
    const full = pieces.add(rowText(row, columns, n++));
    if (full !== undefined) await full;
  }
  await pieces.add(tail(n));
  await pieces.flush();
  return n;
}

function rowFormat(format: StreamedFormat, forTerminal: boolean): RowFormat {
  switch (format) {
    case 'csv':
      return csv(forTerminal ? printable : (text) => text);
    case 'json':
      return json;
    case 'jsonl':
      return jsonl;
    case 'markdown':
      return markdown;
  }
}

/** RFC 4180, with a bare line feed at line ends. Null is an empty field and the empty string `""`, so that both come back. */
function csv(shown: (text: string) => string): RowFormat {
  const field = (text: string): string =>
    shown(text === '' || /[",\n\r]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  // A lone null field would be an empty line, which readers pass over.
  const line = (fields: readonly string[]): string => `${fields.length === 1 && fields[0] === '' ? '""' : fields.join(',')}\n`;
  return {
    head: (columns) => line(columns.map(({ name }) => field(name))),
    row: (row, columns) => line(columns.map(({ key, type }) => (row[key] == null ? '' : field(typedText(row[key], type))))),
    tail: () => '',
  };
}

function object(row: Row, columns: readonly ResultColumn[], names: readonly string[]): string {
  return `{${columns.map(({ key, type }, i) => `${names[i]}:${jsonText(row[key], type)}`).join(',')}}`;
}

/** Names are keys of an object, which must differ: the second `a` is `a_1`. */
function objectNames(columns: readonly ResultColumn[]): string[] {
  const taken = new Set<string>();
  return columns.map(({ name }) => {
    let unique = name;
    for (let i = 1; taken.has(unique); i++) unique = `${name}_${i}`;
    taken.add(unique);
    return jsonString(unique);
  });
}

const namesOf = new WeakMap<readonly ResultColumn[], string[]>();

function cachedNames(columns: readonly ResultColumn[]): string[] {
  let names = namesOf.get(columns);
  if (names === undefined) namesOf.set(columns, (names = objectNames(columns)));
  return names;
}

const json: RowFormat = {
  head: () => '[',
  row: (row, columns, index) => `${index === 0 ? '\n' : ',\n'}  ${object(row, columns, cachedNames(columns))}`,
  tail: (rows) => (rows === 0 ? ']\n' : '\n]\n'),
};

const jsonl: RowFormat = {
  head: () => '',
  row: (row, columns) => `${object(row, columns, cachedNames(columns))}\n`,
  tail: () => '',
};

const markdownCell = (text: string): string =>
  printable(text.replace(/[\\|`*_<>[\]]/g, '\\$&').replace(/\r\n|\n|\r/g, '<br>')).replaceAll('\\x', '\\\\x');

const markdown: RowFormat = {
  head: (columns) => {
    const names = columns.map(({ name }) => markdownCell(name));
    const rules = columns.map(({ type }) => (alignsRight(type.kind) ? '---:' : '---'));
    return `| ${names.join(' | ')} |\n| ${rules.join(' | ')} |\n`;
  },
  row: (row, columns) =>
    `| ${columns.map(({ key, type }) => (row[key] == null ? '*NULL*' : markdownCell(typedText(row[key], type)))).join(' | ')} |\n`,
  tail: () => '',
};

function alignsRight(kind: ResultColumn['type']['kind']): boolean {
  return kind !== 'string' && (kind.endsWith('int') || kind === 'double' || kind === 'float' || kind === 'decimal');
}
