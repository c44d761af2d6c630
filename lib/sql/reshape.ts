import type { Expr } from '../core/expr/expr.js';
import type { LogicalPlan, PivotPlan, UnpivotPlan } from '../core/plan/logical-plan.js';
import { argumentList } from './calls.js';
import type { Cursor } from './cursor.js';
import * as errors from './errors.js';
import { expression } from './expressions.js';
import { atAlias, commaList, name, names, optionalAlias, path } from './names.js';
import { expr, isRow, list, plan, present } from './nodes.js';
import { namedExpression } from './select.js';

/** PIVOT, UNPIVOT, LATERAL VIEW and TABLESAMPLE over the rows before them. */

function column(c: Cursor): Expr {
  const { start } = c.token;
  return expr({ kind: 'column', path: path(c, 'a column'), at: c.span(start) });
}

/** `a` or `(a, b)`. */
function oneOrMore<T>(c: Cursor, item: () => T): readonly T[] {
  return list(c.at('(') ? c.parenthesized(() => commaList(c, item)) : [item()]);
}

/** `PIVOT (sum(x) AS s FOR k IN ('a' AS a, 'b'))`. */
export function pivot(c: Cursor, input: LogicalPlan): LogicalPlan {
  const start = input.at?.start ?? c.token.start;
  c.expect('PIVOT');
  const body = c.parenthesized(() => {
    const aggregates = list(commaList(c, () => namedExpression(c)));
    c.expect('FOR');
    const columns = oneOrMore(c, () => column(c));
    c.expect('IN');
    const values = list(c.parenthesized(() => commaList(c, () => pivotValue(c, columns.length))));
    return { aggregates, columns, values };
  });
  return plan({ kind: 'pivot', input, ...body, at: c.span(start) });
}

function pivotValue(c: Cursor, width: number): PivotPlan['values'][number] {
  const value = expression(c);
  const alias = optionalAlias(c);
  return Object.freeze({ exprs: list(width > 1 && isRow(value, c.sql) ? value.args : [value]), ...present({ name: alias }) });
}

/** `UNPIVOT [INCLUDE NULLS] (v FOR k IN (a, b AS 'x'))`. */
export function unpivot(c: Cursor, input: LogicalPlan): LogicalPlan {
  const start = input.at?.start ?? c.token.start;
  c.expect('UNPIVOT');
  const includeNulls = c.take('INCLUDE', 'NULLS');
  if (!includeNulls) c.take('EXCLUDE', 'NULLS');
  const body = c.parenthesized(() => {
    const valueNames = c.at('(') ? names(c) : list([name(c)]);
    c.expect('FOR');
    const nameColumn = name(c);
    c.expect('IN');
    const groups = list(c.parenthesized(() => commaList(c, () => unpivotGroup(c))));
    return { valueNames, nameColumn, groups };
  });
  return plan({ kind: 'unpivot', input, ...body, includeNulls, at: c.span(start) });
}

function unpivotGroup(c: Cursor): UnpivotPlan['groups'][number] {
  const columns = oneOrMore(c, () => column(c));
  const alias = c.take('AS') && c.token.kind === 'string' ? c.next().text : aliasName(c);
  return Object.freeze({ columns, ...present({ name: alias }) });
}

function aliasName(c: Cursor): string | undefined {
  return c.at(',') || c.at(')') ? undefined : name(c);
}

/** `LATERAL VIEW [OUTER] explode(a) t AS x, y`. */
export function lateralView(c: Cursor, input: LogicalPlan): LogicalPlan {
  const start = input.at?.start ?? c.token.start;
  c.expect('LATERAL');
  c.expect('VIEW');
  const outer = c.at('OUTER') && c.ahead(1).key !== '(' && c.take('OUTER');
  const fn = path(c, 'a table function').join('.').toLowerCase();
  const { args } = c.parenthesized(() => argumentList(c, () => c.at(')')));
  const table = !c.at('AS') && atAlias(c) ? name(c) : '';
  const columns = c.take('AS') || (table !== '' && atAlias(c)) ? list(commaList(c, () => name(c))) : list<string>([]);
  return plan({ kind: 'lateral_view', input, outer, name: fn, args, table, columns, at: c.span(start) });
}

function numeric(c: Cursor): number {
  const negative = c.take('-');
  if (c.token.kind !== 'number') c.fail('a number');
  const value = Number(c.next().text);
  return negative ? -value : value;
}

/** `TABLESAMPLE (10 PERCENT | 5 ROWS | BUCKET 1 OUT OF 4) [REPEATABLE (seed)]`. */
export function tableSample(c: Cursor, input: LogicalPlan): LogicalPlan {
  const start = input.at?.start ?? c.token.start;
  c.expect('TABLESAMPLE');
  const sample = c.parenthesized(() => {
    if (c.take('BUCKET')) {
      const value = numeric(c);
      c.expect('OUT');
      c.expect('OF');
      const outOf = numeric(c);
      if (c.at('ON')) throw errors.notSupported('TABLESAMPLE by the buckets of a column', c.here());
      return { method: 'bucket', value, outOf } as const;
    }
    const value = numeric(c);
    if (c.take('ROWS')) return { method: 'rows', value } as const;
    if (!c.take('%')) c.expect('PERCENT', 'PERCENT or ROWS');
    return { method: 'percent', value } as const;
  });
  const seed = c.take('REPEATABLE') ? c.parenthesized(() => numeric(c)) : undefined;
  return plan({ kind: 'sample', input, ...sample, ...present({ seed }), at: c.span(start) });
}
