import { QueryError } from '../core/errors.js';
import { schemaOfRows } from './infer-schema.js';
import type { Schema } from '../core/types/data-type.js';
import type { DataFrame } from './dataframe.js';
import type { Row } from './user-functions.js';

/** Rows the function is tried on. */
const SAMPLE_ROWS = 100;

/**
 * The columns that a map or flatMap yields: the function is called here, on this thread, for the input's first rows.
 * @throws QueryError when there are no rows to learn from.
 */
export function inferResultSchema(role: 'map' | 'flatMap' | 'filter', f: (row: Row) => unknown, df: DataFrame): Schema {
  const rows = df.session.sampleRows(df.resolved, SAMPLE_ROWS);
  const results = rows.flatMap((row) => (role === 'flatMap' ? (f(row) as Row[]) : [f(row) as Row]));
  if (results.length === 0) {
    throw new QueryError({
      code: 'CANNOT_INFER_SCHEMA',
      message: `The columns of ${role}() cannot be inferred: the input has no rows to try it on. Give a schema: ${role}(f, { schema: 'name string, n bigint' }).`,
    });
  }
  return schemaOfRows(results);
}
