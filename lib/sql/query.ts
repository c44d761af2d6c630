import type { Expr } from '../core/expr/expr.js';
import type { LogicalPlan, SetOperationPlan, WithPlan } from '../core/plan/logical-plan.js';
import { CHAIN_MAX, type Cursor } from './cursor.js';
import * as errors from './errors.js';
import { expression } from './expressions.js';
import { FOLLOWS_NAME } from './keywords.js';
import { commaList, name, names, path } from './names.js';
import { isRow, list, plan, present } from './nodes.js';
import { pipes } from './pipes.js';
import { aliased } from './relation.js';
import { fromFirst, select, windowDefinitions, withWindows } from './select.js';
import { direction, sortItems } from './window.js';

/** Queries: WITH, set operations, and what orders and limits their rows. */

/** Whether a query begins `offset` tokens from here, perhaps inside of brackets. */
export function atQuery(c: Cursor, offset = 0): boolean {
  let at = offset;
  while (c.ahead(at).key === '(') at++;
  const { key } = c.ahead(at);
  const next = c.ahead(at + 1);
  const named = next.kind === 'word' || next.kind === 'quoted';
  switch (key) {
    case 'SELECT':
      return !FOLLOWS_NAME.has(next.key) && next.kind !== 'end';
    case 'WITH':
      return named && (next.key === 'RECURSIVE' || c.ahead(at + 2).key === 'AS' || c.ahead(at + 2).key === '(');
    case 'FROM':
      return named || next.kind === 'string' || next.key === '(' || next.key === '[';
    case 'VALUES':
      return (
        next.key === '(' ||
        next.key === '-' ||
        next.key === '?' ||
        next.kind === 'number' ||
        next.kind === 'string' ||
        (named && c.ahead(at + 2).key === '(')
      );
    case 'TABLE':
      return named;
    default:
      return false;
  }
}

/** One query with everything after it, up to a closing bracket, a semicolon or the end. */
export function query(c: Cursor): LogicalPlan {
  return c.nested(() => {
    const { start } = c.token;
    if (!c.at('WITH')) return rest(c, primaryQuery(c));
    c.next();
    const recursive = c.at('RECURSIVE') && c.ahead(1).key !== 'AS' ? c.take('RECURSIVE') : false;
    const definitions = list(definitionsOf(c));
    const input = rest(c, primaryQuery(c));
    return plan({ kind: 'with', recursive, definitions, input, at: c.span(start) });
  });
}

function definitionsOf(c: Cursor): WithPlan['definitions'] {
  const known = new Set<string>();
  return commaList(c, () => {
    const made = definition(c);
    const key = made.name.toLowerCase();
    if (known.has(key))
      throw errors.duplicateName('DUPLICATED_CTE_NAMES', 'name of a WITH clause', made.name, c.since(made.at!.start));
    known.add(key);
    return made;
  });
}

function definition(c: Cursor): WithPlan['definitions'][number] {
  const { start } = c.token;
  const defined = name(c, 'the name of a query');
  const columns = c.at('(') ? names(c) : undefined;
  if (c.take('MAX', 'RECURSION', 'LEVEL')) c.next();
  c.take('AS');
  const body = c.parenthesized(() => query(c));
  return Object.freeze({ name: defined, ...present({ columns }), plan: body, at: c.span(start) });
}

const CONTINUATIONS: ReadonlySet<string> = new Set([
  'UNION',
  'EXCEPT',
  'MINUS',
  'SETMINUS',
  'INTERSECT',
  'LIMIT',
  'OFFSET',
  '|>',
]);

/** Whether what comes next can only continue a query. */
export function atQueryContinuation(c: Cursor): boolean {
  return c.atOne(CONTINUATIONS) || ['ORDER', 'SORT', 'CLUSTER', 'DISTRIBUTE'].some((word) => c.at(word, 'BY'));
}

/** The rest of a query whose first operand was read before, in brackets. */
export function continueQuery(c: Cursor, first: LogicalPlan): LogicalPlan {
  return rest(c, first);
}

function rest(c: Cursor, first: LogicalPlan): LogicalPlan {
  return pipes(c, organization(c, setOperations(c, first)));
}

/** INTERSECT binds more tightly than UNION and EXCEPT; all chain to the left. */
function setOperations(c: Cursor, first: LogicalPlan): LogicalPlan {
  let left = intersections(c, first);
  for (let count = 0; ; count++) {
    const op = setOperator(c, UNION_LIKE);
    if (op === undefined) return left;
    checkLength(c, count);
    left = setOperation(c, left, op, () => intersections(c, primaryQuery(c)));
  }
}

function intersections(c: Cursor, first: LogicalPlan): LogicalPlan {
  let left = first;
  for (let count = 0; c.take('INTERSECT'); count++) {
    checkLength(c, count);
    left = setOperation(c, left, 'intersect', () => primaryQuery(c));
  }
  return left;
}

function checkLength(c: Cursor, count: number): void {
  if (count === CHAIN_MAX) throw errors.tooLong('set operations', CHAIN_MAX, c.here());
}

type SetOperator = SetOperationPlan['op'];

