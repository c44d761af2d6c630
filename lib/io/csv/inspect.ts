import { DataError, QueryError } from '../../core/errors.js';
import { STRING, field, schema, typeName, type DataType, type Field, type Schema } from '../../core/types/data-type.js';
import { isNested } from '../../core/types/nested.js';
import type { FormatDescription, InspectRequest, InspectedFiles } from '../source.js';
import type { FileFacts } from '../files.js';
import { readHead, readText } from '../text-bytes.js';
import { textRanges } from '../text-ranges.js';
import { headerTexts } from './header.js';
import { guessColumns, guessDelimiter, guessHeader, guessQuote, type ColumnGuess } from './infer.js';
import { readCsvOptions, type CsvOptions } from './options.js';
import { sampleRows, type Dialect, type SampleField } from './sample.js';

/** What a task needs to read a CSV source; goes to executors as JSON. */
export interface CsvDetail {
  readonly files: readonly FileFacts[];
  readonly dialect: Dialect;
  readonly header: boolean;
  /** What the header is that names were taken from, where other files must have the same. */
  readonly headerOf?: { readonly path: string; readonly texts: readonly string[] };
  readonly nullValue: string;
  readonly trimLeading: boolean;
  readonly trimTrailing: boolean;
  readonly encoding: CsvOptions['encoding'];
  readonly compression: CsvOptions['compression'];
  readonly mode: CsvOptions['mode'];
  readonly dateFormat: string | undefined;
  readonly timestampFormat: string | undefined;
  /** Types of all fields of a row, in order. */
  readonly types: readonly DataType[];
  readonly names: readonly string[];
  /** The user gave the types: a text that does not fit is null, as in Spark; otherwise it is an error. */
  readonly typesGiven: boolean;
  /** Column that takes the text of malformed rows, or −1. */
  readonly corruptRecord: number;
}

const SAMPLE_BYTES = 64 * 1024;
const SAMPLE_ROWS = 2000;
/** The head is sampled until it has this many line ends, or this many bytes. */
const HEAD_LINES = 20;
const HEAD_BYTES_MAX = 8 * 1024 * 1024;

/**
 * Finds out how CSV files are written and what is in them, from samples at the head, middle and tail of the first file (and the head of two more): the same
 * answer for the same bytes.
 * @throws DataError if there is no such file, or nothing in it; QueryError for a wrong option.
 */
export function inspectCsv(
  files: readonly FileFacts[],
  paths: readonly string[],
  options: ReadonlyMap<string, string>,
  given?: Schema,
): InspectedFiles {
  return inspect(files, paths, options, given).source;
}

/** What the first row of a file says, whatever it is: for files whose dialect is known. */
export function readHeader(file: FileFacts, optionMap: ReadonlyMap<string, string>): readonly string[] {
  const options = readCsvOptions(optionMap);
  const { text, isWhole } = headOf(file, options);
  return headerTexts(text, chooseDialect(options, text, isWhole), isWhole) ?? [];
}

/** For people: what an inspection decided and why. */
export function describeCsv({ files, paths, options, schema: given }: InspectRequest): FormatDescription {
  return inspect(files, paths, options, given).description;
}

