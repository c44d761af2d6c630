/** Bytes of an engine's shared memory, and of files that stand for it. */
export interface MemoryReport {
  readonly used: number;
  /** The most that were in use at a time. */
  readonly peak: number;
  readonly budget: number;
  /** By owner: queries, cached DataFrames, local data, the engine itself. */
  readonly domains: readonly { readonly kind: string; readonly used: number; readonly count: number }[];
  /** Bytes in files of the session's cached DataFrames. */
  readonly disk: number;
}
