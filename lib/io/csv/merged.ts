import { widerType } from '../../core/types/coercion.js';
import { STRING, field, schema, type DataType, type Schema } from '../../core/types/data-type.js';
import { InternalError } from '../../core/errors.js';
import { Space } from '../../memory/block-space.js';
import { ConstantVector } from '../constant-vector.js';
import type { FileFacts } from '../files.js';
import { columnsIn } from '../merge-schemas.js';
import type { DecoderContext, DecoderTask, InspectedFiles, InspectRequest, ScanReader, WantedColumn } from '../source.js';
import { inspectCsv, readHeader, type CsvDetail } from './inspect.js';
import { CsvSource } from './source.js';

/** CSV files read by the names in their headers: those with the same header are read alike. */
export interface MergedCsv {
  readonly files: readonly FileFacts[];
  readonly groups: readonly CsvGroup[];
  /** By file. */
  readonly groupOf: readonly number[];
  /** Types of the merged columns. */
  readonly types: readonly DataType[];
}

interface CsvGroup {
  /** But for its files, which are the source's. */
  readonly detail: Omit<CsvDetail, 'files'>;
  /** For each merged column the group's own, or −1. */
  readonly columns: readonly number[];
}

export function isMerged(detail: CsvDetail | MergedCsv): detail is MergedCsv {
  return 'groups' in detail;
}

/** Looks at the header of every file, and at samples of each kind of file. Types that do not meet become string, which every text is. */
export function inspectMerged({ files, paths, options }: InspectRequest): InspectedFiles {
  const first = inspectCsv(files.slice(0, 1), paths, options);
  const { dialect, header } = first.detail as CsvDetail;
  if (!header || files.length === 1) return inspectCsv(files, paths, options);
  const written = new Map([...options, ['header', 'true'], ['sep', dialect.sep]]);
  const numbers = new Map<string, number[]>();
  for (const [i, file] of files.entries()) {
    const key = JSON.stringify(readHeader(file, written).map((text) => text.toLowerCase()));
    const known = numbers.get(key);
    if (known === undefined) numbers.set(key, [i]);
    else known.push(i);
  }
  const groupOf: number[] = files.map(() => 0);
  const sources = [...numbers.values()].map((members, group) => {
    for (const member of members) groupOf[member] = group;
    return inspectCsv(
      members.map((member) => files[member]!),
      paths,
      written,
    );
  });
  const merged = mergedColumns(sources.map((source) => source.schema));
  const groups = sources.map((source): CsvGroup => {
    const { files: _, ...detail } = source.detail as CsvDetail;
    const columns = columnsIn(merged, source.schema);
    const types = detail.types.map((type, own) => merged.fields[columns.indexOf(own)]?.type ?? type);
    return { detail: { ...detail, types }, columns };
  });
  const detail: MergedCsv = { files, groups, groupOf, types: merged.fields.map(({ type }) => type) };
  return Object.freeze({
    ...first,
    schema: merged,
    totalBytes: files.reduce((sum, { size }) => sum + size, 0),
    detail,
  });
}

function mergedColumns(schemas: readonly Schema[]): Schema {
  const types = new Map<string, { readonly name: string; readonly type: DataType }>();
  for (const { fields } of schemas) {
    for (const { name, type } of fields) {
      const key = name.toLowerCase();
      const known = types.get(key);
      types.set(key, known === undefined ? { name, type } : { name: known.name, type: textType(known.type, type) });
    }
  }
  return schema([...types.values()].map(({ name, type }) => field(name, type)));
}

/** Strings meet numbers as strings here, not as numbers. */
function textType(a: DataType, b: DataType): DataType {
  return a.kind === 'string' || b.kind === 'string' ? STRING : (widerType(a, b) ?? STRING);
}

/** What one load step asks of files of one kind. */
interface LoadPlan {
  readonly own: readonly WantedColumn[];
  readonly missing: readonly ConstantVector[];
}

/** Reads each file as its header says. */
export class MergedCsvSource implements ScanReader {
  readonly #readers: (CsvSource | undefined)[];
  readonly #plans: Map<readonly WantedColumn[], LoadPlan>[];
  readonly #space: Space;
  #group = 0;

  constructor(
    private readonly context: DecoderContext,
    private readonly detail: MergedCsv,
    private readonly columns: readonly number[],
    private readonly taskWords: number,
  ) {
    this.#readers = detail.groups.map(() => undefined);
    this.#plans = detail.groups.map(() => new Map());
    this.#space = new Space(context.scratch);
  }

  get bytesRead(): number {
    return this.#reader?.bytesRead ?? 0;
  }

  get rowsRejected(): number {
    return this.#reader?.rowsRejected ?? 0;
  }

  open(task: DecoderTask): void {
    const group = this.detail.groupOf[task.split[0]!]!;
    if (group !== this.#group) this.close();
    this.#group = group;
    this.#readers[group] ??= this.#openGroup(this.detail.groups[group]!);
    this.#readers[group].open(task);
  }

  next(capacity: number): number {
    return this.#opened().next(capacity);
  }

  load(columns: readonly WantedColumn[], sel: number, n: number): void {
    const plans = this.#plans[this.#group]!;
    let plan = plans.get(columns);
    if (plan === undefined) {
      plan = this.#plan(columns);
      plans.set(columns, plan);
    }
    if (plan.own.length > 0) this.#opened().load(plan.own, sel, n);
    for (const vector of plan.missing) vector.bind();
  }

  close(): void {
    this.#reader?.close();
  }

  get #reader(): CsvSource | undefined {
    return this.#readers[this.#group];
  }

  #opened(): CsvSource {
    const reader = this.#reader;
    if (reader === undefined) throw new InternalError('No file is open.');
    return reader;
  }

  #openGroup({ detail, columns }: CsvGroup): CsvSource {
    const own = this.columns.flatMap((column) => (columns[column] === -1 ? [] : [columns[column]!]));
    return new CsvSource(this.context, { ...detail, files: this.detail.files }, own, this.taskWords);
  }

  #plan(columns: readonly WantedColumn[]): LoadPlan {
    const own: WantedColumn[] = [];
    const missing: ConstantVector[] = [];
    const numbers = this.detail.groups[this.#group]!.columns;
    for (const wanted of columns) {
      const column = numbers[wanted.column]!;
      if (column !== -1) own.push({ ...wanted, column });
      else {
        const vector = new ConstantVector(this.context, this.#space, wanted.slot, this.detail.types[wanted.column]!);
        vector.fill(0, null);
        missing.push(vector);
      }
    }
    return { own, missing };
  }
}
