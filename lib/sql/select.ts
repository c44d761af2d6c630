import type { Expr, WindowSpec } from '../core/expr/expr.js';
import type { LogicalPlan } from '../core/plan/logical-plan.js';
import type { Cursor } from './cursor.js';
import * as errors from './errors.js';
import { expression } from './expressions.js';
import { groupBy, type Grouping } from './grouping.js';
import { atAlias, commaList, name, names } from './names.js';
import { expr, list, plan, present } from './nodes.js';
import { fromClause } from './relation.js';
import { windowSpec } from './window.js';

/** One SELECT with its clauses, and the form that begins with FROM. */

/** `SELECT …` up to the clauses that belong to a whole query. */
export function select(c: Cursor): LogicalPlan {
  const { start } = c.token;
  const { exprs, distinct } = selectList(c);
  const from = c.at('FROM') ? fromClause(c) : plan({ kind: 'one_row', at: c.span(start) });
  return block(c, start, where(c, from), exprs, distinct);
}

/** `FROM t`, `FROM t SELECT a WHERE b`, `FROM t WHERE b`. */
export function fromFirst(c: Cursor): LogicalPlan {
  const { start } = c.token;
  const from = fromClause(c);
  if (!c.at('SELECT')) return where(c, from);
  const { exprs, distinct } = selectList(c);
  return block(c, start, where(c, from), exprs, distinct);
}

interface SelectList {
  readonly exprs: readonly Expr[];
  readonly distinct: boolean;
}

/** `SELECT [DISTINCT|ALL] items`. */
export function selectList(c: Cursor): SelectList {
  c.expect('SELECT');
  const quantified = c.ahead(1).key !== ',' && c.ahead(1).key !== '.';
  const distinct = quantified && c.take('DISTINCT');
  if (distinct && c.at('ON', '(')) throw errors.notSupported('DISTINCT ON', c.here());
  if (quantified && !distinct && c.ahead(1).key !== 'FROM') c.take('ALL');
  return { exprs: namedExpressions(c), distinct };
}

/** Items of a select list. */
export function namedExpressions(c: Cursor): readonly Expr[] {
  return list(commaList(c, () => namedExpression(c)));
}

/** `expr [[AS] name]`, `expr AS (name, name)`. */
export function namedExpression(c: Cursor): Expr {
  const { start } = c.token;
  const input = expression(c);
  const written = c.take('AS');
  if (written && c.at('(')) {
    const all = names(c);
    return expr({ kind: 'alias', input, name: all[0]!, ...(all.length > 1 ? { names: all } : {}), at: c.span(start) });
  }
  if (!written && (input.kind === 'star' || !atAlias(c))) return input;
  return expr({ kind: 'alias', input, name: name(c, 'a name'), at: c.span(start) });
}

function where(c: Cursor, input: LogicalPlan): LogicalPlan {
  const { start } = c.token;
  if (!c.take('WHERE')) return input;
  const condition = expression(c);
  return plan({ kind: 'filter', input, condition, role: 'where', at: c.span(start) });
}

/** GROUP BY, HAVING, WINDOW and QUALIFY over the rows, then DISTINCT. */
function block(c: Cursor, start: number, input: LogicalPlan, exprs: readonly Expr[], distinct: boolean): LogicalPlan {
  const grouping = c.at('GROUP') ? groupBy(c) : undefined;
  const having = c.take('HAVING') ? expression(c) : undefined;
  const early = windowClause(c);
  const qualify = c.take('QUALIFY') ? expression(c) : undefined;
  const windows = early ?? windowClause(c);
  const at = c.span(start);
  let result: LogicalPlan =
    grouping === undefined && having === undefined
      ? plan({ kind: 'project', input, exprs, ...present({ windows }), at })
      : plan({ kind: 'aggregate', input, ...(grouping ?? NO_KEYS), outputs: exprs, ...present({ having, windows }), at });
  if (qualify !== undefined)
    result = plan({ kind: 'filter', input: result, condition: qualify, role: 'qualify', ...present({ at: qualify.at }) });
  return distinct ? plan({ kind: 'distinct', input: result, at }) : result;
}

/** HAVING without GROUP BY: all rows are one group. */
const NO_KEYS: Grouping = Object.freeze({ keys: list([]), groupAll: false });

/** `WINDOW w AS (…), …`, if it comes next. */
export function windowClause(c: Cursor): ReadonlyMap<string, WindowSpec> | undefined {
  return c.at('WINDOW') ? windowDefinitions(c) : undefined;
}

/** `WINDOW w AS (…), …`. */
export function windowDefinitions(c: Cursor): ReadonlyMap<string, WindowSpec> {
  c.expect('WINDOW');
  const windows = new Map<string, WindowSpec>();
  commaList(c, () => {
    const { start } = c.token;
    const defined = name(c, 'the name of a window');
    if (windows.has(defined)) throw errors.duplicateName('DUPLICATE_WINDOW', 'window', defined, c.since(start));
    c.expect('AS');
    windows.set(defined, windowSpec(c));
  });
  return windows;
}

/** The query with a WINDOW clause that stood after its ORDER BY. */
export function withWindows(c: Cursor, input: LogicalPlan, windows: ReadonlyMap<string, WindowSpec>): LogicalPlan {
  switch (input.kind) {
    case 'project':
    case 'aggregate':
      return plan({ ...input, windows });
    case 'sort':
    case 'distinct':
    case 'filter':
      return plan({ ...input, input: withWindows(c, input.input, windows) });
    default:
      throw errors.notSupported('WINDOW after a set operation', c.here());
  }
}
