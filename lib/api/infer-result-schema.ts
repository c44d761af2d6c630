import { QueryError } from '../core/errors.js';
import { userError, wrongResult } from '../exec/steps/javascript.js';
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
  const results = rows.flatMap((row) => {
    let made: unknown;
    try {
      made = f(row);
    } catch (error) {
      throw userError(role, error);
    }
    if (role === 'map') return [made as Row];
    if (!Array.isArray(made)) throw wrongResult(role, made);
    return made as Row[];
  });
  const other = results.findIndex((row) => typeof row !== 'object' || row === null || Array.isArray(row));
  if (other !== -1) throw wrongResult(role, results[other]);
  if (results.length === 0) {
    throw new QueryError({
      code: 'CANNOT_INFER_SCHEMA',
      message: `The columns of ${role}() cannot be inferred: the input has no rows to try it on. Give a schema: ${role}(f, { schema: 'name string, n bigint' }).`,
    });
  }
  return schemaOfRows(results);
}
