import { createCsvWriter } from '../io/index.js';
import { rowSlices } from './rows.js';
import { QueryError } from '../core/errors.js';
import { typeName, type Schema } from '../core/types/data-type.js';
import { isNested } from '../core/types/nested.js';
import type { ExecutionResult } from './actions.js';
import type { CsvWriteOptions } from './writer.js';

/** Values as CSV text has them: exact. */
const TEXT_VALUES = { int64: 'string', decimal: 'string', date: 'string', timestamp: 'string' } as const;

/** Writes partitions one after the other as they are computed; nothing is to be seen at the destination before all of it is there. */
export async function writeCsv(
  path: string,
  schema: Schema,
  partitions: AsyncIterable<ExecutionResult>,
  options: CsvWriteOptions,
): Promise<number> {
  const nested = schema.fields.find(({ type }) => isNested(type));
  if (nested !== undefined) {
    throw new QueryError({
      code: 'UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE',
      message: `CSV has no form for column "${nested.name}" of type ${typeName(nested.type)}. Take its parts as columns of their own, explode it, or cast it to string.`,
      column: nested.name,
    });
  }
  const { mode = 'error', header = true, sep = ',', nullValue = '' } = options;
  const writer = createCsvWriter(
    path,
    mode,
    { header, sep, nullValue },
    schema.fields.map(({ name }) => name),
  );
  if (writer === undefined) return 0;
  let rows = 0;
  try {
    for await (const part of partitions) {
      try {
        writer.beginPart();
        for await (const slice of rowSlices(part.views, part.blocks, schema, TEXT_VALUES)) {
          writer.write(slice);
          rows += slice.length;
        }
      } finally {
        part.release();
      }
    }
    writer.commit();
    return rows;
  } catch (error) {
    writer.abort();
    throw error;
  }
}
