import { DataError, InternalError } from '../core/errors.js';
import { typeName, type DataType, type Schema } from '../core/types/data-type.js';
import type { ColumnTest } from '../core/types/column-test.js';
import { Space } from '../memory/block-space.js';
import { PARTITION_BYTES } from './byte-ranges.js';
import { ConstantVector } from './constant-vector.js';
import type { FileFacts } from './files.js';
import { columnsIn, mergeSchemas } from './merge-schemas.js';
import { WideVector, wideningOf, type Widening } from './widen.js';
import type {
  DecoderContext,
  DecoderTask,
  FileFormat,
  InspectRequest,
  InspectedFiles,
  MergeRules,
  OpenRequest,
  ScanReader,
  ScanSplit,
  SplitRequest,
  WantedColumn,
} from './source.js';

/** Files whose columns are put together by name: those with the same columns are a source of the format's own. It is the `detail` of the whole. */
export interface MergedFiles {
  readonly groups: readonly MergedGroup[];
  /** By file. */
  readonly groupOf: readonly number[];
  /** By file: its number among the files of its group. */
  readonly numberOf: readonly number[];
  /** Bytes by file. */
  readonly sizes: readonly number[];
  /** Types of the merged columns. */
  readonly types: readonly DataType[];
}

export interface MergedGroup {
  readonly source: InspectedFiles;
  /** For each merged column where it is in the group's files. */
  readonly columns: readonly MergedColumn[];
}

/** `column` −1: the files have it not. */
export interface MergedColumn {
  readonly column: number;
  readonly widening?: Widening;
}

function isMerged(detail: unknown): detail is MergedFiles {
  return typeof detail === 'object' && detail !== null && 'groupOf' in detail;
}

/** The format that reads a source: its own, by groups if its files were merged. */
export function formatOfMerged(format: FileFormat, { detail }: InspectedFiles): FileFormat {
  return isMerged(detail) ? groupwise(format) : format;
}

/** Looks at the columns of every file. @throws DataError where a column's types do not meet. */
export function inspectMerged(format: FileFormat, request: InspectRequest): InspectedFiles {
  const { merge } = format;
  const { files } = request;
  if (merge === undefined || files.length === 1 || request.schema !== undefined) return format.inspect(request);
  const { kinds, request: alike } = merge.kinds(request);
  const numbers = new Map<string, number>();
  const members: FileFacts[][] = [];
  const [groupOf, numberOf]: number[][] = [[], []];
  for (const [i, file] of files.entries()) {
    const group = numbers.get(kinds[i]!) ?? members.length;
    if (group === members.length) {
      numbers.set(kinds[i]!, group);
      members.push([]);
    }
    groupOf!.push(group);
    numberOf!.push(members[group]!.push(file) - 1);
  }
  if (members.length === 1) return format.inspect(request);
  const sources = members.map((own) => format.inspect({ ...alike, files: own, mergeSchema: false }));
  const columns = sources.map((source, group) => ({ path: members[group]![0]!.path, schema: source.schema }));
  const merged = (merge.schemas ?? mergeSchemas)(columns);
  const types = merged.fields.map(({ type }) => type);
  const groups = sources.map((source, group) => groupOfSource(source, merged, members[group]![0]!.path, merge.retyped));
  const detail: MergedFiles = {
    groups,
    groupOf: groupOf!,
    numberOf: numberOf!,
    sizes: files.map(({ size }) => size),
    types,
  };
  return Object.freeze({
    format: format.name,
    schema: merged,
    description: sources[0]!.description,
    totalBytes: files.reduce((sum, { size }) => sum + size, 0),
    hidden: [],
    detail,
  });
}

