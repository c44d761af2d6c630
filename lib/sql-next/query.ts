import type { Expr, SortItem, Span } from '../core/expr/expr.js';
import type { LogicalPlan, SetOperationPlan, WithPlan } from '../core/plan/logical-plan.js';
import type { Cursor } from './cursor.js';
import { errorAt, unsupported } from './errors.js';
import { expression } from './expressions.js';
import { name, nameList, path } from './names.js';
import { across, freeze, sortItem } from './nodes.js';
import { pipes } from './pipes.js';
import { setOperation, values } from './plans.js';
import { withAlias } from './relation.js';
import { fromFirst, select } from './select.js';
import { atQuery, queryInParentheses } from './subquery.js';
import { direction, orderItem } from './window.js';

/** A whole query: WITH, SELECTs joined by set operations, ORDER BY, LIMIT, pipes. */
export function query(c: Cursor): LogicalPlan {
  return c.nested(() => (c.at('WITH') ? withQuery(c) : body(c)));
}

function body(c: Cursor): LogicalPlan {
  return pipes(c, organized(c, unions(c)));
}

function withQuery(c: Cursor): LogicalPlan {
  const { start } = c.next();
  const recursive = c.at('RECURSIVE') && c.peek().upper !== 'AS' && c.accept('RECURSIVE');
  const definitions = c.list(() => definition(c), 'SELECT', 'FROM', 'VALUES');
  refuseTwice(c, definitions);
  if (c.atAny('INSERT', 'MERGE', 'UPDATE', 'DELETE'))
    throw unsupported(c.sql, { start: c.token.start, end: c.token.end }, `The statement ${c.token.upper}`);
  const input = body(c);
  return Object.freeze({ kind: 'with', recursive, definitions: freeze(definitions), input, at: c.span(start) });
}

function refuseTwice(c: Cursor, definitions: WithPlan['definitions']): void {
  const names = new Set<string>();
  for (const { name: called, at } of definitions) {
    if (names.has(called.toLowerCase())) {
      throw errorAt(
        c.sql,
        at ?? c.span(0),
        'DUPLICATED_CTE_NAMES',
        `WITH defines '${called}' twice. Give one of them another name.`,
      );
    }
    names.add(called.toLowerCase());
  }
}

function definition(c: Cursor): WithPlan['definitions'][number] {
  const { start, end } = c.token;
  const called = name(c, 'a name for the common table expression');
  const columns = c.at('(') ? nameList(c) : undefined;
  if (c.at('MAX', 'RECURSION')) throw unsupported(c.sql, { start: c.token.start, end: c.token.end }, 'MAX RECURSION LEVEL');
  c.expect('AS');
  c.expect('(', "'(' and the query");
  const plan = query(c);
  c.expect(')');
  return Object.freeze({
    name: called,
    ...(columns === undefined ? {} : { columns: freeze(columns) }),
    plan,
    at: Object.freeze({ start, end }),
  });
}

/** UNION, EXCEPT and MINUS: from the left. */
function unions(c: Cursor): LogicalPlan {
  let left = intersections(c);
  while (c.atAny('UNION', 'EXCEPT', 'MINUS')) left = setStep(c, left, c.at('UNION') ? 'union' : 'except', intersections);
  return left;
}

/** INTERSECT binds tighter. */
function intersections(c: Cursor): LogicalPlan {
  let left = queryPrimary(c);
  while (c.at('INTERSECT')) left = setStep(c, left, 'intersect', queryPrimary);
  return left;
}

/** One set operation after its left side: also what a pipe holds. */
export function setStep(
  c: Cursor,
  left: LogicalPlan,
  op: SetOperationPlan['op'],
  side: (c: Cursor) => LogicalPlan = intersections,
): LogicalPlan {
  const { start } = c.next();
  const all = c.accept('ALL');
  if (!all) c.accept('DISTINCT');
  const byName = c.accept('BY', 'NAME');
  const right = side(c);
  return setOperation(op, all, byName, left, right, across(left.at, c.span(start)));
}