function inspect(
  files: readonly FileFacts[],
  paths: readonly string[],
  optionMap: ReadonlyMap<string, string>,
  given?: Schema,
): { source: InspectedFiles; description: FormatDescription } {
  const options = readCsvOptions(optionMap);
  for (const own of given?.fields ?? []) if (isNested(own.type)) throw nestedColumn(own);
  const first = files.find(({ size }) => size > 0);
  const { text: head, isWhole } = first === undefined ? { text: '', isWhole: true } : headOf(first, options);
  const dialect = chooseDialect(options, head, isWhole);
  if (first !== undefined) refuseReturns(head, dialect, first.path);
  const headRows = sampleRows(head, dialect, isWhole, SAMPLE_ROWS);
  const header = options.header ?? guessHeader(headRows, dialect, options);
  const names = columnNames(headRows[0], header, given);
  if (names.length === 0)
    throw new DataError({
      code: 'UNABLE_TO_INFER_SCHEMA',
      message: `Unable to infer the columns of '${paths.join("', '")}': there is nothing in it. Give a schema.`,
      path: paths[0]!,
    });
  const rows = [...headRows.slice(header ? 1 : 0), ...otherSamples(files, first, dialect, options)];
  const guesses = given === undefined ? guessColumns(trimmed(rows, options), names.length, options) : undefined;
  const types =
    given === undefined
      ? guesses!.map(({ type }) => (options.inferSchema ? type : STRING))
      : given.fields.map(({ type }) => type);
  const corruptRecord =
    given === undefined ? -1 : given.fields.findIndex(({ name }) => name === (options.corruptRecordColumn ?? '_corrupt_record'));
  const detail: CsvDetail = {
    files,
    dialect,
    header,
    ...(header && given === undefined && files.length > 1
      ? { headerOf: { path: first!.path, texts: headRows[0]!.map(({ text }) => text) } }
      : {}),
    nullValue: options.nullValue,
    trimLeading: options.trimLeading,
    trimTrailing: options.trimTrailing,
    encoding: options.encoding,
    compression: options.compression,
    mode: options.mode,
    dateFormat: options.dateFormat,
    timestampFormat: options.timestampFormat,
    types,
    names,
    typesGiven: given !== undefined,
    corruptRecord,
  };
  const nullWords = names.flatMap((column, c) => {
    const word = guesses?.[c]?.suspect;
    return word === undefined ? [] : [{ column, word }];
  });
  const totalBytes = files.reduce((sum, { size }) => sum + size, 0);
  const source: InspectedFiles = Object.freeze({
    format: 'csv',
    schema: given ?? schema(names.map((name, c) => field(name, types[c]!))),
    description: `csv ${files[0]!.path}`,
    totalBytes,
    hidden: [],
    ...(nullWords.length === 0 ? {} : { nullWords }),
    detail,
  });
  const columns = names.map((name, c) => ({
    name,
    type: types[c]!,
    note: noteOf(guesses?.[c]),
  }));
  return { source, description: { lines: dialectLines(dialect, header), columns } };
}

/** A schema may ask for what no text of a field is. */
function nestedColumn({ name, type }: Field): QueryError {
  return new QueryError({
    code: 'UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE',
    message: `CSV has no form for column "${name}" of type ${typeName(type)}. Read it as a string.`,
    column: name,
  });
}

const shown = (text: string): string => (text === '' ? 'none' : text === '\t' ? 'tab' : `'${text}'`);

function dialectLines({ sep, quote, escape }: Dialect, header: boolean): string[] {
  return [`delimiter ${shown(sep)}`, `quote ${shown(quote)}`, `escape ${shown(escape)}`, `header ${header ? 'yes' : 'no'}`];
}

/** Texts as the reader takes them. */
function trimmed(rows: readonly SampleField[][], { trimLeading, trimTrailing }: CsvOptions): readonly SampleField[][] {
  if (!trimLeading && !trimTrailing) return rows;
  const trim = (text: string): string => {
    const head = trimLeading ? text.trimStart() : text;
    return trimTrailing ? head.trimEnd() : head;
  };
  return rows.map((row) => row.map((field) => (field.quoted ? field : { ...field, text: trim(field.text) })));
}

function noteOf(guess: ColumnGuess | undefined): string {
  return guess?.suspect === undefined
    ? ''
    : `text because of '${guess.suspect}': set nullValue '${guess.suspect}' to read it as values`;
}

function chooseDialect(options: CsvOptions, head: string, isWhole: boolean): Dialect {
  const quote = options.quote ?? guessQuote(head, options.sep, options.comment ?? '', isWhole);
  // Backslash escapes are taken up where they are plain to see; doubled quotes otherwise.
  const escape = options.escape ?? (head.includes(`\\${quote}`) && quote !== '' && !head.includes(quote + quote) ? '\\' : quote);
  const comment = options.comment ?? '';
  return { sep: options.sep ?? guessDelimiter(head, quote, escape, comment, isWhole), quote, escape, comment };
}

