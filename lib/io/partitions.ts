import { dirname, relative, resolve, sep } from 'node:path';
import { DataError } from '../core/errors.js';
import { STRING, field, typeName, type DataType, type Field, type Schema } from '../core/types/data-type.js';
import type { FileValues } from './file-values.js';
import type { FileOptions } from './file-options.js';
import type { FoundFiles } from './find-files.js';
import { NULL_DIRECTORY, typeOfTexts, unescapeName, valueOfText } from './partition-values.js';

/** A column that the names of directories make: `year` of `year=2024`. */
export interface PartitionColumn {
  readonly field: Field;
  readonly values: FileValues;
}

/** Name and text of each partition directory on the way to a file. */
type Parts = readonly (readonly [name: string, text: string])[];

/**
 * The partition columns of files, in the order of their directories.
 * @param given - Types of columns that the user named; the others are inferred over all values.
 * @throws DataError if files have not the same partition columns, or a value is not of a type that was given.
 */
export function partitionColumns(
  { files, roots }: FoundFiles,
  { basePath, hivePartitioning, partitionTypes }: FileOptions,
  given: Schema | undefined,
): readonly PartitionColumn[] {
  if (!hivePartitioning || files.length === 0) return [];
  const base = basePath === undefined ? undefined : resolve(basePath);
  const byDirectory = new Map<string, Parts>();
  const parts = files.map(({ path }, i) => {
    const directory = dirname(path);
    const root = base ?? roots[i]!;
    const key = `${root}\0${directory}`;
    const known = byDirectory.get(key);
    if (known !== undefined) return known;
    const made = partsOf(directory, root, base !== undefined);
    byDirectory.set(key, made);
    return made;
  });
  requireSame(files, parts);
  return parts[0]!.map(([name], column) => {
    const texts = parts.map((part) => part[column]![1]);
    const type = given?.fields.find((wanted) => sameName(wanted.name, name))?.type;
    return columnOf(name, texts, type, partitionTypes, (file) => files[file]!.path);
  });
}

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

function partsOf(directory: string, root: string, isGiven: boolean): Parts {
  const below = relative(resolve(root), resolve(directory));
  const segments = below === '' ? [] : below.split(sep);
  if (segments[0] === '..' && isGiven)
    throw new DataError({
      code: 'INVALID_BASE_PATH',
      message: `The option basePath is '${root}', and '${directory}' is not in it.`,
      path: directory,
    });
  const parts: [string, string][] = [];
  for (const segment of segments) {
    const at = segment.indexOf('=');
    if (at <= 0) continue;
    const text = segment.slice(at + 1);
    if (text === '')
      throw new DataError({
        code: 'EMPTY_PARTITION_VALUE',
        message: `The directory '${segment}' of '${directory}' has no value behind the equals sign: null is written ${segment}${NULL_DIRECTORY}. The option hivePartitioning false takes such names for what they are.`,
        path: directory,
      });
    parts.push([unescapeName(segment.slice(0, at)), text]);
  }
  return parts;
}

function requireSame(files: FoundFiles['files'], parts: readonly Parts[]): void {
  const names = (part: Parts): string => part.map(([name]) => name.toLowerCase()).join('\0');
  const first = names(parts[0]!);
  const other = parts.findIndex((part) => part !== parts[0] && names(part) !== first);
  if (other !== -1) throw conflict(files[0]!.path, parts[0]!, files[other]!.path, parts[other]!);
  const own = parts[0]!.map(([name]) => name.toLowerCase());
  const twice = own.find((name, i) => own.indexOf(name) !== i);
  if (twice !== undefined)
    throw new DataError({
      code: 'CONFLICTING_PARTITION_COLUMN_NAMES',
      message: `'${files[0]!.path}' has two partition directories for "${twice}".`,
      path: files[0]!.path,
    });
}

function conflict(a: string, left: Parts, b: string, right: Parts): DataError {
  const shown = (part: Parts): string => (part.length === 0 ? 'none' : part.map(([name]) => name).join(', '));
  return new DataError({
    code: 'CONFLICTING_PARTITION_COLUMN_NAMES',
    message: `Files lie in directories of different partition columns: '${a}' has ${shown(left)}, '${b}' has ${shown(right)}. All files need the same ones, in the same order; the option hivePartitioning false reads the files without them.`,
    path: b,
  });
}

function columnOf(
  name: string,
  texts: readonly string[],
  given: DataType | undefined,
  infer: boolean,
  pathOf: (file: number) => string,
): PartitionColumn {
  const codeOf = new Map<string, number>();
  const codes = texts.map((text) => {
    const known = codeOf.get(text);
    if (known !== undefined) return known;
    codeOf.set(text, codeOf.size);
    return codeOf.size - 1;
  });
  const distinct = [...codeOf.keys()].map((text) => (text === NULL_DIRECTORY ? null : unescapeName(text)));
  const known = distinct.filter((text) => text !== null);
  const type = given ?? (infer ? typeOfTexts(known) : STRING);
  const values = distinct.map((text, code) => {
    if (text === null) return null;
    const value = valueOfText(text, type);
    if (value !== undefined) return value;
    const path = pathOf(codes.indexOf(code));
    throw new DataError({
      code: 'PARTITION_VALUE_MISMATCH',
      message: `'${path}': the partition column "${name}" is ${typeName(type)} by the schema that was given, and '${text}' is none.`,
      path,
      column: name,
    });
  });
  return { field: field(name, type), values: { type, values, codes } };
}
