import { DataError } from '../../core/errors.js';
import { STRING, field, schema, type DataType, type Field } from '../../core/types/data-type.js';
import type { FileFacts } from '../files.js';
import type { InspectRequest, InspectedFiles } from '../source.js';
import { readHead, readText } from '../text-bytes.js';
import { textRanges } from '../text-ranges.js';
import { readJsonOptions, type JsonOptions } from './options.js';
import { JsonMistake, TypeScan, mergeFields, settledFields } from './scan-types.js';

/** What a task needs to read a JSON source; goes to executors as JSON. */
export interface JsonDetail {
  readonly files: readonly FileFacts[];
  /** Values go over lines, in arrays or one behind the other; otherwise each line is a row. */
  readonly isDocument: boolean;
  readonly mode: JsonOptions['mode'];
  readonly dateFormat: string | undefined;
  readonly timestampFormat: string | undefined;
  readonly compression: JsonOptions['compression'];
  readonly names: readonly string[];
  readonly types: readonly DataType[];
  /** The user gave the types: a value that does not fit is null, as in Spark; otherwise it is an error. */
  readonly typesGiven: boolean;
  /** Column that takes the text of malformed rows, or −1. */
  readonly corruptRecord: number;
}

const HEAD_BYTES = 256 * 1024;
const SAMPLE_BYTES = 64 * 1024;
/** A head in which no row ends is read on up to here. */
const HEAD_BYTES_MAX = 16 * 1024 * 1024;
const SAMPLED_FILES = 8;
const EMPTY_DOCUMENT = /^\s*(\[\s*\]\s*)?$/;

/** What samples say. */
interface Findings {
  fields: readonly Field[];
  rows: number;
  malformed: number;
  /** The first text that was no object. */
  example: { readonly file: FileFacts; readonly text: string } | undefined;
}

/**
 * Finds out whether files have a row a line or are documents, and their fields, from samples: head, middle and tail of the first file, heads of a few others (with `mergeSchema`, of all).
 * @throws DataError if no object is found; QueryError for a wrong option.
 */
export function inspectJson({ files, paths, options: given, schema: givenSchema, mergeSchema }: InspectRequest): InspectedFiles {
  const options = readJsonOptions(given);
  const filled = files.filter(({ size }) => size > 0);
  const isDocument = options.multiLine ?? (filled[0] !== undefined && looksLikeDocument(filled[0], options));
  const fields = givenSchema?.fields ?? inferFields(mergeSchema ? filled : sampledFiles(filled), paths, isDocument, options);
  const detail: JsonDetail = {
    files,
    isDocument,
    mode: options.mode,
    dateFormat: options.dateFormat,
    timestampFormat: options.timestampFormat,
    compression: options.compression,
    names: fields.map(({ name }) => name),
    types: fields.map(({ type }) => type),
    typesGiven: givenSchema !== undefined,
    corruptRecord: fields.findIndex(({ name }) => name === options.corruptRecordColumn),
  };
  return Object.freeze({
    format: 'json',
    schema: schema(fields),
    description: `json ${files[0]!.path}`,
    totalBytes: files.reduce((sum, { size }) => sum + size, 0),
    hidden: [],
    detail,
  });
}

