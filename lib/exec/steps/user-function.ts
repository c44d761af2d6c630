import { QueryError } from '../../core/errors.js';

/** Captured values travel as structured-clone bytes in base64. */
export function decodeScope(scope: string): ReadonlyMap<string, unknown> {
  if (scope === '') return new Map();
  return process.getBuiltinModule('node:v8').deserialize(Buffer.from(scope, 'base64')) as Map<string, unknown>;
}

/** Makes the user's function from its source, with the values of its scope as its only free names besides the globals. */
export function compileUserFunction(source: string, scope: ReadonlyMap<string, unknown>): (row: unknown) => unknown {
  let made: unknown;
  try {
    made = new Function(...scope.keys(), `'use strict'; return (${source}\n);`)(...scope.values());
  } catch (error) {
    throw new QueryError({
      code: 'JAVASCRIPT_FUNCTION',
      message: `The function could not be built from its source: ${error instanceof Error ? error.message : String(error)}.`,
      cause: error,
    });
  }
  if (typeof made !== 'function')
    throw new QueryError({ code: 'JAVASCRIPT_FUNCTION', message: 'The source of the function is no function.' });
  return made as (row: unknown) => unknown;
}
