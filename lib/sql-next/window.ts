import type { Expr, FrameBound, SortItem, WindowSpec } from '../core/expr/expr.js';
import type { Cursor } from './cursor.js';
import { expression, infix } from './expressions.js';
import { name } from './names.js';
import { freeze, sortItem } from './nodes.js';
import { POWER } from './operators.js';

/** One expression of an ORDER BY. Spark puts nulls first when ascending. */
export function orderItem(c: Cursor): SortItem {
  const expr = expression(c);
  const { descending, nullsFirst } = direction(c);
  return sortItem(expr, descending, nullsFirst);
}

/** `[ASC | DESC] [NULLS FIRST | LAST]`. */
export function direction(c: Cursor): { readonly descending: boolean; readonly nullsFirst: boolean } {
  const descending = c.accept('DESC');
  if (!descending) c.accept('ASC');
  if (!c.accept('NULLS')) return { descending, nullsFirst: !descending };
  if (!c.atAny('FIRST', 'LAST')) throw c.error('FIRST or LAST');
  return { descending, nullsFirst: c.next().upper === 'FIRST' };
}

/** `OVER name`, `OVER (…)`: past OVER, and the body of a WINDOW clause. */
export function windowSpec(c: Cursor): WindowSpec {
  if (!c.at('('))
    return Object.freeze({
      base: name(c, "a window's name or '('"),
      partitionBy: freeze<Expr>([]),
      orderBy: freeze<SortItem>([]),
    });
  c.expect('(');
  const base = atBase(c) ? name(c) : undefined;
  const partitionBy = c.accept('PARTITION', 'BY') || c.accept('DISTRIBUTE', 'BY') ? c.list(() => expression(c)) : [];
  const orderBy = c.accept('ORDER', 'BY') || c.accept('SORT', 'BY') ? c.list(() => orderItem(c)) : [];
  const frame = c.atAny('ROWS', 'RANGE', 'GROUPS') ? frameHere(c) : undefined;
  c.expect(')', "PARTITION BY, ORDER BY, ROWS, RANGE or ')'");
  return Object.freeze({
    ...(base === undefined ? {} : { base }),
    partitionBy: freeze(partitionBy),
    orderBy: freeze(orderBy),
    ...(frame === undefined ? {} : { frame }),
  });
}

function atBase(c: Cursor): boolean {
  if (c.token.kind === 'quoted') return true;
  return (
    c.token.kind === 'word' && !['PARTITION', 'DISTRIBUTE', 'ORDER', 'SORT', 'ROWS', 'RANGE', 'GROUPS'].includes(c.token.upper)
  );
}

function frameHere(c: Cursor): NonNullable<WindowSpec['frame']> {
  const unit = c.next().upper.toLowerCase() as 'rows' | 'range' | 'groups';
  if (!c.accept('BETWEEN')) return Object.freeze({ unit, start: bound(c), end: Object.freeze({ kind: 'current_row' }) });
  const start = bound(c);
  c.expect('AND');
  return Object.freeze({ unit, start, end: bound(c) });
}

function bound(c: Cursor): FrameBound {
  if (c.accept('CURRENT', 'ROW')) return Object.freeze({ kind: 'current_row' });
  if (c.accept('UNBOUNDED'))
    return Object.freeze({ kind: c.accept('FOLLOWING') ? 'unbounded_following' : preceding(c, 'unbounded_preceding') });
  const offset = infix(c, POWER.bitOr);
  return Object.freeze({ kind: c.accept('FOLLOWING') ? 'following' : preceding(c, 'preceding'), offset });
}

function preceding<K extends string>(c: Cursor, kind: K): K {
  c.expect('PRECEDING', 'PRECEDING or FOLLOWING');
  return kind;
}
