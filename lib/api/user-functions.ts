import { QueryError } from '../core/errors.js';
import { parseSchema } from '../sql/index.js';
import { freeVariables } from './free-variables.js';
import type { LogicalPlan } from '../core/plan/logical-plan.js';
import type { Schema } from '../core/types/data-type.js';
import type { DataFrame } from './dataframe.js';

/** A row as a plain object: column names to values, as README's table of JavaScript values tells. */
export type Row = Record<string, unknown>;

/** Options of functions that run in the executors. */
export interface FunctionOptions {
  /** Values the function captures, by the names it uses. They are cloned (structured clone) to the executors. */
  readonly scope?: Readonly<Record<string, unknown>>;
}

/** Options of {@link DataFrame.map}. */
export interface MapOptions extends FunctionOptions {
  /** Columns of the results: a schema, or text like `'name string, n int'`. Inferred from the first rows if absent. */
  readonly schema?: Schema | string;
}

/** Options of {@link DataFrame.flatMap}. */
export type FlatMapOptions = MapOptions;

/** The plan node of a row function, checked as far as can be without running it. */
export function mapRowsPlan(
  role: 'map' | 'flatMap' | 'filter',
  input: LogicalPlan,
  f: (row: Row) => unknown,
  options: MapOptions = {},
  df?: DataFrame,
): LogicalPlan {
  const source = functionSource(f, role);
  const scope = new Map(Object.entries(options.scope ?? {}));
  for (const [name, value] of scope) checkClonable(role, name, value);
  const missing = freeVariables(source).filter((name) => !scope.has(name) && !(name in globalThis));
  if (missing.length > 0) throw capturedVariables(role, missing);
  if (role === 'filter') return Object.freeze({ kind: 'map_rows', input, role, source, scope });
  const schema =
    typeof options.schema === 'string'
      ? parseSchema(options.schema)
      : (options.schema ?? df!.session.inferResultSchema(role, f, df!));
  return Object.freeze({ kind: 'map_rows', input, role, source, scope, schema });
}

/** The function as an expression: arrow functions and `function` as they are, methods with the keyword added. */
function functionSource(f: (row: Row) => unknown, role: string): string {
  const source = Function.prototype.toString.call(f);
  if (/\{\s*\[native code\]\s*\}$/.test(source)) {
    throw new QueryError({
      code: 'JAVASCRIPT_FUNCTION',
      message: `${role}() got a native or bound function, whose source cannot be sent to the executors. Wrap it: row => f(row).`,
    });
  }
  if (/^class\b/.test(source))
    throw new QueryError({ code: 'JAVASCRIPT_FUNCTION', message: `${role}() takes a function, not a class.` });
  if (/^async\b(?!\s*(=>|\)))/.test(source) || /^(function)?\s*\*/.test(source)) {
    throw new QueryError({
      code: 'JAVASCRIPT_FUNCTION',
      message: `${role}() takes a plain function: rows are worked on one after the other, without waiting, so it may not be async or a generator.`,
    });
  }
  const isMethod = !/^(?:function\b|\(|[\p{ID_Start}$_][\p{ID_Continue}$]*\s*=>)/u.test(source);
  return isMethod ? `function ${source}` : source;
}

function checkClonable(role: string, name: string, value: unknown): void {
  try {
    process.getBuiltinModule('node:v8').serialize(value);
  } catch (error) {
    throw new QueryError({
      code: 'JAVASCRIPT_SCOPE',
      message: `The value of "${name}" in the scope of ${role}() cannot be sent to the executors: ${error instanceof Error ? error.message : String(error)} Pass plain data.`,
      cause: error,
    });
  }
}

function capturedVariables(role: string, names: readonly string[]): QueryError {
  const list = names.map((name) => `"${name}"`).join(', ');
  return new QueryError({
    code: 'JAVASCRIPT_SCOPE',
    message: `The function given to ${role}() uses ${list}, which ${names.length === 1 ? 'is' : 'are'} not there in the executors. Pass ${names.length === 1 ? 'it' : 'them'} as ${role}(f, { scope: { ${names.join(', ')} } }).`,
  });
}
