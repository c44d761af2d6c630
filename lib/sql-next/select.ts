import type { Expr, WindowSpec } from '../core/expr/expr.js';
import type { LogicalPlan } from '../core/plan/logical-plan.js';
import type { Cursor } from './cursor.js';
import { unsupported } from './errors.js';
import { expression } from './expressions.js';
import { groupBy, type Grouping } from './grouping.js';
import { NOT_COLUMN_ALIAS } from './keywords.js';
import { alias, name, nameList } from './names.js';
import { freeze, named } from './nodes.js';
import { distinct, filter, oneRow, project, starOf } from './plans.js';
import { from } from './relation.js';
import { lateralViews } from './reshape.js';
import { atStar, star } from './star.js';
import { windowSpec } from './window.js';

const LIST_ENDS = ['FROM', 'WHERE', 'GROUP', 'HAVING', 'ORDER', 'LIMIT', 'UNION', 'QUALIFY', ')', ''];

interface Head {
  readonly start: number;
  readonly distinct: boolean;
  readonly outputs: readonly Expr[];
}

/** SELECT … FROM … WHERE … GROUP BY … HAVING … WINDOW … QUALIFY. */
export function select(c: Cursor): LogicalPlan {
  const head = selectHead(c);
  const { start } = c.token;
  const input = c.accept('FROM') ? lateralViews(c, from(c)) : oneRow(c.span(start));
  return clauses(c, head, input);
}

/** `FROM t SELECT a WHERE …`; without SELECT all columns. */
export function fromFirst(c: Cursor): LogicalPlan {
  const { start } = c.next();
  let input = lateralViews(c, from(c));
  if (c.at('SELECT')) return clauses(c, selectHead(c), input);
  const where = c.token.start;
  if (c.accept('WHERE')) input = filter(input, expression(c), 'where', c.span(where));
  const head = { start, distinct: false, outputs: [starOf(c.span(start))] };
  return c.atAny('GROUP', 'HAVING', 'QUALIFY', 'WINDOW') ? clauses(c, head, input) : input;
}

function selectHead(c: Cursor): Head {
  const { start } = c.next();
  const next = c.peek().upper;
  const quantified = c.atAny('DISTINCT', 'ALL') && !['.', ',', 'FROM', '=', ''].includes(next === '' ? 'x' : next);
  const isDistinct = quantified && c.next().upper === 'DISTINCT';
  if (isDistinct && c.at('ON', '('))
    throw unsupported(c.sql, c.span(start), 'SELECT DISTINCT ON', 'Use QUALIFY row_number() OVER (…) = 1 instead.');
  const outputs = c.list(() => selectItem(c), ...LIST_ENDS);
  return { start, distinct: isDistinct, outputs };
}

/** `*`, `expr [[AS] name]`. */
export function selectItem(c: Cursor): Expr {
  if (atStar(c)) return star(c);
  const { start } = c.token;
  const expr = expression(c);
  if (c.at('AS', '(')) {
    c.next();
    const names = nameList(c, 'an alias');
    return named(expr, names[0]!, c.span(start), names);
  }
  const called = alias(c, NOT_COLUMN_ALIAS);
  return called === undefined ? expr : named(expr, called, c.span(start));
}

function clauses(c: Cursor, head: Head, from: LogicalPlan): LogicalPlan {
  let input = from;
  const whereStart = c.token.start;
  if (c.accept('WHERE')) input = filter(input, expression(c), 'where', c.span(whereStart));
  const grouping = c.acceptBy('GROUP') ? groupBy(c) : undefined;
  const having = c.accept('HAVING') ? expression(c) : undefined;
  let windows = c.at('WINDOW') ? windowClause(c) : undefined;
  const qualifyStart = c.token.start;
  const qualify = c.accept('QUALIFY') ? { condition: expression(c), at: c.span(qualifyStart) } : undefined;
  windows ??= c.at('WINDOW') ? windowClause(c) : undefined;
  const at = c.span(head.start);
  let plan =
    grouping === undefined && having === undefined
      ? project(input, head.outputs, at, windows)
      : aggregate(input, grouping ?? { keys: [], groupAll: false }, head, having, windows, at);
  if (qualify !== undefined) plan = filter(plan, qualify.condition, 'qualify', qualify.at);
  return head.distinct ? distinct(plan, at) : plan;
}

function aggregate(
  input: LogicalPlan,
  { keys, groupAll, groupingSets }: Grouping,
  head: Head,
  having: Expr | undefined,
  windows: ReadonlyMap<string, WindowSpec> | undefined,
  at: { readonly start: number; readonly end: number },
): LogicalPlan {
  return Object.freeze({
    kind: 'aggregate',
    input,
    keys: freeze(keys),
    groupAll,
    outputs: freeze(head.outputs),
    ...(having === undefined ? {} : { having }),
    ...(groupingSets === undefined ? {} : { groupingSets }),
    ...(windows === undefined ? {} : { windows }),
    at,
  });
}

/** `WINDOW w AS (…), v AS w`. */
function windowClause(c: Cursor): ReadonlyMap<string, WindowSpec> {
  c.next();
  const windows = c.list(() => {
    const called = name(c, "a window's name");
    c.expect('AS');
    return [called, windowSpec(c)] as const;
  });
  return new Map(windows);
}
