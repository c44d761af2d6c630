import type { FrameBound, SortItem, WindowSpec } from '../core/expr/expr.js';
import type { Cursor } from './cursor.js';
import { expression, valueExpression } from './expressions.js';
import { commaList, name } from './names.js';
import { list, present } from './nodes.js';

/** ORDER BY items and window specifications. */

/** `expr [ASC|DESC] [NULLS FIRST|LAST]`. */
function sortItem(c: Cursor): SortItem {
  const expr = expression(c);
  return Object.freeze({ expr, ...direction(c) });
}

/** Direction and place of nulls: first when ascending, last when descending, unless written. */
export function direction(c: Cursor): { readonly descending: boolean; readonly nullsFirst: boolean } {
  const descending = c.take('DESC');
  if (!descending) c.take('ASC');
  if (!c.at('NULLS')) return { descending, nullsFirst: !descending };
  c.next();
  const nullsFirst = c.take('FIRST');
  if (!nullsFirst) c.expect('LAST', 'FIRST or LAST');
  return { descending, nullsFirst };
}

/** Sort items between commas. */
export function sortItems(c: Cursor): readonly SortItem[] {
  return list(commaList(c, () => sortItem(c)));
}

/** After OVER or AS: a name, or `(…)`. */
export function windowSpec(c: Cursor): WindowSpec {
  if (!c.at('(')) return Object.freeze({ base: name(c, 'a window'), partitionBy: list([]), orderBy: list([]) });
  return c.parenthesized(() => {
    const base = atBase(c) ? name(c) : undefined;
    const clustered = c.take('CLUSTER', 'BY');
    const partitioned = clustered || c.take('PARTITION', 'BY') || c.take('DISTRIBUTE', 'BY');
    const partitionBy = list(partitioned ? commaList(c, () => expression(c)) : []);
    const ordered = !clustered && (c.take('ORDER', 'BY') || c.take('SORT', 'BY'));
    const orderBy = ordered ? sortItems(c) : list([]);
    return Object.freeze({ ...present({ base }), partitionBy, orderBy, ...present({ frame: frame(c) }) });
  });
}

const SPEC_WORDS: ReadonlySet<string> = new Set(['CLUSTER', 'PARTITION', 'DISTRIBUTE', 'ORDER', 'SORT']);
const FRAME_WORDS: ReadonlySet<string> = new Set(['ROWS', 'RANGE', 'GROUPS']);

function atBase(c: Cursor): boolean {
  const { kind, key } = c.token;
  if (kind === 'quoted') return true;
  if (kind !== 'word') return false;
  const next = c.ahead(1).key;
  return !(SPEC_WORDS.has(key) && next === 'BY') && !(FRAME_WORDS.has(key) && next !== ')');
}

function frame(c: Cursor): WindowSpec['frame'] {
  if (!c.atOne(FRAME_WORDS)) return undefined;
  const unit = c.next().key.toLowerCase() as 'rows' | 'range' | 'groups';
  if (!c.take('BETWEEN')) return Object.freeze({ unit, start: bound(c), end: Object.freeze({ kind: 'current_row' }) });
  const start = bound(c);
  c.expect('AND');
  return Object.freeze({ unit, start, end: bound(c) });
}

function bound(c: Cursor): FrameBound {
  if (c.take('CURRENT', 'ROW')) return Object.freeze({ kind: 'current_row' });
  if (c.at('UNBOUNDED', 'PRECEDING') || c.at('UNBOUNDED', 'FOLLOWING')) {
    c.next();
    return Object.freeze({ kind: c.next().key === 'PRECEDING' ? 'unbounded_preceding' : 'unbounded_following' });
  }
  const offset = valueExpression(c);
  const preceding = c.take('PRECEDING');
  if (!preceding) c.expect('FOLLOWING', 'PRECEDING or FOLLOWING');
  return Object.freeze({ kind: preceding ? 'preceding' : 'following', offset });
}
