import type { ActionOptions } from './actions.js';
import type { DataFrame } from './dataframe.js';

/** What happens when the destination exists: an error (the default), new files in its place, more files beside, or nothing. */
export type SaveMode = 'error' | 'overwrite' | 'append' | 'ignore';

/** Options of {@link DataFrameWriter.csv}. */
export interface CsvWriteOptions extends ActionOptions {
  readonly mode?: SaveMode;
  /** A line of column names first in each file. Default true. */
  readonly header?: boolean;
  /** Between fields; default `,`. */
  readonly sep?: string;
  /** What null is written as; default nothing. */
  readonly nullValue?: string;
}

/** Writes a DataFrame to files. */
export class DataFrameWriter {
  /** @internal */
  constructor(private readonly df: DataFrame) {}

  /**
   * CSV: a directory with a file for each partition, or one file if the path ends in `.csv`. The files appear all at once
   * when everything is written and synced; before that the destination is what it was.
   * @returns How many rows were written.
   * @example await df.write.csv('out', { mode: 'overwrite' })
   */
  csv(path: string, options: CsvWriteOptions = {}): Promise<number> {
    return this.df.session.writeCsv(this.df.resolved, path, options);
  }
}
