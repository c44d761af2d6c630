/**
 * quern: Apache Spark's engine model inside one Node.js process. This module is the only door of the package.
 *
 * @packageDocumentation
 */
import { InlineRunner } from '../workers/inline-runner.js';
import { PiscinaRunner } from '../workers/piscina-runner.js';
import { createStageWork } from '../workers/exec-work.js';
import { publishEvents } from '../workers/events.js';
import { compose } from './api/composition.js';

compose({
  createRunner({ arena, workers, kernels }) {
    const inlineWork = () => createStageWork({ arena, kernels });
    if (workers === 0) return new InlineRunner({ arena, work: inlineWork });
    return new PiscinaRunner({
      arena,
      workers,
      kernels,
      inlineWork,
      work: new URL('../workers/exec-work.js', import.meta.url).href,
    });
  },
  publishEvents,
});

export { Session, type SessionOptions } from './api/session.js';
export { Engine, type EngineOptions } from './api/engine.js';
export { DataFrame, type Condition } from './api/dataframe.js';
export { GroupedData } from './api/grouped-data.js';
export { Column, type ColumnOrValue, type SortColumn } from './api/column.js';
export { DataFrameReader, type ReadOptions } from './api/reader.js';
export type { FileDescription } from './api/describe-file.js';
export type { ParquetColumnChunk, ParquetMetadata, ParquetRowGroup } from './io/parquet/describe.js';
export { DataFrameWriter, type SaveMode, type WriteOptions } from './api/writer.js';
export type { ActionOptions, CollectOptions, ColumnArray, Columns, ColumnViews } from './api/actions.js';
export type { ArrowData, ArrowOptions } from './api/arrow.js';
export type { FlatMapOptions, FunctionOptions, MapOptions, Row } from './api/user-functions.js';
export type { ColumnData } from './api/infer-schema.js';
export type { QueryProgress } from './api/progress.js';
export type { StorageLevel } from './api/storage-level.js';
export type { MemoryReport } from './api/memory-report.js';
export type { EngineEvent, EventName, Events } from './api/events.js';
export type { SqlParameters, SqlValue } from './api/statements.js';
export type { ColumnOrName } from './api/functions.js';
export {
  abs,
  approxCountDistinct,
  array,
  arrayContains,
  avg,
  call,
  ceil,
  coalesce,
  col,
  concat,
  count,
  countDistinct,
  datediff,
  dateTrunc,
  day,
  elementAt,
  explode,
  explodeOuter,
  expr,
  first,
  floor,
  hour,
  inputFileName,
  inline,
  length,
  lit,
  lower,
  map,
  mapKeys,
  mapValues,
  max,
  maxBy,
  median,
  min,
  minBy,
  month,
  posexplode,
  posexplodeOuter,
  round,
  size,
  sparkPartitionId,
  sqrt,
  stddev,
  struct,
  substring,
  sum,
  sumDistinct,
  trim,
  upper,
  variance,
  when,
  year,
} from './api/functions.js';
export { typeName, type DataType, type Field, type Schema } from './core/types/data-type.js';
export type { ValueOptions } from './core/types/javascript-values.js';
export { CancelledError, DataError, InternalError, QuernError, QueryError, ResourceError } from './core/errors.js';