function groupOfSource(source: InspectedFiles, merged: Schema, path: string, retyped: MergeRules['retyped']): MergedGroup {
  const numbers = columnsIn(merged, source.schema);
  if (retyped !== undefined) {
    const types = source.schema.fields.map(({ type }, own) => merged.fields[numbers.indexOf(own)]?.type ?? type);
    return { source: retyped(source, types), columns: numbers.map((column) => ({ column })) };
  }
  const columns = merged.fields.map(({ name, type }, i): MergedColumn => {
    const own = source.schema.fields[numbers[i]!];
    if (own === undefined || own.type.kind === 'null') return { column: -1 };
    const widening = wideningOf(own.type, type);
    if (widening === undefined)
      throw new DataError({
        code: 'CANNOT_MERGE_SCHEMAS',
        message: `The column "${name}" is ${typeName(own.type)} in '${path}', and cannot be read as ${typeName(type)}, which the values of all files would fit in. Read the files apart.`,
        path,
        column: name,
      });
    return { column: numbers[i]!, ...(widening === 'same' ? {} : { widening }) };
  });
  return { source, columns };
}

/** A format over groups of files. */
function groupwise(format: FileFormat): FileFormat {
  const { wanted, ...rest } = format;
  return {
    ...rest,
    ...(wanted === undefined ? {} : { wanted: wantedOfGroups(wanted) }),
    splits: ({ detail }, request) => mergedSplits(format, detail as MergedFiles, request),
    open: (context, { detail }, request) => new MergedReader(context, format, detail as MergedFiles, request),
    facts: ({ detail }, columns, files) => {
      const merged = detail as MergedFiles;
      if (format.facts === undefined || columns.length > 0) return undefined;
      const { own } = filesByGroup(merged, files);
      const rows = merged.groups.map(({ source }, group) => format.facts!(source, [], own[group])?.rows);
      return rows.every((count) => count !== undefined)
        ? { rows: rows.reduce((sum, count) => sum + count, 0), columns: new Map() }
        : undefined;
    },
  };
}

/** What a query reads of all groups together. */
function wantedOfGroups(ofGroup: NonNullable<FileFormat['wanted']>): NonNullable<FileFormat['wanted']> {
  return ({ detail }, columns, tests, files) => {
    const merged = detail as MergedFiles;
    const { own } = filesByGroup(merged, files);
    let [bytes, effort] = [0, 0];
    merged.groups.forEach((group, number) => {
      const there = columns.map((column) => group.columns[column]?.column ?? -1).filter((column) => column !== -1);
      const wanted = ofGroup(group.source, there, groupTests(group, tests), own[number]);
      bytes += wanted.bytes;
      effort += wanted.effort;
    });
    return { bytes, effort };
  };
}

/** By group, the files that are read: their numbers in the group, and in all. */
function filesByGroup(
  { groups, groupOf, numberOf }: MergedFiles,
  files: readonly number[] | undefined,
): { readonly own: readonly number[][]; readonly all: readonly Map<number, number>[] } {
  const own = groups.map((): number[] => []);
  const all = groups.map(() => new Map<number, number>());
  for (const file of files ?? groupOf.keys()) {
    const group = groupOf[file]!;
    own[group]!.push(numberOf[file]!);
    all[group]!.set(numberOf[file]!, file);
  }
  return { own, all };
}

/** Tests of columns that the group's files have as they are. */
function groupTests({ columns }: MergedGroup, tests: readonly ColumnTest[]): readonly ColumnTest[] {
  return tests.flatMap((test) => {
    const place = columns[test.column];
    return place === undefined || place.column === -1 || place.widening !== undefined ? [] : [{ ...test, column: place.column }];
  });
}

/** Splits of all groups in the order of the files. */
function mergedSplits(format: FileFormat, merged: MergedFiles, { bytes, tests, files }: SplitRequest): readonly ScanSplit[] {
  const byFile = new Map<number, number[][]>();
  const { own, all } = filesByGroup(merged, files);
  merged.groups.forEach((group, number) => {
    if (own[number]!.length === 0) return;
    const splits = format.splits(group.source, { bytes, tests: groupTests(group, tests), files: own[number]! });
    for (const { split } of splits) {
      const [local = 0, ...rest] = split;
      const file = all[number]!.get(local)!;
      const known = byFile.get(file) ?? [];
      known.push([file, ...rest]);
      byFile.set(file, known);
    }
  });
  let partition = 0;
  let filled = 0;
  return [...byFile.keys()]
    .sort((a, b) => a - b)
    .flatMap((file) => {
      const splits = byFile.get(file)!;
      const piece = merged.sizes[file]! / splits.length;
      return splits.map((split) => {
        if (filled > 0 && filled + piece > PARTITION_BYTES) {
          partition++;
          filled = 0;
        }
        filled += piece;
        return { partition, split };
      });
    });
}

