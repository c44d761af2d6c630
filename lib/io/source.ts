import type { ColumnTest } from '../core/types/column-test.js';
import type { ScanFigures } from '../core/types/scan-figures.js';
import type { DataType, Schema } from '../core/types/data-type.js';
import type { MemoryViews, PageSource } from '../memory/memory-access.js';
import type { FileFacts } from './files.js';
import type { FileColumns } from './merge-schemas.js';

/** What a decoder needs of the pipeline it feeds; exec's PipelineContext has it all. */
export interface DecoderContext {
  readonly executor: {
    readonly views: MemoryViews;
    readonly kernels: { readonly [name: string]: (...args: number[]) => number };
  };
  /** Types and batch size of the pipeline's vectors. */
  readonly program: {
    readonly batchRows: number;
    readonly slots: readonly { readonly physical: 'bool' | 'i32' | 'i64' | 'i128' | 'f64' | 'view' }[];
  };
  readonly frame: number;
  readonly scratch: PageSource;
}

/** A piece of a source, as exec hands it over. */
export interface DecoderTask {
  readonly ordinal: number;
  readonly split: readonly number[];
}

/**
 * A column that a step wants in a slot. `coded`: codes of a dictionary may stay codes (SLOT_FLAG_CODES), of strings that lie within their views or of any; `numbered`: where they are, that
 * should be told (SLOT_FLAG_NUMBERS); `measured`: how large the integers are may be told (SLOT_BOUND_SHIFT), where that takes less than looking at all of them.
 */
export interface WantedColumn {
  readonly column: number;
  readonly slot: number;
  readonly coded?: 'short' | 'any';
  readonly numbered?: boolean;
  readonly measured?: 'i64' | 'i128';
}

/** Reads splits of a source batch by batch; exec's BatchSource has the contract. */
export interface ScanReader {
  open(task: DecoderTask): void;
  next(capacity: number): number;
  load(columns: readonly WantedColumn[], sel: number, n: number): void;
  close(): void;
  /** Ends a task that succeeded: what the next one may use stays. Absent: `close` does. */
  endTask?(): void;
  readonly bytesRead: number;
  readonly rowsRejected: number;
  /** What was read and left out since `open`, of formats that can tell. */
  readonly figures?: ScanFigures | undefined;
  /** Number within its file of the batch's first row, behind which the others follow without gaps: of formats that `tellsRows`. */
  readonly rowIndex?: number;
}

/** What an inspection of files found; plans carry it to the tasks as it is. Shapes of core/plan/resolved-plan.ts, ScanSource. */
export interface InspectedFiles {
  readonly format: string;
  readonly schema: Schema;
  readonly description: string;
  readonly totalBytes: number;
  /** How long reading takes, as bytes of CSV that take as long; absent: `totalBytes`. */
  readonly effort?: number;
  readonly hidden: readonly { readonly path: readonly string[]; readonly type: DataType; readonly nullable: boolean }[];
  readonly rowCount?: number;
  readonly nullWords?: readonly { readonly column: string; readonly word: string }[];
  /** For the format's own decoder. If it has `files`, the request's in order, then plans leave out of them what no query needs: nothing else may go by their numbers. */
  readonly detail: unknown;
}

/** Files to read, as they were asked for. */
export interface ReadRequest {
  readonly format?: string;
  readonly paths: readonly string[];
  readonly options: ReadonlyMap<string, string>;
  readonly schema?: Schema;
  readonly at?: { readonly start: number; readonly end: number };
}

export interface InspectRequest extends ReadRequest {
  /** What the paths mean, in order. Empty files are left out, unless there are no others. There may be a hundred thousand: an inspection opens few of them. */
  readonly files: readonly FileFacts[];
  /** The columns of all files by name (io/merge-schemas.ts), instead of the first one's: then all of them are looked at. */
  readonly mergeSchema: boolean;
}

export interface SplitRequest {
  /** Bytes of a task's piece, about. */
  readonly bytes: number;
  /** Tests that all rows which matter pass. */
  readonly tests: readonly ColumnTest[];
  /** The files that are read, by number, ascending; all if absent. The others are not opened. */
  readonly files?: readonly number[];
}

/** A task's piece of a source: the format's own numbers, of which the first is the file's. */
export interface ScanSplit {
  readonly partition: number;
  readonly split: readonly number[];
}

export interface OpenRequest {
  /** Source columns that some step loads. */
  readonly columns: readonly number[];
  readonly tests: readonly ColumnTest[];
  /** Address of one word a task of the stage, zero at first. */
  readonly taskWords: number;
}

/** As core/expr/expr.ts, LiteralValue: dates are days, timestamps microseconds, decimals unscaled. */
export type FactValue = boolean | number | bigint | null;

/** Exact facts about all rows of files. Shapes of core/optimizer/rule.ts, ScanFacts. */
export interface SourceFacts {
  readonly rows: number;
  /** By column; none where nothing is known. */
  readonly columns: ReadonlyMap<number, ColumnFacts>;
}

/** undefined: not known, or not exactly. A bound of null: there is no value. */
export interface ColumnFacts {
  readonly nulls: number | undefined;
  readonly min: FactValue | undefined;
  readonly max: FactValue | undefined;
}

/** What an inspection found, for people. */
export interface FormatDescription {
  /** How the files are written: `delimiter ','`. */
  readonly lines: readonly string[];
  readonly columns: readonly { readonly name: string; readonly type: DataType; readonly note: string }[];
}

/** How files are put together by the names of their columns (io/merged-files.ts). */
export interface MergeRules {
  /** For each file a text that is the same for files with the same columns, and the request to look at files of one kind with. */
  kinds(request: InspectRequest): { readonly kinds: readonly string[]; readonly request: InspectRequest };
  /** Other rules than mergeSchemas. */
  schemas?(files: readonly FileColumns[]): Schema;
  /** The source with its columns read as other types; without it, values are widened once they are read. */
  retyped?(source: InspectedFiles, types: readonly DataType[]): InspectedFiles;
}

/** What a query reads of files. */
export interface Wanted {
  readonly bytes: number;
  /** How long reading takes, as bytes of CSV that take as long. */
  readonly effort: number;
}

/** A format that files are read in; its line in the table in io/formats.ts says which file names tell it. */
export interface FileFormat {
  readonly name: string;
  /** Its reader knows the number of a row in its file. */
  readonly tellsRows?: true;
  /** Empty files have rows: by options in lower case or as they were written. */
  countsEmpty?(options: ReadonlyMap<string, string>): boolean;
  /** Looks at samples, footers or heads; the same answer for the same bytes. @throws DataError, QueryError. */
  inspect(request: InspectRequest): InspectedFiles;
  /** More than the columns that an inspection finds, where there is more to tell. */
  describe?(request: InspectRequest): FormatDescription;
  /** Absent where `inspect` merges by itself. */
  readonly merge?: MergeRules;
  /** Pure: the same answer on every thread. */
  splits(source: InspectedFiles, request: SplitRequest): readonly ScanSplit[];
  open(context: DecoderContext, source: InspectedFiles, request: OpenRequest): ScanReader;
  /** What a query of these columns and tests reads, about: for formats that can tell before there are tasks. */
  wanted?(source: InspectedFiles, columns: readonly number[], tests: readonly ColumnTest[], files?: readonly number[]): Wanted;
  /** What files say of all their rows without being read: for formats that have such. `files`: as in SplitRequest. */
  facts?(source: InspectedFiles, columns: readonly number[], files?: readonly number[]): SourceFacts | undefined;
}
