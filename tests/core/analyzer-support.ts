import { analyze, type AnalyzeOptions, type Catalog } from '../../lib/core/analyzer/index.js';
import type { CallExpr, Expr, LiteralValue } from '../../lib/core/expr/expr.js';
import { formatBound } from '../../lib/core/expr/walk.js';
import type { LogicalPlan } from '../../lib/core/plan/logical-plan.js';
import type { Resolved } from '../../lib/core/plan/resolved-plan.js';
import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  INT,
  NULL,
  STRING,
  decimal,
  field,
  schema,
  type DataType,
} from '../../lib/core/types/data-type.js';
import { QueryError } from '../../lib/core/errors.js';

/** Short ways to write plans by hand. */

export const lit = (value: LiteralValue, type: DataType): Expr => ({ kind: 'literal', value, type });
export const int = (value: number): Expr => lit(value, INT);
export const big = (value: bigint): Expr => lit(value, BIGINT);
export const str = (value: string): Expr => lit(value, STRING);
export const dbl = (value: number): Expr => lit(value, DOUBLE);
export const bool = (value: boolean): Expr => lit(value, BOOLEAN);
export const nul: Expr = lit(null, NULL);
/** `dec('2.50')` is decimal(3,2). */
export function dec(text: string): Expr {
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const digits = `${whole === '0' ? '' : whole}${fraction}`;
  return lit(BigInt(text.replace('.', '')), decimal(Math.max(digits.length, fraction.length, 1), fraction.length));
}
export const col = (...path: string[]): Expr => ({ kind: 'column', path });
export const fn = (name: string, ...args: Expr[]): CallExpr => ({ kind: 'call', name, args });
export const as = (input: Expr, name: string): Expr => ({ kind: 'alias', input, name });
export const cast = (input: Expr, to: DataType): Expr => ({ kind: 'cast', input, to, mode: 'ansi' });

export const table = (name: string): LogicalPlan => ({ kind: 'table', path: [name] });
export const oneRow: LogicalPlan = { kind: 'one_row' };
export const project = (input: LogicalPlan, ...exprs: Expr[]): LogicalPlan => ({ kind: 'project', input, exprs });
export const filter = (input: LogicalPlan, condition: Expr): LogicalPlan => ({ kind: 'filter', input, condition, role: 'where' });

export interface GroupOptions {
  readonly having?: Expr;
  readonly all?: boolean;
}

export function group(
  input: LogicalPlan,
  keys: readonly Expr[],
  outputs: readonly Expr[],
  options: GroupOptions = {},
): LogicalPlan {
  return {
    kind: 'aggregate',
    input,
    keys,
    outputs,
    groupAll: options.all ?? false,
    ...(options.having === undefined ? {} : { having: options.having }),
  };
}

export function sort(input: LogicalPlan, ...exprs: Expr[]): LogicalPlan {
  return { kind: 'sort', input, items: exprs.map((expr) => ({ expr, descending: false, nullsFirst: true })), global: true };
}

/** t(a int, b bigint not null, s string, d decimal(10,2), x double), u(a int, c string). */
export const CATALOG: Catalog = {
  view: (path) => VIEWS.get(path.join('.').toLowerCase()),
  viewNames: () => [...VIEWS.keys()],
  source: (read) => {
    throw new QueryError({ code: 'PATH_NOT_FOUND', message: `no file ${read.paths.join()}` });
  },
  localSchema: () => undefined,
  evaluateConstant: (expr) => {
    throw new QueryError({ code: 'TEST', message: `not a literal: ${formatBound(expr)}` });
  },
};

const T = schema([
  field('a', INT),
  field('b', BIGINT, false),
  field('s', STRING),
  field('d', decimal(10, 2)),
  field('x', DOUBLE),
]);
const U = schema([field('a', INT), field('c', STRING)]);
const VIEWS: ReadonlyMap<string, LogicalPlan> = new Map<string, LogicalPlan>([
  ['t', { kind: 'local_data', id: 1, schema: T }],
  ['u', { kind: 'local_data', id: 2, schema: U }],
  ['loop', { kind: 'table', path: ['loop'] }],
]);

export function run(plan: LogicalPlan, options: Partial<AnalyzeOptions> = {}): Resolved {
  return analyze(plan, CATALOG, { ansi: true, timeZone: 'UTC', now: () => 0n, ...options });
}

/** One line a node, columns numbered by first appearance so that tests do not depend on ids. */
export function planText(plan: Resolved): string {
  const lines: string[] = [];
  show(plan, 0, lines);
  const ids = new Map<string, number>();
  return lines.join('\n').replaceAll(/#(\d+)/g, (_, id: string) => {
    const known = ids.get(id) ?? ids.size + 1;
    ids.set(id, known);
    return `#${known}`;
  });
}

function show(plan: Resolved, depth: number, lines: string[]): void {
  const line = (text: string): void => void lines.push(`${'  '.repeat(depth)}${text}`);
  const out = plan.output.map((expr) => formatBound(expr)).join(', ');
  switch (plan.kind) {
    case 'project':
      line(
        `project [${plan.exprs.map((e, i) => (formatBound(e) === formatBound(plan.output[i] ?? e) ? formatBound(e) : `${formatBound(e)} AS ${formatBound(plan.output[i] ?? e)}`)).join(', ')}]`,
      );
      break;
    case 'filter':
      line(`filter ${formatBound(plan.condition)}`);
      break;
    case 'aggregate':
      line(
        `aggregate keys [${plan.keys.map((expr) => formatBound(expr)).join(', ')}] aggregates [${plan.aggregates.map((expr) => formatBound(expr)).join(', ')}] output [${out}]`,
      );
      break;
    case 'sort':
      line(`sort [${plan.items.map((i) => `${formatBound(i.expr)} ${i.descending ? 'desc' : 'asc'}`).join(', ')}]`);
      break;
    case 'limit':
      line(`limit ${plan.limit ?? 'all'} offset ${plan.offset}`);
      break;
    case 'union':
      line(`union [${out}]`);
      break;
    case 'local':
      line(`${plan.data.kind} [${out}]`);
      break;
    default:
      line(`${plan.kind} [${out}]`);
  }
  const inputs = plan.kind === 'union' ? plan.inputs : 'input' in plan ? [plan.input] : [];
  for (const input of inputs) {
    show(input, depth + 1, lines);
  }
}

/** The error of a plan: `CODE: message`. */
export function errorOf(plan: LogicalPlan, options: Partial<AnalyzeOptions> = {}): string {
  try {
    run(plan, options);
  } catch (error) {
    if (error instanceof QueryError) {
      return `${error.code}: ${error.message}`;
    }
    throw error;
  }
  return 'no error';
}