/** What one load step asks of the files of one group. */
interface LoadPlan {
  readonly own: readonly WantedColumn[];
  readonly wide: readonly WideVector[];
  readonly missing: readonly ConstantVector[];
}

/** Reads each file with the reader of its group. */
class MergedReader implements ScanReader {
  readonly #readers: (ScanReader | undefined)[];
  readonly #plans: Map<readonly WantedColumn[], LoadPlan>[];
  readonly #space: Space;
  #group = 0;
  #rows = 0;

  constructor(
    private readonly context: DecoderContext,
    private readonly format: FileFormat,
    private readonly merged: MergedFiles,
    private readonly request: OpenRequest,
  ) {
    this.#readers = merged.groups.map(() => undefined);
    this.#plans = merged.groups.map(() => new Map());
    this.#space = new Space(context.scratch);
  }

  get bytesRead(): number {
    return this.#readers[this.#group]?.bytesRead ?? 0;
  }

  get rowsRejected(): number {
    return this.#readers[this.#group]?.rowsRejected ?? 0;
  }

  get rowIndex(): number {
    return this.#opened().rowIndex!;
  }

  open(task: DecoderTask): void {
    const [file = 0, ...rest] = task.split;
    const group = this.merged.groupOf[file]!;
    if (group !== this.#group) this.close();
    this.#group = group;
    this.#readers[group] ??= this.#openGroup(this.merged.groups[group]!);
    this.#readers[group].open({ ...task, split: [this.merged.numberOf[file]!, ...rest] });
  }

  next(capacity: number): number {
    this.#rows = this.#opened().next(capacity);
    return this.#rows;
  }

  load(columns: readonly WantedColumn[], sel: number, n: number): void {
    const plans = this.#plans[this.#group]!;
    let plan = plans.get(columns);
    if (plan === undefined) {
      plan = this.#plan(columns);
      plans.set(columns, plan);
    }
    if (plan.own.length > 0) this.#opened().load(plan.own, sel, n);
    for (const vector of plan.wide) vector.widen(this.#rows);
    for (const vector of plan.missing) vector.bind();
  }

  close(): void {
    this.#readers[this.#group]?.close();
  }

  #opened(): ScanReader {
    const reader = this.#readers[this.#group];
    if (reader === undefined) throw new InternalError('No file is open.');
    return reader;
  }

  #openGroup(group: MergedGroup): ScanReader {
    const own = this.request.columns.flatMap((column) => {
      const place = group.columns[column]!;
      return place.column === -1 ? [] : [place.column];
    });
    return this.format.open(this.context, group.source, {
      ...this.request,
      columns: own,
      tests: groupTests(group, this.request.tests),
    });
  }

  #plan(columns: readonly WantedColumn[]): LoadPlan {
    const own: WantedColumn[] = [];
    const wide: WideVector[] = [];
    const missing: ConstantVector[] = [];
    const places = this.merged.groups[this.#group]!.columns;
    for (const wanted of columns) {
      const { column, widening } = places[wanted.column]!;
      if (column === -1) {
        const vector = new ConstantVector(this.context, this.#space, wanted.slot, this.merged.types[wanted.column]!);
        vector.fill(0, null);
        missing.push(vector);
        continue;
      }
      // Codes cannot be widened.
      own.push(widening === undefined ? { ...wanted, column } : { column, slot: wanted.slot });
      if (widening !== undefined) wide.push(new WideVector(this.context, this.#space, wanted.slot, widening));
    }
    return { own, wide, missing };
  }
}
