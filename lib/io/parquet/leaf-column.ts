import type { DataType } from '../../core/types/data-type.js';
import type { FileSource } from '../byte-source.js';
import type { Conversion } from './column-types.js';
import type { ParquetFile } from './footer.js';
import type { RowRange } from './page-pruning.js';
import type { WideningStep } from './widening.js';
import type { ColumnChunk, SchemaElement } from './metadata.js';

/** A leaf of a row group, and what its values become. */
export interface LeafColumn {
  readonly file: ParquetFile;
  readonly open: FileSource;
  readonly chunk: ColumnChunk;
  readonly groupRows: number;
  /** Rows of the group that the task wants. */
  readonly rows: RowRange;
  readonly element: SchemaElement;
  /** Definition level at which a value is there. */
  readonly definition: number;
  /** For messages. */
  readonly name: string;
  readonly type: DataType;
  readonly conversion: Conversion;
  /** Where its column is of a wider type than the file's, which `type` is: see `target`. */
  readonly widening: readonly WideningStep[];
  readonly target: DataType;
}