/** A text that begins with a bracket and has no object for a second line, or whose first line is not a value while its first lines together are one. */
function looksLikeDocument(file: FileFacts, options: JsonOptions): boolean {
  const head = headOf(file, options, HEAD_BYTES);
  const text = head.text.trimStart();
  const lineEnd = text.indexOf('\n');
  if (text.startsWith('[') && (lineEnd === -1 || !isObject(text.slice(lineEnd + 1).split('\n', 1)[0]!))) return true;
  if (!/^[[{]/.test(text) || lineEnd === -1 || isValue(text.slice(0, lineEnd))) return false;
  const scan = new TypeScan(text, false);
  try {
    scan.value();
    return text.slice(0, scan.at).includes('\n');
  } catch (error) {
    // A value that is longer than the head: its second line is no value either then.
    if (!(error instanceof JsonMistake)) throw error;
    return error.at >= text.length && !head.isWhole && !isValue(text.slice(lineEnd + 1).split('\n', 1)[0]!);
  }
}

function isObject(line: string): boolean {
  return line.trimStart().startsWith('{') && isValue(line);
}

function isValue(text: string): boolean {
  const scan = new TypeScan(text, false);
  try {
    scan.value();
    scan.skipSpace();
    return scan.at === text.length;
  } catch (error) {
    if (!(error instanceof JsonMistake)) throw error;
    return false;
  }
}

function inferFields(
  files: readonly FileFacts[],
  paths: readonly string[],
  isDocument: boolean,
  options: JsonOptions,
): readonly Field[] {
  const found: Findings = { fields: [], rows: 0, malformed: 0, example: undefined };
  const [first] = files;
  for (const file of files) {
    if (isDocument) sampleDocument(file, options, found);
    else sampleLines(file, file === first, options, found);
  }
  if (found.rows === 0) throw nothingFound(paths, isDocument, found);
  const fields = settledFields(found.fields);
  const hasColumn = fields.some(({ name }) => name === options.corruptRecordColumn);
  // As Spark does, which sorts it in by its name.
  return found.malformed === 0 || hasColumn || options.mode !== 'PERMISSIVE'
    ? fields
    : settledFields([...fields, field(options.corruptRecordColumn, STRING)]);
}

function sampledFiles(files: readonly FileFacts[]): readonly FileFacts[] {
  if (files.length <= SAMPLED_FILES) return files;
  return Array.from({ length: SAMPLED_FILES }, (_, i) => files[Math.floor((i * (files.length - 1)) / (SAMPLED_FILES - 1))]!);
}

function sampleLines(file: FileFacts, isFirst: boolean, options: JsonOptions, found: Findings): void {
  let head = headOf(file, options, HEAD_BYTES);
  for (let bytes = HEAD_BYTES * 4; !head.text.includes('\n') && bytes <= HEAD_BYTES_MAX && !head.isWhole; bytes *= 4)
    head = headOf(file, options, bytes);
  addLines(file, head.text, head.isWhole, options, found);
  // Of a file that is compressed as a whole there is only a head.
  const size = isFirst ? (textRanges(file, options.compression, SAMPLE_BYTES)?.size ?? 0) : 0;
  if (size <= HEAD_BYTES + SAMPLE_BYTES) return;
  const tail = size - SAMPLE_BYTES;
  const middle = Math.floor(size / 2);
  const addFrom = (at: number, isComplete: boolean): void =>
    addLines(file, afterLine(textAt(file, at, options)), isComplete, options, found);
  if (middle > HEAD_BYTES && middle + SAMPLE_BYTES < tail) addFrom(middle, false);
  addFrom(tail, true);
}

function addLines(file: FileFacts, text: string, isComplete: boolean, options: JsonOptions, found: Findings): void {
  const lines = text.split('\n');
  if (!isComplete) lines.pop();
  for (const line of lines) {
    if (line.trim() === '') continue;
    const scan = new TypeScan(line, options.primitivesAsString);
    try {
      const type = scan.value();
      scan.skipSpace();
      if (type.kind === 'struct' && scan.at === line.length) {
        addRow(found, type.fields);
        continue;
      }
    } catch (error) {
      if (!(error instanceof JsonMistake)) throw error;
    }
    found.malformed++;
    found.example ??= { file, text: line };
  }
}

/** Objects at the head of a document, as far as they are complete. What is wrong with it is the reader's to say. */
function sampleDocument(file: FileFacts, options: JsonOptions, found: Findings): void {
  for (let bytes = HEAD_BYTES; ; bytes *= 4) {
    const { text, isWhole } = headOf(file, options, bytes);
    const rows = found.rows;
    const scan = new TypeScan(text, options.primitivesAsString);
    try {
      for (;;) {
        scan.skipSpace();
        while (scan.at < text.length && '[],'.includes(text[scan.at]!)) {
          scan.at++;
          scan.skipSpace();
        }
        if (scan.at >= text.length) break;
        const type = scan.value();
        if (type.kind === 'struct') addRow(found, type.fields);
        else found.malformed++;
      }
    } catch (error) {
      if (!(error instanceof JsonMistake)) throw error;
    }
    if (found.rows > rows) return;
    if (!isWhole && bytes < HEAD_BYTES_MAX) continue;
    if (!EMPTY_DOCUMENT.test(text)) found.example ??= { file, text };
    return;
  }
}

function addRow(found: Findings, fields: readonly Field[]): void {
  found.rows++;
  found.fields = mergeFields(found.fields, fields);
}

function nothingFound(paths: readonly string[], isDocument: boolean, { example }: Findings): DataError {
  const shown = example === undefined ? '' : example.text.trim().slice(0, 60);
  const what =
    example === undefined
      ? 'there is nothing in it. Give a schema.'
      : isDocument
        ? `it begins with '${shown}', which holds no JSON object.`
        : `its first line '${shown}' is no JSON object. If values go over several lines, set multiLine to true.`;
  return new DataError({
    code: 'UNABLE_TO_INFER_SCHEMA',
    message: `Unable to infer the columns of '${paths.join("', '")}': ${what}`,
    path: example?.file.path ?? paths[0]!,
  });
}

function afterLine(text: string): string {
  const at = text.indexOf('\n');
  return at === -1 ? '' : text.slice(at + 1);
}

function textAt(file: FileFacts, position: number, { compression }: JsonOptions): string {
  return readText(file, compression, position, SAMPLE_BYTES).toString('utf8');
}

function headOf(
  file: FileFacts,
  { compression }: JsonOptions,
  size: number,
): { readonly text: string; readonly isWhole: boolean } {
  const { bytes, isWhole } = readHead(file, compression, size);
  const text = bytes.toString('utf8');
  return { text: text.startsWith('\ufeff') ? text.slice(1) : text, isWhole };
}