function queryPrimary(c: Cursor): LogicalPlan {
  const { start } = c.token;
  if (c.at('(')) {
    if (!atQuery(c)) {
      c.next();
      throw c.error('a query');
    }
    return queryInParentheses(c);
  }
  if (c.at('SELECT')) return select(c);
  if (c.at('FROM')) return fromFirst(c);
  if (c.accept('VALUES')) {
    const rows = c.list(() => valuesRow(c));
    return withAlias(c, values(rows, c.span(start)));
  }
  if (c.accept('TABLE')) {
    const parts = path(c, "a table's name");
    return Object.freeze({ kind: 'table', path: freeze(parts), at: c.span(start) });
  }
  throw c.error('a query: SELECT, FROM, WITH or VALUES');
}

/** `(1, 2)` is a row of two, `1` and `(1)` rows of one. */
export function valuesRow(c: Cursor): readonly Expr[] {
  const { start } = c.token;
  const row = expression(c);
  return row.kind === 'call' && row.name === 'struct' && row.at?.start === start && c.sql[start] === '(' ? row.args : [row];
}

/** ORDER BY, SORT BY, DISTRIBUTE BY, CLUSTER BY, LIMIT, OFFSET over a query. */
export function organized(c: Cursor, from: LogicalPlan): LogicalPlan {
  const { start } = c.token;
  let plan = from;
  if (c.acceptBy('ORDER')) plan = ordered(c, plan, start);
  else if (c.accept('CLUSTER', 'BY')) {
    const keys = c.list(() => expression(c));
    plan = sortedParts(
      distributed(plan, keys, c.span(start)),
      keys.map((k) => sortItem(k, false, true)),
      c.span(start),
    );
  } else {
    if (c.accept('DISTRIBUTE', 'BY'))
      plan = distributed(
        plan,
        c.list(() => expression(c)),
        c.span(start),
      );
    if (c.accept('SORT', 'BY'))
      plan = sortedParts(
        plan,
        c.list(() => orderItem(c)),
        c.span(start),
      );
  }
  return limited(c, plan);
}

/** As many partitions as the engine chooses: 0. */
function distributed(input: LogicalPlan, keys: readonly Expr[], at: Span): LogicalPlan {
  return Object.freeze({ kind: 'repartition', input, partitions: 0, keys: freeze(keys), shuffle: true, at });
}

/** SORT BY. */
function sortedParts(input: LogicalPlan, items: readonly SortItem[], at: Span): LogicalPlan {
  return Object.freeze({ kind: 'sort', input, items: freeze(items), global: false, at });
}

function ordered(c: Cursor, input: LogicalPlan, start: number): LogicalPlan {
  const next = c.peek();
  if (c.at('ALL') && !['.', '(', ','].includes(next.upper)) {
    c.next();
    const orderAll = Object.freeze(direction(c));
    return Object.freeze({ kind: 'sort', input, items: freeze<never>([]), orderAll, global: true, at: c.span(start) });
  }
  const items = c.list(() => orderItem(c), 'LIMIT', 'OFFSET', ')', '');
  return Object.freeze({ kind: 'sort', input, items: freeze(items), global: true, at: c.span(start) });
}

function limited(c: Cursor, input: LogicalPlan): LogicalPlan {
  const { start } = c.token;
  let limit: Expr | undefined;
  let offset: Expr | undefined;
  let any = false;
  for (;;) {
    if (c.at('LIMIT') && limit === undefined) {
      c.next();
      if (!(c.at('ALL') && c.accept('ALL'))) limit = expression(c);
    } else if (c.at('OFFSET') && offset === undefined) {
      c.next();
      offset = expression(c);
      if (!c.accept('ROWS')) c.accept('ROW');
    } else break;
    any = true;
  }
  if (!any) return input;
  const parts = { ...(limit === undefined ? {} : { limit }), ...(offset === undefined ? {} : { offset }) };
  return Object.freeze({ kind: 'limit', input, ...parts, at: c.span(start) });
}