const UNION_LIKE: ReadonlyMap<string, SetOperator> = new Map([
  ['UNION', 'union'],
  ['EXCEPT', 'except'],
  ['MINUS', 'except'],
  ['SETMINUS', 'except'],
]);
const SET_OPERATORS: ReadonlyMap<string, SetOperator> = new Map([...UNION_LIKE, ['INTERSECT', 'intersect']]);

function setOperator(c: Cursor, operators: ReadonlyMap<string, SetOperator>): SetOperator | undefined {
  return c.atOne(operators) ? operators.get(c.next().key) : undefined;
}

function setOperation(c: Cursor, left: LogicalPlan, op: SetOperator, operand: () => LogicalPlan): LogicalPlan {
  const start = left.at?.start ?? c.token.start;
  const all = c.take('ALL');
  if (!all) c.take('DISTINCT');
  const byName = c.take('BY', 'NAME');
  const right = operand();
  return plan({ kind: 'set_operation', op, all, byName, left, right, at: c.span(start) });
}

/** `|> UNION ALL t`: the set operation over the rows before, if one comes next. */
export function pipedSetOperation(c: Cursor, left: LogicalPlan): LogicalPlan | undefined {
  const op = setOperator(c, SET_OPERATORS);
  return op === undefined ? undefined : setOperation(c, left, op, () => primaryQuery(c));
}

function primaryQuery(c: Cursor): LogicalPlan {
  const { start } = c.token;
  if (c.at('SELECT')) return select(c);
  if (c.at('FROM')) return fromFirst(c);
  if (c.at('VALUES')) return valuesTable(c);
  if (c.take('TABLE')) return plan({ kind: 'table', path: path(c, 'a table'), at: c.span(start) });
  if (!c.at('(')) c.fail('a query');
  return c.parenthesized(() => query(c));
}

/** `VALUES (1, 'a'), (2, 'b') [AS t(x, y)]`; single values need no brackets. */
export function valuesTable(c: Cursor): LogicalPlan {
  const { start } = c.expect('VALUES');
  const rows = commaList(c, () => {
    const row = expression(c);
    return isRow(row, c.sql) ? row.args : list([row]);
  });
  return aliased(c, plan({ kind: 'values', rows: list(rows), at: c.span(start) }), start);
}

/** ORDER BY, SORT BY, DISTRIBUTE BY, CLUSTER BY, WINDOW, LIMIT and OFFSET over a query. */
export function organization(c: Cursor, input: LogicalPlan): LogicalPlan {
  let result = input;
  for (let step = organized(c, result); step !== undefined; step = organized(c, result)) result = step;
  return limited(c, result);
}

function organized(c: Cursor, input: LogicalPlan): LogicalPlan | undefined {
  const { start } = c.token;
  if (c.at('ORDER') && c.ahead(1).key !== '(') {
    c.next();
    c.expect('BY');
    return sorted(c, input, start, true);
  }
  if (c.take('SORT', 'BY')) return sorted(c, input, start, false);
  if (c.take('DISTRIBUTE', 'BY')) return distributed(c, input, start).plan;
  if (c.take('CLUSTER', 'BY')) {
    const { plan: spread, keys } = distributed(c, input, start);
    const items = keys.map((expr) => Object.freeze({ expr, descending: false, nullsFirst: true }));
    return plan({ kind: 'sort', input: spread, items: list(items), global: false, at: c.span(start) });
  }
  return c.at('WINDOW') ? withWindows(c, input, windowDefinitions(c)) : undefined;
}

function distributed(
  c: Cursor,
  input: LogicalPlan,
  start: number,
): { readonly plan: LogicalPlan; readonly keys: readonly Expr[] } {
  const keys = list(commaList(c, () => expression(c)));
  return { keys, plan: plan({ kind: 'repartition', input, partitions: 0, keys, shuffle: true, at: c.span(start) }) };
}

function sorted(c: Cursor, input: LogicalPlan, start: number, global: boolean): LogicalPlan {
  if (c.at('ALL') && !FOLLOWS_ALL_NAME.has(c.ahead(1).key)) {
    c.next();
    const orderAll = Object.freeze(direction(c));
    return plan({ kind: 'sort', input, items: list([]), orderAll, global, at: c.span(start) });
  }
  const items = sortItems(c);
  return plan({ kind: 'sort', input, items, global, at: c.span(start) });
}

/** After one of these, ALL was a column's name. */
const FOLLOWS_ALL_NAME: ReadonlySet<string> = new Set([',', '.', '+', '-', '*', '/', '(']);

function limited(c: Cursor, input: LogicalPlan): LogicalPlan {
  const { start } = c.token;
  if (!c.at('LIMIT') && !c.at('OFFSET')) return input;
  let limit: Expr | undefined;
  let offset: Expr | undefined;
  for (;;) {
    if (limit === undefined && c.take('LIMIT')) {
      if (!c.take('ALL')) limit = expression(c);
    } else if (offset === undefined && c.take('OFFSET')) {
      offset = expression(c);
      if (!c.take('ROWS')) c.take('ROW');
    } else return plan({ kind: 'limit', input, ...present({ limit, offset }), at: c.span(start) });
  }
}