/** Lines that end in CR alone would be one row, most likely taken for the header: nothing would be left. */
function refuseReturns(head: string, { quote }: Dialect, path: string): void {
  if (!head.includes('\r') || head.includes('\n')) return;
  const bare =
    quote === ''
      ? head
      : head
          .split(quote)
          .filter((_, i) => i % 2 === 0)
          .join('');
  if (!/\r[^\r]/.test(bare)) return;
  const byte = Buffer.byteLength(head.slice(0, head.indexOf('\r')));
  throw new DataError({
    code: 'UNSUPPORTED_LINE_ENDS',
    message: `'${path}', byte ${byte}: lines end in CR alone; LF and CRLF are read. Convert the file first: tr '\\r' '\\n'.`,
    path,
    byte,
  });
}

/** Names of the header, made different as Spark does (`a`, `a1`); `_c0`, `_c1` without one. */
function columnNames(first: readonly SampleField[] | undefined, header: boolean, given: Schema | undefined): string[] {
  if (given !== undefined) return given.fields.map(({ name }) => name);
  if (first === undefined) return [];
  if (!header) return first.map((_, c) => `_c${c}`);
  const times = new Map<string, number>();
  for (const { text } of first) times.set(text.toLowerCase(), (times.get(text.toLowerCase()) ?? 0) + 1);
  return first.map(({ text }, c) => (text === '' ? `_c${c}` : times.get(text.toLowerCase())! > 1 ? `${text}${c}` : text));
}

/** Rows from the middle and the tail of the first file, and the heads of two others. Pieces begin at the second line end, which is a row's unless quotes hide it. */
function otherSamples(
  files: readonly FileFacts[],
  first: FileFacts | undefined,
  dialect: Dialect,
  options: CsvOptions,
): SampleField[][] {
  const rows: SampleField[][] = [];
  const add = (text: string, complete: boolean, skip: number): void => {
    for (const row of sampleRows(text, dialect, complete, SAMPLE_ROWS).slice(skip)) rows.push(row);
  };
  // Of a file that is compressed as a whole there is only a head.
  const size = first === undefined ? 0 : (textRanges(first, options.compression, SAMPLE_BYTES)?.size ?? 0);
  const addFrom = (at: number, complete: boolean): void =>
    add(afterLine(decoded(readText(first!, options.compression, at, SAMPLE_BYTES), options)), complete, 0);
  if (size > 3 * SAMPLE_BYTES) addFrom(Math.floor(size / 2), false);
  if (size > SAMPLE_BYTES) addFrom(Math.max(SAMPLE_BYTES, size - SAMPLE_BYTES), true);
  const others = files.filter((file) => file !== first && file.size > 0);
  for (const file of [others[0], others[others.length >> 1], others.at(-1)]) {
    if (file === undefined) continue;
    const { bytes, isWhole } = readHead(file, options.compression, SAMPLE_BYTES);
    add(decoded(bytes, options), isWhole, options.header === false ? 0 : 1);
  }
  // A piece that began inside quotes gives rows of the wrong width: those say nothing.
  const widths = new Map<number, number>();
  for (const row of rows) widths.set(row.length, (widths.get(row.length) ?? 0) + 1);
  const usual = [...widths].sort((a, b) => b[1] - a[1])[0]?.[0];
  return rows.filter((row) => row.length === usual);
}

function afterLine(text: string): string {
  const at = text.indexOf('\n');
  return at === -1 ? '' : text.slice(at + 1);
}

/** Rows can be long: a head with hardly any says nothing about types. */
function headOf(file: FileFacts, options: CsvOptions): { readonly text: string; readonly isWhole: boolean } {
  for (let size = SAMPLE_BYTES; ; size *= 4) {
    const { bytes, isWhole } = readHead(file, options.compression, size);
    const text = decoded(bytes, options);
    if (isWhole || size >= HEAD_BYTES_MAX || text.split('\n', HEAD_LINES + 1).length > HEAD_LINES) {
      return { text: text.startsWith('\ufeff') ? text.slice(1) : text, isWhole };
    }
  }
}

function decoded(bytes: Buffer, { encoding }: CsvOptions): string {
  return bytes.toString(encoding === 'latin1' ? 'latin1' : 'utf8');
}
