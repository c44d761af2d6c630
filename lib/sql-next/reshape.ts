import type { Expr } from '../core/expr/expr.js';
import type { LogicalPlan, PivotPlan, SamplePlan, UnpivotPlan } from '../core/plan/logical-plan.js';
import type { Cursor } from './cursor.js';
import { expression, infix } from './expressions.js';
import { NOT_COLUMN_ALIAS, NOT_TABLE_ALIAS } from './keywords.js';
import { alias, atName, name, path } from './names.js';
import { column, freeze } from './nodes.js';
import { POWER } from './operators.js';
import { selectItem } from './select.js';

/** LATERAL VIEW, PIVOT, UNPIVOT and TABLESAMPLE. */

export function lateralViews(c: Cursor, from: LogicalPlan): LogicalPlan {
  let plan = from;
  while (c.at('LATERAL', 'VIEW')) plan = lateralView(c, plan);
  return plan;
}

/** `LATERAL VIEW [OUTER] f(…) table [AS] columns`. */
function lateralView(c: Cursor, input: LogicalPlan): LogicalPlan {
  const { start } = c.token;
  c.accept('LATERAL', 'VIEW');
  const outer = c.at('OUTER') && c.peek().upper !== '(' && c.accept('OUTER');
  const called = path(c, "a generator's name").join('.').toLowerCase();
  const args = c.parenthesized(() => expression(c));
  const table = atName(c) && !c.at('AS') && !NOT_TABLE_ALIAS.has(c.token.upper) ? name(c) : '';
  const columns =
    c.accept('AS') || (atName(c) && !NOT_TABLE_ALIAS.has(c.token.upper)) ? c.list(() => name(c, 'a column name')) : [];
  return Object.freeze({
    kind: 'lateral_view',
    input,
    outer,
    name: called,
    args: freeze(args),
    table,
    columns: freeze(columns),
    at: c.span(start),
  });
}

/** The text of an alias given as a name or a string. */
function valueAlias(c: Cursor): string | undefined {
  if (c.token.kind === 'string') return c.next().text;
  return alias(c, NOT_COLUMN_ALIAS);
}

function columnHere(c: Cursor): Expr {
  const { start } = c.token;
  return column(path(c, 'a column'), c.span(start));
}

/** One column, or several in parentheses. */
function columnsHere(c: Cursor): Expr[] {
  return c.at('(') ? c.parenthesized(() => columnHere(c)) : [columnHere(c)];
}

/** `PIVOT (aggregates FOR columns IN (values))`. */
export function pivot(c: Cursor, input: LogicalPlan): LogicalPlan {
  const { start } = c.next();
  c.expect('(');
  const aggregates = c.list(() => selectItem(c), 'FOR');
  c.expect('FOR');
  const columns = columnsHere(c);
  c.expect('IN');
  const values = c.parenthesized((): PivotPlan['values'][number] => {
    const expr = expression(c);
    const row = columns.length > 1 && expr.kind === 'call' && expr.name === 'struct';
    const called = valueAlias(c);
    return Object.freeze({ exprs: freeze(row ? expr.args : [expr]), ...(called === undefined ? {} : { name: called }) });
  });
  c.expect(')');
  return Object.freeze({
    kind: 'pivot',
    input,
    aggregates: freeze(aggregates),
    columns: freeze(columns),
    values: freeze(values),
    at: c.span(start),
  });
}

/** `UNPIVOT [INCLUDE NULLS] (value FOR name IN (columns))`. */
export function unpivot(c: Cursor, input: LogicalPlan): LogicalPlan {
  const { start } = c.next();
  const includeNulls = c.accept('INCLUDE', 'NULLS');
  if (!includeNulls) c.accept('EXCLUDE', 'NULLS');
  c.expect('(');
  const valueNames = c.at('(') ? c.parenthesized(() => name(c, 'a column name')) : [name(c, 'a column name')];
  c.expect('FOR');
  const nameColumn = name(c, 'a column name');
  c.expect('IN');
  const groups = c.parenthesized((): UnpivotPlan['groups'][number] => {
    const columns = columnsHere(c);
    const called = valueAlias(c);
    return Object.freeze({ columns: freeze(columns), ...(called === undefined ? {} : { name: called }) });
  });
  c.expect(')');
  return Object.freeze({
    kind: 'unpivot',
    input,
    valueNames: freeze(valueNames),
    nameColumn,
    groups: freeze(groups),
    includeNulls,
    at: c.span(start),
  });
}

/** `TABLESAMPLE (10 PERCENT | 5 ROWS | BUCKET 1 OUT OF 4) [REPEATABLE (seed)]`. */
export function sample(c: Cursor, input: LogicalPlan): LogicalPlan {
  const { start } = c.next();
  c.expect('(');
  const size = sampleSize(c);
  c.expect(')');
  let seed: number | undefined;
  if (c.accept('REPEATABLE')) {
    c.expect('(');
    seed = number(c);
    c.expect(')');
  }
  return Object.freeze({ kind: 'sample', input, ...size, ...(seed === undefined ? {} : { seed }), at: c.span(start) });
}

function sampleSize(c: Cursor): Pick<SamplePlan, 'method' | 'value' | 'outOf'> {
  if (c.accept('BUCKET')) {
    const value = number(c);
    if (!c.accept('OUT', 'OF')) throw c.error('OUT OF');
    return { method: 'bucket', value, outOf: number(c) };
  }
  const value = number(c);
  if (c.accept('PERCENT') || c.accept('%')) return { method: 'percent', value };
  c.expect('ROWS', 'PERCENT or ROWS');
  return { method: 'rows', value };
}

/** A number that must be written out. */
function number(c: Cursor): number {
  const { token } = c;
  const expr = infix(c, POWER.product + 1);
  if (expr.kind === 'literal' && expr.type.kind === 'decimal') return Number(expr.value) / 10 ** expr.type.scale;
  if (expr.kind === 'literal' && (typeof expr.value === 'number' || typeof expr.value === 'bigint')) return Number(expr.value);
  throw c.error('a number', token);
}
