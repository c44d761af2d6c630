import type { ColumnTest, FileCondition } from '../core/types/column-test.js';
import { BIGINT, schema } from '../core/types/data-type.js';
import { FACT_NAMES, METADATA, ROW_INDEX, factType, factValues, type FactName } from './file-metadata.js';
import { passing, type FileValues } from './file-values.js';
import type { FileFacts } from './files.js';
import type { PartitionColumn } from './partitions.js';
import type { ColumnFacts, FileFormat, InspectedFiles, ScanSplit, SourceFacts, SplitRequest } from './source.js';

/**
 * What every source of files is: a format's own source, and beside its columns those that have one value for a whole file (partition directories, `_metadata`). Formats
 * know nothing of these. It goes to executors as `detail`.
 */
export interface ManyFiles {
  readonly inner: InspectedFiles;
  /** For each column of the source, hidden ones included, where it comes from. */
  readonly places: readonly ColumnPlace[];
  readonly partitions: readonly FileValues[];
  /** By file; left out of plans that ask for none of its facts. */
  readonly files: readonly FileFacts[];
  /** The partition that each file's rows are in, where who wrote them knows; else the format decides. */
  readonly partitionOf?: readonly number[];
  /** The files that a query reads, where it is not all of them. */
  readonly kept?: readonly number[];
}

export type ColumnPlace =
  | { readonly from: 'format'; readonly column: number }
  | { readonly from: 'partition'; readonly partition: number }
  | { readonly from: 'fact'; readonly fact: FactName }
  | { readonly from: 'row_index' };

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** Adds the columns that files have to those of their format. A column that is in both has the directory's values, in the place of the file's. */
export function withFileColumns(
  inner: InspectedFiles,
  format: FileFormat,
  files: readonly FileFacts[],
  partitions: readonly PartitionColumn[],
  description: string,
): InspectedFiles {
  const fields = inner.schema.fields.map((own) => partitions.find(({ field }) => sameName(field.name, own.name))?.field ?? own);
  const added = partitions.filter(({ field }) => !fields.includes(field));
  const places = [
    ...inner.schema.fields.map((own, column): ColumnPlace => {
      const partition = partitions.findIndex(({ field }) => sameName(field.name, own.name));
      return partition === -1 ? { from: 'format', column } : { from: 'partition', partition };
    }),
    ...added.map((column): ColumnPlace => ({ from: 'partition', partition: partitions.indexOf(column) })),
    ...inner.hidden.map((_, i): ColumnPlace => ({ from: 'format', column: inner.schema.fields.length + i })),
    ...FACT_NAMES.map((fact): ColumnPlace => ({ from: 'fact', fact })),
    ...(format.tellsRows === true ? [{ from: 'row_index' } as const] : []),
  ];
  const hidden = [
    ...inner.hidden,
    ...FACT_NAMES.map((name) => ({ path: [METADATA, name], type: factType(name), nullable: false })),
    ...(format.tellsRows === true ? [{ path: [METADATA, ROW_INDEX], type: BIGINT, nullable: false }] : []),
  ];
  const detail: ManyFiles = { inner, places, partitions: partitions.map(({ values }) => values), files };
  return Object.freeze({
    ...inner,
    schema:
      added.length === 0 && partitions.length === 0 ? inner.schema : schema([...fields, ...added.map(({ field }) => field)]),
    description,
    hidden,
    detail,
  });
}

export function manyFiles({ detail }: InspectedFiles): ManyFiles {
  return detail as ManyFiles;
}

/** The source as one query needs it: without the files of which no row passes, and without facts that are not asked for. */
export function narrowed(
  source: InspectedFiles,
  columns: readonly number[],
  tests: readonly ColumnTest[],
  conditions: readonly FileCondition[],
): InspectedFiles {
  const all = manyFiles(source);
  const kept = all.kept === undefined ? survivors(all, tests, conditions) : undefined;
  const asksFacts = columns.some((column) => all.places[column]?.from === 'fact');
  if (kept === undefined && (asksFacts || all.files.length === 0)) return source;
  if (kept === undefined) return Object.freeze({ ...source, detail: { ...all, files: [] } satisfies ManyFiles });
  const detail = withFiles(all, kept, asksFacts);
  // How many rows the files have that are left is not known here.
  const { rowCount: _, ...rest } = source;
  return Object.freeze({
    ...rest,
    detail,
    description: source.description.replace(/\(\d+ files\)$/, `(${kept.length} of ${all.files.length} files)`),
    totalBytes: kept.reduce((sum, file) => sum + all.files[file]!.size, 0),
  });
}

/** A plan goes to every executor: it holds the files that are read alone, where the format lists them as FileFormat says. */
function withFiles(all: ManyFiles, kept: readonly number[], asksFacts: boolean): ManyFiles {
  const { detail } = all.inner as { readonly detail: { readonly files?: unknown } };
  if (!Array.isArray(detail.files) || detail.files.length !== all.files.length)
    return { ...all, files: asksFacts ? all.files : [], kept };
  const listed = detail.files as readonly unknown[];
  return {
    ...all,
    inner: { ...all.inner, detail: { ...detail, files: kept.map((file) => listed[file]) } },
    partitions: all.partitions.map((column) => ({ ...column, codes: kept.map((file) => column.codes[file]!) })),
    files: asksFacts ? kept.map((file) => all.files[file]!) : [],
  };
}

