import type { Schema } from '../core/types/data-type.js';
import type { MemoryViews, PageSource } from '../memory/memory-access.js';

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

/** What an inspection of files found; plans carry it to the tasks as it is. */
export interface InspectedFiles {
  readonly format: string;
  readonly schema: Schema;
  readonly description: string;
  readonly totalBytes: number;
  /** For the format's own decoder. */
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