/** Combinations of values that a condition is tried for; with more, it keeps all files. */
const COMBINATIONS_MAX = 1000;

/** Files of which some row may pass everything; undefined if that is all of them. */
function survivors(
  all: ManyFiles,
  tests: readonly ColumnTest[],
  conditions: readonly FileCondition[] = [],
): readonly number[] | undefined {
  const checks = [
    ...tests.flatMap((test) => {
      const values = fileValues(all, test.column);
      if (values === undefined) return [];
      const passes = passing(values, test);
      return [(file: number): boolean => passes[values.codes[file]!]!];
    }),
    // Last: they are asked only for what the tests left.
    ...conditions.flatMap((condition) => conditionCheck(all, condition)),
  ];
  if (checks.length === 0) return undefined;
  const kept: number[] = [];
  for (let file = 0; file < all.files.length; file++) if (checks.every((check) => check(file))) kept.push(file);
  return kept.length === all.files.length ? undefined : kept;
}

function conditionCheck(all: ManyFiles, { columns, passes }: FileCondition): ((file: number) => boolean)[] {
  const values = columns.map((column) => fileValues(all, column));
  if (!values.every((column) => column !== undefined)) return [];
  const answers = new Map<string, boolean>();
  return [
    (file) => {
      const codes = values.map((column) => column.codes[file]!);
      const key = codes.join();
      const known = answers.get(key);
      if (known !== undefined) return known;
      if (answers.size >= COMBINATIONS_MAX) return true;
      const answer = passes(values.map((column, i) => column.values[codes[i]!]!));
      answers.set(key, answer);
      return answer;
    },
  ];
}

/** The values of a column that has one for each file. */
function fileValues({ places, partitions, files }: ManyFiles, column: number): FileValues | undefined {
  const place = places[column];
  if (place?.from === 'partition') return partitions[place.partition];
  return place?.from === 'fact' ? factValues(place.fact, files) : undefined;
}

/** Tests of the format's own columns, by its numbers. */
export function formatTests({ places }: ManyFiles, tests: readonly ColumnTest[]): readonly ColumnTest[] {
  return tests.flatMap((test) => {
    const place = places[test.column];
    return place?.from === 'format' ? [{ ...test, column: place.column }] : [];
  });
}

/** The tasks of a source, over the files that are left. */
export function splitsOf(format: FileFormat, source: InspectedFiles, { bytes, tests }: SplitRequest): readonly ScanSplit[] {
  const all = manyFiles(source);
  const files = all.kept ?? (all.files.length === 0 ? undefined : survivors(all, tests));
  const splits = format.splits(all.inner, { bytes, tests: formatTests(all, tests), ...(files === undefined ? {} : { files }) });
  const { partitionOf } = all;
  if (partitionOf !== undefined) return splits.map(({ split }) => ({ partition: partitionOf[split[0]!]!, split }));
  return files === undefined ? splits : ofFiles(splits, new Set(files));
}

/** The source with what a query of these columns reads, where its format can tell. */
export function withWanted(
  format: FileFormat,
  source: InspectedFiles,
  columns: readonly number[],
  tests: readonly ColumnTest[],
): InspectedFiles {
  if (format.wanted === undefined) return source;
  const all = manyFiles(source);
  const own = columns.flatMap((column) => {
    const place = all.places[column];
    return place?.from === 'format' ? [place.column] : [];
  });
  const { bytes, effort } = format.wanted(all.inner, own, formatTests(all, tests), all.kept);
  return Object.freeze({ ...source, totalBytes: bytes, effort });
}

/** What the files say of all rows; nothing where one of the columns is none of the format's. */
export function factsOf(format: FileFormat, source: InspectedFiles, columns: readonly number[]): SourceFacts | undefined {
  const { inner, places, kept } = manyFiles(source);
  const own = columns.map((column) => places[column]);
  if (format.facts === undefined || own.some((place) => place?.from !== 'format')) return undefined;
  const numbers = own.map((place) => (place as Extract<ColumnPlace, { from: 'format' }>).column);
  const facts = format.facts(inner, numbers, kept);
  if (facts === undefined) return undefined;
  const byColumn = columns.flatMap((column, i): [number, ColumnFacts][] => {
    const found = facts.columns.get(numbers[i]!);
    return found === undefined ? [] : [[column, found]];
  });
  return { rows: facts.rows, columns: new Map(byColumn) };
}

/** For formats that list all: the splits of some files, with partitions numbered without gaps. */
function ofFiles(splits: readonly ScanSplit[], files: ReadonlySet<number>): readonly ScanSplit[] {
  const kept = splits.filter(({ split }) => files.has(split[0]!));
  let last = -1;
  let number = -1;
  return kept.map(({ partition, split }) => {
    if (partition !== last) number++;
    last = partition;
    return { partition: number, split };
  });
}
